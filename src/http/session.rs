//! Signing out. Signing in belongs to the demo, or to an identity provider.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Service;
use super::answer::Refusal;
use super::credentials;
use crate::people::actions;

/// `POST /sign-out`: ends the session that is sent. Signing out twice is no mistake.
pub async fn sign_out(State(service): State<Service>, headers: HeaderMap) -> Result<Response, Refusal> {
    let given = credentials::given(&headers, &service.app.public_url)?;
    if let Some(token) = given.token() {
        actions::sign_out(&service.app, token).await?;
    }
    let cookie = credentials::cleared_cookie(&service.app.public_url)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
