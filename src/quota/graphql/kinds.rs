//! The words for places and their movements, as the public schema describes them.

use async_graphql::Enum;

/// Where a place of the quota stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::PlaceState")]
pub enum PlaceState {
    /// Free for the next application that is due.
    Available,
    /// Held by a nomination that no published release carries yet.
    Reserved,
    /// Held by a nomination on a published release.
    Listed,
    /// Used up: the worker's visa was granted.
    Consumed,
    /// Given back, but held until the agency has acknowledged it or the reconsideration period is over.
    Returning,
    /// No part of the quota any more, since the cap fell. Nothing follows.
    Retired,
}

/// What moved a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::PlaceMovementKind")]
pub enum PlaceMovementKind {
    /// It came into being, with the class exception or with a higher cap.
    Created,
    /// It was given to the application that was due.
    Allocated,
    /// A release was published that carries its line.
    Published,
    /// The worker's visa was granted.
    Consumed,
    /// Its nomination ended after it was listed; it is free once that is settled with the agency.
    GivenBack,
    /// It is listed again: the agency took back what it had said, or the employer asked for travel anew.
    Restored,
    /// It is free again.
    Freed,
    /// It went to the application that replaces its holder's.
    Transferred,
    /// It left the quota, since the cap fell.
    Retired,
}
