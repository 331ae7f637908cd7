//! Frontends that others write: what code generators make of schema.graphql, and that it is taken as it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::cli::{Served, said};

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

fn token(served: &Served, person: &str) -> String {
    let given = json!({ "person": person }).to_string();
    let address = format!("{}/demo/sign-in", served.url());
    let answer = Command::new("curl")
        .args([
            "--silent",
            "--fail",
            &address,
            "--header",
            "content-type: application/json",
            "--data",
            &given,
        ])
        .output()
        .expect("curl runs");
    let answer: Value = serde_json::from_slice(&answer.stdout).expect("JSON");
    answer["token"].as_str().expect("a token").to_owned()
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
