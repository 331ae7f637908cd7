//! Against a calendar that others made, and the arithmetic against itself.

use std::collections::BTreeSet;

use chrono::Days;
use proptest::prelude::*;

use super::*;

/// See the head of the file for where it comes from.
const KEPT: &str = include_str!("../../tests/data/public-holidays.csv");

/// The file's columns after the year and the nation's.
const COLUMNS: [(&str, Region); 13] = [
    ("northland", Region::Northland),
    ("auckland", Region::Auckland),
    ("taranaki", Region::Taranaki),
    ("hawkes-bay", Region::HawkesBay),
    ("wellington", Region::Wellington),
    ("marlborough", Region::Marlborough),
    ("nelson", Region::Nelson),
    ("canterbury", Region::Canterbury),
    ("south-canterbury", Region::SouthCanterbury),
    ("west-coast", Region::WestCoast),
    ("otago", Region::Otago),
    ("southland", Region::Southland),
    ("chatham-islands", Region::ChathamIslands),
];

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// The days of a year on which nobody works though they are from Monday to Friday.
fn days_off(year: i32, region: Option<Region>) -> BTreeSet<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
    let of_year = first.iter_days().take_while(|day| day.year() == year);
    let on_weekdays = of_year.filter(|day| day.weekday().num_days_from_monday() < 5);
    on_weekdays.filter(|day| !is_working_day(*day, region)).collect()
}

#[test]
fn the_days_off_are_those_that_others_know() {
    let mut lines = KEPT.lines().filter(|line| !line.starts_with('#'));
    let names = COLUMNS.map(|(name, _)| name).join(",");
    assert_eq!(lines.next(), Some(format!("year,national,{names}").as_str()));
    let mut years = 0;
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let year = fields[0].parse().expect("a year");
        let kept = |field: &str| -> BTreeSet<NaiveDate> {
            field.split(' ').map(|month_and_day| day(&format!("{year}-{month_and_day}"))).collect()
        };
        let national = kept(fields[1]);
        assert_eq!(days_off(year, None), national, "{year}");
        for ((name, region), field) in COLUMNS.into_iter().zip(&fields[2..]) {
            let expected = &national | &kept(field);
            assert_eq!(days_off(year, Some(region)), expected, "{name} in {year}");
        }
        years += 1;
    }
    assert_eq!(years, 17);
}

#[test]
fn beyond_the_laws_tables_nothing_is_invented() {
    let matariki = |year| {
        days_off(year, None).iter().any(|day| matches!(day.month(), 7) || day.month() == 6 && day.day() > 7)
    };
    assert_eq!([2021, 2022, 2052, 2053].map(matariki), [false, true, true, false]);
    assert!(holidays::MATARIKI.iter().all(|(year, month, day)| {
        NaiveDate::from_ymd_opt(*year, *month, *day).is_some_and(|day| day.weekday() == Weekday::Fri)
    }));
}

#[test]
fn counting_leaves_out_weekends_holidays_and_the_day_itself() {
    let wellington = Some(Region::Wellington);
    for (from, n, region, to) in [
        // Over Good Friday, Easter and ANZAC Day.
        ("2022-04-14", 1, None, "2022-04-19"),
        ("2022-04-14", 5, None, "2022-04-26"),
        ("2022-04-26", -5, None, "2022-04-14"),
        // Over Christmas and New Year: 29 to 31 December are worked.
        ("2021-12-24", 3, None, "2021-12-31"),
        ("2021-12-24", 4, None, "2022-01-05"),
        // Wellington's day is nobody else's.
        ("2022-01-21", 1, wellington, "2022-01-25"),
        ("2022-01-21", 1, None, "2022-01-24"),
        // From a day off, the first day worked is the first.
        ("2022-02-05", 1, None, "2022-02-08"),
        ("2022-02-07", -1, None, "2022-02-04"),
        ("2022-02-05", 0, None, "2022-02-05"),
        ("2022-02-14", 20, wellington, "2022-03-14"),
    ] {
        assert_eq!(add_working_days(day(from), n, region), day(to), "{from} {n} {region:?}");
        assert_eq!(
            working_days_between(day(from), day(to), region),
            i64::from(n),
            "{from} to {to} {region:?}"
        );
    }
}

#[test]
fn the_last_day_is_counted_where_it_is_worked_and_the_first_never() {
    for (from, to, count) in [
        ("2022-02-14", "2022-02-14", 0),
        ("2022-02-11", "2022-02-12", 0),
        ("2022-02-11", "2022-02-14", 1),
        ("2022-02-12", "2022-02-14", 1),
        ("2022-02-14", "2022-02-12", 0),
        ("2022-02-14", "2022-02-11", -1),
        ("2022-02-12", "2022-02-11", -1),
    ] {
        assert_eq!(working_days_between(day(from), day(to), None), count, "{from} to {to}");
    }
}

#[test]
fn counting_stops_at_the_ends_of_the_calendar() {
    assert_eq!(add_working_days(NaiveDate::MAX, 1, None), NaiveDate::MAX);
    assert_eq!(add_working_days(NaiveDate::MIN, i32::MIN, None), NaiveDate::MIN);
    assert_eq!(working_days_between(NaiveDate::MAX, NaiveDate::MAX, None), 0);
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..20_000).prop_map(|days| day("2010-01-01") + Days::new(days))
}

fn any_region() -> impl Strategy<Value = Option<Region>> {
    proptest::option::of(proptest::sample::select(Region::ALL.to_vec()))
}

proptest! {
    #[test]
    fn what_was_added_is_found_between(from in any_day(), n in -300_i32..300, region in any_region()) {
        let to = add_working_days(from, n, region);
        prop_assert_eq!(working_days_between(from, to, region), i64::from(n));
        prop_assert!(n == 0 || is_working_day(to, region));
    }

    #[test]
    fn between_working_days_the_way_back_is_as_long(
        from in any_day(), days in 0_u64..500, region in any_region(),
    ) {
        let (from, to) = (add_working_days(from, 1, region), add_working_days(from + Days::new(days), 1, region));
        let there = working_days_between(from, to, region);
        prop_assert_eq!(working_days_between(to, from, region), -there);
        let number = i32::try_from(there).expect("a year or two");
        prop_assert_eq!(add_working_days(from, number, region), to);
        prop_assert_eq!(add_working_days(to, -number, region), from);
    }

    #[test]
    fn stretches_add_up(a in any_day(), first in 0_u64..200, second in 0_u64..200, region in any_region()) {
        let (b, c) = (a + Days::new(first), a + Days::new(first + second));
        let between = |from, to| working_days_between(from, to, region);
        prop_assert_eq!(between(a, b) + between(b, c), between(a, c));
        prop_assert_eq!(between(c, b) + between(b, a), between(c, a));
    }
}
