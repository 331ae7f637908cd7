//! The one place where time comes from. Everything else is handed an instant.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, SubsecRound, Utc};
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

/// The first instant after a calendar day in New Zealand: a last day ends there, exclusively. Midnight is never skipped
/// by daylight saving, which changes at two or three in the morning.
#[must_use]
pub fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(NaiveTime::MIN);
    midnight
        .and_local_timezone(Auckland)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}

#[cfg(test)]
mod tests {
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
    fn a_day_ends_where_the_next_begins_with_and_without_daylight_saving() {
        for (day, end) in [
            ("2022-07-31", "2022-07-31T12:00:00Z"),
            ("2022-01-31", "2022-01-31T11:00:00Z"),
            ("2022-04-02", "2022-04-02T11:00:00Z"),
            ("2022-04-03", "2022-04-03T12:00:00Z"),
        ] {
            let end: DateTime<Utc> = end.parse().expect("an instant");
            assert_eq!(end_of_day(day.parse().expect("a day")), end, "{day}");
        }
    }

    #[test]
    fn clones_of_a_standing_clock_move_together() {
        let clock = Clock::standing_at("2022-02-14T00:00:00Z".parse().expect("an instant"));
        let other = clock.clone();
        clock.move_to("2022-02-15T00:00:00Z".parse().expect("an instant"));
        assert_eq!(other.now(), clock.now());
    }
}
