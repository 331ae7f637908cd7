//! Sockets: who may open one, and what stands behind it.

use async_graphql::Response;
use axum::extract::WebSocketUpgrade;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response as HttpResponse;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, pending};
use futures_util::stream::{BoxStream, StreamExt, once};
use serde_json::Value as Json;
use wire::shares::Share;
use wire::socket::{self, Dismissal, Host, Rules};
use wire::{Asked, Refusal};

use super::desk::as_error;
use super::{Caller, body_max};
use crate::http::credentials::{self, Given};
use crate::http::{Service, origins, refusals, request};
use crate::keys::Source;
use crate::people::actions::is_still_at_it;
use crate::schema::errors::FORBIDDEN;
use crate::tenancy::{SystemScope, Viewer};

/// Opens a socket for our own pages, those of frontends that are listed, and whoever is no browser.
pub async fn open(
    service: Service,
    source: Source,
    upgrade: WebSocketUpgrade,
    headers: HeaderMap,
) -> Result<HttpResponse, Refusal> {
    let is_ours = check_origin(&service, &headers).await?;
    let given = credentials::given_at_socket(&headers, &service.app.public_url, is_ours)?;
    let viewer = credentials::viewer(&service.app, &given, &headers).await?;
    let caller = Caller { viewer, source };
    let share = service.rooms.wait(&caller)?;
    let viewer = caller.viewer;
    // As long as the longest that anybody may send over HTTP, until it is known who is there.
    let rules = Rules { message: body_max(&viewer), ..service.desk.face.socket };
    let ending = service.ending.subscribe();
    let host =
        Behind { service, source, headers: without_cookies(headers), opened_by: (given, viewer), share };
    Ok(socket::agree(upgrade, rules)
        .on_upgrade(move |connection| socket::serve(connection, host, rules, ending)))
}

/// Whether a page of our own opens it. Browsers open sockets for any page, and send our cookie along.
async fn check_origin(service: &Service, headers: &HeaderMap) -> Result<bool, Refusal> {
    let Some(origin) = origins::origin(headers) else { return Ok(false) };
    if origin == service.app.public_url.origin().ascii_serialization() {
        return Ok(true);
    }
    if origins::listed(&service.app, headers).await?.is_some() {
        return Ok(false);
    }
    let message = "Pages of this origin may not use the service: whoever runs it adds frontends.";
    Err(Refusal::new(StatusCode::FORBIDDEN, FORBIDDEN, message))
}

/// Whether somebody is still what they were when the socket was opened, as they go on to do things.
async fn check_is_still(service: &Service, viewer: &Viewer) -> Result<(), Refusal> {
    let still = is_still_at_it(&service.app.db, &SystemScope::of("socket"), viewer).await?;
    if still { Ok(()) } else { Err(refusals::no_longer_signed_in()) }
}

fn without_cookies(mut headers: HeaderMap) -> HeaderMap {
    headers.remove(header::COOKIE);
    headers
}

/// What stands behind a socket.
struct Behind {
    service: Service,
    source: Source,
    headers: HeaderMap,
    opened_by: (Given, Viewer),
    /// Given back when the socket is closed.
    share: Share,
}

impl Host for Behind {
    type Caller = Caller;

    /// Whoever opened the socket without a token may send one now, as `{"authorization": "Bearer <token>"}`. Now it is known out of
    /// whose share the socket is.
    async fn welcome(&mut self, sent: Json) -> Result<Caller, Refusal> {
        let (given, viewer) = &self.opened_by;
        let sent = ["authorization", "Authorization"].iter().find_map(|name| sent.get(*name)?.as_str());
        let viewer = match (given, sent) {
            (_, None) => viewer.clone(),
            (Given::Nothing, Some(authorization)) => {
                let unreadable = |_| refusals::unreadable_token();
                let mut headers = self.headers.clone();
                let value = HeaderValue::from_str(authorization).map_err(unreadable)?;
                headers.insert(header::AUTHORIZATION, value);
                let app = &self.service.app;
                let given = credentials::given(&headers, &app.public_url)?;
                credentials::viewer(app, &given, &headers).await?
            }
            (Given::Bearer(_) | Given::Cookie(_), Some(_)) => {
                return Err(Refusal::bad_request("Send one token, or one cookie, not both."));
            }
        };
        let caller = Caller { viewer, source: self.source };
        if self.opened_by.1.member().is_none() {
            self.share = self.service.rooms.enter(&caller)?;
        }
        Ok(caller)
    }

    fn answers(&self, caller: &Caller, asked: Asked, bytes: usize) -> BoxStream<'static, Response> {
        let id = request::made_id(&self.service.app.random);
        let (service, caller) = (self.service.clone(), caller.clone());
        let purse = service.desk.purse(&caller);
        if let Err(error) = service.desk.let_in(&purse, bytes) {
            let refused = service.desk.refused(error, &id);
            return once(async { refused }).boxed();
        }
        let answers = async move {
            let desk = &service.desk;
            let ready = match check_is_still(&service, &caller.viewer).await {
                Ok(()) => desk.ready(&caller, asked, &purse),
                Err(refusal) => Err(as_error(&refusal)),
            };
            match ready {
                Ok(ready) => desk.answers(&caller, ready, purse, id),
                Err(error) => {
                    let refused = desk.refused(error, &id);
                    once(async { refused }).boxed()
                }
            }
        };
        once(answers).flatten().boxed()
    }

    fn refused(&self, refusal: &Refusal) -> Response {
        self.service.desk.refused(as_error(refusal), &request::made_id(&self.service.app.random))
    }

    fn broken(&self) -> Response {
        self.refused(&refusals::panicked())
    }

    fn dismissed(&self, caller: &Caller) -> BoxFuture<'static, Dismissal> {
        match caller.viewer.member() {
            Some(_) => self.service.app.live.seat(&caller.viewer).dismissed().boxed(),
            // Who is nobody stays that.
            None => pending().boxed(),
        }
    }
}
