//! Who works on what: taken by an assessor, or given by a lead.

use entity::{ApplicationId, ApplicationStatus, EventKind, PersonId, application};
use serde_json::json;

use super::{gather, nothing_more, save};
use crate::app::App;
use crate::applications::rules::{Action, Refusal};
use crate::applications::store::case;
use crate::db::{Command, Tx};
use crate::error::{Acted, UserError, UserErrorCode};
use crate::exceptions::store as exceptions;
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
        let exception = exceptions::find_by_slug(tx.conn(), &self.exception).await?;
        let exception = exception.ok_or_else(|| UserError::not_found("classException", "class exception"))?;
        let Some(application) = case::claim_next(tx, &self.scope, exception.id, &self.roles).await? else {
            return Ok(None);
        };
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = gather(tx, self.app, &scope, application).await?;
        opened.may(tx, Action::Take)?;
        put_into_hands(&mut opened.application, Some(self.scope.person()));
        Ok(Some(opened.save(tx, EventKind::Taken, nothing_more()).await?.id))
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
            && !case::assesses_for(tx, self.scope.body(), assessor).await?
        {
            return Err(UserError::not_found("assessor", "assessor in your body").into());
        }
        let found = case::lock_applications(tx, &self.scope, &self.ids).await?;
        let mut assigned = Vec::new();
        let mut errors = Vec::new();
        for (index, id) in self.ids.iter().enumerate() {
            // One that is named twice is assigned once: its row moves on with the first.
            if assigned.contains(id) {
                continue;
            }
            match self.assign(tx, found.iter().find(|one| one.id == *id)).await? {
                Ok(()) => assigned.push(*id),
                Err(error) => {
                    errors.push(UserError { field: Some(vec!["ids".into(), index.to_string()]), ..error });
                }
            }
        }
        if errors.is_empty() { Ok(assigned) } else { Err(errors.into()) }
    }
}

impl AssignApplications<'_> {
    async fn assign(&self, tx: &Tx, found: Option<&application::Model>) -> Acted<Result<(), UserError>> {
        let Some(application) = found else { return Ok(Err(UserError::not_found("ids", "application"))) };
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = gather(tx, self.app, &scope, application.clone()).await?;
        if let Err(refusal) = opened.may(tx, Action::Assign) {
            return Ok(Err(refusal.into()));
        }
        if let Some(assessor) = self.assessor {
            if !case::conflicted(tx, application.employer_id, &[assessor]).await?.is_empty() {
                let message = "This assessor has declared a conflict of interest with the employer.";
                return Ok(Err(UserError::new(UserErrorCode::ConflictOfInterest, message)));
            }
            if opened.case.took_part_before.contains(&assessor) {
                return Ok(Err(Refusal::EarlierRound { who: "an assessor" }.into()));
            }
        }
        put_into_hands(&mut opened.application, self.assessor);
        opened.save(tx, EventKind::Assigned, json!({ "assessor": self.assessor })).await?;
        Ok(Ok(()))
    }
}

/// Puts an application into somebody's hands, or back into the queue. What was asked of the employer stays asked.
fn put_into_hands(application: &mut application::Model, assessor: Option<PersonId>) {
    application.assessor_id = assessor;
    application.status = match (application.status, assessor) {
        (ApplicationStatus::InformationRequested, _) => ApplicationStatus::InformationRequested,
        (_, Some(_)) => ApplicationStatus::InAssessment,
        (_, None) => ApplicationStatus::Submitted,
    };
}

/// Takes an application out of the hands of somebody who may not judge it any more.
pub(super) async fn back_to_queue(tx: &Tx, mut application: application::Model) -> Acted<()> {
    put_into_hands(&mut application, None);
    save(tx, application, EventKind::Assigned, json!({ "assessor": null })).await?;
    Ok(())
}
