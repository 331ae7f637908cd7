//! Interest is registered by anybody, within limits that hold across processes, and turned into a draft by its
//! employer.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::support::caseload::{Caseload, definition};
use super::support::casework::{
    ADVANCED_MANUFACTURING, application, apply, complete, done, merged, refusal, refused,
};
use super::support::cast::{ITP, KAURI, KAURI_AGENT, NZTECH, NZTECH_LEAD, RATA_AGENT};
use super::support::{World, post};

mod limits;

on_both_databases! {
    it_is_taken_before_the_opening_and_in_a_pause_and_not_after_the_end,
    it_is_told_to_a_body_that_takes_applications_or_will,
    the_body_reads_what_was_registered,
    a_list_is_read_in_pages_the_newest_first,
    a_draft_comes_of_it_and_takes_its_contact,
    a_draft_comes_of_fitting_interest_only,
}

const DOCUMENT: &str = "mutation($input: RegisterInterestInput!) { registerInterest(input: $input) {
    interest { id createdAt } userErrors { code field message } } }";

fn input(contact: &str) -> Value {
    json!({
        "classException": "specialist-tech", "body": NZTECH.slug, "legalName": KAURI.name, "nzbn": KAURI.nzbn,
        "contactEmail": contact, "expectedWorkers": 12, "roles": ["2613", "1351", "2613"],
    })
}

/// What comes of registering from a network address, or from none.
async fn register(world: &World, from: Option<&str>, input: Value) -> Value {
    let mut request = post("/graphql");
    if let Some(address) = from {
        let peer: SocketAddr = format!("{address}:5000").parse().expect("an address");
        request = request.extension(ConnectInfo(peer));
    }
    let body = json!({ "query": DOCUMENT, "variables": { "input": input } }).to_string();
    let mut answer = world.call(request.body(Body::from(body)).expect("a request")).await.json();
    assert_eq!(answer.get("errors"), None);
    answer["data"]["registerInterest"].take()
}

/// The code of the refusal, or nothing where it was taken.
async fn code(world: &World, from: Option<&str>, input: Value) -> String {
    let payload = register(world, from, input).await;
    payload["userErrors"][0]["code"].as_str().unwrap_or_default().to_owned()
}

async fn registered(world: &World, input: Value) -> String {
    let payload = register(world, None, input).await;
    assert_eq!(payload["userErrors"], json!([]));
    payload["interest"]["id"].as_str().expect("an id").to_owned()
}

async fn it_is_taken_before_the_opening_and_in_a_pause_and_not_after_the_end(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    let at = |instant: &str| world.clock.move_to(instant.parse().expect("an instant"));
    at("2021-12-20T00:00:00Z");
    assert_eq!(code(&world, None, input("a@example.nz")).await, "");
    at("2022-07-31T11:59:59Z");
    assert_eq!(code(&world, None, input("b@example.nz")).await, "");
    world.apply(definition(|definition| definition.settings.paused = true)).await.expect("a pause");
    assert_eq!(code(&world, None, input("c@example.nz")).await, "");
    at("2022-07-31T12:00:00Z");
    assert_eq!(code(&world, None, input("d@example.nz")).await, "WINDOW_CLOSED");
}

async fn it_is_told_to_a_body_that_takes_applications_or_will(world: World) {
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let _exception = Caseload::new(&world, |definition| {
        for body in &mut definition.bodies {
            if body.slug == ITP.slug {
                (body.starts_on, body.ends_on) = (day("2022-04-01"), day("2022-04-30"));
            }
        }
    })
    .await;
    let to_itp = || merged(input("a@example.nz"), json!({ "body": ITP.slug }));
    assert_eq!(code(&world, None, to_itp()).await, "");
    world.clock.move_to("2022-04-30T11:59:59Z".parse().expect("an instant"));
    assert_eq!(code(&world, None, to_itp()).await, "");
    world.clock.move_to("2022-04-30T12:00:00Z".parse().expect("an instant"));
    assert_eq!(code(&world, None, to_itp()).await, "NOT_FOUND");
}

async fn the_body_reads_what_was_registered(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    let id = registered(&world, input("Finn@Example.nz")).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let query = "query($it: ID!) { node(id: $it) { __typename id ... on Interest {
        legalName nzbn contactEmail expectedWorkers applications createdAt body { slug }
        classException { slug } roles { code } } } }";
    let expected = json!({
        "__typename": "Interest", "id": id, "legalName": KAURI.name, "nzbn": KAURI.nzbn,
        "contactEmail": "Finn@example.nz", "expectedWorkers": 12, "applications": 0,
        "createdAt": "2022-03-01T00:00:00Z", "body": { "slug": "nztech" },
        "classException": { "slug": "specialist-tech" }, "roles": [{ "code": "2613" }, { "code": "1351" }],
    });
    assert_eq!(lead.data(query, json!({ "it": id })).await["node"], expected);
    // The roles stay what they were, whatever becomes of the terms.
    world
        .apply(definition(|definition| definition.terms.roles.retain(|role| role.code != "1351")))
        .await
        .expect("one");
    assert_eq!(lead.data(query, json!({ "it": id })).await["node"], expected);
    assert_eq!(code(&world, None, input("b@example.nz")).await, "INVALID");
}

