//! One freeing of the places whose rest after the agency's refusal is over.

use super::Done;
use crate::app::App;
use crate::error::Acted;
use crate::exceptions::store as exceptions;
use crate::reconciliation::actions::returning::{AT_ONCE, FreeRefused};
use crate::tenancy::SystemScope;

/// Goes through every class exception, each by transactions of its own. One that fails keeps nobody from the others, and is
/// what the run fails by.
pub(super) async fn run(app: &App) -> Acted<Done> {
    let scope = SystemScope::of_job("returning");
    let (mut lapsed, mut nominated, mut failed) = (0, 0, None);
    for exception in exceptions::load_all(&app.db.read(&scope)).await? {
        let command = FreeRefused { app, exception: exception.id };
        loop {
            match app.db.perform(&scope, None, &command).await {
                Ok(free) => {
                    lapsed += free.lapsed;
                    nominated += free.nominated;
                    if u64::try_from(free.over) != Ok(AT_ONCE) {
                        break;
                    }
                }
                Err(failure) => {
                    tracing::error!(exception = %exception.slug, error = %failure, "places were not freed");
                    failed.get_or_insert(failure);
                    break;
                }
            }
        }
    }
    match failed {
        Some(failure) => Err(failure),
        None => Ok(Done::counted([("lapsed", lapsed), ("nominated", nominated)])),
    }
}
