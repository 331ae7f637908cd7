//! Texts that hold personal data and are kept beside the caseload: what was said of a worker, a line of a release, a message.
//!
//! A seal opens in its own table, column and row only.

use thiserror::Error;

use super::{KEY_ID_BYTES, Key, KeyId, Keys};

/// First byte of a seal: the key's id, nonce and ciphertext follow.
const SEAL_FORMAT: u8 = 1;
const HEADER_BYTES: usize = 1 + KEY_ID_BYTES;

/// Where a sealed text stands in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextPlace<'a> {
    /// The table, as SQL names it.
    pub table: &'static str,
    /// The column, as SQL names it.
    pub column: &'static str,
    /// What tells its row from all others, for as long as it is there.
    pub row: &'a str,
}

/// A seal that was changed, belongs elsewhere, or was made with another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this sealed text was changed, belongs to another row, or was sealed with another key")]
pub struct BadSeal;

impl TextPlace<'_> {
    /// What a seal is bound to. Names in SQL have no bar.
    fn bound(&self, header: &[u8]) -> Vec<u8> {
        let place = format!("|{}|{}|{}", self.table, self.column, self.row);
        [header, place.as_bytes()].concat()
    }
}

impl Keys {
    /// Opens a text in its place, with the key that sealed it.
    ///
    /// # Errors
    /// [`BadSeal`] for anything that was not sealed there with a key that is here.
    pub fn text_open(&self, sealed: &[u8], place: &TextPlace<'_>) -> Result<String, BadSeal> {
        let ([_, a, b, c, d], _) = sealed.split_first_chunk::<HEADER_BYTES>().ok_or(BadSeal)?;
        self.find(KeyId([*a, *b, *c, *d])).ok_or(BadSeal)?.text_open(sealed, place)
    }
}

impl Key {
    /// Seals a text for its place: format, key id, nonce, ciphertext, tag.
    #[must_use]
    pub(super) fn text_seal(&self, text: &str, place: &TextPlace<'_>) -> Vec<u8> {
        let header = self.text_header();
        let sealed = self.texts.seal(&place.bound(&header), text.as_bytes());
        [&header[..], &sealed].concat()
    }

    fn text_open(&self, sealed: &[u8], place: &TextPlace<'_>) -> Result<String, BadSeal> {
        let (header, seal) = sealed.split_first_chunk::<HEADER_BYTES>().ok_or(BadSeal)?;
        if *header != self.text_header() {
            return Err(BadSeal);
        }
        let plain = self.texts.open(&place.bound(header), seal).ok_or(BadSeal)?;
        String::from_utf8(plain).map_err(|_| BadSeal)
    }

    fn text_header(&self) -> [u8; HEADER_BYTES] {
        let [a, b, c, d] = self.id.0;
        [SEAL_FORMAT, a, b, c, d]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(row: &str) -> TextPlace<'_> {
        TextPlace { table: "discrepancy", column: "ours_sealed", row }
    }

    #[test]
    fn a_text_opens_in_its_place_with_its_key_and_unchanged_only() {
        let keys = Key::from_bytes([7; 32]);
        let sealed = keys.text_seal("1990-04-01", &place("a"));
        assert_eq!(keys.text_open(&sealed, &place("a")), Ok("1990-04-01".into()));
        let elsewhere = [
            place("b"),
            TextPlace { column: "theirs_sealed", ..place("a") },
            TextPlace { table: "worker", ..place("a") },
        ];
        for elsewhere in elsewhere {
            assert_eq!(keys.text_open(&sealed, &elsewhere), Err(BadSeal), "{elsewhere:?}");
        }
        assert_eq!(Key::from_bytes([8; 32]).text_open(&sealed, &place("a")), Err(BadSeal));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(keys.text_open(&changed, &place("a")), Err(BadSeal), "byte {at}");
            assert_eq!(keys.text_open(&sealed[..at], &place("a")), Err(BadSeal), "{at} bytes");
        }
    }

    proptest! {
        #[test]
        fn every_text_opens_again(text: String, row: String) {
            let keys = Key::from_bytes([7; 32]);
            prop_assert_eq!(keys.text_open(&keys.text_seal(&text, &place(&row)), &place(&row)), Ok(text));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            prop_assert_eq!(Key::from_bytes([7; 32]).text_open(&bytes, &place("a")), Err(BadSeal));
        }
    }
}
