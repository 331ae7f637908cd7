//! The one place where chance comes from: ids, references, ballot entries.
//!
//! Secrets (keys, tokens) never come from here but from the operating system, see `keys`.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

/// A source of random bytes: seeded by the operating system, or by a number, for a demo that is made the
/// same twice.
#[derive(Clone, Debug)]
pub struct Random(Arc<Mutex<StdRng>>);

impl Random {
    /// Seeded by the operating system.
    ///
    /// # Errors
    /// Where the operating system has no randomness to give.
    pub fn from_system() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(Self(Arc::new(Mutex::new(StdRng::from_seed(seed)))))
    }

    /// The same numbers for the same seed.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).random()
    }

    /// A number in `0..end`; 0 where `end` is 0.
    #[must_use]
    pub fn below(&self, end: usize) -> usize {
        if end == 0 { 0 } else { self.0.lock().unwrap_or_else(PoisonError::into_inner).random_range(0..end) }
    }
}

/// Makes the ids of one transaction: UUIDs of version 7, each greater than the one before, so that what one
/// act writes reads back in the order it was written. Between transactions they are random below the
/// microsecond, so that they count nothing.
#[derive(Debug)]
pub struct IdMaker {
    time: u128,
    low: u64,
}

impl IdMaker {
    /// Ids of the instant `now`, which `random` keeps apart from everybody else's.
    #[must_use]
    pub fn new(now: DateTime<Utc>, random: &Random) -> Self {
        let millis = u128::try_from(now.timestamp_millis()).unwrap_or_default() & 0xFFFF_FFFF_FFFF;
        let micros = u128::from(now.timestamp_subsec_micros() % 1_000);
        // 48 bits of milliseconds, 4 of version, 12 of the fraction (RFC 9562, section 6.2, method 3).
        let time = (millis << 80) | (7 << 76) | (micros << 64);
        // 2 bits of variant and 62 of chance, the highest of them 0 so that counting up never overflows.
        Self { time, low: u64::from_be_bytes(random.bytes()) >> 3 }
    }

    /// The next id.
    pub fn make<Id: From<Uuid>>(&mut self) -> Id {
        self.low += 1;
        Id::from(Uuid::from_u128(self.time | (0b10 << 62) | u128::from(self.low)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_within_a_transaction_and_with_time() {
        let random = Random::from_seed(1);
        let at = |text: &str| IdMaker::new(text.parse().expect("an instant"), &random);
        let mut maker = at("2022-02-14T00:00:00.000001Z");
        let ids: Vec<Uuid> = (0..100).map(|_| maker.make()).collect();
        assert!(ids.is_sorted());
        let later: Uuid = at("2022-02-14T00:00:00.000002Z").make();
        assert!(ids.iter().all(|id| *id < later));
        assert_eq!(later.get_version_num(), 7);
        assert_eq!(later.get_variant(), uuid::Variant::RFC4122);
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert_eq!(Random::from_seed(7).bytes::<16>(), Random::from_seed(7).bytes::<16>());
        assert_ne!(Random::from_seed(7).bytes::<16>(), Random::from_seed(8).bytes::<16>());
    }
}
