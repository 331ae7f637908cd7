//! The second person agrees, and the application comes to the door of the quota.

use entity::{ApplicationId, ApplicationStatus, DecisionOutcome, EventKind, application, assessment_round};
use serde_json::json;

use super::{Opened, nothing_more, open, places};
use crate::app::App;
use crate::applications::details::LongText;
use crate::applications::rules::{Action, Refusal, days_to_decision, priority_band};
use crate::applications::store::case;
use crate::db::{Command, Tx};
use crate::error::{Acted, Failure, Fault, UserError};
use crate::quota::actions::{Entrant, enter_queue, try_at_once};
use crate::tenancy::{BodyScope, CaseloadScope};

/// A lead confirms an endorsement. A place is given at once when one is free and nobody is due; otherwise the
/// application takes its turn in the queue.
#[derive(Clone, Debug)]
pub struct Confirm<'a> {
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

impl Command for Confirm<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "confirm";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        if let Err(refusal) = opened.may(tx, Action::Confirm) {
            return Err(self.refused(tx, refusal).await?);
        }
        let round = current_round(&opened)?;
        let decided = assessment_round::Model {
            decision: Some(DecisionOutcome::Confirmed),
            decision_reasons: Some(json!([])),
            decision_note: self.note.clone().map(Into::into),
            decided_by: Some(self.scope.person()),
            decided_at: Some(tx.now()),
            ..round
        };
        case::save_round(tx, decided).await?;
        opened.application.priority = Some(priority_band(&opened.known.terms, &opened.current_findings()));
        opened.application.status = ApplicationStatus::Confirmed;
        opened.application.confirmed_at = Some(tx.now());
        opened.application.days_to_decision = days_to_decision(&opened.application, tx.now());
        opened.application.ballot_entry = Some(hex::encode(tx.random_bytes::<16>()));
        let confirmed = opened.save(tx, EventKind::Confirmed, nothing_more()).await?;
        self.seek_place(tx, &confirmed).await?;
        Ok(self.id)
    }
}

impl Confirm<'_> {
    /// Past the gate where nothing but the order of receipt decides and a place is free; else through it.
    async fn seek_place(&self, tx: &Tx, confirmed: &application::Model) -> Acted<()> {
        let entrant = entrant(confirmed)?;
        if let Some(given) = try_at_once(tx, &entrant).await? {
            return Ok(places::nominate_own(tx, self.app, confirmed.clone(), given).await?);
        }
        let gate = tx.gate(confirmed.exception_id).await?;
        enter_queue(&gate, &entrant).await?;
        places::give_places(&gate, self.app).await?;
        Ok(())
    }

    /// Tells a body that is too small for two people which one is missing.
    async fn refused(&self, tx: &Tx, refusal: Refusal) -> Result<Failure, Fault> {
        let mut error = UserError::from(refusal.clone());
        let needs_another = match refusal {
            Refusal::SamePerson { .. } | Refusal::EarlierRound { .. } | Refusal::ConflictOfInterest => true,
            Refusal::Stale
            | Refusal::WrongStatus { .. }
            | Refusal::NotPermitted { .. }
            | Refusal::Window(_)
            | Refusal::DeadlinePassed
            | Refusal::RestsOnConflict
            | Refusal::Missing { .. }
            | Refusal::NotDeclared
            | Refusal::EvidenceMissing { .. }
            | Refusal::NotEligible { .. }
            | Refusal::AssessmentIncomplete { .. }
            | Refusal::RoleNeeded
            | Refusal::ReasonNeeded
            | Refusal::AdviceDiffers { .. } => false,
        };
        if needs_another && case::count_leads(tx, self.scope.body()).await? < 2 {
            error.message.push_str(" Your body has no second lead: one has to be added first.");
        }
        Ok(error.into())
    }
}

fn current_round(opened: &Opened) -> Result<assessment_round::Model, Fault> {
    let current = opened.rounds.iter().find(|round| round.round == opened.application.round);
    current.cloned().ok_or_else(|| Fault::stored("round", "a recommended application has no advice"))
}

/// What the queue needs to know of a confirmed application.
fn entrant(application: &application::Model) -> Result<Entrant, Fault> {
    let submitted_at = application.submitted_at;
    Ok(Entrant {
        application: application.id,
        exception: application.exception_id,
        body: application.body_id,
        employer: application.employer_id,
        priority: application.priority.unwrap_or(false),
        submitted_at: submitted_at.ok_or_else(|| Fault::stored("application", "it was never submitted"))?,
    })
}
