//! What the clock does to a ballot: a deadline that was missed goes on record.
//!
//! Phases move by themselves, since they are worked out wherever they are asked for. The service draws nothing by itself:
//! a draw gives away places, and people who answer for it start it when both sides can look on; who of them does it
//! changes nothing.

use entity::{BallotId, EventKind, ballot_incident};
use serde_json::json;

use super::event;
use crate::ballots::record::Record;
use crate::ballots::store;
use crate::db::{Command, Tx};
use crate::error::{Acted, Found};
use crate::history::{self, Event};

/// How many incidents went on record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Kept {
    /// Deadlines that a body missed.
    pub missed: usize,
}

/// Puts on record what a ballot's deadlines have made certain.
#[derive(Clone, Debug)]
pub struct KeepBallot {
    /// Which ballot.
    pub ballot: BallotId,
}

impl Command for KeepBallot {
    type Answer = Kept;
    const NAME: &'static str = "keepBallot";

    async fn run(&self, tx: &Tx) -> Acted<Kept> {
        let found = store::find(tx.conn(), self.ballot).await?;
        let Some(found) = found else { return Ok(Kept::default()) };
        tx.gate(found.exception_id).await?;
        let record = store::record(tx.conn(), found).await?;
        Ok(Kept { missed: keep_incidents(tx, &record).await? })
    }
}

/// Puts on record what is certain and not there yet; once the ballot has ended, nothing more is.
pub(super) async fn keep_incidents(tx: &Tx, record: &Record) -> Found<usize> {
    if record.end.is_some() {
        return Ok(0);
    }
    let mut rows = Vec::new();
    let mut events = Vec::new();
    for missed in record.course()?.missed(tx.now()) {
        let part = record.parts.iter().find(|part| part.body.slug == missed.body);
        let Some(body_id) = part.map(|part| part.body.id) else { continue };
        if record.incidents.iter().any(|one| one.body_id == body_id && one.kind == missed.kind) {
            continue;
        }
        let (ballot_id, kind, at) = (record.ballot.id, missed.kind, missed.at);
        rows.push(ballot_incident::Model { ballot_id, body_id, kind, at });
        let detail = json!({ "body": missed.body, "incident": kind });
        events.push(Event { by_service: true, ..event(record, EventKind::BallotIncident, &detail) });
    }
    let count = rows.len();
    store::insert_incidents(tx, rows).await?;
    history::record(tx, events).await?;
    Ok(count)
}
