//! Operations over a WebSocket: the protocol `graphql-transport-ws`.
//!
//! One task for a socket reads what comes, says what the operations answer, and closes with the code that the protocol has for
//! what went wrong. The operations have tasks of their own, which end with the socket.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_graphql::{Response, ServerError};
use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, Stream, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_stream::StreamMap;

use crate::answer::{Written, is_refused};
use crate::{Asked, Refusal, json};

/// The name of the protocol, as it is agreed on when a socket is opened.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// Most bytes of an operation's id.
const ID_MAX: usize = 128;

/// What stands behind the sockets.
pub trait Host: Send + Sync + 'static {
    /// Who is at a socket.
    type Caller: Send + Sync + 'static;

    /// Who is at the socket, by what was sent to begin with.
    fn welcome(&mut self, sent: Json) -> impl Future<Output = Result<Self::Caller, Refusal>> + Send;

    /// The answers to one operation, which came in so many bytes: one of a query or a mutation, any number of a subscription.
    fn answers(&self, caller: &Self::Caller, asked: Asked, bytes: usize) -> BoxStream<'static, Response>;

    /// What is answered to an operation that is not begun.
    fn refused(&self, refusal: &Refusal) -> Response;

    /// What is answered to an operation that panicked.
    fn broken(&self) -> Response;

    /// Done when the caller may not go on, with why.
    fn dismissed(&self, caller: &Self::Caller) -> BoxFuture<'static, Dismissal>;
}

/// Why a caller may not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dismissal {
    /// It is not any more who it was.
    Ended,
    /// Its time is over: it may come again, with another token.
    Over,
}

/// The bounds of a socket.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// How long a caller may take to say who it is.
    pub greeting: Duration,
    /// How often a caller is asked whether it is still there. It is gone when it has said nothing until the next time.
    pub pulse: Duration,
    /// How long a caller may take to take in a message.
    pub patience: Duration,
    /// Operations at once.
    pub operations: usize,
    /// Bytes of a message.
    pub message: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            greeting: Duration::from_secs(3),
            pulse: Duration::from_secs(20),
            patience: Duration::from_secs(10),
            operations: 20,
            message: 256 * 1024,
        }
    }
}

/// Why a socket is closed: a code, and a word for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The code.
    pub code: u16,
    /// The word, of up to 123 bytes.
    pub reason: String,
}

impl Closing {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }

    fn too_big() -> Self {
        Self::new(1009, "Message too big")
    }

    fn bad_message(what: &str) -> Self {
        Self::new(4400, format!("Invalid message: {what}"))
    }
}

/// How a conversation ends.
enum End {
    /// With a word.
    Closed(Closing),
    /// The other side is gone, or does not listen.
    Gone,
}

impl From<axum::Error> for End {
    fn from(error: axum::Error) -> Self {
        match error.into_inner().downcast_ref() {
            Some(tungstenite::Error::Capacity(_)) => Closing::too_big().into(),
            _ => Self::Gone,
        }
    }
}

