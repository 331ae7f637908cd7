//! PostgreSQL's second wall, asked in raw SQL by the roles that the service has there: with no tenant said, with the other
//! body, with another employer. The tables come from the catalogue, so that a new one that has no wall fails here.

use std::collections::BTreeSet;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement, TransactionTrait,
};

use super::rows::settle;
use crate::service::support::cast::{ITP, KAURI, KAURI_AGENT, NZTECH, RATA};
use crate::service::support::{Kind, World, in_a_world};

mod doors;
mod foreign;

use foreign::{FILLED_BY_HAND, FOREIGN_TO_KAURI, FOREIGN_TO_NZTECH, Reading, filled};

/// Tables that everybody reads, each with the reason; the service alone writes them.
const SHARED: [(&str, &str); 17] = [
    ("ballot", "published, so that anybody can run it again"),
    ("ballot_body", "published with its ballot"),
    ("ballot_commitment", "published with its ballot"),
    ("ballot_end", "published with its ballot"),
    ("ballot_incident", "published with its ballot"),
    ("ballot_result", "published with its ballot: entries are random words"),
    ("ballot_secret", "a secret is kept once it is revealed, and published then"),
    ("ballot_strike", "published with its ballot"),
    ("body", "who the bodies are is public"),
    ("class_exception", "its settings are public"),
    ("class_exception_body", "which bodies nominate under it is public"),
    ("class_exception_revision", "its terms are public"),
    ("deployment_key", "numbers and ids of keys, never a key: whoever writes asks which are in use"),
    ("installation", "what the database is for: one row"),
    ("issuer", "where one signs in is shown to whoever is about to; secrets are not in it"),
    ("live_ballot", "which ballot goes on is public"),
    ("seaql_migrations", "names of migrations, read before any role is taken"),
];

/// The one view that looks past what its reader comes to, and narrows that by itself.
const LOOKS_FOR_ITS_READER: &str = "worker_twin";

/// Where a tenant's role may add any row: the trigger that queues what is to be sealed adds ids there, in the hand of whoever
/// acts.
const TAKES_ANY: &str = "unsealed";

const TABLES: &str = "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                      AND relkind IN ('r', 'p', 'm')";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_has_the_wall_or_a_reason() {
    in_a_world(Kind::Postgres, every_table).await;
}

