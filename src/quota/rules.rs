//! What a place may do, what the figures must add up to, and how the ledger is replayed, told day by day and
//! redacted. Pure.

mod counts;
mod days;
mod redaction;
mod returned;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{AllocationMethod, PlaceMovementKind, PlaceState, class_exception};

pub use counts::{BodyCounts, PlaceCounts, QueueCounts, Totals};
pub use days::{DayMoves, MOST_DAYS, Span, SpanError, day_by_day};
pub use redaction::{Hand, LedgerReader, Shown, ShownActor, shown};
pub use returned::Returned;

/// Where a movement of a kind leads from a state; none where that cannot happen.
#[must_use]
pub fn leads_to(from: Option<PlaceState>, kind: PlaceMovementKind) -> Option<PlaceState> {
    use PlaceMovementKind as Kind;
    use PlaceState as State;
    match (kind, from) {
        (Kind::Created, None) | (Kind::Freed, Some(State::Reserved | State::Returning)) => {
            Some(State::Available)
        }
        (Kind::Allocated, Some(State::Available))
        | (Kind::Transferred, Some(State::Reserved | State::Listed)) => Some(State::Reserved),
        // What the agency takes back leads from CONSUMED, here and to RETURNING.
        (Kind::Published, Some(State::Reserved))
        | (Kind::Restored, Some(State::Returning | State::Consumed)) => Some(State::Listed),
        (Kind::Consumed, Some(State::Listed | State::Returning)) => Some(State::Consumed),
        (Kind::GivenBack, Some(State::Listed | State::Consumed)) => Some(State::Returning),
        (Kind::Retired, Some(State::Available)) => Some(State::Retired),
        (
            Kind::Created
            | Kind::Allocated
            | Kind::Published
            | Kind::Consumed
            | Kind::GivenBack
            | Kind::Restored
            | Kind::Freed
            | Kind::Transferred
            | Kind::Retired,
            _,
        ) => None,
    }
}

/// What a ledger is read for: one movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Which place.
    pub place: i32,
    /// Counts from 1 for each place.
    pub number: i32,
    /// Where the place stood.
    pub from: Option<PlaceState>,
    /// Where it stands after.
    pub to: PlaceState,
    /// What moved it.
    pub kind: PlaceMovementKind,
}

/// What is wrong with a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerFault {
    /// A movement is missing or stands twice.
    #[error("place {place}: movement {number} does not follow movement {after}")]
    Gap {
        /// Which place.
        place: i32,
        /// The movement that does not follow.
        number: i32,
        /// The one before it.
        after: i32,
    },
    /// A movement begins elsewhere than where the one before ended.
    #[error("place {place}: movement {number} begins elsewhere than the one before ended")]
    Broken {
        /// Which place.
        place: i32,
        /// The movement.
        number: i32,
    },
    /// No rule leads that way.
    #[error("place {place}: movement {number} is one that no rule allows")]
    Illegal {
        /// Which place.
        place: i32,
        /// The movement.
        number: i32,
    },
}

/// Replays a ledger whose movements come by place and number: where every place stands in the end, with how
/// many movements, and what is wrong on the way.
#[must_use]
pub fn replay(
    movements: impl IntoIterator<Item = Movement>,
) -> (BTreeMap<i32, (PlaceState, i32)>, Vec<LedgerFault>) {
    let mut places: BTreeMap<i32, (PlaceState, i32)> = BTreeMap::new();
    let mut faults = Vec::new();
    for Movement { place, number, from, to, kind } in movements {
        let before = places.insert(place, (to, number));
        let after = before.map_or(0, |(_, number)| number);
        if number != after + 1 {
            faults.push(LedgerFault::Gap { place, number, after });
        }
        if before.map(|(state, _)| state) != from {
            faults.push(LedgerFault::Broken { place, number });
        }
        if leads_to(from, kind) != Some(to) {
            faults.push(LedgerFault::Illegal { place, number });
        }
    }
    (places, faults)
}

/// What a change of the cap does to the places that stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapChange {
    /// How many places come into being.
    pub created: i64,
    /// How many free places retire at once.
    pub retired: i64,
    /// How many stay held above the cap, and retire as they come back.
    pub excess: i64,
}

/// Plans a change of the cap to `places`.
#[must_use]
pub fn change_cap(counts: &PlaceCounts, places: i32) -> CapChange {
    let difference = i64::from(places) - counts.standing();
    let created = difference.max(0);
    let retired = (-difference).clamp(0, counts.available);
    CapChange { created, retired, excess: (-difference).max(0) - retired }
}

