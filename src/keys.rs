//! The deployment's key, and everything that is sealed, hashed or drawn at random with it.
//!
//! One file holds 32 random bytes; from them a key is derived for each purpose, so that what is
//! made for one can never be used for another. The key stays outside the database: whoever has a
//! copy of the database alone reads no passport and tells no worker by trying numbers. Nothing here
//! logs, shows or returns a key, and `Debug` shows nothing.

mod file;
mod passports;
mod seal;
mod sign_in;
mod sources;
mod texts;

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

pub use file::KeyFileError;
pub use passports::{Fingerprint, PassportOpenError, PassportPlace};
use seal::Sealer;
pub use sources::Source;
pub use texts::{BadSeal, TextPlace};

/// Bytes of the deployment's key and of each key derived from it.
const KEY_BYTES: usize = 32;
/// Bytes of what is drawn for a session's token.
const TOKEN_BYTES: usize = 32;
/// Bytes of the id that tells which key sealed a passport.
const KEY_ID_BYTES: usize = 4;

/// The keys of a deployment. Made once at the start and shared.
#[derive(Clone)]
pub struct Keys {
    cursors: Sealer,
    passports: Sealer,
    passport_key_id: [u8; KEY_ID_BYTES],
    fingerprints: Hmac<Sha256>,
    idempotency: Hmac<Sha256>,
    tokens: Hmac<Sha256>,
    imported_rows: Hmac<Sha256>,
    sources: Hmac<Sha256>,
    contacts: Hmac<Sha256>,
    texts: Sealer,
    values: Hmac<Sha256>,
    attempts: Sealer,
    invitations: Hmac<Sha256>,
}

/// What a derived key is for. The labels are part of every stored seal and hash: never change one.
#[derive(Clone, Copy, Debug)]
enum Purpose {
    Cursors,
    CursorNonces,
    Idempotency,
    Fingerprints,
    Passports,
    PassportNonces,
    PassportKeyId,
    Tokens,
    ImportedRows,
    Sources,
    Contacts,
    Texts,
    TextNonces,
    Values,
    Attempts,
    AttemptNonces,
    Invitations,
}

/// A cursor that was not made here, or not for this question: never says which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("This cursor is not valid here: start again from the first page.")]
pub struct BadCursor;

/// The machine has no randomness to give.
#[derive(Debug, Error)]
#[error("the operating system gave no random bytes: {0}")]
pub struct NoRandomness(getrandom::Error);

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::Cursors => "cursors",
            Self::CursorNonces => "cursor nonces",
            Self::Idempotency => "idempotency",
            Self::Fingerprints => "fingerprints",
            Self::Passports => "passports",
            Self::PassportNonces => "passport nonces",
            Self::PassportKeyId => "passport key id",
            Self::Tokens => "session tokens",
            Self::ImportedRows => "imported rows",
            Self::Sources => "sources",
            Self::Contacts => "contacts",
            Self::Texts => "texts",
            Self::TextNonces => "text nonces",
            Self::Values => "values",
            Self::Attempts => "sign-in attempts",
            Self::AttemptNonces => "sign-in attempt nonces",
            Self::Invitations => "invitations",
        }
    }
}

impl Keys {
    /// Derives the keys from a deployment's 32 bytes. For tests, which want the same keys every
    /// time, and for the key file; nothing else has such bytes.
    #[must_use]
    pub fn from_bytes(secret: [u8; KEY_BYTES]) -> Self {
        let [a, b, c, d, ..] = derive(secret, Purpose::PassportKeyId);
        let sealer = |seals, nonces| Sealer::new(derive(secret, seals), mac(secret, nonces));
        Self {
            cursors: sealer(Purpose::Cursors, Purpose::CursorNonces),
            passports: sealer(Purpose::Passports, Purpose::PassportNonces),
            passport_key_id: [a, b, c, d],
            fingerprints: mac(secret, Purpose::Fingerprints),
            idempotency: mac(secret, Purpose::Idempotency),
            tokens: mac(secret, Purpose::Tokens),
            imported_rows: mac(secret, Purpose::ImportedRows),
            sources: mac(secret, Purpose::Sources),
            contacts: mac(secret, Purpose::Contacts),
            texts: sealer(Purpose::Texts, Purpose::TextNonces),
            values: mac(secret, Purpose::Values),
            attempts: sealer(Purpose::Attempts, Purpose::AttemptNonces),
            invitations: mac(secret, Purpose::Invitations),
        }
    }

