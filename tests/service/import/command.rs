//! `nominations import`, as a process of its own.

use std::process::Output;

use nominations::check::check;
use serde_json::{Value, json};

use super::{apply, look, row, row_with, taken_in};
use crate::service::support::casework::{ADVANCED_MANUFACTURING, SPECIALIST_TECH};
use crate::service::support::cast::NZTECH_LEAD;
use crate::service::support::command::{Deployment, said};
use crate::service::support::database::{Database, Kind};
use crate::service::support::{Caller, World};

/// The columns of a file, in an order of the test's own, with the way to each in a row of the API.
const COLUMNS: [(&str, &str); 24] = [
    ("offshore", "/worker/offshore"),
    ("externalReference", "/externalReference"),
    ("receivedAt", "/receivedAt"),
    ("declared", "/declared"),
    ("employerNzbn", "/employerNzbn"),
    ("employerName", "/employerName"),
    ("contactName", "/contactName"),
    ("contactEmail", "/contactEmail"),
    ("region", "/region"),
    ("role", "/role"),
    ("jobTitle", "/jobTitle"),
    ("occupationCode", "/occupationCode"),
    ("amount", "/remuneration/amount"),
    ("currency", "/remuneration/currency"),
    ("period", "/remuneration/period"),
    ("hoursPerWeek", "/remuneration/hoursPerWeek"),
    ("familyName", "/worker/familyName"),
    ("givenNames", "/worker/givenNames"),
    ("dateOfBirth", "/worker/dateOfBirth"),
    ("nationality", "/worker/nationality"),
    ("email", "/worker/email"),
    ("passportIssuingState", "/worker/passportIssuingState"),
    ("passportNumber", "/worker/passportNumber"),
    ("passportExpiresOn", "/worker/passportExpiresOn"),
];

/// What the command's last line counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub created: usize,
    pub unchanged: usize,
    pub refused: usize,
}

/// Runs the command on a file with this text, and waits for its end.
pub async fn run(deployment: &Deployment, text: String, more: &[&str]) -> Output {
    deployment.run(&["import"], text, more).await
}

/// Takes all of it in, where nothing is refused.
pub async fn by_the_command(deployment: &Deployment, body: &str, rows: &[Value]) -> Counts {
    let output = run(deployment, file(rows), &["--body", body]).await;
    assert!(output.status.success(), "{}", said(&output));
    counts(&output)
}

fn counts(output: &Output) -> Counts {
    let said = said(output);
    let last = said.lines().last().expect("a line");
    let mut numbers = last.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok());
    let mut next = || numbers.next().expect("a number");
    Counts { created: next(), unchanged: next(), refused: next() }
}

