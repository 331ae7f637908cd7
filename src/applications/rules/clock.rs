//! The clocks of a case, in New Zealand working days: by when the body decides, and by when the employer answers.
//!
//! The body's clock runs to an instant, `due_at`, or stands still at `days_left` while the employer is asked. What is late
//! is flagged; nothing is ever decided by a clock.

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::clock::{day_in_new_zealand, end_of_day};
use crate::working_days::{Region, add_working_days, working_days_between};

/// Days within which what was declined or returned is reconsidered.
const RECONSIDERATION_DAYS: u64 = 28;
/// Working days before an answer's last day on which its employer is reminded.
const REMINDER_WORKING_DAYS: i32 = 2;

/// The first instant at which a body is late that has `working_days` from the day of `from` on, itself not counted.
#[must_use]
pub fn start(from: DateTime<Utc>, working_days: u32, region: Option<Region>) -> DateTime<Utc> {
    resume(i32::try_from(working_days).unwrap_or(i32::MAX), from, region)
}

/// The working days that are left of a clock that stops; negative where the body is late already.
#[must_use]
pub fn pause(due_at: DateTime<Utc>, now: DateTime<Utc>, region: Option<Region>) -> i32 {
    let last_day = day_in_new_zealand(due_at - chrono::TimeDelta::microseconds(1));
    working_days_between(day_in_new_zealand(now), last_day, region)
}

/// Where the clock runs to that goes on with `days_left`.
#[must_use]
pub fn resume(days_left: i32, now: DateTime<Utc>, region: Option<Region>) -> DateTime<Utc> {
    end_of_day(add_working_days(day_in_new_zealand(now), days_left, region))
}

/// Whether the body is late; never while the clock stands still.
#[must_use]
pub fn is_overdue(due_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    due_at.is_some_and(|due_at| due_at <= now)
}

/// The usual last day for the answer to a question asked at an instant.
#[must_use]
pub fn question_due_on(asked_at: DateTime<Utc>, working_days: u32, region: Option<Region>) -> NaiveDate {
    let days = i32::try_from(working_days).unwrap_or(i32::MAX);
    add_working_days(day_in_new_zealand(asked_at), days, region)
}

/// Whether the employer is to be reminded: from two working days before the last day on.
#[must_use]
pub fn reminder_is_due(due_on: NaiveDate, today: NaiveDate, region: Option<Region>) -> bool {
    add_working_days(due_on, -REMINDER_WORKING_DAYS, region) <= today
}

/// Whether the last day for an answer is over; on the day itself an answer is in time.
#[must_use]
pub fn question_is_expired(due_on: NaiveDate, today: NaiveDate) -> bool {
    due_on < today
}

/// The first instant at which what ended at `ended_at` is not reconsidered any more: the end of the 28th day after.
#[must_use]
pub fn reconsideration_ends_at(ended_at: DateTime<Utc>) -> DateTime<Utc> {
    let day = day_in_new_zealand(ended_at);
    end_of_day(day.checked_add_days(Days::new(RECONSIDERATION_DAYS)).unwrap_or(day))
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

    #[test]
    fn a_body_is_late_from_the_end_of_its_last_working_day_on() {
        // Tuesday 1 March 2022; twenty working days later is Tuesday 29 March, which ends at 11:00 UTC.
        let due = start(at("2022-03-01T00:00:00Z"), 20, None);
        assert_eq!(due, at("2022-03-29T11:00:00Z"));
        assert!(!is_overdue(Some(due), at("2022-03-29T10:59:59Z")));
        assert!(is_overdue(Some(due), at("2022-03-29T11:00:00Z")));
        assert!(!is_overdue(None, at("2032-01-01T00:00:00Z")), "it stands still");
    }

    #[test]
    fn reminded_two_working_days_before_and_expired_the_day_after() {
        // The last day is Tuesday 19 April 2022, after Easter; two working days before it is Wednesday 13 April.
        let due_on = day("2022-04-19");
        assert!(!reminder_is_due(due_on, day("2022-04-12"), None));
        assert!(reminder_is_due(due_on, day("2022-04-13"), None));
        assert!(!question_is_expired(due_on, due_on));
        assert!(question_is_expired(due_on, day("2022-04-20")));
    }

    #[test]
    fn reconsidered_to_the_end_of_the_28th_day() {
        assert_eq!(reconsideration_ends_at(at("2022-03-01T00:00:00Z")), at("2022-03-29T11:00:00Z"));
        // Over the end of daylight saving.
        assert_eq!(reconsideration_ends_at(at("2022-03-20T00:00:00Z")), at("2022-04-17T12:00:00Z"));
    }

    proptest! {
        #[test]
        fn a_pause_moves_the_end_by_its_working_days(
            start_day in 0_i64..3_000, allowed in 1_u32..60, before in 0_i32..80, pause_days in 0_i32..60
        ) {
            let begun = at("2021-03-01T00:00:00Z") + chrono::TimeDelta::days(start_day);
            let due = start(begun, allowed, None);
            let on = |days| end_of_day(add_working_days(day_in_new_zealand(begun), days, None))
                - chrono::TimeDelta::hours(6);
            let left = pause(due, on(before + 1), None);
            prop_assert_eq!(resume(left, on(before + 1), None), due, "on the same day nothing changes");
            let resumed = resume(left, on(before + 1 + pause_days), None);
            prop_assert_eq!(pause(resumed, on(before + 1), None), left + pause_days);
        }
    }
}
