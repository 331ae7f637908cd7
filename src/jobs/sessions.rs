//! One clearing away of sign-ins that have ended.

use super::Done;
use crate::app::App;
use crate::error::Acted;
use crate::people::actions::ClearSessions;
use crate::tenancy::SystemScope;

/// How many are deleted in one transaction, so that nobody who signs in waits long.
const AT_ONCE: u64 = 500;

pub(super) async fn run(app: &App) -> Acted<Done> {
    let scope = SystemScope::of_job("sessions");
    let mut deleted = 0;
    loop {
        let cleared = app.db.perform(&scope, None, &ClearSessions { most: AT_ONCE }).await?;
        deleted += usize::try_from(cleared).unwrap_or(usize::MAX);
        if cleared < AT_ONCE {
            return Ok(Done::counted([("deleted", deleted)]));
        }
    }
}
