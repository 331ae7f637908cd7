//! People make something of a discrepancy. Where two bodies have a part in it, the first lead proposes, and it is done once a
//! lead of the other body says the same.
//!
//! An application that may be ended by this is held before the discrepancy is: whoever ends one holds them in that order too.

use entity::{
    ApplicationId, ClosedBecause, DiscrepancyId, DiscrepancyKind, DiscrepancyStatus, EventKind, Resolution,
    discrepancy, resolution_proposal,
};
use serde_json::json;

use super::discrepancies::{close, told};
use crate::app::App;
use crate::applications::actions::{HeldAcross, hold_across_tenants};
use crate::applications::details::LongText;
use crate::applications::store::case;
use crate::applications::store::twins::{self, Turn};
use crate::db::{Command, Tx};
use crate::error::{Acted, Found, UserError};
use crate::history;
use crate::reconciliation::rules::{Agreement, Mends, Proposed, Refusal, agreement, may_resolve, mends};
use crate::reconciliation::store::discrepancies as store;
use crate::tenancy::{ReconciliationScope, Scope};
use crate::values::reference::Reference;

/// A lead, or an officer of the agency, resolves a discrepancy, or proposes how.
#[derive(Clone, Debug)]
pub struct ResolveDiscrepancy<'a> {
    /// The service.
    pub app: &'a App,
    /// Whose part in it, and who.
    pub scope: ReconciliationScope,
    /// Which.
    pub id: DiscrepancyId,
    /// What to make of it.
    pub resolution: Resolution,
    /// The application that the worker chose.
    pub chosen: Option<Reference>,
    /// Why, for colleagues.
    pub note: LongText,
}

impl Command for ResolveDiscrepancy<'_> {
    type Answer = DiscrepancyId;
    const NAME: &'static str = "resolveDiscrepancy";

    async fn run(&self, tx: &Tx) -> Acted<DiscrepancyId> {
        let not_found = || UserError::not_found("id", "discrepancy");
        let found = store::find(tx, &self.scope, self.id).await?.ok_or_else(not_found)?;
        let whose = mends(found.body_id, found.other_body_id);
        may_resolve(found.kind, whose, self.scope.body(), self.resolution)?;
        self.is_unbiased(tx, &found).await?;
        // The viewer's part in it was looked up. The other application may be another body's: what comes of both, in both
        // timelines, is the service's doing.
        tx.across_tenants().await?.stay();
        let choice = self.choice(tx, &found).await?;
        let held = match choice.ends {
            Some(ends) => Some(hold_across_tenants(tx, ends).await?),
            None => None,
        };
        let row = store::lock(tx, &self.scope, self.id).await?.ok_or_else(not_found)?;
        if row.status == DiscrepancyStatus::Resolved {
            return Err(Refusal::Resolved.into());
        }
        match self.agreed(tx, whose, choice.stands).await? {
            Agreement::Waits => self.propose(tx, &row, choice.stands).await?,
            Agreement::Whole => Box::pin(self.resolve(tx, row, choice.stands, held)).await?,
        }
        Ok(self.id)
    }
}

/// Which of two applications stands, and which ends; neither where nothing is chosen between them.
#[derive(Clone, Copy, Debug, Default)]
struct Choice {
    stands: Option<ApplicationId>,
    ends: Option<ApplicationId>,
}

