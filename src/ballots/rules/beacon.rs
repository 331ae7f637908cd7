//! Public randomness: a round of drand, named before it exists, whose signature anybody can verify.
//!
//! Only the unchained scheme is known here: its signature needs nothing but the round's number, so who enters it need not
//! have followed the chain. The numbers of a chain are those that drand publishes at `https://api.drand.sh/<chain>/info`.

use blst::BLST_ERROR;
use blst::min_sig::{PublicKey, Signature};
use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::values::sha256::Sha256;

/// Bytes of a signature: a compressed point of G1.
const SIGNATURE_BYTES: usize = 48;
/// Tells these signatures from every other use of the curve (RFC 9380).
const SIGNED_FOR: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/// A chain of drand that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// The League of Entropy's `quicknet`: scheme bls-unchained-g1-rfc9380, a round every three seconds.
    Quicknet,
}

/// A round of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beacon {
    /// Of which chain.
    pub chain: Chain,
    /// Counts from 1.
    pub round: u32,
}

/// Why a signature is not that of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BeaconRefusal {
    /// Not so many bytes, or not in hexadecimal.
    #[error("A signature is 96 hexadecimal digits in lower case, as drand's `signature` gives it.")]
    NoSignature,
    /// It is another round's, another chain's, or nobody's.
    #[error("This is not the signature of the round that was named: fetch that round of that chain again.")]
    NotOfRound,
}

impl Chain {
    /// All that are known.
    pub const ALL: [Self; 1] = [Self::Quicknet];

    /// The chain with this hash.
    #[must_use]
    pub fn find(hash: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chain| chain.hash() == hash)
    }

    /// The hash of its parameters: its name.
    #[must_use]
    pub const fn hash(self) -> &'static str {
        match self {
            Self::Quicknet => "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
        }
    }

    /// When its first round came, in seconds since 1970.
    const fn genesis(self) -> i64 {
        match self {
            Self::Quicknet => 1_692_803_367,
        }
    }

    /// Seconds from a round to the next.
    const fn period(self) -> i64 {
        match self {
            Self::Quicknet => 3,
        }
    }

    /// The key that its rounds are signed with: a compressed point of G2.
    const fn public_key(self) -> &'static str {
        match self {
            Self::Quicknet => {
                "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451\
                 0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
            }
        }
    }

    /// The first round that comes after an instant.
    #[must_use]
    pub fn first_after(self, instant: DateTime<Utc>) -> u32 {
        let passed = (instant.timestamp() - self.genesis()).div_euclid(self.period());
        u32::try_from(passed.max(-1) + 2).unwrap_or(u32::MAX)
    }
}

impl Beacon {
    /// When the round comes.
    ///
    /// # Panics
    /// Never: the last round that can be named comes within five centuries.
    #[must_use]
    pub fn at(self) -> DateTime<Utc> {
        let seconds = self.chain.genesis() + (i64::from(self.round) - 1) * self.chain.period();
        DateTime::from_timestamp_secs(seconds).expect("five centuries are within the calendar")
    }

    /// The randomness of the round, which is the hash of its signature.
    ///
    /// # Errors
    /// Where the signature is not this round's.
    pub fn verify(self, signature: &str) -> Result<Sha256, BeaconRefusal> {
        let mut bytes = [0; SIGNATURE_BYTES];
        let is_plain = signature.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_plain || hex::decode_to_slice(signature, &mut bytes).is_err() {
            return Err(BeaconRefusal::NoSignature);
        }
        if self.is_signed_by(&bytes) { Ok(Sha256::of(bytes)) } else { Err(BeaconRefusal::NotOfRound) }
    }

    fn is_signed_by(self, signature: &[u8]) -> bool {
        let key = hex::decode(self.chain.public_key()).expect("a constant of hexadecimal digits");
        let key = PublicKey::from_bytes(&key).expect("a constant that is a point");
        let message = Sha256::of(u64::from(self.round).to_be_bytes());
        Signature::from_bytes(signature).is_ok_and(|signature| {
            let verified = signature.verify(true, message.bytes(), SIGNED_FOR, &[], &key, true);
            verified == BLST_ERROR::BLST_SUCCESS
        })
    }
}
