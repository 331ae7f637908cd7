//! What the database itself holds: that whatever a row names is there, and that what is never changed cannot be. Both are
//! its own to hold; a repair by hand begins with taking that away.

mod guards;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Report, Rule};
use crate::db::Snapshot;
use crate::error::Found;

pub(super) async fn examine(snapshot: &Snapshot, report: &mut Report) -> Found<()> {
    let dangling = match snapshot.backend() {
        DbBackend::Postgres => dangling_on_postgres(snapshot).await?,
        _ => dangling_on_sqlite(snapshot).await?,
    };
    for Dangling { table, parent, rows } in dangling {
        let wrong = format!("rows that name what is not in {parent}: {rows}");
        report.tell(Rule::Dangling, format!("table {table}"), wrong);
    }
    let (standing, expected) = (load_guards(snapshot).await?, guards::all(snapshot.backend()));
    for guard in expected.iter().filter(|guard| !standing.contains(guard)) {
        report.tell(Rule::Guards, format!("trigger {guard}"), "it is not there, or does nothing");
    }
    for guard in standing.iter().filter(|guard| !expected.contains(guard)) {
        report.tell(Rule::Guards, format!("trigger {guard}"), "nobody knows what it is for");
    }
    Ok(())
}

/// Rows of a table that name a row of another which is not there.
struct Dangling {
    table: String,
    parent: String,
    rows: i64,
}

async fn dangling_on_sqlite(snapshot: &Snapshot) -> Found<Vec<Dangling>> {
    let sql = "SELECT \"table\" AS child, parent, COUNT(*) AS rows FROM pragma_foreign_key_check \
               GROUP BY 1, 2 ORDER BY 1, 2";
    let mut dangling = Vec::new();
    for row in snapshot.conn().query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await? {
        dangling.push(Dangling {
            table: row.try_get("", "child")?,
            parent: row.try_get("", "parent")?,
            rows: row.try_get("", "rows")?,
        });
    }
    Ok(dangling)
}

/// Every foreign key, as a condition on `one`, a row of the table, and `other`, a row of the one that is named.
const KEYS: &str = "
SELECT child.relname::text AS child, parent.relname::text AS parent,
    string_agg(format('other.%I = one.%I', there.attname, here.attname), ' AND ') AS same,
    string_agg(format('one.%I IS NOT NULL', here.attname), ' AND ') AS named
FROM pg_constraint AS held
JOIN pg_class AS child ON child.oid = held.conrelid
JOIN pg_class AS parent ON parent.oid = held.confrelid
CROSS JOIN LATERAL unnest(held.conkey, held.confkey) AS pair (mine, theirs)
JOIN pg_attribute AS here ON here.attrelid = held.conrelid AND here.attnum = pair.mine
JOIN pg_attribute AS there ON there.attrelid = held.confrelid AND there.attnum = pair.theirs
WHERE held.contype = 'f' AND held.connamespace = current_schema()::regnamespace
GROUP BY held.oid, child.relname, parent.relname ORDER BY 1, 2";

async fn dangling_on_postgres(snapshot: &Snapshot) -> Found<Vec<Dangling>> {
    let conn = snapshot.conn();
    let mut dangling = Vec::new();
    for key in conn.query_all_raw(Statement::from_string(DbBackend::Postgres, KEYS)).await? {
        let (table, parent): (String, String) = (key.try_get("", "child")?, key.try_get("", "parent")?);
        let (same, named): (String, String) = (key.try_get("", "same")?, key.try_get("", "named")?);
        let sql = format!(
            "SELECT COUNT(*) AS rows FROM {table} AS one WHERE {named} \
             AND NOT EXISTS (SELECT 1 FROM {parent} AS other WHERE {same})"
        );
        let row = conn.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        let rows: i64 = row.map(|row| row.try_get("", "rows")).transpose()?.unwrap_or_default();
        if rows > 0 {
            dangling.push(Dangling { table, parent, rows });
        }
    }
    Ok(dangling)
}

/// The triggers that refuse something, by name, as far as they are at work.
async fn load_guards(snapshot: &Snapshot) -> Found<Vec<String>> {
    let backend = snapshot.backend();
    let sql = match backend {
        DbBackend::Postgres => {
            "SELECT tgname::text AS name FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid \
             WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace"
        }
        _ => "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    };
    let rows = snapshot.conn().query_all_raw(Statement::from_string(backend, sql)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "name")).collect::<Result<_, _>>()?)
}
