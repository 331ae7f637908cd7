//! What no careful caller sends: each gets a clear answer, nothing of it is written, and nothing of it is our fault.

use nominations::check::check;
use serde_json::{Value, json};

use super::support::acts::{MUTATIONS, document};
use super::support::{Answer, Caller, World};

mod access;
mod asks;
mod logs;
mod requests;
mod values;

use asks::{Asks, LIST};
use values::{ON_TOP, VALUES};

on_both_databases! {
    every_bad_value_is_told_with_its_field,
    no_text_that_cannot_be_kept_is_taken_anywhere,
    what_lists_are_asked_for_is_bounded,
    ids_of_nothing_and_of_other_things_are_not_found,
}

/// Texts that no field keeps: PostgreSQL refuses the first ones, people cannot see the others, and the last is too
/// long for any field.
fn texts() -> [String; 6] {
    let long = "x".repeat(10_000);
    ["\0", "a\0b", "\u{1}", "\u{202E}gnp.exe", "\u{FFFD}", &long].map(str::to_owned)
}

async fn every_bad_value_is_told_with_its_field(world: World) {
    let asks = Asks::new(&world).await;
    let before = world.count_rows().await;
    let mut wrong = Vec::new();
    for (mutation, pointer, value, code, field) in VALUES {
        let (caller, mut input) = asks.of(mutation);
        let value: Value = serde_json::from_str(value).expect(value);
        set(&mut input, pointer, value.clone());
        let answer = caller.ask(&document(mutation), &json!({ "input": input })).await;
        assert_is_clear(&answer, mutation);
        let told =
            if *code == ON_TOP { told_on_top(&answer) } else { told(&answer.json()["data"][mutation]) };
        if told != (*code).to_owned() + field {
            wrong.push(format!("{mutation} {pointer} {value}: {told} {}", answer.whole()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(world.count_rows().await, before);
    assert_eq!(check(&world.app).await.expect("a check").len(), 0);
}

/// Code and path of the first error of a payload, or of its first row.
fn told(payload: &Value) -> String {
    let of_row = &payload["results"][0]["userErrors"][0];
    let error = if of_row.is_null() { &payload["userErrors"][0] } else { of_row };
    let path: Vec<&str> = error["field"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    format!("{}{}", error["code"].as_str().unwrap_or_default(), path.join("."))
}

fn told_on_top(answer: &Answer) -> String {
    let code = answer.code();
    let is_request = ["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&code.as_str());
    if is_request { ON_TOP.to_owned() } else { code }
}

async fn no_text_that_cannot_be_kept_is_taken_anywhere(world: World) {
    let asks = Asks::new(&world).await;
    let before = world.count_rows().await;
    let mut taken = Vec::new();
    for mutation in MUTATIONS {
        let (caller, input) = asks.of(mutation);
        for pointer in leaves(&input) {
            for text in texts() {
                // A key is the caller's own: it may look as it likes.
                if pointer == "/idempotencyKey" && !text.contains(char::is_control) && text.len() < 1_000 {
                    continue;
                }
                let mut input = input.clone();
                set(&mut input, &pointer, json!(text));
                let answer = caller.ask(&document(mutation), &json!({ "input": input })).await;
                assert_is_clear(&answer, &format!("{mutation} {pointer} {text:.20?}"));
                let payload = &answer.json()["data"][mutation];
                if !payload.is_null() && told(payload).is_empty() {
                    taken.push(format!("{mutation} {pointer} {text:.20?}: {}", answer.whole()));
                }
            }
        }
    }
    assert!(taken.is_empty(), "{taken:#?}");
    for (caller, query, variables) in asks.queries() {
        for pointer in leaves(&variables) {
            for text in texts().into_iter().chain(["", "%", "\u{FFFF}", "' OR 1=1 --"].map(str::to_owned)) {
                let mut variables = variables.clone();
                set(&mut variables, &pointer, json!(text));
                let answer = caller.ask(query, &variables).await;
                assert_is_clear(&answer, &format!("{query} {pointer} {text:.20?}"));
            }
        }
    }
    assert_eq!(world.count_rows().await, before);
    assert_eq!(check(&world.app).await.expect("a check").len(), 0);
}

async fn what_lists_are_asked_for_is_bounded(world: World) {
    let asks = Asks::new(&world).await;
    let many = |what: &str, count: usize| json!(vec![what; count]);
    let lead = &asks.lead;
    let cursor = lead.data(LIST, json!({})).await["applications"]["pageInfo"]["endCursor"].take();
    let approved = r#"query($it: ApprovedListFilter, $after: String) {
        approvedList(classException: "specialist-tech", filter: $it, after: $after) { totalCount } }"#;
    let search = r#"query($it: String!, $first: Int) {
        searchJobTitles(classException: "specialist-tech", query: $it, first: $first) { score } }"#;
    let history = r#"query($from: Date, $to: Date) {
        classException(slug: "specialist-tech") { quota { history(from: $from, to: $to) { date } } } }"#;
    let interests =
        "query($first: Int, $after: String) { interests(first: $first, after: $after) { totalCount } }";
    let nodes = "query($it: [ID!]!) { nodes(ids: $it) { id } }";
    for (query, variables) in [
        (LIST, json!({ "first": -1 })),
        (LIST, json!({ "first": 101 })),
        (LIST, json!({ "last": 2_147_483_647 })),
        (LIST, json!({ "last": -2_147_483_648 })),
        (LIST, json!({ "first": 2_147_483_648_i64 })),
        (LIST, json!({ "first": 1, "last": 1 })),
        (LIST, json!({ "after": cursor, "before": cursor })),
        (LIST, json!({ "after": "x".repeat(10_000) })),
        (LIST, json!({ "after": cursor, "it": { "role": ["2613"] } })),
        (LIST, json!({ "it": { "status": many("SUBMITTED", 21) } })),
        (LIST, json!({ "it": { "role": many("2613", 1_000) } })),
        (LIST, json!({ "it": { "assessor": "garbage" } })),
        (LIST, json!({ "it": { "submittedFrom": "yesterday" } })),
        (LIST, json!({ "it": { "employer": "9429900000019" } })),
        (approved, json!({ "after": cursor })),
        (approved, json!({ "it": { "search": "x".repeat(10_000) } })),
        (approved, json!({ "it": { "search": "a b c d e f g h i" } })),
        (approved, json!({ "it": { "body": many("itp", 1_000) } })),
        (interests, json!({ "first": 101 })),
        (interests, json!({ "after": cursor })),
        (search, json!({ "it": "x".repeat(10_000), "first": 1 })),
        (search, json!({ "it": "developer", "first": 0 })),
        (search, json!({ "it": "developer", "first": 51 })),
        (history, json!({ "from": "2022-03-01", "to": "2022-02-01" })),
        (history, json!({ "from": "0000-01-01", "to": "9999-12-31" })),
        (history, json!({ "from": "2022-02-30" })),
        (nodes, json!({ "it": many("x", 101) })),
        (nodes, json!({ "it": many("x", 10_000) })),
    ] {
        let answer = lead.ask(query, &variables).await;
        assert_is_clear(&answer, query);
        let code = answer.code();
        let is_told = ["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&code.as_str());
        assert!(is_told && is_sentence(&answer.json()["errors"][0]["message"]), "{query} {}", answer.whole());
    }
    for day in ["0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2016-12-31T23:59:60Z"] {
        let variables = json!({ "it": { "submittedFrom": day, "submittedTo": day } });
        assert_eq!(lead.data(LIST, variables).await["applications"]["totalCount"], 0, "{day}");
    }
}

async fn ids_of_nothing_and_of_other_things_are_not_found(world: World) {
    let asks = Asks::new(&world).await;
    let mut answers = std::collections::BTreeMap::new();
    for mutation in MUTATIONS {
        let (caller, input) = asks.of(mutation);
        let pointers =
            ["/id", "/evidence", "/ids/0", "/assessor", "/interest", "/release", "/ballot", "/handOverTo"];
        for pointer in pointers {
            if input.pointer(pointer).is_none() {
                continue;
            }
            for id in asks.wrong_ids(pointer) {
                let mut input = input.clone();
                set(&mut input, pointer, json!(id));
                let answer = caller.ask(&document(mutation), &json!({ "input": input })).await;
                let payload = &answer.json()["data"][mutation];
                assert_eq!(payload["userErrors"][0]["code"], "NOT_FOUND", "{mutation} {pointer} {id}");
                let same = answers.entry((mutation, pointer)).or_insert_with(|| answer.whole());
                assert_eq!(*same, answer.whole(), "{mutation} {pointer} {id}");
            }
        }
    }
}

/// Neither our fault nor a riddle.
fn assert_is_clear(answer: &Answer, what: &str) {
    let json = answer.json();
    assert!(answer.status.is_success() || answer.status.is_client_error(), "{what}: {}", answer.whole());
    for error in json["errors"].as_array().into_iter().flatten() {
        assert_ne!(error["extensions"]["code"], "INTERNAL", "{what}: {}", answer.whole());
        assert!(is_sentence(&error["message"]), "{what}: {}", answer.whole());
    }
    let payloads = json["data"].as_object().into_iter().flatten().map(|(_, payload)| payload);
    let rows = payloads.clone().filter_map(|payload| payload.get("results")?.as_array()).flatten();
    for error in payloads.chain(rows).filter_map(|told| told["userErrors"].as_array()).flatten() {
        assert!(is_sentence(&error["message"]), "{what}: {error}");
    }
}

fn is_sentence(message: &Value) -> bool {
    message.as_str().is_some_and(|text| text.contains(' ') && text.chars().count() < 1_000)
}

/// Where the texts of a value stand.
fn leaves(value: &Value) -> Vec<String> {
    let within =
        |key: String, value: &Value| leaves(value).into_iter().map(move |rest| format!("/{key}{rest}"));
    match value {
        Value::String(_) => vec![String::new()],
        Value::Array(values) => {
            values.iter().enumerate().flat_map(|(at, value)| within(at.to_string(), value)).collect()
        }
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| within(name.clone(), value)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => vec![],
    }
}

fn set(value: &mut Value, pointer: &str, to: Value) {
    *value.pointer_mut(pointer).expect(pointer) = to;
}
