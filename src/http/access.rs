//! A provider's access token, signed for this API: a machine's own, or a person's, which a frontend of others sends. Who that
//! is here, the role and the body come from our own tables.

use wire::Refusal;

use super::refusals;
use crate::app::App;
use crate::people::actions;
use crate::people::rules::frontends::{NotTaken, TOKEN_SECONDS};
use crate::people::store::issuers;
use crate::providers::{Expected, Kind, NotVerified, issuer_named_in};
use crate::tenancy::{SystemScope, Viewer};

/// Who sends an access token; `origin` is that of the page that does, where a browser says so.
///
/// # Errors
/// 401 for one that is not taken, whatever is wrong with it; what it is stands in the log. 503 where its provider cannot
/// be asked for its keys.
pub(super) async fn viewer(app: &App, token: &str, origin: Option<&str>) -> Result<Viewer, Refusal> {
    let scope = SystemScope::of("access token");
    let Some(named) = issuer_named_in(token) else { return Err(refused("it is no token")) };
    let Some(issuer) = issuers::find_by_url(&app.db.read(&scope), &scope, &named).await? else {
        return Err(refused("its issuer is not known"));
    };
    let Some(audience) = issuer.audience.as_deref() else {
        return Err(refused("no access tokens of its issuer are taken"));
    };
    let kind = Kind::Access { audience, persons_seconds: TOKEN_SECONDS };
    let expected = Expected { issuer: &issuer.url, kind };
    let claims = match app.providers.verify(token, &expected, app.db.clock().now()).await {
        Ok(claims) => claims,
        Err(NotVerified::Token(refusal)) => return Err(refused(refusal)),
        Err(NotVerified::Provider(_)) => return Err(refusals::provider_is_away()),
    };
    let found = match &claims.client {
        // A machine is no page: where a browser sends its token, the token has come to the wrong hands.
        None if origin.is_some() => Err(NotTaken::Origin),
        None => actions::machine_of(app, &issuer, &claims.subject).await?.ok_or(NotTaken::Nobody),
        Some(client) => actions::person_of(app, &issuer, (&claims.subject, client), origin).await?,
    };
    found.map_err(refused)
}

/// One answer for everything, so that nobody learns from it which clients and people there are.
fn refused(why: impl std::fmt::Display) -> Refusal {
    tracing::info!(error = %why, "an access token is not taken");
    refusals::unauthenticated(
        "This access token is not taken: ask the provider for a new one, for this API. A lead adds a body's machine under its \
         client's id; people sign in at /sign-in once, before they use a frontend elsewhere; and whoever runs this service \
         adds the frontend.",
    )
}
