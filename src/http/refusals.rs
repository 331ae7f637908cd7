//! Refusals that need to know the service: who asks, the provider, and what went wrong inside.

use axum::http::{HeaderValue, StatusCode, header};
use wire::Refusal;
use wire::refusal::TIMEOUT;

use crate::error::{Failure, Fault};
use crate::schema::errors::{
    INTERNAL, INTERNAL_MESSAGE, TIMEOUT_MESSAGE, UNAUTHENTICATED, UNAUTHENTICATED_MESSAGE,
};

/// The token or the cookie is no sign-in, or no longer.
pub fn unauthenticated(message: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, UNAUTHENTICATED, message)
        .with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

/// The sign-in has ended, or who it is for is not what they were.
pub fn no_longer_signed_in() -> Refusal {
    unauthenticated("You are not signed in any more: sign in again.")
}

/// The header with the token is not as it should be.
pub fn unreadable_token() -> Refusal {
    unauthenticated("Send your token as Authorization: Bearer <token>.")
}

/// The identity provider does not answer, or not as it should.
pub fn provider_is_away() -> Refusal {
    let message =
        "The identity provider does not answer as it should. Try again in a minute, or ask those who run it.";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "PROVIDER_UNAVAILABLE", message)
}

/// What answers it panicked. What was told with the panic may be about a person: it stays out of the log and of the answer.
pub fn panicked() -> Refusal {
    tracing::error!("a request panicked");
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, INTERNAL, INTERNAL_MESSAGE)
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        if fault.is_out_of_time() {
            tracing::warn!(error = %fault, "a statement took too long");
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT, TIMEOUT_MESSAGE);
        }
        tracing::error!(error = %fault, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, INTERNAL, INTERNAL_MESSAGE)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Fault(fault) => fault.into(),
            Failure::Unauthenticated => unauthenticated(UNAUTHENTICATED_MESSAGE),
            Failure::Refused(errors) => {
                let messages: Vec<_> = errors.into_iter().map(|error| error.message).collect();
                Self::bad_request(messages.join(" "))
            }
        }
    }
}