async fn every_table(world: World) {
    let conn = world.conn();
    let unwalled = names(conn, &format!("{TABLES} AND NOT (relrowsecurity AND relforcerowsecurity)")).await;
    let shared: BTreeSet<String> = SHARED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(
        unwalled, shared,
        "a table is new: say in its migration whose rows it has, with `wall::raise`"
    );
    let past = "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                AND relkind = 'v' AND NOT COALESCE('security_invoker=true' = ANY (reloptions), false)";
    let past = names(conn, past).await;
    assert_eq!(
        past,
        BTreeSet::from([LOOKS_FOR_ITS_READER.to_owned()]),
        "a view looks past its reader's wall"
    );
    let written = "SELECT DISTINCT table_name::text AS name FROM information_schema.role_table_grants \
                   WHERE grantee LIKE 'nominations\\_%' AND grantee <> 'nominations_system' \
                   AND privilege_type <> 'SELECT'";
    let written = names(conn, written).await;
    assert!(!written.is_empty() && written.is_disjoint(&shared), "tenants write what is of all: {written:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_of_another_tenant_is_read_changed_deleted_or_added() {
    in_a_world(Kind::Postgres, no_foreign_row).await;
}

async fn no_foreign_row(world: World) {
    settle(&world).await;
    fill(&world).await;
    let walled = names(world.conn(), &format!("{TABLES} AND relrowsecurity")).await;
    let known: BTreeSet<String> = FOREIGN_TO_NZTECH.iter().map(|(table, ..)| (*table).to_owned()).collect();
    assert_eq!(walled, known, "a table is new: say in foreign.rs which of its rows are not NZTech's");
    let nztech = Hand { role: "nominations_body", says: vec![("body", NZTECH.id().to_string())] };
    let agent = KAURI_AGENT.person().to_string();
    let says = vec![("person", agent), ("employers", KAURI.id().to_string())];
    let kauri = Hand { role: "nominations_person", says };
    let nobody = ["nominations_service", "nominations_body", "nominations_person"];
    let nobody = nobody.map(|role| Hand { role, says: Vec::new() });
    let mut faults = Vec::new();
    for (table, condition, reading) in FOREIGN_TO_NZTECH {
        let foreign = Foreign::find(&world, table, condition, *reading).await;
        for hand in nobody.iter().chain([&nztech]) {
            faults.extend(foreign.come_to_by(&world, hand).await);
        }
    }
    for (table, condition, reading) in FOREIGN_TO_KAURI {
        let foreign = Foreign::find(&world, table, condition, *reading).await;
        faults.extend(foreign.come_to_by(&world, &kauri).await);
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A role, and what is said of the tenant.
struct Hand {
    role: &'static str,
    says: Vec<(&'static str, String)>,
}

/// The rows of one table that somebody must not come to.
struct Foreign {
    table: &'static str,
    reading: Reading,
    /// Where they stand in the table, so that it takes no condition to name them.
    places: String,
    /// One of them whole, to be added once more.
    row: String,
}

impl Foreign {
    async fn find(world: &World, table: &'static str, condition: &str, reading: Reading) -> Self {
        let condition = filled(condition, &words());
        let sql = format!(
            "SELECT array_agg(ctid)::text AS places, (array_agg(to_jsonb({table}.*)))[1]::text AS row \
             FROM {table} WHERE {condition}"
        );
        let found = one(world.conn(), &sql).await;
        let places: Option<String> = found.try_get("", "places").expect("places");
        let places = places.unwrap_or_else(|| panic!("{table} has no such row: fill it by hand"));
        let found = Self { table, reading, places, row: found.try_get("", "row").expect("a row") };
        let tx = Hand { role: "nominations_system", says: Vec::new() }.take(world.conn()).await;
        let seen = tx.execute_unprepared(&found.read()).await.expect("read").rows_affected();
        assert!(seen > 0, "the service itself does not come to {table}: nothing would be tried");
        tx.rollback().await.expect("undone");
        found
    }

    fn read(&self) -> String {
        format!("SELECT 1 FROM {} WHERE ctid = ANY ('{}'::tid[])", self.table, self.places)
    }

    /// What this hand can do with them, of all that it should not.
    async fn come_to_by(&self, world: &World, hand: &Hand) -> Vec<String> {
        let Self { table, places, row, .. } = self;
        let at = format!("ctid = ANY ('{places}'::tid[])");
        let column = one(world.conn(), &format!("SELECT jsonb_object_keys('{}'::jsonb) AS key", quoted(row)))
            .await
            .try_get::<String>("", "key")
            .expect("a column");
        let mut tries = vec![
            ("changed", format!("UPDATE {table} SET {column} = {column} WHERE {at}")),
            ("deleted", format!("DELETE FROM {table} WHERE {at}")),
        ];
        if self.reading == Reading::No {
            tries.push(("read", self.read()));
        }
        if *table != TAKES_ANY || hand.says.is_empty() && hand.role == "nominations_service" {
            let row = quoted(row);
            let sql =
                format!("INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, '{row}')");
            tries.push(("added", sql));
        }
        let mut faults = Vec::new();
        for (done, sql) in tries {
            let tx = hand.take(world.conn()).await;
            let outcome = tx.execute_unprepared(&sql).await.map(|done| done.rows_affected());
            tx.rollback().await.expect("undone");
            let fault = match outcome {
                Ok(0) => None,
                Ok(count) => Some(format!("{count} rows")),
                Err(error) => is_refusal(&error.to_string()).then_some(error.to_string()),
            };
            let who = (hand.role, &hand.says);
            faults.extend(fault.map(|fault| format!("{table} {done} by {who:?}: {fault}")));
        }
        faults
    }
}

/// Whether an error is another than that the role may not.
fn is_refusal(error: &str) -> bool {
    !error.contains("permission denied") && !error.contains("row-level security")
}

impl Hand {
    /// A transaction in this hand.
    #[expect(
        clippy::disallowed_methods,
        reason = "raw SQL past the service, to see what the database itself refuses"
    )]
    async fn take(&self, conn: &DatabaseConnection) -> DatabaseTransaction {
        let tx = conn.begin().await.expect("a transaction");
        let mut sql = format!("SET LOCAL ROLE {}", self.role);
        for (setting, value) in &self.says {
            sql = format!("{sql}; SET LOCAL nominations.{setting} = '{value}'");
        }
        tx.execute_unprepared(&sql).await.expect("a role");
        tx
    }
}

/// Puts rows where the caseload has none.
#[expect(
    clippy::disallowed_methods,
    reason = "raw SQL past the service, to see what the database itself refuses"
)]
async fn fill(world: &World) {
    let tx = world.conn().begin().await.expect("a transaction");
    tx.execute_unprepared("SET LOCAL session_replication_role = replica").await.expect("no triggers");
    for sql in FILLED_BY_HAND {
        let sql = filled(sql, &words());
        tx.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }
    tx.commit().await.expect("kept");
}

fn words() -> Vec<(&'static str, String)> {
    let id = |id: String| format!("'{id}'::uuid");
    let first = |whose: &str| format!("(SELECT id FROM application WHERE {whose} ORDER BY id LIMIT 1)");
    let (itp, rata) = (id(ITP.id().to_string()), id(RATA.id().to_string()));
    vec![
        ("{itps}", first(&format!("body_id = {itp}"))),
        ("{ratas}", first(&format!("employer_id = {rata}"))),
        ("{itp}", itp),
        ("{rata}", rata),
        ("{nztech}", id(NZTECH.id().to_string())),
        ("{kauri}", id(KAURI.id().to_string())),
        ("{agent}", KAURI_AGENT.person().to_string()),
        ("{one}", id("ffffffff-0000-7000-8000-000000000001".to_owned())),
        ("{now}", "TIMESTAMPTZ '2022-03-01'".to_owned()),
    ]
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

async fn names(conn: &DatabaseConnection, sql: &str) -> BTreeSet<String> {
    let rows = conn.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.expect(sql);
    rows.iter().map(|row| row.try_get("", "name").expect("a name")).collect()
}

async fn one(conn: &impl ConnectionTrait, sql: &str) -> sea_orm::QueryResult {
    let row = conn.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.expect(sql);
    row.expect("a row")
}
