//! One purging of what is held of people, under the class exceptions whose date has come.

use super::Done;
use crate::app::App;
use crate::error::Acted;
use crate::exceptions::store as exceptions;
use crate::purge::{AT_ONCE, PurgeNext};
use crate::tenancy::SystemScope;

/// Goes through every class exception, each by transactions of its own; what somebody holds is left for the next run.
pub(super) async fn run(app: &App) -> Acted<Done> {
    let scope = SystemScope::of_job("purge");
    let mut applications = 0;
    for exception in exceptions::load_all(&app.db.read(&scope)).await? {
        let command = PurgeNext { exception: exception.id };
        loop {
            let purged = app.db.perform(&scope, None, &command).await?;
            applications += purged;
            if u64::try_from(purged) != Ok(AT_ONCE) {
                break;
            }
        }
    }
    Ok(Done::counted([("applications", applications)]))
}
