//! A body's secret, and what it commits to before anybody reveals one.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Scheme;
use crate::values::sha256::{Sha256, Sha256Error};

/// A body's secret: 32 random bytes, of which always the 64 lower-case hexadecimal digits are hashed. It is published once
/// it is revealed; until then nobody but the body has it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(Sha256);

impl Secret {
    /// From 32 random bytes of the operating system.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes.into())
    }

    /// Reads a secret as `ballot secret` writes it.
    ///
    /// # Errors
    /// Where it is anything but 64 lower-case hexadecimal digits.
    pub fn parse(typed: &str) -> Result<Self, Sha256Error> {
        Sha256::parse(typed).map(Self)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a body publishes before the reveals. The body and the list are in it, so that it is no good to another body, or for
/// another list.
#[must_use]
pub fn commitment(scheme: &Scheme, body: &str, entries_digest: &Sha256, secret: &Secret) -> Sha256 {
    Sha256::of(format!("ballot-commit-v1|{scheme}|{body}|{entries_digest}|{secret}"))
}