/// Rows of the API as a file.
fn file(rows: &[Value]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.map(|(name, _)| name)).expect("a heading");
    for row in rows {
        let cell = |(_, pointer): (&str, &str)| match row.pointer(pointer) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        writer.write_record(COLUMNS.map(cell)).expect("a line");
    }
    String::from_utf8(writer.into_inner().expect("all of it")).expect("a text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_command_tells_what_each_row_did() {
    the_command_tells_what_each_row_did(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_command_tells_what_each_row_did() {
    the_command_tells_what_each_row_did(Kind::Postgres).await;
}

async fn the_command_tells_what_each_row_did(kind: Kind) {
    let database = Database::make(kind).await;
    let world = World::on(&database).await;
    apply(&world, SPECIALIST_TECH).await;
    let deployment = Deployment::of(&database);
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let known = taken_in(&lead, &[row("M-1"), row("M-2")]).await;
    let before = world.count_rows().await;
    let rows = [
        row("M-1"),
        row_with("M-2", json!({ "region": "Otago" })),
        row_with("M-3", json!({ "employerName": "Kauri, \"the\" Software\nLimited" })),
        row("M-4"),
        row_with("M-5", json!({ "declared": "perhaps", "receivedAt": "2022-02-12T00:00:00Z" })),
    ];
    let text = format!("{}X-1,2,3\n", file(&rows).replace("M-4", "M-4 ").replace(",true,", ",TRUE,"));

    let rehearsed = run(&deployment, text.clone(), &["--body", "nztech", "--dry-run"]).await;
    assert_eq!(rehearsed.status.code(), Some(1));
    assert_eq!(counts(&rehearsed), Counts { created: 1, unchanged: 1, refused: 4 });
    assert!(said(&rehearsed).contains("nothing was: 1 created"), "{}", said(&rehearsed));
    assert_eq!(world.count_rows().await, before);

    let done = run(&deployment, text.clone(), &["--body", "nztech"]).await;
    assert_eq!(done.status.code(), Some(1));
    let seen = lead
        .data(
            "{ applications(first: 1, orderBy: { field: SUBMITTED_AT, direction: DESC }) { totalCount } }",
            json!({}),
        )
        .await;
    assert_eq!(seen["applications"]["totalCount"], 3);
    let query = "{ applications(first: 10) { nodes { id reference } } }";
    let all = lead.data(query, json!({})).await["applications"]["nodes"].take();
    let is_known = |one: &&Value| known.iter().any(|result| result["application"]["id"] == one["id"]);
    let new = all.as_array().expect("a list").iter().find(|one| !is_known(one)).expect("the new one");
    let reference = |one: &Value| one["reference"].as_str().expect("a reference").to_owned();
    let expected = format!(
        "line 3  M-2  REFUSED  externalReference: This reference was taken in before, as {}, and the row said \
         something else then. Return that application to its employer for the correction, or \
         amend it once it is nominated; if \
         this is another application, send it under another reference.\n\
         line 4  M-3  REFUSED  employerName: This goes on one line: remove the line break.\n\
         line 6  M-4  CREATED  {}\n\
         line 7  M-5  REFUSED  declared: Say true or false.\n\
         line 8  (no reference)  REFUSED  This line has 3 cells and the heading 24: look for a comma or a quotation \
         mark too many or too few.\n\
         1 created, 1 unchanged, 4 refused.\n",
        reference(&known[1]["application"]),
        reference(new),
    );
    assert_eq!(said(&done), expected);
    let event = look(&lead, &new["id"], "timeline { nodes { kind actor } }").await;
    let by_service = |kind: &str| json!({ "kind": kind, "actor": "Service" });
    // All rows have one worker.
    let expected = json!([by_service("IMPORTED"), by_service("DISCREPANCY_OPENED")]);
    assert_eq!(event["timeline"]["nodes"], expected);

    // The good rows alone: nothing is left to do, and nothing to tell.
    let good = run(&deployment, file(&[row("M-1"), row("M-4")]), &["--body", "nztech"]).await;
    assert_eq!(
        (good.status.code(), said(&good)),
        (Some(0), "0 created, 2 unchanged, 0 refused.\n".to_owned())
    );
    assert_eq!(check(&world.app).await.expect("a check"), []);
    the_examples_of_the_docs_are_taken(&lead, &deployment).await;
    what_is_called_wrongly_is_told(&world, &deployment).await;
    database.drop().await;
}

async fn the_examples_of_the_docs_are_taken(lead: &Caller, deployment: &Deployment) {
    let docs = include_str!("../../../docs/import.md");
    let block = |start: &str| {
        let found = docs.split("```\n").find(|block| block.starts_with(start)).expect("an example");
        found.to_owned()
    };
    let rehearsed = run(deployment, block("externalReference,"), &["--body", "nztech", "--dry-run"]).await;
    assert_eq!(counts(&rehearsed), Counts { created: 1, unchanged: 0, refused: 0 }, "{}", said(&rehearsed));
    let answer = lead.post_graphql(block("{\"query\"")).await.json();
    assert_eq!(answer["data"]["importApplications"]["results"][0]["effect"], "CREATED", "{answer}");
}

async fn what_is_called_wrongly_is_told(world: &World, deployment: &Deployment) {
    let before = world.count_rows().await;
    let good = file(&[row("M-9")]);
    let headless = good.replace("receivedAt", "received");
    for (text, arguments, code, told) in [
        (&good, &["--body", "nobody"][..], 1, "There is no such body"),
        (&good, &["--body", "nztech", "--class-exception", "nothing"], 1, "There is no such class exception"),
        (&headless, &["--body", "nztech"], 1, "not known: received; missing: receivedAt"),
        (&good, &[], 2, "--body"),
    ] {
        let output = run(deployment, text.clone(), arguments).await;
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(told), "{said}");
    }
    apply(world, ADVANCED_MANUFACTURING).await;
    let output = run(deployment, good, &["--body", "nztech"]).await;
    let said = said(&output);
    assert!(said.contains("--class-exception") && said.contains("advanced-manufacturing"), "{said}");
    let applications = |rows: &[(String, i64)]| rows.iter().find(|(name, _)| name == "application").cloned();
    assert_eq!(applications(&world.count_rows().await), applications(&before));
}
