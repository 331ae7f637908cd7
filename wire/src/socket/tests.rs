//! The protocol, spoken by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::Value;
use axum::Router;
use axum::extract::{State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::routing::any;
use futures_util::stream::once;
use futures_util::{FutureExt, SinkExt};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Bytes, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::*;

/// Answers what it was asked, by the text of the document.
#[derive(Clone)]
struct Echo {
    leave: Arc<watch::Sender<Option<Dismissal>>>,
    /// How many operations came to their end that take a moment.
    worked: Arc<AtomicUsize>,
    /// How many there are at once, and how many there were at most.
    live: Arc<(AtomicUsize, AtomicUsize)>,
}

/// Counts as long as it is held.
struct Counted(Arc<(AtomicUsize, AtomicUsize)>);

impl Counted {
    fn begin(live: &Arc<(AtomicUsize, AtomicUsize)>) -> Self {
        let now = live.0.fetch_add(1, Ordering::Relaxed) + 1;
        live.1.fetch_max(now, Ordering::Relaxed);
        Self(Arc::clone(live))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Host for Echo {
    type Caller = ();

    async fn welcome(&mut self, sent: Json) -> Result<(), Refusal> {
        match sent["token"].as_str() {
            Some("bad") => Err(Refusal::bad_request("This token is none.".repeat(30))),
            Some("slow") => std::future::pending().await,
            Some("full") => Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED", "Later.")),
            _ => Ok(()),
        }
    }

    fn answers(&self, (): &(), asked: Asked, _bytes: usize) -> BoxStream<'static, Response> {
        let one = Response::new(Value::from(asked.query.clone()));
        match asked.query.as_str() {
            "never" => futures_util::stream::pending().boxed(),
            "counted" => {
                let counted = Counted::begin(&self.live);
                futures_util::stream::pending().map(move |()| (&counted, Response::default()).1).boxed()
            }
            "flood" => {
                futures_util::stream::repeat_with(|| Response::new(Value::from("x".repeat(100_000)))).boxed()
            }
            "work" => {
                let worked = Arc::clone(&self.worked);
                once(async move {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    worked.fetch_add(1, Ordering::Relaxed);
                    one
                })
                .boxed()
            }
            "panic" => once(async { panic!("what is told with it is not told") }).boxed(),
            "wrong" => {
                let error = async_graphql::ServerError::new("No.", None);
                once(async { Response::from_errors(vec![error]) })
                    .chain(futures_util::stream::pending())
                    .boxed()
            }
            _ => once(async { one }).boxed(),
        }
    }

    fn refused(&self, refusal: &Refusal) -> Response {
        Response::from_errors(vec![crate::refusal::coded(refusal.code, refusal.message.as_str())])
    }

    fn broken(&self) -> Response {
        Response::from_errors(vec![crate::refusal::coded("INTERNAL", "Something went wrong.")])
    }

    fn dismissed(&self, (): &()) -> BoxFuture<'static, Dismissal> {
        let mut told = self.leave.subscribe();
        async move { told.wait_for(Option::is_some).await.ok().and_then(|why| *why).expect("a reason") }
            .boxed()
    }
}

struct Served {
    address: String,
    ending: watch::Sender<bool>,
    leave: Arc<watch::Sender<Option<Dismissal>>>,
    worked: Arc<AtomicUsize>,
    live: Arc<(AtomicUsize, AtomicUsize)>,
}

async fn served(rules: Rules) -> Served {
    let (ending, ends) = watch::channel(false);
    let (leave, worked, live) = (Arc::new(watch::Sender::new(None)), Arc::default(), Arc::default());
    let host = Echo { leave: Arc::clone(&leave), worked: Arc::clone(&worked), live: Arc::clone(&live) };
    let open = move |State(()): State<()>, upgrade: WebSocketUpgrade| async move {
        agree(upgrade, rules).on_upgrade(move |socket| serve(socket, host, rules, ends))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("ws://{}/", listener.local_addr().expect("an address"));
    let router = Router::new().route("/", any(open)).with_state(());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Served { address, ending, leave, worked, live }
}

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn open(served: &Served, protocol: Option<&str>) -> Self {
        let mut request = served.address.as_str().into_client_request().expect("a request");
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", protocol.parse().expect("a value"));
        }
        Self(connect_async(request).await.expect("a socket").0)
    }

    /// One that has said who it is.
    async fn greeted(served: &Served) -> Self {
        let mut client = Self::open(served, Some(PROTOCOL)).await;
        client.say(&json!({ "type": "connection_init" })).await;
        assert_eq!(client.hear().await, Ok(json!({ "type": "connection_ack" })));
        client
    }

    async fn say(&mut self, message: &Json) {
        self.send(Frame::Text(message.to_string().into())).await;
    }

    async fn send(&mut self, frame: Frame) {
        self.0.send(frame).await.expect("an open socket");
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(&json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    /// The next message, or the code and the word of the close.
    async fn hear(&mut self) -> Result<Json, (u16, String)> {
        loop {
            match timeout(Duration::from_secs(5), self.0.next()).await.expect("in time") {
                Some(Ok(Frame::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Frame::Close(Some(frame)))) => {
                    return Err((frame.code.into(), frame.reason.to_string()));
                }
                Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => {}
                Some(Err(_)) | None => return Err((1006, String::new())),
                other => panic!("{other:?}"),
            }
        }
    }

    async fn code(&mut self) -> u16 {
        self.hear().await.expect_err("a close").0
    }
}

#[tokio::test]
async fn operations_are_answered_to_their_end() {
    let served = served(Rules::default()).await;
    let mut client = Client::greeted(&served).await;
    client.say(&json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert_eq!(client.hear().await, Ok(json!({ "type": "pong" })));
    client.say(&json!({ "type": "pong" })).await;
    client.subscribe("1", "never").await;
    client.subscribe("2", "{ a }").await;
    assert_eq!(client.hear().await, Ok(json!({ "type": "next", "id": "2", "payload": { "data": "{ a }" } })));
    assert_eq!(client.hear().await, Ok(json!({ "type": "complete", "id": "2" })));
    // Its id is free again, and so is that of one that the caller has completed.
    client.say(&json!({ "type": "complete", "id": "1" })).await;
    for id in ["2", "1"] {
        client.subscribe(id, "{ b }").await;
        assert_eq!(client.hear().await.expect("an answer")["payload"]["data"], "{ b }");
        assert_eq!(client.hear().await, Ok(json!({ "type": "complete", "id": id })));
    }
    client.subscribe("3", "wrong").await;
    assert_eq!(
        client.hear().await,
        Ok(json!({ "type": "error", "id": "3", "payload": [{ "message": "No." }] }))
    );
    client.subscribe("3", "{ c }").await;
    assert_eq!(client.hear().await.expect("an answer")["type"], "next");
}

#[tokio::test]
async fn what_is_no_message_closes_with_4400() {
    let served = served(Rules::default()).await;
    for frame in [
        Frame::Text("x".into()),
        Frame::Text("[]".into()),
        Frame::Text(r#"{"type":"start"}"#.into()),
        Frame::Text(r#"{"type":"connection_init","payload":"token"}"#.into()),
        Frame::Text(r#"{"type":"ping","more":1}"#.into()),
        Frame::Text(r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#.into()),
        Frame::Text(r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#.into()),
        Frame::Text(
            format!(r#"{{"type":"subscribe","id":"{}","payload":{{"query":"{{a}}"}}}}"#, "x".repeat(129))
                .into(),
        ),
        Frame::Text(
            format!(
                r#"{{"type":"subscribe","id":"1","payload":{{"query":"{{a}}","variables":{{"a":[{}0]}}}}}}"#,
                "0,".repeat(100_000)
            )
            .into(),
        ),
        Frame::Text(r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#.into()),
        Frame::Text(r#"{"type":"subscribe","id":"1"}"#.into()),
        Frame::Text(r#"{"type":"complete"}"#.into()),
        Frame::Binary(Bytes::from_static(b"{}")),
    ] {
        let mut client = Client::greeted(&served).await;
        client.send(frame.clone()).await;
        assert_eq!(client.code().await, 4400, "{frame:?}");
    }
}

#[tokio::test]
async fn a_caller_says_who_it_is_first_once_and_in_time() {
    let rules = Rules { greeting: Duration::from_millis(300), ..Rules::default() };
    let served = served(rules).await;
    let mut client = Client::open(&served, Some(PROTOCOL)).await;
    client.subscribe("1", "{ a }").await;
    assert_eq!(client.code().await, 4401);

    let mut client = Client::greeted(&served).await;
    client.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(client.code().await, 4429);

    let mut silent = Client::open(&served, Some(PROTOCOL)).await;
    assert_eq!(silent.code().await, 4408);
    for (token, code) in [("bad", 4403), ("full", 1013), ("slow", 4408)] {
        let mut client = Client::open(&served, Some(PROTOCOL)).await;
        client.say(&json!({ "type": "connection_init", "payload": { "token": token } })).await;
        let (closed, reason) = client.hear().await.expect_err("a close");
        assert!(closed == code && reason.len() <= 123, "{closed} {reason}");
    }
}

#[tokio::test]
async fn another_protocol_closes_with_4406() {
    let served = served(Rules::default()).await;
    for protocol in [None, Some("graphql-ws")] {
        // A client that gets another protocol than it asked for gives up by itself.
        let mut request = served.address.as_str().into_client_request().expect("a request");
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", protocol.parse().expect("a value"));
            assert!(connect_async(request).await.is_err());
            continue;
        }
        let mut client = Client::open(&served, protocol).await;
        assert_eq!(client.code().await, 4406);
    }
}

#[tokio::test]
async fn an_id_is_one_operations() {
    let served = served(Rules { operations: 2, ..Rules::default() }).await;
    let mut client = Client::greeted(&served).await;
    client.subscribe("1", "never").await;
    client.subscribe("2", "never").await;
    client.subscribe("3", "{ a }").await;
    let refused = client.hear().await.expect("an answer");
    assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("3")));
    assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    client.subscribe("1", "{ a }").await;
    assert_eq!(client.code().await, 4409);
}

#[tokio::test]
async fn a_long_message_closes_with_1009() {
    let served = served(Rules { message: 100, ..Rules::default() }).await;
    for length in [101, 1_000, 100_000, 1_000_000] {
        let mut client = Client::greeted(&served).await;
        client.subscribe("1", &"a".repeat(length)).await;
        assert_eq!(client.code().await, 1009, "{length}");
    }
}

#[tokio::test]
async fn who_may_not_go_on_is_cut_off_and_an_ending_service_says_so() {
    let served = served(Rules::default()).await;
    for (why, code) in [(Dismissal::Ended, 4401), (Dismissal::Over, 4403)] {
        let mut client = Client::greeted(&served).await;
        client.subscribe("1", "never").await;
        served.leave.send_replace(Some(why));
        assert_eq!(client.code().await, code);
        served.leave.send_replace(None);
    }
    let mut client = Client::greeted(&served).await;
    served.ending.send(true).expect("a socket");
    assert_eq!(client.code().await, 1001);
}

#[tokio::test]
async fn who_is_gone_or_does_not_listen_is_let_go() {
    let rules =
        Rules { pulse: Duration::from_millis(100), patience: Duration::from_millis(200), ..Rules::default() };
    let served = served(rules).await;
    // One that is read answers pings by itself.
    let mut client = Client::greeted(&served).await;
    client.subscribe("1", "never").await;
    assert!(timeout(Duration::from_millis(500), client.hear()).await.is_err());
    // One that is not, does not.
    let mut deaf = Client::greeted(&served).await;
    deaf.subscribe("1", "never").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(deaf.code().await, 1006);
    let mut full = Client::greeted(&served).await;
    full.subscribe("1", "flood").await;
    tokio::time::sleep(Duration::from_millis(800)).await;
    let mut heard = 0;
    while heard < 1_000 && full.hear().await.is_ok() {
        heard += 1;
    }
    assert!(heard < 1_000, "{heard}");
}

#[tokio::test]
async fn an_operation_does_not_wait_for_a_slow_reader() {
    let served = served(Rules::default()).await;
    let mut client = Client::greeted(&served).await;
    for id in ["1", "2", "3"] {
        client.subscribe(id, "work").await;
    }
    // What nobody reads holds up whatever is to be told at this socket, and nothing else.
    client.subscribe("flood", "flood").await;
    let all_done = async {
        while served.worked.load(Ordering::Relaxed) < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), all_done).await.expect("in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operations_that_are_ended_are_not_there_any_more() {
    let served = served(Rules { operations: 2, ..Rules::default() }).await;
    let mut clients = [Client::greeted(&served).await, Client::greeted(&served).await];
    for _ in 0..2_000 {
        for client in &mut clients {
            client.subscribe("1", "counted").await;
            client.say(&json!({ "type": "complete", "id": "1" })).await;
        }
    }
    for client in &mut clients {
        client.subscribe("2", "{ a }").await;
        assert_eq!(client.hear().await.expect("an answer")["type"], "next");
    }
    assert_eq!(served.live.0.load(Ordering::Relaxed), 0);
    assert!(served.live.1.load(Ordering::Relaxed) <= 2, "one at each socket");
}

#[tokio::test]
async fn an_operation_that_panics_is_not_told_as_done() {
    let served = served(Rules::default()).await;
    let mut client = Client::greeted(&served).await;
    client.subscribe("1", "panic").await;
    let told = client.hear().await.expect("an answer");
    assert_eq!((&told["type"], &told["id"]), (&json!("error"), &json!("1")));
    assert_eq!(told["payload"][0]["extensions"]["code"], "INTERNAL");
    client.subscribe("1", "{ a }").await;
    assert_eq!(client.hear().await.expect("an answer")["payload"]["data"], "{ a }");
}

#[tokio::test]
async fn an_operation_ends_with_its_socket() {
    let served = served(Rules::default()).await;
    let mut client = Client::greeted(&served).await;
    client.subscribe("1", "work").await;
    client.subscribe("2", "{ a }").await;
    client.hear().await.expect("both have begun");
    drop(client);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(served.worked.load(Ordering::Relaxed), 0);
}
