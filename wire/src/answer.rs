//! How an answer is written.

use std::collections::BTreeMap;

use async_graphql::{Response, ServerError, Value};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

use crate::{MediaType, tag};

/// An answer as it is written: without `data` where nothing was executed.
#[derive(Serialize)]
pub struct Written<'r> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'r [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'r Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'r BTreeMap<String, Value>,
}

impl<'r> Written<'r> {
    /// Of an answer.
    #[must_use]
    pub fn of(response: &'r Response) -> Self {
        let data = (!is_refused(response)).then_some(&response.data);
        Self { errors: &response.errors, data, extensions: &response.extensions }
    }
}

/// Whether nothing was executed: an error without a path was found before.
#[must_use]
pub fn is_refused(response: &Response) -> bool {
    response.data == Value::Null && response.errors.iter().any(|error| error.path.is_empty())
}

/// An answer over HTTP. One that was refused has status 400 under the newer media type alone.
///
/// # Errors
/// Where it cannot be written down.
pub fn write(response: &Response, media: MediaType) -> Result<axum::response::Response, serde_json::Error> {
    Ok(answer(response, media, serde_json::to_vec(&Written::of(response))?))
}

fn answer(response: &Response, media: MediaType, text: Vec<u8>) -> axum::response::Response {
    let status = match media {
        MediaType::Response if is_refused(response) => StatusCode::BAD_REQUEST,
        MediaType::Response | MediaType::Json | MediaType::Events => StatusCode::OK,
    };
    let content_type = HeaderValue::from_static(match media {
        MediaType::Response => MediaType::Response.name(),
        MediaType::Json | MediaType::Events => MediaType::Json.name(),
    });
    let vary = HeaderValue::from_static("accept");
    (status, [(header::CONTENT_TYPE, content_type), (header::VARY, vary)], text).into_response()
}

/// An answer to a GET, which the caller may keep and ask for again by its tag: `keep` says who may keep it. One with errors
/// is not kept.
///
/// # Errors
/// Where it cannot be written down.
pub fn write_to_keep(
    response: &Response,
    media: MediaType,
    (headers, keep): (&HeaderMap, &'static str),
) -> Result<axum::response::Response, serde_json::Error> {
    let text = serde_json::to_vec(&Written::of(response))?;
    let tag = HeaderValue::try_from(tag::of(&text)).ok().filter(|_| response.errors.is_empty());
    let mut answer = answer(response, media, text);
    let Some(tag) = tag else { return Ok(answer) };
    if tag::is_held(headers, &tag) {
        *answer.body_mut() = Body::empty();
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        answer.headers_mut().remove(header::CONTENT_TYPE);
    }
    answer.headers_mut().insert(header::ETAG, tag);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, authorization, cookie"));
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_executed_has_no_data() {
        let refused = Response::from_errors(vec![ServerError::new("x", None)]);
        for (media, status) in [(MediaType::Response, 400), (MediaType::Json, 200)] {
            assert_eq!(write(&refused, media).expect("an answer").status(), status);
        }
        let text = |response: &Response| serde_json::to_string(&Written::of(response)).expect("JSON");
        assert_eq!(text(&refused), r#"{"errors":[{"message":"x"}]}"#);
        let mut nulled = refused;
        nulled.errors[0].path = vec![async_graphql::PathSegment::Field("a".into())];
        assert_eq!(text(&nulled), r#"{"errors":[{"message":"x","path":["a"]}],"data":null}"#);
        assert_eq!(text(&Response::new(Value::Null)), r#"{"data":null}"#);
    }
}
