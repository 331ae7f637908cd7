//! What is counted as it happens, and that no text of a client becomes a label.

use std::collections::BTreeSet;

use axum::body::Body;
use nominations::http::{Face, Modes};
use serde_json::json;
use wire::trusted::{Documents, id_of};

use super::Scrape;
use crate::service::support::casework::{SPECIALIST_TECH, apply};
use crate::service::support::cast::NZTECH_LEAD;
use crate::service::support::{World, post};

on_both_databases! {
    operations_are_told_by_document_and_by_what_came_of_them,
    no_text_of_a_client_becomes_a_label,
    whoever_listens_is_counted_while_they_do,
}

/// A world in which one document is trusted, and budgets are small.
fn watched(world: &World, client_points: usize) -> World {
    let mut documents = Documents::default();
    let known = "query Mine { viewer { role } }";
    documents.add("web", &json!({ id_of(known): known }).to_string()).expect("a manifest");
    let modes = Modes::read("log").expect("modes");
    world.with_face(Face { documents, modes, client_points, ..Face::default() })
}

/// One of everything that is counted.
pub async fn busy(world: &World) -> Scrape {
    apply(world, SPECIALIST_TECH).await;
    let spare = watched(world, 3);
    spare
        .anybody()
        .post_graphql(r#"{ "query": "{ viewer { role permissions } rateLimit { cost } }" }"#)
        .await;
    let world = watched(world, 10_000);
    world.anybody().post_graphql(r#"{ "query": "query Mine { viewer { role } }" }"#).await;
    world.call(post("/graphql").body(Body::from(vec![b' '; 300_000])).expect("a request")).await;
    let runner = nominations::jobs::runner::Runner::new(world.app.clone());
    runner.run_at_once(nominations::jobs::Job::Seal).await.expect("a turn");
    world.scrape().await
}

async fn operations_are_told_by_document_and_by_what_came_of_them(world: World) {
    let told = busy(&world).await;
    for (series, count) in [
        (r#"operations_total{type="query",document="web/Mine",code="OK"}"#, 1),
        (r#"operation_duration_seconds_count{type="query",document="web/Mine"}"#, 1),
        (r#"operations_total{type="query",document="untrusted",code="RATE_LIMITED"}"#, 1),
        (r#"budgets_refused_total{budget="client"}"#, 1),
        (r#"request_bodies_refused_total{code="PAYLOAD_TOO_LARGE"}"#, 1),
        (r#"requests_total{route="/graphql",method="POST",status="200"}"#, 1),
        (r#"requests_total{route="/graphql",method="POST",status="413"}"#, 1),
        (r#"requests_total{route="/graphql",method="POST",status="429"}"#, 1),
        (r#"request_duration_seconds_count{route="/graphql"}"#, 3),
        ("operations_under_way", 0),
    ] {
        assert_eq!(told.value(series), count, "{series}");
    }
    let lead = watched(&world, 10_000).sign_in(&NZTECH_LEAD).await;
    lead.post_graphql(r#"{ "query": "mutation { submitApplication(input: {}) { userErrors { code } } }" }"#)
        .await;
    lead.post_graphql(r#"{ "query": "{" }"#).await;
    let told = world.scrape().await;
    let refused =
        r#"operations_total{type="mutation",document="untrusted",code="GRAPHQL_VALIDATION_FAILED"}"#;
    assert_eq!(told.value(refused), 1);
    assert_eq!(
        told.value(r#"operations_total{type="none",document="untrusted",code="GRAPHQL_PARSE_FAILED"}"#),
        1
    );
}

async fn no_text_of_a_client_becomes_a_label(world: World) {
    let told = busy(&world).await;
    let series: BTreeSet<_> = told.series.keys().cloned().collect();
    let lead = world.sign_in(&NZTECH_LEAD).await;
    for number in 0..30 {
        let planted = format!("Planted{number}");
        let query =
            format!("query {planted} {{ {planted}: viewer {{ role }} node(id: \"{planted}\") {{ id }} }}");
        let body =
            json!({ "query": query, "operationName": planted, "variables": { "it": planted } }).to_string();
        lead.post_graphql(body).await;
        lead.post_graphql(json!({ "documentId": planted }).to_string()).await;
        lead.post_graphql(json!({ "query": planted }).to_string()).await;
        let request =
            axum::http::Request::builder().method(planted.as_str()).uri(format!("/{planted}?{planted}"));
        let request = request.header("x-request-id", &planted).header("user-agent", &planted);
        world.call(request.body(Body::from(planted)).expect("a request")).await;
    }
    let told = world.scrape().await;
    assert!(!told.text.contains("Planted"), "{}", told.text);
    let new = told.series.keys().filter(|name| !series.contains(*name) && !name.contains("_bucket")).count();
    assert!(new < 40, "{new} new series after 120 requests, each with words of its own");
    assert_eq!(told.value(r#"requests_total{route="none",method="other",status="404"}"#), 30);
}

async fn whoever_listens_is_counted_while_they_do(world: World) {
    let attended = world.attended();
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let listener = lead.listen("subscription { applicationChanged { kind } }", json!({})).await;
    assert_eq!(world.scrape().await.value("listeners"), 1);
    drop(listener);
    let told = world.scrape().await;
    assert_eq!(told.value("listeners"), 0);
    assert_eq!(told.value(r#"operations_total{type="subscription",document="untrusted",code="OK"}"#), 1);
    drop(attended);
}
