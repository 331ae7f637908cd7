//! What accompanies every request: an id, a span, and the answer's last touches.
//!
//! The span has the route, never the path itself, which may hold anything.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use opentelemetry::trace::Status;
use tracing::Instrument;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::addresses::GRAPHQL;
use crate::app::App;
use crate::random::Random;
use crate::schema::context::RequestId;
use crate::watch;
use wire::{MediaType, Refusal};

/// The id of a request, in and out.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What is said around a refusal before it is written: other methods, and whose pages may read it.
const AROUND: [HeaderName; 4] =
    [header::ALLOW, header::VARY, header::ACCESS_CONTROL_ALLOW_ORIGIN, header::ACCESS_CONTROL_EXPOSE_HEADERS];
/// Most characters of an id that a caller sends.
const CALLERS_ID_MAX: usize = 64;

/// Gives a request its id and its span, and writes the answer of a refusal.
pub async fn accompany(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let id = callers_id(&request).map_or_else(|| made_id(&app.random), RequestId);
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let (route, method) = (route.to_owned(), request.method().clone());
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        "http.request.method" = %method,
        "http.route" = route,
        request_id = id.0,
        "http.response.status_code" = Empty,
    );
    // Refused where no spans are sent.
    drop(span.set_parent(watch::callers_span(request.headers())));
    let media = (route == GRAPHQL).then(|| MediaType::wanted(request.headers()).ok()).flatten();
    request.extensions_mut().insert(id.clone());
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status(), started.elapsed());
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.set_status(Status::error(""));
    }
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(milliseconds, "answered"));
    app.metrics.request(&route, method.as_str(), status.as_u16(), took);

    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        let said = |name: HeaderName| Some((name.clone(), response.headers().get(name)?.clone()));
        let around: Vec<_> = AROUND.into_iter().filter_map(said).collect();
        response = (refusal.status, refusal.body(&id.0)).into_response();
        // Of another status than 200, clients believe this type alone.
        if media == Some(MediaType::Response) {
            let name = HeaderValue::from_static(MediaType::Response.name());
            response.headers_mut().insert(header::CONTENT_TYPE, name);
        }
        response.headers_mut().extend(refusal.headers.into_iter().chain(around));
    }
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Everything here is made for one viewer.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.extend(HeaderValue::try_from(id.0).ok().map(|id| (X_REQUEST_ID, id)));
    response
}

/// The caller's own id, where it is short and harmless.
fn callers_id(request: &Request) -> Option<String> {
    let id = request.headers().get(X_REQUEST_ID)?.to_str().ok()?;
    let is_harmless = (1..=CALLERS_ID_MAX).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    is_harmless.then(|| id.to_owned())
}

/// An id of our own making.
pub(super) fn made_id(random: &Random) -> RequestId {
    RequestId(hex::encode(random.bytes::<12>()))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn a_callers_id_is_taken_where_it_is_harmless() {
        for (sent, is_taken) in [
            ("a", true),
            ("0b8f.A-z_9", true),
            (&"a".repeat(64), true),
            (&"a".repeat(65), false),
            ("", false),
            ("a b", false),
            ("a\"b", false),
        ] {
            let request = Request::builder().header("x-request-id", sent).body(Body::empty()).expect("one");
            assert_eq!(callers_id(&request).is_some(), is_taken, "{sent}");
        }
    }
}
