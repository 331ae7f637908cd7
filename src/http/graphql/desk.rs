//! Where operations are taken, whichever way they came: held against what is granted, executed in turn and in time, and
//! their answers made fit to be read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::{Response, ServerError, Value};
use axum::http::{HeaderValue, StatusCode, header};
use futures_util::stream::{BoxStream, StreamExt, once};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::Instrument;
use tracing::field::Empty;
use wire::answer::is_refused;
use wire::asked::Ready;
use wire::budget::{Budget, Purse, Standing};
use wire::document::{AnswerOrder, Shapes};
use wire::refusal::{OVERLOADED, TIMEOUT, coded};
use wire::trusted::Mode;
use wire::{Asked, Fit, Refusal};

use super::Caller;
use crate::app::App;
use crate::http::Face;
use crate::schema::context::{RequestId, with_context};
use crate::schema::errors::INTERNAL;
use crate::schema::{ApiSchema, COST_MAX, errors};
use crate::watch::Operation;

/// How long an operation waits for its turn.
const TURN: Duration = Duration::from_secs(1);
/// Most characters of an operation's name in the log.
const NAME_MAX: usize = 64;

/// What takes operations.
pub(in crate::http) struct Desk {
    app: Arc<App>,
    schema: ApiSchema,
    shapes: Arc<Shapes>,
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
        let shapes = Arc::new(Shapes::of(&schema.sdl()));
        Self { app, schema, shapes, face, clients, tenants, turns }
    }

    /// Makes a request fit for execution.
    pub fn ready(&self, caller: &Caller, asked: Asked) -> Result<Ready, ServerError> {
        let began = Instant::now();
        self.made_fit(caller, asked).inspect_err(|error| {
            self.app.metrics.operation(&Operation::unknown(), code_of(error), began.elapsed());
        })
    }

    fn made_fit(&self, caller: &Caller, mut asked: Asked) -> Result<Ready, ServerError> {
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
        let _counted = self.app.metrics.under_way();
        let (operation, began) = (Operation::of(&ready), Instant::now());
        let span = span(caller, &ready, id);
        let outcome = self.in_turn(caller, ready, id).instrument(span.clone()).await;
        let code = match &outcome {
            Ok((response, _)) => outcome_of(response),
            Err(refusal) => refusal.code,
        };
        let took = began.elapsed();
        span.record("code", code);
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        span.in_scope(|| tracing::info!(milliseconds, "executed"));
        self.app.metrics.operation(&operation, code, took);
        outcome
    }

    async fn in_turn(
        &self,
        caller: &Caller,
        ready: Ready,
        id: &RequestId,
    ) -> Result<(Response, Option<Standing>), Refusal> {
        let Ok(Ok(_turn)) = timeout(TURN, self.turns.acquire()).await else {
            let message = "Too much is asked for at the moment: try again in a second.";
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, OVERLOADED, message)
                .with(header::RETRY_AFTER, HeaderValue::from_static("1")));
        };
        let purse = self.purse(caller, &ready);
        let time = self.time(&ready);
        let word = self.word(caller, &ready);
        let fit = ready.fit;
        let request =
            with_context(ready.request, &self.app, &caller.viewer, caller.source).data(purse.clone());
        let executed = timeout(time, self.schema.execute(request)).await;
        let mut response = executed.map_err(|_| late(time))?;
        self.count_unpaid(&purse);
        self.arrange(&mut response, &fit);
        self.finish(&mut response, id);
        tell(&mut response, word);
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
        let (purse, mut word) = (self.purse(&caller, &ready), self.word(&caller, &ready));
        let span = span(&caller, &ready, &id);
        span.in_scope(|| tracing::info!("listens"));
        let mut listening = self.app.metrics.listening(Operation::of(&ready));
        let fit = ready.fit;
        let request =
            with_context(ready.request, &self.app, &caller.viewer, caller.source).data(purse.clone());
        let answers = self.schema.execute_stream(request);
        let seat = self.app.live.seat(&caller.viewer);
        let finished = move |mut response: Response| {
            let _entered = span.enter();
            desk.arrange(&mut response, &fit);
            desk.finish(&mut response, &id);
            if listening.told(outcome_of(&response)) {
                span.record("code", outcome_of(&response));
                desk.count_unpaid(&purse);
            }
            tell(&mut response, word.take());
            response
        };
        // Nothing is told once the caller may not go on, though it was about to be. Nor does it end then, which would tell the
        // caller that all is told: whatever it goes over is cut.
        answers.filter(move |_| std::future::ready(!seat.is_dismissed())).map(finished).boxed()
    }

    fn count_unpaid(&self, purse: &Purse) {
        if let Some(standing) = purse.standing().filter(|standing| !standing.is_paid) {
            self.app.metrics.budget_refused(standing.name);
        }
    }

    /// Answers null where something failed, and puts fields in the order in which they were asked for.
    fn arrange(&self, response: &mut Response, fit: &Fit) {
        // What was refused was not executed, and may not be valid.
        if is_refused(response) {
            return;
        }
        let name = fit.name.as_deref();
        self.shapes.complete(response, &fit.document, name);
        if response.data != Value::Null {
            AnswerOrder::of(&fit.document, name).arrange(&mut response.data);
        }
    }

    fn finish(&self, response: &mut Response, id: &RequestId) {
        errors::finish(response, id, self.face.limits.introspection);
    }

    /// A client pays for itself; a body's pay from what is the body's as well.
    fn purse(&self, caller: &Caller, ready: &Ready) -> Purse {
        let mut budgets = vec![(Arc::clone(&self.clients), caller.name())];
        if let Some(body) = caller.viewer.member().and_then(|member| member.body) {
            budgets.push((Arc::clone(&self.tenants), body.to_string()));
        }
        Purse::new(budgets, ready.fit.cost, COST_MAX)
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

/// Says a word to whoever reads the answer.
fn tell(response: &mut Response, word: Option<&'static str>) {
    response.extensions.extend(word.map(|word| ("warning".to_owned(), word.into())));
}

/// The code of what came of an operation: that of its first error, where it has one.
fn outcome_of(response: &Response) -> &str {
    response.errors.first().map_or("OK", code_of)
}

fn code_of(error: &ServerError) -> &str {
    match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
        Some(Value::String(code)) => code,
        _ => INTERNAL,
    }
}

/// A refusal where only errors of GraphQL can be told.
pub(super) fn as_error(refusal: &Refusal) -> ServerError {
    coded(refusal.code, refusal.message.as_str())
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
fn span(caller: &Caller, ready: &Ready, id: &RequestId) -> tracing::Span {
    let name: String = ready.fit.name.iter().flat_map(|name| name.chars().take(NAME_MAX)).collect();
    let tenant = caller.viewer.member().and_then(|member| member.body);
    tracing::info_span!(
        "graphql",
        "graphql.operation.type" = %ready.fit.operation,
        "graphql.operation.name" = name,
        "graphql.document.hash" = ready.document_hash(),
        tenant = tenant.map(tracing::field::display),
        request_id = id.0,
        code = Empty,
    )
}
