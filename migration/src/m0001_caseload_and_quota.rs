//! People and tenants, class exceptions, applications, places with their queue and ledger, history.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_caseload_and_quota"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::create_refusal(manager).await?;
        for sql in [PEOPLE, EXCEPTIONS, APPLICATIONS, QUOTA, RECORDS] {
            dialect::execute(manager, sql).await?;
        }
        for table in ["installation", "class_exception_revision", "place_movement", "history_event"] {
            dialect::append_only(manager, table).await?;
        }
        dialect::refuse(manager, "place", "DELETE").await
    }
}

const PEOPLE: &str = "
CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    kind TEXT NOT NULL CHECK (kind IN ('PRODUCTION', 'DEMO')),
    made_at {instant} NOT NULL
) {strict};

CREATE TABLE body (
    id {uuid} PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL UNIQUE
) {strict};

CREATE TABLE person (
    id {uuid} PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    email TEXT
) {strict};

CREATE TABLE employer (
    id {uuid} PRIMARY KEY,
    nzbn TEXT NOT NULL UNIQUE CHECK (length(nzbn) = 13),
    legal_name TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    trading_name TEXT,
    region TEXT,
    size_band TEXT
) {strict};

CREATE TABLE membership (
    id {uuid} PRIMARY KEY,
    person_id {uuid} NOT NULL UNIQUE REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN
        ('EMPLOYER', 'ASSESSOR', 'LEAD', 'AGENCY_OFFICER', 'OBSERVER', 'SERVICE')),
    body_id {uuid} REFERENCES body (id),
    CHECK (role = 'SERVICE' OR (role IN ('ASSESSOR', 'LEAD')) = (body_id IS NOT NULL))
) {strict};

CREATE TABLE employer_agent (
    person_id {uuid} NOT NULL REFERENCES person (id),
    employer_id {uuid} NOT NULL REFERENCES employer (id),
    PRIMARY KEY (person_id, employer_id)
) {strict};

CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    membership_id {uuid} NOT NULL REFERENCES membership (id),
    created_at {instant} NOT NULL,
    used_at {instant} NOT NULL,
    expires_at {instant} NOT NULL
) {strict};
CREATE INDEX session_by_expiry ON session (expires_at);
";

const EXCEPTIONS: &str = "
CREATE TABLE class_exception (
    id {uuid} PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    agency TEXT NOT NULL,
    places INTEGER NOT NULL CHECK (places >= 0),
    allocation TEXT NOT NULL CHECK (allocation IN ('ORDER', 'PRIORITY_THEN_ORDER', 'BALLOT')),
    drawn_at {instant},
    announced_on {date},
    opens_at {instant} NOT NULL,
    closes_at {instant} CHECK (closes_at > opens_at),
    allocation_ends_at {instant},
    per_employer_cap INTEGER CHECK (per_employer_cap > 0),
    paused {bool} NOT NULL,
    revision INTEGER NOT NULL CHECK (revision > 0)
) {strict};

CREATE TABLE class_exception_revision (
    exception_id {uuid} NOT NULL REFERENCES class_exception (id),
    revision INTEGER NOT NULL CHECK (revision > 0),
    terms {json} NOT NULL,
    applied_at {instant} NOT NULL,
    PRIMARY KEY (exception_id, revision)
) {strict};

