//! What real casework needs: clocks, questions to the employer, cases turned back, amendments, replacements, holds,
//! and what the agency says of a case.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_caseload_acts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [APPLICATIONS, QUESTIONS, TURN_BACKS, HOLDS, AMENDMENTS, AGENCY] {
            dialect::execute(manager, sql).await?;
        }
        dialect::append_only(manager, "turn_back").await
    }
}

const APPLICATIONS: &str = "
ALTER TABLE application ADD COLUMN due_at {instant};
ALTER TABLE application ADD COLUMN days_left INTEGER CHECK (days_left IS NULL OR due_at IS NULL);
ALTER TABLE application ADD COLUMN ended_at {instant};
ALTER TABLE application ADD COLUMN end_reason TEXT;
ALTER TABLE application ADD COLUMN hold_reason TEXT;
ALTER TABLE application ADD COLUMN supersedes_id {uuid} REFERENCES application (id);
ALTER TABLE application ADD COLUMN supersedes_reason TEXT;

UPDATE application SET ended_at = updated_at
    WHERE status IN ('DECLINED', 'RETURNED', 'WITHDRAWN', 'REVOKED', 'LAPSED', 'SUPERSEDED');

CREATE UNIQUE INDEX one_live_successor ON application (supersedes_id)
    WHERE supersedes_id IS NOT NULL AND status NOT IN ('DECLINED', 'WITHDRAWN', 'REVOKED', 'LAPSED');
CREATE INDEX application_by_superseded ON application (supersedes_id) WHERE supersedes_id IS NOT NULL;

DROP INDEX application_to_take;
CREATE INDEX application_to_take ON application (body_id, exception_id, submitted_at, id)
    WHERE status IN ('SUBMITTED', 'IN_ASSESSMENT') AND assessor_id IS NULL AND hold_reason IS NULL;
";

const QUESTIONS: &str = "
CREATE TABLE information_request (
    id {uuid} PRIMARY KEY,
    application_id {uuid} NOT NULL REFERENCES application (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    round INTEGER NOT NULL,
    criterion TEXT,
    question TEXT NOT NULL,
    answer TEXT,
    status TEXT NOT NULL CHECK (status IN ('OPEN', 'ANSWERED', 'CANCELLED', 'EXPIRED')),
    due_on {date} NOT NULL,
    asked_by {uuid} NOT NULL REFERENCES person (id),
    created_at {instant} NOT NULL,
    reminded_at {instant},
    closed_at {instant},
    cancel_reason TEXT,
    CHECK ((status = 'OPEN') = (closed_at IS NULL)),
    CHECK ((status = 'ANSWERED') = (answer IS NOT NULL)),
    CHECK ((status = 'CANCELLED') = (cancel_reason IS NOT NULL))
) {strict};
CREATE INDEX information_request_of_application ON information_request (application_id, id);
CREATE INDEX information_request_open ON information_request (due_on, id) WHERE status = 'OPEN';
";

const TURN_BACKS: &str = "
CREATE TABLE turn_back (
    id {uuid} PRIMARY KEY,
    application_id {uuid} NOT NULL REFERENCES application (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    round INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('SENT_BACK', 'RETURNED', 'RECONSIDERED')),
    note TEXT NOT NULL,
    turned_by {uuid} NOT NULL REFERENCES person (id),
    at {instant} NOT NULL,
    advice TEXT CHECK (advice IN ('ENDORSE', 'DECLINE')),
    advice_reasons {json},
    advice_note TEXT,
    advised_by {uuid} REFERENCES person (id),
    advised_at {instant},
    CHECK ((kind = 'SENT_BACK') = (advice IS NOT NULL)),
    CHECK ((advice IS NULL) = (advised_by IS NULL) AND (advice IS NULL) = (advised_at IS NULL)
        AND (advice IS NULL) = (advice_reasons IS NULL)),
    CHECK (turned_by <> advised_by)
) {strict};
CREATE INDEX turn_back_of_application ON turn_back (application_id, id);
";

const HOLDS: &str = "
CREATE TABLE hold (
    id {uuid} PRIMARY KEY,
    application_id {uuid} NOT NULL REFERENCES application (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    reason TEXT NOT NULL,
    held_by {uuid} NOT NULL REFERENCES person (id),
    held_at {instant} NOT NULL,
    released_by {uuid} REFERENCES person (id),
    released_at {instant},
    note TEXT,
    CHECK (released_by IS NULL OR released_at IS NOT NULL)
) {strict};
CREATE UNIQUE INDEX one_hold_at_a_time ON hold (application_id) WHERE released_at IS NULL;
CREATE INDEX hold_of_application ON hold (application_id, id);
";

const AMENDMENTS: &str = "
CREATE TABLE amendment (
    id {uuid} PRIMARY KEY,
    application_id {uuid} NOT NULL REFERENCES application (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    status TEXT NOT NULL CHECK (status IN ('PROPOSED', 'ACCEPTED', 'REJECTED', 'DROPPED')),
    reason TEXT NOT NULL,
    changes {json} NOT NULL,
    facts {json} NOT NULL,
    passport_sealed {bytes},
    proposed_by {uuid} NOT NULL REFERENCES person (id),
    proposed_at {instant} NOT NULL,
    decided_by {uuid} REFERENCES person (id),
    decided_at {instant},
    note TEXT,
    CHECK (decided_by <> proposed_by),
    CHECK ((status IN ('ACCEPTED', 'REJECTED')) = (decided_by IS NOT NULL)),
    CHECK ((status = 'PROPOSED') = (decided_at IS NULL))
) {strict};
CREATE UNIQUE INDEX one_proposed_amendment ON amendment (application_id) WHERE status = 'PROPOSED';
CREATE INDEX amendment_of_application ON amendment (application_id, id);
";

const AGENCY: &str = "
CREATE TABLE agency_case (
    application_id {uuid} PRIMARY KEY REFERENCES application (id),
    body_id {uuid} NOT NULL REFERENCES body (id),
    status TEXT NOT NULL CHECK (status IN ('NOT_SENT', 'SENT', 'ACKNOWLEDGED', 'TRAVEL_REQUESTED',
        'TRAVEL_APPROVED', 'TRAVEL_DECLINED', 'TRAVEL_WITHDRAWN', 'INVITED', 'INVITATION_EXPIRED', 'VISA_APPLIED',
        'VISA_GRANTED', 'VISA_DECLINED', 'VISA_WITHDRAWN', 'ARRIVED')),
    at {instant} NOT NULL
) {strict};
";
