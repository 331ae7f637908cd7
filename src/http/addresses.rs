//! Addresses: those of which others are told, and what they name.

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use wire::Refusal;

/// The API.
pub(super) const GRAPHQL: &str = "/graphql";
/// A release as a file.
pub(super) const RELEASE: &str = "/releases/{exception}/{number}/{file}";
/// The list of a ballot.
pub(super) const ENTRIES: &str = "/ballots/{exception}/{number}/entries.txt";
/// All else that it takes to run a ballot again.
pub(super) const BALLOT: &str = "/ballots/{exception}/{number}/ballot.json";

/// What an address names. One that cannot be read is the address of nothing.
pub(super) struct Address<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Address<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read = Path::from_request_parts(parts, state).await;
        read.map(|Path(named)| Self(named)).map_err(|_| nothing_here())
    }
}

/// There is no such address.
pub(super) fn nothing_here() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", "There is nothing here.")
}