CREATE TABLE class_exception_body (
    exception_id {uuid} NOT NULL REFERENCES class_exception (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    starts_on {date},
    ends_on {date},
    PRIMARY KEY (exception_id, body_id)
) {strict};
";

const APPLICATIONS: &str = "
CREATE TABLE application (
    id {uuid} PRIMARY KEY,
    exception_id {uuid} NOT NULL REFERENCES class_exception (id),
    terms_revision INTEGER NOT NULL,
    body_id {uuid} NOT NULL REFERENCES body (id),
    employer_id {uuid} NOT NULL REFERENCES employer (id),
    reference TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL CHECK (version > 0),
    revision {big} NOT NULL CHECK (revision > 0),
    status TEXT NOT NULL CHECK (status IN ('DRAFT', 'SUBMITTED', 'IN_ASSESSMENT', 'INFORMATION_REQUESTED',
        'RECOMMENDED', 'CONFIRMED', 'NOMINATED', 'DECLINED', 'RETURNED', 'WITHDRAWN', 'REVOKED', 'LAPSED',
        'SUPERSEDED')),
    round INTEGER NOT NULL CHECK (round > 0),
    contact_name TEXT,
    contact_email TEXT,
    role_code TEXT,
    job_title TEXT NOT NULL,
    occupation_code TEXT,
    duties TEXT,
    region TEXT,
    pay_cents {big} NOT NULL CHECK (pay_cents > 0),
    pay_currency TEXT NOT NULL CHECK (length(pay_currency) = 3),
    pay_period TEXT NOT NULL CHECK (pay_period IN ('HOUR', 'WEEK', 'FORTNIGHT', 'MONTH', 'YEAR')),
    pay_hours_hundredths INTEGER NOT NULL CHECK (pay_hours_hundredths BETWEEN 1 AND 16800),
    annual_cents {big} NOT NULL,
    eligibility {json},
    assessor_id {uuid} REFERENCES person (id),
    declared_at {instant},
    submitted_at {instant},
    priority {bool},
    confirmed_at {instant},
    ballot_entry TEXT,
    nominated_at {instant},
    valid_until {date},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    CHECK (status IN ('DRAFT', 'WITHDRAWN') OR (submitted_at IS NOT NULL AND declared_at IS NOT NULL)),
    CHECK (status NOT IN ('CONFIRMED', 'NOMINATED') OR (confirmed_at IS NOT NULL AND priority IS NOT NULL
        AND ballot_entry IS NOT NULL AND role_code IS NOT NULL AND occupation_code IS NOT NULL)),
    CHECK (status <> 'NOMINATED' OR nominated_at IS NOT NULL),
    UNIQUE (exception_id, ballot_entry)
) {strict};
CREATE INDEX application_of_body_by_making ON application (body_id, created_at, id);
CREATE INDEX application_of_body_by_submission ON application (body_id, submitted_at, id);
CREATE INDEX application_of_body_by_pay ON application (body_id, annual_cents, id);
CREATE INDEX application_of_employer_by_making ON application (employer_id, created_at, id);
CREATE INDEX application_to_take ON application (body_id, exception_id, submitted_at, id)
    WHERE status = 'SUBMITTED' AND assessor_id IS NULL;

CREATE TABLE worker (
    application_id {uuid} PRIMARY KEY REFERENCES application (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    family_name TEXT NOT NULL,
    given_names TEXT NOT NULL,
    date_of_birth {date} NOT NULL,
    nationality TEXT NOT NULL,
    email TEXT,
    passport_state TEXT,
    passport_sealed {bytes},
    passport_hint TEXT,
    passport_expires_on {date},
    offshore {bool} NOT NULL,
    notice_given_at {instant},
    CHECK ((passport_sealed IS NULL) = (passport_hint IS NULL))
) {strict};

CREATE TABLE evidence (
    id {uuid} PRIMARY KEY,
    body_id {uuid} NOT NULL REFERENCES body (id),
    employer_id {uuid} NOT NULL REFERENCES employer (id),
    application_id {uuid} REFERENCES application (id),
    kind TEXT NOT NULL CHECK (kind IN ('PROGRAMME', 'MEMBERSHIP', 'EMPLOYMENT_AGREEMENT', 'JOB_DESCRIPTION',
        'PAY', 'QUALIFICATION', 'OTHER')),
    criterion TEXT,
    title TEXT NOT NULL,
    issuer TEXT,
    reference TEXT,
    url TEXT,
    valid_from {date},
    expires_on {date},
    verified_at {instant},
    verified_by {uuid} REFERENCES person (id),
    genuine {bool},
    note TEXT,
    created_at {instant} NOT NULL,
    CHECK ((verified_at IS NULL) = (verified_by IS NULL) AND (verified_at IS NULL) = (genuine IS NULL))
) {strict};
CREATE INDEX evidence_of_application ON evidence (application_id) WHERE application_id IS NOT NULL;
CREATE INDEX evidence_of_employer ON evidence (body_id, employer_id) WHERE application_id IS NULL;

CREATE TABLE conflict (
    person_id {uuid} NOT NULL REFERENCES person (id),
    employer_id {uuid} NOT NULL REFERENCES employer (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    reason TEXT NOT NULL,
    declared_at {instant} NOT NULL,
    PRIMARY KEY (person_id, employer_id)
) {strict};

CREATE TABLE assessment (
    application_id {uuid} NOT NULL REFERENCES application (id),
    round INTEGER NOT NULL,
    criterion TEXT NOT NULL,
    body_id {uuid} NOT NULL REFERENCES body (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('MET', 'NOT_MET', 'NOT_CLEAR')),
    note TEXT,
    assessor_id {uuid} NOT NULL REFERENCES person (id),
    turn INTEGER NOT NULL,
    at {instant} NOT NULL,
    PRIMARY KEY (application_id, round, criterion, assessor_id)
) {strict};

CREATE TABLE assessment_round (
    application_id {uuid} NOT NULL REFERENCES application (id),
    round INTEGER NOT NULL,
    body_id {uuid} NOT NULL REFERENCES body (id),
    advice TEXT NOT NULL CHECK (advice IN ('ENDORSE', 'DECLINE')),
    advice_reasons {json} NOT NULL,
    advice_note TEXT,
    advised_by {uuid} NOT NULL REFERENCES person (id),
    advised_at {instant} NOT NULL,
    decision TEXT CHECK (decision IN ('CONFIRMED', 'DECLINED')),
    decision_reasons {json},
    decision_note TEXT,
    decided_by {uuid} REFERENCES person (id),
    decided_at {instant},
    PRIMARY KEY (application_id, round),
    CHECK (decided_by <> advised_by),
    CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)
        AND (decision IS NULL) = (decision_reasons IS NULL)),
    CHECK (decision IS NULL OR (decision = 'CONFIRMED') = (advice = 'ENDORSE'))
) {strict};
";

const QUOTA: &str = "
CREATE TABLE place (
    id {uuid} PRIMARY KEY,
    exception_id {uuid} NOT NULL REFERENCES class_exception (id),
    number INTEGER NOT NULL CHECK (number > 0),
    state TEXT NOT NULL CHECK (state IN
        ('AVAILABLE', 'RESERVED', 'LISTED', 'CONSUMED', 'RETURNING', 'RETIRED')),
    since {instant} NOT NULL,
    movements INTEGER NOT NULL CHECK (movements > 0),
    application_id {uuid} UNIQUE REFERENCES application (id),
    body_id {uuid} REFERENCES body (id),
    employer_id {uuid} REFERENCES employer (id),
    UNIQUE (exception_id, number),
    CHECK ((state IN ('AVAILABLE', 'RETIRED')) = (application_id IS NULL)),
    CHECK ((application_id IS NULL) = (body_id IS NULL) AND (application_id IS NULL) = (employer_id IS NULL))
) {strict};
CREATE INDEX place_free ON place (exception_id, number) WHERE state = 'AVAILABLE';
CREATE INDEX place_by_state ON place (exception_id, state);
CREATE INDEX place_by_employer ON place (exception_id, employer_id) WHERE employer_id IS NOT NULL;

CREATE TABLE place_movement (
    id {uuid} PRIMARY KEY,
    exception_id {uuid} NOT NULL,
    place_number INTEGER NOT NULL,
    movement INTEGER NOT NULL CHECK (movement > 0),
    from_state TEXT,
    to_state TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('CREATED', 'ALLOCATED', 'PUBLISHED', 'CONSUMED', 'GIVEN_BACK', 'FREED',
        'TRANSFERRED', 'RETIRED')),
    application_id {uuid},
    body_id {uuid},
    reason TEXT,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('PERSON', 'SYSTEM')),
    actor_id {uuid},
    at {instant} NOT NULL,
    on_day {date} NOT NULL,
    UNIQUE (exception_id, place_number, movement),
    FOREIGN KEY (exception_id, place_number) REFERENCES place (exception_id, number),
    CHECK ((movement = 1) = (from_state IS NULL)),
    CHECK ((kind = 'CREATED') = (from_state IS NULL)),
    CHECK ((actor_kind = 'PERSON') = (actor_id IS NOT NULL))
) {strict};
CREATE INDEX place_movement_by_time ON place_movement (exception_id, id);
CREATE INDEX place_movement_by_day ON place_movement (exception_id, on_day);

