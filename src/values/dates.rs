//! Days that people type: a worker's birthday, the last day of a passport, of a document.
//!
//! A day here is New Zealand's, and "today" is always an argument. Whether a day is late for the
//! scheme's own rules is not decided here, only whether it can be what it is said to be.

use std::fmt;

use chrono::{DateTime, Months, NaiveDate, SubsecRound, Utc};
use thiserror::Error;

/// Years of age below which a person is no worker here.
const AGE_YEARS_MIN: u32 = 16;
/// Years of age above which the year will be a slip.
const AGE_YEARS_MAX: u32 = 100;
/// Passports run for ten years, and some countries add what was left of the one before.
const PASSPORT_MONTHS_MAX: Months = Months::new(11 * 12);

/// The day a worker was born: one that makes them 16 to 100 years old.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Birthday(NaiveDate);

/// Why a day is not taken, in a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DateError {
    /// Nothing.
    #[error("Enter the day as year, month and day, such as 1990-04-23.")]
    Empty,
    /// Another form, or a day that the calendar does not have.
    #[error("Enter a day of the calendar as year, month and day, such as 1990-04-23 for 23 April 1990.")]
    NoDay,
    /// A birthday after today.
    #[error("This birthday lies in the future: check the year.")]
    BornInFuture,
    /// Younger than 16 years.
    #[error(
        "A worker is at least 16 years old, and this birthday makes them {age_years}: check the \
         year."
    )]
    TooYoung {
        /// Age today.
        age_years: u32,
    },
    /// Older than 100 years.
    #[error("This birthday makes the worker {age_years} years old: check the year.")]
    TooOld {
        /// Age today.
        age_years: u32,
    },
    /// The document's last day is behind.
    #[error("This expired before today: enter the document that is valid now.")]
    Expired,
    /// The passport's last day was behind when the application that names it was received.
    #[error("This passport had expired when the application was received: check its last day.")]
    ExpiredAtReceipt,
    /// Later than any passport runs.
    #[error("No passport runs for more than 11 years from today: check the year of its last day.")]
    ExpiresTooLate,
}

/// A text that is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("Send an instant with its offset, such as 2022-02-14T00:00:00Z.")]
pub struct NotAnInstant;

/// Reads an instant as RFC 3339 has it, cut to the microsecond that both databases keep.
///
/// # Errors
/// [`NotAnInstant`] for anything else; without an offset nobody knows which instant it is.
pub fn parse_instant(typed: &str) -> Result<DateTime<Utc>, NotAnInstant> {
    let instant = DateTime::parse_from_rfc3339(typed.trim()).map_err(|_| NotAnInstant)?;
    Ok(instant.to_utc().trunc_subsecs(6))
}

/// Reads a day as `YYYY-MM-DD`, the form of the API and of files. Nothing else is taken: 03/04 is
/// read one way here and the other way elsewhere.
///
/// # Errors
/// Says which form to enter.
pub fn parse_date(typed: &str) -> Result<NaiveDate, DateError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(DateError::Empty);
    }
    let is_in_form = typed.len() == "YYYY-MM-DD".len()
        && typed.bytes().zip(0..).all(
            |(b, at)| {
                if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() }
            },
        );
    if !is_in_form {
        return Err(DateError::NoDay);
    }
    NaiveDate::parse_from_str(typed, "%Y-%m-%d").map_err(|_| DateError::NoDay)
}

impl Birthday {
    /// Takes a worker's birthday if it can be one today.
    ///
    /// # Errors
    /// Says what is wrong with it when it lies in the future or makes the worker younger than 16 or
    /// older than 100.
    pub fn new(date: NaiveDate, today: NaiveDate) -> Result<Self, DateError> {
        let age_years = today.years_since(date).ok_or(DateError::BornInFuture)?;
        if age_years < AGE_YEARS_MIN {
            return Err(DateError::TooYoung { age_years });
        }
        if age_years > AGE_YEARS_MAX {
            return Err(DateError::TooOld { age_years });
        }
        Ok(Self(date))
    }

    /// Reads a worker's birthday as `YYYY-MM-DD`.
    ///
    /// # Errors
    /// As [`parse_date`] and [`Birthday::new`].
    pub fn parse(typed: &str, today: NaiveDate) -> Result<Self, DateError> {
        Self::new(parse_date(typed)?, today)
    }

    /// The day.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        self.0
    }
}

impl fmt::Debug for Birthday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Birthday(redacted)")
    }
}

/// Whether a document is of no use on a day. Its last day is still good.
#[must_use]
pub fn is_expired(expires_on: NaiveDate, day: NaiveDate) -> bool {
    expires_on < day
}

/// Takes the last day of any document that has to be valid today.
///
/// # Errors
/// [`DateError::Expired`] when that day is behind.
pub fn check_expiry(expires_on: NaiveDate, today: NaiveDate) -> Result<NaiveDate, DateError> {
    if is_expired(expires_on, today) { Err(DateError::Expired) } else { Ok(expires_on) }
}

/// Takes the last day of a passport: from today to 11 years ahead.
///
/// # Errors
/// Says whether that day is behind or too far ahead.
pub fn check_passport_expiry(expires_on: NaiveDate, today: NaiveDate) -> Result<NaiveDate, DateError> {
    let expires_on = check_expiry(expires_on, today)?;
    match today.checked_add_months(PASSPORT_MONTHS_MAX) {
        Some(latest) if expires_on > latest => Err(DateError::ExpiresTooLate),
        Some(_) | None => Ok(expires_on),
    }
}

