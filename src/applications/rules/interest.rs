//! Expressions of interest: until when they are taken, how many of them, and which applications may come of one.
//!
//! Anybody may register one without an account, so that limits go by where it comes from and by whom it names.

use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{application, interest};

use crate::error::{Failure, UserError, UserErrorCode};
use crate::exceptions::rules::{ClassExceptionStatus, Window};
use crate::values::nzbn::Nzbn;

/// How many workers an employer may expect to need.
pub const EXPECTED_WORKERS: RangeInclusive<i32> = 1..=1_000;

/// What is counted against those who register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// At most 10 within an hour from one source, whatever they are about.
    Source,
    /// At most 5 within a day for one contact's e-mail address, to one body under one class exception.
    Contact,
}

impl Limit {
    /// Most that are taken within [`Self::within`].
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::Source => 10,
            Self::Contact => 5,
        }
    }

    const fn within(self) -> TimeDelta {
        match self {
            Self::Source => TimeDelta::hours(1),
            Self::Contact => TimeDelta::hours(24),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Source => "10 expressions of interest have come from your network within an hour",
            Self::Contact => "5 expressions of interest have named this e-mail address within a day",
        }
    }
}

/// Why an expression of interest, or an application that is to come of one, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterestRefusal {
    /// The class exception has closed.
    #[error("Applications have closed, so no expression of interest is taken any more.")]
    Closed,
    /// As many as are taken have come.
    #[error("{}, as many as are taken. Try again in {}.", .limit.words(), in_words(*.wait))]
    TooMany {
        /// By which count.
        limit: Limit,
        /// Until there is room again; more than nothing.
        wait: TimeDelta,
    },
    /// The application is not what the employer expressed its interest in.
    #[error(
        "This expression of interest names another class exception, body or employer. Take one that names the \
         same, or leave it out."
    )]
    Another,
}

/// May interest be registered? It is heard before the opening and through a pause.
///
/// # Errors
/// [`InterestRefusal::Closed`].
pub fn may_register(window: Window, now: DateTime<Utc>) -> Result<(), InterestRefusal> {
    match window.status(now) {
        ClassExceptionStatus::Announced | ClassExceptionStatus::Open | ClassExceptionStatus::Paused => Ok(()),
        ClassExceptionStatus::Closed => Err(InterestRefusal::Closed),
    }
}

/// Is there room for one more? `newest` has the instants of the last that came, the newest first, at least
/// [`Limit::most`] of them where there are so many.
///
/// # Errors
/// [`InterestRefusal::TooMany`], with how long to wait.
pub fn has_room(limit: Limit, newest: &[DateTime<Utc>], now: DateTime<Utc>) -> Result<(), InterestRefusal> {
    let first = newest.get(limit.most() - 1);
    let wait = first.map_or_else(TimeDelta::zero, |first| *first + limit.within() - now);
    if wait > TimeDelta::zero() { Err(InterestRefusal::TooMany { limit, wait }) } else { Ok(()) }
}

/// May an application to a body by the employer with this number come of `interest`?
///
/// # Errors
/// [`InterestRefusal::Another`].
pub fn fits(
    interest: &interest::Model,
    application: &application::Model,
    employer: Nzbn,
) -> Result<(), InterestRefusal> {
    let is_same = interest.exception_id == application.exception_id
        && interest.body_id == application.body_id
        && interest.nzbn == Some(employer.to_string());
    if is_same { Ok(()) } else { Err(InterestRefusal::Another) }
}

/// How long, never less than it is: whole minutes, and from two hours on whole hours.
fn in_words(wait: TimeDelta) -> String {
    let up = |unit: TimeDelta| (wait + unit).num_milliseconds().saturating_sub(1) / unit.num_milliseconds();
    match up(TimeDelta::minutes(1)) {
        1 => "a minute".to_owned(),
        minutes @ ..120 => format!("{minutes} minutes"),
        _ => format!("{} hours", up(TimeDelta::hours(1))),
    }
}

impl From<InterestRefusal> for UserError {
    fn from(refusal: InterestRefusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            InterestRefusal::Closed => Self::new(UserErrorCode::WindowClosed, message),
            InterestRefusal::TooMany { limit: Limit::Source, .. } => {
                Self::new(UserErrorCode::TooMany, message)
            }
            InterestRefusal::TooMany { limit: Limit::Contact, .. } => {
                Self::at(UserErrorCode::TooMany, "contactEmail", message)
            }
            InterestRefusal::Another => Self::at(UserErrorCode::Invalid, "interest", message),
        }
    }
}

