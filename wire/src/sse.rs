//! Server-sent events, in the mode of distinct connections: each operation is a request of its own, whose answer goes on
//! until the operation is done.

use std::convert::Infallible;
use std::time::Duration;

use async_graphql::Response;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{BoxStream, StreamExt, once};

use crate::answer::Written;

/// How long nothing is said before a comment keeps the connection open.
const QUIET: Duration = Duration::from_secs(12);

/// Writes `answers` as events, then says that it is done. Where it is `cut` off before, it does not: whoever listens then comes
/// back.
pub fn write(
    answers: BoxStream<'static, Response>,
    cut: impl Future<Output = ()> + Send + 'static,
) -> axum::response::Response {
    let done = once(async { complete() });
    let events = answers
        .map(|response| next(&response))
        .chain(done)
        .take_until(Box::pin(cut))
        .map(Ok::<_, Infallible>);
    Sse::new(events).keep_alive(KeepAlive::new().interval(QUIET)).into_response()
}

fn next(response: &Response) -> Event {
    let event = Event::default().event("next");
    event.json_data(Written::of(response)).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer cannot be written down");
        complete()
    })
}

/// With data, though there is none to tell: browsers pass over an event without.
fn complete() -> Event {
    Event::default().event("complete").data("null")
}

#[cfg(test)]
mod tests {
    use async_graphql::Value;
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn an_operation_is_told_to_its_end() {
        let answers = futures_util::stream::iter([Response::new(Value::Null), Response::new(Value::from(1))]);
        let answer = write(answers.boxed(), std::future::pending());
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let body = to_bytes(answer.into_body(), 1_000).await.expect("a body");
        let text = String::from_utf8(body.to_vec()).expect("a text");
        let expected = "event: next\ndata: {\"data\":null}\n\nevent: next\ndata: {\"data\":1}\n\nevent: complete\ndata: null\n\n";
        assert_eq!(text, expected);
    }
}
