//! What a sealed record is, byte for byte, and how seals follow one another. Pure; docs/history.md defines it for
//! whoever wants to recompute it with other tools.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use entity::{RecordSource, history_event, place_movement, seal, sealed_event};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How much older than what was sealed before it a record may be: many times as long as any transaction goes on, and as
/// far as clocks disagree.
const LATENESS: TimeDelta = TimeDelta::days(1);

/// The digest of an event: SHA-256 of its canonical bytes, in hex.
#[must_use]
pub fn digest_of_event(event: &history_event::Model) -> String {
    digest(&canonical_event(event))
}

/// The digest of a movement: SHA-256 of its canonical bytes, in hex.
#[must_use]
pub fn digest_of_movement(movement: &place_movement::Model) -> String {
    digest(&canonical_movement(movement))
}

/// All columns of an event, in their order: a JSON array without spaces, whose objects have their keys sorted.
fn canonical_event(event: &history_event::Model) -> String {
    canonical(&json!([
        "history-event-v1",
        event.id,
        instant(event.at),
        event.kind,
        event.exception_id,
        event.body_id,
        event.application_id,
        event.actor_kind,
        event.actor_id,
        event.actor_role,
        event.detail,
    ]))
}

/// All columns of a movement, in the same form.
fn canonical_movement(movement: &place_movement::Model) -> String {
    canonical(&json!([
        "place-movement-v1",
        movement.id,
        movement.exception_id,
        movement.place_number,
        movement.movement,
        movement.from_state,
        movement.to_state,
        movement.kind,
        movement.application_id,
        movement.body_id,
        movement.reason,
        movement.actor_kind,
        movement.actor_id,
        instant(movement.at),
        movement.on_day,
    ]))
}

/// To the microsecond, which is what both databases keep.
fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The digest of a value: SHA-256 of its canonical bytes, in hex. However a database orders the keys of an object, it is the
/// same.
#[must_use]
pub fn digest_of_value(value: &Value) -> String {
    digest(&canonical(value))
}

/// JSON without spaces and with sorted keys, whatever order the database keeps them in.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            let member = |(name, value): (&String, &Value)| {
                format!("{}:{}", Value::from(name.as_str()), canonical(value))
            };
            format!("{{{}}}", fields.into_iter().map(member).collect::<Vec<_>>().join(","))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// The digest of a batch as it grows: SHA-256 over a line for each of its records.
#[derive(Clone, Debug, Default)]
pub struct Batch(Sha256);

impl Batch {
    /// Adds the next record.
    pub fn add(&mut self, row: &sealed_event::Model) {
        let line = format!("{}|{}|{}|{}\n", row.position, row.source.word(), row.record_id, row.digest);
        self.0.update(line);
    }

    /// The digest of what was added, in hex; the next batch begins.
    pub fn close(&mut self) -> String {
        hex::encode(self.0.finalize_reset())
    }
}

/// The head of a seal: it closes the batch, and with it everything before.
#[must_use]
pub fn head_of(seal: &seal::Model) -> String {
    digest(&format!(
        "seal-v1|{}|{}|{}|{}|{}|{}",
        seal.number,
        seal.previous_head,
        seal.first_position,
        seal.last_position,
        instant(seal.at),
        seal.digest
    ))
}

/// The seal that follows `before` over `rows`, which have the positions behind it.
#[must_use]
pub fn seal_over(
    before: Option<&seal::Model>,
    rows: &[sealed_event::Model],
    at: DateTime<Utc>,
) -> seal::Model {
    let mut batch = Batch::default();
    for row in rows {
        batch.add(row);
    }
    let first_position = before.map_or(1, |seal| seal.last_position + 1);
    let mut next = seal::Model {
        number: before.map_or(1, |seal| seal.number + 1),
        first_position,
        last_position: rows.last().map_or(first_position, |row| row.position),
        digest: batch.close(),
        previous_head: before.map(|seal| seal.head.clone()).unwrap_or_default(),
        head: String::new(),
        at,
    };
    next.head = head_of(&next);
    next
}

/// Which record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// In which table.
    pub source: RecordSource,
    /// Its id there.
    pub id: Uuid,
}

