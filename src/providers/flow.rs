//! The browser's way (RFC 6749, RFC 7636): an attempt begins at our address, goes on at the provider, and comes back
//! with a code, which is exchanged for an ID token. PKCE is always S256.

use std::sync::atomic::{AtomicU16, Ordering};

use chrono::{DateTime, Utc};
use entity::IssuerId;
use futures_util::future::BoxFuture;
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::web::Web;
use super::{Discovery, ProviderFault};

/// What is asked of the provider: who it is, and what to call them.
const SCOPES: [&str; 3] = ["openid", "profile", "email"];

/// Our client at a provider.
#[derive(Clone, Copy, Debug)]
pub struct Client<'c> {
    /// The provider's short name.
    pub issuer_slug: &'c str,
    /// Our name there.
    pub client_id: &'c str,
    /// Where the browser comes back to.
    pub callback: &'c Url,
}

/// One attempt to sign in, which the browser carries along, sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Whom it goes to, and whose answer it takes: nobody else's.
    pub issuer: IssuerId,
    /// Comes back beside the code.
    pub state: String,
    /// Comes back inside the ID token.
    pub nonce: String,
    /// Proves at the exchange that the code is for us.
    pub verifier: String,
    /// Where the browser goes afterwards: a path of our own.
    pub back: String,
    /// The token of an invitation that is to be used.
    pub invitation: Option<String>,
    /// Exclusive.
    pub ends_at: DateTime<Utc>,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// What a provider gives for a code.
#[derive(Clone)]
pub struct Exchanged {
    /// Says who has signed in; it is not verified yet.
    pub id_token: String,
    /// Asks the provider what it calls them: for nothing else, and kept nowhere.
    pub(super) access_token: String,
}

impl std::fmt::Debug for Exchanged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Exchanged(redacted)")
    }
}

/// What the answer to an exchange has beside OAuth 2's own.
#[derive(Clone, Serialize, Deserialize)]
struct IdToken {
    id_token: String,
}

impl std::fmt::Debug for IdToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdToken(redacted)")
    }
}

impl ExtraTokenFields for IdToken {}

type OurClient = oauth2::Client<
    BasicErrorResponse,
    StandardTokenResponse<IdToken, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Where the browser goes.
#[must_use]
pub fn authorize(discovery: &Discovery, client: &Client<'_>, attempt: &Attempt) -> Url {
    let client = our_client(discovery, client, None);
    let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
    let (url, _) = client
        .authorize_url(|| CsrfToken::new(attempt.state.clone()))
        .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
        .add_extra_param("nonce", &attempt.nonce)
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    url
}