CREATE TABLE worker_fingerprint (
    application_id {uuid} NOT NULL REFERENCES application (id),
    key_version INTEGER NOT NULL,
    exception_id {uuid} NOT NULL,
    fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
    holds_place {bool} NOT NULL,
    PRIMARY KEY (application_id, key_version)
) {strict};
CREATE UNIQUE INDEX one_place_for_a_worker ON worker_fingerprint (exception_id, key_version, fingerprint)
    WHERE holds_place;
CREATE INDEX worker_fingerprint_by_worker ON worker_fingerprint (exception_id, key_version, fingerprint);

CREATE TABLE queue_entry (
    application_id {uuid} PRIMARY KEY REFERENCES application (id),
    exception_id {uuid} NOT NULL,
    body_id {uuid} NOT NULL,
    employer_id {uuid} NOT NULL,
    band INTEGER NOT NULL CHECK (band IN (0, 1)),
    draw_rank INTEGER CHECK (draw_rank > 0),
    submitted_at {instant} NOT NULL,
    on_hold {bool} NOT NULL,
    UNIQUE (exception_id, draw_rank)
) {strict};
CREATE INDEX queue_entry_in_order ON queue_entry (exception_id, submitted_at, application_id);
CREATE INDEX queue_entry_by_employer ON queue_entry (exception_id, employer_id);

