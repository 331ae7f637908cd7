//! What PostgreSQL's second wall costs, held against no wall at all, in the two ways in which a connection can be told whose
//! rows it is for.
//!
//! `tests/with-postgres cargo bench --bench wall`. All ways are run by turns in one process, and the median of each counts,
//! so that what else the machine does is left out. The page and the count are a body's own, of 20,000 applications of two;
//! an act is the least that one writes.

#![expect(
    clippy::disallowed_methods,
    reason = "what is measured is the ways themselves, without what db adds"
)]

use std::time::{Duration, Instant};

use nominations::clock::Clock;
use nominations::db::{Db, DbSettings};
use nominations::random::Random;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait,
};
use url::Url;

/// How often each is run.
const RUNS: usize = 400;
/// What the way that is taken may cost, as a multiple of no wall.
const MOST: f64 = 1.15;

const BODY: &str = "00000000-0000-7000-8000-000000000001";
const NAME: &str = "nominations_bench_wall";

const FILL: &str = "
SET session_replication_role = replica;
INSERT INTO application (id, exception_id, terms_revision, body_id, employer_id, reference, version, revision, status,
    round, job_title, pay_cents, pay_currency, pay_period, pay_hours_hundredths, annual_cents, declared_at, submitted_at,
    created_at, updated_at)
SELECT ('00000000-0000-7000-9000-' || lpad(to_hex(i), 12, '0'))::uuid, '00000000-0000-7000-8000-000000000003', 1,
    ('00000000-0000-7000-8000-00000000000' || (1 + i % 2))::uuid,
    ('00000000-0000-7000-a000-' || lpad(to_hex(i / 40), 12, '0'))::uuid,
    'REF-' || i, 1, 1, 'SUBMITTED', 1, 'Developer', 12000000, 'NZD', 'YEAR', 4000, 12000000, now(), now(), now(), now()
FROM generate_series(1, 20000) AS i;
SET session_replication_role = origin;
VACUUM (ANALYZE) application;
";

/// What is asked, and how it is called.
const QUESTIONS: [(&str, &str); 3] = [
    (
        "one application",
        "SELECT * FROM application WHERE id = '00000000-0000-7000-9000-000000000002' AND body_id = $1",
    ),
    (
        "a page of 51",
        "SELECT * FROM application WHERE body_id = $1 ORDER BY created_at DESC, id DESC LIMIT 51",
    ),
    (
        "a count of 10,000",
        "SELECT status, COUNT(*) FROM application WHERE body_id = $1 AND submitted_at IS NOT NULL GROUP BY status",
    ),
];

/// How a connection is told whose rows it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Not at all: the owner's connection, which no wall holds.
    NoWall,
    /// When it is made: a pool for each tenant.
    PoolOfTenant,
    /// In each transaction: one pool for all.
    EachTransaction,
}

const WAYS: [Way; 3] = [Way::NoWall, Way::PoolOfTenant, Way::EachTransaction];

#[tokio::main]
async fn main() {
    let server = std::env::var("TEST_DATABASE_URL").expect("run it with tests/with-postgres");
    let owner = connect(&server, &[]).await;
    run(&owner, &format!("DROP DATABASE IF EXISTS {NAME}")).await;
    run(&owner, &format!("CREATE DATABASE {NAME}")).await;
    let mut url = Url::parse(&server).expect("an address");
    url.set_path(NAME);
    let db = Db::connect(DbSettings::new(url.as_str()), Clock::system(), Random::from_seed(1))
        .await
        .expect("a database");
    db.migrate().await.expect("a schema");
    db.close().await.expect("closed");
    let role = ("role", "nominations_body");
    let ways = [
        connect(url.as_str(), &[]).await,
        connect(url.as_str(), &[role, ("nominations.body", BODY)]).await,
        connect(url.as_str(), &[role]).await,
    ];
    for sql in FILL.split_inclusive(";\n").filter(|sql| !sql.trim().is_empty()) {
        run(&ways[0], sql).await;
    }
    println!(
        "{:<20} {:>10} {:>16} {:>18}   (medians of {RUNS})",
        "", "no wall", "pool of tenant", "each transaction"
    );
    let mut worst: f64 = 0.0;
    for (name, sql) in QUESTIONS {
        worst = worst.max(told(name, &measured(&ways, |way, conn| ask(way, conn, sql)).await));
    }
    worst = worst.max(told("an act", &measured(&ways, act).await));
    println!("the pool of a tenant costs at most {worst:.2} of no wall  (at most {MOST} is wanted)");
    for conn in ways {
        conn.close().await.expect("closed");
    }
    run(&owner, &format!("DROP DATABASE {NAME} WITH (FORCE)")).await;
}

