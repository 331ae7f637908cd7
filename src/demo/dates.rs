//! The one thing that a later start changes in a demo: its open windows stay open.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{EventKind, InstallationKind, class_exception};
use serde_json::json;

use crate::db::{Command, Tx};
use crate::error::Acted;
use crate::exceptions::store;
use crate::history::{self, Event};
use crate::people::store as people;

/// How far ahead the window of a demo closes, at least.
pub const WINDOW_AHEAD: TimeDelta = TimeDelta::days(28);
/// How long after the window places are still given.
pub const GIVING_AFTER: TimeDelta = TimeDelta::days(56);

/// When a demo's window closes and its giving ends, as of `now`: at midnight in New Zealand's winter.
#[must_use]
pub fn ends(now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let noon = (now + WINDOW_AHEAD + TimeDelta::days(1))
        .date_naive()
        .and_hms_opt(12, 0, 0)
        .map_or(now + WINDOW_AHEAD, |at| at.and_utc());
    (noon, noon + GIVING_AFTER)
}

/// Moves the ends of windows that were open when the demo was made forward, never back. Does nothing in a database
/// that is no demo.
pub struct MoveDates;

impl Command for MoveDates {
    type Answer = usize;
    const NAME: &'static str = "moveDates";

    async fn run(&self, tx: &Tx) -> Acted<usize> {
        let installation = people::installation(tx.conn()).await?;
        let Some(made) = installation.filter(|row| row.kind == InstallationKind::Demo) else { return Ok(0) };
        let (closes_at, ends_at) = ends(tx.now());
        let mut moved = 0;
        for exception in store::load_all(tx.conn()).await? {
            let was_open = exception.closes_at.is_some_and(|at| at > made.made_at);
            if was_open && exception.closes_at < Some(closes_at) {
                let gate = tx.gate(exception.id).await?;
                tx.lock_settings(&gate).await?;
                let id = exception.id;
                let later = class_exception::Model {
                    closes_at: Some(closes_at),
                    allocation_ends_at: exception.allocation_ends_at.map(|before| before.max(ends_at)),
                    ..exception
                };
                let event = Event::of_exception(EventKind::ExceptionApplied, id);
                let event = event.with(json!({ "revision": later.revision, "changes": 2 }));
                store::save_exception(tx, later).await?;
                history::record(tx, [event]).await?;
                moved += 1;
            }
        }
        Ok(moved)
    }
}
