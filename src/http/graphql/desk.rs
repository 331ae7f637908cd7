//! Where operations are taken, whichever way they came: held against what is granted, executed in turn and in time, and
//! their answers made fit to be read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::{Response, ServerError, Value};
use axum::http::{HeaderValue, StatusCode, header};
use futures_util::stream::{BoxStream, StreamExt, once};
use tokio::time::timeout;
use tracing::Instrument;
use tracing::field::Empty;
use wire::answer::is_refused;
use wire::asked::Ready;
use wire::budget::{Budget, Pace, Purse};
use wire::document::{AnswerOrder, Shapes};
use wire::refusal::{OVERLOADED, TIMEOUT, coded};
use wire::shares::Shares;
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
const TURN: Duration = Duration::from_secs(2);
/// Most characters of an operation's name in the log.
const NAME_MAX: usize = 64;

/// What takes operations.
pub(in crate::http) struct Desk {
    app: Arc<App>,
    schema: ApiSchema,
    shapes: Arc<Shapes>,
    pub face: Face,
    clients: Arc<Budget>,
    /// Of callers who are not signed in, who may be as many as there are addresses: they crowd out no member.
    strangers: Arc<Budget>,
    tenants: Arc<Budget>,
    events: Arc<Budget>,
    turns: Arc<Shares<String>>,
    strangers_turns: Arc<Shares<String>>,
}

impl Desk {
    pub fn new(app: Arc<App>, schema: ApiSchema, face: Face) -> Self {
        let clients = Arc::new(Budget::new("client", face.client_points));
        let strangers = Arc::new(Budget::new("client", face.client_points));
        let tenants = Arc::new(Budget::new("body", face.tenant_points));
        let events = Arc::new(Budget::new("events", face.event_points));
        let turns = Arc::new(Shares::new(face.in_flight, face.in_flight_of_one));
        let strangers_turns = Arc::new(Shares::new(face.strangers_in_flight, face.in_flight_of_one));
        let shapes = Arc::new(Shapes::of(&schema.sdl()));
        Self { app, schema, shapes, face, clients, strangers, tenants, events, turns, strangers_turns }
    }

    /// Has a request of so many bytes paid for before anything of it is read.
    pub fn let_in(&self, purse: &Purse, bytes: usize) -> Result<(), ServerError> {
        let began = Instant::now();
        let refused = |error: &ServerError| self.count_refused(&Operation::unknown(), error, purse, began);
        purse.pay_reading(bytes).inspect_err(refused)
    }

    /// Makes a request fit for execution, and has it paid for that its document is looked at.
    pub fn ready(&self, caller: &Caller, asked: Asked, purse: &Purse) -> Result<Ready, ServerError> {
        let began = Instant::now();
        let unfit = |error: &ServerError| self.count_refused(&Operation::unknown(), error, purse, began);
        let ready = self.made_fit(caller, asked).inspect_err(unfit)?;
        let unpaid = |error: &ServerError| self.count_refused(&Operation::of(&ready), error, purse, began);
        purse.pay_up_to(ready.fit.cost).inspect_err(unpaid)?;
        Ok(ready)
    }

    fn count_refused(&self, operation: &Operation, error: &ServerError, purse: &Purse, began: Instant) {
        self.app.metrics.operation(operation, code_of(error), began.elapsed());
        self.count_unpaid(purse);
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

    /// Executes a query or an act.
    pub async fn execute(
        &self,
        caller: &Caller,
        ready: Ready,
        purse: &Purse,
        id: &RequestId,
    ) -> Result<Response, Refusal> {
        let _counted = self.app.metrics.under_way();
        let (operation, began) = (Operation::of(&ready), Instant::now());
        let span = span(caller, &ready, id);
        let outcome = self.in_turn(caller, ready, purse, id).instrument(span.clone()).await;
        let code = match &outcome {
            Ok(response) => outcome_of(response),
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
        purse: &Purse,
        id: &RequestId,
    ) -> Result<Response, Refusal> {
        let turn = self.turns(caller).wait(tenant(caller));
        let Ok(Ok(_turn)) = timeout(TURN, turn).await else {
            let message = "Too much is asked for at the moment: try again in a second.";
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, OVERLOADED, message)
                .with(header::RETRY_AFTER, HeaderValue::from_static("1")));
        };
        let time = self.time(&ready);
        let word = self.word(caller, &ready);
        let fit = ready.fit;
        let request =
            with_context(ready.request, &self.app, &caller.viewer, caller.source).data(purse.clone());
        let executed = timeout(time, self.schema.execute(request)).await;
        let mut response = executed.map_err(|_| late(time))?;
        self.count_unpaid(purse);
        self.arrange(&mut response, &fit);
        self.finish(&mut response, id);
        if is_refused(&response) {
            purse.give_back_rest();
        }
        tell(&mut response, word);
        Ok(response)
    }

    /// The answers to an operation of any kind, one after another.
    pub fn answers(
        self: &Arc<Self>,
        caller: &Caller,
        ready: Ready,
        purse: Purse,
        id: RequestId,
    ) -> BoxStream<'static, Response> {
        let (desk, caller) = (Arc::clone(self), caller.clone());
        if !ready.is_subscription() {
            let answer = async move {
                let answer = desk.execute(&caller, ready, &purse, &id).await;
                answer.unwrap_or_else(|refusal| desk.refused(as_error(&refusal), &id))
            };
            return once(answer).boxed();
        }
        let (pace, mut word) = (self.pace(&caller), self.word(&caller, &ready));
        let span = span(&caller, &ready, &id);
        span.in_scope(|| tracing::info!("listens"));
        let mut listening = self.app.metrics.listening(Operation::of(&ready));
        let fit = ready.fit;
        let request = with_context(ready.request, &self.app, &caller.viewer, caller.source)
            .data(purse.clone())
            .data(pace);
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
    pub fn purse(&self, caller: &Caller) -> Purse {
        let Some(member) = caller.viewer.member() else {
            return Purse::new(vec![(Arc::clone(&self.strangers), caller.name())], COST_MAX);
        };
        let mut budgets = vec![(Arc::clone(&self.clients), caller.name())];
        budgets.extend(member.body.map(|body| (Arc::clone(&self.tenants), body.to_string())));
        Purse::new(budgets, COST_MAX)
    }

    /// Members take no turns of others, and strangers none of members.
    fn turns(&self, caller: &Caller) -> &Arc<Shares<String>> {
        if caller.viewer.member().is_some() { &self.turns } else { &self.strangers_turns }
    }

    fn pace(&self, caller: &Caller) -> Pace {
        Pace {
            budget: Arc::clone(&self.events),
            who: caller.name(),
            turns: Arc::clone(self.turns(caller)),
            tenant: tenant(caller),
        }
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

/// Out of whose share turns are taken: that of a body, where it is one's, else the caller's own.
fn tenant(caller: &Caller) -> String {
    let body = caller.viewer.member().and_then(|member| member.body);
    body.map_or_else(|| caller.name(), |body| body.to_string())
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
