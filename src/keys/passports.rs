//! Passport numbers: sealed for the row they stand in, and fingerprinted to find a worker again.
//!
//! A seal opens in its own table, column, row and body only, so that a number copied to another
//! row, or to another body's, is refused. A fingerprint tells that two passports are the same and
//! nothing else; it is keyed, because there are so few passport numbers that a plain hash could be
//! undone by trying them all.

use std::fmt;

use thiserror::Error;
use uuid::Uuid;

use super::{KEY_ID_BYTES, Key, KeyId, Keys, hash};
use crate::values::{country::CountryCode, passport::PassportNumber};

/// First byte of a seal: nonce and ciphertext follow the key's id.
const SEAL_FORMAT: u8 = 1;
const HEADER_BYTES: usize = 1 + KEY_ID_BYTES;

/// Where a sealed number stands in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassportPlace {
    /// The table, as SQL names it.
    pub table: &'static str,
    /// The column, as SQL names it.
    pub column: &'static str,
    /// The id of the row.
    pub row: Uuid,
    /// The id of the body whose row it is.
    pub body: Uuid,
}

/// What stands for a passport where its number must not be known.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// The number of the key that made it; those of two keys cannot be compared.
    pub version: i32,
    /// HMAC-SHA-256, 64 hexadecimal digits in small letters.
    pub hex: String,
}

/// Why a sealed number does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PassportOpenError {
    /// Not a seal, or one of a later version.
    #[error("this is no sealed passport number that this version can read")]
    UnknownFormat,
    /// Sealed before the key was changed, or in another deployment.
    #[error(
        "this passport number was sealed with another key: start with the key file that belongs to \
         this database"
    )]
    OtherKey,
    /// Damaged, or copied from another row.
    #[error("this sealed passport number was changed, or belongs to another row")]
    Refused,
}

impl PassportPlace {
    /// What a seal is bound to: its own header, and the place. Names in SQL have no bar.
    fn bound(&self, header: &[u8]) -> Vec<u8> {
        let place = format!("|{}|{}|{}|{}", self.table, self.column, self.row, self.body);
        [header, place.as_bytes()].concat()
    }
}

impl Keys {
    /// Opens a number in its place, with the key that sealed it. Only the actions that are named for it may call this, and
    /// each records in the history that it did.
    ///
    /// # Errors
    /// Says whether it was sealed with a key that is not here, or is not what was sealed for this place.
    pub fn passport_open(
        &self,
        sealed: &[u8],
        place: &PassportPlace,
    ) -> Result<PassportNumber, PassportOpenError> {
        let (header, _) = split(sealed)?;
        let [_, a, b, c, d] = *header;
        let key = self.find(KeyId([a, b, c, d])).ok_or(PassportOpenError::OtherKey)?;
        key.passport_open(sealed, place)
    }
}

impl Key {
    /// Seals a number for its place: format, key id, nonce, ciphertext, tag.
    #[must_use]
    pub(super) fn passport_seal(&self, number: &PassportNumber, place: &PassportPlace) -> Vec<u8> {
        let header = self.passport_header();
        let sealed = self.passports.seal(&place.bound(&header), number.expose().as_bytes());
        [&header[..], &sealed].concat()
    }

    fn passport_open(
        &self,
        sealed: &[u8],
        place: &PassportPlace,
    ) -> Result<PassportNumber, PassportOpenError> {
        let (header, seal) = split(sealed)?;
        if *header != self.passport_header() {
            return Err(PassportOpenError::OtherKey);
        }
        let plain = self.passports.open(&place.bound(header), seal).ok_or(PassportOpenError::Refused)?;
        std::str::from_utf8(&plain)
            .ok()
            .and_then(|number| PassportNumber::parse(number).ok())
            .ok_or(PassportOpenError::Refused)
    }

    /// The fingerprint of a passport: the same for the same maker and number, however they were
    /// typed.
    #[must_use]
    pub fn fingerprint(&self, issuing_state: CountryCode, number: &PassportNumber) -> Fingerprint {
        let passport = format!("worker-fp-v1|{}|{}", issuing_state.maker_of_documents(), number.expose());
        Fingerprint {
            version: self.number(),
            hex: hex::encode(hash(&self.fingerprints, passport.as_bytes())),
        }
    }

    fn passport_header(&self) -> [u8; HEADER_BYTES] {
        let [a, b, c, d] = self.id.0;
        [SEAL_FORMAT, a, b, c, d]
    }
}

