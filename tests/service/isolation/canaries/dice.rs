//! Chance that can be had again.

use nominations::random::Random;

/// The same throws for the same seed.
#[derive(Clone)]
pub struct Dice(Random);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Random::from_seed(seed))
    }

    pub fn below(&self, end: usize) -> usize {
        self.0.below(end)
    }

    /// Once in so many throws.
    pub fn one_in(&self, throws: usize) -> bool {
        self.below(throws) == 0
    }

    /// One of them.
    pub fn pick<'a, T>(&self, of: &'a [T]) -> &'a T {
        of.get(self.below(of.len())).expect("one at least")
    }
}
