//! Frontends of others, served from origins of their own: which these are, and which clients of identity providers sign
//! people in for them.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::{dialect, wall};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0018_frontends"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::execute(manager, FRONTENDS).await?;
        for table in ["frontend", "frontend_origin", "frontend_client"] {
            wall::raise(manager, table, &[]).await?;
        }
        Ok(())
    }
}

/// An origin stands once, and so does a client of a provider: each names one frontend.
const FRONTENDS: &str = "
CREATE TABLE frontend (
    id {uuid} PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
    added_at {instant} NOT NULL
) {strict};

CREATE TABLE frontend_origin (
    origin TEXT PRIMARY KEY CHECK (origin LIKE 'http%://_%' AND origin NOT LIKE '%*%' AND origin NOT LIKE '%://%/%'),
    frontend_id {uuid} NOT NULL REFERENCES frontend (id)
) {strict};
CREATE INDEX frontend_origin_of_frontend ON frontend_origin (frontend_id);

CREATE TABLE frontend_client (
    issuer_id {uuid} NOT NULL REFERENCES issuer (id),
    client_id TEXT NOT NULL CHECK (length(client_id) BETWEEN 1 AND 255),
    frontend_id {uuid} NOT NULL REFERENCES frontend (id),
    PRIMARY KEY (issuer_id, client_id)
) {strict};
CREATE INDEX frontend_client_of_frontend ON frontend_client (frontend_id);
";
