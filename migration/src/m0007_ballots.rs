//! Ballots: what was frozen, committed, revealed, drawn. Hardly anything of it may ever change.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_ballots"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [BALLOTS, SECRETS, ENDS, STANDING] {
            dialect::execute(manager, sql).await?;
        }
        for table in NEVER_CHANGED {
            dialect::append_only(manager, table).await?;
        }
        Ok(())
    }
}

const NEVER_CHANGED: [&str; 9] = [
    "ballot",
    "ballot_body",
    "ballot_entry",
    "ballot_commitment",
    "ballot_secret",
    "ballot_incident",
    "ballot_strike",
    "ballot_end",
    "ballot_result",
];

// A class exception has one ballot at a time: `live_ballot` has the row of the one that has not ended.
const BALLOTS: &str = "
CREATE TABLE ballot (
    id {uuid} PRIMARY KEY,
    exception_id {uuid} NOT NULL REFERENCES class_exception (id),
    number INTEGER NOT NULL CHECK (number > 0),
    places INTEGER NOT NULL CHECK (places >= 0),
    entry_count INTEGER NOT NULL CHECK (entry_count > 0),
    entries_digest TEXT NOT NULL CHECK (length(entries_digest) = 64),
    commit_by {instant} NOT NULL,
    reveal_by {instant} NOT NULL,
    beacon_chain TEXT,
    beacon_round INTEGER CHECK (beacon_round > 0),
    opened_at {instant} NOT NULL,
    body_id {uuid} NOT NULL REFERENCES body (id),
    person_id {uuid} NOT NULL REFERENCES person (id),
    UNIQUE (exception_id, number),
    UNIQUE (exception_id, id),
    CHECK (opened_at < commit_by AND commit_by < reveal_by),
    CHECK ((beacon_chain IS NULL) = (beacon_round IS NULL))
) {strict};

CREATE TABLE live_ballot (
    exception_id {uuid} PRIMARY KEY,
    ballot_id {uuid} NOT NULL UNIQUE,
    FOREIGN KEY (exception_id, ballot_id) REFERENCES ballot (exception_id, id)
) {strict};

CREATE TABLE ballot_body (
    ballot_id {uuid} NOT NULL REFERENCES ballot (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    PRIMARY KEY (ballot_id, body_id)
) {strict};

CREATE TABLE ballot_entry (
    ballot_id {uuid} NOT NULL REFERENCES ballot (id),
    entry {bytewise} NOT NULL,
    application_id {uuid} NOT NULL REFERENCES application (id),
    PRIMARY KEY (ballot_id, entry),
    UNIQUE (ballot_id, application_id)
) {strict};
";

const SECRETS: &str = "
CREATE TABLE ballot_commitment (
    ballot_id {uuid} NOT NULL,
    body_id {uuid} NOT NULL,
    commitment TEXT NOT NULL CHECK (length(commitment) = 64),
    person_id {uuid} NOT NULL REFERENCES person (id),
    at {instant} NOT NULL,
    PRIMARY KEY (ballot_id, body_id),
    FOREIGN KEY (ballot_id, body_id) REFERENCES ballot_body (ballot_id, body_id)
) {strict};

CREATE TABLE ballot_secret (
    ballot_id {uuid} NOT NULL,
    body_id {uuid} NOT NULL,
    secret TEXT NOT NULL CHECK (length(secret) = 64),
    person_id {uuid} NOT NULL REFERENCES person (id),
    at {instant} NOT NULL,
    PRIMARY KEY (ballot_id, body_id),
    FOREIGN KEY (ballot_id, body_id) REFERENCES ballot_commitment (ballot_id, body_id)
) {strict};

CREATE TABLE ballot_incident (
    ballot_id {uuid} NOT NULL,
    body_id {uuid} NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('NEVER_COMMITTED', 'NEVER_REVEALED', 'WRONG_SECRET')),
    at {instant} NOT NULL,
    PRIMARY KEY (ballot_id, body_id, kind),
    FOREIGN KEY (ballot_id, body_id) REFERENCES ballot_body (ballot_id, body_id)
) {strict};

