//! Listening to the service by server-sent events, in process.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::StatusCode;
use futures_util::StreamExt;
use nominations::live;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::timeout;
use tower::ServiceExt;

use super::{Caller, World, post};

/// How long a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it waits for what must not.
const QUIET: Duration = Duration::from_millis(900);

/// A process that tells those who listen, for as long as this is held.
pub struct Attended(#[expect(dead_code, reason = "who attends ends with it")] watch::Sender<bool>);

impl World {
    /// Has this process tell those who listen.
    pub fn attended(&self) -> Attended {
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(live::attend(self.app.clone(), stopped));
        Attended(stop)
    }
}

/// Somebody who listens.
pub struct Listener {
    stream: BodyDataStream,
    text: String,
    /// What came while it began to listen.
    early: Option<Heard>,
}

/// What was heard.
enum Heard {
    Event(Value),
    TheEnd,
}

impl Caller {
    /// Listens to a subscription.
    pub async fn listen(&self, query: &str, variables: Value) -> Listener {
        let mut request = post("/graphql").header("accept", "text/event-stream");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = json!({ "query": query, "variables": variables }).to_string();
        let answer = self.router.clone().oneshot(request.body(Body::from(body)).expect("a request")).await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        let mut listener =
            Listener { stream: answer.into_body().into_data_stream(), text: String::new(), early: None };
        // In process nothing of it is done before somebody asks for it.
        if let Ok(event) = timeout(QUIET, listener.event()).await {
            listener.early = Some(event.map_or(Heard::TheEnd, Heard::Event));
        }
        listener
    }
}

impl Listener {
    /// What comes next; none at the end.
    pub async fn next(&mut self) -> Option<Value> {
        timeout(PATIENCE, self.event()).await.expect("in time")
    }

    /// The data of what comes next.
    pub async fn data(&mut self) -> Value {
        let mut told = self.next().await.expect("an event");
        assert_eq!(told.get("errors"), None, "{told}");
        told["data"].take()
    }

    /// Whether nothing is told but an error.
    pub fn is_refused(&self) -> bool {
        matches!(&self.early, Some(Heard::Event(event)) if event.get("errors").is_some())
    }

    /// What comes within a moment, all together.
    pub async fn rest(&mut self) -> Vec<Value> {
        let mut rest = Vec::new();
        while let Ok(Some(event)) = timeout(QUIET, self.event()).await {
            rest.push(event);
        }
        rest
    }

    async fn event(&mut self) -> Option<Value> {
        match self.early.take() {
            Some(Heard::Event(event)) => return Some(event),
            Some(Heard::TheEnd) => return None,
            None => {}
        }
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                match (field("event: "), field("data: ")) {
                    (Some("next"), Some(data)) => return Some(serde_json::from_str(data).expect("JSON")),
                    (Some("complete"), _) => return None,
                    _ => continue,
                }
            }
            let bytes = self.stream.next().await?.expect("a body");
            self.text.push_str(std::str::from_utf8(&bytes).expect("a text"));
        }
    }
}
