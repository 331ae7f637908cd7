//! Ballots, kept by the clock.

use super::Done;
use crate::app::App;
use crate::ballots::actions::KeepBallot;
use crate::ballots::store;
use crate::error::Acted;
use crate::tenancy::SystemScope;

/// Puts missed deadlines on record, ballot by ballot. One that cannot be kept keeps nobody from the others, and is what the
/// run fails by.
pub(super) async fn run(app: &App) -> Acted<Done> {
    let scope = SystemScope::of_job("ballots");
    let mut missed = 0;
    let mut failed = None;
    for live in store::load_live(&app.db.read(&scope)).await? {
        match app.db.perform(&scope, None, &KeepBallot { ballot: live.ballot_id }).await {
            Ok(kept) => missed += kept.missed,
            Err(failure) => {
                tracing::error!(error = %failure, "a ballot was not kept");
                failed.get_or_insert(failure);
            }
        }
    }
    match failed {
        Some(failure) => Err(failure),
        None => Ok(Done::counted([("missed", missed)])),
    }
}
