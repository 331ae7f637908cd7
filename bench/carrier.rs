//! What it costs whoever writes that others are told: a process that looks five times a second, as the service does it, held
//! against PostgreSQL's NOTIFY in each transaction, and against telling nobody. What is written is sealed all the while, in all
//! three, as it is whether somebody listens or not.
//!
//! `tests/with-postgres cargo bench --bench carrier`. Sixteen writers act at once, each on an application of its own; the ways
//! are run by turns in one process, and the medians of acts in a second count.

#![expect(
    clippy::disallowed_methods,
    reason = "what is measured is the ways themselves, without what db adds"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nominations::clock::Clock;
use nominations::db::{Db, DbSettings};
use nominations::history::{BATCH, SealNext, feed};
use nominations::random::Random;
use nominations::tenancy::SystemScope;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait,
};
use url::Url;

/// Who writes at once.
const WRITERS: u32 = 16;
/// How long each way is run at a turn, and how often.
const TURN: Duration = Duration::from_secs(3);
const TURNS: usize = 5;
/// How often the service looks.
const PAUSE: Duration = Duration::from_millis(200);
/// What the way that is taken may cost, as a part of the acts that there are without it.
const MOST: f64 = 0.10;

const BODY: &str = "00000000-0000-7000-8000-000000000001";
const NAME: &str = "nominations_bench_carrier";

const FILL: &str = "
SET session_replication_role = replica;
INSERT INTO application (id, exception_id, terms_revision, body_id, employer_id, reference, version, revision, status,
    round, job_title, pay_cents, pay_currency, pay_period, pay_hours_hundredths, annual_cents, declared_at, submitted_at,
    created_at, updated_at)
SELECT ('00000000-0000-7000-9000-' || lpad(i::text, 12, '0'))::uuid, '00000000-0000-7000-8000-000000000003', 1,
    '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-a000-000000000001',
    'REF-' || i, 1, 1, 'SUBMITTED', 1, 'Developer', 12000000, 'NZD', 'YEAR', 4000, 12000000, now(), now(), now(), now()
FROM generate_series(0, 15) AS i;
SET session_replication_role = origin;
";

/// How others are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// They are not.
    Nobody,
    /// A process looks.
    Looks,
    /// Whoever writes says so.
    Notify,
}

const WAYS: [Way; 3] = [Way::Nobody, Way::Looks, Way::Notify];

