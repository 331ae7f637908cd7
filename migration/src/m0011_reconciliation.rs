//! What does not agree between the caseloads, the ledger with the releases, and the agency; what people made of it; and the
//! runs that looked for it, with their figures and sign-offs.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0011_reconciliation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [DISCREPANCIES, SAME_WORKER, RUNS] {
            dialect::execute(manager, sql).await?;
        }
        for table in [
            "resolution_proposal",
            "told_apart",
            "reconciliation",
            "reconciliation_figure",
            "reconciliation_open",
            "sign_off",
        ] {
            dialect::append_only(manager, table).await?;
        }
        dialect::refuse(manager, "discrepancy", "DELETE").await
    }
}

// The same thing found again is one row while it is open: its mark says what it is about, never what the values are. What
// a resolution rests on is kept as a keyed hash, so that it may be told when that changes.
const DISCREPANCIES: &str = "
CREATE TABLE discrepancy (
    id {uuid} PRIMARY KEY,
    exception_id {uuid} NOT NULL REFERENCES class_exception (id),
    kind TEXT NOT NULL CHECK (kind IN ('SAME_WORKER', 'PLACE_WITHOUT_NOMINATION', 'NOMINATION_WITHOUT_PLACE',
        'NOT_ON_RELEASE', 'UNKNOWN_REFERENCE', 'MISSING_AT_AGENCY', 'DETAILS_DIFFER', 'STATUS_DIFFERS',
        'ILLEGAL_STATUS_CHANGE', 'DUPLICATE_LINE', 'REMOVED_LINE_ACTED_ON', 'NOT_ACKNOWLEDGED')),
    severity TEXT NOT NULL CHECK (severity IN ('LOW', 'HIGH', 'CRITICAL')),
    status TEXT NOT NULL CHECK (status IN ('OPEN', 'RESOLVED')),
    mark TEXT NOT NULL CHECK (length(mark) = 64),
    application_id {uuid} REFERENCES application (id),
    body_id {uuid} REFERENCES body (id),
    other_application_id {uuid} REFERENCES application (id),
    other_body_id {uuid} REFERENCES body (id),
    reference TEXT,
    place_number INTEGER,
    release_number INTEGER,
    field TEXT,
    ours_sealed {bytes},
    theirs_sealed {bytes},
    basis {bytes} CHECK (length(basis) = 32),
    after_release INTEGER,
    opened_at {instant} NOT NULL,
    resolution TEXT CHECK (resolution IN ('KEEP_OURS', 'TAKE_THEIRS', 'CORRECT_IN_NEXT_RELEASE', 'WORKER_CHOSE',
        'EARLIER_STANDS', 'NOT_A_DUPLICATE', 'RAISED_WITH_AGENCY')),
    closed_because TEXT CHECK (closed_because IN ('MENDED', 'CASE_ENDED')),
    chosen_id {uuid} REFERENCES application (id),
    note TEXT,
    resolved_by {uuid} REFERENCES person (id),
    resolved_body_id {uuid} REFERENCES body (id),
    resolved_at {instant},
    CHECK ((status = 'RESOLVED') = (resolved_at IS NOT NULL)),
    CHECK ((status = 'RESOLVED') = (resolution IS NOT NULL OR closed_because IS NOT NULL)),
    CHECK (resolution IS NULL OR closed_because IS NULL),
    CHECK ((resolution IS NULL) = (resolved_by IS NULL) AND (resolution IS NULL) = (note IS NULL)),
    CHECK (resolved_body_id IS NULL OR resolved_by IS NOT NULL),
    CHECK ((chosen_id IS NULL) = (resolution IS NULL OR resolution NOT IN ('WORKER_CHOSE', 'EARLIER_STANDS'))),
    CHECK (application_id IS NULL OR body_id IS NOT NULL),
    CHECK ((other_application_id IS NULL) = (other_body_id IS NULL)),
    CHECK (kind <> 'SAME_WORKER' OR (application_id IS NOT NULL AND other_application_id IS NOT NULL
        AND application_id < other_application_id AND ours_sealed IS NULL AND theirs_sealed IS NULL)),
    CHECK (resolution IS NULL
        OR (kind = 'SAME_WORKER') = (resolution IN ('WORKER_CHOSE', 'EARLIER_STANDS', 'NOT_A_DUPLICATE')))
) {strict};
CREATE UNIQUE INDEX discrepancy_open_once ON discrepancy (exception_id, mark) WHERE status = 'OPEN';
CREATE INDEX discrepancy_by_mark ON discrepancy (exception_id, mark, id);
CREATE INDEX discrepancy_in_order ON discrepancy (exception_id, id);
CREATE INDEX discrepancy_of_application ON discrepancy (application_id) WHERE status = 'OPEN';
CREATE INDEX discrepancy_of_other ON discrepancy (other_application_id) WHERE status = 'OPEN';

