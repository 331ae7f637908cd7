//! Who works on what: taken by an assessor, or given by a lead.

use std::collections::BTreeMap;

use entity::{ApplicationId, ApplicationStatus, EventKind, PersonId, application, class_exception, conflict};
use serde_json::json;

use super::draft::no_such_role;
use super::parties::find_exception;
use super::{Opened, gather, gather_all, nothing_more};
use crate::app::App;
use crate::applications::rules::{Action, Refusal};
use crate::applications::store::{case, hands};
use crate::db::{Command, Tx};
use crate::error::{Acted, Found, UserError, UserErrorCode};
use crate::history::{self, Event};
use crate::tenancy::{BodyScope, CaseloadScope};

/// An assessor takes the next application of the body's queue that nobody has.
#[derive(Clone, Debug)]
pub struct TakeNext<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Slug of the class exception.
    pub exception: String,
    /// For one of these roles; any where empty.
    pub roles: Vec<String>,
}

impl Command for TakeNext<'_> {
    type Answer = Option<ApplicationId>;
    const NAME: &'static str = "takeNextApplication";

    async fn run(&self, tx: &Tx) -> Acted<Option<ApplicationId>> {
        let exception = find_exception(tx, &self.exception).await?;
        self.roles_are_known(tx, &exception).await?;
        let Some(application) = hands::claim_next(tx, &self.scope, exception.id, &self.roles).await? else {
            return Ok(None);
        };
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = gather(tx, self.app, &scope, application).await?;
        opened.may(tx, Action::Take)?;
        opened.application.assessor_id = Some(self.scope.person());
        opened.moves(Action::Take, ApplicationStatus::InAssessment);
        Ok(Some(opened.save(tx, EventKind::Taken, nothing_more()).await?.id))
    }
}

impl TakeNext<'_> {
    /// Refuses a role that the terms have never had. What waits may be held against earlier ones.
    async fn roles_are_known(&self, tx: &Tx, exception: &class_exception::Model) -> Acted<()> {
        if self.roles.is_empty() {
            return Ok(());
        }
        let known = self.app.shelf.terms(tx.conn(), exception.id, exception.revision).await?;
        let mut unknown: Vec<(usize, &String)> = self.roles.iter().enumerate().collect();
        unknown.retain(|(_, code)| known.terms.role(code).is_none());
        for revision in (1..exception.revision).rev() {
            if unknown.is_empty() {
                break;
            }
            let earlier = self.app.shelf.terms(tx.conn(), exception.id, revision).await?;
            unknown.retain(|(_, code)| earlier.terms.role(code).is_none());
        }
        let errors: Vec<_> =
            unknown.iter().map(|(at, _)| no_such_role(&known, &format!("role.{at}"))).collect();
        if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
    }
}

/// A lead gives applications to an assessor, or back to the queue. All of them or none.
#[derive(Clone, Debug)]
pub struct AssignApplications<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which applications.
    pub ids: Vec<ApplicationId>,
    /// To whom; none for back to the queue.
    pub assessor: Option<PersonId>,
}

impl Command for AssignApplications<'_> {
    type Answer = Vec<ApplicationId>;
    const NAME: &'static str = "assignApplications";

    async fn run(&self, tx: &Tx) -> Acted<Vec<ApplicationId>> {
        if let Some(assessor) = self.assessor
            && !hands::assesses_for(tx, self.scope.body(), assessor).await?
        {
            return Err(UserError::not_found("assessor", "assessor in your body").into());
        }
        let found = case::lock_applications(tx, &self.scope, &self.ids).await?;
        let employers: Vec<_> = found.iter().map(|one| one.employer_id).collect();
        let conflicts = case::load_conflicts(tx, &employers, self.assessor.as_slice()).await?;
        let scope = CaseloadScope::Body(self.scope.clone());
        let found = gather_all(tx, self.app, &scope, found).await?;
        let mut errors = Vec::new();
        for (index, id) in self.ids.iter().enumerate() {
            if let Err(error) = self.may(tx, found.iter().find(|one| one.application.id == *id), &conflicts) {
                errors.push(UserError { field: Some(vec!["ids".into(), index.to_string()]), ..error });
            }
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        put_all_into_hands(tx, found.into_iter().map(|one| one.application).collect(), self.assessor).await?;
        // One that is named twice is assigned once.
        let again = |index: usize, id: &ApplicationId| self.ids.iter().take(index).any(|one| one == id);
        let assigned = self.ids.iter().enumerate().filter(|(index, id)| !again(*index, id));
        Ok(assigned.map(|(_, id)| *id).collect())
    }
}

impl AssignApplications<'_> {
    fn may(&self, tx: &Tx, opened: Option<&Opened>, conflicts: &[conflict::Model]) -> Result<(), UserError> {
        let opened = opened.ok_or_else(|| UserError::not_found("ids", "application"))?;
        opened.may(tx, Action::Assign)?;
        let Some(assessor) = self.assessor else { return Ok(()) };
        if conflicts.iter().any(|one| one.employer_id == opened.application.employer_id) {
            let message = "This assessor has declared a conflict of interest with the employer.";
            return Err(UserError::new(UserErrorCode::ConflictOfInterest, message));
        }
        if opened.case.took_part_before.contains(&assessor) {
            return Err(Refusal::EarlierRound { who: "an assessor" }.into());
        }
        Ok(())
    }
}

/// Where an application stands in somebody's hands, or back in the queue. What was asked of the employer stays asked; the
/// others are in nobody's hands, and the law of assigning refuses them before.
fn status_in_hands(status: ApplicationStatus, assessor: Option<PersonId>) -> ApplicationStatus {
    match (status, assessor) {
        (ApplicationStatus::InformationRequested, _) => ApplicationStatus::InformationRequested,
        (ApplicationStatus::Submitted | ApplicationStatus::InAssessment, Some(_)) => {
            ApplicationStatus::InAssessment
        }
        (ApplicationStatus::Submitted | ApplicationStatus::InAssessment, None) => {
            ApplicationStatus::Submitted
        }
        (
            ApplicationStatus::Draft
            | ApplicationStatus::Recommended
            | ApplicationStatus::Confirmed
            | ApplicationStatus::Nominated
            | ApplicationStatus::Declined
            | ApplicationStatus::Returned
            | ApplicationStatus::Withdrawn
            | ApplicationStatus::Revoked
            | ApplicationStatus::Lapsed
            | ApplicationStatus::Superseded,
            Some(_) | None,
        ) => status,
    }
}

/// Puts applications that are held into somebody's hands, or back into the queue.
pub(super) async fn put_all_into_hands(
    tx: &Tx,
    applications: Vec<application::Model>,
    assessor: Option<PersonId>,
) -> Found<()> {
    let mut by_status = BTreeMap::<_, Vec<ApplicationId>>::new();
    for application in &applications {
        by_status.entry(status_in_hands(application.status, assessor)).or_default().push(application.id);
    }
    // As many statements as there are states to stand in afterwards: two at most.
    for (status, ids) in by_status {
        hands::save_hands(tx, &ids, status, assessor).await?;
    }
    let event = |application| {
        Event::of_application(EventKind::Assigned, application).with(json!({ "assessor": assessor }))
    };
    history::record(tx, applications.iter().map(event)).await
}
