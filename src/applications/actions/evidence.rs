//! Records of evidence: added and taken out by the employer.

use entity::{ApplicationId, ApplicationStatus, EventKind, EvidenceId, evidence};
use serde_json::json;

use super::open;
use crate::app::App;
use crate::applications::details::NewEvidence;
use crate::applications::rules::{Action, is_with_the_body};
use crate::applications::store::evidence as store;
use crate::db::{Command, Tx};
use crate::error::{Acted, Found, UserError, UserErrorCode};
use crate::tenancy::{CaseloadScope, EmployerScope};

/// The employer adds a record, to the application or to all of its applications to the same body.
#[derive(Clone, Debug)]
pub struct AddEvidence<'a> {
    /// The service.
    pub app: &'a App,
    /// For whom.
    pub scope: EmployerScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// The record.
    pub record: NewEvidence,
}

impl Command for AddEvidence<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "addEvidence";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Employers(self.scope.clone());
        let opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        opened.may(tx, Action::AddEvidence)?;
        let record = &self.record;
        if let Some(code) = &record.criterion {
            opened.criterion(code.as_str())?;
        }
        if store::count_beside(tx, &opened.application, record.of_employer).await? >= store::MOST_RECORDS {
            let message =
                format!("There can be at most {} records. Take one out first.", store::MOST_RECORDS);
            return Err(UserError::new(UserErrorCode::TooMany, message).into());
        }
        store::insert(tx, row(tx, &opened.application, record)).await?;
        let detail = json!({ "kind": record.kind, "ofEmployer": record.of_employer });
        Ok(opened.save(tx, EventKind::EvidenceAdded, detail).await?.id)
    }
}

fn row(tx: &Tx, application: &entity::application::Model, record: &NewEvidence) -> evidence::Model {
    evidence::Model {
        id: tx.new_id::<EvidenceId>(),
        body_id: application.body_id,
        employer_id: application.employer_id,
        application_id: (!record.of_employer).then_some(application.id),
        kind: record.kind,
        criterion: record.criterion.clone().map(Into::into),
        title: record.title.clone().into(),
        issuer: record.issuer.clone().map(Into::into),
        reference: record.reference.clone().map(Into::into),
        url: record.url.as_ref().map(|url| url.as_str().to_owned()),
        valid_from: record.valid_from,
        expires_on: record.expires_on,
        verified_at: None,
        verified_by: None,
        genuine: None,
        note: None,
        created_at: tx.now(),
    }
}

/// The employer takes a record out of a draft.
#[derive(Clone, Debug)]
pub struct RemoveEvidence<'a> {
    /// The service.
    pub app: &'a App,
    /// For whom.
    pub scope: EmployerScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Which record: of this application, or of its employer at this body.
    pub evidence: EvidenceId,
}

impl Command for RemoveEvidence<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "removeEvidence";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Employers(self.scope.clone());
        let opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        opened.may(tx, Action::RemoveEvidence)?;
        let records = store::load_for(tx, &opened.application).await?;
        let record = match records.iter().find(|record| record.id == self.evidence) {
            Some(record) => store::hold(tx, record).await?,
            None => None,
        };
        let record = record.ok_or_else(|| UserError::not_found("evidence", "record of evidence"))?;
        if record.application_id.is_none() && counts_at_the_body(tx, &record).await? {
            let message = "This record counts for an application that the body has, so it stays. Add another beside it.";
            return Err(UserError::at(UserErrorCode::WrongStatus, "evidence", message).into());
        }
        if !store::delete_unseen(tx, record.id).await? {
            let message = "The body has looked at this record, so it stays. Add another beside it.";
            return Err(UserError::at(UserErrorCode::WrongStatus, "evidence", message).into());
        }
        let detail = json!({ "kind": record.kind, "ofEmployer": record.application_id.is_none() });
        Ok(opened.save(tx, EventKind::EvidenceRemoved, detail).await?.id)
    }
}

/// Whether the employer has an application with the body that its own record counts for.
async fn counts_at_the_body(tx: &Tx, record: &evidence::Model) -> Found<bool> {
    let statuses: Vec<_> =
        ApplicationStatus::all().into_iter().filter(|one| is_with_the_body(*one)).collect();
    store::counts_in(tx, record, &statuses).await
}
