//! Signing out, and the cookie that holds a sign-in.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entity::IssuerId;
use serde_json::json;
use url::Url;

use super::Service;
use super::cookies::Cookie;
use super::credentials::{self, Given};
use crate::app::App;
use crate::error::Found;
use crate::people::actions;
use crate::people::rules::AT_MOST_HOURS;
use crate::people::store::issuers;
use crate::tenancy::SystemScope;
use wire::Refusal;

/// The header that sets the cookie with a sign-in's token.
///
/// # Errors
/// Where the token is no text for a header.
pub(super) fn session_cookie(public_url: &Url, token: &str) -> Found<HeaderValue> {
    Cookie::Session.set(public_url, token, AT_MOST_HOURS * 60 * 60)
}

/// `POST /sign-out`: ends the session that is sent. Signing out twice is no mistake. Where the provider of a browser's
/// session has a place to sign out at as well, the answer says where the browser is to go on.
pub async fn sign_out(State(service): State<Service>, headers: HeaderMap) -> Result<Response, Refusal> {
    let app = &service.app;
    let given = credentials::given(&headers, &app.public_url)?;
    let ended = match given.token() {
        Some(token) => actions::sign_out(app, token).await?,
        None => None,
    };
    let cookie = (header::SET_COOKIE, Cookie::Session.clear(&app.public_url)?);
    let at_provider = match (ended, &given) {
        (Some(issuer), Given::Cookie(_)) => end_at_provider(app, issuer).await?,
        (Some(_) | None, _) => None,
    };
    Ok(match at_provider {
        Some(url) => ([cookie], Json(json!({ "continueAt": url.as_str() }))).into_response(),
        None => (StatusCode::NO_CONTENT, [cookie]).into_response(),
    })
}

/// Where a browser ends its session at the provider (OpenID Connect RP-Initiated Logout 1.0). We name our client and not
/// the ID token: no token ever goes through the browser.
async fn end_at_provider(app: &App, issuer: IssuerId) -> Result<Option<Url>, Refusal> {
    let Some(issuer) = issuers::find(&app.db, &SystemScope::of("sign-out"), issuer).await? else {
        return Ok(None);
    };
    // A provider that is away keeps nobody from signing out here.
    let known = app.providers.discovery(&issuer.url, app.db.clock().now()).await.ok();
    let end = known.and_then(|known| known.end_session.clone());
    Ok(end.map(|mut url| {
        url.query_pairs_mut()
            .append_pair("client_id", &issuer.client_id)
            .append_pair("post_logout_redirect_uri", app.public_url.as_str());
        url
    }))
}
