//! One command per act: load the facts, ask the rules, save, record. All in the one transaction that `db` runs.
//!
//! Every act on one application begins with [`open`]: it holds the row, checks the version that the caller read,
//! and gathers what the rules need.

mod advise;
mod amend;
mod assess;
mod assign;
mod clocks;
mod confirm;
mod conflict;
mod decline;
mod draft;
mod evidence;
mod fill;
mod gather;
mod hand_over;
mod hold;
mod import;
mod interest;
mod parties;
mod places;
mod questions;
mod replace;
mod submit;
mod turn_back;
mod withdraw;
mod without_prejudice;
mod worker;

use std::sync::Arc;

use entity::{
    ApplicationId, ApplicationStatus, EventKind, PersonId, application, assessment, assessment_round,
    class_exception,
};
use serde_json::json;

pub use advise::Recommend;
pub use amend::{AmendNomination, ConfirmAmendment, FieldChange};
pub use assess::{RecordAssessment, RoleFinding, VerifyEvidence};
pub use assign::{AssignApplications, TakeNext};
pub use confirm::Confirm;
pub use conflict::DeclareConflict;
pub use decline::Decline;
pub use draft::{CreateApplication, UpdateApplication};
pub use evidence::{AddEvidence, RemoveEvidence};
pub use fill::FillViews;
pub use hand_over::{AT_ONCE as TAKEN_BACK_AT_ONCE, RemoveMember, TakeBack};
pub use hold::{HoldApplication, ReleaseHold};
pub use import::{Import, ImportEffect, Outcome, ReadRow, import};
pub use interest::RegisterInterest;
pub use places::{Served, Sweep, Swept, give_places, lapse_refused};
pub use questions::{
    AnswerInformationRequest, CancelInformationRequest, ExpireQuestion, RemindOfQuestion, Reminded,
    RequestInformation, keep_questions,
};
pub use replace::ReplaceWorker;
pub use submit::SubmitApplication;
pub use turn_back::{Reconsider, ReturnApplication, SendBack};
pub use withdraw::{RevokeNomination, TakenBack, WithdrawApplication};
pub use without_prejudice::{HeldAcross, hold_across_tenants};
pub use worker::place_of as passport_place;

use gather::{gather, gather_all};

use crate::app::{App, FOLLOWERS};
use crate::applications::rules::{Action, AssessedCriterion, Case, Hand, Refusal, assessed, may};
use crate::applications::store::{case, questions as asked, standing};
use crate::db::{Gate, Tx};
use crate::error::{Acted, Failure, Fault, Found, UserError, UserErrorCode};
use crate::exceptions::definition::Criterion;
use crate::exceptions::store::KnownTerms;
use crate::history::{self, Event};
use crate::tenancy::{BodyScope, CaseloadScope};

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

/// Opens an application for an act that may change what is held or waited for. One that is CONFIRMED or NOMINATED is held
/// under the gate, and read again there; any other is held by itself, and answers without a gate.
async fn open_at_gate<'tx>(
    tx: &'tx Tx,
    app: &App,
    scope: &CaseloadScope,
    id: ApplicationId,
    version: i32,
) -> Acted<(Opened, Option<Gate<'tx>>)> {
    let found = case::find_application(tx, scope, id).await?;
    let found = found.ok_or_else(|| UserError::not_found("id", "application"))?;
    let held = if case::UNDER_THE_GATE.contains(&found.status) {
        None
    } else {
        case::lock_without_gate(tx, scope, id).await?
    };
    let (application, gate) = if let Some(application) = held {
        (application, None)
    } else {
        let gate = tx.gate(found.exception_id).await?;
        let again = case::lock_under_gate(&gate, scope, id).await?;
        (again.ok_or(Fault::Race("the application is gone"))?, Some(gate))
    };
    if version != application.version {
        return Err(Refusal::Stale.into());
    }
    Ok((gather(tx, app, scope, application).await?, gate))
}

