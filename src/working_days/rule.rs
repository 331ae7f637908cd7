//! How the day of a holiday is found in a year.

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

/// The rule by which a holiday is kept, once a year at most.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// A day of the calendar that, at a weekend, is kept two days later: of two days in a row, the one on Saturday goes
    /// to Monday, and the one on Sunday to Tuesday.
    Paired { month: u32, day: u32 },
    /// A day of the calendar that, at a weekend, is kept on Monday; before the year `since` it was lost.
    Mondayised { month: u32, day: u32, since: i32 },
    /// So many days after Easter Sunday.
    Easter(i64),
    /// The nth such day of a month, and so many days from there.
    Nth { nth: u8, weekday: Weekday, month: u32, and_days: i64 },
    /// The Monday nearest to a day of the calendar; where that is Easter Monday, the Tuesday after it.
    NearestMonday { month: u32, day: u32 },
    /// The days of a law, as year, month and day. In years that are not among them, nothing is kept.
    Listed(&'static [(i32, u32, u32)]),
}

impl Rule {
    /// The day on which it is kept in a year; none where it is not.
    pub(super) fn day_in(self, year: i32) -> Option<NaiveDate> {
        match self {
            Self::Paired { month, day } => {
                let day = NaiveDate::from_ymd_opt(year, month, day)?;
                if is_weekend(day) { plus(day, 2) } else { Some(day) }
            }
            Self::Mondayised { month, day, since } => {
                let day = NaiveDate::from_ymd_opt(year, month, day)?;
                if year >= since && is_weekend(day) { next_monday(day) } else { Some(day) }
            }
            Self::Easter(days) => plus(easter_sunday(year)?, days),
            Self::Nth { nth, weekday, month, and_days } => {
                plus(NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth)?, and_days)
            }
            Self::NearestMonday { month, day } => {
                let monday = nearest_monday(NaiveDate::from_ymd_opt(year, month, day)?)?;
                let easter_monday = easter_sunday(year)?.succ_opt();
                if Some(monday) == easter_monday { monday.succ_opt() } else { Some(monday) }
            }
            Self::Listed(days) => {
                let &(year, month, day) = days.iter().find(|listed| listed.0 == year)?;
                NaiveDate::from_ymd_opt(year, month, day)
            }
        }
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn next_monday(day: NaiveDate) -> Option<NaiveDate> {
    plus(day, 7 - i64::from(day.weekday().num_days_from_monday()))
}

/// Tuesday to Thursday go back, Friday to Sunday go on.
fn nearest_monday(day: NaiveDate) -> Option<NaiveDate> {
    match i64::from(day.weekday().num_days_from_monday()) {
        past @ 0..=3 => plus(day, -past),
        past => plus(day, 7 - past),
    }
}

fn plus(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    day.checked_add_signed(TimeDelta::days(days))
}

/// Easter Sunday of the western churches: the Sunday after the first full moon of spring, a moon that is worked out from
/// the cycle of 19 years as the Gregorian reform laid it down.
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let (century, of_century) = (year.div_euclid(100), year.rem_euclid(100));
    let of_cycle = year.rem_euclid(19);
    // Three centuries in four leave out a leap day, and the moon runs ahead by eight days in 2,500 years.
    let leap_days_kept = century.div_euclid(4);
    let moon_ahead = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let full_moon = (19 * of_cycle + century - leap_days_kept - moon_ahead + 15).rem_euclid(30);
    let to_sunday =
        (32 + 2 * century.rem_euclid(4) + 2 * (of_century / 4) - full_moon - of_century % 4).rem_euclid(7);
    // Now and then that moon would be a day late, and Easter a week.
    let late = (of_cycle + 11 * full_moon + 22 * to_sunday) / 451;
    let days = full_moon + to_sunday - 7 * late;
    plus(NaiveDate::from_ymd_opt(year, 3, 22)?, i64::from(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rule: Rule, years: impl IntoIterator<Item = i32>) -> Vec<String> {
        let kept = |year| rule.day_in(year).map_or_else(|| "none".into(), |day| day.to_string());
        years.into_iter().map(kept).collect()
    }

    #[test]
    fn easter_is_where_the_churches_put_it() {
        // The earliest and the latest there can be, both exceptions of the rule, and years of this service.
        let known = [
            "1818-03-22",
            "1943-04-25",
            "1954-04-18",
            "1981-04-19",
            "2000-04-23",
            "2008-03-23",
            "2021-04-04",
            "2022-04-17",
            "2024-03-31",
            "2035-03-25",
            "2038-04-25",
            "2049-04-18",
            "2076-04-19",
            "2285-03-22",
        ];
        let years = known.map(|day| day[..4].parse().expect("a year"));
        assert_eq!(days(Rule::Easter(0), years), known);
    }

    #[test]
    fn of_two_days_in_a_row_each_is_kept_on_a_day_of_its_own() {
        let christmas = Rule::Paired { month: 12, day: 25 };
        let boxing_day = Rule::Paired { month: 12, day: 26 };
        // On Saturday and Sunday; Sunday and Monday; Friday and Saturday; Thursday and Friday.
        let years = [2021, 2022, 2020, 2025];
        assert_eq!(days(christmas, years), ["2021-12-27", "2022-12-27", "2020-12-25", "2025-12-25"]);
        assert_eq!(days(boxing_day, years), ["2021-12-28", "2022-12-26", "2020-12-28", "2025-12-26"]);
    }

    #[test]
    fn waitangi_and_anzac_day_were_lost_at_a_weekend_until_2014() {
        let waitangi = Rule::Mondayised { month: 2, day: 6, since: 2014 };
        // Sunday before and after, Saturday after, Monday.
        let years = [2011, 2022, 2021, 2023];
        assert_eq!(days(waitangi, years), ["2011-02-06", "2022-02-07", "2021-02-08", "2023-02-06"]);
        let since_2022 = Rule::Mondayised { month: 2, day: 6, since: 2022 };
        assert_eq!(days(since_2022, [2021, 2022]), ["2021-02-06", "2022-02-07"]);
    }

    #[test]
    fn a_thursday_goes_back_to_monday_and_a_friday_goes_on() {
        let auckland = Rule::NearestMonday { month: 1, day: 29 };
        // Monday, Thursday, Friday, Sunday.
        let years = [2024, 2026, 2027, 2023];
        assert_eq!(days(auckland, years), ["2024-01-29", "2026-01-26", "2027-02-01", "2023-01-30"]);
    }

    #[test]
    fn an_anniversary_on_easter_monday_is_kept_on_tuesday() {
        let otago = Rule::NearestMonday { month: 3, day: 23 };
        assert_eq!(days(otago, [2034, 2035, 2036]), ["2034-03-20", "2035-03-27", "2036-03-24"]);
    }

    #[test]
    fn labour_day_has_a_first_and_a_last_date_and_its_neighbours_go_with_it() {
        let from_labour_day = |and_days| Rule::Nth { nth: 4, weekday: Weekday::Mon, month: 10, and_days };
        let years = [2029, 2024];
        assert_eq!(days(from_labour_day(0), years), ["2029-10-22", "2024-10-28"]);
        assert_eq!(days(from_labour_day(-3), years), ["2029-10-19", "2024-10-25"]);
        assert_eq!(days(from_labour_day(7), years), ["2029-10-29", "2024-11-04"]);
    }

    #[test]
    fn what_a_law_lists_is_kept_in_its_years_only() {
        let listed = Rule::Listed(&[(2022, 6, 24), (2023, 7, 14)]);
        assert_eq!(days(listed, 2021..=2024), ["none", "2022-06-24", "2023-07-14", "none"]);
    }

    #[test]
    fn no_year_is_too_far() {
        for year in [i32::MIN, -262_143, 0, 262_142, i32::MAX] {
            let _ = Rule::Easter(2).day_in(year);
            let _ = Rule::NearestMonday { month: 12, day: 31 }.day_in(year);
        }
    }
}
