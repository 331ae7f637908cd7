//! The clock of a case: until when the body should decide, and the employer answer.
//!
//! It runs to an instant, or stands still with the working days that were left while the employer is asked. It only
//! ever tells that something is late: nothing is declined for it, least of all for the body's own delay.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::clock::{day_in_new_zealand, end_of_day};
use crate::working_days::{Region, add_working_days, is_working_day, working_days_between};

/// Working days before an answer is due on which the employer is reminded.
const REMINDER_WORKING_DAYS: i32 = 2;
/// Days within which a decision may be reconsidered.
const RECONSIDERATION_DAYS: Days = Days::new(28);

/// First instant at which a case is overdue that came in at `from`: the end of the last of so many working days, of
/// which the first is the one after.
#[must_use]
pub fn start(from: DateTime<Utc>, working_days: u32, region: Option<Region>) -> DateTime<Utc> {
    end_of_day(days_later(from, working_days, region))
}

/// Working days that are left after today, when the clock is stopped at `now`; negative where it is overdue.
#[must_use]
pub fn pause(due_at: DateTime<Utc>, now: DateTime<Utc>, region: Option<Region>) -> i32 {
    let days = working_days_between(day_in_new_zealand(now), last_day(due_at), region);
    i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX })
}

/// First instant at which a case is overdue whose clock goes on at `now` with so many working days left: so the due
/// date has moved by the working days of the pause. One that stopped on its last day and goes on when nobody works is
/// due on the next working day; one that was overdue still is, by as many days.
#[must_use]
pub fn resume(days_left: i32, now: DateTime<Utc>, region: Option<Region>) -> DateTime<Utc> {
    let today = day_in_new_zealand(now);
    let left = if days_left == 0 && !is_working_day(today, region) { 1 } else { days_left };
    end_of_day(add_working_days(today, left, region))
}

/// Whether a running clock has run out. One that stands still never does.
#[must_use]
pub fn is_overdue(due_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    due_at.is_some_and(|due_at| due_at <= now)
}

/// The last day for the answer to a question.
#[must_use]
pub fn question_due_on(asked_at: DateTime<Utc>, working_days: u32, region: Option<Region>) -> NaiveDate {
    days_later(asked_at, working_days, region)
}

/// Whether the employer should be reminded of a question by now: from two working days before its last day, to it.
#[must_use]
pub fn reminder_is_due(due_on: NaiveDate, today: NaiveDate, region: Option<Region>) -> bool {
    add_working_days(due_on, -REMINDER_WORKING_DAYS, region) <= today && !question_is_expired(due_on, today)
}

/// Whether a question's last day is behind. The day itself is still good.
#[must_use]
pub fn question_is_expired(due_on: NaiveDate, today: NaiveDate) -> bool {
    due_on < today
}

/// First instant at which a decision is reconsidered no more: the end of the 28th day after the one it was made on.
#[must_use]
pub fn reconsideration_ends_at(ended_at: DateTime<Utc>) -> DateTime<Utc> {
    let ended_on = day_in_new_zealand(ended_at);
    end_of_day(ended_on.checked_add_days(RECONSIDERATION_DAYS).unwrap_or(NaiveDate::MAX))
}

fn days_later(from: DateTime<Utc>, working_days: u32, region: Option<Region>) -> NaiveDate {
    let number = i32::try_from(working_days).unwrap_or(i32::MAX);
    add_working_days(day_in_new_zealand(from), number, region)
}

