//! What the queue's views cost: a page as many statements however long it is, and every query what an index gives.
//!
//! The plans are PostgreSQL's own, of the statements that the service makes, over a caseload of years. SQLite's do not
//! go by how many rows there are, so they are looked at in an empty database.

mod asked;
mod crowd;

use std::fmt::Write;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;

use super::support::World;
use super::support::database::{Database, Kind};
use super::support::fiction::Fiction;
use asked::{Asked, questions};

/// Tables that grow with the caseload: whoever reads one of them from end to end reads other tenants' rows as well.
const BIG: [&str; 10] = [
    "application",
    "application_word",
    "assessment",
    "assessment_round",
    "evidence",
    "history_event",
    "information_request",
    "turn_back",
    "worker",
    "worker_fingerprint",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_query_of_50_000_applications_reads_a_big_table_from_end_to_end() {
    looked_at_on_postgres(50_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; make test-long runs it"]
async fn no_query_of_200_000_applications_reads_a_big_table_from_end_to_end() {
    looked_at_on_postgres(200_000).await;
}

async fn looked_at_on_postgres(applications: usize) {
    let database = Database::make(Kind::Postgres).await;
    let (world, statements) = World::watched(database.settings()).await;
    let fiction = Fiction::new(&world).await;
    crowd::fill(&world, &fiction.exceptions, applications).await;
    let mut report = String::new();
    let mut faults = Vec::new();
    for Asked { name, ask } in questions(&fiction.exceptions, applications) {
        statements.take();
        ask(world.clone()).await;
        for statement in statements.take() {
            if !statement.sql.starts_with("SELECT") {
                continue;
            }
            let plan = explained(&world, &statement).await;
            let seen = Seen::of(&plan);
            writeln!(report, "{name}\t{seen:?}\n{}\n{plan:#}\n", statement.sql).expect("a text");
            faults.extend(seen.end_to_end.iter().map(|table| format!("{name} reads all of {table}")));
        }
    }
    let path = format!("{}/plans-{applications}.txt", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, report).expect("a file");
    assert!(faults.is_empty(), "{faults:#?}\nThe plans are in {path}.");
    world.close().await;
    database.drop().await;
}

/// What PostgreSQL does for a statement, and how much it touches.
async fn explained(world: &World, statement: &Statement) -> Value {
    let sql = format!("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {}", statement.sql);
    let explain = Statement { sql, values: statement.values.clone(), db_backend: DbBackend::Postgres };
    let row = world.conn().query_one_raw(explain).await.expect("a plan").expect("a row");
    row.try_get::<Value>("", "QUERY PLAN").expect("JSON")[0].take()
}

/// What matters of a plan: the big tables that it reads from end to end.
#[derive(Debug, Default)]
struct Seen {
    end_to_end: Vec<String>,
}

impl Seen {
    fn of(plan: &Value) -> Self {
        let mut seen = Self::default();
        seen.visit(&plan["Plan"]);
        seen
    }

    fn visit(&mut self, node: &Value) {
        let table = node["Relation Name"].as_str().unwrap_or_default();
        if node["Node Type"] == "Seq Scan" && BIG.contains(&table) {
            self.end_to_end.push(table.to_owned());
        }
        for below in node["Plans"].as_array().into_iter().flatten() {
            self.visit(below);
        }
    }
}
