//! What a provider publishes about itself (OpenID Connect Discovery 1.0, RFC 8414), as far as it is used here.

use serde::Deserialize;
use url::Url;

use super::{ProviderFault, is_safe};

/// The addresses of a provider, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// Where browsers go to sign in.
    pub authorization: Url,
    /// Where codes are exchanged.
    pub token: Url,
    /// Where the keys stand.
    pub jwks: Url,
    /// Where the provider says what it calls somebody, where there is such a place.
    pub userinfo: Option<Url>,
    /// Where browsers go to sign out, where there is such a place.
    pub end_session: Option<Url>,
    /// Whether the answer to a sign-in says whose it is (RFC 9207).
    pub names_itself: bool,
    /// Whether our secret goes into the body: where the provider does not take it in the head.
    pub secret_in_body: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    userinfo_endpoint: Option<Url>,
    end_session_endpoint: Option<Url>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Where a provider publishes: below its own address.
pub(super) fn address(issuer: &str) -> Result<Url, ProviderFault> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    Url::parse(&address).map_err(|_| ProviderFault::Unusable("address"))
}

impl Discovery {
    /// Reads what a provider publishes.
    ///
    /// # Errors
    /// Where it is another's, lacks an address, has an unsafe one, or takes no PKCE with S256.
    pub(super) fn read(issuer: &str, document: serde_json::Value) -> Result<Self, ProviderFault> {
        let document: Document =
            serde_json::from_value(document).map_err(|_| ProviderFault::Unusable("discovery document"))?;
        if document.issuer != issuer {
            return Err(ProviderFault::Unusable("name in its discovery document"));
        }
        // A provider that does not say takes it all the same, or the exchange fails.
        let has_s256 =
            document.code_challenge_methods_supported.is_none_or(|all| all.iter().any(|one| one == "S256"));
        if !has_s256 {
            return Err(ProviderFault::Unusable("PKCE"));
        }
        let methods = document.token_endpoint_auth_methods_supported;
        let takes = |method| methods.as_ref().is_some_and(|all| all.iter().any(|one| one == method));
        let secret_in_body = takes("client_secret_post") && !takes("client_secret_basic");
        let found = Self {
            authorization: document.authorization_endpoint,
            token: document.token_endpoint,
            jwks: document.jwks_uri,
            userinfo: document.userinfo_endpoint,
            end_session: document.end_session_endpoint,
            names_itself: document.authorization_response_iss_parameter_supported,
            secret_in_body,
        };
        let always = [&found.authorization, &found.token, &found.jwks].map(Some);
        let all = always.into_iter().chain([found.userinfo.as_ref(), found.end_session.as_ref()]);
        if all.flatten().all(is_safe) { Ok(found) } else { Err(ProviderFault::Unsafe) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://login.example.nz/nztech";

    fn document() -> Value {
        json!({
            "issuer": ISSUER, "authorization_endpoint": "https://login.example.nz/a",
            "token_endpoint": "https://login.example.nz/t", "jwks_uri": "https://login.example.nz/k",
            "code_challenge_methods_supported": ["S256"],
        })
    }

    #[test]
    fn a_document_is_the_issuers_own_and_all_its_addresses_are_safe() {
        assert!(
            Discovery::read(ISSUER, document())
                .is_ok_and(|found| !found.names_itself && !found.secret_in_body)
        );
        for (field, value, fault) in [
            (
                "issuer",
                json!("https://login.example.nz/nztech/"),
                ProviderFault::Unusable("name in its discovery document"),
            ),
            (
                "issuer",
                json!("https://login.example.nz/itp"),
                ProviderFault::Unusable("name in its discovery document"),
            ),
            ("jwks_uri", json!("http://login.example.nz/k"), ProviderFault::Unsafe),
            ("token_endpoint", json!("http://10.0.0.1/t"), ProviderFault::Unsafe),
            ("end_session_endpoint", json!("http://10.0.0.1/e"), ProviderFault::Unsafe),
            ("userinfo_endpoint", json!("http://10.0.0.1/u"), ProviderFault::Unsafe),
            ("authorization_endpoint", Value::Null, ProviderFault::Unusable("discovery document")),
            ("code_challenge_methods_supported", json!(["plain"]), ProviderFault::Unusable("PKCE")),
        ] {
            let mut spoilt = document();
            spoilt[field] = value;
            assert_eq!(Discovery::read(ISSUER, spoilt), Err(fault), "{field}");
        }
    }

    #[test]
    fn it_is_published_below_the_issuers_address() {
        for issuer in ["https://login.example.nz/t", "https://login.example.nz/t/"] {
            let found = address(issuer).expect("an address");
            assert_eq!(found.as_str(), "https://login.example.nz/t/.well-known/openid-configuration");
        }
    }
}