CREATE VIEW queue_standing AS
SELECT
    entry.application_id, entry.exception_id, entry.body_id, entry.employer_id, entry.submitted_at,
    COALESCE(entry.draw_rank, 2147483647) AS draw_rank,
    CASE WHEN exception.allocation = 'PRIORITY_THEN_ORDER' THEN entry.band ELSE 0 END AS band,
    CASE
        WHEN exception.paused THEN 'PAUSED'
        WHEN exception.allocation = 'BALLOT' AND exception.drawn_at IS NULL THEN 'BALLOT_NOT_DRAWN'
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
    END AS blocked
FROM queue_entry AS entry
JOIN class_exception AS exception ON exception.id = entry.exception_id;
";

const RECORDS: &str = "
CREATE TABLE history_event (
    id {uuid} PRIMARY KEY,
    at {instant} NOT NULL,
    kind TEXT NOT NULL,
    exception_id {uuid},
    body_id {uuid},
    application_id {uuid},
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('PERSON', 'SYSTEM')),
    actor_id {uuid},
    actor_role TEXT,
    detail {json} NOT NULL,
    CHECK ((actor_kind = 'PERSON') = (actor_id IS NOT NULL))
) {strict};
CREATE INDEX history_of_application ON history_event (application_id, id) WHERE application_id IS NOT NULL;

CREATE TABLE idempotency (
    actor_id {uuid} NOT NULL,
    act TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash {bytes} NOT NULL,
    answer {json},
    at {instant} NOT NULL,
    PRIMARY KEY (actor_id, act, key)
) {strict};
";
