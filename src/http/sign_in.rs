//! Signing in with a browser: which providers there are, the way to one of them, and the way back.
//!
//! An attempt travels in the browser's own sealed cookie, so that beginning one writes nothing, and an answer counts only
//! in the browser that asked. Of what comes back nothing is logged but the kind of mistake.

mod attempt;
mod come_back;
mod page;
mod parameters;

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entity::IssuerTenant;
use serde_json::json;
use url::Url;
use url::form_urlencoded::Serializer;

pub use come_back::come_back;

use super::Service;
use super::addresses::Address;
use super::cookies::Cookie;
use crate::app::App;
use crate::people::actions;
use crate::people::rules::issuers::Issuer;
use crate::people::store::issuers;
use crate::providers::{Client, authorize};
use crate::tenancy::SystemScope;
use crate::values::slug::is_slug;
use attempt::{MINUTES, attempt};
use page::{or_page, wants_page};
use parameters::{Parameters, path_back};
use wire::Refusal;

fn scope() -> SystemScope {
    SystemScope::of("sign-in")
}

/// `GET /sign-in`: whom one can sign in with; with an invitation, those that it can be used with.
pub async fn choose(
    State(service): State<Service>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    or_page(&headers, chosen(&service.app, query.as_deref(), &headers).await)
}

async fn chosen(app: &App, query: Option<&str>, headers: &HeaderMap) -> Result<Response, Refusal> {
    let sent = Parameters::read(query)?;
    let back = path_back(sent.get("return"))?;
    let invitation = sent.get("invitation");
    let mut issuers = issuers::load_all(&app.db, &scope()).await?;
    if let Some(token) = invitation {
        let open = actions::find_invitation(app, token).await?;
        let now = app.db.clock().now();
        issuers.retain(|issuer| {
            open.as_ref().is_some_and(|open| crate::people::rules::arrival::is_open(open, issuer, now))
        });
        if issuers.is_empty() {
            let message = crate::people::rules::arrival::ArrivalRefusal::NoSuchInvitation.to_string();
            return Err(Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", message));
        }
    }
    let listed: Vec<_> = issuers.iter().map(|issuer| (issuer, address(issuer, &back, invitation))).collect();
    if wants_page(headers) {
        return Ok(page::providers(&listed, app.demo));
    }
    let listed: Vec<_> = listed
        .iter()
        .map(|(issuer, address)| {
            json!({ "slug": issuer.slug, "name": issuer.name, "for": whose(issuer.tenant), "address": address })
        })
        .collect();
    Ok(Json(json!({ "providers": listed })).into_response())
}

fn whose(tenant: IssuerTenant) -> &'static str {
    match tenant {
        IssuerTenant::Body => "the people of a body",
        IssuerTenant::Agency => "the agency and the ministry",
        IssuerTenant::Employers => "employers",
    }
}

/// Where the way to a provider begins.
fn address(issuer: &Issuer, back: &str, invitation: Option<&str>) -> String {
    let mut query = Serializer::new(String::new());
    if back != "/" {
        query.append_pair("return", back);
    }
    if let Some(token) = invitation {
        query.append_pair("invitation", token);
    }
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/sign-in/{}{mark}{query}", issuer.slug)
}

/// `GET /sign-in/{issuer}`: sends the browser to a provider.
pub async fn begin(
    State(service): State<Service>,
    Address(slug): Address<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    or_page(&headers, begun(&service.app, &slug, query.as_deref()).await)
}

async fn begun(app: &Arc<App>, slug: &str, query: Option<&str>) -> Result<Response, Refusal> {
    let sent = Parameters::read(query)?;
    let issuer = find(app, slug).await?;
    let attempt =
        attempt(&issuer, path_back(sent.get("return"))?, sent.get("invitation"), app.db.clock().now())?;
    let discovery = app.providers.discovery(&issuer.url, app.db.clock().now()).await?;
    let callback = callback(app, &issuer)?;
    let url = authorize(&discovery, &client(&issuer, &callback), &attempt);
    let sealed = attempt::seal(app, &attempt)?;
    let cookie = Cookie::Attempt.set(&app.public_url, &sealed, MINUTES * 60)?;
    Ok((
        StatusCode::SEE_OTHER,
        [(header::LOCATION, url.as_str()), (header::REFERRER_POLICY, "no-referrer")],
        [(header::SET_COOKIE, cookie)],
    )
        .into_response())
}

async fn find(app: &App, slug: &str) -> Result<Issuer, Refusal> {
    let found = if is_slug(slug) {
        issuers::find_by_slug(&app.db.read(&scope()), &scope(), slug).await?
    } else {
        None
    };
    found.ok_or_else(|| {
        let message = "There is no such provider: GET /sign-in lists those that one can sign in with.";
        Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    })
}

fn client<'c>(issuer: &'c Issuer, callback: &'c Url) -> Client<'c> {
    Client { issuer_slug: &issuer.slug, client_id: &issuer.client_id, callback }
}

/// Where the browser comes back to: an address of its own for each provider, so that no answer is taken for another's.
fn callback(app: &App, issuer: &Issuer) -> Result<Url, Refusal> {
    let path = format!("/sign-in/{}/callback", issuer.slug);
    app.public_url.join(&path).map_err(|why| crate::error::Fault::stored("public URL", why).into())
}
