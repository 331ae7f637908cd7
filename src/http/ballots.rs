//! `GET /ballots/{exception}/{number}/entries.txt` and `…/ballot.json`: what anybody may fetch of a ballot, byte for byte.
//!
//! A list never changes once it is frozen, and a document never once the ballot has ended: whoever has them may keep them.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Service;
use super::addresses::Address;
use crate::ballots::record::Record;
use crate::ballots::{files, store};
use crate::exceptions::store as exceptions;
use crate::tenancy::Viewer;
use crate::values::sha256::Sha256;
use crate::values::slug::is_slug;
use wire::{Refusal, tag};

/// What never changes may be kept for good.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// What goes on is asked for again.
const ASK_AGAIN: &str = "public, no-cache";

/// The frozen list.
pub async fn entries(
    State(service): State<Service>,
    Address((exception, number)): Address<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let record = find(&service, &exception, &number).await?;
    let scope = Viewer::public().in_public();
    let file = files::entries(&service.app.db.read(&scope), record.ballot.id).await?;
    Ok(sent(file, "text/plain; charset=utf-8", FOR_GOOD, &headers))
}

/// Everything else that it takes to run the ballot again.
pub async fn document(
    State(service): State<Service>,
    Address((exception, number)): Address<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let record = find(&service, &exception, &number).await?;
    let scope = Viewer::public().in_public();
    let db = &service.app.db;
    let document = files::document(&db.read(&scope), &record, db.clock().now()).await?;
    let keep = if record.end.is_some() { FOR_GOOD } else { ASK_AGAIN };
    Ok(sent(document.file().into_bytes(), "application/json", keep, &headers))
}

async fn find(service: &Service, exception: &str, number: &str) -> Result<Record, Refusal> {
    let nothing = || {
        let message = "There is no such ballot: the API tells the addresses of a ballot's files.";
        Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    };
    let number: i32 =
        number.parse().ok().filter(|read: &i32| read.to_string() == number).ok_or_else(nothing)?;
    if !is_slug(exception) {
        return Err(nothing());
    }
    let scope = Viewer::public().in_public();
    let conn = &service.app.db.read(&scope);
    let exception = exceptions::find_by_slug(conn, exception).await?.ok_or_else(nothing)?;
    let ballot = store::find_by_number(conn, exception.id, number).await?.ok_or_else(nothing)?;
    Ok(store::record(conn, ballot).await?)
}

/// The bytes, or that they are what the caller has already.
fn sent(file: Vec<u8>, media_type: &'static str, keep: &'static str, headers: &HeaderMap) -> Response {
    let tag = HeaderValue::try_from(format!("\"{}\"", Sha256::of(&file))).ok();
    let has_it = tag.as_ref().is_some_and(|tag| tag::is_held(headers, tag));
    let mut response = if has_it { StatusCode::NOT_MODIFIED.into_response() } else { file.into_response() };
    let head = response.headers_mut();
    head.extend(tag.map(|tag| (header::ETAG, tag)));
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}
