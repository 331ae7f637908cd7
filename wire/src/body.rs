//! Reads a request's body, up to a limit and not a byte further.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use crate::Refusal;

/// How long a body may take to come that is short; a longer one has a second more for each [`PACE`] bytes that came.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes in a second that are slow, and still waited for.
const PACE: usize = 64 * 1024;

/// Whether a request says that its body is JSON, in UTF-8 if it says which.
///
/// # Errors
/// 415 for everything else.
pub fn check_is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    if is_json && is_utf8 {
        return Ok(());
    }
    let message = "Send JSON, in UTF-8, with the header Content-Type: application/json.";
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message))
}

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// 413 for a longer one, by what it says of itself or by what comes; 400 where it breaks off; 408 where it comes more slowly than
/// [`PATIENCE`] and [`PACE`] say.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Refusal> {
    let said = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if said.is_some_and(|length: usize| length > limit) {
        return Err(too_long(limit));
    }
    // Room is made for what came, not for what was announced.
    let mut bytes = Vec::new();
    let mut chunks = body.into_data_stream();
    let begun = Instant::now();
    loop {
        let next = timeout_at(begun + time_for(bytes.len()), chunks.next()).await;
        let Some(chunk) = next.map_err(|_| slow())? else { return Ok(bytes) };
        let chunk = chunk.map_err(|_| Refusal::bad_request("The request broke off: send it again."))?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_long(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
}

/// How long it may take until there is more than this.
fn time_for(bytes: usize) -> Duration {
    let milliseconds = bytes.saturating_mul(1_000) / PACE;
    PATIENCE + Duration::from_millis(u64::try_from(milliseconds).unwrap_or(u64::MAX))
}

fn slow() -> Refusal {
    let message = "The request came too slowly: send it again, in parts where it is long.";
    // What is left of it is not waited for.
    Refusal::new(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", message)
        .with(header::CONNECTION, HeaderValue::from_static("close"))
}

fn too_long(limit: usize) -> Refusal {
    let message = format!("The request is longer than the {limit} bytes that are taken here: split it.");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_taken() {
        for (content_type, is_taken) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/json; charset=utf-16", false),
            ("application/jsonp", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, content_type.parse().expect("a value"));
            assert_eq!(check_is_json(&headers).is_ok(), is_taken, "{content_type}");
        }
        assert!(check_is_json(&HeaderMap::new()).is_err());
    }

    #[tokio::test]
    async fn both_sides_of_the_limit() {
        let read =
            |length: usize| async move { read(&HeaderMap::new(), Body::from(vec![b' '; length]), 10).await };
        assert_eq!(read(10).await.map(|bytes| bytes.len()), Ok(10));
        let refusal = read(11).await.expect_err("too long");
        assert_eq!(refusal.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(refusal.message.contains("10 bytes"));
    }

    #[tokio::test]
    async fn a_length_beyond_the_limit_is_refused_unread() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, "11".parse().expect("a value"));
        assert!(read(&headers, Body::empty(), 10).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_body_has_time_as_long_as_it_comes() {
        let dripping = |bytes: usize| {
            Body::from_stream(futures_util::stream::unfold(0, move |sent| async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                (sent < 40).then(|| (Ok::<_, std::convert::Infallible>(vec![b' '; bytes]), sent + 1))
            }))
        };
        let read = |bytes: usize| async move { read(&HeaderMap::new(), dripping(bytes), 10_000_000).await };
        assert!(read(100_000).await.is_ok());
        assert_eq!(read(1_000).await.map_err(|refusal| refusal.status), Err(StatusCode::REQUEST_TIMEOUT));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let body = Body::from_stream(futures_util::stream::pending::<Result<String, std::io::Error>>());
        let refusal = read(&HeaderMap::new(), body, 10).await.expect_err("too slow");
        assert_eq!(refusal.status, StatusCode::REQUEST_TIMEOUT);
    }
}
