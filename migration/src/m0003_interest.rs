//! Expressions of interest, and which applications came of one.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_interest"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::execute(manager, INTEREST).await
    }
}

const INTEREST: &str = "
CREATE TABLE interest (
    id {uuid} PRIMARY KEY,
    exception_id {uuid} NOT NULL REFERENCES class_exception (id),
    terms_revision INTEGER NOT NULL,
    body_id {uuid} NOT NULL REFERENCES body (id),
    legal_name TEXT NOT NULL,
    nzbn TEXT CHECK (length(nzbn) = 13),
    contact_email TEXT NOT NULL,
    contact_hash TEXT NOT NULL CHECK (length(contact_hash) = 64),
    expected_workers INTEGER NOT NULL CHECK (expected_workers BETWEEN 1 AND 1000),
    roles {json} NOT NULL,
    source TEXT NOT NULL CHECK (length(source) = 64),
    created_at {instant} NOT NULL
) {strict};
CREATE INDEX interest_of_body ON interest (body_id, created_at, id);
CREATE INDEX interest_of_employer ON interest (nzbn, created_at, id) WHERE nzbn IS NOT NULL;
CREATE INDEX interest_by_source ON interest (source, created_at);
CREATE INDEX interest_by_contact ON interest (exception_id, contact_hash, created_at);

ALTER TABLE application ADD COLUMN interest_id {uuid} REFERENCES interest (id);
CREATE INDEX application_of_interest ON application (interest_id) WHERE interest_id IS NOT NULL;
";
