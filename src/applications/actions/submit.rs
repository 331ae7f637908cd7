//! The employer declares an application and hands it in.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    ApplicationId, ApplicationStatus, EventKind, application, body, class_exception_body, evidence, worker,
};

use super::draft::check_codes;
use super::replace::{is_the_same_role, tell_the_nomination};
use super::{clocks, nothing_more, open};
use crate::app::App;
use crate::applications::details::pay_of;
use crate::applications::rules::{
    Action, Completeness, as_the_employer_knows, complete_for_submission, eligibility_of, takes_applications,
};
use crate::applications::store::{case, evidence as records};
use crate::clock::day_in_new_zealand;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault, UserError, UserErrorCode};
use crate::exceptions::definition::CriterionKind;
use crate::exceptions::rules::{Eligibility, EligibilityOutcome, QuestionError};
use crate::exceptions::store::{self as exceptions, KnownTerms};
use crate::tenancy::{CaseloadScope, EmployerScope};

/// The employer submits an application. What the check says does not stop it: people decide.
#[derive(Clone, Debug)]
pub struct SubmitApplication<'a> {
    /// The service.
    pub app: &'a App,
    /// For whom.
    pub scope: EmployerScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// The employer states that the worker knows of it and that it is true.
    pub declaration: bool,
    /// The day on which the employer told the worker that these details are held.
    pub told_on: Option<NaiveDate>,
}

impl Command for SubmitApplication<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "submitApplication";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Employers(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        opened.may(tx, Action::Submit)?;
        if opened.application.supersedes_id.is_none() {
            body_takes_it(tx, &opened.application).await?;
        }
        let mut worker = case::load_worker(tx, &opened.application).await?;
        if self.told_on.is_some() {
            (worker.told_on, worker.told_by) = (self.told_on, tx.actor().person);
        }
        let evidence = records::hold_for(tx, &opened.application).await?;
        // The employer reads what comes of this; what else was found of a record is told the body by a flag.
        let evidence = as_the_employer_knows(opened.application.status, &evidence);
        let known = &opened.known;
        // The draft was held against the terms of its last change; these may be later ones.
        let unknown = check_codes(known, &opened.application);
        if !unknown.is_empty() {
            return Err(unknown.into());
        }
        let facts = Completeness {
            application: &opened.application,
            worker: &worker,
            evidence: &evidence,
            terms: &known.terms,
            declared: self.declaration,
            today: day_in_new_zealand(tx.now()),
        };
        complete_for_submission(&facts)
            .map_err(|refusals| refusals.into_iter().map(UserError::from).collect::<Vec<_>>())?;
        let revision = opened.exception.revision;
        let handing = Handing { known, revision, evidence: &evidence, at: tx.now() };
        hand_in(&handing, &mut opened.application, &mut worker)?;
        is_the_same_role(tx, &scope, &opened.application).await?;
        case::save_worker(tx, worker).await?;
        let submitted = opened.save(tx, EventKind::Submitted, nothing_more()).await?;
        tell_the_nomination(tx, &submitted).await?;
        Ok(submitted.id)
    }
}

/// With what and when an application is handed in.
pub(super) struct Handing<'a> {
    /// The terms that it is held against from now on.
    pub(super) known: &'a KnownTerms,
    /// Which revision they are.
    pub(super) revision: i32,
    /// What counts for it, as its employer knows it.
    pub(super) evidence: &'a [evidence::Model],
    /// When the body had it complete: its turn in the order.
    pub(super) at: DateTime<Utc>,
}

/// Hands an application in that is complete and declared: what the check says of it is kept, and what it settles.
pub(super) fn hand_in(
    handing: &Handing<'_>,
    application: &mut application::Model,
    worker: &mut worker::Model,
) -> Acted<()> {
    let Handing { known, revision, evidence, at } = *handing;
    let pay = pay_of(application)?;
    let eligibility = eligibility_of(known, application, pay, worker.offshore, evidence, true);
    let eligibility = eligibility.map_err(|errors| unreadable(&errors))?;
    settle_role(known, application, &eligibility);
    application.terms_revision = revision;
    application.eligibility =
        Some(serde_json::to_value(&eligibility).map_err(|why| Fault::stored("eligibility", why))?);
    application.status = ApplicationStatus::Submitted;
    application.ended_at = None;
    clocks::start(application, &known.terms, at);
    application.declared_at = Some(at);
    application.submitted_at = Some(at);
    worker.notice_given_at = Some(at);
    Ok(())
}

/// A body that has left takes nothing new, drafts that were begun before included.
async fn body_takes_it(tx: &Tx, application: &application::Model) -> Acted<()> {
    let today = day_in_new_zealand(tx.now());
    let bodies = exceptions::bodies_of(tx.conn(), application.exception_id).await?;
    let takes = |(member, body): &(class_exception_body::Model, body::Model)| {
        body.id == application.body_id && takes_applications(member, today)
    };
    if bodies.iter().any(takes) {
        return Ok(());
    }
    let message = "This body takes no applications today. Begin an application to another body.";
    Err(UserError::new(UserErrorCode::WindowClosed, message).into())
}

fn unreadable(errors: &[QuestionError]) -> Vec<UserError> {
    errors
        .iter()
        .map(|error| UserError::at(UserErrorCode::Invalid, error.field(), error.to_string()))
        .collect()
}

/// Fills in role and occupation where the check settled them and the employer left them open. Whatever a person
/// has to look at stays open for the assessor.
fn settle_role(known: &KnownTerms, application: &mut application::Model, eligibility: &Eligibility) {
    let settled = eligibility.criteria.iter().any(|result| {
        let criterion = known.terms.criterion(&result.criterion);
        criterion.is_some_and(|criterion| criterion.kind == CriterionKind::Role)
            && result.outcome == EligibilityOutcome::Eligible
    });
    if settled {
        if application.role_code.is_none() {
            application.role_code.clone_from(&eligibility.role);
        }
        if application.occupation_code.is_none() {
            application.occupation_code.clone_from(&eligibility.occupation_code);
        }
    }
}
