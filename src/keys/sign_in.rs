//! What sign-in keeps outside the database: attempts, sealed into the browser's own cookie, and the tokens of
//! invitations, which are computed from their ids so that a link can be told again and is stored nowhere.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::{Keys, hash};

/// What attempts are bound to, so that no other seal of these keys is taken for one.
const BOUND: &[u8] = b"sign-in attempt v1";

impl Keys {
    /// Seals an attempt to sign in; URL-safe base64 without padding.
    #[must_use]
    pub fn attempt_seal(&self, plain: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.current().attempts.seal(BOUND, plain))
    }

    /// Opens an attempt that was sealed here; none for anything else.
    #[must_use]
    pub fn attempt_open(&self, sealed: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        self.by_each(|key| key.attempts.open(BOUND, &sealed)).into_iter().flatten().next()
    }

    /// The token in the link of an invitation: 43 characters, the same whenever it is told.
    #[must_use]
    pub fn invitation_token(&self, id: Uuid) -> String {
        URL_SAFE_NO_PAD.encode(hash(&self.current().invitations, id.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_opens_under_its_own_keys_only() {
        let (keys, others) = (Keys::from_bytes([7; 32]), Keys::from_bytes([8; 32]));
        let sealed = keys.attempt_seal(b"state and nonce");
        assert_eq!(keys.attempt_open(&sealed).as_deref(), Some(&b"state and nonce"[..]));
        assert_eq!(others.attempt_open(&sealed), None);
        for spoilt in ["", "AAAA", &sealed[1..], &format!("{sealed}A"), &keys.cursor_seal(BOUND, b"state")] {
            assert_eq!(keys.attempt_open(spoilt), None, "{spoilt}");
        }
    }

    #[test]
    fn the_token_of_an_invitation_follows_from_its_id_and_the_key() {
        let (keys, others) = (Keys::from_bytes([7; 32]), Keys::from_bytes([8; 32]));
        let token = keys.invitation_token(Uuid::from_u128(1));
        assert!(token.len() == 43 && token == keys.invitation_token(Uuid::from_u128(1)));
        assert_ne!(token, keys.invitation_token(Uuid::from_u128(2)));
        assert_ne!(token, others.invitation_token(Uuid::from_u128(1)));
    }
}
