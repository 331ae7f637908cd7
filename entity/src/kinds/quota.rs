//! The words of places, and of how they are given.

use sea_orm::{DeriveActiveEnum, EnumIter, Iterable};
use serde::{Deserialize, Serialize};

kinds! {
    /// How places are given when there are more good applications than places.
    AllocationMethod {
        /// In order of the first complete submission.
        Order,
        /// The priority band first, in order within each band.
        PriorityThenOrder,
        /// By a draw among all that are confirmed when the window closes.
        Ballot,
    }

    /// Where a place of the quota stands.
    PlaceState {
        /// Free.
        Available,
        /// Held by a nomination that no published release carries.
        Reserved,
        /// Held by a nomination on a published release.
        Listed,
        /// Used up: the visa was granted.
        Consumed,
        /// Given back, and not free yet.
        Returning,
        /// Gone, since the cap fell.
        Retired,
    }

    /// What moved a place.
    PlaceMovementKind {
        /// It came into being.
        Created,
        /// It was given to a nomination.
        Allocated,
        /// A published release carries it.
        Published,
        /// The visa was granted.
        Consumed,
        /// Given back, to be freed later.
        GivenBack,
        /// Listed again: what had been said of its holder is no more so.
        Restored,
        /// Free again.
        Freed,
        /// It went to the application that replaces its holder.
        Transferred,
        /// It left the quota, since the cap fell.
        Retired,
    }

    /// Why a confirmed application is not due a place.
    BlockedReason {
        /// The class exception is paused.
        Paused,
        /// The draw has not been held.
        BallotNotDrawn,
        /// A ballot is open: from its freeze to its draw nothing is given.
        BallotOpen,
        /// A lead has put it on hold.
        OnHold,
        /// The worker holds a place through another application.
        WorkerHoldsPlace,
        /// The employer holds as many places as it may.
        EmployerAtCap,
    }
}
