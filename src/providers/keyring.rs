//! A provider's keys: which are held, and when the provider is to be asked anew. Time is an argument, and nothing here
//! calls anybody.
//!
//! A provider that changes its keys signs with a new one at once, while tokens under the old one are still on their way.
//! So an unknown key is asked for, and one that is no longer published is held for a while.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};

/// Keys are asked for anew after so many minutes.
const FRESH_MINUTES: i64 = 10;
/// For a key that is not known, and again after a failure, at most once in so many seconds.
const ASK_AGAIN_SECONDS: i64 = 60;
/// Where nothing is known at all, sooner.
const ASK_FIRST_SECONDS: i64 = 5;
/// A key that was not seen for so many hours is held no longer.
const HELD_HOURS: i64 = 24;
/// Keys of one provider; it publishes no more.
const KEYS_MAX: usize = 100;

/// The keys of one provider.
#[derive(Clone, Debug, Default)]
pub struct KeyRing {
    keys: Vec<Held>,
    taken_at: Option<DateTime<Utc>>,
    asked_at: Option<DateTime<Utc>>,
    asked_for_unknown_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
struct Held {
    key: Jwk,
    seen_at: DateTime<Utc>,
}

impl KeyRing {
    /// Whether the provider is to be asked because what is known is old, or nothing is.
    #[must_use]
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        let is_fresh = self.taken_at.is_some_and(|at| now - at < TimeDelta::minutes(FRESH_MINUTES));
        let wait = if self.taken_at.is_some() { ASK_AGAIN_SECONDS } else { ASK_FIRST_SECONDS };
        !is_fresh && self.asked_at.is_none_or(|at| now - at >= TimeDelta::seconds(wait))
    }

    /// Whether the provider may be asked for a key that is not known. Anybody can make up the name of a key, so it is
    /// asked rarely.
    #[must_use]
    pub fn may_ask_for(&self, key: &str, now: DateTime<Utc>) -> bool {
        let is_known = self.keys.iter().any(|held| held.key.common.key_id.as_deref() == Some(key));
        let wait = TimeDelta::seconds(ASK_AGAIN_SECONDS);
        !is_known && self.asked_for_unknown_at.is_none_or(|at| now - at >= wait)
    }

    /// Writes down that the provider is being asked.
    pub fn note_asking(&mut self, for_unknown: bool, now: DateTime<Utc>) {
        self.asked_at = Some(now);
        if for_unknown {
            self.asked_for_unknown_at = Some(now);
        }
    }

    /// Takes in what the provider publishes. What cannot be read, or is no key for signatures, is left out.
    pub fn take(&mut self, published: &serde_json::Value, now: DateTime<Utc>) {
        let found = published["keys"].as_array().into_iter().flatten().take(KEYS_MAX);
        let found = found.filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok());
        for key in found.filter(is_for_signatures) {
            self.keys.retain(|held| held.key.common.key_id != key.common.key_id);
            self.keys.push(Held { key, seen_at: now });
        }
        self.keys.retain(|held| is_held(held, now));
        self.taken_at = Some(now);
    }

    /// Whether any key is held.
    #[must_use]
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        self.keys.iter().any(|held| is_held(held, now))
    }

    /// The key that a token names, for the algorithm that it names. One that names none is taken where there is no
    /// choice.
    #[must_use]
    pub fn find(&self, id: Option<&str>, algorithm: Algorithm, now: DateTime<Utc>) -> Option<&Jwk> {
        let held = self.keys.iter().filter(|held| is_held(held, now)).map(|held| &held.key);
        let mut fit = held.filter(|key| fits(key, algorithm));
        if let Some(id) = id {
            return fit.find(|key| key.common.key_id.as_deref() == Some(id));
        }
        let only = fit.next();
        if fit.next().is_some() { None } else { only }
    }
}

fn is_held(held: &Held, now: DateTime<Utc>) -> bool {
    now - held.seen_at < TimeDelta::hours(HELD_HOURS)
}

fn is_for_signatures(key: &Jwk) -> bool {
    matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature))
        && !matches!(key.algorithm, AlgorithmParameters::OctetKey(_))
}

