//! Row-level security: which rows of a table each tenant's role comes to, and for what.
//!
//! Every table is either raised here, with the rules of its rows, or shared, which everybody reads and the service alone
//! writes. A table that is neither fails the tests; a tenant that no rule names comes to none of its rows.

use sea_orm_migration::SchemaManager;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::roles::{SYSTEM, TENANTS};

/// What one role may do with which rows of a table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Who.
    pub role: &'static str,
    /// What: `SELECT`, or several with commas between.
    pub acts: &'static str,
    /// The columns that may be read, where it is not all.
    pub columns: Option<&'static str>,
    /// Which rows, as a condition on them.
    pub rows: &'static str,
}

/// A rule for a role that may read rows.
pub const fn reads(role: &'static str, rows: &'static str) -> Rule {
    Rule { role, acts: "SELECT", columns: None, rows }
}

/// A rule for a role that may read some columns of rows.
pub const fn reads_of(role: &'static str, columns: &'static str, rows: &'static str) -> Rule {
    Rule { role, acts: "SELECT", columns: Some(columns), rows }
}

/// A rule for a role that may do these things with rows.
pub const fn may(role: &'static str, acts: &'static str, rows: &'static str) -> Rule {
    Rule { role, acts, columns: None, rows }
}

/// Everything that may be done with rows.
pub const ALL: &str = "SELECT, INSERT, UPDATE, DELETE";

/// Raises the wall on `table`: nobody comes to a row but the service, and who a rule names. Nothing to do on SQLite.
pub async fn raise(manager: &SchemaManager<'_>, table: &str, rules: &[Rule]) -> Result<(), DbErr> {
    let mut sql = format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY; \
         GRANT {ALL} ON {table} TO {SYSTEM}; CREATE POLICY of_all ON {table} TO {SYSTEM} USING (true);"
    );
    for rule in rules {
        for act in rule.acts.split(", ") {
            sql += &policy(table, rule, act);
        }
    }
    run(manager, &sql).await
}

fn policy(table: &str, Rule { role, columns, rows, .. }: &Rule, act: &str) -> String {
    let columns = columns.map(|columns| format!(" ({columns})")).unwrap_or_default();
    let rows = match act {
        "INSERT" => format!("WITH CHECK ({rows})"),
        "UPDATE" => format!("USING ({rows}) WITH CHECK ({rows})"),
        _ => format!("USING ({rows})"),
    };
    let name = format!("{}_may_{}", role.trim_start_matches("nominations_"), act.to_lowercase());
    format!(
        "GRANT {act}{columns} ON {table} TO {role}; CREATE POLICY {name} ON {table} FOR {act} TO {role} {rows};"
    )
}

/// Leaves `table` without a wall: everybody reads it, the service alone writes it. Nothing to do on SQLite.
pub async fn share(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let tenants = TENANTS.join(", ");
    run(manager, &format!("GRANT {ALL} ON {table} TO {SYSTEM}; GRANT SELECT ON {table} TO {tenants};")).await
}

pub(crate) async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}
