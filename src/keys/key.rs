//! One key, with what is derived from it for each purpose.

use std::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit};
use sha2::Sha256;

use super::{KEY_BYTES, KEY_ID_BYTES, Sealer, hash};

/// What tells a key from others, in every seal that it made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(super) [u8; KEY_ID_BYTES]);

/// One key of a deployment. Made once at the start and shared.
#[derive(Clone)]
pub struct Key {
    number: i32,
    pub(super) id: KeyId,
    pub(super) cursors: Sealer,
    pub(super) passports: Sealer,
    pub(super) fingerprints: Hmac<Sha256>,
    idempotency: Hmac<Sha256>,
    tokens: Hmac<Sha256>,
    imported_rows: Hmac<Sha256>,
    pub(super) sources: Hmac<Sha256>,
    pub(super) contacts: Hmac<Sha256>,
    pub(super) texts: Sealer,
    values: Hmac<Sha256>,
    pub(super) attempts: Sealer,
    pub(super) invitations: Hmac<Sha256>,
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

impl Key {
    /// Derives everything from a key's 32 bytes. Numbers tell the order in which keys were made, from 1.
    pub(super) fn new(number: i32, secret: [u8; KEY_BYTES]) -> Self {
        let [a, b, c, d, ..] = derive(secret, Purpose::PassportKeyId);
        let sealer = |seals, nonces| Sealer::new(derive(secret, seals), mac(secret, nonces));
        Self {
            number,
            id: KeyId([a, b, c, d]),
            cursors: sealer(Purpose::Cursors, Purpose::CursorNonces),
            passports: sealer(Purpose::Passports, Purpose::PassportNonces),
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

    #[cfg(test)]
    pub(super) fn from_bytes(secret: [u8; KEY_BYTES]) -> Self {
        Self::new(1, secret)
    }

    /// Its number; fingerprints of one number can be compared.
    #[must_use]
    pub fn number(&self) -> i32 {
        self.number
    }

    /// What tells it from others.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    pub(super) fn idempotency_hash(&self, request: &[u8]) -> [u8; 32] {
        hash(&self.idempotency, request)
    }

    pub(super) fn token_hash(&self, token: &str) -> [u8; 32] {
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

impl KeyId {
    /// As it stands in a seal.
    #[must_use]
    pub fn bytes(self) -> [u8; KEY_ID_BYTES] {
        self.0
    }

    /// As it is told: 8 hexadecimal digits.
    #[must_use]
    pub fn hex(self) -> String {
        hex::encode(self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, {}, redacted)", self.number, self.id.hex())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
        let keys = Key::from_bytes([7; 32]);
        assert_ne!(keys.idempotency_hash(b"x"), keys.token_hash("x"));
        assert_eq!(keys.cursors.open(b"", &keys.passports.seal(b"", b"x")), None);
    }

    #[test]
    fn hashes_are_what_they_were_in_earlier_versions() {
        // Computed apart from this program, with Python's hmac and hashlib.
        let keys = Key::from_bytes([7; 32]);
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
        assert_ne!(keys.token_hash("token"), Key::from_bytes([8; 32]).token_hash("token"));
    }

    #[test]
    fn debug_shows_the_number_and_the_id_alone() {
        let key = Key::new(3, [7; 32]);
        assert_eq!(format!("{key:?}"), format!("Key(3, {}, redacted)", key.id().hex()));
    }
}
