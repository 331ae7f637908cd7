//! One attempt to sign in: made here, sealed into a cookie, and opened once when the browser comes back.

use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};

use super::super::cookies::Cookie;
use crate::app::App;
use crate::error::Fault;
use crate::keys::new_token;
use crate::people::rules::issuers::Issuer;
use crate::providers::Attempt;
use wire::Refusal;

/// How long somebody may take at the provider.
pub(super) const MINUTES: i64 = 10;

/// A new attempt; everything in it that is compared later is drawn by the operating system.
pub(super) fn attempt(
    issuer: &Issuer,
    back: String,
    invitation: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Attempt, Refusal> {
    let draw = || new_token().map_err(|why| Fault::stored("token", why));
    Ok(Attempt {
        issuer: issuer.id,
        state: draw()?,
        nonce: draw()?,
        verifier: draw()?,
        back,
        invitation: invitation.map(str::to_owned),
        ends_at: now + TimeDelta::minutes(MINUTES),
    })
}

/// As it travels.
pub(super) fn seal(app: &App, attempt: &Attempt) -> Result<String, Refusal> {
    let plain = serde_json::to_vec(attempt).map_err(|why| Fault::stored("attempt", why))?;
    Ok(app.keys.attempt_seal(&plain))
}

/// The attempt that this browser has begun with this issuer, if it still may end.
pub(super) fn open(app: &App, headers: &HeaderMap, issuer: &Issuer) -> Option<Attempt> {
    let mut sent = Cookie::Attempt.all(headers, &app.public_url);
    let sealed = sent.next().filter(|_| sent.next().is_none())?;
    let attempt: Attempt = serde_json::from_slice(&app.keys.attempt_open(&sealed)?).ok()?;
    (attempt.issuer == issuer.id && app.db.clock().now() < attempt.ends_at).then_some(attempt)
}
