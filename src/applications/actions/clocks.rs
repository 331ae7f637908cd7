//! The body's clock on an application: it runs from the submission to the decision and stands still while the employer is
//! asked. It flags late work and decides nothing.

use chrono::{DateTime, NaiveDate, Utc};
use entity::application;

use crate::applications::rules::clock;
use crate::exceptions::definition::Terms;
use crate::working_days::Region;

/// Starts the clock, from a submission or a reconsideration.
pub(super) fn start(application: &mut application::Model, terms: &Terms, from: DateTime<Utc>) {
    let days = terms.clocks.decision_working_days;
    application.due_at = Some(clock::start(from, days, region(application)));
    application.days_left = None;
}

/// Stops it while the employer is asked.
pub(super) fn pause(application: &mut application::Model, now: DateTime<Utc>) {
    if let Some(due_at) = application.due_at.take() {
        application.days_left = Some(clock::pause(due_at, now, region(application)));
    }
}

/// Lets it go on.
pub(super) fn resume(application: &mut application::Model, now: DateTime<Utc>) {
    if let Some(days_left) = application.days_left.take() {
        application.due_at = Some(clock::resume(days_left, now, region(application)));
    }
}

/// Takes it away: the body has decided, or has it no more.
pub(super) fn stop(application: &mut application::Model) {
    application.due_at = None;
    application.days_left = None;
}

/// The usual last day for the employer's answer.
pub(super) fn question_due_on(
    application: &application::Model,
    terms: &Terms,
    now: DateTime<Utc>,
) -> NaiveDate {
    clock::question_due_on(now, terms.clocks.question_working_days, region(application))
}

/// Whose holidays count: those of the region of the job.
pub(super) fn region(application: &application::Model) -> Option<Region> {
    Region::read(application.region.as_deref())
}