/// Brings an application to where it ends, or to RETURNED: no clock runs on it, no hold stands, and what was open on it
/// closes.
async fn end(
    tx: &Tx,
    mut application: application::Model,
    to: ApplicationStatus,
) -> Found<application::Model> {
    if application.hold_reason.take().is_some() {
        standing::close_hold(tx, application.id, None, None).await?;
    }
    let is_returned = to == ApplicationStatus::Returned;
    let why = if is_returned { "The application was returned." } else { "The application ended." };
    asked::cancel_open(tx, application.id, why).await?;
    standing::drop_proposed(tx, application.id).await?;
    clocks::stop(&mut application);
    application.ended_at = Some(tx.now());
    application.status = to;
    Ok(application)
}

/// Tells a body that is too small for two people which one is missing.
async fn missing_lead(tx: &Tx, scope: &BodyScope, refusal: Refusal) -> Result<Failure, Fault> {
    let needs_another = refusal.needs_another_person();
    let mut error = UserError::from(refusal);
    if needs_another && case::count_leads(tx, scope.body()).await? < 2 {
        error.message.push_str(" Your body has no second lead: one has to be added first.");
    }
    Ok(error.into())
}

impl Opened {
    /// Moves the application to where an act leads.
    fn moves(&mut self, action: Action, to: ApplicationStatus) {
        let from = self.application.status;
        assert!(action.law().leads(from, to), "{action:?} does not lead from {from:?} to {to:?}");
        self.application.status = to;
    }

    /// Brings the application to the end that an act leads to.
    async fn ends(&mut self, tx: &Tx, action: Action, to: ApplicationStatus) -> Found<()> {
        let ended = end(tx, self.application.clone(), to).await?;
        self.moves(action, to);
        self.application = ended;
        Ok(())
    }

    /// The record of the current round.
    fn current_round(&self) -> Result<assessment_round::Model, Fault> {
        let current = self.rounds.iter().find(|round| round.round == self.application.round);
        current.cloned().ok_or_else(|| Fault::stored("round", "a recommended application has no advice"))
    }

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
        assessed(&self.findings, &self.application)
    }

    /// Those of them that advice may rest on: a finding by somebody with a conflict has to be made anew.
    fn findings_to_rest_on(&self) -> Vec<AssessedCriterion> {
        let unbiased = |finding: &&assessment::Model| !self.conflicted.contains(&finding.assessor_id);
        let findings: Vec<_> = self.findings.iter().filter(unbiased).cloned().collect();
        assessed(&findings, &self.application)
    }

    /// Saves the application as it was changed, and records what happened to it.
    async fn save(self, tx: &Tx, kind: EventKind, detail: serde_json::Value) -> Found<application::Model> {
        save(tx, self.application, kind, detail).await
    }

    /// The same; tells what else that set off, for the body's people.
    async fn save_telling(
        self,
        tx: &Tx,
        kind: EventKind,
        detail: serde_json::Value,
    ) -> Found<(application::Model, Vec<String>)> {
        save_telling(tx, self.application, kind, detail).await
    }
}

/// Saves a changed application under its next version, and records what happened to it.
async fn save(
    tx: &Tx,
    application: application::Model,
    kind: EventKind,
    detail: serde_json::Value,
) -> Found<application::Model> {
    Ok(save_telling(tx, application, kind, detail).await?.0)
}

async fn save_telling(
    tx: &Tx,
    mut application: application::Model,
    kind: EventKind,
    detail: serde_json::Value,
) -> Found<(application::Model, Vec<String>)> {
    let before = application.version;
    application.version += 1;
    application.revision += 1;
    application.updated_at = tx.now();
    let saved = case::save_application(tx, before, application).await?;
    history::record(tx, [Event::of_application(kind, &saved).with(detail)]).await?;
    let told = tell_followers(tx, kind, &saved).await?;
    Ok((saved, told))
}

/// Lets those act that have to before the transaction ends; tells what they did.
async fn tell_followers(tx: &Tx, kind: EventKind, application: &application::Model) -> Found<Vec<String>> {
    let mut told = Vec::new();
    for follower in FOLLOWERS {
        told.extend(follower.follow(tx, kind, application).await?);
    }
    Ok(told)
}

/// The detail of an event that says nothing more than its kind.
fn nothing_more() -> serde_json::Value {
    json!({})
}
