//! How long a body takes to decide. Pure.

use chrono::{DateTime, Utc};
use entity::application;
use rust_decimal::Decimal;

use crate::clock::day_in_new_zealand;

/// The calendar days in New Zealand from an application's submission to a decision on it; 0 where both fall on one day,
/// none where it was never submitted.
#[must_use]
pub fn days_to_decision(application: &application::Model, decided_at: DateTime<Utc>) -> Option<i32> {
    let days = day_in_new_zealand(decided_at) - day_in_new_zealand(application.submitted_at?);
    i32::try_from(days.num_days()).ok()
}

/// The median of values that come in order, each with how often there is one; none of nothing. Between two values it
/// is half-way.
#[must_use]
pub fn median(tallied: &[(i32, u64)]) -> Option<Decimal> {
    let all: u64 = tallied.iter().map(|(_, count)| count).sum();
    let at = |place: u64| {
        let mut passed = 0;
        let value = tallied.iter().find(|(_, count)| {
            passed += count;
            passed > place
        });
        value.map(|(value, _)| Decimal::from(*value))
    };
    let (lower, upper) = (at(all.checked_sub(1)? / 2)?, at(all / 2)?);
    Some(((lower + upper) / Decimal::TWO).normalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::applications::samples;

    #[test]
    fn days_are_those_of_the_calendar_in_new_zealand() {
        for (submitted, decided, days) in [
            ("2022-03-01T00:00:00Z", "2022-03-01T10:59:59Z", 0),
            ("2022-03-01T00:00:00Z", "2022-03-01T11:00:00Z", 1),
            ("2022-03-01T10:59:59Z", "2022-03-01T11:00:00Z", 1),
            // Over the end of daylight saving.
            ("2022-04-01T00:00:00Z", "2022-04-05T00:00:00Z", 4),
        ] {
            let at = |text: &str| text.parse().expect("an instant");
            let row = application::Model { submitted_at: Some(at(submitted)), ..samples::application() };
            assert_eq!(days_to_decision(&row, at(decided)), Some(days), "{submitted} {decided}");
        }
    }

    #[test]
    fn between_two_values_the_median_is_half_way() {
        for (tallied, expected) in [
            (&[][..], None),
            (&[(7, 1)], Some("7")),
            (&[(3, 1), (4, 1)], Some("3.5")),
            (&[(0, 2), (9, 1)], Some("0")),
            (&[(1, 2), (5, 2)], Some("3")),
            (&[(1, 1), (5, 9)], Some("5")),
        ] {
            assert_eq!(median(tallied).map(|median| median.to_string()).as_deref(), expected, "{tallied:?}");
        }
    }

    proptest! {
        #[test]
        fn the_median_is_the_middle_of_all_values_in_order(mut values in prop::collection::vec(0_i32..9, 1..40)) {
            values.sort_unstable();
            let tallied: Vec<(i32, u64)> = (0..9)
                .map(|value| (value, values.iter().filter(|one| **one == value).count() as u64))
                .filter(|(_, count)| *count > 0)
                .collect();
            let (lower, upper) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
            prop_assert_eq!(median(&tallied), Some(Decimal::from(lower + upper) / Decimal::TWO));
        }
    }
}
