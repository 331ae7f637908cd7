//! What leads send: the decision to decline, what turns a case back, and holds.

use async_graphql::{ID, InputObject};

use super::reader::Reader;
use super::staff::REASONS_MAX;
use crate::app::App;
use crate::applications::actions::{
    Decline, HoldApplication, Reconsider, ReleaseHold, ReturnApplication, SendBack,
};
use crate::applications::details::LongText;
use crate::applications::graphql::kinds::DecisionReason;
use crate::error::Acted;
use crate::tenancy::BodyScope;

/// The second person's agreement with advice to decline.
#[derive(InputObject)]
pub struct DeclineInput {
    /// Makes it safe to send again: the same key and input decline it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Why, in 1 to 20 reasons; the employer reads them.
    reasons: Vec<DecisionReason>,
    /// For colleagues; employers never read it.
    note: Option<String>,
}

impl DeclineInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<Decline<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        reader.bound("reasons", self.reasons.len(), REASONS_MAX);
        let note = reader.maybe("note", self.note.as_deref(), LongText::parse);
        let id = reader.finish(id)?;
        let reasons = self.reasons.into_iter().map(Into::into).collect();
        Ok(Decline { app, scope, id, version: self.version, reasons, note })
    }
}

/// The second person's disagreement with the advice.
#[derive(InputObject)]
pub struct SendBackInput {
    /// Makes it safe to send again: the same key and input send it back once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Why, for colleagues; employers never read it.
    note: String,
}

impl SendBackInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<SendBack<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let note = reader.need("note", &self.note, LongText::parse);
        let (id, note) = reader.finish(id.zip(note))?;
        Ok(SendBack { app, scope, id, version: self.version, note })
    }
}

/// An application that goes back to the employer as incomplete.
#[derive(InputObject)]
pub struct ReturnApplicationInput {
    /// Makes it safe to send again: the same key and input return it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// What is missing; the employer reads it.
    note: String,
}

impl ReturnApplicationInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<ReturnApplication<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let note = reader.need("note", &self.note, LongText::parse);
        let (id, note) = reader.finish(id.zip(note))?;
        Ok(ReturnApplication { app, scope, id, version: self.version, note })
    }
}

/// A declined or returned application that is to be assessed anew, by new people.
#[derive(InputObject)]
pub struct ReconsiderInput {
    /// Makes it safe to send again: the same key and input reconsider it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Why, for colleagues; employers never read it.
    note: String,
}

impl ReconsiderInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<Reconsider<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let note = reader.need("note", &self.note, LongText::parse);
        let (id, note) = reader.finish(id.zip(note))?;
        Ok(Reconsider { app, scope, id, version: self.version, note })
    }
}

/// An application that is to come to no place until the hold is released.
#[derive(InputObject)]
pub struct HoldApplicationInput {
    /// Makes it safe to send again: the same key and input put it on hold once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Why, for colleagues; employers never read it.
    reason: String,
}

impl HoldApplicationInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<HoldApplication<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let reason = reader.need("reason", &self.reason, LongText::parse);
        let (id, reason) = reader.finish(id.zip(reason))?;
        Ok(HoldApplication { app, scope, id, version: self.version, reason })
    }
}

/// An application whose hold is over.
#[derive(InputObject)]
pub struct ReleaseHoldInput {
    /// Makes it safe to send again: the same key and input release it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// For colleagues; employers never read it.
    note: Option<String>,
}

impl ReleaseHoldInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<ReleaseHold<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let note = reader.maybe("note", self.note.as_deref(), LongText::parse);
        let id = reader.finish(id)?;
        Ok(ReleaseHold { app, scope, id, version: self.version, note })
    }
}