/// The day that ends at `due_at`, which is exclusive.
fn last_day(due_at: DateTime<Utc>) -> NaiveDate {
    day_in_new_zealand(due_at - TimeDelta::microseconds(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// Noon of a day in New Zealand, summer and winter.
    fn noon(day: NaiveDate) -> DateTime<Utc> {
        end_of_day(day) - TimeDelta::hours(12)
    }

    #[test]
    fn a_case_is_overdue_from_the_first_instant_after_its_last_day() {
        // Easter lies between: Good Friday and Easter Monday do not count, nor Anzac Day.
        let due_at = start(at("2022-04-10T22:00:00Z"), 10, None);
        assert_eq!(due_at, at("2022-04-28T12:00:00Z"));
        assert!(!is_overdue(Some(due_at), at("2022-04-28T11:59:59.999999Z")));
        assert!(is_overdue(Some(due_at), due_at));
        assert!(!is_overdue(None, due_at));
        // 28 January 2022 is worked on everywhere, 31 January not in Auckland.
        let summer = at("2022-01-27T22:00:00Z");
        assert_eq!(start(summer, 1, None), at("2022-01-31T11:00:00Z"));
        assert_eq!(start(summer, 1, Region::read(Some("Auckland"))), at("2022-02-01T11:00:00Z"));
    }

    #[test]
    fn a_clock_that_stops_on_its_last_day_and_goes_on_at_the_weekend_is_due_on_monday() {
        let friday = noon(day("2022-05-13"));
        let left = pause(end_of_day(day("2022-05-13")), friday, None);
        assert_eq!(left, 0);
        assert_eq!(resume(left, noon(day("2022-05-14")), None), end_of_day(day("2022-05-16")));
        assert_eq!(resume(left, noon(day("2022-05-16")), None), end_of_day(day("2022-05-16")));
    }

    #[test]
    fn what_is_overdue_stays_so() {
        let due_at = end_of_day(day("2022-05-13"));
        let left = pause(due_at, noon(day("2022-05-17")), None);
        assert_eq!(left, -2);
        let resumed = noon(day("2022-05-24"));
        assert_eq!(resume(left, resumed, None), end_of_day(day("2022-05-20")));
        assert!(is_overdue(Some(resume(left, resumed, None)), resumed));
        // Half a minute late is late, and within the day it is not.
        assert_eq!(pause(due_at, due_at + TimeDelta::seconds(30), None), -1);
        assert_eq!(pause(due_at, due_at - TimeDelta::seconds(30), None), 0);
    }

    #[test]
    fn a_question_is_good_on_its_last_day_and_reminded_of_two_working_days_before() {
        let due_on = question_due_on(at("2022-04-10T22:00:00Z"), 5, None);
        assert_eq!(due_on, day("2022-04-20"));
        for (today, reminder, expired) in [
            ("2022-04-13", false, false),
            ("2022-04-14", true, false),
            ("2022-04-20", true, false),
            ("2022-04-21", false, true),
        ] {
            assert_eq!(reminder_is_due(due_on, day(today), None), reminder, "{today}");
            assert_eq!(question_is_expired(due_on, day(today)), expired, "{today}");
        }
    }

    #[test]
    fn a_decision_is_reconsidered_through_the_end_of_the_28th_day() {
        // Late and early on 20 March 2022; daylight saving ends in between.
        for ended_at in ["2022-03-19T11:00:00Z", "2022-03-20T10:59:59Z"] {
            assert_eq!(reconsideration_ends_at(at(ended_at)), at("2022-04-17T12:00:00Z"));
        }
        assert_eq!(reconsideration_ends_at(at("2022-03-20T11:00:00Z")), at("2022-04-18T12:00:00Z"));
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0..4_000u64).prop_map(|days| day("2021-01-01") + Days::new(days))
    }

    fn anywhere() -> impl Strategy<Value = Option<Region>> {
        prop::sample::select(vec![
            None,
            Some(Region::Auckland),
            Some(Region::Canterbury),
            Some(Region::Southland),
        ])
    }

    proptest! {
        #[test]
        fn pausing_and_going_on_within_a_day_changes_nothing(
            from in any_day(), working_days in 1u32..=250, later in 0u64..500, minutes in 0i64..1380,
            region in anywhere(),
        ) {
            let due_at = start(noon(from), working_days, region);
            let today = from + Days::new(later);
            let paused = end_of_day(today) - TimeDelta::minutes(minutes) - TimeDelta::microseconds(1);
            prop_assert_eq!(resume(pause(due_at, paused, region), noon(today), region), due_at);
        }

        #[test]
        fn a_pause_moves_the_due_date_by_its_working_days(
            from in any_day(), working_days in 1u32..=250, spent in 0u64..100, pause_days in 0u64..100,
            region in anywhere(),
        ) {
            let due_at = start(noon(from), working_days, region);
            let (paused_on, resumed_on) = (from + Days::new(spent), from + Days::new(spent + pause_days));
            prop_assume!(!is_overdue(Some(due_at), noon(paused_on)));
            let left = pause(due_at, noon(paused_on), region);
            // Nothing is left and nobody works: the case above.
            prop_assume!(left > 0 || is_working_day(resumed_on, region));
            let moved = i32::try_from(working_days_between(paused_on, resumed_on, region)).expect("few");
            let expected = end_of_day(add_working_days(last_day(due_at), moved, region));
            prop_assert_eq!(resume(left, noon(resumed_on), region), expected);
        }

        #[test]
        fn a_clock_goes_on_with_what_was_left(
            days_left in -300i32..=300, today in any_day(), region in anywhere(),
        ) {
            prop_assume!(days_left != 0 || is_working_day(today, region));
            let due_at = resume(days_left, noon(today), region);
            prop_assert_eq!(pause(due_at, noon(today), region), days_left);
            prop_assert_eq!(is_overdue(Some(due_at), noon(today)), days_left < 0);
        }
    }
}
