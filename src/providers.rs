//! Identity providers: what they publish, the keys that they sign with, and the one verifier of their tokens.
//!
//! This is the only code that calls other machines, and never inside a transaction. What is kept of a provider is in
//! memory and comes from the provider alone. Tokens, codes and verifiers are never logged, and no error holds one.

mod discovery;
mod flow;
mod keyring;
mod secrets;
mod userinfo;
mod verifier;
mod web;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, Utc};

pub use discovery::Discovery;
pub use flow::{Attempt, Client, Exchanged, authorize};
pub use keyring::KeyRing;
pub use secrets::{Secrets, SecretsError};
pub use verifier::{Claims, Expected, Kind, TokenRefusal, issuer_named_in};
use web::Web;
pub use web::is_safe;

/// Why a provider could not be asked. No secret and nothing that the provider wrote is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFault {
    /// An address that is neither https nor on this machine.
    #[error("an address of the provider is neither https nor on this machine")]
    Unsafe,
    /// No connection, no answer in time, or none that ends.
    #[error("the provider does not answer")]
    Unreachable,
    /// An answer of another status than was to be expected.
    #[error("the provider answered with status {0}")]
    Status(u16),
    /// An answer that is longer than anything good.
    #[error("the provider's answer is too long")]
    TooLong,
    /// An answer that is not what it should be.
    #[error("the provider's {0} cannot be used")]
    Unusable(&'static str),
    /// The provider does not take the code.
    #[error("the provider did not exchange the code")]
    Refused,
    /// The provider does not take our client: most often its secret is missing, or another.
    #[error("the provider refuses our client: status {status}, {code}")]
    ClientRefused {
        /// Of its answer.
        status: u16,
        /// The code of OAuth that it gives.
        code: &'static str,
    },
}

/// Why a token is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotVerified {
    /// Something is wrong with the token.
    #[error(transparent)]
    Token(#[from] TokenRefusal),
    /// The provider's keys are not to be had.
    #[error(transparent)]
    Provider(#[from] ProviderFault),
}

/// What is known of providers, and the way to them. Shared by all requests.
#[derive(Debug, Default)]
pub struct Providers {
    web: Web,
    secrets: Secrets,
    known: Mutex<HashMap<String, Arc<Known>>>,
}

/// One provider, as far as it was asked.
#[derive(Debug, Default)]
struct Known {
    /// Asked by one request at a time; the others wait, and find what it has brought.
    asking: tokio::sync::Mutex<()>,
    facts: RwLock<Facts>,
}

#[derive(Clone, Debug, Default)]
struct Facts {
    discovery: Option<Arc<Discovery>>,
    keys: Arc<KeyRing>,
}

impl Providers {
    /// With the secrets of our clients there.
    #[must_use]
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets, ..Self::default() }
    }

    /// What a provider publishes about itself.
    ///
    /// # Errors
    /// Where it was never to be had, or not for a day.
    pub async fn discovery(&self, issuer: &str, now: DateTime<Utc>) -> Result<Arc<Discovery>, ProviderFault> {
        let known = self.known(issuer);
        let asked =
            if known.facts().keys.is_due(now) { self.ask(issuer, &known, None, now).await } else { Ok(()) };
        let facts = known.facts();
        match facts.discovery {
            Some(discovery) if facts.keys.holds(now) => Ok(discovery),
            Some(_) | None => Err(asked.err().unwrap_or(ProviderFault::Unreachable)),
        }
    }

    /// Verifies a token of an issuer. A key that is not known is asked for, at most once a minute.
    ///
    /// # Errors
    /// What is wrong with the token, or that the keys are not to be had.
    pub async fn verify(
        &self,
        token: &str,
        expected: &Expected<'_>,
        now: DateTime<Utc>,
    ) -> Result<Claims, NotVerified> {
        let known = self.known(expected.issuer);
        if known.facts().keys.is_due(now) {
            self.ask(expected.issuer, &known, None, now).await.or_else(|fault| known.bear(fault, now))?;
        }
        match verifier::verify(token, expected, &known.facts().keys, now) {
            Err(TokenRefusal::UnknownKey(key)) => {
                self.ask(expected.issuer, &known, Some(&key), now)
                    .await
                    .or_else(|fault| known.bear(fault, now))?;
                Ok(verifier::verify(token, expected, &known.facts().keys, now)?)
            }
            other => Ok(other?),
        }
    }

    fn known(&self, issuer: &str) -> Arc<Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(issuer.to_owned()).or_default())
    }

    /// Asks a provider anew where that is still due once it is our turn: for all keys, or for one that is not known.
    async fn ask(
        &self,
        issuer: &str,
        known: &Known,
        key: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), ProviderFault> {
        let _turn = known.asking.lock().await;
        let mut keys = KeyRing::clone(&known.facts().keys);
        let is_due = match key {
            None => keys.is_due(now),
            Some(key) => keys.may_ask_for(key, now),
        };
        if !is_due {
            return Ok(());
        }
        keys.note_asking(key.is_some(), now);
        known.keep(None, keys.clone());
        let (discovery, published) = self.fetch(issuer).await?;
        keys.take(&published, now);
        known.keep(Some(Arc::new(discovery)), keys);
        Ok(())
    }

    async fn fetch(&self, issuer: &str) -> Result<(Discovery, serde_json::Value), ProviderFault> {
        let document = self.web.get_json(&discovery::address(issuer)?).await?;
        let discovery = Discovery::read(issuer, document)?;
        let keys = self.web.get_json(&discovery.jwks).await?;
        Ok((discovery, keys))
    }

    /// Exchanges a code for tokens, which are not verified yet.
    ///
    /// # Errors
    /// Where the provider does not answer, or refuses.
    pub async fn exchange(
        &self,
        discovery: &Discovery,
        client: &Client<'_>,
        attempt: &Attempt,
        code: String,
    ) -> Result<Exchanged, ProviderFault> {
        let secret = self.secrets.of(client.issuer_slug);
        flow::exchange(&self.web, discovery, (client, secret), attempt, code).await
    }

    /// What somebody is called who has just signed in. Most providers do not say so in the ID token of the code flow, and
    /// have to be asked. Nobody is kept out where that does not work: they are not called anything then.
    pub async fn with_name(&self, discovery: &Discovery, exchanged: &Exchanged, claims: Claims) -> Claims {
        let Some(url) = discovery.userinfo.as_ref().filter(|_| claims.name.is_none()) else { return claims };
        let said = self.web.get_json_by(url, &exchanged.access_token).await;
        match said.and_then(|said| userinfo::read(said, &claims.subject)) {
            Ok(said) => Claims { name: said.name, email: claims.email.or(said.email), ..claims },
            Err(fault) => {
                tracing::warn!(error = %fault, "a provider does not say what somebody is called");
                claims
            }
        }
    }
}

impl Known {
    fn facts(&self) -> Facts {
        self.facts.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, discovery: Option<Arc<Discovery>>, keys: KeyRing) {
        let mut facts = self.facts.write().unwrap_or_else(PoisonError::into_inner);
        facts.keys = Arc::new(keys);
        if discovery.is_some() {
            facts.discovery = discovery;
        }
    }

    /// A provider that is away for a while harms nobody whose key is known.
    fn bear(&self, fault: ProviderFault, now: DateTime<Utc>) -> Result<(), ProviderFault> {
        tracing::warn!(error = %fault, "a provider could not be asked");
        if self.facts().keys.holds(now) { Ok(()) } else { Err(fault) }
    }
}
