//! How many places stand where, and how many wait for one.

use entity::PlaceState;

/// How many places stand where, at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlaceCounts {
    /// Free.
    pub available: i64,
    /// Held by a nomination that no published release carries.
    pub reserved: i64,
    /// Held by a nomination on a published release.
    pub listed: i64,
    /// Used up.
    pub consumed: i64,
    /// Given back, and not free yet.
    pub returning: i64,
}

impl PlaceCounts {
    /// Adds `count` places that stand in `state`; retired ones are no part of the quota.
    pub fn add(&mut self, state: PlaceState, count: i64) {
        match state {
            PlaceState::Available => self.available += count,
            PlaceState::Reserved => self.reserved += count,
            PlaceState::Listed => self.listed += count,
            PlaceState::Consumed => self.consumed += count,
            PlaceState::Returning => self.returning += count,
            PlaceState::Retired => {}
        }
    }

    /// All places that are not retired.
    #[must_use]
    pub fn standing(&self) -> i64 {
        self.available + self.reserved + self.listed + self.consumed + self.returning
    }

    /// How many are held above a cap that was lowered. `places + excess = standing`, at every commit.
    #[must_use]
    pub fn excess(&self, places: i32) -> i64 {
        (self.standing() - i64::from(places)).max(0)
    }
}

/// The cap and where the places stand, as of one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many there are to be.
    pub places: i32,
    /// Where they stand.
    pub counts: PlaceCounts,
}

impl Totals {
    /// How many are held above the cap.
    #[must_use]
    pub fn excess(&self) -> i64 {
        self.counts.excess(self.places)
    }
}

/// How many confirmed applications have no place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// Due one.
    pub waiting: i64,
    /// Not due.
    pub blocked: i64,
}

/// What one body holds and waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BodyCounts {
    /// Its places by state.
    pub places: PlaceCounts,
    /// Its part of the queue.
    pub queue: QueueCounts,
}