/// Exchanges a code for tokens.
pub(super) async fn exchange(
    web: &Web,
    discovery: &Discovery,
    (client, secret): (&Client<'_>, Option<&str>),
    attempt: &Attempt,
    code: String,
) -> Result<Exchanged, ProviderFault> {
    let client = our_client(discovery, client, secret);
    let asking = Asking { web, status: AtomicU16::new(0) };
    let answer = client
        .exchange_code(AuthorizationCode::new(code))
        .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
        .request_async(&asking)
        .await;
    let status = asking.status.into_inner();
    match answer {
        Ok(answer) => Ok(Exchanged {
            id_token: answer.extra_fields().id_token.clone(),
            access_token: answer.access_token().secret().clone(),
        }),
        Err(RequestTokenError::Request(fault)) => Err(fault),
        Err(RequestTokenError::ServerResponse(refusal)) => Err(refused(refusal.error(), status)),
        Err(RequestTokenError::Parse(..) | RequestTokenError::Other(_)) if status == 401 => {
            Err(ProviderFault::ClientRefused { status, code: "no code of OAuth" })
        }
        Err(RequestTokenError::Parse(..) | RequestTokenError::Other(_)) => {
            Err(ProviderFault::Unusable("answer to the exchange"))
        }
    }
}

/// Whether it was the code that was wrong, which may have been used before, or we. Nothing that the provider wrote is told but
/// which of OAuth's own words it was (RFC 6749, section 5.2).
fn refused(code: &BasicErrorResponseType, status: u16) -> ProviderFault {
    let code = match code {
        BasicErrorResponseType::InvalidGrant => return ProviderFault::Refused,
        BasicErrorResponseType::InvalidClient => "invalid_client",
        BasicErrorResponseType::InvalidRequest => "invalid_request",
        BasicErrorResponseType::InvalidScope => "invalid_scope",
        BasicErrorResponseType::UnauthorizedClient => "unauthorized_client",
        BasicErrorResponseType::UnsupportedGrantType => "unsupported_grant_type",
        BasicErrorResponseType::Extension(_) => "no code of OAuth",
    };
    ProviderFault::ClientRefused { status, code }
}

fn our_client(discovery: &Discovery, client: &Client<'_>, secret: Option<&str>) -> OurClient {
    let ours = oauth2::Client::new(ClientId::new(client.client_id.to_owned()))
        .set_auth_uri(AuthUrl::from_url(discovery.authorization.clone()))
        .set_token_uri(TokenUrl::from_url(discovery.token.clone()))
        .set_redirect_uri(RedirectUrl::from_url(client.callback.clone()))
        .set_auth_type(if discovery.secret_in_body { AuthType::RequestBody } else { AuthType::BasicAuth });
    match secret {
        Some(secret) => ours.set_client_secret(ClientSecret::new(secret.to_owned())),
        None => ours,
    }
}

/// One exchange, with the status that it is answered with, which `oauth2` does not tell.
struct Asking<'w> {
    web: &'w Web,
    status: AtomicU16,
}

impl<'c> AsyncHttpClient<'c> for Asking<'_> {
    type Error = ProviderFault;
    type Future = BoxFuture<'c, Result<HttpResponse, ProviderFault>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(sent(self, request))
    }
}

async fn sent(asking: &Asking<'_>, request: HttpRequest) -> Result<HttpResponse, ProviderFault> {
    let request = request.try_into().map_err(|_| ProviderFault::Unusable("address"))?;
    let (status, body) = asking.web.answer(request).await?;
    asking.status.store(status, Ordering::Relaxed);
    let response =
        oauth2::http::Response::builder().status(status).header("content-type", "application/json");
    response.body(body).map_err(|_| ProviderFault::Unusable("answer to the exchange"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_browser_takes_along_what_comes_back_and_nothing_that_is_secret() {
        let url = |text: &str| Url::parse(text).expect("a URL");
        let discovery = Discovery {
            authorization: url("https://login.example.nz/authorize?tenant=1"),
            token: url("https://login.example.nz/token"),
            jwks: url("https://login.example.nz/keys"),
            userinfo: None,
            end_session: None,
            names_itself: false,
            secret_in_body: false,
        };
        let callback = url("https://nominations.example.nz/sign-in/nztech/callback");
        let client = Client { issuer_slug: "nztech", client_id: "nominations", callback: &callback };
        let attempt = Attempt {
            issuer: IssuerId(Uuid::from_u128(1)),
            state: "the-state".to_owned(),
            nonce: "the-nonce".to_owned(),
            // The example of RFC 7636, appendix B.
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
            back: "/cases".to_owned(),
            invitation: None,
            ends_at: DateTime::from_timestamp(1_646_092_800, 0).expect("an instant"),
        };
        let asked = authorize(&discovery, &client, &attempt);
        assert!(asked.as_str().starts_with("https://login.example.nz/authorize?"));
        let sent: BTreeMap<_, _> = asked.query_pairs().into_owned().collect();
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", "nominations"),
            ("redirect_uri", callback.as_str()),
            ("scope", "openid profile email"),
            ("state", "the-state"),
            ("nonce", "the-nonce"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
            ("tenant", "1"),
        ] {
            assert_eq!(sent.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert!(!asked.as_str().contains(&attempt.verifier));
    }
}
