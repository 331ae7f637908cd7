//! The keys as whoever runs the service changes them, and what a worker who asks is given.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::Value;

use super::{make_demo, nominations, said, url};

fn with(database: &Path, arguments: &[&str]) -> Output {
    nominations(arguments).args(["--database-url", &url(database)]).output().expect("it runs")
}

#[test]
fn a_change_of_keys_that_is_killed_goes_on_and_the_old_key_is_needed_no_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let (database, key) = (folder.path().join("demo.db"), folder.path().join("demo.db.key"));
    assert!(make_demo(&database, "60").status.success());
    let listed = said(&with(&database, &["keys", "list"]));
    assert!(listed.lines().count() == 2 && listed.contains("  CURRENT  "), "{listed}");
    assert!(with(&database, &["keys", "new"]).status.success());
    let listed = said(&with(&database, &["keys", "list"]));
    assert!(listed.lines().count() == 3, "{listed}");
    assert!(listed.contains("  CURRENT  ") && listed.contains("  NEW  "), "{listed}");
    for patience in [20, 60, 120, 250] {
        let mut rotate = nominations(&["keys", "rotate", "--database-url", &url(&database)]);
        let mut rotate = rotate.stdout(std::process::Stdio::null()).spawn().expect("it runs");
        std::thread::sleep(Duration::from_millis(patience));
        let _ = rotate.kill();
        rotate.wait().expect("an end");
        assert!(with(&database, &["check"]).status.success());
    }
    let rotated = with(&database, &["keys", "rotate"]);
    assert!(rotated.status.success(), "{}", said(&rotated));
    assert!(
        said(&rotated).contains("is the current one") && said(&rotated).contains("retire"),
        "{}",
        said(&rotated)
    );
    let listed = said(&with(&database, &["keys", "list"]));
    assert_eq!(listed.matches("CURRENT").count(), 1, "{listed}");
    assert_eq!(listed.matches("FORMER").count(), 0, "{listed}");
    // The newest alone, in the file and in the environment.
    let text = std::fs::read_to_string(&key).expect("a file");
    let newest = text.trim_end().lines().last().expect("a line").to_owned();
    let oldest = text.lines().next().expect("a line").to_owned();
    std::fs::write(&key, format!("{newest}\n")).expect("a file");
    assert!(with(&database, &["check"]).status.success());
    let in_environment = |keys: &str| {
        nominations(&["check", "--database-url", &url(&database)])
            .env("DEPLOYMENT_KEYS", keys)
            .output()
            .expect("it runs")
    };
    assert!(in_environment(&newest).status.success());
    let lacking = in_environment(&oldest);
    assert!(!lacking.status.success() && said(&lacking).contains("does not have"), "{}", said(&lacking));
    assert!(said(&in_environment("nonsense")).contains("DEPLOYMENT_KEYS has no keys"));
}

#[tokio::test]
async fn a_worker_is_given_what_is_held_and_what_was_typed_is_not_told_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("demo.db");
    assert!(make_demo(&database, "30").status.success());
    let conn = Database::connect(url(&database)).await.expect("a database");
    let sql = "SELECT reference FROM application WHERE status = 'NOMINATED' LIMIT 1";
    let row = conn.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect("a query");
    let reference: String = row.expect("a row").try_get("", "reference").expect("a reference");
    conn.close().await.expect("an end");
    let given = with(&database, &["worker", "export", &reference]);
    assert!(given.status.success(), "{}", said(&given));
    let held: Value = serde_json::from_slice(&given.stdout).expect("JSON");
    let worker = &held["applications"][0]["worker"];
    let text = |name: &str| worker[name].as_str().expect("a text").to_owned();
    let passport = format!("{}:{}", text("passportIssuingState"), text("passportNumber"));
    let same = with(&database, &["worker", "export", &passport]);
    let same: Value = serde_json::from_slice(&same.stdout).expect("JSON");
    assert_eq!(same["applications"][0]["application"], held["applications"][0]["application"]);
    for nobody in ["NZT-000000", "IND:Z9999999", "IND:", "Z9999999"] {
        let refused = with(&database, &["worker", "export", nobody]);
        assert!(!refused.status.success() && !said(&refused).contains("Z9999999"), "{}", said(&refused));
    }
    assert!(with(&database, &["check"]).status.success());
}
