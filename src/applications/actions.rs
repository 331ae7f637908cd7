//! One command per act: load the facts, ask the rules, save, record. All in the one transaction that `db` runs.
//!
//! Every act on one application begins with [`open`]: it holds the row, checks the version that the caller read,
//! and gathers what the rules need.

mod advise;
mod assess;
mod assign;
mod confirm;
mod conflict;
mod draft;
mod evidence;
mod fill;
mod gather;
mod places;
mod submit;
mod worker;

use std::sync::Arc;

use entity::{
    ApplicationId, EventKind, PersonId, application, assessment, assessment_round, class_exception,
};
use serde_json::json;

pub use advise::Recommend;
pub use assess::{RecordAssessment, RoleFinding, VerifyEvidence};
pub use assign::{AssignApplications, TakeNext};
pub use confirm::Confirm;
pub use conflict::DeclareConflict;
pub use draft::{CreateApplication, UpdateApplication};
pub use evidence::{AddEvidence, RemoveEvidence};
pub use fill::FillViews;
pub use places::{GiveBack, Sweep, Swept, give_places};
pub use submit::SubmitApplication;

use gather::{gather, gather_all};

use crate::app::App;
use crate::applications::rules::{Action, AssessedCriterion, Case, Hand, Refusal, assessed, may};
use crate::applications::store::case;
use crate::db::Tx;
use crate::error::{Acted, Found, UserError, UserErrorCode};
use crate::exceptions::definition::Criterion;
use crate::exceptions::store::KnownTerms;
use crate::history::{self, Event};
use crate::tenancy::CaseloadScope;

/// An application that an act has in hand.
struct Opened {
    application: application::Model,
    exception: class_exception::Model,
    /// What it is held against.
    known: Arc<KnownTerms>,
    findings: Vec<assessment::Model>,
    rounds: Vec<assessment_round::Model>,
    /// Who of those that took part has declared a conflict with the employer.
    conflicted: Vec<PersonId>,
    case: Case,
    hand: Hand,
}

/// Opens an application for an act. `version` is the one that the caller read, where the act asks for it.
async fn open(
    tx: &Tx,
    app: &App,
    scope: &CaseloadScope,
    id: ApplicationId,
    version: Option<i32>,
) -> Acted<Opened> {
    let found = case::lock_application(tx, scope, id).await?;
    let application = found.ok_or_else(|| UserError::not_found("id", "application"))?;
    if version.is_some_and(|version| version != application.version) {
        return Err(Refusal::Stale.into());
    }
    Ok(gather(tx, app, scope, application).await?)
}

impl Opened {
    fn may(&self, tx: &Tx, action: Action) -> Result<(), Refusal> {
        may(action, self.hand, &self.case, tx.now())
    }

    /// The criterion with this code.
    fn criterion(&self, code: &str) -> Result<&Criterion, UserError> {
        self.known.terms.criterion(code).ok_or_else(|| {
            let codes: Vec<_> = self.known.terms.criteria.iter().map(|one| one.code.as_str()).collect();
            let message = format!("There is no such criterion. The codes are {}.", codes.join(", "));
            UserError::at(UserErrorCode::Invalid, "criterion", message)
        })
    }

    /// The findings that stand in the current round.
    fn current_findings(&self) -> Vec<AssessedCriterion> {
        assessed(&self.findings, self.application.round)
    }

    /// Those of them that advice may rest on: a finding by somebody with a conflict has to be made anew.
    fn findings_to_rest_on(&self) -> Vec<AssessedCriterion> {
        let unbiased = |finding: &&assessment::Model| !self.conflicted.contains(&finding.assessor_id);
        let findings: Vec<_> = self.findings.iter().filter(unbiased).cloned().collect();
        assessed(&findings, self.application.round)
    }

    /// Saves the application as it was changed, and records what happened to it.
    async fn save(self, tx: &Tx, kind: EventKind, detail: serde_json::Value) -> Found<application::Model> {
        save(tx, self.application, kind, detail).await
    }
}

/// Saves a changed application under its next version, and records what happened to it.
async fn save(
    tx: &Tx,
    mut application: application::Model,
    kind: EventKind,
    detail: serde_json::Value,
) -> Found<application::Model> {
    let before = application.version;
    application.version += 1;
    application.revision += 1;
    application.updated_at = tx.now();
    let saved = case::save_application(tx, before, application).await?;
    history::record(tx, [Event::of_application(kind, &saved).with(detail)]).await?;
    Ok(saved)
}

/// The detail of an event that says nothing more than its kind.
fn nothing_more() -> serde_json::Value {
    json!({})
}
