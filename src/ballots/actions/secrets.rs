//! The bodies commit to their secrets, and reveal them.

use entity::{BallotId, BallotIncident, EventKind, ballot_commitment, ballot_incident, ballot_secret};
use serde_json::json;

use super::{Held, hold};
use crate::app::App;
use crate::ballots::rules::{Effect, Secret, commitment, may_commit, may_reveal};
use crate::ballots::store;
use crate::db::{Command, Keyed, Tx};
use crate::error::{Acted, Failure, Found, UserErrorCode};
use crate::history;
use crate::tenancy::BodyScope;
use crate::values::sha256::Sha256;

/// A body commits to a secret that it keeps to itself.
#[derive(Clone, Debug)]
pub struct CommitBallotSecret {
    /// Of which body, and who.
    pub scope: BodyScope,
    /// In which ballot.
    pub ballot: BallotId,
    /// The commitment.
    pub commitment: Sha256,
}

impl Command for CommitBallotSecret {
    type Answer = BallotId;
    const NAME: &'static str = "commitBallotSecret";

    async fn run(&self, tx: &Tx) -> Acted<BallotId> {
        let held = hold(tx, self.ballot).await?;
        let own = held.own_part(&self.scope)?;
        held.goes_on()?;
        if may_commit(&held.record.course()?, &own.part()?, &self.commitment, tx.now())? == Effect::Same {
            return Ok(self.ballot);
        }
        let row = ballot_commitment::Model {
            ballot_id: self.ballot,
            body_id: self.scope.body(),
            commitment: self.commitment.to_string(),
            person_id: self.scope.person(),
            at: tx.now(),
        };
        store::insert_commitment(tx, row).await?;
        let detail = json!({ "body": own.body.slug });
        history::record(tx, [held.event(EventKind::BallotCommitted, &detail)]).await?;
        Ok(self.ballot)
    }
}

/// A body reveals the secret that it committed to.
#[derive(Clone, Debug)]
pub struct RevealBallotSecret {
    /// Of which body, and who.
    pub scope: BodyScope,
    /// In which ballot.
    pub ballot: BallotId,
    /// The secret.
    pub secret: Secret,
}

impl Command for RevealBallotSecret {
    type Answer = BallotId;
    const NAME: &'static str = "revealBallotSecret";

    async fn run(&self, tx: &Tx) -> Acted<BallotId> {
        let held = hold(tx, self.ballot).await?;
        if self.judge(&held, tx)? == Effect::Same {
            return Ok(self.ballot);
        }
        let row = ballot_secret::Model {
            ballot_id: self.ballot,
            body_id: self.scope.body(),
            secret: self.secret.to_string(),
            person_id: self.scope.person(),
            at: tx.now(),
        };
        store::insert_secret(tx, row).await?;
        let detail = json!({ "body": held.own_part(&self.scope)?.body.slug });
        history::record(tx, [held.event(EventKind::BallotRevealed, &detail)]).await?;
        Ok(self.ballot)
    }
}

impl RevealBallotSecret {
    fn judge(&self, held: &Held<'_>, tx: &Tx) -> Acted<Effect> {
        let own = held.own_part(&self.scope)?.part()?;
        held.goes_on()?;
        let (scheme, digest) = (held.record.scheme()?, held.record.entries_digest()?);
        let fits = own.commitment == Some(commitment(&scheme, &own.body, &digest, &self.secret));
        Ok(may_reveal(&held.record.course()?, &own, &self.secret, fits, tx.now())?)
    }
}

/// Puts on record that a body tried a wrong secret. What was tried is kept nowhere.
#[derive(Clone, Debug)]
pub struct NoteWrongSecret(
    /// What was refused.
    pub RevealBallotSecret,
);

impl Command for NoteWrongSecret {
    type Answer = ();
    const NAME: &'static str = "noteWrongSecret";

    async fn run(&self, tx: &Tx) -> Acted<()> {
        let Self(tried) = self;
        let held = hold(tx, tried.ballot).await?;
        match tried.judge(&held, tx) {
            Err(failure) if is_mismatch(&failure) => Ok(self.note(&held, tx).await?),
            // The ballot has gone on meanwhile.
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

impl NoteWrongSecret {
    async fn note(&self, held: &Held<'_>, tx: &Tx) -> Found<()> {
        let body_id = self.0.scope.body();
        let kind = BallotIncident::WrongSecret;
        if held.record.incidents.iter().any(|one| one.body_id == body_id && one.kind == kind) {
            return Ok(());
        }
        let row = ballot_incident::Model { ballot_id: self.0.ballot, body_id, kind, at: tx.now() };
        store::insert_incidents(tx, vec![row]).await?;
        let body = held.record.part_of(body_id).map(|part| part.body.slug.as_str());
        let detail = json!({ "body": body, "incident": kind });
        history::record(tx, [held.event(EventKind::BallotIncident, &detail)]).await
    }
}

/// Reveals a secret. One that does not fit is refused and put on record: in a transaction of its own, since what is refused
/// is undone.
///
/// # Errors
/// Why it is not taken; faults.
pub async fn reveal(app: &App, keyed: Option<&Keyed>, command: &RevealBallotSecret) -> Acted<BallotId> {
    let outcome = app.db.perform(&command.scope, keyed, command).await;
    if outcome.as_ref().is_err_and(is_mismatch) {
        app.db.perform(&command.scope, None, &NoteWrongSecret(command.clone())).await?;
    }
    outcome
}

fn is_mismatch(failure: &Failure) -> bool {
    match failure {
        Failure::Refused(errors) => errors.iter().any(|one| one.code == UserErrorCode::CommitmentMismatch),
        Failure::Unauthenticated | Failure::Fault(_) => false,
    }
}