async fn a_list_is_read_in_pages_the_newest_first(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    apply(&world, ADVANCED_MANUFACTURING).await;
    let mut ids = Vec::new();
    for number in 0..5 {
        // Two of an instant, to be told apart by their ids.
        world.wait_minutes(number % 2);
        ids.insert(0, registered(&world, input(&format!("a{number}@example.nz"))).await);
    }
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let query = "query($of: String, $first: Int, $after: String, $last: Int, $before: String) {
        interests(classException: $of, first: $first, after: $after, last: $last, before: $before) {
            totalCount nodes { id createdAt } pageInfo { hasNextPage startCursor endCursor } } }";
    let whole = lead.data(query, json!({})).await["interests"].take();
    let all = nodes(&whole);
    assert_eq!((all.len(), whole["totalCount"].as_i64()), (5, Some(5)));
    let times: Vec<_> =
        whole["nodes"].as_array().into_iter().flatten().map(|one| &one["createdAt"]).collect();
    assert!(times.is_sorted_by_key(|time| std::cmp::Reverse(time.as_str())), "{times:?}");
    let (mut listed, mut expected) = (all.clone(), ids);
    listed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    let mut after = Value::Null;
    let mut walked = Vec::new();
    loop {
        let page = lead.data(query, json!({ "first": 2, "after": after })).await["interests"].take();
        walked.extend(nodes(&page));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            let back = json!({ "last": 2, "before": page["pageInfo"]["startCursor"] });
            assert_eq!(nodes(&lead.data(query, back).await["interests"]), all[2..4]);
            break;
        }
    }
    assert_eq!(walked, all);
    let of = |slug: &str| json!({ "of": slug });
    let other = lead.data(query, of("advanced-manufacturing")).await["interests"].take();
    assert_eq!((nodes(&other), other["totalCount"].as_i64()), (vec![], Some(0)));
    assert_eq!(nodes(&lead.data(query, of("specialist-tech")).await["interests"]), all);
    assert_eq!(lead.ask(query, &of("nothing")).await.code(), "BAD_USER_INPUT");
}

fn nodes(page: &Value) -> Vec<String> {
    let nodes = page["nodes"].as_array().into_iter().flatten();
    nodes.map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}

async fn a_draft_comes_of_it_and_takes_its_contact(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    let interest = registered(&world, input("interest@example.nz")).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let of = |more: Value| merged(merged(complete(), json!({ "interest": interest })), more);
    let bare = done(&agent, "createApplication", of(json!({ "contactEmail": null }))).await;
    assert_eq!(application(&agent, &bare, "contactEmail").await["contactEmail"], "interest@example.nz");
    let named = done(&agent, "createApplication", of(json!({}))).await;
    assert_eq!(application(&agent, &named, "contactEmail").await["contactEmail"], "finn@example.nz");
    let count = "query($it: ID!) { node(id: $it) { ... on Interest { applications } } }";
    assert_eq!(agent.data(count, json!({ "it": interest })).await["node"]["applications"], 2);
    // A change leaves the draft what it came of.
    done(&agent, "updateApplication", named.with(json!({ "region": "Otago" }))).await;
    assert_eq!(agent.data(count, json!({ "it": interest })).await["node"]["applications"], 2);
    assert_eq!(nominations::check::check(&world.app).await.expect("a check"), []);
}

async fn a_draft_comes_of_fitting_interest_only(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    apply(&world, ADVANCED_MANUFACTURING).await;
    let (agent, rata) = (world.sign_in(&KAURI_AGENT).await, world.sign_in(&RATA_AGENT).await);
    let fitting = registered(&world, input("a@example.nz")).await;
    let to_itp = registered(&world, merged(input("b@example.nz"), json!({ "body": ITP.slug }))).await;
    let elsewhere = json!({ "classException": "advanced-manufacturing", "body": "ema", "roles": [] });
    let elsewhere = registered(&world, merged(input("c@example.nz"), elsewhere)).await;
    let unnamed = registered(&world, merged(input("d@example.nz"), json!({ "nzbn": null }))).await;
    let before = world.count_rows().await;
    let of = |id: &str| merged(complete(), json!({ "interest": id }));
    for (id, code) in [
        (&to_itp, "INVALID"),
        (&elsewhere, "INVALID"),
        (&unnamed, "NOT_FOUND"),
        (&"x".to_owned(), "NOT_FOUND"),
    ] {
        let refusal = refusal(&agent, "createApplication", of(id)).await;
        assert_eq!(refusal, [(code.to_owned(), vec!["interest".to_owned()])], "{id}");
    }
    let own = merged(of(&fitting), json!({ "employerNzbn": "9429900000025" }));
    assert_eq!(refused(&rata, "createApplication", own).await, "NOT_FOUND");
    assert_eq!(world.count_rows().await, before);
    done(&agent, "createApplication", of(&fitting)).await;
}