/// Asks once, all of it read.
async fn ask(way: Way, conn: DatabaseConnection, sql: &'static str) {
    let question = Statement::from_sql_and_values(DbBackend::Postgres, sql, [body()]);
    if way != Way::EachTransaction {
        assert!(!conn.query_all_raw(question).await.expect("an answer").is_empty());
        return;
    }
    let tx = conn.begin().await.expect("a transaction");
    say(&tx).await;
    assert!(!tx.query_all_raw(question).await.expect("an answer").is_empty());
    tx.commit().await.expect("an end");
}

/// Writes as an act does: reads a row and holds it, changes it, records that.
async fn act(way: Way, conn: DatabaseConnection) {
    let tx = conn.begin().await.expect("a transaction");
    if way == Way::EachTransaction {
        say(&tx).await;
    }
    for sql in [
        "SELECT * FROM application WHERE id = '00000000-0000-7000-9000-000000000002' AND body_id = $1 FOR UPDATE",
        "UPDATE application SET version = version + 1 WHERE id = '00000000-0000-7000-9000-000000000002' AND body_id = $1",
        "INSERT INTO history_event (id, at, kind, body_id, actor_kind, detail) \
         VALUES (gen_random_uuid(), now(), 'SUBMITTED', $1, 'SYSTEM', '{}')",
    ] {
        let done = tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [body()])).await;
        assert_eq!(done.expect("done").rows_affected(), 1);
    }
    tx.commit().await.expect("an end");
}

fn body() -> sea_orm::Value {
    uuid::Uuid::parse_str(BODY).expect("an id").into()
}

async fn say(tx: &impl ConnectionTrait) {
    let sql = "SELECT set_config('nominations.body', $1, true)";
    tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [BODY.into()]))
        .await
        .expect("said");
}

/// The medians of all ways, run by turns.
async fn measured<F: Future<Output = ()>>(
    ways: &[DatabaseConnection; 3],
    run: impl Fn(Way, DatabaseConnection) -> F,
) -> [Duration; 3] {
    let mut took: [Vec<Duration>; 3] = Default::default();
    for _ in 0..RUNS {
        for ((way, conn), took) in WAYS.into_iter().zip(ways).zip(&mut took) {
            let started = Instant::now();
            run(way, conn.clone()).await;
            took.push(started.elapsed());
        }
    }
    took.map(|mut took| {
        took.sort_unstable();
        took[took.len() / 2]
    })
}

/// Prints a line, and answers how many times as long the way that is taken took as none.
fn told(name: &str, [none, pool, each]: &[Duration; 3]) -> f64 {
    let times = |other: &Duration| other.as_secs_f64() / none.as_secs_f64();
    println!(
        "{name:<20} {:>7} µs {:>8} µs {:>4.2} {:>10} µs {:>4.2}",
        none.as_micros(),
        pool.as_micros(),
        times(pool),
        each.as_micros(),
        times(each)
    );
    times(pool)
}

async fn connect(url: &str, told: &[(&'static str, &'static str)]) -> DatabaseConnection {
    let told = told.to_vec();
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(move |postgres| postgres.options([("jit", "off")]).options(told.clone()));
    Database::connect(options).await.expect("a connection")
}

async fn run(conn: &DatabaseConnection, sql: &str) {
    conn.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
}
