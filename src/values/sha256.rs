//! A SHA-256 hash, written in one way only: 64 lower-case hexadecimal digits.
//!
//! What is published is compared byte for byte, so another spelling of the same hash is refused where it comes in.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::Digest;
use thiserror::Error;

/// Bytes of a hash.
const BYTES: usize = 32;

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256([u8; BYTES]);

/// A text that is no hash, in a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("Send a SHA-256 hash: 64 hexadecimal digits, 0 to 9 and a to f in lower case, and nothing else.")]
pub struct Sha256Error;

impl Sha256 {
    /// The hash of some bytes.
    #[must_use]
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Reads a hash.
    ///
    /// # Errors
    /// Where it is anything but 64 lower-case hexadecimal digits.
    pub fn parse(typed: &str) -> Result<Self, Sha256Error> {
        let is_plain = typed.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let mut bytes = [0; BYTES];
        if is_plain && hex::decode_to_slice(typed, &mut bytes).is_ok() {
            Ok(Self(bytes))
        } else {
            Err(Sha256Error)
        }
    }

    /// The first 16 of its bytes as a number: hashes are in order as these are, but for those whose first halves are the same.
    #[must_use]
    pub fn first_half(&self) -> u128 {
        let (half, _) = self.0.split_first_chunk().unwrap_or((&[0; 16], &[]));
        u128::from_be_bytes(*half)
    }

    /// Its 32 bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; BYTES] {
        &self.0
    }
}

impl From<[u8; BYTES]> for Sha256 {
    fn from(bytes: [u8; BYTES]) -> Self {
        Self(bytes)
    }
}

impl TryFrom<String> for Sha256 {
    type Error = Sha256Error;

    fn try_from(text: String) -> Result<Self, Sha256Error> {
        Self::parse(&text)
    }
}

impl From<Sha256> for String {
    fn from(hash: Sha256) -> Self {
        hash.to_string()
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_hash_is_written_and_read_in_one_way() {
        assert_eq!(Sha256::of("").to_string(), EMPTY);
        assert_eq!(Sha256::parse(EMPTY), Ok(Sha256::of("")));
        let upper = EMPTY.to_uppercase();
        for typed in
            ["", &upper, &EMPTY[1..], &format!("{EMPTY}0"), &format!(" {EMPTY}"), &EMPTY.replace('e', "g")]
        {
            assert_eq!(Sha256::parse(typed), Err(Sha256Error), "{typed:?}");
        }
    }
}
