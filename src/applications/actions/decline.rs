//! The second person agrees with advice to decline.

use entity::{
    ApplicationId, ApplicationStatus, DecisionOutcome, DecisionReason, EventKind, assessment_round,
};
use serde_json::json;

use super::{nothing_more, open};
use crate::app::App;
use crate::applications::details::LongText;
use crate::applications::rules::{Action, Refusal, days_to_decision};
use crate::applications::store::case;
use crate::db::{Command, Tx};
use crate::error::Acted;
use crate::tenancy::{BodyScope, CaseloadScope};

/// A lead declines on advice to decline, with reasons that the employer reads.
#[derive(Clone, Debug)]
pub struct Decline<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Why; at least one, and the employer reads them.
    pub reasons: Vec<DecisionReason>,
    /// For colleagues.
    pub note: Option<LongText>,
}

impl Command for Decline<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "decline";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        if let Err(refusal) = opened.may(tx, Action::Decline) {
            return Err(super::missing_lead(tx, &self.scope, refusal).await?);
        }
        if self.reasons.is_empty() {
            return Err(Refusal::ReasonNeeded.into());
        }
        let decided = assessment_round::Model {
            decision: Some(DecisionOutcome::Declined),
            decision_reasons: Some(json!(self.reasons)),
            decision_note: self.note.clone().map(Into::into),
            decided_by: Some(self.scope.person()),
            decided_at: Some(tx.now()),
            ..opened.current_round()?
        };
        case::save_round(tx, decided).await?;
        opened.application.days_to_decision = days_to_decision(&opened.application, tx.now());
        opened.ends(tx, Action::Decline, ApplicationStatus::Declined).await?;
        Ok(opened.save(tx, EventKind::Declined, nothing_more()).await?.id)
    }
}
