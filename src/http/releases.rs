//! `GET /releases/{exception}/{number}/{file}`: a release as a file, for who may read its lines whole.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;

use super::Service;
use super::addresses::Address;
use super::credentials;
use crate::error::{Failure, Fault};
use crate::releases::actions::{Asked, File, RecordTaking, find_file};
use crate::releases::rules::read_name;
use crate::values::slug::is_slug;
use wire::Refusal;

/// Answers the file. The same bytes for ever, so a tag tells whether somebody has them already.
pub async fn file(
    State(service): State<Service>,
    Address((exception, number, name)): Address<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let app = &service.app;
    let given = credentials::given(&headers, &app.public_url)?;
    let viewer = credentials::viewer(app, &given, &headers).await?;
    let absent =
        || Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", "There is no such file for you to take.");
    let scope = viewer.combined_list().ok_or_else(absent)?;
    let (body, format) = read_name(&name).ok_or_else(absent)?;
    let number: i32 = number.parse().map_err(|_| absent())?;
    if !is_slug(&exception) || !body.is_none_or(is_slug) {
        return Err(absent());
    }
    let asked = Asked { exception: &exception, number, body, format };
    let file = find_file(app, &viewer, &asked).await?.ok_or_else(absent)?;
    let tag = value(&file.tag())?;
    if wire::tag::is_held(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    app.db.perform(&scope, None, &RecordTaking { file: &file }).await?;
    let heads = heads(&file, tag)?;
    let bytes = file.bytes(std::sync::Arc::clone(app), scope).inspect_err(|fault| {
        tracing::error!(error = %fault, "a file broke off");
    });
    Ok((heads, Body::from_stream(bytes)).into_response())
}

fn heads(file: &File, tag: HeaderValue) -> Result<[(HeaderName, HeaderValue); 4], Refusal> {
    Ok([
        (header::CONTENT_TYPE, HeaderValue::from_static(file.format.media_type())),
        (header::CONTENT_DISPOSITION, value(&format!("attachment; filename=\"{}\"", file.name()))?),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
    ])
}

fn value(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(text).map_err(|why| Failure::from(Fault::stored("name of a file", why)).into())
}
