//! What becomes of a place whose holder ends.

use serde::{Deserialize, Serialize};

/// What became of the place of an application that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Returned {
    /// It held none.
    Nothing,
    /// It is free.
    Freed {
        /// Number of the place.
        place: i32,
    },
    /// It stood above the cap, and is gone.
    Retired {
        /// Number of the place.
        place: i32,
    },
    /// A published release carries it: it comes back once the agency has acknowledged that it does not any more.
    Returning {
        /// Number of the place.
        place: i32,
    },
    /// It was on its way back before.
    AlreadyReturning {
        /// Number of the place.
        place: i32,
    },
}

impl Returned {
    /// The number of the place that was given back.
    #[must_use]
    pub fn place(self) -> Option<i32> {
        match self {
            Self::Freed { place } | Self::Retired { place } | Self::Returning { place } => Some(place),
            Self::Nothing | Self::AlreadyReturning { .. } => None,
        }
    }
}
