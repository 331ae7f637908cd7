//! One command per act: load the ballot under the gate, ask the rules, save, record.
//!
//! Every act takes the gate of the class exception first, so what it reads of the ballot stands to its end; and it puts on
//! record what the clock has made certain, so that nothing hangs on a job having run.

mod draw;
mod keep;
mod open;
mod secrets;
mod strike;
mod void;

use entity::{BallotId, BallotOutcome, EventKind};
use serde_json::{Value, json};

pub use draw::DrawBallot;
pub use keep::{KeepBallot, Kept};
pub use open::OpenBallot;
pub use secrets::{CommitBallotSecret, NoteWrongSecret, RevealBallotSecret, reveal};
pub use strike::StrikeBallotEntry;
pub use void::{VoidBallot, Voided};

use crate::ballots::record::{PartRecord, Record};
use crate::ballots::rules::Refusal;
use crate::ballots::store;
use crate::db::{Gate, Tx};
use crate::error::{Acted, Found, UserError};
use crate::history::Event;
use crate::tenancy::BodyScope;

/// A ballot that an act has in hand.
struct Held<'tx> {
    gate: Gate<'tx>,
    record: Record,
}

/// Takes the gate and reads the ballot; what deadlines have made certain goes on record.
async fn hold(tx: &Tx, id: BallotId) -> Acted<Held<'_>> {
    let found = store::find(tx.conn(), id).await?.ok_or_else(|| UserError::not_found("ballot", "ballot"))?;
    let gate = tx.gate(found.exception_id).await?;
    let record = store::record(tx.conn(), found).await?;
    keep::keep_incidents(tx, &record).await?;
    Ok(Held { gate, record })
}

impl Held<'_> {
    /// What the viewer's body has done.
    fn own_part(&self, scope: &BodyScope) -> Result<&PartRecord, Refusal> {
        self.record.part_of(scope.body()).ok_or(Refusal::NotOfBallot)
    }

    /// Refuses where the ballot has ended.
    fn goes_on(&self) -> Result<(), Refusal> {
        let how = |outcome| match outcome {
            BallotOutcome::Drawn => "drawn",
            BallotOutcome::Void => "voided",
        };
        self.record.end.as_ref().map_or(Ok(()), |end| Err(Refusal::Ended { how: how(end.outcome) }))
    }

    /// Something that happened in it.
    fn event(&self, kind: EventKind, more: &Value) -> Event {
        event(&self.record, kind, more)
    }
}

/// Something that happened in a ballot, with its number and `more`.
fn event(record: &Record, kind: EventKind, more: &Value) -> Event {
    let mut detail = json!({ "ballot": record.ballot.number });
    if let (Value::Object(detail), Value::Object(more)) = (&mut detail, more) {
        detail.extend(more.clone());
    }
    Event::of_exception(kind, record.ballot.exception_id).with(detail)
}

/// A count as the database keeps it.
fn stored(count: usize) -> Found<i32> {
    i32::try_from(count).map_err(|why| crate::error::Fault::stored("number of entries", why))
}
