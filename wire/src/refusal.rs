//! How refusals look on the wire: always the JSON of GraphQL errors, whatever was asked for.

use async_graphql::ServerError;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Something in the request is not as it should be, and is no field of an input.
pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
/// The document is not GraphQL.
pub const GRAPHQL_PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
/// The document does not fit the schema, or is larger than the limits.
pub const GRAPHQL_VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
/// The schema may not be asked for.
pub const INTROSPECTION_DISABLED: &str = "INTROSPECTION_DISABLED";
/// There is no answer of a kind that the caller takes.
pub const NOT_ACCEPTABLE: &str = "NOT_ACCEPTABLE";
/// There is no room for more at the moment, whoever asks.
pub const OVERLOADED: &str = "OVERLOADED";
/// The address takes another method.
pub const METHOD_NOT_ALLOWED: &str = "METHOD_NOT_ALLOWED";
/// More was asked for than there is for this caller at the moment.
pub const RATE_LIMITED: &str = "RATE_LIMITED";
/// It took too long.
pub const TIMEOUT: &str = "TIMEOUT";

/// Why a request is not answered. The id of the request is put in by whoever surrounds all answers.
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

    /// The same with something in its head.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// What the caller reads, under the id of the request.
    pub fn body(&self, request: &str) -> Json<serde_json::Value> {
        let extensions = json!({ "code": self.code, "requestId": request });
        Json(json!({ "errors": [{ "message": self.message, "extensions": extensions }] }))
    }
}

/// An error of GraphQL with a stable code.
#[must_use]
pub fn coded(code: &str, message: impl Into<String>) -> ServerError {
    with_code(ServerError::new(message, None), code)
}

/// An error with the code that it is to have.
#[must_use]
pub fn with_code(mut error: ServerError, code: &str) -> ServerError {
    error.extensions.get_or_insert_default().set("code", code);
    error
}

impl IntoResponse for Refusal {
    /// Without its body, since only whoever surrounds all answers knows the request's id.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
