//! The employer's draft: begun and changed.

use entity::{
    ApplicationId, ApplicationStatus, EmployerId, EventKind, InterestId, application, body, class_exception,
    employer,
};
use rust_decimal::prelude::ToPrimitive;
use serde_json::json;

use super::parties::{find_body, find_exception};
use super::{interest, open, worker};
use crate::app::App;
use crate::applications::details::{Changes, WorkerDetails};
use crate::applications::rules::{Action, Refusal, takes_applications};
use crate::applications::store::{case, words};
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault, UserError, UserErrorCode};
use crate::exceptions::rules::Window;
use crate::exceptions::store::KnownTerms;
use crate::history::{self, Event};
use crate::tenancy::{CaseloadScope, EmployerScope};
use crate::values::nzbn::Nzbn;
use crate::values::pay::Pay;
use crate::values::reference::{Prefix, Reference};
use crate::values::text::Line;

/// How many references are tried before giving up: two in about 33 million of a body are the same.
const REFERENCES_TRIED: u32 = 16;

/// The employer begins an application to a body.
#[derive(Clone, Debug)]
pub struct CreateApplication<'a> {
    /// The service.
    pub app: &'a App,
    /// For whom.
    pub scope: EmployerScope,
    /// Slug of the class exception.
    pub exception: String,
    /// Slug of the body.
    pub body: String,
    /// Which employer.
    pub employer: Nzbn,
    /// The expression of interest that it comes of.
    pub interest: Option<InterestId>,
    /// What it says; an absent field stays open.
    pub changes: Changes,
    /// The job's title, which cannot stay open.
    pub job_title: Line<200>,
    /// The pay, which cannot stay open.
    pub pay: Pay,
    /// The worker, who cannot stay open.
    pub worker: WorkerDetails,
}

impl Command for CreateApplication<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "createApplication";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let (exception, body, employer) = self.parties(tx).await?;
        Window::from(&exception).may_draft(tx.now()).map_err(Refusal::from)?;
        let known = self.app.shelf.terms(tx.conn(), exception.id, exception.revision).await?;
        let parties = Parties { exception: &exception, body: &body, employer: employer.id };
        let mut application = parties.begin(tx, &self.job_title, &self.pay).await?;
        apply(&known, &mut application, self.changes.clone())?;
        if let Some(interest) = self.interest {
            interest::come_of(tx, &self.scope, interest, self.employer, &mut application).await?;
        }
        let mut row = worker::blank(application.id, body.id, &self.worker);
        let sealing = self.app.keys.sealing(tx).await?;
        let passport = worker::apply(&sealing, &mut row, self.worker.clone())?;
        let id = application.id;
        let event = Event::of_application(EventKind::Created, &application);
        case::insert(tx, application, row).await?;
        worker::save_fingerprints(tx, exception.id, id, passport).await?;
        history::record(tx, [event]).await?;
        Ok(id)
    }
}

impl CreateApplication<'_> {
    /// The exception, the body that takes applications under it today, and the viewer's own employer.
    async fn parties(&self, tx: &Tx) -> Acted<(class_exception::Model, body::Model, employer::Model)> {
        let exception = find_exception(tx, &self.exception).await?;
        let body = find_body(tx, &exception, &self.body, takes_applications).await?;
        let employer = case::find_employer(tx, &self.employer.to_string()).await?;
        let employer = employer.filter(|employer| self.scope.employers().contains(&employer.id));
        let employer = employer.ok_or_else(|| {
            let message = "You act for no employer with this NZBN. Check the number, or ask to be added.";
            UserError::at(UserErrorCode::NotFound, "employerNzbn", message)
        })?;
        Ok((exception, body, employer))
    }
}

/// Between whom an application is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parties<'a> {
    pub(super) exception: &'a class_exception::Model,
    pub(super) body: &'a body::Model,
    pub(super) employer: EmployerId,
}

impl Parties<'_> {
    /// An application that says nothing yet but what cannot stay open.
    pub(super) async fn begin(&self, tx: &Tx, job_title: &Line<200>, pay: &Pay) -> Acted<application::Model> {
        let reference = new_reference(tx, self.body).await?;
        Ok(self.blank(tx, reference, job_title, pay))
    }

    fn blank(&self, tx: &Tx, reference: Reference, job_title: &Line<200>, pay: &Pay) -> application::Model {
        application::Model {
            id: tx.new_id(),
            exception_id: self.exception.id,
            terms_revision: self.exception.revision,
            body_id: self.body.id,
            employer_id: self.employer,
            interest_id: None,
            reference: reference.to_string(),
            version: 1,
            revision: 1,
            status: ApplicationStatus::Draft,
            round: 1,
            contact_name: None,
            contact_email: None,
            role_code: None,
            job_title: job_title.as_str().to_owned(),
            occupation_code: None,
            duties: None,
            region: None,
            pay_cents: pay.amount_cents(),
            pay_currency: pay.currency().to_string(),
            pay_period: pay.period(),
            pay_hours_hundredths: pay.hours_hundredths(),
            annual_cents: annual_cents(pay),
            eligibility: None,
            assessor_id: None,
            declared_at: None,
            submitted_at: None,
            priority: None,
            confirmed_at: None,
            ballot_entry: None,
            nominated_at: None,
            valid_until: None,
            due_at: None,
            days_left: None,
            ended_at: None,
            end_reason: None,
            hold_reason: None,
            supersedes_id: None,
            supersedes_reason: None,
            days_to_decision: None,
            purged_at: None,
            created_at: tx.now(),
            updated_at: tx.now(),
        }
    }
}

