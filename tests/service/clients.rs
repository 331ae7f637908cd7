//! The clients that others use, against a service that serves: the audits of GraphQL over HTTP, graphql-ws and graphql-sse.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use nominations::http::{Face, serve};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::support::World;
use super::support::caseload::{Caseload, Wanted};
use super::support::cast::{ITP, ITP_LEAD, NZTECH, NZTECH_LEAD};

on_both_databases! {
    every_audit_of_graphql_over_http_passes,
    both_kinds_of_listeners_hear_their_own,
    the_listener_of_the_page_hears_what_happens,
    a_socket_that_signs_in_takes_room_as_its_member,
    a_socket_is_told_when_the_service_ends,
    who_works_at_a_socket_stays_signed_in,
}

const CHANGED: &str = "subscription { applicationChanged { kind application { reference } } }";

const PUBLIC: &str = r#"subscription { quotaChanged(classException: "specialist-tech") { available } }"#;

/// The service on a port of its own.
struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Served {
    async fn start(world: &World) -> Self {
        Self::start_with(world, Face::default()).await
    }

    async fn start_with(world: &World, face: Face) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async { stopped.await.unwrap_or_default() };
        let serving = tokio::spawn(serve(world.app.clone(), listener, face, shutdown));
        Self { address, stop, serving }
    }

    fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    async fn end(self) {
        self.stop.send(()).expect("a running service");
        timeout(Duration::from_secs(10), self.serving).await.expect("in time").expect("an end");
    }
}

/// A script of tests/clients that runs.
struct Script {
    lines: mpsc::UnboundedReceiver<String>,
    process: Child,
}

impl Drop for Script {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Script {
    fn start(name: &str, given: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        assert!(
            folder.join("node_modules/graphql-ws").exists(),
            "the tests' clients are not installed: run `npm ci --prefix tests/clients`, or `make test`"
        );
        let mut process = Command::new("node")
            .args([name, given])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("these tests need Node.js 20 or newer, as `node`");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let (told, lines) = mpsc::unbounded_channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| told.send(line)));
        Self { lines, process }
    }

    fn listen(by: &str, served: &Served, token: Option<&str>, values: usize) -> Self {
        let given =
            json!({ "by": by, "url": served.url(), "token": token, "query": CHANGED, "values": values });
        Self::start("listen.mjs", &given.to_string())
    }

    async fn line(&mut self) -> Value {
        let line = timeout(Duration::from_secs(30), self.lines.recv()).await.expect("in time");
        serde_json::from_str(&line.expect("a line")).expect("JSON")
    }
}

/// To do something at a socket is to use the sign-in; to listen is not.
async fn who_works_at_a_socket_stays_signed_in(world: World) {
    let served = Served::start(&world).await;
    let mut request = served.url().replace("http", "ws").into_client_request().expect("a request");
    let token = world.sign_in(&NZTECH_LEAD).await.token.expect("a token");
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a value"));
    headers.insert("authorization", format!("Bearer {token}").parse().expect("a value"));
    let (mut socket, _) = connect_async(request).await.expect("a socket");
    let say = |message: Value| Message::text(message.to_string());
    socket.send(say(json!({ "type": "connection_init" }))).await.expect("an open socket");
    let mut answered = 0;
    for number in 0..4 {
        world.wait_minutes(20);
        let payload = json!({ "query": "{ viewer { role } }" });
        let asks = json!({ "type": "subscribe", "id": number.to_string(), "payload": payload });
        socket.send(say(asks)).await.expect("an open socket");
        while answered <= number {
            let message = timeout(Duration::from_secs(10), socket.next()).await.expect("in time");
            let Some(Ok(Message::Text(text))) = message else { panic!("{message:?}") };
            let message: Value = serde_json::from_str(&text).expect("JSON");
            if message["type"] == "next" {
                assert_eq!(message["payload"]["data"]["viewer"]["role"], "LEAD", "{message}");
                answered += 1;
            }
        }
    }
    served.end().await;
}

async fn every_audit_of_graphql_over_http_passes(world: World) {
    let served = Served::start(&world).await;
    let results = Script::start("audits.mjs", &served.url()).line().await;
    let results = results.as_array().expect("results");
    let failed: Vec<_> = results.iter().filter(|result| result["status"] != "ok").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(results.len(), 61);
    served.end().await;
}

