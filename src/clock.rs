//! The one place where time comes from. Everything else is handed an instant.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, NaiveDate, NaiveTime, SubsecRound, Utc};
use chrono_tz::Pacific::Auckland;

/// Tells the time: the machine's, or one that was set, for tests and for the making of a demo.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Microseconds since 1970, where the time was set.
    set_to: OnceLock<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at `instant` until it is moved. Its clones move with it.
    #[must_use]
    pub fn standing_at(instant: DateTime<Utc>) -> Self {
        Self { set_to: OnceLock::from(Arc::new(AtomicI64::new(instant.timestamp_micros()))) }
    }

    /// Moves a standing clock; a system clock stays what it is.
    pub fn move_to(&self, instant: DateTime<Utc>) {
        if let Some(micros) = self.set_to.get() {
            micros.store(instant.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// The instant, cut to the microsecond that both databases keep.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may ask the machine")]
    pub fn now(&self) -> DateTime<Utc> {
        self.set_to
            .get()
            .and_then(|micros| DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)))
            .unwrap_or_else(|| Utc::now().trunc_subsecs(6))
    }
}

/// The calendar day in New Zealand at `instant`; what people call "today" and what dates are held against.
#[must_use]
pub fn day_in_new_zealand(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&Auckland).date_naive()
}

/// The first instant after a day in New Zealand: what is due on that day is late from here on. At the very end of the
/// calendar, its last instant.
#[must_use]
pub fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    // The clocks are changed at two and at three in the morning, so midnight is there every day, and once.
    let midnight =
        day.succ_opt().and_then(|next| next.and_time(NaiveTime::MIN).and_local_timezone(Auckland).earliest());
    midnight.map_or(DateTime::<Utc>::MAX_UTC, |at| at.to_utc())
}

/// An instant for people: New Zealand's time to the second, with how far it is ahead of UTC.
#[must_use]
pub fn in_new_zealand(instant: DateTime<Utc>) -> String {
    instant.with_timezone(&Auckland).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

#[cfg(test)]
mod tests {
    use chrono::{Days, TimeDelta};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_day_in_new_zealand_begins_at_noon_of_the_day_before_in_utc() {
        let day = |text: &str| day_in_new_zealand(text.parse().expect("an instant")).to_string();
        assert_eq!(day("2022-07-31T11:59:59Z"), "2022-07-31");
        assert_eq!(day("2022-07-31T12:00:00Z"), "2022-08-01");
        // Daylight saving: 13 hours ahead in January.
        assert_eq!(day("2022-01-31T10:59:59Z"), "2022-01-31");
        assert_eq!(day("2022-01-31T11:00:00Z"), "2022-02-01");
    }

    #[test]
    fn a_day_ends_at_midnight_whatever_the_season() {
        for (day, end) in [
            ("2022-07-31", "2022-07-31T12:00:00Z"),
            ("2022-01-31", "2022-01-31T11:00:00Z"),
            // The days of 25 and of 23 hours, and those before them.
            ("2022-04-02", "2022-04-02T11:00:00Z"),
            ("2022-04-03", "2022-04-03T12:00:00Z"),
            ("2022-09-24", "2022-09-24T12:00:00Z"),
            ("2022-09-25", "2022-09-25T11:00:00Z"),
        ] {
            let end: DateTime<Utc> = end.parse().expect("an instant");
            assert_eq!(end_of_day(day.parse().expect("a day")), end, "{day}");
        }
        assert_eq!(end_of_day(NaiveDate::MAX), DateTime::<Utc>::MAX_UTC);
    }

    proptest! {
        #[test]
        fn the_end_of_a_day_is_the_next_day_and_what_is_before_it_is_not(days in 0_u64..60_000) {
            let day = NaiveDate::from_ymd_opt(1950, 1, 1).expect("a day") + Days::new(days);
            let end = end_of_day(day);
            prop_assert_eq!(day_in_new_zealand(end), day + Days::new(1));
            prop_assert_eq!(day_in_new_zealand(end - TimeDelta::microseconds(1)), day);
        }
    }

    #[test]
    fn an_instant_is_told_in_the_time_of_the_season() {
        let told = |text: &str| in_new_zealand(text.parse().expect("an instant"));
        assert_eq!(told("2022-01-31T11:00:00.9Z"), "2022-02-01 00:00:00 +13:00");
        assert_eq!(told("2022-07-31T12:00:00Z"), "2022-08-01 00:00:00 +12:00");
    }

    #[test]
    fn clones_of_a_standing_clock_move_together() {
        let clock = Clock::standing_at("2022-02-14T00:00:00Z".parse().expect("an instant"));
        let other = clock.clone();
        clock.move_to("2022-02-15T00:00:00Z".parse().expect("an instant"));
        assert_eq!(other.now(), clock.now());
    }
}
