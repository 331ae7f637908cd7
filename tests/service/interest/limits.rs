//! How much interest is taken without an account, and what tells those apart who have none.

use std::net::SocketAddr;

use nominations::http::{Face, Peers, serve};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{DOCUMENT, code, input, register};
use crate::service::support::caseload::Caseload;
use crate::service::support::casework::{ADVANCED_MANUFACTURING, SPECIALIST_TECH, apply, merged};
use crate::service::support::cast::{ITP, KAURI_AGENT, NZTECH_LEAD};
use crate::service::support::database::{Database, Kind};
use crate::service::support::{Caller, World};

on_both_databases! {
    ten_are_taken_from_one_network_within_an_hour,
    five_are_taken_for_one_contact_within_a_day,
    the_same_key_registers_once,
    the_clients_address_is_the_peers_unless_a_proxy_is_trusted,
}

async fn ten_are_taken_from_one_network_within_an_hour(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    let here = Some("192.0.2.1");
    let named = |number: i32| input(&format!("a{number}@example.nz"));
    for number in 0..10 {
        assert_eq!(code(&world, here, named(number)).await, "");
        // What is not taken does not count.
        assert_eq!(code(&world, here, merged(named(number), json!({ "body": "nobody" }))).await, "NOT_FOUND");
        world.wait_minutes(3);
    }
    let refused = register(&world, here, named(10)).await;
    let message = "10 expressions of interest have come from your network within an hour, as many as are taken. \
                   Try again in 30 minutes.";
    let expected = json!({
        "interest": null, "userErrors": [{ "code": "TOO_MANY", "field": null, "message": message }],
    });
    assert_eq!(refused, expected);
    // Another network has room, and so have those who come without an address, as one.
    assert_eq!(code(&world, Some("192.0.2.2"), named(10)).await, "");
    assert_eq!(code(&world, None, named(10)).await, "");
    world.wait_minutes(29);
    assert_eq!(code(&world, here, named(11)).await, "TOO_MANY");
    world.wait_minutes(1);
    assert_eq!(code(&world, here, named(11)).await, "");
    assert_eq!(code(&world, here, named(12)).await, "TOO_MANY");
    // Whoever is signed in comes from somewhere too.
    let agent = world.sign_in(&KAURI_AGENT).await;
    for number in 20..29 {
        assert_eq!(agent_code(&agent, named(number)).await, "");
    }
    assert_eq!(agent_code(&agent, named(29)).await, "TOO_MANY");
}

async fn agent_code(agent: &Caller, input: Value) -> String {
    let payload = agent.data(DOCUMENT, json!({ "input": input })).await["registerInterest"].take();
    payload["userErrors"][0]["code"].as_str().unwrap_or_default().to_owned()
}

async fn five_are_taken_for_one_contact_within_a_day(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    apply(&world, ADVANCED_MANUFACTURING).await;
    let from = |number: i32| format!("192.0.2.{number}");
    for (number, contact) in
        (1..).zip(["a@example.nz", "A@example.nz", "a@EXAMPLE.nz", "a@example.nz", "a@example.nz"])
    {
        assert_eq!(code(&world, Some(&from(number)), input(contact)).await, "");
        world.wait_minutes(60);
    }
    let refused = register(&world, Some(&from(6)), input("a@example.nz")).await;
    let message = "5 expressions of interest have named this e-mail address within a day, as many as are taken. \
                   Try again in 19 hours.";
    assert_eq!(
        refused["userErrors"],
        json!([{ "code": "TOO_MANY", "field": ["contactEmail"], "message": message }])
    );
    assert_eq!(code(&world, Some(&from(6)), input("b@example.nz")).await, "");
    // What one body has taken says nothing at another.
    let other = merged(input("a@example.nz"), json!({ "body": ITP.slug }));
    assert_eq!(code(&world, Some(&from(6)), other).await, "");
    let elsewhere = json!({ "classException": "advanced-manufacturing", "body": "ema", "roles": [] });
    assert_eq!(code(&world, Some(&from(6)), merged(input("a@example.nz"), elsewhere)).await, "");
    world.wait_minutes(19 * 60 - 1);
    assert_eq!(code(&world, Some(&from(7)), input("a@example.nz")).await, "TOO_MANY");
    world.wait_minutes(1);
    assert_eq!(code(&world, Some(&from(7)), input("a@example.nz")).await, "");
}

