//! How refusals look on the wire: always the JSON of GraphQL errors, whatever was asked for.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::{Failure, Fault};
use crate::schema::context::RequestId;
use crate::schema::errors::{
    BAD_USER_INPUT, INTERNAL, INTERNAL_MESSAGE, UNAUTHENTICATED, UNAUTHENTICATED_MESSAGE,
};

/// Why a request is not answered. The id of the request is put in by `request::accompany`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status of HTTP.
    pub status: StatusCode,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// What goes into the head of the answer.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// A refusal.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), headers: Vec::new() }
    }

    /// Something is wrong with how the request is put together.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, BAD_USER_INPUT, message)
    }

    /// The token or the cookie is no sign-in, or no longer.
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, UNAUTHENTICATED, message)
            .with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// The identity provider does not answer, or not as it should.
    pub fn provider_is_away() -> Self {
        let message = "The identity provider does not answer as it should. Try again in a minute, or ask those who run it.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "PROVIDER_UNAVAILABLE", message)
    }

    /// The same with something in its head.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// What the caller reads.
    pub fn body(&self, id: &RequestId) -> Json<serde_json::Value> {
        let extensions = json!({ "code": self.code, "requestId": id.0 });
        Json(json!({ "errors": [{ "message": self.message, "extensions": extensions }] }))
    }
}

impl IntoResponse for Refusal {
    /// Without its body, which `request::accompany` writes, since only that knows the id.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        tracing::error!(error = %fault, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, INTERNAL, INTERNAL_MESSAGE)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Fault(fault) => fault.into(),
            Failure::Unauthenticated => Self::unauthenticated(UNAUTHENTICATED_MESSAGE),
            Failure::Refused(errors) => {
                let messages: Vec<_> = errors.into_iter().map(|error| error.message).collect();
                Self::bad_request(messages.join(" "))
            }
        }
    }
}
