//! The one place where what went wrong becomes what a caller is told.
//!
//! Resolvers pass on a `Fault` or a `Failure` with `?`; [`finish`] gives each error a stable code and the id of
//! the request. The text of a fault goes to the log and never further.

use std::sync::Arc;

use async_graphql::{Error, ErrorExtensions, Response, ServerError, Value};
use wire::asked::shortened;
pub use wire::refusal::BAD_USER_INPUT;
use wire::refusal::{GRAPHQL_VALIDATION_FAILED, TIMEOUT};

use super::context::RequestId;
use crate::error::{Failure, Fault, UserErrorCode};

/// Nobody is signed in, and somebody has to be.
pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
/// The role of whoever asks does not allow it.
pub const FORBIDDEN: &str = "FORBIDDEN";
/// The service's fault.
pub const INTERNAL: &str = "INTERNAL";

/// Most errors that one answer has.
const ERRORS_MAX: usize = 20;
/// What a caller is told of a fault.
pub const INTERNAL_MESSAGE: &str = "Something went wrong on our side. Try again, and tell us the request id if it \
                                    happens again. An act that is sent again with the same idempotencyKey is done once.";
/// What a caller is told where the database was given up on.
pub const TIMEOUT_MESSAGE: &str = "The database took too long over this and it was given up. Ask for less at once, or try again \
                                   in a minute. An act that is sent again with the same idempotencyKey is done once.";
/// What a caller is told who may not learn the schema.
const NOT_OF_THE_SCHEMA: &str =
    "This does not fit the schema, which is not told here: ask those who run this service for it.";
/// What a caller who is not signed in is told.
pub const UNAUTHENTICATED_MESSAGE: &str = "Sign in to do this.";

/// An error in the request that no `userErrors` can carry.
#[must_use]
pub fn bad_input(message: &str) -> Error {
    coded(BAD_USER_INPUT, message)
}

/// An error with a stable code.
#[must_use]
pub fn coded(code: &str, message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

/// Gives every error of an answer its code and the id of the request, and hides what is not for callers. Where the schema
/// is not told (`is_open` is false), what the library says of a document or a value is hidden too: it names what was not asked for.
pub fn finish(response: &mut Response, request: &RequestId, is_open: bool) {
    response.errors.truncate(ERRORS_MAX);
    if !is_open {
        tell_no_guess(response);
    }
    for error in &mut response.errors {
        let (code, message) = told(error, is_open);
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", code);
        extensions.set("requestId", request.0.as_str());
        error.message = message;
        error.source = None;
    }
}

/// Where the schema is not told, neither is which of several guesses was wrong, nor where; and an argument of a wrong kind is as
/// wrong as one that does not exist.
fn tell_no_guess(response: &mut Response) {
    if let Some(wrong) = response.errors.iter().position(is_of_the_library) {
        let mut error = response.errors.swap_remove(wrong);
        (error.path, error.locations) = (Vec::new(), Vec::new());
        response.data = Value::Null;
        response.errors = vec![error];
    }
}

/// Whether the library says what is wrong with a document or a value.
fn is_of_the_library(error: &ServerError) -> bool {
    let has_code = error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some());
    error.source.is_none() && !has_code
}

/// The code and the message that a caller gets of an error.
fn told(error: &ServerError, is_open: bool) -> (String, String) {
    let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    if let Some(Value::String(code)) = code {
        return (code.clone(), error.message.clone());
    }
    let (code, message) = match (error.source::<Failure>(), &error.source) {
        (Some(failure), _) => told_of_failure(failure),
        (None, Some(_)) if let Some(fault) = fault_in(error) => told_of_fault(fault),
        // Whatever was passed on with `?`, and is not known here, is a fault.
        (None, Some(_)) => {
            tracing::error!(error = %error.message, "a request failed");
            (INTERNAL, INTERNAL_MESSAGE.to_owned())
        }
        // Raised by the library: in a field it is about an argument, before that about the document.
        (None, None) if !is_open => (GRAPHQL_VALIDATION_FAILED, NOT_OF_THE_SCHEMA.to_owned()),
        (None, None) if error.path.is_empty() => (GRAPHQL_VALIDATION_FAILED, shortened(&error.message)),
        (None, None) => (BAD_USER_INPUT, shortened(&plain(&error.message))),
    };
    (code.to_owned(), message)
}