/// The employer changes a draft, or an application that was returned.
#[derive(Clone, Debug)]
pub struct UpdateApplication<'a> {
    /// The service.
    pub app: &'a App,
    /// For whom.
    pub scope: EmployerScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// What changes.
    pub changes: Changes,
}

impl Command for UpdateApplication<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "updateApplication";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Employers(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        opened.may(tx, Action::Update)?;
        let fields = changed_fields(&self.changes);
        if fields.is_empty() {
            let message = "Name at least one field that is to change.";
            return Err(UserError::new(UserErrorCode::Required, message).into());
        }
        if let Some(details) = self.changes.worker.clone() {
            let mut row = case::load_worker(tx, &opened.application).await?;
            let sealing = self.app.keys.sealing(tx).await?;
            let passport = worker::apply(&sealing, &mut row, details)?;
            case::save_worker(tx, row).await?;
            worker::save_fingerprints(tx, opened.exception.id, self.id, passport).await?;
        }
        opened.application.terms_revision = opened.exception.revision;
        apply(&opened.known, &mut opened.application, self.changes.clone())?;
        let saved = opened.save(tx, EventKind::Updated, json!({ "fields": fields })).await?;
        words::save_words(tx, &saved).await?;
        Ok(saved.id)
    }
}

/// The names of the fields that a change names, as clients call them.
fn changed_fields(changes: &Changes) -> Vec<&'static str> {
    let fields = [
        (changes.contact_name.is_change(), "contactName"),
        (changes.contact_email.is_change(), "contactEmail"),
        (changes.role.is_change(), "role"),
        (changes.job_title.is_some(), "jobTitle"),
        (changes.occupation_code.is_change(), "occupationCode"),
        (changes.duties.is_change(), "duties"),
        (changes.region.is_change(), "region"),
        (changes.pay.is_some(), "remuneration"),
        (changes.worker.is_some(), "worker"),
    ];
    fields.into_iter().filter_map(|(changed, name)| changed.then_some(name)).collect()
}

/// Writes a change into an application. Codes have to be ones that the terms know.
pub(super) fn apply(known: &KnownTerms, application: &mut application::Model, changes: Changes) -> Acted<()> {
    application.contact_name = changes.contact_name.applied_to(application.contact_name.take(), Into::into);
    application.contact_email =
        changes.contact_email.applied_to(application.contact_email.take(), |email| email.as_str().to_owned());
    application.role_code = changes.role.applied_to(application.role_code.take(), Into::into);
    application.occupation_code =
        changes.occupation_code.applied_to(application.occupation_code.take(), Into::into);
    application.duties = changes.duties.applied_to(application.duties.take(), Into::into);
    application.region = changes.region.applied_to(application.region.take(), Into::into);
    if let Some(job_title) = changes.job_title {
        application.job_title = job_title.into();
    }
    if let Some(pay) = changes.pay {
        application.pay_cents = pay.amount_cents();
        application.pay_currency = pay.currency().to_string();
        application.pay_period = pay.period();
        application.pay_hours_hundredths = pay.hours_hundredths();
        application.annual_cents = annual_cents(&pay);
    }
    let errors = check_codes(known, application);
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

/// Refuses codes that the terms do not know, with those that they do.
pub(super) fn check_codes(known: &KnownTerms, application: &application::Model) -> Vec<UserError> {
    let mut errors = Vec::new();
    if application.role_code.as_deref().is_some_and(|code| known.terms.role(code).is_none()) {
        errors.push(no_such_role(known, "role"));
    }
    if application.occupation_code.as_deref().is_some_and(|code| !known.index.knows_occupation(code)) {
        let message =
            "There is no such occupation here. Search for the job title to find its code, or leave it out.";
        errors.push(UserError::at(UserErrorCode::Invalid, "occupationCode", message));
    }
    errors
}

/// Refuses the code of a role that the terms do not know, with those that they do.
pub(super) fn no_such_role(known: &KnownTerms, field: &str) -> UserError {
    let codes: Vec<_> = known.terms.roles.iter().map(|role| role.code.as_str()).collect();
    let message = format!("There is no such approved role. The codes are {}.", codes.join(", "));
    UserError::at(UserErrorCode::Invalid, field, message)
}

/// Annual pay for ordering: cut to the cent.
fn annual_cents(pay: &Pay) -> i64 {
    (pay.annual() * rust_decimal::Decimal::ONE_HUNDRED).trunc().to_i64().unwrap_or(i64::MAX)
}

pub(super) async fn new_reference(tx: &Tx, body: &body::Model) -> Acted<Reference> {
    let prefix = Prefix::parse(&body.prefix).map_err(|why| Fault::stored("body's prefix", why))?;
    for _ in 0..REFERENCES_TRIED {
        let reference = Reference::make(prefix, tx.random_bytes());
        if !case::reference_is_taken(tx, &reference.to_string()).await? {
            return Ok(reference);
        }
    }
    Err(Fault::Race("no free reference was found").into())
}
