//! An application as one viewer sees it: what stands on its row. What hangs on it is in `fields`.

use async_graphql::{ID, SimpleObject};
use entity::{ApplicationId, application};

use super::kinds::ApplicationStatus;
use super::parts::Nomination;
use crate::error::{Fault, Found};
use crate::exceptions::rules::Eligibility;
use crate::schema::GlobalId;
use crate::schema::scalars::DateTime;
use crate::tenancy::{BodyScope, CaseloadScope};

/// An employer's application for one worker, to one body. The employer sees it from its first draft, the body from
/// its submission on; nobody else sees it at all.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Application {
    /// Its row, for what is resolved from it.
    #[graphql(skip)]
    pub(super) row: application::Model,
    /// From which side it is seen.
    #[graphql(skip)]
    pub(super) scope: CaseloadScope,
    /// Global id of the application.
    #[graphql(owned)]
    pub id: ID,
    /// What people call it by, e.g. NZT-7K4Q2H. It counts nothing.
    reference: String,
    /// Moves with every change. Send it back with every change; an older one is refused as STALE.
    version: i32,
    /// Where it stands.
    status: ApplicationStatus,
    /// As it stands in the employment agreement.
    job_title: String,
    /// Code of the occupation; null until it is settled.
    occupation_code: Option<String>,
    /// What the worker will do.
    duties: Option<String>,
    /// Where in New Zealand the job is.
    region: Option<String>,
    /// Who answers the body's questions.
    contact_name: Option<String>,
    /// Where the body writes to.
    contact_email: Option<String>,
    /// The nomination, once a place is given and while it stands.
    nomination: Option<Nomination>,
    /// Its id in a ballot's published list, given when it is confirmed. It tells nobody else whose it is.
    ballot_entry: Option<String>,
    /// When it was handed in, or handed in again after it was returned; null for what never was. What the body took in
    /// from its own system was handed in there.
    submitted_at: Option<DateTime>,
    /// The instant from which on the body is late with its decision, in New Zealand working days. Null before its
    /// submission, while the employer is asked, and once it is decided. Late work is flagged, never declined for it.
    due_at: Option<DateTime>,
    /// Why it was withdrawn or revoked, in the words of who did. Null otherwise.
    end_reason: Option<String>,
    /// Why a lead has put it on hold. Null while it is not on hold, and to employers.
    hold_reason: Option<String>,
    /// Why the worker of the nomination is replaced, where this is an application in its stead.
    replacement_reason: Option<String>,
    /// When the employer began it, as far as it is known here.
    created_at: DateTime,
    /// When it last changed.
    updated_at: DateTime,
}

impl Application {
    /// What its row is known by.
    #[must_use]
    pub fn key(&self) -> ApplicationId {
        self.row.id
    }

    /// The application as a viewer of this caseload sees it. The row was loaded in the same scope.
    #[must_use]
    pub fn of(row: application::Model, scope: CaseloadScope) -> Self {
        Self {
            id: GlobalId::of(&row.id),
            reference: row.reference.clone(),
            version: row.version,
            status: row.status.into(),
            job_title: row.job_title.clone(),
            occupation_code: row.occupation_code.clone(),
            duties: row.duties.clone(),
            region: row.region.clone(),
            contact_name: row.contact_name.clone(),
            contact_email: row.contact_email.clone(),
            nomination: Nomination::of(&row),
            ballot_entry: row.ballot_entry.clone(),
            submitted_at: row.submitted_at.map(DateTime),
            due_at: row.due_at.map(DateTime),
            end_reason: row.end_reason.clone(),
            hold_reason: row.hold_reason.clone().filter(|_| matches!(scope, CaseloadScope::Body(_))),
            replacement_reason: row.supersedes_reason.clone(),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            row,
            scope,
        }
    }

    /// The body's scope, where it is seen by the body's own people: how the body works is for them alone.
    pub(super) fn inside(&self) -> Option<&BodyScope> {
        match &self.scope {
            CaseloadScope::Body(scope) => Some(scope),
            CaseloadScope::Employers(_) => None,
        }
    }

    /// What the check said at its submission, as it was kept.
    pub(super) fn snapshot(&self) -> Found<Option<Eligibility>> {
        let kept = self.row.eligibility.clone().map(serde_json::from_value).transpose();
        kept.map_err(|why| Fault::stored("eligibility", why))
    }
}
