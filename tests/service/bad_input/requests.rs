//! Requests that are no questions at all: too long, too deep, cut off, or in the wrong letters.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::asks::Asks;
use super::{assert_is_clear, set};
use crate::service::support::World;
use crate::service::support::acts::document;

on_both_databases! {
    what_cannot_be_read_is_a_bad_request,
    documents_that_say_nothing_are_told_so,
    long_lists_are_refused_whole,
}

async fn what_cannot_be_read_is_a_bad_request(world: World) {
    let asks = Asks::new(&world).await;
    let before = world.count_rows().await;
    let of = |variables: &str| {
        format!(r#"{{"query": "query($it: Int) {{ viewer {{ role }} }}", "variables": {variables}}}"#)
    };
    let deep =
        |open: &str, close: &str, times: usize| format!("{}{}", open.repeat(times), close.repeat(times));
    for (sent, status) in [
        (vec![b' '; 10 * 1024 * 1024], StatusCode::PAYLOAD_TOO_LARGE),
        (of(&format!("\"{}\"", "x".repeat(10 * 1024 * 1024))).into_bytes(), StatusCode::PAYLOAD_TOO_LARGE),
        (deep("[", "]", 100_000).into_bytes(), StatusCode::BAD_REQUEST),
        (deep("{\"a\":", "}", 20_000).into_bytes(), StatusCode::BAD_REQUEST),
        (of(&format!("{{\"it\": {}}}", deep("[", "]", 50_000))).into_bytes(), StatusCode::BAD_REQUEST),
        (of("{\"it\": 1e400}").into_bytes(), StatusCode::BAD_REQUEST),
        (of("{\"it\": NaN}").into_bytes(), StatusCode::BAD_REQUEST),
        (of("{\"it\": \"\\ud800\"}").into_bytes(), StatusCode::BAD_REQUEST),
        (of("[]").into_bytes(), StatusCode::BAD_REQUEST),
        (of("{\"it\": 1").into_bytes(), StatusCode::BAD_REQUEST),
        (b"{\"query\": \"\xff\xfe\"}".to_vec(), StatusCode::BAD_REQUEST),
        (b"\xef\xbb\xbf{}".to_vec(), StatusCode::BAD_REQUEST),
        (b"\0".to_vec(), StatusCode::BAD_REQUEST),
    ] {
        let start = String::from_utf8_lossy(&sent[..sent.len().min(80)]).into_owned();
        let answer = asks.lead.post_graphql(sent).await;
        assert_eq!(answer.status, status, "{start}: {}", answer.whole());
        assert_is_clear(&answer, &start);
    }
    // Nested as deep as JSON is read, where a number should stand.
    let answer = asks.lead.post_graphql(of(&format!("{{\"it\": {}}}", deep("[", "]", 100)))).await;
    assert_is_clear(&answer, "nested");
    assert_eq!(answer.json().get("data"), None);
    assert_eq!(world.count_rows().await, before);
}

async fn documents_that_say_nothing_are_told_so(world: World) {
    let caller = world.anybody();
    let many = |count: usize, one: fn(usize) -> String| (0..count).map(one).collect::<Vec<_>>().join(" ");
    let aliases = many(1_500, |at| format!("a{at}: viewer {{ role }}"));
    let variables = many(500, |at| format!("$v{at}: Int!"));
    let spreads = many(30, |at| format!("fragment F{at} on Query {{ ...F{0} ...F{0} }}", at + 1));
    for query in [
        String::new(),
        "\0".to_owned(),
        "{ viewer { role } \0 }".to_owned(),
        "{ viewer { role(".to_owned(),
        format!("{{ viewer {{ role }} }} !{}", "x".repeat(50_000)),
        "{}".to_owned(),
        "{ viewer }".to_owned(),
        "{ viewer { role { x } } }".to_owned(),
        "query($a: Int) { viewer { role } } query { viewer { role } }".to_owned(),
        "{ application(reference: $unknown) { id } }".to_owned(),
        "query($it: Nothing) { application(reference: $it) { id } }".to_owned(),
        "query($it: [String!]!) { application(reference: $it) { id } }".to_owned(),
        r#"{ application(reference: "\uD800") { id } }"#.to_owned(),
        r#"{ application(reference: "\q") { id } }"#.to_owned(),
        r#"{ application(reference: "\u12") { id } }"#.to_owned(),
        "{ applications(first: 1e400) { totalCount } }".to_owned(),
        "{ applications(first: 99999999999999999999999999) { totalCount } }".to_owned(),
        "{ applications(first: 01) { totalCount } }".to_owned(),
        "{ ...F } fragment F on Query { ...F }".to_owned(),
        "{ ...F } fragment F on Query { viewer { ...G } } fragment G on Viewer { person { ...G } }"
            .to_owned(),
        "{ ...Nowhere }".to_owned(),
        format!("{{ ...F0 }} {spreads} fragment F30 on Query {{ viewer {{ role }} }}"),
        format!("{{ viewer {{ role {} }} }}", "@skip(if: false) ".repeat(1_000)),
        format!("{{ {aliases} }}"),
        format!("{}{}", "{ viewer ".repeat(5_000), "}".repeat(5_000)),
        format!("query({variables}) {{ viewer {{ role }} }}"),
        "subscription { viewer { role } }".to_owned(),
    ] {
        let answer = caller.ask(&query, &json!({})).await;
        assert_is_clear(&answer, &query);
        assert!(answer.json()["errors"].is_array(), "{query:.200}: {}", answer.whole());
    }
    // Variables that nobody asked for are left alone.
    let answer = caller.ask("{ viewer { role } }", &json!({ "\0": { "x": [1] }, "unknown": "\0" })).await;
    assert_eq!(answer.json(), json!({ "data": { "viewer": null } }));
}

async fn long_lists_are_refused_whole(world: World) {
    let asks = Asks::new(&world).await;
    let before = world.count_rows().await;
    for (mutation, pointer, count) in [
        ("assignApplications", "/ids", 101),
        ("assignApplications", "/ids", 10_000),
        ("takeNextApplication", "/role", 1_000),
        ("recommend", "/reasons", 1_000),
        ("importApplications", "/rows", 501),
        ("importApplications", "/rows", 2_000),
        ("registerInterest", "/roles", 21),
    ] {
        let (caller, mut input) = asks.of(mutation);
        let one = input.pointer(&format!("{pointer}/0")).expect("one").clone();
        set(&mut input, pointer, Value::from(vec![one; count]));
        let answer = caller.ask(&document(mutation), &json!({ "input": input })).await;
        let error = &answer.json()["data"][mutation]["userErrors"][0];
        assert_eq!(error["code"], "TOO_MANY", "{mutation}: {}", answer.whole());
        assert_eq!(error["field"], json!([&pointer[1..]]));
    }
    assert_eq!(world.count_rows().await, before);
}
