//! Questions to employers, kept by the clock.

use super::Done;
use crate::app::App;
use crate::applications::actions::{Reminded, keep_questions};
use crate::error::Acted;
use crate::tenancy::SystemScope;

pub(super) async fn run(app: &App) -> Acted<Done> {
    let Reminded { reminded, expired } = keep_questions(app, &SystemScope::of_job("questions")).await?;
    Ok(Done::counted([("reminded", reminded), ("expired", expired)]))
}
