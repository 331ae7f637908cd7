//! The service's own work as whoever runs the service sees it.

use std::path::Path;
use std::process::Output;
use std::time::Instant;

use nominations::jobs::Job;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::Value;

use super::{PATIENCE, Served, check, make_demo, nominations, said, url};

fn jobs(database: &Path, arguments: &[&str]) -> Output {
    nominations(&["jobs"]).args(arguments).args(["--database-url", &url(database)]).output().expect("it runs")
}

/// The sweep, which is the first of the jobs.
fn sweep(database: &Path) -> Value {
    let listed = jobs(database, &["--json"]);
    let mut all: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    all[0].take()
}

/// Waits until the sweep is as a test wants it.
fn wait_for_sweep(database: &Path, is_so: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let sweep = sweep(database);
        if is_so(&sweep) {
            return sweep;
        }
        assert!(begun.elapsed() < PATIENCE, "{sweep}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// Changes something by hand.
async fn by_hand(database: &Path, statements: &[&str]) {
    let db = Database::connect(url(database)).await.expect("a database");
    for sql in statements {
        db.execute_unprepared(sql).await.expect(sql);
    }
    db.close().await.expect("a closed database");
}

#[tokio::test]
async fn the_jobs_are_listed_run_and_their_troubles_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("demo.db");
    assert!(make_demo(&database, "30").status.success());
    let listed = jobs(&database, &[]);
    assert!(listed.status.success(), "{}", said(&listed));
    let lines = said(&listed);
    let lines: Vec<_> = lines.lines().collect();
    assert!(lines[0].starts_with("JOB ") && lines[1].starts_with("sweep ") && lines[1].contains(" never "));
    for (line, job) in lines[1..].iter().zip(Job::ALL) {
        assert!(line.starts_with(&format!("{} ", job.name())), "{lines:?}");
    }

    let ran = jobs(&database, &["run", "sweep"]);
    assert!(ran.status.success() && said(&ran) == "sweep: nothing to do.\n", "{}", said(&ran));
    let listed = jobs(&database, &[]);
    assert!(listed.status.success() && said(&listed).contains(" DONE: nothing to do "), "{}", said(&listed));
    let job = sweep(&database);
    assert_eq!((&job["name"], &job["runs"]), (&"sweep".into(), &1.into()));
    assert_eq!(job["lastRun"]["counts"], serde_json::json!({ "lapsed": 0, "nominated": 0 }));
    let unknown = jobs(&database, &["run", "sweeps"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(said(&unknown).contains("sweep, questions, "), "{}", said(&unknown));

    let failed = "UPDATE job SET outcome = 'FAILED', counts = NULL, failure = 'RACE', failures_in_a_row = 2";
    by_hand(&database, &[failed]).await;
    let listed = jobs(&database, &[]);
    assert_eq!(listed.status.code(), Some(1));
    let told = said(&listed);
    assert!(
        told.contains(" FAILED: RACE ") && told.contains("sweep failed. Failures in a row: 2;"),
        "{told}"
    );
    let long_ago = "UPDATE job SET started_at = '2022-03-01T00:00:00+00:00', \
                    ended_at = '2022-03-01T00:00:01+00:00', failures_in_a_row = 0";
    by_hand(&database, &[long_ago]).await;
    assert!(jobs(&database, &["run", "sessions"]).status.success());
    let listed = jobs(&database, &[]);
    assert_eq!(listed.status.code(), Some(1));
    assert!(said(&listed).contains("sweep is overdue by more than 10 intervals"), "{}", said(&listed));
}

/// The view that a sweep looks into first, and one like it that has no end.
async fn endless_view(database: &Path) -> [String; 3] {
    let db = Database::connect(url(database)).await.expect("a database");
    let sql = "SELECT sql FROM sqlite_master WHERE name = 'queue_standing'";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect("a query");
    let view = row.expect("a view").try_get("", "sql").expect("a text");
    db.close().await.expect("a closed database");
    let endless = "CREATE VIEW queue_standing AS WITH RECURSIVE number (n) AS \
                   (SELECT 1 UNION ALL SELECT n + 1 FROM number) \
                   SELECT n AS application_id, n AS exception_id, n AS body_id, n AS employer_id, \
                   n AS submitted_at, n AS draw_rank, n AS band, NULL AS blocked FROM number";
    ["DROP VIEW queue_standing".into(), endless.into(), view]
}

#[tokio::test]
async fn what_a_process_that_was_killed_had_in_hand_the_next_one_takes_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("demo.db");
    assert!(make_demo(&database, "30").status.success());
    let [drop, endless, view] = endless_view(&database).await;
    by_hand(&database, &[&drop, &endless]).await;
    let mut served = Served::start(&database, &[]);
    let held = wait_for_sweep(&database, |sweep| sweep["lastRun"]["status"] == "RUNNING");
    served.child.kill().expect("SIGKILL");
    served.child.wait().expect("its end");
    by_hand(&database, &[&drop, &view]).await;

    let holder = held["heldBy"].as_str().expect("a name");
    assert!(holder.contains(&format!("/{}/", served.child.id())), "{holder}");
    assert_eq!(sweep(&database)["heldBy"], held["heldBy"]);
    let refused = jobs(&database, &["run", "sweep"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains(&format!("being run by {holder}")), "{}", said(&refused));

    // As if the minutes of the hold had passed.
    by_hand(&database, &["UPDATE job SET held_until = started_at WHERE name = 'sweep'"]).await;
    assert_eq!(sweep(&database)["lastRun"]["status"], "LOST");
    let _served = Served::start(&database, &[]);
    let done = wait_for_sweep(&database, |sweep| sweep["lastRun"]["status"] == "DONE");
    assert_eq!(
        (&done["runs"], &done["heldBy"], &done["failuresInARow"]),
        (&2.into(), &Value::Null, &0.into())
    );
    let checked = check(&database, &folder.path().join("demo.db.key"));
    assert!(checked.status.success(), "{}", said(&checked));
}
