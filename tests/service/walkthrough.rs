//! The walkthrough in the documentation, run as it stands there: what a newcomer pastes is what works.

use std::process::Command;

use super::cli::Served;

/// The blocks of shell in a page, one after the other.
fn shell_blocks(page: &str) -> String {
    let blocks = page.split("```sh\n").skip(1);
    blocks.filter_map(|block| block.split("```").next()).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_walkthrough_goes_from_a_draft_to_a_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::demo(folder.path(), "60");
    let script = shell_blocks(include_str!("../../docs/walkthrough.md"));
    let run = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .env("URL", served.url())
        .current_dir(folder.path())
        .output()
        .expect("bash runs");
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{told}{}", String::from_utf8_lossy(&run.stderr));
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