/// A message about a value that could not be read, without the library's brackets around it: first what it was
/// to be and in which inputs, then what is wrong with it.
fn plain(message: &str) -> String {
    let Some((kind, mut rest)) =
        message.strip_prefix("Failed to parse \"").and_then(|rest| rest.split_once("\": "))
    else {
        return message.to_owned();
    };
    let mut parts = vec![kind];
    while let Some((before, last)) = rest.rsplit_once(" (occurred while parsing \"") {
        let Some(input) = last.strip_suffix("\")") else { break };
        parts.insert(1, input);
        rest = before;
    }
    format!("{}: {rest}", parts.join(" in "))
}

fn told_of_failure(failure: &Failure) -> (&'static str, String) {
    match failure {
        Failure::Unauthenticated => (UNAUTHENTICATED, UNAUTHENTICATED_MESSAGE.to_owned()),
        Failure::Refused(errors) => {
            let not_permitted = errors.iter().any(|error| error.code == UserErrorCode::NotPermitted);
            let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
            (if not_permitted { FORBIDDEN } else { BAD_USER_INPUT }, messages.join(" "))
        }
        Failure::Fault(fault) => told_of_fault(fault),
    }
}

/// A fault that a resolver met itself, or that a loader met for many at once.
fn fault_in(error: &ServerError) -> Option<&Fault> {
    error.source::<Fault>().or_else(|| error.source::<Arc<Fault>>().map(AsRef::as_ref))
}

fn told_of_fault(fault: &Fault) -> (&'static str, String) {
    if fault.is_out_of_time() {
        tracing::warn!(error = %fault, "a statement took too long");
        return (TIMEOUT, TIMEOUT_MESSAGE.to_owned());
    }
    tracing::error!(error = %fault, "a request failed");
    (INTERNAL, INTERNAL_MESSAGE.to_owned())
}

#[cfg(test)]
mod tests {
    use async_graphql::Pos;

    use super::*;
    use crate::error::UserError;

    fn finished(error: impl Into<Error>) -> (String, String) {
        let error = error.into().into_server_error(Pos::default());
        let mut response = Response::from_errors(vec![error]);
        finish(&mut response, &RequestId("r-1".into()), true);
        let error = response.errors.remove(0);
        assert!(error.source.is_none());
        let extensions = error.extensions.expect("extensions");
        assert_eq!(extensions.get("requestId"), Some(&Value::from("r-1")));
        let Some(Value::String(code)) = extensions.get("code") else { panic!("no code") };
        (code.clone(), error.message)
    }

    #[test]
    fn faults_are_masked_and_refusals_are_told() {
        let fault = || Fault::stored("worker", "secret text");
        let masked = (INTERNAL.to_owned(), INTERNAL_MESSAGE.to_owned());
        assert_eq!(finished(fault()), masked);
        assert_eq!(finished(Failure::from(fault())), masked);
        assert_eq!(finished(std::sync::Arc::new(fault())), masked);
        assert_eq!(finished(Failure::Unauthenticated).0, UNAUTHENTICATED);
        let refusal = |code| Failure::from(UserError::new(code, "Not so."));
        assert_eq!(finished(refusal(UserErrorCode::NotPermitted)).0, FORBIDDEN);
        assert_eq!(finished(refusal(UserErrorCode::Invalid)), (BAD_USER_INPUT.into(), "Not so.".into()));
        assert_eq!(finished(bad_input("No.")), (BAD_USER_INPUT.into(), "No.".into()));
    }

    #[test]
    fn the_list_of_errors_is_bounded() {
        let mut response = Response::from_errors(vec![ServerError::new("x", None); 500]);
        finish(&mut response, &RequestId("r-1".into()), true);
        assert_eq!(response.errors.len(), ERRORS_MAX);
    }

    #[test]
    fn a_value_that_cannot_be_read_is_told_plainly() {
        let told = "Failed to parse \"Date\": Enter a day. (occurred while parsing \"WorkerInput\") \
                    (occurred while parsing \"CreateApplicationInput\")";
        assert_eq!(plain(told), "Date in WorkerInput in CreateApplicationInput: Enter a day.");
        assert_eq!(plain("Unknown field."), "Unknown field.");
        assert_eq!(plain("Failed to parse \"Date"), "Failed to parse \"Date");
    }
}
