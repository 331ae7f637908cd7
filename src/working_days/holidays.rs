//! Public holidays of the whole country, by the day on which they are observed.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Days of the month of Matariki, from 2022 to 2052: the schedule of Te Kāhui o Matariki Public Holiday Act 2022. Before,
/// there was none; the years after have no date in law yet, and none is guessed.
const MATARIKI: [(u32, u32); 31] = [
    (6, 24),
    (7, 14),
    (6, 28),
    (6, 20),
    (7, 10),
    (6, 25),
    (7, 14),
    (7, 6),
    (6, 21),
    (7, 11),
    (7, 2),
    (6, 24),
    (7, 7),
    (6, 29),
    (7, 18),
    (7, 10),
    (6, 25),
    (7, 15),
    (7, 6),
    (7, 19),
    (7, 11),
    (7, 3),
    (6, 24),
    (7, 7),
    (6, 29),
    (7, 19),
    (7, 3),
    (6, 25),
    (7, 15),
    (6, 30),
    (6, 21),
];

/// Whether a public holiday is observed on a day. Where it falls on a weekend, the day that it moves to is meant.
pub(super) fn is_public_holiday(day: NaiveDate) -> bool {
    is_fixed(day) || is_mondayised(day) || is_at_easter(day) || is_on_a_monday(day) || is_single(day)
}

/// New Year's Day and the day after, Christmas and Boxing Day: each moves by two days where it falls on a weekend, so that
/// the pair keeps two weekdays (Holidays Act 2003, section 45).
fn is_fixed(day: NaiveDate) -> bool {
    [(1, 1), (1, 2), (12, 25), (12, 26)].into_iter().any(|(month, date)| {
        let falls_on = |year| NaiveDate::from_ymd_opt(year, month, date);
        falls_on(day.year()).is_some_and(|falls| {
            let moved = if is_weekend(falls) { falls.checked_add_days(Days::new(2)) } else { Some(falls) };
            moved == Some(day)
        })
    })
}

/// Waitangi Day and Anzac Day move to the Monday after a weekend, since 2014.
fn is_mondayised(day: NaiveDate) -> bool {
    [(2, 6), (4, 25)].into_iter().any(|(month, date)| {
        NaiveDate::from_ymd_opt(day.year(), month, date).is_some_and(|falls| {
            let days = match falls.weekday() {
                Weekday::Sat if day.year() >= 2014 => 2,
                Weekday::Sun if day.year() >= 2014 => 1,
                Weekday::Mon
                | Weekday::Tue
                | Weekday::Wed
                | Weekday::Thu
                | Weekday::Fri
                | Weekday::Sat
                | Weekday::Sun => 0,
            };
            falls.checked_add_days(Days::new(days)) == Some(day)
        })
    })
}

fn is_at_easter(day: NaiveDate) -> bool {
    let sunday = easter_sunday(day.year());
    sunday.is_some_and(|sunday| {
        sunday.checked_sub_days(Days::new(2)) == Some(day)
            || sunday.checked_add_days(Days::new(1)) == Some(day)
    })
}

/// The Sovereign's Birthday and Labour Day.
fn is_on_a_monday(day: NaiveDate) -> bool {
    let nth = |month, n| NaiveDate::from_weekday_of_month_opt(day.year(), month, Weekday::Mon, n);
    nth(6, 1) == Some(day) || nth(10, 4) == Some(day)
}

/// Matariki, and 26 September 2022, the memorial day for Queen Elizabeth II.
fn is_single(day: NaiveDate) -> bool {
    let matariki = usize::try_from(day.year() - 2022).ok().and_then(|year| MATARIKI.get(year));
    matariki == Some(&(day.month(), day.day())) || NaiveDate::from_ymd_opt(2022, 9, 26) == Some(day)
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Easter Sunday in the Gregorian calendar, by the anonymous algorithm of 1876 (Meeus, Jones, Butcher).
pub(super) fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let golden = year % 19;
    let (century, rest) = (year / 100, year % 100);
    let epact = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let position = epact + weekday - 7 * late + 114;
    let (month, day) = (u32::try_from(position / 31).ok()?, u32::try_from(position % 31 + 1).ok()?);
    NaiveDate::from_ymd_opt(year, month, day)
}
