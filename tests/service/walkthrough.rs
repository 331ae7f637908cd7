//! The walkthrough in the documentation, run as it stands there: what a newcomer pastes is what works.

use std::path::Path;
use std::process::Command;

use super::cli::Served;

/// The blocks of shell in a page, one after the other.
fn shell_blocks(page: &str) -> String {
    let blocks = page.split("```sh\n").skip(1);
    blocks.filter_map(|block| block.split("```").next()).collect::<Vec<_>>().join("\n")
}

/// What the blocks of a page say, run against a service with the program at hand.
fn told_by(page: &str, served: &Served, folder: &Path) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_nominations"));
    let path = std::env::var("PATH").unwrap_or_default();
    let run = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &shell_blocks(page)])
        .env("URL", served.url())
        .env("PATH", format!("{}:{path}", binary.parent().expect("its folder").display()))
        .current_dir(folder)
        .output()
        .expect("bash runs");
    let told = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{told}{}", String::from_utf8_lossy(&run.stderr));
    told
}

#[test]
fn the_walkthrough_goes_from_a_draft_to_a_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::demo(folder.path(), "60");
    let told = told_by(include_str!("../../docs/walkthrough.md"), &served, folder.path());
    assert!(!told.contains(r#""code""#) || !told.contains("userErrors\":[{"), "{told}");
    assert!(!told.contains(r#""errors""#), "{told}");
    assert!(told.contains(r#""status":"NOMINATED","place":{"number":"#), "{told}");
    let (own, rival) = {
        let mut last = told.trim().lines().rev();
        (last.clone().nth(1).expect("the lead's answer"), last.next().expect("the rival's answer"))
    };
    assert!(own.contains(r#""annualPay":"140000.00","worker":{"familyName":"Tanaka"}"#), "{own}");
    assert!(rival.contains(r#""annualPay":null,"worker":null"#), "{rival}");
    assert!(rival.contains(r#""application":null,"node":null"#), "{rival}");
}

#[test]
fn every_example_of_the_api_is_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::demo(folder.path(), "60");
    let told = told_by(include_str!("../../docs/api.md"), &served, folder.path());
    assert!(!told.contains(r#""errors""#) && !told.contains(r#""userErrors":[{"#), "{told}");
    let answers: Vec<_> = told.lines().filter(|line| line.starts_with(r#"{"data":{"#)).collect();
    assert_eq!(answers.len(), 8, "{told}");
    assert!(answers.iter().all(|line| !line.contains("null") || line.contains("nodes")), "{told}");
    assert!(told.contains("event: next\ndata: {\"data\":{\"quotaChanged\":{\"available\":"), "{told}");
}

#[test]
fn a_ballot_goes_from_its_freeze_to_somebody_who_runs_it_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::demo(folder.path(), "60");
    let told = told_by(include_str!("../../docs/ballot.md"), &served, folder.path());
    assert!(!told.contains(r#""errors""#) && !told.contains(r#""userErrors":[{"#), "{told}");
    assert!(told.contains(r#""verifiability":"NOT_INDEPENDENTLY_VERIFIABLE""#), "{told}");
    assert!(told.contains("The ballot is what its files say."), "{told}");
    // The shell's order is the published one.
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    let document: serde_json::Value = serde_json::from_str(&read("ballot.json")).expect("JSON");
    let results = document["draw"]["results"].as_array().expect("results");
    let published = results.iter().map(|one| {
        format!(
            "{} {}\n",
            one["ticket"].as_str().expect("a ticket"),
            one["entry"].as_str().expect("an entry")
        )
    });
    assert_eq!(read("order.txt"), published.collect::<String>());
    assert_eq!(results.len(), 15);
    // So are the seed and the commitments that it makes of the file.
    let seed = document["draw"]["seed"].as_str().expect("a seed");
    assert!(told.contains(&format!("\n{seed}  -\n{seed}\n")), "{told}");
    for part in document["bodies"].as_array().expect("bodies") {
        let (body, said) =
            (part["body"].as_str().expect("a slug"), part["commitment"].as_str().expect("one"));
        assert!(told.contains(&format!("\n{body} {said} {said}\n")), "{told}");
    }
    let secret = std::fs::metadata(folder.path().join("itp.secret")).expect("a file").permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&secret) & 0o777, 0o600);
    let hashes: Vec<_> = told.lines().filter(|line| line.ends_with("  -")).collect();
    let hash = hashes.last().and_then(|line| line.split(' ').next()).expect("the hash of the file");
    assert!(read("ballot.json").ends_with(&format!("\"sha256\": \"{hash}\"\n}}\n")), "{told}");
}
