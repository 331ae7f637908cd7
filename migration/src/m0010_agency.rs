//! What the agency says of cases: its messages, what became of each of their lines, and what a case says more than its status.

use sea_orm_migration::sea_orm::{DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0010_agency"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [CASES, OUTCOMES] {
            dialect::execute(manager, sql).await?;
        }
        for table in ["agency_message", "agency_outcome"] {
            dialect::append_only(manager, table).await?;
        }
        allow_restoring(manager).await
    }
}

// A place that is on its way back for the agency's refusal comes back at `hold_until`. `told_sealed` has the details that the
// agency last told of the worker and the job, so that they can be held against what we have later too.
const CASES: &str = "
ALTER TABLE agency_case ADD COLUMN agency_reference TEXT;
ALTER TABLE agency_case ADD COLUMN reason TEXT;
ALTER TABLE agency_case ADD COLUMN expires_on {date};
ALTER TABLE agency_case ADD COLUMN hold_until {instant};
ALTER TABLE agency_case ADD COLUMN told_sealed {bytes};
CREATE INDEX agency_case_held ON agency_case (hold_until) WHERE hold_until IS NOT NULL;
";

const OUTCOMES: &str = "
CREATE TABLE agency_message (
    id {uuid} PRIMARY KEY,
    exception_id {uuid} NOT NULL REFERENCES class_exception (id),
    message_id TEXT NOT NULL UNIQUE,
    digest {bytes} NOT NULL CHECK (length(digest) = 32),
    content_sealed {bytes} NOT NULL,
    lines INTEGER NOT NULL CHECK (lines BETWEEN 1 AND 1000),
    applied INTEGER NOT NULL CHECK (applied >= 0),
    late INTEGER NOT NULL CHECK (late >= 0),
    repeated INTEGER NOT NULL CHECK (repeated >= 0),
    disputed INTEGER NOT NULL CHECK (disputed >= 0),
    received_at {instant} NOT NULL,
    received_by {uuid} REFERENCES person (id),
    CHECK (applied + late + repeated + disputed = lines)
) {strict};
CREATE INDEX agency_message_in_order ON agency_message (exception_id, id);

CREATE TABLE agency_outcome (
    id {uuid} PRIMARY KEY,
    agency_message_id {uuid} NOT NULL REFERENCES agency_message (id),
    line INTEGER NOT NULL CHECK (line BETWEEN 1 AND 1000),
    application_id {uuid} REFERENCES application (id),
    body_id {uuid} REFERENCES body (id),
    status TEXT NOT NULL CHECK (status IN ('NOT_SENT', 'SENT', 'ACKNOWLEDGED', 'TRAVEL_REQUESTED',
        'TRAVEL_APPROVED', 'TRAVEL_DECLINED', 'TRAVEL_WITHDRAWN', 'INVITED', 'INVITATION_EXPIRED', 'VISA_APPLIED',
        'VISA_GRANTED', 'VISA_DECLINED', 'VISA_WITHDRAWN', 'ARRIVED')),
    at {instant} NOT NULL,
    received_at {instant} NOT NULL,
    agency_reference TEXT,
    reason TEXT,
    expires_on {date},
    correction {bool} NOT NULL,
    became TEXT NOT NULL CHECK (became IN ('APPLIED', 'LATE', 'REPEATED', 'DISPUTED')),
    UNIQUE (agency_message_id, line),
    CHECK ((application_id IS NULL) = (body_id IS NULL)),
    CHECK (application_id IS NOT NULL OR became = 'DISPUTED')
) {strict};
CREATE INDEX agency_outcome_of_application ON agency_outcome (application_id, id) WHERE application_id IS NOT NULL;
";

/// A place that was on its way back or used up may be listed again: RESTORED. SQLite changes a CHECK by making the table
/// anew, with what hangs on it; all of it in one text, since another connection would still see the old triggers.
async fn allow_restoring(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    match manager.get_database_backend() {
        DbBackend::Postgres => dialect::execute(manager, RESTORED_ON_POSTGRES).await,
        _ => dialect::execute(manager, RESTORED_ON_SQLITE).await,
    }
}

const RESTORED_ON_POSTGRES: &str = "
ALTER TABLE place_movement DROP CONSTRAINT place_movement_kind_check;
ALTER TABLE place_movement ADD CONSTRAINT place_movement_kind_check CHECK (kind IN ('CREATED', 'ALLOCATED',
    'PUBLISHED', 'CONSUMED', 'GIVEN_BACK', 'RESTORED', 'FREED', 'TRANSFERRED', 'RETIRED'));
";

const RESTORED_ON_SQLITE: &str = "
CREATE TABLE place_movement_anew (
    id {uuid} PRIMARY KEY,
    exception_id {uuid} NOT NULL,
    place_number INTEGER NOT NULL,
    movement INTEGER NOT NULL CHECK (movement > 0),
    from_state TEXT,
    to_state TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('CREATED', 'ALLOCATED', 'PUBLISHED', 'CONSUMED', 'GIVEN_BACK', 'RESTORED',
        'FREED', 'TRANSFERRED', 'RETIRED')),
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
INSERT INTO place_movement_anew SELECT * FROM place_movement;
DROP TABLE place_movement;
ALTER TABLE place_movement_anew RENAME TO place_movement;
CREATE INDEX place_movement_by_time ON place_movement (exception_id, id);
CREATE INDEX place_movement_by_day ON place_movement (exception_id, on_day);
CREATE TRIGGER place_movement_refuses_update BEFORE UPDATE ON place_movement
    BEGIN SELECT RAISE(ABORT, 'place_movement refuses UPDATE'); END;
CREATE TRIGGER place_movement_refuses_delete BEFORE DELETE ON place_movement
    BEGIN SELECT RAISE(ABORT, 'place_movement refuses DELETE'); END;
CREATE TRIGGER place_movement_waits_for_seal AFTER INSERT ON place_movement
    BEGIN INSERT INTO unsealed (source, record_id) VALUES ('LEDGER', NEW.id); END;
";
