//! Tables that refuse DELETE refuse TRUNCATE too, and a body's discrepancies are found without reading the others'.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0015_guards"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::execute(manager, DISCREPANCIES).await?;
        // SQLite has no TRUNCATE: its triggers on DELETE are all that there is to pass.
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared(TRUNCATE).await?;
        }
        Ok(())
    }
}

const DISCREPANCIES: &str = "
CREATE INDEX discrepancy_of_body ON discrepancy (body_id, exception_id, id);
CREATE INDEX discrepancy_of_other_body ON discrepancy (other_body_id, exception_id, id);
";

const TRUNCATE: &str = "
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT DISTINCT tgrelid::regclass AS t, relname AS name
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE NOT tgisinternal AND tgname = relname || '_refuses_delete'
            AND relnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
            one.name || '_refuses_truncate', one.t);
    END LOOP;
END $$";
