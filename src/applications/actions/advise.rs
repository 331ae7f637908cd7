//! The assessor's advice.

use entity::{ApplicationId, ApplicationStatus, EventKind, assessment_round};
use serde_json::json;

use super::open;
use crate::app::App;
use crate::applications::details::Advice;
use crate::applications::rules::{Action, may_advise};
use crate::applications::store::case;
use crate::db::{Command, Tx};
use crate::error::Acted;
use crate::tenancy::{BodyScope, CaseloadScope};

/// An assessor advises to endorse or to decline.
#[derive(Clone, Debug)]
pub struct Recommend<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// The advice.
    pub advice: Advice,
}

impl Command for Recommend<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "recommend";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        opened.may(tx, Action::Recommend)?;
        let Advice { outcome, reasons, note } = &self.advice;
        let application = &mut opened.application;
        let role_stands = application.role_code.is_some() && application.occupation_code.is_some();
        let round = assessment_round::Model {
            application_id: self.id,
            round: application.round,
            body_id: self.scope.body(),
            exception_id: application.exception_id,
            advice: *outcome,
            advice_reasons: json!(reasons),
            advice_note: note.clone().map(Into::into),
            advised_by: self.scope.person(),
            advised_at: tx.now(),
            decision: None,
            decision_reasons: None,
            decision_note: None,
            decided_by: None,
            decided_at: None,
        };
        may_advise(*outcome, reasons, &opened.known.terms, &opened.findings_to_rest_on(), role_stands)?;
        case::insert_round(tx, round).await?;
        opened.moves(Action::Recommend, ApplicationStatus::Recommended);
        Ok(opened.save(tx, EventKind::Recommended, json!({ "outcome": outcome })).await?.id)
    }
}