CREATE TABLE resolution_proposal (
    id {uuid} PRIMARY KEY,
    discrepancy_id {uuid} NOT NULL REFERENCES discrepancy (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    person_id {uuid} NOT NULL REFERENCES person (id),
    resolution TEXT NOT NULL CHECK (resolution IN ('KEEP_OURS', 'TAKE_THEIRS', 'CORRECT_IN_NEXT_RELEASE',
        'WORKER_CHOSE', 'EARLIER_STANDS', 'NOT_A_DUPLICATE', 'RAISED_WITH_AGENCY')),
    chosen_id {uuid} REFERENCES application (id),
    note TEXT NOT NULL,
    at {instant} NOT NULL
) {strict};
CREATE INDEX proposal_of_discrepancy ON resolution_proposal (discrepancy_id, id);
";

// Two applications that people found to be of two workers. What they matched by is part of it: once that is another, they
// may match again.
const SAME_WORKER: &str = "
CREATE TABLE told_apart (
    application_id {uuid} NOT NULL REFERENCES application (id),
    other_id {uuid} NOT NULL REFERENCES application (id),
    matched TEXT NOT NULL CHECK (length(matched) = 64),
    discrepancy_id {uuid} NOT NULL REFERENCES discrepancy (id),
    at {instant} NOT NULL,
    PRIMARY KEY (application_id, other_id, matched),
    CHECK (application_id < other_id)
) {strict};
CREATE INDEX worker_by_birth ON worker (date_of_birth);
";

const RUNS: &str = "
CREATE TABLE reconciliation (
    id {uuid} PRIMARY KEY,
    exception_id {uuid} NOT NULL REFERENCES class_exception (id),
    number INTEGER NOT NULL CHECK (number > 0),
    ran_at {instant} NOT NULL,
    ran_by {uuid} REFERENCES person (id),
    checked {big} NOT NULL CHECK (checked >= 0),
    matched {big} NOT NULL CHECK (matched BETWEEN 0 AND checked),
    balanced {bool} NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    UNIQUE (exception_id, number)
) {strict};

CREATE TABLE reconciliation_figure (
    reconciliation_id {uuid} NOT NULL REFERENCES reconciliation (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    caseload {big} NOT NULL,
    ledger {big} NOT NULL,
    released {big} NOT NULL,
    agency {big} NOT NULL,
    PRIMARY KEY (reconciliation_id, body_id)
) {strict};

CREATE TABLE reconciliation_open (
    id {uuid} PRIMARY KEY,
    reconciliation_id {uuid} NOT NULL REFERENCES reconciliation (id),
    kind TEXT NOT NULL,
    body_id {uuid} REFERENCES body (id),
    other_body_id {uuid} REFERENCES body (id),
    count {big} NOT NULL CHECK (count > 0)
) {strict};
CREATE INDEX open_of_reconciliation ON reconciliation_open (reconciliation_id, id);

CREATE TABLE sign_off (
    reconciliation_id {uuid} NOT NULL REFERENCES reconciliation (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    person_id {uuid} NOT NULL REFERENCES person (id),
    lines {big} NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    at {instant} NOT NULL,
    PRIMARY KEY (reconciliation_id, body_id)
) {strict};
";