CREATE TABLE ballot_strike (
    ballot_id {uuid} NOT NULL,
    entry {bytewise} NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('MISTAKE', 'NOT_WAITING')),
    reason TEXT,
    person_id {uuid} REFERENCES person (id),
    at {instant} NOT NULL,
    PRIMARY KEY (ballot_id, entry),
    FOREIGN KEY (ballot_id, entry) REFERENCES ballot_entry (ballot_id, entry),
    CHECK ((cause = 'MISTAKE') = (reason IS NOT NULL) AND (cause = 'MISTAKE') = (person_id IS NOT NULL))
) {strict};
";

// A ballot ends once, and a class exception is drawn once.
const ENDS: &str = "
CREATE TABLE ballot_end (
    ballot_id {uuid} PRIMARY KEY,
    exception_id {uuid} NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('DRAWN', 'VOID')),
    at {instant} NOT NULL,
    body_id {uuid} NOT NULL REFERENCES body (id),
    person_id {uuid} NOT NULL REFERENCES person (id),
    places INTEGER CHECK (places >= 0),
    seed TEXT CHECK (length(seed) = 64),
    beacon_signature TEXT CHECK (length(beacon_signature) = 96),
    beacon_randomness TEXT CHECK (length(beacon_randomness) = 64),
    void_cause TEXT CHECK (void_cause IN ('NOTHING_KNOWN', 'NO_SIGNATURE', 'NO_CHANCE', 'GIVING_OVER')),
    void_reason TEXT,
    FOREIGN KEY (exception_id, ballot_id) REFERENCES ballot (exception_id, id),
    CHECK ((outcome = 'DRAWN') = (seed IS NOT NULL) AND (outcome = 'DRAWN') = (places IS NOT NULL)),
    CHECK ((outcome = 'VOID') = (void_cause IS NOT NULL) AND (outcome = 'VOID') = (void_reason IS NOT NULL)),
    CHECK ((beacon_signature IS NULL) = (beacon_randomness IS NULL)),
    CHECK (outcome = 'DRAWN' OR beacon_signature IS NULL)
) {strict};
CREATE UNIQUE INDEX drawn_once ON ballot_end (exception_id) WHERE outcome = 'DRAWN';

CREATE TABLE ballot_result (
    ballot_id {uuid} NOT NULL,
    rank INTEGER NOT NULL CHECK (rank > 0),
    entry {bytewise} NOT NULL,
    ticket TEXT NOT NULL CHECK (length(ticket) = 64),
    won {bool} NOT NULL,
    PRIMARY KEY (ballot_id, rank),
    UNIQUE (ballot_id, entry),
    FOREIGN KEY (ballot_id, entry) REFERENCES ballot_entry (ballot_id, entry)
) {strict};
";

// The draw comes last of the reasons: whoever is blocked by it alone takes part in it.
const STANDING: &str = "
DROP VIEW queue_standing;

CREATE VIEW queue_standing AS
SELECT
    entry.application_id, entry.exception_id, entry.body_id, entry.employer_id, entry.submitted_at,
    COALESCE(entry.draw_rank, 2147483647) AS draw_rank,
    CASE WHEN exception.allocation = 'PRIORITY_THEN_ORDER' THEN entry.band ELSE 0 END AS band,
    CASE
        WHEN exception.paused THEN 'PAUSED'
        WHEN entry.on_hold THEN 'ON_HOLD'
        WHEN EXISTS (
            SELECT 1 FROM worker_fingerprint AS own
            JOIN worker_fingerprint AS holder ON holder.exception_id = own.exception_id
                AND holder.key_version = own.key_version AND holder.fingerprint = own.fingerprint
            WHERE own.application_id = entry.application_id AND holder.holds_place
        ) THEN 'WORKER_HOLDS_PLACE'
        WHEN exception.per_employer_cap <= (
            SELECT COUNT(*) FROM place
            WHERE place.exception_id = entry.exception_id AND place.employer_id = entry.employer_id
        ) THEN 'EMPLOYER_AT_CAP'
        WHEN EXISTS (
            SELECT 1 FROM live_ballot WHERE live_ballot.exception_id = entry.exception_id
        ) THEN 'BALLOT_OPEN'
        WHEN exception.allocation = 'BALLOT' AND exception.drawn_at IS NULL THEN 'BALLOT_NOT_DRAWN'
    END AS blocked
FROM queue_entry AS entry
JOIN class_exception AS exception ON exception.id = entry.exception_id;
";