    /// Seals a cursor. The context (who asks, and what for) is not in it, but it opens with no
    /// other. URL-safe base64 without padding; the same every time, so that a page is the same
    /// page.
    #[must_use]
    pub fn cursor_seal(&self, context: &[u8], plain: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.cursors.seal(context, plain))
    }

    /// Opens a cursor that was sealed with the same context.
    ///
    /// # Errors
    /// [`BadCursor`] for anything else.
    pub fn cursor_open(&self, context: &[u8], cursor: &str) -> Result<Vec<u8>, BadCursor> {
        let sealed = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| BadCursor)?;
        self.cursors.open(context, &sealed).ok_or(BadCursor)
    }

    /// The keyed hash of a request, to tell whether a message that comes twice is the same. Keyed,
    /// because requests have personal data that a plain hash would let one guess.
    #[must_use]
    pub fn idempotency_hash(&self, request: &[u8]) -> [u8; 32] {
        hash(&self.idempotency, request)
    }

    /// The keyed hash of a session's token, which is what the database keeps of it.
    #[must_use]
    pub fn token_hash(&self, token: &str) -> [u8; 32] {
        hash(&self.tokens, token.as_bytes())
    }

    /// The keyed hash of values that may be personal, to tell later whether they are still the same.
    #[must_use]
    pub fn values_hash(&self, values: &[u8]) -> [u8; 32] {
        hash(&self.values, values)
    }

    /// The keyed hash of what a row of a body's own system says, to tell whether a row that comes twice is the
    /// same. Keyed, because it says who the worker is.
    #[must_use]
    pub fn imported_row_hash(&self, content: &[u8]) -> [u8; 32] {
        hash(&self.imported_rows, content)
    }
}

/// Draws a new token: 32 random bytes in URL-safe base64, 43 characters.
///
/// # Errors
/// [`NoRandomness`] when the operating system gives none.
pub fn new_token() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<TOKEN_BYTES>()?))
}

/// Bytes from the operating system.
///
/// # Errors
/// [`NoRandomness`] when the operating system gives none.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(bytes)
}

/// HKDF-SHA-256 with the purpose as info.
fn derive(secret: [u8; KEY_BYTES], purpose: Purpose) -> [u8; KEY_BYTES] {
    let mut key = [0; KEY_BYTES];
    Hkdf::<Sha256>::new(Some(b"nominations-key-v1"), &secret)
        .expand(purpose.label().as_bytes(), &mut key)
        .expect("HKDF-SHA-256 gives up to 8160 bytes");
    key
}

fn mac(secret: [u8; KEY_BYTES], purpose: Purpose) -> Hmac<Sha256> {
    Hmac::new_from_slice(&derive(secret, purpose)).expect("HMAC takes keys of any length")
}

