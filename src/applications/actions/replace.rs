//! Another worker for a nomination: the employer begins an application in its stead, and its confirmation takes the place
//! over. Until then the nomination stands.

use entity::{ApplicationId, ApplicationStatus, EventKind, application};
use serde_json::json;

use super::confirm::entrant;
use super::draft::new_reference;
use super::places::{Served, give_places, nominate_own};
use super::worker::PassportChange;
use super::{end, open_at_gate, save, worker};
use crate::app::App;
use crate::applications::details::{LongText, WorkerDetails};
use crate::applications::rules::{Action, Refusal, may_pass_on};
use crate::applications::store::{case, standing};
use crate::db::{Command, Gate, Tx};
use crate::error::{Acted, UserError, UserErrorCode};
use crate::history::{self, Event};
use crate::quota;
use crate::quota::actions::Passed;
use crate::tenancy::{CaseloadScope, EmployerScope};

/// The employer begins an application for another worker in the same role, linked to the nomination. It is a draft: all is
/// checked anew.
#[derive(Clone, Debug)]
pub struct ReplaceWorker<'a> {
    /// The service.
    pub app: &'a App,
    /// For whom.
    pub scope: EmployerScope,
    /// The nomination.
    pub id: ApplicationId,
    /// The version of it that was read.
    pub version: i32,
    /// The other worker.
    pub worker: WorkerDetails,
    /// Why; the body reads it with the application.
    pub reason: LongText,
}

impl Command for ReplaceWorker<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "replaceWorker";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Employers(self.scope.clone());
        let (opened, _gate) = open_at_gate(tx, self.app, &scope, self.id, self.version).await?;
        opened.may(tx, Action::ReplaceWorker)?;
        let (old, terms_revision) = (&opened.application, opened.exception.revision);
        let body = case::load_body(tx, old).await?;
        let mut new = application::Model {
            id: tx.new_id(),
            reference: new_reference(tx, &body).await?.to_string(),
            terms_revision,
            supersedes_reason: Some(self.reason.as_str().to_owned()),
            ..anew(old)
        };
        (new.created_at, new.updated_at) = (tx.now(), tx.now());
        let mut row = worker::blank(new.id, new.body_id, &self.worker);
        let sealing = self.app.keys.sealing(tx).await?;
        let passport = worker::apply(&sealing, &mut row, self.worker.clone())?;
        is_another(tx, old, &passport).await?;
        let (id, exception) = (new.id, new.exception_id);
        let created =
            Event::of_application(EventKind::Created, &new).with(json!({ "supersedes": old.reference }));
        case::insert(tx, new, row).await?;
        worker::save_fingerprints(tx, exception, id, passport).await?;
        history::record(tx, [created]).await?;
        Ok(id)
    }
}

/// A draft for the same job, with nothing of the nomination's own course in it.
fn anew(old: &application::Model) -> application::Model {
    application::Model {
        version: 1,
        revision: 1,
        status: ApplicationStatus::Draft,
        round: 1,
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
        days_to_decision: None,
        hold_reason: None,
        supersedes_id: Some(old.id),
        interest_id: None,
        ..old.clone()
    }
}

/// A correction of the same worker's details is an amendment, which the body makes.
async fn is_another(tx: &Tx, old: &application::Model, passport: &PassportChange) -> Acted<()> {
    let PassportChange::Set(fingerprints) = passport else { return Ok(()) };
    if !worker::has_this_passport(tx, old.id, fingerprints).await? {
        return Ok(());
    }
    let message =
        "This is the passport of the nomination's own worker. Ask the body to correct what is wrong.";
    Err(UserError::at(UserErrorCode::Invalid, "worker.passportNumber", message).into())
}

/// A confirmed application takes the place of the nomination over that it is to replace; false where that one does not
/// stand any more, or its place is on its way back, and this one takes its turn like any other.
pub(super) async fn take_over(
    gate: &Gate<'_>,
    app: &App,
    new: &application::Model,
    old: ApplicationId,
) -> Acted<bool> {
    let tx = gate.tx();
    let Some(old) = case::load_across_tenants(gate, &[old]).await?.pop() else { return Ok(false) };
    if old.status != ApplicationStatus::Nominated {
        return Ok(false);
    }
    if let Some(role) = old.role_code.as_ref().filter(|_| old.role_code != new.role_code) {
        return Err(Refusal::OtherRole { role: role.clone() }.into());
    }
    // What the agency has said may have come while this waited for the gate.
    if let Some(standing) = standing::load_standings(tx.conn(), &[old.id]).await?.get(&old.id) {
        may_pass_on(standing)?;
    }
    let given = match quota::actions::pass_on(gate, old.id, &entrant(new)?).await? {
        Passed::On(given) => given,
        Passed::NoPlace => return Ok(false),
        Passed::WorkerHoldsPlace => return Err(Refusal::WorkerHoldsPlace.into()),
    };
    let superseded = end(tx, old, ApplicationStatus::Superseded).await?;
    save(tx, superseded, EventKind::Superseded, json!({ "reference": new.reference })).await?;
    nominate_own(tx, app, new.clone(), given).await?;
    // The old worker holds no place any more: another application of theirs may be due.
    let _: Vec<Served> = give_places(gate, app).await?;
    Ok(true)
}

/// Refuses an application in the stead of a nomination that stands, where it says another role.
pub(super) async fn is_the_same_role(tx: &Tx, scope: &CaseloadScope, new: &application::Model) -> Acted<()> {
    let Some(old) = new.supersedes_id else { return Ok(()) };
    let old = case::find_application(tx, scope, old).await?;
    let old = old.filter(|old| old.status == ApplicationStatus::Nominated && old.role_code != new.role_code);
    match old.and_then(|old| old.role_code).filter(|_| new.role_code.is_some()) {
        Some(role) => Err(Refusal::OtherRole { role }.into()),
        None => Ok(()),
    }
}

/// Tells the nomination's history that an application in its stead was handed in.
pub(super) async fn tell_the_nomination(tx: &Tx, new: &application::Model) -> Acted<()> {
    let Some(old) = new.supersedes_id else { return Ok(()) };
    let mut event = Event::of_application(EventKind::ReplacementBegun, new);
    event.application = Some(old);
    Ok(history::record(tx, [event.with(json!({ "reference": new.reference }))]).await?)
}
