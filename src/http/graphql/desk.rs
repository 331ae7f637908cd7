//! Where operations are taken, whichever way they came: held against what is granted, executed in turn and in time, and
//! their answers made fit to be read.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Response, ServerError, Value};
use axum::http::{HeaderValue, StatusCode, header};
use futures_util::stream::{BoxStream, StreamExt, once};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::Instrument;
use wire::asked::Ready;
use wire::budget::{Budget, Purse, Standing};
use wire::document::AnswerOrder;
use wire::refusal::TIMEOUT;
use wire::trusted::Mode;
use wire::{Asked, Fit, Refusal};

use super::Caller;
use crate::app::App;
use crate::http::Face;
use crate::schema::context::{RequestId, with_context};
use crate::schema::{ApiSchema, errors};

/// How long an operation waits for its turn.
const TURN: Duration = Duration::from_secs(1);
/// Most characters of an operation's name in the log.
const NAME_MAX: usize = 64;

/// What takes operations.
pub(in crate::http) struct Desk {
    app: Arc<App>,
    schema: ApiSchema,
    pub face: Face,
    clients: Arc<Budget>,
    tenants: Arc<Budget>,
    turns: Semaphore,
}

impl Desk {
    pub fn new(app: Arc<App>, schema: ApiSchema, face: Face) -> Self {
        let clients = Arc::new(Budget::new("client", face.client_points));
        let tenants = Arc::new(Budget::new("body", face.tenant_points));
        let turns = Semaphore::new(face.in_flight);
        Self { app, schema, face, clients, tenants, turns }
    }

    /// Makes a request fit for execution.
    pub fn ready(&self, caller: &Caller, mut asked: Asked) -> Result<Ready, ServerError> {
        let mode = self.face.modes.of(&caller.viewer);
        let trusted = self.face.documents.look_up(&mut asked, mode)?;
        let ready = asked.fit(&self.face.limits)?;
        if trusted.is_none() && !self.face.documents.is_empty() {
            tracing::info!(hash = ready.document_hash(), "a document that is in no manifest");
        }
        Ok(Ready { trusted, ..ready })
    }

    /// An answer that is one error.
    pub fn refused(&self, error: ServerError, id: &RequestId) -> Response {
        let mut response = Response::from_errors(vec![error]);
        self.finish(&mut response, id);
        response
    }

    /// Executes a query or an act, and tells where the caller stands after it.
    pub async fn execute(
        &self,
        caller: &Caller,
        ready: Ready,
        id: &RequestId,
    ) -> Result<(Response, Option<Standing>), Refusal> {
        let Ok(Ok(_turn)) = timeout(TURN, self.turns.acquire()).await else {
            let message = "Too much is asked for at the moment: try again in a second.";
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED", message)
                .with(header::RETRY_AFTER, HeaderValue::from_static("1")));
        };
        let purse = self.purse(caller);
        let (span, time) = (span(caller, &ready), self.time(&ready));
        let word = self.word(caller, &ready);
        let fit = ready.fit;
        let request =
            with_context(ready.request, &self.app, &caller.viewer, caller.source).data(purse.clone());
        let executed = timeout(time, self.schema.execute(request).instrument(span)).await;
        let mut response = executed.map_err(|_| late(time))?;
        arrange(&mut response, &fit);
        self.finish(&mut response, id);
        if let Some(word) = word {
            response.extensions.insert("warning".to_owned(), word.into());
        }
        Ok((response, purse.standing()))
    }

    /// The answers to an operation of any kind, one after another.
    pub fn answers(
        self: &Arc<Self>,
        caller: &Caller,
        ready: Ready,
        id: RequestId,
    ) -> BoxStream<'static, Response> {
        let (desk, caller) = (Arc::clone(self), caller.clone());
        if !ready.is_subscription() {
            let answer = async move {
                match desk.execute(&caller, ready, &id).await {
                    Ok((response, _)) => response,
                    Err(refusal) => desk.refused(as_error(&refusal), &id),
                }
            };
            return once(answer).boxed();
        }
        let purse = self.purse(&caller);
        let fit = ready.fit;
        let request = with_context(ready.request, &self.app, &caller.viewer, caller.source).data(purse);
        let answers = self.schema.execute_stream(request);
        let seat = self.app.live.seat(&caller.viewer);
        let sign = seat.sign();
        let finished = move |mut response: Response| {
            arrange(&mut response, &fit);
            desk.finish(&mut response, &id);
            response
        };
        // Nothing is told once the caller may not go on, though it was about to be.
        answers
            .take_until(seat.dismissed())
            .take_while(move |_| std::future::ready(!*sign.borrow()))
            .map(finished)
            .boxed()
    }

    fn finish(&self, response: &mut Response, id: &RequestId) {
        errors::finish(response, id, self.face.limits.introspection);
    }

    /// A client pays for itself; a body's pay from what is the body's as well.
    fn purse(&self, caller: &Caller) -> Purse {
        let mut budgets = vec![(Arc::clone(&self.clients), caller.name())];
        if let Some(body) = caller.viewer.member().and_then(|member| member.body) {
            budgets.push((Arc::clone(&self.tenants), body.to_string()));
        }
        Purse::new(budgets)
    }

    /// What is said of a document that is in no manifest, where something is to be said.
    fn word(&self, caller: &Caller, ready: &Ready) -> Option<&'static str> {
        let warns = self.face.modes.of(&caller.viewer) == Mode::Warn && ready.trusted.is_none();
        warns.then_some(
            "This document is in no manifest, and may be refused some day: have your client's manifest added.",
        )
    }

    fn time(&self, ready: &Ready) -> Duration {
        if ready.is_query() { self.face.query_time } else { self.face.act_time }
    }
}

/// Puts an answer's fields in the order in which they were asked for.
fn arrange(response: &mut Response, fit: &Fit) {
    // Where there is data the document was valid, so no fragment spreads without end.
    if response.data != Value::Null {
        AnswerOrder::of(&fit.document, fit.name.as_deref()).arrange(&mut response.data);
    }
}

/// A refusal where only errors of GraphQL can be told.
pub(super) fn as_error(refusal: &Refusal) -> ServerError {
    let mut error = ServerError::new(refusal.message.clone(), None);
    error.extensions.get_or_insert_default().set("code", refusal.code);
    error
}

fn late(time: Duration) -> Refusal {
    let message = format!(
        "This took longer than {} seconds and was given up: ask for less at once. An act that is sent again with the same \
         idempotencyKey is done once.",
        time.as_secs()
    );
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT, message)
}

/// What is executed, for whom; never with its variables.
fn span(caller: &Caller, ready: &Ready) -> tracing::Span {
    let name: String = ready.fit.name.iter().flat_map(|name| name.chars().take(NAME_MAX)).collect();
    let tenant = caller.viewer.member().and_then(|member| member.body);
    tracing::info_span!(
        "graphql",
        "graphql.operation.type" = %ready.fit.operation,
        "graphql.operation.name" = name,
        "graphql.document.hash" = ready.document_hash(),
        tenant = tenant.map(tracing::field::display),
    )
}