fn hash(mac: &Hmac<Sha256>, message: &[u8]) -> [u8; 32] {
    mac.clone().chain_update(message).finalize().into_bytes().into()
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_purpose_has_a_key_of_its_own() {
        let purposes = [
            Purpose::Cursors,
            Purpose::CursorNonces,
            Purpose::Idempotency,
            Purpose::Fingerprints,
            Purpose::Passports,
            Purpose::PassportNonces,
            Purpose::PassportKeyId,
            Purpose::Tokens,
            Purpose::ImportedRows,
            Purpose::Sources,
            Purpose::Contacts,
            Purpose::Texts,
            Purpose::TextNonces,
            Purpose::Values,
            Purpose::Attempts,
            Purpose::AttemptNonces,
            Purpose::Invitations,
        ];
        let keys: BTreeSet<_> = purposes.iter().map(|p| derive([7; 32], *p)).collect();
        assert_eq!(keys.len(), purposes.len());
        let keys = Keys::from_bytes([7; 32]);
        assert_ne!(keys.idempotency_hash(b"x"), keys.token_hash("x"));
        assert_eq!(keys.cursors.open(b"", &keys.passports.seal(b"", b"x")), None);
    }

    #[test]
    fn hashes_are_what_they_were_in_earlier_versions() {
        // Computed apart from this program, with Python's hmac and hashlib.
        let keys = Keys::from_bytes([7; 32]);
        assert_eq!(
            hex::encode(keys.idempotency_hash(b"request")),
            "22c5060e77e317b485e6b7f8ae99410891e5a7398865c10af742f6743f95a1ca"
        );
        assert_eq!(
            hex::encode(keys.token_hash("token")),
            "b19671c956d68fd592daed1064e8c3eaca4dea46cce8756627376bd47e8f02f4"
        );
        assert_eq!(
            hex::encode(keys.imported_row_hash(b"row")),
            "b3cb060adca9d8366ededa37a117387a73b765db599295d05d0e8438f95b7c36"
        );
        assert_ne!(keys.token_hash("token"), Keys::from_bytes([8; 32]).token_hash("token"));
    }

    #[test]
    fn a_cursor_opens_in_its_context_only() {
        let keys = Keys::from_bytes([7; 32]);
        let cursor = keys.cursor_seal(b"viewer|caseload", b"position");
        assert_eq!(keys.cursor_open(b"viewer|caseload", &cursor), Ok(b"position".to_vec()));
        assert_eq!(keys.cursor_seal(b"viewer|caseload", b"position"), cursor);
        for (context, cursor, keys) in [
            ("other|caseload", cursor.as_str(), &keys),
            ("", &cursor, &keys),
            ("viewer|caseload", &cursor, &Keys::from_bytes([8; 32])),
            ("viewer|caseload", "", &keys),
            ("viewer|caseload", "AAAA", &keys),
            ("viewer|caseload", &format!("{cursor}="), &keys),
            ("viewer|caseload", &format!("{cursor}A"), &keys),
            ("viewer|caseload", &cursor[..cursor.len() - 1], &keys),
        ] {
            assert_eq!(keys.cursor_open(context.as_bytes(), cursor), Err(BadCursor), "{cursor}");
        }
    }

    #[test]
    fn a_cursor_with_any_character_changed_is_refused() {
        let keys = Keys::from_bytes([7; 32]);
        let cursor = keys.cursor_seal(b"c", b"position 12");
        for (at, was) in cursor.char_indices() {
            for other in "AQgw_-09zZ+/ =".chars().filter(|c| *c != was) {
                let mut changed = cursor.clone();
                changed.replace_range(at..=at, &other.to_string());
                assert_eq!(keys.cursor_open(b"c", &changed), Err(BadCursor), "{changed}");
            }
        }
    }

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let tokens: BTreeSet<_> = (0..100).map(|_| new_token().unwrap()).collect();
        assert!(tokens.len() == 100 && tokens.iter().all(|token| token.len() == 43));
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Keys::from_bytes([7; 32])), "Keys(redacted)");
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens(context: Vec<u8>, plain: Vec<u8>) {
            let keys = Keys::from_bytes([7; 32]);
            let cursor = keys.cursor_seal(&context, &plain);
            prop_assert_eq!(keys.cursor_open(&context, &cursor), Ok(plain));
        }

        #[test]
        fn no_text_panics(cursor in "(?s).*|[A-Za-z0-9_-]*") {
            prop_assert_eq!(Keys::from_bytes([7; 32]).cursor_open(b"", &cursor), Err(BadCursor));
        }
    }
}