async fn the_same_key_registers_once(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    let keyed = |contact: &str| merged(input(contact), json!({ "idempotencyKey": "one" }));
    let (here, there) = (Some("192.0.2.1"), Some("192.0.2.2"));
    let first = register(&world, here, keyed("a@example.nz")).await;
    world.wait_minutes(1);
    assert!(first["interest"].is_object());
    for _ in 0..11 {
        assert_eq!(register(&world, here, keyed("a@example.nz")).await, first);
    }
    let other = register(&world, here, keyed("b@example.nz")).await;
    assert_eq!(other["userErrors"][0]["code"], "KEY_REUSED");
    assert_eq!(other["userErrors"][0]["field"], json!(["idempotencyKey"]));
    // Somebody elsewhere has keys of their own, and so has whoever is signed in, from wherever.
    let elsewhere = register(&world, there, keyed("a@example.nz")).await;
    assert_ne!(elsewhere["interest"]["id"], first["interest"]["id"]);
    let agent = world.sign_in(&KAURI_AGENT).await;
    let own = agent.data(DOCUMENT, json!({ "input": keyed("b@example.nz") })).await;
    assert_eq!(own["registerInterest"]["userErrors"], json!([]));
    let lead = world.sign_in(&NZTECH_LEAD).await;
    assert_eq!(lead.data("{ interests { totalCount } }", json!({})).await["interests"]["totalCount"], 3);
    // What was refused is not remembered.
    let later = merged(keyed("c@example.nz"), json!({ "idempotencyKey": "two", "body": "nobody" }));
    assert_eq!(code(&world, here, later).await, "NOT_FOUND");
    let mended = merged(keyed("c@example.nz"), json!({ "idempotencyKey": "two" }));
    assert_eq!(code(&world, here, mended).await, "");
}

async fn the_clients_address_is_the_peers_unless_a_proxy_is_trusted(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    for (peers, expected) in [(Peers::Clients, "TOO_MANY"), (Peers::Proxy, "")] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let face = Face { peers, ..Face::default() };
        let serving = tokio::spawn(serve(world.app.clone(), listener, face, std::future::pending()));
        for number in 0..10 {
            let contact = format!("{number}@{}.nz", if peers == Peers::Proxy { "proxy" } else { "client" });
            let answer = over_the_network(address, "198.51.100.1, 203.0.113.1", input(&contact)).await;
            assert!(answer.contains("\"userErrors\":[]"), "{answer}");
        }
        // Another address at the end of the header; one in front of it was written by anybody.
        let last = over_the_network(address, "198.51.100.1, 203.0.113.2", input("z@example.nz")).await;
        assert_eq!(last.contains("TOO_MANY"), expected == "TOO_MANY", "{peers:?}: {last}");
        let front = over_the_network(address, "198.51.100.2, 203.0.113.1", input("y@example.nz")).await;
        assert!(front.contains("TOO_MANY"), "{peers:?}: {front}");
        serving.abort();
    }
}

async fn over_the_network(address: SocketAddr, forwarded: &str, input: Value) -> String {
    let body = json!({ "query": DOCUMENT, "variables": { "input": input } }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         x-forwarded-for: {forwarded}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    connection.write_all(request.as_bytes()).await.expect("a sent request");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_processes_do_not_pass_a_limit_together() {
    processes_do_not_pass_a_limit_together(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_processes_do_not_pass_a_limit_together() {
    processes_do_not_pass_a_limit_together(Kind::Postgres).await;
}

/// Two of the service on one database, all at once: from one network, for one contact, and under one key.
async fn processes_do_not_pass_a_limit_together(kind: Kind) {
    let database = Database::make(kind).await;
    let worlds = [World::on(&database).await, World::on(&database).await];
    // Or both would make the same ids: they have chance of one seed.
    for _ in 0..10_000 {
        let _: [u8; 8] = worlds[1].app.random.bytes();
    }
    apply(&worlds[0], SPECIALIST_TECH).await;
    let named = |number: i32| input(&format!("a{number}@example.nz"));
    let many = (0..30).map(|number| ("192.0.2.1".to_owned(), named(number)));
    assert_eq!(taken_at_once(&worlds, many).await, 10);
    let many = (0..30).map(|number| (format!("198.51.100.{number}"), named(100)));
    assert_eq!(taken_at_once(&worlds, many).await, 5);
    let keyed = merged(named(200), json!({ "idempotencyKey": "one" }));
    let many = (0..30).map(|_| ("203.0.113.1".to_owned(), keyed.clone()));
    assert_eq!(taken_at_once(&worlds, many).await, 30);
    // One more than the limits took: thirty asked under one key.
    let interests = worlds[0].count_rows().await.into_iter().find(|(table, _)| table == "interest");
    assert_eq!(interests, Some(("interest".to_owned(), 16)));
    for world in worlds {
        world.close().await;
    }
    database.drop().await;
}

async fn taken_at_once(worlds: &[World; 2], all: impl Iterator<Item = (String, Value)>) -> usize {
    let mut asked = JoinSet::new();
    for (number, (from, input)) in all.enumerate() {
        let world = worlds[number % 2].clone();
        asked.spawn(async move { code(&world, Some(&from), input).await });
    }
    let codes = asked.join_all().await;
    assert!(codes.iter().all(|code| code.is_empty() || code == "TOO_MANY"), "{codes:?}");
    codes.iter().filter(|code| code.is_empty()).count()
}
