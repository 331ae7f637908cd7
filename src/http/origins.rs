//! Pages of other origins: which of our answers they may read, told as browsers ask for it (CORS, of the Fetch standard).
//!
//! Frontends of others use the API and take the files of releases, by access tokens of their own. What is published of a
//! ballot anybody's page may read, since anybody may verify it. Our cookie is no way in for any of them: a request with
//! credentials is allowed to nobody, so a browser neither sends it along for such a page nor shows it the answer.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower::{Layer, ServiceExt};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::addresses::{BALLOT, ENTRIES, GRAPHQL, RELEASE};
use super::request::X_REQUEST_ID;
use crate::app::App;
use crate::people::store::frontends;
use crate::tenancy::SystemScope;
use wire::Refusal;

/// What a frontend may send beside what every page may.
const SENT: [HeaderName; 3] = [header::AUTHORIZATION, header::CONTENT_TYPE, X_REQUEST_ID];
/// What a page may read of an answer's head beside what every page may.
const READ: [HeaderName; 6] = [
    X_REQUEST_ID,
    header::RETRY_AFTER,
    HeaderName::from_static("ratelimit"),
    HeaderName::from_static("ratelimit-policy"),
    header::ETAG,
    header::CONTENT_DISPOSITION,
];
/// How long a browser need not ask again before it sends.
const ASKED_FOR: Duration = Duration::from_hours(1);

/// Whose pages may read what a route answers, beside our own.
enum Readers {
    /// Nobody's.
    None,
    /// Those of frontends that are listed, by this method.
    Frontends(Method),
    /// Anybody's.
    Anybody,
}

fn readers(route: &str) -> Readers {
    match route {
        GRAPHQL => Readers::Frontends(Method::POST),
        RELEASE => Readers::Frontends(Method::GET),
        ENTRIES | BALLOT => Readers::Anybody,
        _ => Readers::None,
    }
}

/// The origin of the page that asks, where a browser says so; one that is no text is nobody's.
pub(super) fn origin(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default())
}

/// Says who may read the answer, and answers browsers that ask before they send. What was to be sent without being
/// asked for is answered to whoever sends it; a page that may not read it is not shown it.
pub async fn share(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    match readers(route) {
        Readers::None => next.run(request).await,
        Readers::Anybody => shared(among(AllowOrigin::any(), Method::GET, vec![]), request, next).await,
        Readers::Frontends(method) => match listed(&app, request.headers()).await {
            Ok(Some(origin)) => {
                let cors = among(AllowOrigin::exact(origin), method, vec![header::ORIGIN]);
                shared(cors, request, next).await
            }
            Ok(None) => kept_apart(next.run(request).await),
            Err(refusal) => refusal.into_response(),
        },
    }
}

/// The origin that the request names, where a frontend is served from it. It is looked up at every request, by the key of its
/// table, so that a frontend that was removed is so at once.
pub(super) async fn listed(app: &App, headers: &HeaderMap) -> Result<Option<HeaderValue>, Refusal> {
    let ours = app.public_url.origin().ascii_serialization();
    let Some(origin) = origin(headers).filter(|origin| *origin != ours) else { return Ok(None) };
    let scope = SystemScope::of("frontend");
    let is_listed = frontends::is_listed(&app.db.read(&scope), &scope, origin).await?;
    Ok(headers.get(header::ORIGIN).filter(|_| is_listed).cloned())
}

fn among(origin: AllowOrigin, method: Method, vary: Vec<HeaderName>) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([method])
        .allow_headers(SENT)
        .expose_headers(READ)
        .max_age(ASKED_FOR)
        .vary(vary)
}

async fn shared(cors: CorsLayer, request: Request, next: Next) -> Response {
    match cors.layer(next).oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Whoever keeps answers does not show one page's to another.
fn kept_apart(mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
    response
}
