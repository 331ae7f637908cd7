//! Findings on criteria, and a look at evidence.

use chrono::NaiveDate;
use entity::{ApplicationId, AssessmentOutcome, EventKind, EvidenceId, assessment, evidence};
use serde_json::json;

use super::{draft, gather, open};
use crate::app::App;
use crate::applications::details::{LongText, ShortText};
use crate::applications::rules::{Action, Refusal};
use crate::applications::store::{case, evidence as store};
use crate::db::{Command, Tx};
use crate::error::{Acted, UserError, UserErrorCode};
use crate::exceptions::definition::CriterionKind;
use crate::history::{self, Event};
use crate::tenancy::{BodyScope, CaseloadScope};

/// Which role and occupation the assessor finds it to be; what is absent stays as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleFinding {
    /// Code of the approved role.
    pub role: Option<ShortText>,
    /// Code of the occupation.
    pub occupation_code: Option<ShortText>,
}

/// An assessor records a finding on one criterion, in place of an earlier one of the same round.
#[derive(Clone, Debug)]
pub struct RecordAssessment<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Code of the criterion.
    pub criterion: String,
    /// The finding.
    pub outcome: AssessmentOutcome,
    /// For the role criterion.
    pub role: RoleFinding,
    /// For colleagues.
    pub note: Option<LongText>,
}

impl Command for RecordAssessment<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "recordAssessment";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        opened.may(tx, Action::Assess)?;
        let kind = opened.criterion(&self.criterion)?.kind;
        if kind == CriterionKind::Role {
            let application = &mut opened.application;
            application.role_code = self.role.role.clone().map(Into::into).or(application.role_code.take());
            let occupation = self.role.occupation_code.clone().map(Into::into);
            application.occupation_code = occupation.or(application.occupation_code.take());
            let errors = draft::check_codes(&opened.known, &opened.application);
            if !errors.is_empty() {
                return Err(errors.into());
            }
            let stands =
                opened.application.role_code.is_some() && opened.application.occupation_code.is_some();
            if self.outcome == AssessmentOutcome::Met && !stands {
                return Err(Refusal::RoleNeeded.into());
            }
        } else if self.role != RoleFinding::default() {
            let message = "Role and occupation go with the role criterion.";
            return Err(UserError::at(UserErrorCode::Invalid, "role", message).into());
        }
        let finding = assessment::Model {
            application_id: self.id,
            round: opened.application.round,
            criterion: self.criterion.clone(),
            body_id: self.scope.body(),
            outcome: self.outcome,
            note: self.note.clone().map(Into::into),
            assessor_id: self.scope.person(),
            turn: opened.application.version + 1,
            at: tx.now(),
        };
        case::save_finding(tx, finding).await?;
        let detail = json!({ "criterion": self.criterion, "outcome": self.outcome });
        Ok(opened.save(tx, EventKind::Assessed, detail).await?.id)
    }
}

/// One of the body's people has looked at a record of evidence. For a record of the employer, that holds for all
/// of its applications to the body.
#[derive(Clone, Debug)]
pub struct VerifyEvidence<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which record.
    pub evidence: EvidenceId,
    /// Whether it is what it says it is.
    pub genuine: bool,
    /// Its last day, where the look has shown one.
    pub expires_on: Option<NaiveDate>,
    /// For colleagues.
    pub note: Option<LongText>,
}

impl Command for VerifyEvidence<'_> {
    type Answer = EvidenceId;
    const NAME: &'static str = "verifyEvidence";

    async fn run(&self, tx: &Tx) -> Acted<EvidenceId> {
        let record = store::find_in_body(tx, &self.scope, self.evidence).await?;
        let record = record.ok_or_else(|| UserError::not_found("evidence", "record of evidence"))?;
        self.may(tx, &record).await?;
        let record = store::hold(tx, &record).await?;
        let record = record.ok_or_else(|| UserError::not_found("evidence", "record of evidence"))?;
        let event = Event {
            application: record.application_id,
            body: Some(record.body_id),
            kind: EventKind::EvidenceVerified,
            exception: None,
            detail: json!({ "evidence": record.id, "genuine": self.genuine }),
            by_service: false,
        };
        if let Some(application) = record.application_id {
            case::touch(tx, application).await?;
        }
        let looked_at = evidence::Model {
            verified_at: Some(tx.now()),
            verified_by: Some(self.scope.person()),
            genuine: Some(self.genuine),
            expires_on: self.expires_on.or(record.expires_on),
            note: self.note.clone().map(Into::into),
            ..record
        };
        store::save(tx, looked_at).await?;
        history::record(tx, [event]).await?;
        Ok(self.evidence)
    }
}

impl VerifyEvidence<'_> {
    /// A record of an application goes by the application; one of the employer by conflicts alone.
    async fn may(&self, tx: &Tx, record: &evidence::Model) -> Acted<()> {
        let scope = CaseloadScope::Body(self.scope.clone());
        if let Some(id) = record.application_id {
            let application = case::lock_application(tx, &scope, id).await?;
            let application =
                application.ok_or_else(|| UserError::not_found("evidence", "record of evidence"))?;
            let opened = gather(tx, self.app, &scope, application).await?;
            return Ok(opened.may(tx, Action::VerifyEvidence)?);
        }
        if case::conflicted(tx, record.employer_id, &[self.scope.person()]).await?.is_empty() {
            Ok(())
        } else {
            Err(Refusal::ConflictOfInterest.into())
        }
    }
}
