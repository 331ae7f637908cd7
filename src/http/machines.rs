//! A machine's access token: signed by its provider, for this API, for a client that is a member here. The role and the
//! body come from our own tables.

use super::answer::Refusal;
use crate::app::App;
use crate::people::actions;
use crate::people::store::issuers;
use crate::providers::{Expected, Kind, NotVerified, issuer_named_in};
use crate::tenancy::{SystemScope, Viewer};

/// Who sends an access token.
///
/// # Errors
/// 401 for one that is not taken, whatever is wrong with it; what it is stands in the log. 503 where its provider cannot
/// be asked for its keys.
pub(super) async fn viewer(app: &App, token: &str) -> Result<Viewer, Refusal> {
    let scope = SystemScope::of("machine");
    let Some(named) = issuer_named_in(token) else { return Err(refused("it is no token")) };
    let Some(issuer) = issuers::find_by_url(&app.db.read(&scope), &scope, &named).await? else {
        return Err(refused("its issuer is not known"));
    };
    let Some(audience) = issuer.audience.as_deref() else {
        return Err(refused("its issuer has no machines"));
    };
    let expected = Expected { issuer: &issuer.url, kind: Kind::Access { audience } };
    let claims = match app.providers.verify(token, &expected, app.db.clock().now()).await {
        Ok(claims) => claims,
        Err(NotVerified::Token(refusal)) => return Err(refused(refusal)),
        Err(NotVerified::Provider(_)) => return Err(Refusal::provider_is_away()),
    };
    let found = actions::machine_of(app, &issuer, &claims.subject).await?;
    found.ok_or_else(|| refused("its client is no member here"))
}

/// One answer for everything, so that nobody learns from it which clients there are.
fn refused(why: impl std::fmt::Display) -> Refusal {
    tracing::info!(error = %why, "a machine's token is not taken");
    Refusal::unauthenticated(
        "This access token is not taken: ask for a new one, with your client's credentials and for this API. A lead of \
         the body adds the client under its id.",
    )
}