#[tokio::main]
async fn main() {
    let server = std::env::var("TEST_DATABASE_URL").expect("run it with tests/with-postgres");
    let owner = connect(&server, 1).await;
    run(&owner, &format!("DROP DATABASE IF EXISTS {NAME}")).await;
    run(&owner, &format!("CREATE DATABASE {NAME}")).await;
    let mut url = Url::parse(&server).expect("an address");
    url.set_path(NAME);
    let db = Db::connect(DbSettings::new(url.as_str()), Clock::system(), Random::from_seed(1)).await;
    let db = Arc::new(db.expect("a database"));
    db.migrate().await.expect("a schema");
    // On one connection, whose role it is that foreign keys are not looked at.
    let filling = connect(url.as_str(), 1).await;
    run(&filling, FILL).await;
    filling.close().await.expect("closed");
    let writers = connect(url.as_str(), WRITERS).await;
    let mut rates: [Vec<f64>; 3] = Default::default();
    for _ in 0..TURNS {
        for (way, rates) in WAYS.into_iter().zip(&mut rates) {
            rates.push(turn(way, &writers, &db).await);
        }
    }
    let [nobody, looks, notify] = rates.map(|mut rates| {
        rates.sort_unstable_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    println!("acts in a second, {WRITERS} writers, medians of {TURNS} turns of {} s", TURN.as_secs());
    println!("nobody is told            {nobody:>8.0}");
    println!("a process looks           {looks:>8.0}  {:>5.2} of that", looks / nobody);
    println!("NOTIFY in each            {notify:>8.0}  {:>5.2} of that", notify / nobody);
    println!(
        "looking costs {:.0} % of the acts (at most {:.0} % is wanted)",
        (1.0 - looks / nobody) * 100.0,
        MOST * 100.0
    );
    writers.close().await.expect("closed");
    Arc::into_inner(db).expect("the only hand on it").close().await.expect("closed");
    run(&owner, &format!("DROP DATABASE {NAME} WITH (FORCE)")).await;
}

/// One turn of a way: acts in a second.
async fn turn(way: Way, writers: &DatabaseConnection, db: &Arc<Db>) -> f64 {
    // What the turns before have left is nobody's work in this one.
    seal(db).await;
    let ends = Arc::new(AtomicBool::new(false));
    let beside = {
        let (db, ends) = (Arc::clone(db), Arc::clone(&ends));
        tokio::spawn(async move { go_on_beside(way, &db, &ends).await })
    };
    let started = Instant::now();
    let acts = (0..WRITERS).map(|writer| {
        let conn = writers.clone();
        tokio::spawn(async move {
            let mut acts = 0_u32;
            while started.elapsed() < TURN {
                act(way, &conn, writer).await;
                acts += 1;
            }
            acts
        })
    });
    let mut sum = 0;
    for acts in acts.collect::<Vec<_>>() {
        sum += acts.await.expect("a writer");
    }
    let rate = f64::from(sum) / started.elapsed().as_secs_f64();
    ends.store(true, Ordering::Relaxed);
    beside.await.expect("an end");
    rate
}

/// What a process does beside the acts: it seals them, and looks where somebody listens at it.
async fn go_on_beside(way: Way, db: &Db, ends: &AtomicBool) {
    let scope = SystemScope::of("live");
    let mut position = feed::last_position(&db.read(&scope)).await.expect("a position");
    while !ends.load(Ordering::Relaxed) {
        seal(db).await;
        if way == Way::Looks {
            position = look(db, position).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Reads what was committed since a position, and answers up to where.
async fn look(db: &Db, mut position: i64) -> i64 {
    let scope = SystemScope::of("live");
    loop {
        let stretch = feed::load_since(&db.read(&scope), position, i64::MAX).await.expect("what happened");
        if stretch.to == position {
            return position;
        }
        position = stretch.to;
    }
}

/// Seals all that waits.
async fn seal(db: &Db) {
    while db.perform(&SystemScope::of("live"), None, &SealNext).await.expect("sealed") == BATCH {}
}

/// Writes as an act does: reads a row and holds it, changes it, records that.
async fn act(way: Way, conn: &DatabaseConnection, writer: u32) {
    let tx = conn.begin().await.expect("a transaction");
    let id = format!("00000000-0000-7000-9000-{writer:012}");
    for sql in [
        format!("SELECT * FROM application WHERE id = '{id}' FOR UPDATE"),
        format!("UPDATE application SET version = version + 1 WHERE id = '{id}'"),
        format!(
            "INSERT INTO history_event (id, at, kind, body_id, actor_kind, detail) \
             VALUES (gen_random_uuid(), now(), 'SUBMITTED', '{BODY}', 'SYSTEM', '{{}}')"
        ),
    ] {
        let done = tx.execute_raw(Statement::from_string(DbBackend::Postgres, sql)).await.expect("done");
        assert_eq!(done.rows_affected(), 1);
    }
    if way == Way::Notify {
        let sql = "SELECT pg_notify('live', 'x')";
        tx.execute_raw(Statement::from_string(DbBackend::Postgres, sql)).await.expect("said");
    }
    tx.commit().await.expect("an end");
}

async fn connect(url: &str, connections: u32) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).min_connections(connections).sqlx_logging(false);
    Database::connect(options).await.expect("a connection")
}

async fn run(conn: &DatabaseConnection, sql: &str) {
    conn.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
}
