//! The one verifier of tokens, for ID tokens and access tokens alike. Time and keys are arguments.
//!
//! Every comparison is exact: issuer, audience, nonce, kind. What a token says of algorithms is held against a list, and
//! no token says where its key is to be found. Nothing here tells what stood in a token.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use super::keyring::KeyRing;

/// The algorithms that are taken: all with a public key, so that whoever knows it can sign nothing.
const ALGORITHMS: [Algorithm; 4] = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];
/// How far the machines' clocks may differ.
const LEEWAY_SECONDS: f64 = 60.0;
/// Bytes of a token.
const TOKEN_MAX: usize = 16 * 1024;
/// Characters of a subject (OpenID Connect Core, section 2).
const SUBJECT_MAX: usize = 255;

/// What a token is to be.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'e> {
    /// Exactly as `iss` has it.
    pub issuer: &'e str,
    /// Of which kind.
    pub kind: Kind<'e>,
}

/// The two kinds of tokens, which never stand in for each other.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'e> {
    /// Says who has signed in, to our client, in answer to our nonce.
    Id {
        /// Our client there.
        client_id: &'e str,
        /// What this attempt sent along.
        nonce: &'e str,
    },
    /// Lets a machine, or a frontend for a person, use the API.
    Access {
        /// The API, as the provider calls it.
        audience: &'e str,
        /// How long after it was issued a person's is taken, whatever the provider says.
        persons_seconds: u32,
    },
}

/// What a verified token says.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who, among all whom the issuer knows; for a machine the id of its client.
    pub subject: String,
    /// The client that sends a person's access token; none in a machine's own, and none in an ID token.
    pub client: Option<String>,
    /// What the provider calls them.
    pub name: Option<String>,
    /// Their address, where the provider has made sure of it.
    pub email: Option<String>,
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Claims(redacted)")
    }
}

/// Why a token is not taken. For the log: whoever sent it is told one sentence for all of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// It is no signed token.
    #[error("this is no signed token")]
    NotAToken,
    /// Its algorithm is not taken.
    #[error("its algorithm is not taken")]
    Algorithm,
    /// It needs something of its reader that this one does not know.
    #[error("it has critical headers")]
    Critical,
    /// It is of the other kind.
    #[error("it is not of the kind that is taken here")]
    Kind,
    /// Its key is not known.
    #[error("its key is not known")]
    UnknownKey(String),
    /// Its signature is not its key's.
    #[error("its signature does not hold")]
    Signature,
    /// What it says cannot be read.
    #[error("its claims cannot be read")]
    Claims,
    /// It is of another issuer.
    #[error("it is of another issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("it is for another audience")]
    Audience,
    /// It answers another attempt.
    #[error("its nonce is another")]
    Nonce,
    /// It has ended.
    #[error("it has ended")]
    Expired,
    /// It has not begun.
    #[error("it has not begun")]
    NotYet,
    /// It does not say which client it was issued to, or names two.
    #[error("it does not name its client")]
    Client,
}

#[derive(Deserialize)]
struct Body {
    iss: String,
    sub: String,
    aud: Audience,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
    nonce: Option<String>,
    azp: Option<String>,
    client_id: Option<String>,
    name: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// Nobody else: what is meant for others too may be sent here by them.
    fn is_only(&self, expected: &str) -> bool {
        match self {
            Self::One(one) => one == expected,
            Self::Several(all) => matches!(all.as_slice(), [one] if one == expected),
        }
    }
}

/// Whom a token says that it is of, before anything is checked: to know whose keys to hold it against.
#[must_use]
pub fn issuer_named_in(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    if token.len() > TOKEN_MAX {
        return None;
    }
    jsonwebtoken::dangerous::insecure_decode_claims::<Issuer>(token).ok().map(|claims| claims.iss)
}

