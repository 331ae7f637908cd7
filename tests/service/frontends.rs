//! Frontends that others write: what code generators make of schema.graphql, and that it is taken as it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::cli::{Served, said};

const DUE: &str = r#"{ applications(filter: {dueBefore: "2099-01-01T00:00:00Z"}, orderBy: {field: DUE_AT, direction: ASC}, first: 100) { nodes { reference } } }"#;

/// The folder of the clients, which are installed.
pub fn clients() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    assert!(
        folder.join("node_modules/graphql").exists(),
        "the tests' clients are not installed: run `npm ci --prefix tests/clients`, or `make test`"
    );
    folder
}

/// The only line that a script of the clients' folder prints.
pub fn told_by(script: &str, given: &[&str]) -> Value {
    let run = Command::new("node")
        .arg(script)
        .args(given)
        .current_dir(clients())
        .output()
        .expect("these tests need Node.js 20 or newer, as `node`");
    assert!(run.status.success(), "{}", said(&run));
    serde_json::from_slice(&run.stdout).expect("JSON")
}

fn run(script: &str) {
    let run = Command::new("npm")
        .args(["run", "--silent", script])
        .current_dir(clients())
        .output()
        .expect("these tests need npm, which comes with Node.js");
    assert!(run.status.success(), "{}", said(&run));
}

/// What is answered to a POST.
fn answered(address: &str, token: Option<&str>, given: &Value) -> Value {
    let authorization = token.map(|token| format!("authorization: Bearer {token}"));
    let answer = Command::new("curl")
        .args(["--silent", "--fail", address, "--data", &given.to_string()])
        .args(["--header", "content-type: application/json"])
        .args(authorization.iter().flat_map(|head| ["--header", head]))
        .output()
        .expect("curl runs");
    serde_json::from_slice(&answer.stdout).expect("JSON")
}

fn token(served: &Served, person: &str) -> String {
    let answer = answered(&format!("{}/demo/sign-in", served.url()), None, &json!({ "person": person }));
    answer["token"].as_str().expect("a token").to_owned()
}

/// Cargo builds the examples with the tests, beside them.
#[test]
fn the_typed_client_in_rust_reads_all_pages_of_what_is_due() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::demo(folder.path(), "120");
    let url = format!("{}/graphql", served.url());
    let tests = std::env::current_exe().expect("this program");
    let example = tests.ancestors().nth(2).expect("what was built").join("examples/due");
    assert!(example.exists(), "the examples are not built: run `cargo build --examples`, or `make test`");
    let token = token(&served, "nztech-lead");
    let told = Command::new(&example).args([&url, "3650"]).env("NOMINATIONS_TOKEN", &token).output();
    let told = told.expect("an example that runs");
    assert!(told.status.success(), "{}", said(&told));
    let told = String::from_utf8(told.stdout).expect("text");
    let printed: Vec<_> = told.lines().filter_map(|line| line.split('\t').nth(1)).collect();
    let all = answered(&url, Some(&token), &json!({ "query": DUE }));
    let all: Vec<_> = all["data"]["applications"]["nodes"].as_array().expect("rows").iter().collect();
    assert!(all.len() > 10, "one page alone: {all:?}");
    assert_eq!(printed, all.iter().filter_map(|row| row["reference"].as_str()).collect::<Vec<_>>());

    let refused = Command::new(&example).args([&url, "7"]).env("NOMINATIONS_TOKEN", "nobody's").output();
    let refused = refused.expect("an example that runs");
    assert!(!refused.status.success(), "{}", said(&refused));
    assert!(said(&refused).contains("sign in"), "{}", said(&refused));
}

#[test]
fn generated_documents_are_typed_and_trusted_by_their_ids() {
    run("generate");
    let folder = tempfile::tempdir().expect("a folder");
    let documents = folder.path().join("documents");
    std::fs::create_dir(&documents).expect("a folder");
    let manifest = clients().join("generated/persisted-documents.json");
    std::fs::copy(manifest, documents.join("frontend.json")).expect("a copy");
    let documents = documents.to_str().expect("a path of letters");
    let settings = ["--documents", documents, "--documents-mode", "enforce"];
    let served = Served::demo_with(folder.path(), "60", &settings);
    let url = format!("{}/graphql", served.url());
    let given = json!({ "url": url, "token": token(&served, "nztech-lead") }).to_string();
    let told = told_by("generated/built/frontend.js", &[&given]);
    assert!(told["total"].as_i64() > Some(0), "{told}");
    assert_eq!(told["same"], true, "{told}");
    assert_eq!(told["refused"], json!(["STALE"]), "{told}");
    assert_eq!(told["unknown"], "PERSISTED_QUERY_REQUIRED", "{told}");
}

#[test]
fn the_compiler_of_relay_takes_the_schema() {
    run("relay");
    for made in ["CaseloadPageQuery", "CaseloadRowQuery", "CaseloadSubscription", "Caseload_page"] {
        let made = clients().join(format!("relay/__generated__/{made}.graphql.ts"));
        assert!(made.exists(), "{}", made.display());
    }
}
