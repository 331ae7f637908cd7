//! What was taken in from a body's own system, so that the same row acts once.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_import"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::execute(manager, IMPORTS).await
    }
}

/// A row is claimed before its application is there: the claim is what keeps two imports of it apart.
const IMPORTS: &str = "
CREATE TABLE imported_row (
    body_id {uuid} NOT NULL REFERENCES body (id),
    exception_id {uuid} NOT NULL REFERENCES class_exception (id),
    external_reference TEXT NOT NULL,
    application_id {uuid} NOT NULL UNIQUE REFERENCES application (id) DEFERRABLE INITIALLY DEFERRED,
    content_hash {bytes} NOT NULL CHECK (length(content_hash) = 32),
    at {instant} NOT NULL,
    PRIMARY KEY (body_id, exception_id, external_reference)
) {strict};
";