/// Whether a key is of the kind that an algorithm needs, and is not set aside for another.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_of_its_kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => curve.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(pair), Algorithm::EdDSA) => pair.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let named = key.common.key_algorithm.map(|named| named.to_string());
    is_of_its_kind && named.is_none_or(|named| named == format!("{algorithm:?}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_646_092_800 + seconds, 0).expect("an instant")
    }

    fn rsa(id: &str) -> Value {
        json!({ "kty": "RSA", "kid": id, "use": "sig", "n": "AQAB", "e": "AQAB" })
    }

    fn ring(keys: &[Value], seconds: i64) -> KeyRing {
        let mut ring = KeyRing::default();
        ring.note_asking(false, at(seconds));
        ring.take(&json!({ "keys": keys }), at(seconds));
        ring
    }

    fn has(ring: &KeyRing, id: &str, seconds: i64) -> bool {
        ring.find(Some(id), Algorithm::RS256, at(seconds)).is_some()
    }

    #[test]
    fn keys_are_fresh_for_ten_minutes() {
        let ring = ring(&[rsa("a")], 0);
        assert!(KeyRing::default().is_due(at(0)));
        assert!(!ring.is_due(at(599)));
        assert!(ring.is_due(at(600)));
    }

    #[test]
    fn a_provider_that_fails_is_asked_again_after_a_while() {
        let mut empty = KeyRing::default();
        empty.note_asking(false, at(0));
        assert!(!empty.is_due(at(4)) && empty.is_due(at(5)));
        let mut ring = ring(&[rsa("a")], 0);
        ring.note_asking(false, at(600));
        assert!(!ring.is_due(at(659)) && ring.is_due(at(660)));
    }

    #[test]
    fn an_unknown_key_is_asked_for_at_once_and_then_once_a_minute() {
        let mut ring = ring(&[rsa("a")], 0);
        assert!(!ring.may_ask_for("a", at(1)));
        assert!(ring.may_ask_for("b", at(1)));
        ring.note_asking(true, at(1));
        assert!(!ring.may_ask_for("c", at(60)) && ring.may_ask_for("c", at(61)));
    }

    #[test]
    fn an_old_key_is_held_for_a_day() {
        let mut ring = ring(&[rsa("old")], 0);
        ring.take(&json!({ "keys": [rsa("new")] }), at(60));
        let day = 24 * 60 * 60;
        assert!(has(&ring, "old", day - 1) && !has(&ring, "old", day));
        assert!(has(&ring, "new", day + 59) && !has(&ring, "new", day + 60));
        assert!(ring.holds(at(day)) && !ring.holds(at(day + 60)));
    }

    #[test]
    fn a_key_is_for_its_own_algorithm_and_for_signatures() {
        let with = |field: &str, value: &str| {
            let mut key = rsa("a");
            key[field] = json!(value);
            key
        };
        let shared = json!({ "kty": "oct", "kid": "a", "k": "AQAB" });
        for (key, algorithm, expected) in [
            (rsa("a"), Algorithm::RS256, true),
            (rsa("a"), Algorithm::PS256, true),
            (rsa("a"), Algorithm::ES256, false),
            (rsa("a"), Algorithm::EdDSA, false),
            (rsa("a"), Algorithm::HS256, false),
            (rsa("a"), Algorithm::RS512, false),
            (with("alg", "PS256"), Algorithm::RS256, false),
            (with("alg", "PS256"), Algorithm::PS256, true),
            (with("use", "enc"), Algorithm::RS256, false),
            (shared, Algorithm::HS256, false),
            (json!({ "kid": "a" }), Algorithm::RS256, false),
            (json!("garbage"), Algorithm::RS256, false),
        ] {
            let ring = ring(std::slice::from_ref(&key), 0);
            assert_eq!(ring.find(Some("a"), algorithm, at(0)).is_some(), expected, "{key} {algorithm:?}");
        }
    }

    #[test]
    fn a_token_that_names_no_key_is_taken_where_there_is_no_choice() {
        assert!(ring(&[rsa("a")], 0).find(None, Algorithm::RS256, at(0)).is_some());
        assert!(ring(&[rsa("a"), rsa("b")], 0).find(None, Algorithm::RS256, at(0)).is_none());
        assert!(ring(&[], 0).find(None, Algorithm::RS256, at(0)).is_none());
    }
}
