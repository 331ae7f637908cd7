//! One sweep through all class exceptions.

use super::Done;
use crate::app::App;
use crate::applications::actions::{Sweep, Swept};
use crate::error::Acted;
use crate::exceptions::store as exceptions;
use crate::tenancy::SystemScope;

/// Sweeps every class exception, each in a transaction of its own. One that cannot be swept keeps nobody from the
/// others, and is what the run fails by.
pub(super) async fn run(app: &App) -> Acted<Done> {
    let scope = SystemScope::of_job("sweep");
    let mut all = Swept::default();
    let mut failed = None;
    for exception in exceptions::load_all(&app.db.read(&scope)).await? {
        let command = Sweep { app, exception: exception.id };
        match app.db.perform(&scope, None, &command).await {
            Ok(swept) => {
                all.nominated += swept.nominated;
                all.lapsed += swept.lapsed;
            }
            Err(failure) => {
                tracing::error!(exception = %exception.slug, error = %failure, "not swept");
                failed.get_or_insert(failure);
            }
        }
    }
    match failed {
        Some(failure) => Err(failure),
        None => Ok(Done::counted([("nominated", all.nominated), ("lapsed", all.lapsed)])),
    }
}