async fn both_kinds_of_listeners_hear_their_own(world: World) {
    let exception = Caseload::new(&world, |_| {}).await;
    let served = Served::start(&world).await;
    let tokens = [
        world.sign_in(&NZTECH_LEAD).await.token.expect("a token"),
        world.sign_in(&ITP_LEAD).await.token.expect("a token"),
    ];
    let mut number = 0;
    for by in ["ws", "sse"] {
        let mut own = Script::listen(by, &served, Some(&tokens[0]), 1);
        let mut others = Script::listen(by, &served, Some(&tokens[1]), 1);
        let mut nobody = Script::listen(by, &served, None, 1);
        if by == "ws" {
            for script in [&mut own, &mut others, &mut nobody] {
                assert_eq!(script.line().await, json!({ "connected": true }));
            }
        }
        // Over a socket, that stays open: it is the operation that is refused.
        let refused = nobody.line().await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{refused}");
        // Whoever comes in a moment too late for the first is told of another.
        let heard = loop {
            number += 1;
            exception.submitted(&Wanted::new(&format!("N1{number:06}"))).await;
            if let Ok(line) = timeout(Duration::from_secs(3), own.line()).await {
                break line;
            }
        };
        let told = &heard["data"]["applicationChanged"];
        assert!(["CREATED", "SUBMITTED"].iter().any(|kind| told["kind"] == *kind), "{heard}");
        let reference = told["application"]["reference"].as_str().expect("a reference");
        assert!(reference.starts_with(NZTECH.prefix), "{heard}");
        assert!(timeout(Duration::from_secs(1), others.lines.recv()).await.is_err(), "{by}: another's");
        // It did listen.
        let of_others = loop {
            number += 1;
            exception.submitted(&Wanted { body: &ITP, ..Wanted::new(&format!("N1{number:06}")) }).await;
            if let Ok(line) = timeout(Duration::from_secs(3), others.line()).await {
                break line;
            }
        };
        let reference = of_others["data"]["applicationChanged"]["application"]["reference"].as_str();
        assert!(reference.is_some_and(|reference| reference.starts_with(ITP.prefix)), "{of_others}");
    }
    served.end().await;
}

/// The client that docs/api.md shows, as it stands there, but for where it connects to.
async fn the_listener_of_the_page_hears_what_happens(world: World) {
    let exception = Caseload::new(&world, |_| {}).await;
    let served = Served::start(&world).await;
    let page = include_str!("../../docs/api.md");
    let (_, block) = page.split_once("```js\n").expect("a block of JavaScript");
    let (block, _) = block.split_once("```").expect("its end");
    let (url, older) = (
        "'wss://nominations.example.nz/graphql'",
        "// In Node.js before 22, with `import WebSocket from 'ws'`: ",
    );
    assert!(block.contains(url) && block.contains(older));
    let program = format!(
        "import WebSocket from 'ws';\nconst [url, token] = JSON.parse(process.argv[2]);\n\
         const freshToken = async () => token, signIn = async () => process.exit(1);\n\
         const show = (told) => console.log(JSON.stringify(told));\n{}",
        block.replace(url, "url").replace(older, "")
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/generated");
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = tempfile::Builder::new().suffix(".mjs").tempfile_in(&folder).expect("a file");
    std::fs::write(file.path(), program).expect("written");
    let token = world.sign_in(&NZTECH_LEAD).await.token;
    let given = json!([served.url().replace("http", "ws"), token]);
    let mut listener = Script::start(file.path().to_str().expect("a path"), &given.to_string());
    let mut number = 0;
    let heard = loop {
        number += 1;
        exception.submitted(&Wanted::new(&format!("N1{number:06}"))).await;
        if let Ok(line) = timeout(Duration::from_secs(3), listener.line()).await {
            break line;
        }
    };
    assert!(heard["id"].is_string() && heard["application"]["id"].is_string(), "{heard}");
    served.end().await;
}

async fn a_socket_that_signs_in_takes_room_as_its_member(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    let face = Face { listeners: 2, strangers_who_listen: 1, ..Face::default() };
    let served = Served::start_with(&world, face).await;
    let token = world.sign_in(&NZTECH_LEAD).await.token;
    // All the room that strangers have is taken.
    let public = json!({ "query": PUBLIC }).to_string();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let stranger = || {
        let request = client.post(served.url()).header("accept", "text/event-stream");
        request.header("content-type", "application/json").body(public.clone()).send()
    };
    let listening = stranger().await.expect("an answer");
    assert_eq!(listening.status(), 200);
    assert_eq!(stranger().await.expect("an answer").status(), 503);
    // They are opened without a token, and each leaves the only place there is for that to the next.
    let mut members = Vec::new();
    for _ in 0..2 {
        let mut member = Script::listen("ws", &served, token.as_deref(), 1);
        assert_eq!(member.line().await, json!({ "connected": true }));
        members.push(member);
    }
    let mut one_more = Script::listen("ws", &served, token.as_deref(), 1);
    assert_eq!(one_more.line().await["closed"], 1013, "try again later");
    drop(members);
    // It takes a moment until they are known to be gone.
    let mut again = Script::listen("ws", &served, token.as_deref(), 1);
    for _ in 0..20 {
        if again.line().await["connected"] == true {
            drop(listening);
            served.end().await;
            return;
        }
        again = Script::listen("ws", &served, token.as_deref(), 1);
    }
    panic!("no room is given back");
}

async fn a_socket_is_told_when_the_service_ends(world: World) {
    let served = Served::start(&world).await;
    let token = world.sign_in(&NZTECH_LEAD).await.token;
    let mut listener = Script::listen("ws", &served, token.as_deref(), 1);
    assert_eq!(listener.line().await, json!({ "connected": true }));
    tokio::time::sleep(Duration::from_millis(500)).await;
    served.end().await;
    assert_eq!(listener.line().await["closed"], 1001);
}
