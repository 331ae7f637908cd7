//! One sealing of all that was written since the last.

use super::Done;
use crate::app::App;
use crate::error::Acted;
use crate::history::SealNext;
use crate::tenancy::SystemScope;

pub(super) async fn run(app: &App) -> Acted<Done> {
    let scope = SystemScope::of_job("seal");
    let mut sealed = 0;
    loop {
        let more = app.db.perform(&scope, None, &SealNext).await?;
        if more == 0 {
            return Ok(Done::counted([("sealed", sealed)]));
        }
        sealed += more;
    }
}
