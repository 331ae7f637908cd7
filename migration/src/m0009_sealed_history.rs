//! The sealed history: which committed records wait for a position, which have one, and the seals over them.

use sea_orm_migration::sea_orm::{DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0009_sealed_history"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::execute(manager, TABLES).await?;
        for table in ["sealed_event", "seal"] {
            dialect::append_only(manager, table).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            dialect::execute(manager, WAIT_FOR_SEAL).await?;
        }
        for (table, source) in [("history_event", "HISTORY"), ("place_movement", "LEDGER")] {
            queue_from_now_on(manager, table, source).await?;
            dialect::execute(manager, &format!("INSERT INTO unsealed SELECT '{source}', id FROM {table};"))
                .await?;
        }
        Ok(())
    }
}

// What is written is queued by a trigger, so that no act can forget to. The digests are SHA-256 in hex.
const TABLES: &str = "
CREATE TABLE unsealed (
    source TEXT NOT NULL CHECK (source IN ('HISTORY', 'LEDGER')),
    record_id {uuid} NOT NULL,
    PRIMARY KEY (record_id, source)
) {strict};

CREATE TABLE sealed_event (
    position {big} PRIMARY KEY CHECK (position > 0),
    source TEXT NOT NULL CHECK (source IN ('HISTORY', 'LEDGER')),
    record_id {uuid} NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    UNIQUE (record_id, source)
) {strict};

CREATE TABLE seal (
    number {big} PRIMARY KEY CHECK (number > 0),
    first_position {big} NOT NULL UNIQUE CHECK (first_position > 0),
    last_position {big} NOT NULL UNIQUE,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    previous_head TEXT NOT NULL UNIQUE CHECK (length(previous_head) IN (0, 64)),
    head TEXT NOT NULL UNIQUE CHECK (length(head) = 64),
    at {instant} NOT NULL,
    CHECK (last_position >= first_position),
    CHECK ((number = 1) = (previous_head = '')),
    CHECK ((number = 1) = (first_position = 1))
) {strict};
";

const WAIT_FOR_SEAL: &str = "
CREATE FUNCTION wait_for_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO unsealed (source, record_id) VALUES (TG_ARGV[0], NEW.id); RETURN NULL; END $$;
";

/// Queues every record of `table` that is inserted from now on.
async fn queue_from_now_on(manager: &SchemaManager<'_>, table: &str, source: &str) -> Result<(), DbErr> {
    let act = match manager.get_database_backend() {
        DbBackend::Postgres => format!("FOR EACH ROW EXECUTE FUNCTION wait_for_seal('{source}');"),
        _ => format!(
            "FOR EACH ROW BEGIN INSERT INTO unsealed (source, record_id) VALUES ('{source}', NEW.id); END;"
        ),
    };
    dialect::execute(manager, &format!("CREATE TRIGGER {table}_waits_for_seal AFTER INSERT ON {table} {act}"))
        .await
}