/// Verifies a token.
///
/// # Errors
/// The first thing that is wrong with it.
pub(super) fn verify(
    token: &str,
    expected: &Expected<'_>,
    keys: &KeyRing,
    now: DateTime<Utc>,
) -> Result<Claims, TokenRefusal> {
    if token.len() > TOKEN_MAX {
        return Err(TokenRefusal::NotAToken);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| TokenRefusal::NotAToken)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(TokenRefusal::Algorithm);
    }
    if header.crit.is_some() {
        return Err(TokenRefusal::Critical);
    }
    check_kind(header.typ.as_deref(), expected.kind)?;
    let unknown = || TokenRefusal::UnknownKey(header.kid.clone().unwrap_or_default());
    let key = keys.find(header.kid.as_deref(), header.alg, now).ok_or_else(unknown)?;
    let key = DecodingKey::from_jwk(key).map_err(|_| TokenRefusal::Signature)?;
    let body = jsonwebtoken::decode::<Body>(token, &key, &signature_only(header.alg));
    let body = body.map_err(|why| match why.kind() {
        jsonwebtoken::errors::ErrorKind::Json(_) => TokenRefusal::Claims,
        _ => TokenRefusal::Signature,
    })?;
    check_claims(body.claims, expected, now)
}

/// What the claims say is checked here, where the clock is ours and every comparison exact.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

/// RFC 9068 marks access tokens, so that no ID token is one; an ID token is marked JWT or not at all.
fn check_kind(typ: Option<&str>, kind: Kind<'_>) -> Result<(), TokenRefusal> {
    let typ = typ.map(str::to_ascii_lowercase);
    let is_right = match kind {
        Kind::Id { .. } => matches!(typ.as_deref(), None | Some("jwt")),
        Kind::Access { .. } => matches!(typ.as_deref(), Some("at+jwt" | "application/at+jwt")),
    };
    if is_right { Ok(()) } else { Err(TokenRefusal::Kind) }
}

fn check_claims(body: Body, expected: &Expected<'_>, now: DateTime<Utc>) -> Result<Claims, TokenRefusal> {
    if body.iss != expected.issuer {
        return Err(TokenRefusal::Issuer);
    }
    if body.sub.is_empty() || body.sub.chars().count() > SUBJECT_MAX || body.sub.contains(char::is_control) {
        return Err(TokenRefusal::Claims);
    }
    check_times(&body, now)?;
    let client = match expected.kind {
        Kind::Id { client_id, nonce } => {
            if !body.aud.is_only(client_id) || body.azp.as_deref().is_some_and(|azp| azp != client_id) {
                return Err(TokenRefusal::Audience);
            }
            if body.nonce.as_deref() != Some(nonce) {
                return Err(TokenRefusal::Nonce);
            }
            None
        }
        Kind::Access { audience, persons_seconds } => {
            if !body.aud.is_only(audience) {
                return Err(TokenRefusal::Audience);
            }
            // A machine's own has its client as the subject; a person's has the person there, and the client beside.
            let client = client_of(&body)?;
            if client == body.sub { None } else { Some(persons(&body, client, persons_seconds, now)?) }
        }
    };
    let email = body.email.filter(|_| body.email_verified);
    Ok(Claims { subject: body.sub, client, name: body.name, email })
}

/// The client that an access token was issued to (RFC 9068); `azp`, which some providers write beside it, may not differ.
fn client_of(body: &Body) -> Result<&str, TokenRefusal> {
    let client = body.client_id.as_deref().filter(|client| !client.is_empty());
    let client = client.ok_or(TokenRefusal::Client)?;
    if body.azp.as_deref().is_some_and(|azp| azp != client) { Err(TokenRefusal::Client) } else { Ok(client) }
}

/// The client of a person's token, which is not taken for as long as its provider likes.
fn persons(body: &Body, client: &str, longest: u32, now: DateTime<Utc>) -> Result<String, TokenRefusal> {
    let issued = body.iat.ok_or(TokenRefusal::Claims)?;
    if seconds(now) >= issued + f64::from(longest) {
        return Err(TokenRefusal::Expired);
    }
    Ok(client.to_owned())
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are whole numbers below 2^53")]
fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp() as f64
}

fn check_times(body: &Body, now: DateTime<Utc>) -> Result<(), TokenRefusal> {
    let now = seconds(now);
    if now >= body.exp + LEEWAY_SECONDS {
        return Err(TokenRefusal::Expired);
    }
    let begins = [body.nbf, body.iat];
    if begins.into_iter().flatten().all(|begin| begin - LEEWAY_SECONDS <= now) {
        Ok(())
    } else {
        Err(TokenRefusal::NotYet)
    }
}

#[cfg(test)]
mod tests;
