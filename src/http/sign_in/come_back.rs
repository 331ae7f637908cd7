//! The browser comes back from a provider. Each thing that it brings is held against the attempt that it began with.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::super::Service;
use super::super::addresses::Address;
use super::super::cookies::Cookie;
use super::super::session::session_cookie;
use super::page::or_page;
use super::parameters::Parameters;
use super::{attempt, callback, client, find};
use crate::app::App;
use crate::error::Failure;
use crate::http::refusals;
use crate::people::actions::{self, SignedIn};
use crate::people::rules::issuers::Issuer;
use crate::providers::{Attempt, Claims, Discovery, Expected, Kind, NotVerified, ProviderFault};
use wire::Refusal;

/// `GET /sign-in/{issuer}/callback`: ends an attempt, whatever comes of it.
pub async fn come_back(
    State(service): State<Service>,
    Address(slug): Address<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let outcome = came_back(&service.app, &slug, query.as_deref(), &headers).await;
    let mut response = or_page(&headers, outcome);
    if let Ok(cleared) = Cookie::Attempt.clear(&service.app.public_url) {
        append(&mut response, cleared);
    }
    response
}

/// A refusal writes its head only when it is answered, so the cookie goes into both.
fn append(response: &mut Response, cookie: axum::http::HeaderValue) {
    if let Some(refusal) = response.extensions_mut().get_mut::<Refusal>() {
        refusal.headers.push((header::SET_COOKIE, cookie.clone()));
    }
    response.headers_mut().append(header::SET_COOKIE, cookie);
}

async fn came_back(
    app: &Arc<App>,
    slug: &str,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let sent = Parameters::read(query)?;
    let issuer = find(app, slug).await?;
    let Some(attempt) = attempt::open(app, headers, &issuer) else {
        return Err(not_ours("the browser has begun no such attempt"));
    };
    let discovery = app.providers.discovery(&issuer.url, app.db.clock().now()).await?;
    let code = check_answer(app, &sent, (&issuer, &discovery), &attempt)?;
    let claims = claims(app, &issuer, &discovery, &attempt, code).await?;
    let signed_in = match actions::arrive(app, &issuer, &claims, attempt.invitation.as_deref()).await {
        Ok(signed_in) => signed_in,
        Err(Failure::Refused(errors)) => {
            let messages: Vec<_> = errors.into_iter().map(|error| error.message).collect();
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                crate::schema::errors::FORBIDDEN,
                messages.join(" "),
            ));
        }
        Err(failure @ (Failure::Unauthenticated | Failure::Fault(_))) => return Err(failure.into()),
    };
    end_former(app, headers).await?;
    gone_on(app, &attempt, &signed_in)
}

/// The code, once it is certain whose answer to what this is.
fn check_answer(
    app: &App,
    sent: &Parameters,
    (issuer, discovery): (&Issuer, &Discovery),
    attempt: &Attempt,
) -> Result<String, Refusal> {
    // By keyed hashes, so that how long it takes tells nothing.
    let hash = |state: &str| app.keys.token_hash(state);
    if hash(sent.get("state").unwrap_or_default()) != hash(&attempt.state) {
        return Err(not_ours("the state is another"));
    }
    match sent.get("iss") {
        Some(named) if named != issuer.url => return Err(not_ours("another issuer has answered")),
        None if discovery.names_itself => return Err(not_ours("the issuer has not said who it is")),
        Some(_) | None => {}
    }
    if sent.get("error").is_some() {
        tracing::info!("a provider has not signed somebody in");
        let message = "The provider did not sign you in. Begin again, or ask those who run it.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, crate::schema::errors::FORBIDDEN, message));
    }
    sent.get("code").map(str::to_owned).ok_or_else(|| not_ours("there is no code"))
}

/// Who has signed in, as the provider says and signs.
async fn claims(
    app: &App,
    issuer: &Issuer,
    discovery: &Discovery,
    attempt: &Attempt,
    code: String,
) -> Result<Claims, Refusal> {
    let callback = callback(app, issuer)?;
    let exchanged = app.providers.exchange(discovery, &client(issuer, &callback), attempt, code).await;
    let exchanged = exchanged.map_err(|fault| not_exchanged(issuer, fault))?;
    let kind = Kind::Id { client_id: &issuer.client_id, nonce: &attempt.nonce };
    let expected = Expected { issuer: &issuer.url, kind };
    match app.providers.verify(&exchanged.id_token, &expected, app.db.clock().now()).await {
        Ok(claims) => Ok(app.providers.with_name(discovery, &exchanged, claims).await),
        Err(NotVerified::Token(refusal)) => Err(not_ours(refusal)),
        Err(NotVerified::Provider(fault)) => Err(fault.into()),
    }
}

/// A provider that does not take our client is for whoever runs the service to look at, and nothing that the person did.
fn not_exchanged(issuer: &Issuer, fault: ProviderFault) -> Refusal {
    let ProviderFault::ClientRefused { status, code } = fault else { return fault.into() };
    tracing::warn!(
        issuer = issuer.slug,
        status,
        error = code,
        "a provider refuses our client: compare its id with `admin list-issuers`, and its secret with CLIENT_SECRET_… in the \
         environment or the file of client secrets"
    );
    let message = "The identity provider refused us. Whoever runs this service finds why in its log.";
    Refusal::new(StatusCode::BAD_GATEWAY, "PROVIDER_UNAVAILABLE", message)
}

/// Whoever was signed in with this browser before is not any more.
async fn end_former(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    for token in Cookie::Session.all(headers, &app.public_url) {
        actions::sign_out(app, &token).await?;
    }
    Ok(())
}

fn gone_on(app: &App, attempt: &Attempt, signed_in: &SignedIn) -> Result<Response, Refusal> {
    let cookie = session_cookie(&app.public_url, &signed_in.token)?;
    let headers = [(header::LOCATION, attempt.back.as_str()), (header::REFERRER_POLICY, "no-referrer")];
    Ok((StatusCode::SEE_OTHER, headers, [(header::SET_COOKIE, cookie)]).into_response())
}

/// One answer for all that does not fit together: what it was stands in the log.
fn not_ours(why: impl std::fmt::Display) -> Refusal {
    tracing::info!(error = %why, "a sign-in does not fit");
    let message = "This sign-in does not belong to one that was begun in this browser, or it took too long. Begin again \
                   at /sign-in.";
    Refusal::bad_request(message)
}

impl From<ProviderFault> for Refusal {
    fn from(fault: ProviderFault) -> Self {
        match fault {
            // A code that was used before, or is not for us.
            ProviderFault::Refused => not_ours(fault),
            ProviderFault::Unsafe
            | ProviderFault::Unreachable
            | ProviderFault::Status(_)
            | ProviderFault::TooLong
            | ProviderFault::ClientRefused { .. }
            | ProviderFault::Unusable(_) => {
                tracing::warn!(error = %fault, "a provider cannot be used");
                refusals::provider_is_away()
            }
        }
    }
}
