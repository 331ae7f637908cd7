//! A lead strikes an entry that should not be on the list. The order of the others stands.

use entity::{BallotId, BallotStrikeCause, EventKind, ballot_strike};
use serde_json::json;

use super::hold;
use crate::applications::details::LongText;
use crate::applications::store::case;
use crate::ballots::rules::{Refusal, may_strike};
use crate::ballots::store;
use crate::db::{Command, Tx};
use crate::error::{Acted, UserError};
use crate::history;
use crate::tenancy::BodyScope;

/// A lead strikes an entry of the own body's: another body's answers like one that is not there, or a body could better its
/// own chances.
#[derive(Clone, Debug)]
pub struct StrikeBallotEntry {
    /// Of which body, and who.
    pub scope: BodyScope,
    /// In which ballot.
    pub ballot: BallotId,
    /// The entry's id.
    pub entry: String,
    /// Why; published.
    pub reason: LongText,
}

impl Command for StrikeBallotEntry {
    type Answer = BallotId;
    const NAME: &'static str = "strikeBallotEntry";

    async fn run(&self, tx: &Tx) -> Acted<BallotId> {
        let held = hold(tx, self.ballot).await?;
        let body = &held.own_part(&self.scope)?.body.slug;
        held.goes_on()?;
        let found = store::find_own_entry(&held.gate, self.ballot, self.scope.body(), &self.entry).await?;
        let application = found.ok_or_else(|| UserError::not_found("entry", "entry"))?;
        if case::has_conflict(tx, &self.scope, &[application]).await? {
            return Err(Refusal::ConflictOfInterest.into());
        }
        may_strike(&held.record.course()?, tx.now())?;
        let strikes = store::load_strikes(tx.conn(), self.ballot).await?;
        if strikes.iter().any(|strike| strike.entry == self.entry) {
            return Err(Refusal::StruckBefore.into());
        }
        let row = ballot_strike::Model {
            ballot_id: self.ballot,
            entry: self.entry.clone(),
            cause: BallotStrikeCause::Mistake,
            reason: Some(self.reason.as_str().to_owned()),
            person_id: Some(self.scope.person()),
            at: tx.now(),
        };
        store::insert_strikes(tx, vec![row]).await?;
        let detail = json!({ "body": body, "entry": self.entry });
        history::record(tx, [held.event(EventKind::BallotEntryStruck, &detail)]).await?;
        Ok(self.ballot)
    }
}