/// Takes the last day of a passport that was shown on the day `received_on`: it had not expired then, whatever has
/// become of it since.
///
/// # Errors
/// Says whether that day was behind, or is too far ahead of today.
pub fn check_passport_at_receipt(
    expires_on: NaiveDate,
    received_on: NaiveDate,
    today: NaiveDate,
) -> Result<NaiveDate, DateError> {
    if is_expired(expires_on, received_on) {
        return Err(DateError::ExpiredAtReceipt);
    }
    check_passport_expiry(expires_on.max(today), today).map(|_| expires_on)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    #[test]
    fn one_form_of_a_day_is_read() {
        for (typed, read) in [
            ("2022-02-14", Ok((2022, 2, 14))),
            (" 1990-04-23 ", Ok((1990, 4, 23))),
            ("2024-02-29", Ok((2024, 2, 29))),
            ("", Err(DateError::Empty)),
            (" ", Err(DateError::Empty)),
            ("2023-02-29", Err(DateError::NoDay)),
            ("2022-13-01", Err(DateError::NoDay)),
            ("2022-2-14", Err(DateError::NoDay)),
            ("14/02/2022", Err(DateError::NoDay)),
            ("14 February 2022", Err(DateError::NoDay)),
            ("+022-02-14", Err(DateError::NoDay)),
            ("2022-02-14T00:00:00Z", Err(DateError::NoDay)),
            ("２０２２-02-14", Err(DateError::NoDay)),
        ] {
            let expected = read.map(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d).unwrap());
            assert_eq!(parse_date(typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn birthdays_have_two_limits_and_the_future() {
        let today = day("2022-02-14");
        for (typed, error) in [
            ("2022-02-15", Some(DateError::BornInFuture)),
            ("2022-02-14", Some(DateError::TooYoung { age_years: 0 })),
            ("2006-02-15", Some(DateError::TooYoung { age_years: 15 })),
            ("2006-02-14", None),
            ("1990-04-23", None),
            ("1921-02-15", None),
            ("1921-02-14", Some(DateError::TooOld { age_years: 101 })),
            ("0090-04-23", Some(DateError::TooOld { age_years: 1931 })),
        ] {
            assert_eq!(Birthday::parse(typed, today).err(), error, "{typed}");
        }
        // Born on the day that most years do not have: sixteen on 1 March.
        assert!(Birthday::parse("2004-02-29", day("2020-02-28")).is_err());
        assert!(Birthday::parse("2004-02-29", day("2020-02-29")).is_ok());
        assert!(Birthday::parse("2008-02-29", day("2024-02-28")).is_err());
        assert_eq!(format!("{:?}", Birthday::parse("1990-04-23", today).unwrap()), "Birthday(redacted)");
    }

    #[test]
    fn the_last_day_of_a_document_is_good() {
        let today = day("2022-02-14");
        for (expires, any, passport) in [
            ("2022-02-13", Err(DateError::Expired), Err(DateError::Expired)),
            ("2022-02-14", Ok(()), Ok(())),
            ("2033-02-14", Ok(()), Ok(())),
            ("2033-02-15", Ok(()), Err(DateError::ExpiresTooLate)),
        ] {
            assert_eq!(check_expiry(day(expires), today).map(|_| ()), any, "{expires}");
            assert_eq!(check_passport_expiry(day(expires), today).map(|_| ()), passport, "{expires}");
        }
    }

    #[test]
    fn a_passport_that_was_good_at_receipt_may_have_expired_since() {
        let (received_on, today) = (day("2022-02-14"), day("2022-07-01"));
        for (expires, taken) in [
            ("2022-02-13", Err(DateError::ExpiredAtReceipt)),
            ("2022-02-14", Ok(())),
            ("2022-06-30", Ok(())),
            ("2033-07-01", Ok(())),
            ("2033-07-02", Err(DateError::ExpiresTooLate)),
        ] {
            let expires = day(expires);
            let read = check_passport_at_receipt(expires, received_on, today);
            assert_eq!(read, taken.map(|()| expires), "{expires}");
        }
    }

    #[test]
    fn an_instant_has_an_offset_and_no_more_than_microseconds() {
        let read = |typed| parse_instant(typed).map(|instant| instant.to_string());
        for (typed, instant) in [
            ("2022-02-14T00:00:00Z", "2022-02-14 00:00:00 UTC"),
            (" 2022-02-14T13:00:00+13:00 ", "2022-02-14 00:00:00 UTC"),
            ("2022-02-14T00:00:00.1234567Z", "2022-02-14 00:00:00.123456 UTC"),
        ] {
            assert_eq!(read(typed), Ok(instant.to_owned()), "{typed}");
        }
        for typed in ["", "2022-02-14", "2022-02-14T00:00:00", "14/02/2022 13:00", "2022-02-30T00:00:00Z"] {
            assert_eq!(read(typed), Err(NotAnInstant), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(typed in "(?s).*|[0-9]{4}-[0-9]{2}-[0-9]{2}") {
            let _ = Birthday::parse(&typed, NaiveDate::MIN);
            let _ = Birthday::parse(&typed, NaiveDate::MAX);
            if let Ok(date) = parse_date(&typed) {
                let _ = check_passport_expiry(date, NaiveDate::MAX);
                prop_assert_eq!(parse_date(&date.to_string()), Ok(date));
            }
        }
    }
}
