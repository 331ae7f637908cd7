//! Working days in New Zealand: Monday to Friday, no public holiday, and in a region not its anniversary day.
//!
//! It never asks what day it is, and never looks anything up: the holidays are rules and one table. These are the
//! days on which people work, as the Holidays Act 2003 has them; the Legislation Act 2019 leaves 25 December to
//! 2 January out besides, which no clock here does. Before 2012 some regions kept other days than they do now.

mod holidays;
mod region;
mod rule;

use chrono::{Datelike, NaiveDate, Weekday};

pub use region::Region;

/// Whether people work on a day. Without a region, national holidays alone are left out.
#[must_use]
pub fn is_working_day(day: NaiveDate, region: Option<Region>) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
        && !holidays::is_national(day)
        && region.is_none_or(|region| region.anniversary(day.year()) != Some(day))
}

/// The day that lies `number` working days after `day`, or before it where the number is negative: always a working
/// day, but for 0, which is `day` itself. Stops at the end of the calendar.
#[must_use]
pub fn add_working_days(day: NaiveDate, number: i32, region: Option<Region>) -> NaiveDate {
    let mut left = number.unsigned_abs();
    let mut at = day;
    while left > 0 {
        let Some(next) = (if number > 0 { at.succ_opt() } else { at.pred_opt() }) else { return at };
        at = next;
        left -= u32::from(is_working_day(at, region));
    }
    at
}

/// How many working days one goes through from a day to another: without `from`, with `to`, negative backwards.
/// It is the inverse of [`add_working_days`].
#[must_use]
pub fn working_days_between(from: NaiveDate, to: NaiveDate, region: Option<Region>) -> i64 {
    let count = |days: &mut dyn Iterator<Item = NaiveDate>| {
        days.map(|day| i64::from(is_working_day(day, region))).sum::<i64>()
    };
    if from <= to {
        count(&mut from.iter_days().skip(1).take_while(|day| *day <= to))
    } else {
        -count(&mut to.iter_days().take_while(|day| *day < from))
    }
}

#[cfg(test)]
mod tests;
