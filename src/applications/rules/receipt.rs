//! Whether what a body received on its own system is taken in. It is held against the window as it was then; whether
//! the window is open today does not matter.

use chrono::{DateTime, Utc};
use entity::class_exception_body;

use super::bodies::takes_applications;
use crate::clock::day_in_new_zealand;
use crate::error::{UserError, UserErrorCode};
use crate::exceptions::rules::{ClassExceptionStatus, Window};

/// Why what was received elsewhere is not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptRefusal {
    /// Nobody has received it yet.
    #[error("This lies in the future: check the day, the time and the offset.")]
    InFuture,
    /// Before the window.
    #[error("Applications were not open yet at this instant, so it is not taken in. Check the instant.")]
    TooEarly,
    /// At the end of the window or after it.
    #[error(
        "Applications had closed at this instant, so it is not taken in. Check the instant and its offset."
    )]
    TooLate,
    /// Outside the body's own days.
    #[error("Your body took no applications on this day. Check the instant.")]
    BodyAway,
    /// For now.
    #[error(
        "Applications are paused, and nothing is taken in until they go on. Send it again then: it keeps its turn."
    )]
    Paused,
}

impl ReceiptRefusal {
    fn code(self) -> UserErrorCode {
        match self {
            Self::InFuture => UserErrorCode::Invalid,
            Self::TooEarly => UserErrorCode::TooEarly,
            Self::TooLate | Self::BodyAway | Self::Paused => UserErrorCode::WindowClosed,
        }
    }
}

impl From<ReceiptRefusal> for UserError {
    fn from(refusal: ReceiptRefusal) -> Self {
        match refusal {
            ReceiptRefusal::InFuture
            | ReceiptRefusal::TooEarly
            | ReceiptRefusal::TooLate
            | ReceiptRefusal::BodyAway => Self::at(refusal.code(), "receivedAt", refusal.to_string()),
            ReceiptRefusal::Paused => Self::new(refusal.code(), refusal.to_string()),
        }
    }
}

/// Whether an application that the body `member` received complete at `received_at` is taken in `now`. What can never
/// be mended is told before what passes.
///
/// # Errors
/// The first reason against it.
pub fn may_take_in(
    window: &Window,
    member: &class_exception_body::Model,
    received_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), ReceiptRefusal> {
    if received_at > now {
        return Err(ReceiptRefusal::InFuture);
    }
    if received_at < window.opens_at {
        return Err(ReceiptRefusal::TooEarly);
    }
    if !window.contains(received_at) {
        return Err(ReceiptRefusal::TooLate);
    }
    if !takes_applications(member, day_in_new_zealand(received_at)) {
        return Err(ReceiptRefusal::BodyAway);
    }
    match window.status(now) {
        ClassExceptionStatus::Paused => Err(ReceiptRefusal::Paused),
        ClassExceptionStatus::Announced | ClassExceptionStatus::Open | ClassExceptionStatus::Closed => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use entity::{BodyId, ExceptionId};
    use uuid::Uuid;

    use super::*;

    const OPEN: &str = "2022-04-01T00:00:00Z";
    const CLOSED: &str = "2022-08-01T00:00:00Z";

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn asked(paused: bool, received_at: &str, now: &str) -> Result<(), ReceiptRefusal> {
        let window = Window {
            opens_at: at("2022-02-13T11:00:00Z"),
            closes_at: Some(at("2022-07-31T12:00:00Z")),
            paused,
        };
        let member = class_exception_body::Model {
            exception_id: ExceptionId(Uuid::nil()),
            body_id: BodyId(Uuid::nil()),
            starts_on: Some("2022-02-15".parse().expect("a day")),
            ends_on: None,
        };
        may_take_in(&window, &member, at(received_at), at(now))
    }

    #[test]
    fn the_window_of_then_counts_and_the_future_never() {
        for (received_at, now, refusal) in [
            ("2022-02-13T10:59:59.999999Z", OPEN, Some(ReceiptRefusal::TooEarly)),
            // The first instant is in the window, but the body began a day later.
            ("2022-02-13T11:00:00Z", OPEN, Some(ReceiptRefusal::BodyAway)),
            ("2022-02-14T10:59:59Z", OPEN, Some(ReceiptRefusal::BodyAway)),
            ("2022-02-14T11:00:00Z", OPEN, None),
            (OPEN, OPEN, None),
            ("2022-04-01T00:00:00.000001Z", OPEN, Some(ReceiptRefusal::InFuture)),
            ("2022-07-31T11:59:59.999999Z", CLOSED, None),
            ("2022-07-31T12:00:00Z", CLOSED, Some(ReceiptRefusal::TooLate)),
            ("2022-08-01T00:00:00.000001Z", CLOSED, Some(ReceiptRefusal::InFuture)),
        ] {
            assert_eq!(asked(false, received_at, now).err(), refusal, "{received_at} at {now}");
        }
    }

    #[test]
    fn nothing_is_taken_in_while_paused_and_closed_outweighs_paused() {
        assert_eq!(asked(true, "2022-03-01T00:00:00Z", OPEN), Err(ReceiptRefusal::Paused));
        assert_eq!(asked(true, "2022-03-01T00:00:00Z", CLOSED), Ok(()));
        assert_eq!(asked(true, "2022-02-01T00:00:00Z", OPEN), Err(ReceiptRefusal::TooEarly));
    }
}