impl std::fmt::Display for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.source {
            RecordSource::History => "event",
            RecordSource::Ledger => "movement",
        };
        write!(f, "{what} {}", self.id)
    }
}

/// Something in which the history is not what was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each says itself what it is")]
pub enum Flaw {
    #[error("{record}, sealed at position {position}, was changed since")]
    Changed { record: Record, position: i64 },
    #[error("{record}, sealed at position {position}, is gone")]
    Gone { record: Record, position: i64 },
    #[error("{record} was written by {at}, and came to be sealed long after what happened later", at = instant(*.at))]
    Late { record: Record, at: DateTime<Utc> },
    #[error("{record} was added past the seals: it has no position and waits for none")]
    PastTheSeals { record: Record },
    #[error("{record} is gone before it was sealed")]
    GoneBefore { record: Record },
    #[error("position {position} does not follow position {after}")]
    Position { position: i64, after: i64 },
    #[error("seal {number} does not follow seal {after}")]
    Number { number: i64, after: i64 },
    #[error("seal {number} begins or ends elsewhere than its records do")]
    Range { number: i64 },
    #[error("seal {number} does not have the digest of its records")]
    Batch { number: i64 },
    #[error("seal {number} does not name the head of the seal before it")]
    Previous { number: i64 },
    #[error("seal {number} does not have the head that its parts make")]
    Head { number: i64 },
    #[error("the positions behind {after} have no seal")]
    NoSeal { after: i64 },
}

/// Follows the seals from the first on, each with its records.
#[derive(Debug, Default)]
pub struct Chain {
    number: i64,
    head: String,
    /// The last position that was seen.
    position: i64,
    /// The last position that a seal closed.
    closed: i64,
    batch: Batch,
    /// The newest instant in the seals that are closed, and in the one that is open.
    newest: Option<DateTime<Utc>>,
    coming: Option<DateTime<Utc>>,
}

impl Chain {
    /// The last head; empty before the first seal.
    #[must_use]
    pub fn head(&self) -> &str {
        &self.head
    }

    /// How many seals there were, and up to which position.
    #[must_use]
    pub fn reached(&self) -> (i64, i64) {
        (self.number, self.closed)
    }

    /// Adds the next record: its row, and its instant and digest as they are now; none where it is gone.
    pub fn add(
        &mut self,
        row: &sealed_event::Model,
        found: Option<(DateTime<Utc>, &str)>,
        mut tell: impl FnMut(Flaw),
    ) {
        let (position, record) = (row.position, Record { source: row.source, id: row.record_id });
        if position != self.position + 1 {
            tell(Flaw::Position { position, after: self.position });
        }
        match found {
            None => tell(Flaw::Gone { record, position }),
            Some((_, digest)) if digest != row.digest => tell(Flaw::Changed { record, position }),
            Some((at, _)) if self.newest.is_some_and(|newest| at < newest - LATENESS) => {
                tell(Flaw::Late { record, at });
            }
            Some(_) => {}
        }
        self.position = position;
        self.coming = self.coming.max(found.map(|(at, _)| at));
        self.batch.add(row);
    }

    /// Closes the records since the last seal with the next one.
    pub fn close(&mut self, seal: &seal::Model, mut tell: impl FnMut(Flaw)) {
        let number = seal.number;
        if number != self.number + 1 {
            tell(Flaw::Number { number, after: self.number });
        }
        if seal.first_position != self.closed + 1 || seal.last_position != self.position {
            tell(Flaw::Range { number });
        }
        if seal.digest != self.batch.close() {
            tell(Flaw::Batch { number });
        }
        if seal.previous_head != self.head {
            tell(Flaw::Previous { number });
        }
        if seal.head != head_of(seal) {
            tell(Flaw::Head { number });
        }
        self.number = number;
        self.head.clone_from(&seal.head);
        self.closed = seal.last_position;
        self.newest = self.newest.max(self.coming);
    }

    /// Nothing follows.
    pub fn end(&self, mut tell: impl FnMut(Flaw)) {
        if self.position > self.closed {
            tell(Flaw::NoSeal { after: self.closed });
        }
    }
}

#[cfg(test)]
mod tests;
