//! The binary, seen from outside: metrics on an address of their own, traces at a collector, a log that machines read.

use std::time::{Duration, Instant};

use nominations::clock::Clock;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use wire::trusted::id_of;

use super::Scrape;
use super::collector::{Collector, attribute};
use crate::service::support::World;
use crate::service::support::cast::{NZTECH, NZTECH_LEAD};
use crate::service::support::command::{Deployment, Serving, free_address};

on_both_databases! {
    a_process_is_seen_and_nothing_of_what_is_asked_is,
    a_collector_that_is_away_holds_nobody_up,
}

/// What must not be seen anywhere: as a variable, in the document, and as a token.
const PLANTED: [&str; 5] =
    ["PlantedVariable", "PlantedLiteral", "PlantedComment", "plantedAlias", "plantedstate"];

/// The trace that is asked in, and the span of whoever asks.
const CALLERS: [&str; 2] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];

/// How long a process may take to begin.
const PATIENCE: Duration = Duration::from_mins(1);

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client")
}

/// A deployment that a process of the present serves, and the token of somebody who is signed in there.
async fn deployed(world: &World) -> (Deployment, String) {
    world.be_in_production().await;
    world.clock.move_to(Clock::system().now());
    let token = world.sign_in(&NZTECH_LEAD).await.token.expect("a token");
    (Deployment::at(&world.settings.url), token)
}

async fn begun(serving: &mut Serving, deployment: &Deployment) {
    let (client, url) = (client(), format!("http://{}/readyz", serving.address));
    let began = Instant::now();
    while !client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
        assert!(serving.goes_on() && began.elapsed() < PATIENCE, "{}", deployment.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn ask(client: &reqwest::Client, serving: &Serving, token: &str, body: &Value) -> String {
    let request = client.post(format!("http://{}/graphql", serving.address)).bearer_auth(token);
    let request = request.header("content-type", "application/json").header("x-request-id", "asked-1");
    let [trace, span] = CALLERS;
    let request = request.header("traceparent", format!("00-{trace}-{span}-01"));
    let request = request.header("tracestate", "plantedstate=1");
    let answer = request.body(body.to_string()).send().await.expect("an answer");
    answer.text().await.expect("a text")
}

async fn a_process_is_seen_and_nothing_of_what_is_asked_is(world: World) {
    let (deployment, token) = deployed(&world).await;
    let (collector, metrics) = (Collector::start().await, free_address());
    let flags = ["--metrics", &metrics, "--otlp", &collector.address, "--log-format", "json"];
    let mut serving = deployment.serve_with(&flags);
    begun(&mut serving, &deployment).await;
    let document = "query Mine($id: ID!) { # PlantedComment\n plantedAlias: node(id: $id) { id } \
                    other: node(id: \"PlantedLiteral\") { id } viewer { role } }";
    let asked = json!({ "query": document, "variables": { "id": "PlantedVariable" } });
    let answer = ask(&client(), &serving, &token, &asked).await;
    assert!(answer.contains("plantedAlias"), "{answer}");

    let seen = client().get(format!("http://{metrics}/metrics")).send().await.expect("an answer");
    assert!(
        seen.headers()["content-type"].to_str().expect("a text").starts_with("application/openmetrics-text")
    );
    let seen = Scrape::read(seen.text().await.expect("a text"));
    assert!(seen.value(r#"requests_total{route="/graphql",method="POST",status="200"}"#) >= 1);
    assert_eq!(seen.value("database_up"), 1);
    for (address, path) in [(&metrics, "graphql"), (&metrics, ""), (&serving.address, "metrics")] {
        let answer = client().get(format!("http://{address}/{path}")).send().await.expect("an answer");
        assert_eq!(answer.status(), 404, "{address}/{path}");
    }

    serving.end().await;
    look_at_spans(&collector, document);
    look_at_log(&deployment.log());
    let sent = collector.bytes();
    let told = [String::from_utf8_lossy(&sent).into_owned(), deployment.log(), seen.text];
    for planted in PLANTED.into_iter().chain([token.as_str()]) {
        assert!(!told.iter().any(|text| text.contains(planted)), "{planted}");
    }
}

/// What was asked a moment before the end has come as well.
fn look_at_spans(collector: &Collector, document: &str) {
    for resource in collector.requests().into_iter().flat_map(|request| request.resource_spans) {
        let attributes = resource.resource.expect("a resource").attributes;
        assert_eq!(attribute(&attributes, "service.name"), "nominations");
        assert_eq!(attribute(&attributes, "service.version"), env!("CARGO_PKG_VERSION"));
    }
    let spans = collector.spans();
    let operation = spans.iter().find(|span| span.name == "graphql").expect("an operation");
    for (name, value) in [
        ("graphql.operation.name", "Mine"),
        ("graphql.operation.type", "query"),
        ("graphql.document.hash", &id_of(document)),
        ("tenant", &NZTECH.id().to_string()),
        ("request_id", "asked-1"),
    ] {
        assert_eq!(attribute(&operation.attributes, name), value, "{name}");
    }
    let request = spans.iter().find(|span| span.span_id == operation.parent_span_id).expect("its request");
    assert_eq!(request.name, "request");
    assert_eq!([hex::encode(&request.trace_id), hex::encode(&request.parent_span_id)], CALLERS);
    assert_eq!(operation.trace_id, request.trace_id);
    for (name, value) in [
        ("http.request.method", "POST"),
        ("http.route", "/graphql"),
        ("http.response.status_code", "200"),
        ("request_id", "asked-1"),
    ] {
        assert_eq!(attribute(&request.attributes, name), value, "{name}");
    }
    assert!(spans.iter().any(|span| span.name == "job"), "what the service does by itself is seen too");
    assert!(spans.iter().all(|span| span.events.is_empty()), "nothing that is logged is sent");
}

fn look_at_log(log: &str) {
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let said = |message: &str| {
        let found = lines
            .iter()
            .find(|line| line["message"] == message && line["spans"][0]["request_id"] == "asked-1");
        found.unwrap_or_else(|| panic!("{message}: {log}"))
    };
    let executed = &said("executed")["spans"][1];
    assert_eq!((&executed["graphql.operation.name"], &executed["code"]), (&json!("Mine"), &json!("OK")));
    let answered = said("answered");
    assert_eq!(answered["level"], "INFO");
    assert!(answered["milliseconds"].is_number(), "{answered}");
    let span = &answered["spans"][0];
    assert_eq!((&span["name"], &span["http.route"]), (&json!("request"), &json!("/graphql")));
    assert_eq!(span["http.response.status_code"], 200);
}

/// One that refuses connections, and one that takes them and says nothing.
async fn a_collector_that_is_away_holds_nobody_up(world: World) {
    let (deployment, token) = deployed(&world).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let silent_address = silent.local_addr().expect("its address").to_string();
    let client = client();
    for collector in [free_address(), silent_address] {
        let mut serving = deployment.serve_with(&["--otlp", &format!("http://{collector}")]);
        begun(&mut serving, &deployment).await;
        let began = Instant::now();
        for _ in 0..100 {
            let answer = ask(&client, &serving, &token, &json!({ "query": "{ viewer { role } }" })).await;
            assert_eq!(answer, r#"{"data":{"viewer":{"role":"LEAD"}}}"#);
        }
        // Waiting for the collector each time would take five minutes.
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
        let began = Instant::now();
        serving.end().await;
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
        assert!(deployment.log().contains("opentelemetry"), "whoever runs it is told: {}", deployment.log());
    }
    drop(silent);
}