impl From<InterestRefusal> for Failure {
    fn from(refusal: InterestRefusal) -> Self {
        UserError::from(refusal).into()
    }
}

#[cfg(test)]
mod tests {
    use entity::{BodyId, ExceptionId, InterestId};
    use uuid::Uuid;

    use super::*;
    use crate::applications::samples;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn interest_is_heard_until_the_window_closes() {
        let window = Window {
            opens_at: at("2022-02-14T00:00:00Z"),
            closes_at: Some(at("2022-07-31T12:00:00Z")),
            paused: false,
        };
        for paused in [false, true] {
            let window = Window { paused, ..window };
            for (now, heard) in [
                ("2021-12-13T00:00:00Z", Ok(())),
                ("2022-03-01T00:00:00Z", Ok(())),
                ("2022-07-31T11:59:59Z", Ok(())),
                ("2022-07-31T12:00:00Z", Err(InterestRefusal::Closed)),
            ] {
                assert_eq!(may_register(window, at(now)), heard, "{now}");
            }
        }
    }

    #[test]
    fn room_comes_back_when_the_first_of_the_last_is_old_enough() {
        let now = at("2022-03-01T00:00:00Z");
        for (limit, within) in [(Limit::Source, 60), (Limit::Contact, 24 * 60)] {
            let came = |minutes_ago: &[i64]| -> Vec<_> {
                minutes_ago.iter().map(|ago| now - TimeDelta::minutes(*ago)).collect()
            };
            let mut newest = vec![1; limit.most() - 1];
            assert_eq!(has_room(limit, &came(&newest), now), Ok(()));
            newest.push(within - 1);
            let refused = Err(InterestRefusal::TooMany { limit, wait: TimeDelta::minutes(1) });
            assert_eq!(has_room(limit, &came(&newest), now), refused);
            // What came before the last is not looked at.
            newest.push(within);
            assert_eq!(has_room(limit, &came(&newest), now), refused);
            newest[limit.most() - 1] = within;
            assert_eq!(has_room(limit, &came(&newest), now), Ok(()));
        }
    }

    #[test]
    fn a_refusal_says_when_to_try_again() {
        for (seconds, words) in [
            (1, "in a minute."),
            (60, "in a minute."),
            (61, "in 2 minutes."),
            (3_600, "in 60 minutes."),
            (7_140, "in 119 minutes."),
            (7_141, "in 2 hours."),
            (7_201, "in 3 hours."),
            (86_400, "in 24 hours."),
        ] {
            let refusal =
                InterestRefusal::TooMany { limit: Limit::Contact, wait: TimeDelta::seconds(seconds) };
            assert!(refusal.to_string().ends_with(words), "{seconds}: {refusal}");
        }
        for limit in [Limit::Source, Limit::Contact] {
            assert!(limit.words().starts_with(&limit.most().to_string()));
        }
    }

    #[test]
    fn an_application_comes_of_interest_in_the_same_exception_body_and_employer() {
        let application = samples::application();
        let employer = Nzbn::parse("9429900000018").expect("an NZBN");
        let own = interest::Model {
            id: InterestId(Uuid::nil()),
            exception_id: application.exception_id,
            terms_revision: 1,
            body_id: application.body_id,
            legal_name: "Kauri Software Limited".into(),
            nzbn: Some(employer.to_string()),
            contact_email: "finn@example.nz".into(),
            contact_hash: String::new(),
            expected_workers: 1,
            roles: serde_json::json!([]),
            source: String::new(),
            created_at: application.created_at,
        };
        assert_eq!(fits(&own, &application, employer), Ok(()));
        let other = Uuid::from_u128(99);
        for another in [
            interest::Model { exception_id: ExceptionId(other), ..own.clone() },
            interest::Model { body_id: BodyId(other), ..own.clone() },
            interest::Model { nzbn: Some("9429900000025".into()), ..own.clone() },
            interest::Model { nzbn: None, ..own.clone() },
        ] {
            assert_eq!(fits(&another, &application, employer), Err(InterestRefusal::Another));
        }
    }
}
