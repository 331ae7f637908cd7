//! `/graphql`: requests of GraphQL over HTTP, as one answer or as events, and the door to sockets.
//!
//! Nothing is parsed before it is known who asks and that the body is not too long.

mod desk;
mod socket;

use std::net::SocketAddr;

use async_graphql::ServerError;
use axum::Extension;
use axum::body::Body;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, RawQuery, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use entity::StaffRole;
use futures_util::StreamExt;
use futures_util::future::pending;
use futures_util::stream::once;
use wire::budget::Purse;
use wire::refusal::NOT_ACCEPTABLE;
use wire::{Asked, MediaType, Refusal, answer, body, sse};

use super::Service;
use super::credentials::{self, Given};
use crate::error::Fault;
use crate::keys::Source;
use crate::schema::context::RequestId;
use crate::tenancy::Viewer;
use crate::values::network::Network;

pub(super) use desk::Desk;

/// Bytes of a request.
const BODY_MAX: usize = 256 * 1024;
/// Bytes of a request by those whose imports and outcomes are long.
const LONG_BODY_MAX: usize = 4 * 1024 * 1024;

/// What is anybody's may be kept by anybody, and is asked for again.
const KEEP_FOR_ALL: &str = "public, no-cache";
/// What is somebody's is kept by them alone.
const KEEP_FOR_ONE: &str = "private, no-cache";

type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// Who asks, and from where.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// Who.
    pub viewer: Viewer,
    /// From where.
    pub source: Source,
}

impl Caller {
    async fn of(service: &Service, given: &Given, headers: &HeaderMap, peer: &Peer) -> Result<Self, Refusal> {
        let viewer = credentials::viewer(&service.app, given, headers).await?;
        Ok(Self { viewer, source: source(service, headers, peer) })
    }

    /// Under what name it has its shares: its own where it is signed in, else its address.
    pub fn name(&self) -> String {
        match self.viewer.member() {
            Some(_) => self.viewer.mark(),
            None => self.source.to_string(),
        }
    }
}

fn source(service: &Service, headers: &HeaderMap, peer: &Peer) -> Source {
    let client = service.desk.face.peers.client(peer.as_ref().map(|peer| peer.0.0), headers);
    service.app.keys.source(client.map(Network::from))
}

/// Answers a request by POST.
pub(super) async fn post(
    State(service): State<Service>,
    Extension(id): Extension<RequestId>,
    peer: Peer,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Refusal> {
    let media = MediaType::wanted(&headers)?;
    let refused = |refusal: &Refusal| service.app.metrics.body_refused(refusal.code);
    body::check_is_json(&headers).inspect_err(refused)?;
    let given = credentials::given(&headers, &service.app.public_url)?;
    let caller = Caller::of(&service, &given, &headers, &peer).await?;
    let sent = body::read(&headers, sent, body_max(&caller.viewer)).await.inspect_err(refused)?;
    let sent = Sent { bytes: sent.len(), read: || Asked::from_json(&sent) };
    answer(&service, &caller, sent, Way { media, get: None }, id).await
}

/// Answers a query by GET, or opens a socket where that is asked for.
pub(super) async fn get(
    State(service): State<Service>,
    Extension(id): Extension<RequestId>,
    peer: Peer,
    RawQuery(parameters): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    // To any other protocol nobody has to change.
    if headers.get(header::UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket")) {
        let refused =
            |why: WebSocketUpgradeRejection| Refusal::bad_request(format!("No socket can be opened: {why}"));
        let source = source(&service, &headers, &peer);
        return socket::open(service, source, upgrade.map_err(refused)?, headers).await;
    }
    let media = MediaType::wanted(&headers)?;
    let given = credentials::given(&headers, &service.app.public_url)?;
    let caller = Caller::of(&service, &given, &headers, &peer).await?;
    let parameters = parameters.as_deref().unwrap_or_default();
    let sent = Sent { bytes: parameters.len(), read: || Asked::from_address(parameters) };
    answer(&service, &caller, sent, Way { media, get: Some(&headers) }, id).await
}

/// What was sent, read only when that is paid for.
struct Sent<R> {
    bytes: usize,
    read: R,
}

/// How a request came, and how its answer goes.
#[derive(Clone, Copy)]
struct Way<'h> {
    media: MediaType,
    /// The head of a GET, which changes nothing, and whose answer may be kept.
    get: Option<&'h HeaderMap>,
}

async fn answer(
    service: &Service,
    caller: &Caller,
    sent: Sent<impl FnOnce() -> Result<Asked, Refusal>>,
    way: Way<'_>,
    id: RequestId,
) -> Result<Response, Refusal> {
    let desk = &service.desk;
    let purse = desk.purse(caller);
    let refused = |error: ServerError| {
        let refused = desk.refused(error, &id);
        // Whoever takes events is told as one, whatever it is.
        if way.media == MediaType::Events {
            return Ok(sse::write(once(async { refused }).boxed(), pending()));
        }
        let mut answer = write(&refused, way.media)?;
        tell_standing(&purse, &mut answer);
        Ok(answer)
    };
    if let Err(error) = desk.let_in(&purse, sent.bytes) {
        return refused(error);
    }
    let ready = match desk.ready(caller, (sent.read)()?, &purse) {
        Ok(ready) => ready,
        Err(error) => return refused(error),
    };
    if way.get.is_some() {
        ready.check_is_query()?;
    }
    if way.media == MediaType::Events {
        let share = service.rooms.enter(caller)?;
        let answers = desk.answers(caller, ready, purse, id);
        // The room is taken as long as there are answers to come.
        let answers = answers.map(move |answer| (&share, answer).1);
        let (ended, dismissed) = (service.ended(), service.app.live.seat(&caller.viewer).dismissed());
        let cut = async move {
            tokio::select! {
                () = ended => {}
                _ = dismissed => {}
            }
        };
        return Ok(sse::write(answers.boxed(), cut));
    }
    if ready.is_subscription() {
        let message =
            "A subscription comes as events: send the header Accept: text/event-stream, or open a socket.";
        return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, NOT_ACCEPTABLE, message));
    }
    let response = desk.execute(caller, ready, &purse, &id).await?;
    let mut answer = match way.get {
        None => write(&response, way.media)?,
        Some(headers) => {
            let keep = if caller.viewer.member().is_some() { KEEP_FOR_ONE } else { KEEP_FOR_ALL };
            let answer = answer::write_to_keep(&response, way.media, (headers, keep));
            answer.map_err(|why| Fault::stored("answer", why))?
        }
    };
    tell_standing(&purse, &mut answer);
    Ok(answer)
}

fn tell_standing(purse: &Purse, answer: &mut Response) {
    if let Some(standing) = purse.standing() {
        standing.tell(answer.headers_mut());
        if !standing.is_paid {
            *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        }
    }
}

fn write(response: &async_graphql::Response, media: MediaType) -> Result<Response, Refusal> {
    answer::write(response, media).map_err(|why| Fault::stored("answer", why).into())
}

fn body_max(viewer: &Viewer) -> usize {
    match viewer.member().map(|member| member.role) {
        Some(StaffRole::Lead | StaffRole::Service | StaffRole::AgencyOfficer) => LONG_BODY_MAX,
        Some(StaffRole::Employer | StaffRole::Assessor | StaffRole::Observer) | None => BODY_MAX,
    }
}
