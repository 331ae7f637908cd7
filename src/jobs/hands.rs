//! What people have in hand whose access has ended goes back into the queue.

use super::Done;
use crate::app::App;
use crate::applications::actions::{TAKEN_BACK_AT_ONCE, TakeBack};
use crate::error::Acted;
use crate::tenancy::SystemScope;

/// Takes back by transactions of their own; what somebody is at work on is left for the next run.
pub(super) async fn run(app: &App) -> Acted<Done> {
    let scope = SystemScope::of_job("hands");
    let mut taken = 0;
    loop {
        let now = app.db.perform(&scope, None, &TakeBack).await?;
        taken += now;
        if u64::try_from(now) != Ok(TAKEN_BACK_AT_ONCE) {
            return Ok(Done::counted([("put back", taken)]));
        }
    }
}
