//! When personal data goes, and that it is gone; and when a worker was told that it is held.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0017_personal_data"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::execute(manager, COLUMNS).await?;
        for (table, columns) in STILL_REFUSED {
            dialect::refuse_but(manager, table, columns).await?;
        }
        Ok(())
    }
}

const COLUMNS: &str = "
ALTER TABLE class_exception ADD COLUMN purge_on {date};
ALTER TABLE application ADD COLUMN purged_at {instant};
CREATE INDEX application_to_purge ON application (exception_id, id) WHERE purged_at IS NULL;

ALTER TABLE worker ADD COLUMN told_on {date};
ALTER TABLE worker ADD COLUMN told_by {uuid} REFERENCES person (id);
";

/// What of records that never change stays so when what people wrote in them is purged.
const STILL_REFUSED: [(&str, &str); 4] = [
    (
        "turn_back",
        "id, application_id, body_id, round, kind, turned_by, at, advice, advice_reasons, advised_by, advised_at",
    ),
    (
        "agency_outcome",
        "id, agency_message_id, line, application_id, body_id, status, at, received_at, expires_on, correction, became",
    ),
    ("resolution_proposal", "id, discrepancy_id, body_id, person_id, resolution, chosen_id, at"),
    ("told_apart", "application_id, other_id, discrepancy_id, at"),
];