impl ResolveDiscrepancy<'_> {
    /// Which of a worker's applications stands is a judgement on the employers whose they are.
    async fn is_unbiased(&self, tx: &Tx, found: &discrepancy::Model) -> Acted<()> {
        let (ReconciliationScope::Body(scope), DiscrepancyKind::SameWorker) = (&self.scope, found.kind)
        else {
            return Ok(());
        };
        let pair: Vec<_> = [found.application_id, found.other_application_id].into_iter().flatten().collect();
        if case::has_conflict(tx, scope, &pair).await? {
            return Err(Refusal::ConflictOfInterest.into());
        }
        Ok(())
    }

    async fn choice(&self, tx: &Tx, row: &discrepancy::Model) -> Acted<Choice> {
        let chooses = self.resolution == Resolution::WorkerChose;
        if !chooses && self.chosen.is_some() {
            return Err(Refusal::WrongChoice("Only WORKER_CHOSE names an application.").into());
        }
        if !matches!(self.resolution, Resolution::WorkerChose | Resolution::EarlierStands) {
            return Ok(Choice::default());
        }
        let (Some(one), Some(other)) = (row.application_id, row.other_application_id) else {
            return Ok(Choice::default());
        };
        let turns = twins::in_order(tx, [one, other]).await?;
        let stands = if chooses { self.chosen_of(&turns)? } else { turns.first().map(|turn| turn.id) };
        let ends = turns.iter().map(|turn| turn.id).find(|id| Some(*id) != stands);
        Ok(Choice { stands, ends })
    }

    fn chosen_of(&self, turns: &[Turn]) -> Result<Option<ApplicationId>, Refusal> {
        let chosen = self.chosen.as_ref().ok_or(Refusal::NothingChosen)?.to_string();
        let found = turns.iter().find(|turn| turn.reference == chosen);
        let wrong = Refusal::WrongChoice("That is the reference of neither of the two applications.");
        found.map(|turn| Some(turn.id)).ok_or(wrong)
    }

    async fn agreed(&self, tx: &Tx, whose: Mends, chosen: Option<ApplicationId>) -> Found<Agreement> {
        let Some(body) = self.scope.body() else { return Ok(Agreement::Whole) };
        let proposed = Proposed { body, resolution: self.resolution, chosen };
        let others: Vec<Proposed> = store::last_proposals(tx, self.id)
            .await?
            .into_iter()
            .map(|one| Proposed { body: one.body_id, resolution: one.resolution, chosen: one.chosen_id })
            .collect();
        Ok(agreement(whose, &proposed, &others))
    }

    async fn propose(&self, tx: &Tx, row: &discrepancy::Model, chosen: Option<ApplicationId>) -> Acted<()> {
        let (Some(body_id), Some(person_id)) = (self.scope.body(), self.scope.actor().person) else {
            return Err(Refusal::NotYours { whose: "a lead of a body" }.into());
        };
        let proposal = resolution_proposal::Model {
            id: tx.new_id(),
            discrepancy_id: self.id,
            body_id,
            person_id,
            resolution: self.resolution,
            chosen_id: chosen,
            note: self.note.as_str().to_owned(),
            at: tx.now(),
        };
        store::insert_proposal(tx, proposal).await?;
        Ok(self.record(tx, EventKind::ResolutionProposed, row).await?)
    }

    /// What was agreed on happens. The discrepancy is resolved first, so that the end of an application does not close it.
    async fn resolve(
        &self,
        tx: &Tx,
        row: discrepancy::Model,
        chosen: Option<ApplicationId>,
        ends: Option<HeldAcross<'_>>,
    ) -> Acted<()> {
        let resolved = discrepancy::Model {
            status: DiscrepancyStatus::Resolved,
            resolution: Some(self.resolution),
            chosen_id: chosen,
            note: Some(self.note.as_str().to_owned()),
            resolved_by: self.scope.actor().person,
            resolved_body_id: self.scope.body(),
            resolved_at: Some(tx.now()),
            ..row
        };
        store::save(tx, resolved.clone()).await?;
        self.record(tx, EventKind::DiscrepancyResolved, &resolved).await?;
        if self.resolution == Resolution::NotADuplicate {
            self.tell_apart(tx, &resolved).await?;
        }
        if let Some(ends) = ends {
            ends.withdraw_without_prejudice(tx, self.app).await?;
        }
        Ok(())
    }

    /// Keeps that they are two, for everything that they match by now; a hint that they might be one goes too.
    async fn tell_apart(&self, tx: &Tx, row: &discrepancy::Model) -> Found<()> {
        let (DiscrepancyKind::SameWorker, Some(one), Some(other)) =
            (row.kind, row.application_id, row.other_application_id)
        else {
            return Ok(());
        };
        for matched in twins::matches_of(tx, [one, other]).await? {
            twins::tell_apart(tx, [one, other], &matched, self.id).await?;
        }
        let pair = |row: &discrepancy::Model| {
            [row.application_id, row.other_application_id] == [Some(one), Some(other)]
        };
        let mut rest = store::lock_same_worker(tx, one).await?;
        rest.retain(pair);
        close(tx, rest, ClosedBecause::Mended).await
    }

    /// In each body's own timeline: by its own lead, and by the service where it is another body's doing.
    async fn record(&self, tx: &Tx, kind: EventKind, row: &discrepancy::Model) -> Found<()> {
        let detail = json!({ "discrepancy": row.id, "resolution": self.resolution });
        let mut events = told(kind, row, &detail, false);
        for event in &mut events {
            event.by_service = event.body.is_some() && event.body != self.scope.body();
        }
        history::record(tx, events).await
    }
}