/// Whether an exception gives places at all at `now`; who may be given one is the queue's to say. Before its draw nobody is
/// due, and the queue, which is long then, need not be read to know it.
#[must_use]
pub fn gives_places(exception: &class_exception::Model, now: DateTime<Utc>) -> bool {
    let awaits_draw = exception.allocation == AllocationMethod::Ballot && exception.drawn_at.is_none();
    !exception.paused && !awaits_draw && !giving_is_over(exception, now)
}

/// Whether the exception's last instant for giving places has come.
#[must_use]
pub fn giving_is_over(exception: &class_exception::Model, now: DateTime<Utc>) -> bool {
    exception.allocation_ends_at.is_some_and(|end| now >= end)
}

/// Whether a confirmation under this exception may try for a place without the gate: nothing but the order of
/// receipt decides, and no count over other places has to be right.
#[must_use]
pub fn may_pass_by_the_gate(exception: &class_exception::Model, now: DateTime<Utc>) -> bool {
    exception.allocation == AllocationMethod::Order
        && exception.per_employer_cap.is_none()
        && gives_places(exception, now)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cap_that_falls_retires_what_is_free_and_leaves_the_rest_as_excess() {
        let counts = PlaceCounts { available: 10, reserved: 30, listed: 15, consumed: 5, returning: 0 };
        assert_eq!(change_cap(&counts, 60), CapChange { created: 0, retired: 0, excess: 0 });
        assert_eq!(change_cap(&counts, 61), CapChange { created: 1, retired: 0, excess: 0 });
        assert_eq!(change_cap(&counts, 50), CapChange { created: 0, retired: 10, excess: 0 });
        assert_eq!(change_cap(&counts, 49), CapChange { created: 0, retired: 10, excess: 1 });
        assert_eq!(change_cap(&counts, 0), CapChange { created: 0, retired: 10, excess: 50 });
    }

    fn movement(number: i32, from: Option<PlaceState>, kind: PlaceMovementKind, to: PlaceState) -> Movement {
        Movement { place: 1, number, from, to, kind }
    }

    #[test]
    fn a_ledger_with_a_gap_a_break_or_an_impossible_step_is_told() {
        use PlaceMovementKind as Kind;
        use PlaceState as State;
        let created = movement(1, None, Kind::Created, State::Available);
        let given = movement(2, Some(State::Available), Kind::Allocated, State::Reserved);
        let (places, faults) = replay([created, given]);
        assert_eq!(places[&1], (State::Reserved, 2));
        assert_eq!(faults, []);
        assert_eq!(
            replay([created, Movement { number: 3, ..given }]).1,
            [LedgerFault::Gap { place: 1, number: 3, after: 1 }]
        );
        assert_eq!(
            replay([created, given, movement(3, Some(State::Listed), Kind::Consumed, State::Consumed)]).1,
            [LedgerFault::Broken { place: 1, number: 3 }]
        );
        assert_eq!(
            replay([created, movement(2, Some(State::Available), Kind::Consumed, State::Consumed)]).1,
            [LedgerFault::Illegal { place: 1, number: 2 }]
        );
    }

    fn state() -> impl Strategy<Value = PlaceState> {
        prop::sample::select(PlaceState::all())
    }

    proptest! {
        #[test]
        fn places_and_excess_add_up_after_any_change_of_the_cap(
            available in 0_i64..800, held in 0_i64..800, places in 0_i32..1000,
        ) {
            // Where something is held above the cap, nothing is free; so it is before any change.
            let counts = PlaceCounts { available, reserved: held, ..PlaceCounts::default() };
            let change = change_cap(&counts, places);
            let after = PlaceCounts { available: available + change.created - change.retired, ..counts };
            prop_assert_eq!(after.standing(), i64::from(places) + after.excess(places));
            prop_assert_eq!(after.excess(places), change.excess);
            prop_assert!(change.excess == 0 || after.available == 0);
        }

        #[test]
        fn a_retired_place_never_moves_again(kind in prop::sample::select(PlaceMovementKind::all())) {
            prop_assert_eq!(leads_to(Some(PlaceState::Retired), kind), None);
        }

        #[test]
        fn only_being_created_begins_nowhere(kind in prop::sample::select(PlaceMovementKind::all()), from in state()) {
            prop_assert_eq!(leads_to(None, kind).is_some(), kind == PlaceMovementKind::Created);
            prop_assert_ne!(leads_to(Some(from), PlaceMovementKind::Created), Some(PlaceState::Available));
        }
    }
}
