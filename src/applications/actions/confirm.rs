//! The second person agrees, and the application comes to the door of the quota.

use entity::{ApplicationId, ApplicationStatus, DecisionOutcome, EventKind, application, assessment_round};
use serde_json::json;

use super::replace::take_over;
use super::{nothing_more, open, places};
use crate::app::App;
use crate::applications::details::LongText;
use crate::applications::rules::{Action, days_to_decision, priority_band};
use crate::applications::store::case;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault};
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
            return Err(super::missing_lead(tx, &self.scope, refusal).await?);
        }
        let decided = assessment_round::Model {
            decision: Some(DecisionOutcome::Confirmed),
            decision_reasons: Some(json!([])),
            decision_note: self.note.clone().map(Into::into),
            decided_by: Some(self.scope.person()),
            decided_at: Some(tx.now()),
            ..opened.current_round()?
        };
        case::save_round(tx, decided).await?;
        opened.application.priority = Some(priority_band(&opened.known.terms, &opened.current_findings()));
        super::clocks::stop(&mut opened.application);
        opened.moves(Action::Confirm, ApplicationStatus::Confirmed);
        opened.application.confirmed_at = Some(tx.now());
        opened.application.days_to_decision = days_to_decision(&opened.application, tx.now());
        opened.application.ballot_entry = Some(hex::encode(tx.random_bytes::<16>()));
        let confirmed = opened.save(tx, EventKind::Confirmed, nothing_more()).await?;
        self.seek_place(tx, &confirmed).await?;
        Ok(self.id)
    }
}

impl Confirm<'_> {
    /// Another worker's application takes over the place of the nomination that it replaces. Any other goes past the gate
    /// where nothing but the order of receipt decides and a place is free; else through it.
    async fn seek_place(&self, tx: &Tx, confirmed: &application::Model) -> Acted<()> {
        let entrant = entrant(confirmed)?;
        if let Some(old) = confirmed.supersedes_id {
            let gate = tx.gate(confirmed.exception_id).await?;
            if take_over(&gate, self.app, confirmed, old).await? {
                return Ok(());
            }
        }
        if let Some(given) = try_at_once(tx, &entrant).await? {
            return Ok(places::nominate_own(tx, self.app, confirmed.clone(), given).await?);
        }
        let gate = tx.gate(confirmed.exception_id).await?;
        enter_queue(&gate, &entrant).await?;
        places::give_places(&gate, self.app).await?;
        Ok(())
    }
}

/// What the queue needs to know of a confirmed application.
pub(super) fn entrant(application: &application::Model) -> Result<Entrant, Fault> {
    let submitted_at = application.submitted_at;
    Ok(Entrant {
        application: application.id,
        exception: application.exception_id,
        body: application.body_id,
        employer: application.employer_id,
        priority: application.priority.unwrap_or(false),
        submitted_at: submitted_at.ok_or_else(|| Fault::stored("application", "it was never submitted"))?,
        on_hold: application.hold_reason.is_some(),
    })
}
