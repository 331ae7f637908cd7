//! The deployment's keys, and everything that is sealed, hashed or drawn at random with them.
//!
//! A key is 32 random bytes with a number; from them a key is derived for each purpose, so that what is made for one can
//! never be used for another. Keys stay outside the database: whoever has a copy of the database alone reads no passport
//! and tells no worker by trying numbers. Nothing here logs, shows or returns a key, and `Debug` shows nothing.
//!
//! There may be several keys at once. What was made with any of them is read; what is made anew, the database says with
//! which: see [`Sealing`] and docs/operations.md.

mod file;
mod in_use;
mod key;
mod passports;
mod ring;
mod seal;
mod sign_in;
mod sources;
mod texts;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use thiserror::Error;

pub(crate) use file::is_open_to_others;
pub use file::{KeyFileError, KeySource, SecretText, add_key_to, new_key_line};
pub use in_use::{Sealing, load_keys};
pub use key::{Key, KeyId};
pub use passports::{Fingerprint, PassportOpenError, PassportPlace};
pub use ring::Keys;
use seal::Sealer;
pub use sources::Source;
pub use texts::{BadSeal, TextPlace};

/// Bytes of a key and of each key derived from it.
const KEY_BYTES: usize = 32;
/// Bytes of what is drawn for a session's token.
const TOKEN_BYTES: usize = 32;
/// Bytes of the id that tells which key sealed something.
const KEY_ID_BYTES: usize = 4;

/// A cursor that was not made here, or not for this question: never says which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("This cursor is not valid here: start again from the first page.")]
pub struct BadCursor;

/// The machine has no randomness to give.
#[derive(Debug, Error)]
#[error("the operating system gave no random bytes: {0}")]
pub struct NoRandomness(getrandom::Error);

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

fn hash(mac: &Hmac<Sha256>, message: &[u8]) -> [u8; 32] {
    mac.clone().chain_update(message).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

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
