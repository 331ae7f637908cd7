//! Working days in New Zealand: Monday to Friday, without public holidays and without the anniversary day of a region.
//!
//! Pure: the days are a table with its rule, `holidays` for the whole country and `regions` for each. The service counts
//! the body's time to decide and the employer's time to answer by them.

mod holidays;
mod regions;

use chrono::{Datelike, Days, NaiveDate, Weekday};

pub use regions::Region;

/// Whether people work on a day, in a region where one is known.
#[must_use]
pub fn is_working_day(day: NaiveDate, region: Option<Region>) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let anniversary = region.is_some_and(|region| region.anniversary(day.year()) == Some(day));
    !weekend && !holidays::is_public_holiday(day) && !anniversary
}

/// The working day that is `count` working days after `day`, or before it where `count` is negative; `day` itself
/// where it is 0.
#[must_use]
pub fn add_working_days(day: NaiveDate, count: i32, region: Option<Region>) -> NaiveDate {
    let mut day = day;
    for _ in 0..count.unsigned_abs() {
        day = next_working_day(day, count < 0, region);
    }
    day
}

fn next_working_day(day: NaiveDate, backwards: bool, region: Option<Region>) -> NaiveDate {
    let step = |day: NaiveDate| {
        let next =
            if backwards { day.checked_sub_days(Days::new(1)) } else { day.checked_add_days(Days::new(1)) };
        next.unwrap_or(day)
    };
    let mut next = step(day);
    while !is_working_day(next, region) && step(next) != next {
        next = step(next);
    }
    next
}

/// How many working days lie after `from` up to and with `to`; negative, those after `to` up to and with `from`, where `to`
/// is earlier.
#[must_use]
pub fn working_days_between(from: NaiveDate, to: NaiveDate, region: Option<Region>) -> i32 {
    let count = |from: NaiveDate, to: NaiveDate| {
        let days = from.iter_days().skip(1).take_while(|day| *day <= to);
        i32::try_from(days.filter(|day| is_working_day(*day, region)).count()).unwrap_or(i32::MAX)
    };
    if from <= to { count(from, to) } else { -count(to, from) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn weekends_holidays_and_the_regions_own_day_are_passed_over() {
        // Friday 4 February 2022; Sunday 6 was Waitangi Day, observed on Monday 7.
        assert_eq!(add_working_days(day("2022-02-04"), 1, None), day("2022-02-08"));
        assert_eq!(add_working_days(day("2022-02-08"), -1, None), day("2022-02-04"));
        // Wellington's day was Monday 24 January 2022.
        let wellington = Region::read(Some("Wellington"));
        assert_eq!(add_working_days(day("2022-01-21"), 1, wellington), day("2022-01-25"));
        assert_eq!(add_working_days(day("2022-01-21"), 1, None), day("2022-01-24"));
        // From Friday 24 December 2021 to the next working day: Christmas and Boxing Day are observed on 27 and 28.
        assert_eq!(add_working_days(day("2021-12-24"), 1, None), day("2021-12-29"));
        assert_eq!(working_days_between(day("2021-12-24"), day("2022-01-05"), None), 4);
    }

    /// Every public holiday from 2021 to 2032 that falls on a weekday as it is observed, and the regions' own days, as
    /// published by the Government for the years that it has and by an independent calendar for the others.
    #[test]
    fn the_days_are_those_of_the_calendar() {
        let mut seen = 0;
        for line in include_str!("working_days/calendar.csv").lines().skip(1) {
            let (date, region) = line.split_once(',').expect("two columns");
            let region = Region::read(Some(region));
            assert!(!is_working_day(day(date), region), "{line} is a day off");
            seen += 1;
        }
        assert!(seen > 250, "{seen}");
    }

    #[test]
    fn no_other_weekday_is_a_day_off() {
        let calendar = include_str!("working_days/calendar.csv");
        let listed: Vec<&str> = calendar.lines().filter_map(|line| line.strip_suffix(',')).collect();
        let days = day("2021-01-01").iter_days().take_while(|day| *day < NaiveDate::MAX && day.year() < 2033);
        for date in days.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)) {
            let off = !is_working_day(date, None);
            assert_eq!(off, listed.contains(&date.to_string().as_str()), "{date}");
        }
    }

    proptest! {
        #[test]
        fn counting_is_the_inverse_of_adding(start in 0_i64..4_000, count in -60_i32..60, region in 0_usize..13) {
            let region = Region::ALL.get(region).copied();
            let from = add_working_days(day("2021-01-04") + chrono::TimeDelta::days(start), 1, region);
            let to = add_working_days(from, count, region);
            prop_assert!(is_working_day(to, region));
            prop_assert_eq!(working_days_between(from, to, region), count);
        }
    }
}
