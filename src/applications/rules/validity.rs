//! How long a nomination holds.

use chrono::{Months, NaiveDate, TimeDelta};

use crate::clock::day_in_new_zealand;
use crate::exceptions::definition::Validity;

/// The last day of a nomination made on `day`: the earlier of the terms' two ends; none where they set none.
#[must_use]
pub fn valid_until(validity: &Validity, day: NaiveDate) -> Option<NaiveDate> {
    let by_months = validity.nomination_months.and_then(|months| day.checked_add_months(Months::new(months)));
    // The end is exclusive: its last day is the one that the instant before it falls on.
    let by_end = validity.nomination_until.map(|end| day_in_new_zealand(end - TimeDelta::microseconds(1)));
    match (by_months, by_end) {
        (Some(months), Some(end)) => Some(months.min(end)),
        (months, end) => months.or(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_end_counts_and_an_instant_at_midnight_ends_the_day_before() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let until = Some("2022-07-31T12:00:00Z".parse().expect("an instant"));
        let both = Validity { nomination_until: until, nomination_months: Some(4), ..Validity::default() };
        assert_eq!(valid_until(&both, day("2022-02-14")), Some(day("2022-06-14")));
        assert_eq!(valid_until(&both, day("2022-05-14")), Some(day("2022-07-31")));
        assert_eq!(valid_until(&Validity::default(), day("2022-05-14")), None);
    }
}
