//! The few words that the two databases spell differently.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{SchemaManager, sea_orm};

/// Column types by placeholder: (placeholder, PostgreSQL, SQLite). SQLite's tables are STRICT, so
/// that a wrong type is refused there as well.
const TYPES: [(&str, &str, &str); 9] = [
    ("{uuid}", "UUID", "BLOB"),
    ("{instant}", "TIMESTAMPTZ", "TEXT"),
    ("{date}", "DATE", "TEXT"),
    ("{bytes}", "BYTEA", "BLOB"),
    ("{bool}", "BOOLEAN", "INTEGER"),
    ("{json}", "JSONB", "TEXT"),
    ("{big}", "BIGINT", "INTEGER"),
    // Ordered by its bytes, so that an index tells what begins with a word.
    ("{bytewise}", "TEXT COLLATE \"C\"", "TEXT"),
    ("{strict}", "", "STRICT"),
];

/// Runs `sql`, whose statements end with `;` at the end of a line, in the database's own words.
pub async fn execute(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    let mut text = sql.to_owned();
    for (placeholder, on_postgres, on_sqlite) in TYPES {
        text = text.replace(placeholder, if postgres { on_postgres } else { on_sqlite });
    }
    run(manager, &text).await
}

/// Refuses UPDATE and DELETE on `table` for everybody, the service included.
pub async fn append_only(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    refuse(manager, table, "UPDATE").await?;
    refuse(manager, table, "DELETE").await
}

/// Refuses one kind of statement on `table`.
pub async fn refuse(manager: &SchemaManager<'_>, table: &str, act: &str) -> Result<(), DbErr> {
    let name = format!("{table}_refuses_{}", act.to_lowercase());
    let sql = match manager.get_database_backend() {
        DbBackend::Postgres => format!(
            "CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();"
        ),
        _ => format!(
            "CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{table} refuses {act}'); END;"
        ),
    };
    run(manager, &sql).await
}

/// Refuses TRUNCATE on `table`, which passes what refuses DELETE. SQLite has no such thing.
pub async fn refuse_truncate(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = format!(
        "CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} \
         FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    );
    run(manager, &sql).await
}

/// Refuses UPDATE of these columns of an append-only `table`; the others may change from now on.
pub async fn refuse_but(manager: &SchemaManager<'_>, table: &str, columns: &str) -> Result<(), DbErr> {
    let name = format!("{table}_refuses_update");
    let sql = match manager.get_database_backend() {
        DbBackend::Postgres => format!(
            "DROP TRIGGER {name} ON {table}; CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table} \
             FOR EACH ROW EXECUTE FUNCTION refuse_change();"
        ),
        _ => format!(
            "DROP TRIGGER {name}; CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table} \
             BEGIN SELECT RAISE(ABORT, '{table} refuses UPDATE'); END;"
        ),
    };
    run(manager, &sql).await
}

/// The function behind [`refuse`] on PostgreSQL; nothing to do on SQLite.
pub async fn create_refusal(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    run(
        manager,
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ \
         BEGIN RAISE EXCEPTION '% refuses %', TG_TABLE_NAME, TG_OP; END $$;",
    )
    .await
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), sea_orm::DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(|_| ())
}
