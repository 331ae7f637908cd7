//! The seals over the history as whoever runs the service sees them.

use std::path::Path;
use std::process::Output;

use sea_orm::{ConnectionTrait, Database};

use super::{make_demo, nominations, said, url};

fn history(database: &Path, arguments: &[&str]) -> Output {
    nominations(&["history"])
        .args(arguments)
        .args(["--database-url", &url(database)])
        .output()
        .expect("it runs")
}

#[tokio::test]
async fn the_head_is_printed_and_a_changed_past_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("demo.db");
    assert!(make_demo(&database, "30").status.success());
    let sealed = nominations(&["jobs", "run", "seal", "--database-url", &url(&database)]).output();
    assert!(said(&sealed.expect("it runs")).contains("seal: "));

    let head = history(&database, &["head"]);
    assert!(head.status.success(), "{}", said(&head));
    let head = String::from_utf8(head.stdout).expect("a text").trim().to_owned();
    assert!(head.len() == 64 && head.bytes().all(|byte| byte.is_ascii_hexdigit()), "{head}");
    let verified = history(&database, &["verify", "--head", &head]);
    assert!(
        verified.status.success() && said(&verified).contains(" records hold; 0 records wait"),
        "{}",
        said(&verified)
    );
    let told = format!("The head {head} is that of seal ");
    assert!(said(&verified).contains(&told), "{}", said(&verified));
    let capitals = history(&database, &["verify", "--head", &head.to_uppercase()]);
    assert!(capitals.status.success() && said(&capitals).contains(&told), "{}", said(&capitals));
    for malformed in ["", "91ff", &format!("{head}0"), &head.replace(char::is_numeric, "g")] {
        let refused = history(&database, &["verify", "--head", malformed]);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        assert!(said(&refused).contains("64 hexadecimal digits"), "{}", said(&refused));
    }
    let other = "0".repeat(64);
    let unknown = history(&database, &["verify", "--head", &other]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(said(&unknown).contains(&format!("no seal has the head {other}")), "{}", said(&unknown));

    let db = Database::connect(url(&database)).await.expect("a database");
    let change = "DROP TRIGGER history_event_refuses_update; \
                  UPDATE history_event SET actor_role = 'LEAD' WHERE kind = 'SUBMITTED'";
    db.execute_unprepared(change).await.expect("a change by hand");
    db.close().await.expect("a closed database");
    let told = history(&database, &["verify"]);
    assert_eq!(told.status.code(), Some(1));
    assert!(
        said(&told).contains(" was changed since\n") && said(&told).contains(" flaws."),
        "{}",
        said(&told)
    );
}

#[test]
fn without_a_seal_there_is_no_head() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("new.db");
    let made = nominations(&["migrate", "--database-url", &url(&database)]).output().expect("it runs");
    assert!(made.status.success(), "{}", said(&made));
    let head = history(&database, &["head"]);
    assert_eq!(head.status.code(), Some(1));
    assert!(said(&head).contains("`nominations jobs run seal`"), "{}", said(&head));
    let verified = history(&database, &["verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
    assert!(said(&verified).starts_with("Nothing is sealed yet; 0 records wait"), "{}", said(&verified));
}