fn split(sealed: &[u8]) -> Result<(&[u8; HEADER_BYTES], &[u8]), PassportOpenError> {
    sealed
        .split_first_chunk::<HEADER_BYTES>()
        .filter(|(header, _)| header[0] == SEAL_FORMAT)
        .ok_or(PassportOpenError::UnknownFormat)
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint(version {}, redacted)", self.version)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys() -> Key {
        Key::from_bytes([7; 32])
    }

    fn number(typed: &str) -> PassportNumber {
        PassportNumber::parse(typed).unwrap()
    }

    fn place() -> PassportPlace {
        PassportPlace {
            table: "application",
            column: "passport_number",
            row: Uuid::from_u128(1),
            body: Uuid::from_u128(2),
        }
    }

    #[test]
    fn a_number_opens_in_its_place_only() {
        let sealed = keys().passport_seal(&number("N1234567"), &place());
        assert_eq!(keys().passport_open(&sealed, &place()), Ok(number("N1234567")));
        for elsewhere in [
            PassportPlace { table: "worker", ..place() },
            PassportPlace { column: "other", ..place() },
            PassportPlace { row: Uuid::from_u128(3), ..place() },
            PassportPlace { body: Uuid::from_u128(3), ..place() },
            PassportPlace { row: place().body, body: place().row, ..place() },
        ] {
            let opened = keys().passport_open(&sealed, &elsewhere);
            assert_eq!(opened, Err(PassportOpenError::Refused), "{elsewhere:?}");
        }
    }

    #[test]
    fn a_seal_with_any_bit_changed_or_missing_is_refused() {
        let sealed = keys().passport_seal(&number("N1234567"), &place());
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[at] ^= 1 << bit;
                assert!(keys().passport_open(&changed, &place()).is_err(), "byte {at}, bit {bit}");
            }
            assert!(keys().passport_open(&sealed[..at], &place()).is_err(), "{at} bytes");
        }
    }

    #[test]
    fn another_key_and_another_format_are_told_apart() {
        let sealed = keys().passport_seal(&number("N1234567"), &place());
        let other = Key::from_bytes([8; 32]);
        assert_eq!(other.passport_open(&sealed, &place()), Err(PassportOpenError::OtherKey));
        for unknown in [vec![], vec![SEAL_FORMAT], [&[2], &sealed[1..]].concat()] {
            let opened = keys().passport_open(&unknown, &place());
            assert_eq!(opened, Err(PassportOpenError::UnknownFormat));
        }
    }

    #[test]
    fn a_seal_shows_nothing_of_the_number() {
        let sealed = keys().passport_seal(&number("N1234567"), &place());
        assert!(!sealed.windows(3).any(|bytes| b"N1234567".windows(3).any(|part| part == bytes)));
        assert_ne!(sealed, keys().passport_seal(&number("N1234568"), &place()));
    }

    #[test]
    fn one_passport_has_one_fingerprint() {
        let of =
            |state: &str, typed: &str| keys().fingerprint(CountryCode::parse(state).unwrap(), &number(typed));
        let one = of("IND", "N 123-4567");
        assert_eq!(one, of("ind", "n1234567"));
        assert_eq!(of("D", "C01X00T47"), of("DEU", "c01x 00t47"));
        assert_eq!(of("HKG", "K01234567"), of("CHN", "K01234567"));
        assert_eq!(of("GBN", "123456789"), of("GBR", "123456789"));
        assert_ne!(of("TWN", "300000000"), of("CHN", "300000000"));
        assert_ne!(one, of("IND", "N1234568"));
        assert_ne!(one, of("LKA", "N1234567"));
        // Computed apart from this program, with Python's hmac and hashlib.
        assert_eq!(
            (one.version, one.hex.as_str()),
            (1, "b72992d110432c4f9a8aa452d2842b57dbed56f1b7cd431de0f4f8855894af7f")
        );
        let other = Key::from_bytes([8; 32]);
        assert_ne!(one, other.fingerprint(CountryCode::parse("IND").unwrap(), &number("N1234567")));
    }

    #[test]
    fn debug_shows_no_fingerprint() {
        let one = keys().fingerprint(CountryCode::parse("IND").unwrap(), &number("N1234567"));
        assert_eq!(format!("{one:?}"), "Fingerprint(version 1, redacted)");
    }

    proptest! {
        #[test]
        fn every_number_opens_again(typed in "[A-Z0-9]{1,9}", row: u128, body: u128) {
            let place = PassportPlace {
                row: Uuid::from_u128(row),
                body: Uuid::from_u128(body),
                ..place()
            };
            let sealed = keys().passport_seal(&number(&typed), &place);
            prop_assert_eq!(keys().passport_open(&sealed, &place), Ok(number(&typed)));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            prop_assert!(keys().passport_open(&bytes, &place()).is_err());
        }
    }
}
