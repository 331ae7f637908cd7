//! A lead voids a ballot. It stays visible with its reason, who is on its list waits on unless giving
//! is over, and the next ballot has a new number.

use entity::{BallotId, BallotOutcome, BallotVoidCause, EventKind, ballot_end};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::hold;
use crate::app::App;
use crate::applications::actions::give_places;
use crate::applications::details::LongText;
use crate::applications::rules::Impact;
use crate::ballots::record::Record;
use crate::ballots::rules::{keeps_list, may_void};
use crate::ballots::store;
use crate::db::{Command, Tx};
use crate::error::Acted;
use crate::history;
use crate::quota;
use crate::quota::rules::giving_is_over;
use crate::tenancy::BodyScope;

/// A ballot that was voided, and what that set off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voided {
    /// Which ballot.
    pub id: BallotId,
    /// What it set off.
    pub impact: Impact,
}

/// A lead voids a ballot; the rules allow it only while nobody can know a result, or where there can be none.
#[derive(Clone, Debug)]
pub struct VoidBallot<'a> {
    /// The service.
    pub app: &'a App,
    /// Of which body, and who.
    pub scope: BodyScope,
    /// Which ballot.
    pub ballot: BallotId,
    /// Why; published.
    pub reason: LongText,
}

impl Command for VoidBallot<'_> {
    type Answer = Voided;
    const NAME: &'static str = "voidBallot";

    async fn run(&self, tx: &Tx) -> Acted<Voided> {
        let held = hold(tx, self.ballot).await?;
        held.own_part(&self.scope)?;
        held.goes_on()?;
        let exception = quota::store::load_exception(tx, held.gate.exception()).await?;
        let cause = may_void(&held.record.course()?, giving_is_over(&exception, tx.now()), tx.now())?;
        store::save_end(&held.gate, self.end(&held.record, cause, tx)).await?;
        store::close(&held.gate).await?;
        history::record(tx, [held.event(EventKind::BallotVoided, &json!({ "cause": cause }))]).await?;
        // Nobody is due before a draw; whatever else may have changed is served all the same.
        give_places(&held.gate, self.app).await?;
        Ok(Voided { id: self.ballot, impact: impact(&held.record, cause) })
    }
}

impl VoidBallot<'_> {
    fn end(&self, record: &Record, cause: BallotVoidCause, tx: &Tx) -> ballot_end::Model {
        ballot_end::Model {
            ballot_id: self.ballot,
            exception_id: record.ballot.exception_id,
            outcome: BallotOutcome::Void,
            at: tx.now(),
            body_id: self.scope.body(),
            person_id: self.scope.person(),
            places: None,
            seed: None,
            beacon_signature: None,
            beacon_randomness: None,
            void_cause: Some(cause),
            void_reason: Some(self.reason.as_str().to_owned()),
        }
    }
}

/// What voiding sets off: no place moves, and nobody loses a turn.
fn impact(record: &Record, cause: BallotVoidCause) -> Impact {
    let (number, count) = (record.ballot.number, record.ballot.entry_count);
    let next = match cause {
        BallotVoidCause::GivingOver => {
            "The giving of places is over, so no other ballot follows, and who waits lapses.".to_owned()
        }
        BallotVoidCause::NothingKnown | BallotVoidCause::NoSignature | BallotVoidCause::NoChance => {
            let list = if keeps_list(cause) {
                "with the same list"
            } else {
                "with a new list of everybody who waits then"
            };
            format!(
                "Who is on its list goes on waiting. Ballot {} can be opened {list}; every body commits anew.",
                number + 1
            )
        }
    };
    let summary = format!(
        "Ballot {number}, of {count} entries, ends without a draw and stays visible with its reason. No place moves. {next}"
    );
    Impact { places_returned: 0, lines_removed: 0, next_in_line: None, summary }
}
