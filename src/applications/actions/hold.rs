//! A lead puts an application on hold, or releases it. While it is on hold it comes to no place, keeps its order, and is
//! not offered to assessors.

use entity::{ApplicationId, ApplicationStatus, EventKind, hold};

use super::{Opened, give_places, nothing_more, open_at_gate};
use crate::app::App;
use crate::applications::details::LongText;
use crate::applications::rules::Action;
use crate::applications::store::standing;
use crate::db::{Command, Gate, Tx};
use crate::error::{Acted, Found};
use crate::quota;
use crate::tenancy::{BodyScope, CaseloadScope};

/// A lead puts an application on hold.
#[derive(Clone, Debug)]
pub struct HoldApplication<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Why; for colleagues.
    pub reason: LongText,
}

impl Command for HoldApplication<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "holdApplication";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let (mut opened, gate) = open_at_gate(tx, self.app, &scope, self.id, self.version).await?;
        if let Err(refusal) = opened.may(tx, Action::Hold) {
            return Err(super::missing_lead(tx, &self.scope, refusal).await?);
        }
        set(gate.as_ref(), &opened, true).await?;
        let reason = self.reason.as_str().to_owned();
        let row = hold::Model {
            id: tx.new_id(),
            application_id: self.id,
            body_id: self.scope.body(),
            reason: reason.clone(),
            held_by: self.scope.person(),
            held_at: tx.now(),
            released_by: None,
            released_at: None,
            note: None,
        };
        standing::insert_hold(tx, row).await?;
        opened.application.hold_reason = Some(reason);
        Ok(opened.save(tx, EventKind::Held, nothing_more()).await?.id)
    }
}

/// A lead releases a hold. An application that waits for a place has it at once, where it is its turn and one is free.
#[derive(Clone, Debug)]
pub struct ReleaseHold<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// For colleagues.
    pub note: Option<LongText>,
}

impl Command for ReleaseHold<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "releaseHold";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let (mut opened, gate) = open_at_gate(tx, self.app, &scope, self.id, self.version).await?;
        if let Err(refusal) = opened.may(tx, Action::ReleaseHold) {
            return Err(super::missing_lead(tx, &self.scope, refusal).await?);
        }
        set(gate.as_ref(), &opened, false).await?;
        let note = self.note.clone().map(Into::into);
        standing::close_hold(tx, self.id, Some(self.scope.person()), note).await?;
        opened.application.hold_reason = None;
        opened.save(tx, EventKind::HoldReleased, nothing_more()).await?;
        if let Some(gate) = &gate {
            give_places(gate, self.app).await?;
        }
        Ok(self.id)
    }
}

/// Keeps the queue in step; only what is confirmed waits there.
async fn set(gate: Option<&Gate<'_>>, opened: &Opened, on_hold: bool) -> Found<()> {
    match gate {
        Some(gate) if opened.application.status == ApplicationStatus::Confirmed => {
            quota::actions::set_hold(gate, opened.application.id, on_hold).await
        }
        Some(_) | None => Ok(()),
    }
}
