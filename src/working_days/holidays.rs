//! The public holidays of the whole country: a table of rules.
//!
//! The Holidays Act 2003: section 44 says which days they are, sections 45 and 45A which of them move from a weekend.
//! Where two fall on one day, as Anzac Day may on Easter Monday, they are one day off.

use chrono::{Datelike, NaiveDate, Weekday};

use super::rule::Rule;

/// The national holidays, in the order of the year.
const NATIONAL: [Rule; 12] = [
    // New Year's Day and the day after.
    Rule::Paired { month: 1, day: 1 },
    Rule::Paired { month: 1, day: 2 },
    // Waitangi Day.
    Rule::Mondayised { month: 2, day: 6, since: 2014 },
    // Good Friday and Easter Monday.
    Rule::Easter(-2),
    Rule::Easter(1),
    // Anzac Day.
    Rule::Mondayised { month: 4, day: 25, since: 2014 },
    // The Sovereign's birthday.
    Rule::Nth { nth: 1, weekday: Weekday::Mon, month: 6, and_days: 0 },
    Rule::Listed(&MATARIKI),
    // Queen Elizabeth II Memorial Day, once.
    Rule::Listed(&[(2022, 9, 26)]),
    // Labour Day.
    Rule::Nth { nth: 4, weekday: Weekday::Mon, month: 10, and_days: 0 },
    // Christmas Day and Boxing Day.
    Rule::Paired { month: 12, day: 25 },
    Rule::Paired { month: 12, day: 26 },
];

/// Schedule 1 of Te Kāhui o Matariki Public Holiday Act 2022. Nobody was off before, and beyond it the day is not
/// known: it is found by the moon and then made law, so no day is guessed, and the table is to be extended.
pub(super) const MATARIKI: [(i32, u32, u32); 31] = [
    (2022, 6, 24),
    (2023, 7, 14),
    (2024, 6, 28),
    (2025, 6, 20),
    (2026, 7, 10),
    (2027, 6, 25),
    (2028, 7, 14),
    (2029, 7, 6),
    (2030, 6, 21),
    (2031, 7, 11),
    (2032, 7, 2),
    (2033, 6, 24),
    (2034, 7, 7),
    (2035, 6, 29),
    (2036, 7, 18),
    (2037, 7, 10),
    (2038, 6, 25),
    (2039, 7, 15),
    (2040, 7, 6),
    (2041, 7, 19),
    (2042, 7, 11),
    (2043, 7, 3),
    (2044, 6, 24),
    (2045, 7, 7),
    (2046, 6, 29),
    (2047, 7, 19),
    (2048, 7, 3),
    (2049, 6, 25),
    (2050, 7, 15),
    (2051, 6, 30),
    (2052, 6, 21),
];

/// Whether the whole country keeps a holiday on a day.
pub(super) fn is_national(day: NaiveDate) -> bool {
    NATIONAL.iter().any(|rule| rule.day_in(day.year()) == Some(day))
}