impl From<Closing> for End {
    fn from(closing: Closing) -> Self {
        Self::Closed(closing)
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Sent {
    ConnectionInit {
        payload: Option<Map<String, Json>>,
    },
    Ping {
        #[serde(rename = "payload")]
        _payload: Option<Json>,
    },
    Pong {
        #[serde(rename = "payload")]
        _payload: Option<Json>,
    },
    Subscribe {
        id: String,
        payload: Json,
    },
    Complete {
        id: String,
    },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said<'s> {
    ConnectionAck,
    Pong,
    Next { id: &'s str, payload: Written<'s> },
    Error { id: &'s str, payload: &'s [ServerError] },
    Complete { id: &'s str },
}

/// An operation in a task of its own: it holds locks and connections, and does not stand still while its socket waits for a slow
/// reader.
struct Running {
    task: JoinSet<()>,
    told: mpsc::Receiver<Response>,
    is_done: bool,
}

impl Running {
    fn begin(mut answers: BoxStream<'static, Response>) -> Self {
        let (sender, told) = mpsc::channel(1);
        let mut task = JoinSet::new();
        task.spawn(async move {
            while let Some(answer) = answers.next().await {
                if sender.send(answer).await.is_err() {
                    return;
                }
            }
        });
        Self { task, told, is_done: false }
    }

    /// Ends it, and waits until it has: whoever begins and ends operations faster than that would have more of them than it may.
    async fn end(mut self) {
        self.task.shutdown().await;
    }
}

/// What an operation has to say.
enum Word {
    Answer(Box<Response>),
    Done,
    /// It panicked.
    Broken,
}

/// Its answers, then once how it ended.
impl Stream for Running {
    type Item = Word;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Word>> {
        if self.is_done {
            return Poll::Ready(None);
        }
        if let Some(answer) = ready!(self.told.poll_recv(context)) {
            return Poll::Ready(Some(Word::Answer(answer.into())));
        }
        let ended = ready!(self.task.poll_join_next(context));
        self.is_done = true;
        Poll::Ready(Some(if matches!(ended, Some(Err(_))) { Word::Broken } else { Word::Done }))
    }
}

/// Has a socket opened for this protocol, for messages that are no longer than the rules say.
pub fn agree(upgrade: WebSocketUpgrade, rules: Rules) -> WebSocketUpgrade {
    upgrade.protocols([PROTOCOL]).max_message_size(rules.message).max_frame_size(rules.message)
}

/// Goes on until one side has enough, or the service ends.
pub async fn serve<H: Host>(socket: WebSocket, host: H, rules: Rules, ending: watch::Receiver<bool>) {
    let mut conversation = Conversation {
        socket,
        host,
        rules,
        caller: None,
        dismissed: None,
        running: StreamMap::new(),
        is_heard: true,
    };
    let end = if conversation.socket.protocol().is_some_and(|protocol| protocol == PROTOCOL) {
        conversation.go_on(ending).await
    } else {
        Closing::new(4406, "Subprotocol not acceptable").into()
    };
    if let End::Closed(closing) = end {
        conversation.close(closing).await;
    }
}

struct Conversation<H: Host> {
    socket: WebSocket,
    host: H,
    rules: Rules,
    caller: Option<H::Caller>,
    dismissed: Option<BoxFuture<'static, Dismissal>>,
    running: StreamMap<String, Running>,
    /// Whether anything was heard since the last pulse.
    is_heard: bool,
}

impl<H: Host> Conversation<H> {
    async fn go_on(&mut self, mut ending: watch::Receiver<bool>) -> End {
        let begun = Instant::now();
        let greeted_by = begun + self.rules.greeting;
        let mut pulse = interval_at(begun + self.rules.pulse, self.rules.pulse);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let is_greeted = self.caller.is_some();
            let step = tokio::select! {
                // In this order: a socket that has to end ends, however much there is to say.
                biased;
                () = ended(&mut ending) => Err(Closing::new(1001, "Going away").into()),
                () = sleep_until(greeted_by), if !is_greeted => {
                    Err(Closing::new(4408, "Connection initialisation timeout").into())
                }
                why = over(&mut self.dismissed) => Err(match why {
                    Dismissal::Ended => Closing::new(4401, "Unauthorized").into(),
                    Dismissal::Over => Closing::new(4403, "Connect again, with another token").into(),
                }),
                _ = pulse.tick() => self.pulse().await,
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.hear(message, greeted_by).await,
                    Some(Err(error)) => Err(error.into()),
                    None => Err(End::Gone),
                },
                Some((id, word)) = self.running.next(), if !self.running.is_empty() => {
                    self.tell(&id, word).await
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn pulse(&mut self) -> Result<(), End> {
        if !std::mem::take(&mut self.is_heard) {
            return Err(End::Gone);
        }
        self.send(Message::Ping(Vec::new().into())).await
    }

    async fn hear(&mut self, message: Message, greeted_by: Instant) -> Result<(), End> {
        self.is_heard = true;
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(Closing::bad_message("it is not text").into()),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(End::Gone),
        };
        json::check_size(text.as_bytes()).map_err(|refusal| Closing::bad_message(&refusal.message))?;
        let sent =
            serde_json::from_str(&text).map_err(|_| Closing::bad_message("it is none of this protocol's"))?;
        match sent {
            Sent::ConnectionInit { payload } => {
                self.greet(payload.unwrap_or_default().into(), greeted_by).await
            }
            Sent::Ping { .. } => self.say(&Said::Pong).await,
            Sent::Pong { .. } => Ok(()),
            Sent::Subscribe { id, payload } => self.begin(id, payload, text.len()).await,
            Sent::Complete { id } => {
                self.end(&id).await;
                Ok(())
            }
        }
    }

    async fn greet(&mut self, sent: Json, by: Instant) -> Result<(), End> {
        if self.caller.is_some() {
            return Err(Closing::new(4429, "Too many initialisation requests").into());
        }
        let late = |_| Closing::new(4408, "Connection initialisation timeout");
        let welcome = tokio::time::timeout_at(by, self.host.welcome(sent)).await.map_err(late)?;
        let caller = welcome.map_err(|refusal| {
            // What is not the caller's fault is no reason to stay away.
            let code = if refusal.status.is_server_error() { 1013 } else { 4403 };
            Closing::new(code, refusal.message)
        })?;
        self.dismissed = Some(self.host.dismissed(&caller));
        self.caller = Some(caller);
        self.say(&Said::ConnectionAck).await
    }

    async fn begin(&mut self, id: String, payload: Json, bytes: usize) -> Result<(), End> {
        let Some(caller) = &self.caller else {
            return Err(Closing::new(4401, "Unauthorized").into());
        };
        // It comes back with every answer.
        if !(1..=ID_MAX).contains(&id.len()) {
            return Err(Closing::bad_message(&format!("its id has 1 to {ID_MAX} characters")).into());
        }
        if self.running.contains_key(&id) {
            return Err(Closing::new(4409, format!("Subscriber for {id} already exists")).into());
        }
        if self.running.len() >= self.rules.operations {
            let refusal = Refusal::new(
                axum::http::StatusCode::TOO_MANY_REQUESTS,
                crate::refusal::RATE_LIMITED,
                format!("{} operations go on at this socket: complete one first.", self.rules.operations),
            );
            let refused = self.host.refused(&refusal);
            return self.tell(&id, Word::Answer(refused.into())).await;
        }
        let asked = Asked::from_value(payload).map_err(|refusal| Closing::bad_message(&refusal.message))?;
        let running = Running::begin(self.host.answers(caller, asked, bytes));
        self.running.insert(id, running);
        Ok(())
    }

    async fn end(&mut self, id: &str) {
        if let Some(running) = self.running.remove(id) {
            running.end().await;
        }
    }

    /// Says what an operation answered. One that was refused is done.
    async fn tell(&mut self, id: &str, word: Word) -> Result<(), End> {
        let answer = match word {
            Word::Answer(answer) => *answer,
            Word::Broken => self.host.broken(),
            Word::Done => {
                self.end(id).await;
                return self.say(&Said::Complete { id }).await;
            }
        };
        if is_refused(&answer) {
            self.end(id).await;
            return self.say(&Said::Error { id, payload: &answer.errors }).await;
        }
        self.say(&Said::Next { id, payload: Written::of(&answer) }).await
    }

    async fn say(&mut self, message: &Said<'_>) -> Result<(), End> {
        let Ok(text) = serde_json::to_string(message) else {
            tracing::error!("an answer cannot be written down");
            return Err(End::Gone);
        };
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(self.rules.patience, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    /// Closes, and waits a moment for the other side to have heard it.
    async fn close(mut self, closing: Closing) {
        let frame = CloseFrame { code: closing.code, reason: fit(&closing.reason).into() };
        if self.send(Message::Close(Some(frame))).await.is_ok() {
            let rest = async {
                while let Some(message) = self.socket.recv().await {
                    // To close beside what was not read would throw away what was just said.
                    if message.is_err() {
                        std::future::pending::<()>().await;
                    }
                }
            };
            drop(timeout(Duration::from_secs(1), rest).await);
        }
    }
}

/// Done when the service ends.
async fn ended(ending: &mut watch::Receiver<bool>) {
    // Who would say so is gone: it ends as well.
    drop(ending.wait_for(|ends| *ends).await);
}

/// Done with what it holds; never where it holds nothing.
async fn over(dismissed: &mut Option<BoxFuture<'static, Dismissal>>) -> Dismissal {
    match dismissed {
        Some(dismissed) => dismissed.await,
        None => std::future::pending().await,
    }
}

/// As much of a word as a close frame takes.
fn fit(reason: &str) -> String {
    let end = (0..=reason.len().min(123)).rev().find(|end| reason.is_char_boundary(*end)).unwrap_or_default();
    reason[..end].to_owned()
}

#[cfg(test)]
mod tests;
