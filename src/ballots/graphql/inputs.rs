//! What mutations on ballots take, read into commands.

use async_graphql::{ID, InputObject};

use crate::app::App;
use crate::applications::details::LongText;
use crate::ballots::actions::{
    CommitBallotSecret, DrawBallot, OpenBallot, RevealBallotSecret, StrikeBallotEntry, VoidBallot,
};
use crate::ballots::rules::{Plan, Secret, read_beacon};
use crate::error::{Acted, UserError, UserErrorCode};
use crate::schema::GlobalId;
use crate::schema::scalars::{DateTime, Sha256};
use crate::tenancy::BodyScope;
use crate::values::slug::is_slug;

/// A ballot to open. Its list is frozen by that.
#[derive(InputObject)]
pub struct OpenBallotInput {
    /// Makes it safe to send again: the same key and input open one ballot once.
    idempotency_key: Option<String>,
    /// Slug of the class exception.
    class_exception: String,
    /// First instant at which no body commits any more.
    commit_by: DateTime,
    /// First instant at which no body reveals any more: after `commitBy`, and at most 90 days from now.
    reveal_by: DateTime,
    /// Hash of the drand chain whose randomness is mixed in. Left out together with `beaconRound`, the result is labelled as not
    /// independently verifiable.
    beacon_chain: Option<String>,
    /// The round of that chain: one that comes after `revealBy`, and within seven days of it.
    beacon_round: Option<i32>,
}

impl OpenBallotInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// What cannot be taken, with its field.
    pub fn command(self, scope: BodyScope) -> Acted<OpenBallot> {
        if !is_slug(&self.class_exception) {
            return Err(UserError::no_such_exception("classException").into());
        }
        let beacon = read_beacon(self.beacon_chain.as_deref(), self.beacon_round)?;
        let plan = Plan { commit_by: self.commit_by.0, reveal_by: self.reveal_by.0, beacon };
        Ok(OpenBallot { scope, exception: self.class_exception, plan })
    }
}

/// A body's commitment to its secret.
#[derive(InputObject)]
pub struct CommitBallotSecretInput {
    /// Makes it safe to send again: the same key and input commit once.
    idempotency_key: Option<String>,
    /// Which ballot.
    ballot: ID,
    /// What `nominations ballot secret` prints as the commitment. The secret itself stays with the body.
    commitment: Sha256,
}

impl CommitBallotSecretInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Where the id is that of no ballot.
    pub fn command(self, scope: BodyScope) -> Acted<CommitBallotSecret> {
        let ballot = GlobalId::parse(&self.ballot, "ballot")?;
        Ok(CommitBallotSecret { scope, ballot, commitment: self.commitment.0 })
    }
}

/// A body's secret, which everybody learns by this.
#[derive(InputObject)]
pub struct RevealBallotSecretInput {
    /// Makes it safe to send again: the same key and input reveal once.
    idempotency_key: Option<String>,
    /// Which ballot.
    ballot: ID,
    /// What `nominations ballot secret` printed as the secret: 64 hexadecimal digits in lower case.
    secret: String,
}

impl RevealBallotSecretInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// What cannot be taken, with its field.
    pub fn command(self, scope: BodyScope) -> Acted<RevealBallotSecret> {
        let ballot = GlobalId::parse(&self.ballot, "ballot")?;
        let message = "A secret is 64 hexadecimal digits, 0 to 9 and a to f in lower case, as `ballot secret` printed it.";
        let secret = Secret::parse(&self.secret)
            .map_err(|_| UserError::at(UserErrorCode::Invalid, "secret", message))?;
        Ok(RevealBallotSecret { scope, ballot, secret })
    }
}

/// A ballot whose order is to be made, and what the beacon said.
#[derive(InputObject)]
pub struct DrawBallotInput {
    /// Makes it safe to send again: the same key and input draw once.
    idempotency_key: Option<String>,
    /// Which ballot.
    ballot: ID,
    /// The signature of the beacon's round, as drand's `signature` gives it; only where a beacon was named.
    beacon_signature: Option<String>,
}

impl DrawBallotInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Where the id is that of no ballot.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<DrawBallot<'_>> {
        let ballot = GlobalId::parse(&self.ballot, "ballot")?;
        Ok(DrawBallot { app, scope, ballot, signature: self.beacon_signature })
    }
}

/// A ballot that is to end without an order, and why.
#[derive(InputObject)]
pub struct VoidBallotInput {
    /// Makes it safe to send again: the same key and input void once.
    idempotency_key: Option<String>,
    /// Which ballot.
    ballot: ID,
    /// Why. It is published: name nobody.
    reason: String,
    /// Answers what it would set off, and does nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

impl VoidBallotInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// What cannot be taken, with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<VoidBallot<'_>> {
        let ballot = GlobalId::parse(&self.ballot, "ballot")?;
        Ok(VoidBallot { app, scope, ballot, reason: reason(&self.reason)? })
    }
}

/// An entry that must not stand in the order, and why.
#[derive(InputObject)]
pub struct StrikeBallotEntryInput {
    /// Makes it safe to send again: the same key and input strike once.
    idempotency_key: Option<String>,
    /// Which ballot.
    ballot: ID,
    /// The entry's id, of an application of the viewer's own body.
    entry: String,
    /// Why. It is published: name nobody.
    reason: String,
}

impl StrikeBallotEntryInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// What cannot be taken, with its field.
    pub fn command(self, scope: BodyScope) -> Acted<StrikeBallotEntry> {
        let ballot = GlobalId::parse(&self.ballot, "ballot")?;
        let reason = reason(&self.reason)?;
        if !self.entry.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(UserError::not_found("entry", "entry").into());
        }
        Ok(StrikeBallotEntry { scope, ballot, entry: self.entry, reason })
    }
}

fn reason(typed: &str) -> Result<LongText, UserError> {
    let code = if typed.trim().is_empty() { UserErrorCode::Required } else { UserErrorCode::Invalid };
    LongText::parse(typed).map_err(|why| UserError::at(code, "reason", why.to_string()))
}
