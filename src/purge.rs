//! What is held of people goes on the class exception's date: names, birthdays, passports, fingerprints, addresses, what
//! people wrote. History, ids, digests and figures stay. Joins the slices, as it stands in all of them.
//!
//! No place is given by then: the file of a class exception says so before it is taken.

pub mod store;

use entity::{EventKind, ExceptionId};
use serde_json::json;

use crate::db::{Command, Tx};
use crate::error::Acted;
use crate::exceptions::rules::is_purged;
use crate::exceptions::store as exceptions;
use crate::history::{self, Event};

/// Applications that one transaction purges.
pub const AT_ONCE: u64 = 100;

/// Purges the next applications of a class exception whose date has come, and what hangs on none. Answers how many; less
/// than [`AT_ONCE`] where nothing is left that nobody holds. Safe to do twice, and by two processes at once.
#[derive(Clone, Copy, Debug)]
pub struct PurgeNext {
    /// Which class exception.
    pub exception: ExceptionId,
}

impl Command for PurgeNext {
    type Answer = usize;
    const NAME: &'static str = "purge";

    async fn run(&self, tx: &Tx) -> Acted<usize> {
        let gate = tx.gate(self.exception).await?;
        let found = exceptions::load_by_ids(tx.conn(), &[self.exception]).await?.pop();
        if !found.is_some_and(|exception| is_purged(&exception, tx.now())) {
            return Ok(0);
        }
        let ids = store::lock_next(&gate, AT_ONCE).await?;
        if !ids.is_empty() {
            store::purge_applications(&gate, &ids).await?;
        }
        let others = store::purge_exception(&gate).await?;
        if !ids.is_empty() || others > 0 {
            let event = Event::of_exception(EventKind::PersonalDataPurged, self.exception);
            let detail = json!({ "applications": ids.len(), "others": others });
            history::record(tx, [Event { by_service: true, ..event.with(detail) }]).await?;
        }
        Ok(ids.len())
    }
}
