//! What a body's staff send: who works on what, findings, advice, and the second person's agreement.

use async_graphql::{ID, InputObject};

use super::reader::Reader;
use crate::app::App;
use crate::applications::actions::{
    AssignApplications, Confirm, DeclareConflict, Recommend, RecordAssessment, RoleFinding, TakeNext,
};
use crate::applications::details::{Advice, LongText, ShortText};
use crate::applications::graphql::kinds::{AssessmentOutcome, DecisionReason, RecommendationOutcome};
use crate::error::{Acted, UserErrorCode};
use crate::schema::scalars::Nzbn;
use crate::tenancy::BodyScope;

/// Most applications that are assigned at once.
pub(crate) const IDS_MAX: usize = 100;
/// Most roles that a queue is narrowed to.
const ROLES_MAX: usize = 20;
/// Most reasons of one piece of advice.
pub(super) const REASONS_MAX: usize = 20;

/// Applications that are to be given to an assessor, all of them or none.
#[derive(InputObject)]
pub struct AssignApplicationsInput {
    /// Makes it safe to send again: the same key and input assign them once.
    idempotency_key: Option<String>,
    /// 1 to 100 applications of the viewer's body.
    pub(in crate::applications::graphql) ids: Vec<ID>,
    /// An assessor or lead of the body; null to put them back into the queue.
    assessor: Option<ID>,
}

impl AssignApplicationsInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken; an id of nothing with its position in the list.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<AssignApplications<'_>> {
        let mut reader = Reader::default();
        reader.bound("ids", self.ids.len(), IDS_MAX);
        if self.ids.is_empty() {
            reader.refuse(UserErrorCode::Required, "ids", "Name at least one application.");
        }
        let ids = self.ids.iter().take(IDS_MAX).enumerate();
        let ids = ids.filter_map(|(at, id)| reader.id(&format!("ids.{at}"), id)).collect();
        let assessor = self.assessor.and_then(|id| reader.id("assessor", &id));
        let ids = reader.finish(Some(ids))?;
        Ok(AssignApplications { app, scope, ids, assessor })
    }
}

/// A wish for work.
#[derive(InputObject)]
pub struct TakeNextApplicationInput {
    /// Makes it safe to send again: the same key and input take one application.
    idempotency_key: Option<String>,
    /// Slug of the class exception whose queue it is.
    class_exception: String,
    /// Codes of at most 20 approved roles to choose from; any where absent or empty. One that there never was is refused.
    role: Option<Vec<String>>,
}

impl TakeNextApplicationInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Where the class exception or a role cannot be one.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<TakeNext<'_>> {
        let mut reader = Reader::default();
        let exception = reader.exception(self.class_exception);
        let sent = self.role.unwrap_or_default();
        reader.bound("role", sent.len(), ROLES_MAX);
        let sent = sent.iter().take(ROLES_MAX).enumerate();
        let roles = sent.filter_map(|(at, code)| reader.need(&format!("role.{at}"), code, ShortText::parse));
        let roles = roles.map(Into::into).collect();
        let exception = reader.finish(exception)?;
        Ok(TakeNext { app, scope, exception, roles })
    }
}

/// A conflict of interest, declared for the viewer's own person.
#[derive(InputObject)]
pub struct DeclareConflictInput {
    /// Makes it safe to send again: the same key and input declare it once.
    idempotency_key: Option<String>,
    /// The employer of the application, named once more so that nobody declares by mistake.
    employer: Nzbn,
    /// What the conflict is; the body alone keeps it.
    reason: String,
    /// The application that it came up with.
    id: ID,
}

impl DeclareConflictInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<DeclareConflict<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let reason = reader.need("reason", &self.reason, LongText::parse);
        let (id, reason) = reader.finish(id.zip(reason))?;
        Ok(DeclareConflict { app, scope, id, employer: self.employer.0, reason })
    }
}

/// A finding on one criterion; it takes the place of an earlier one of the same round.
#[derive(InputObject)]
pub struct RecordAssessmentInput {
    /// Makes it safe to send again: the same key and input are recorded once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Code of the criterion.
    criterion: String,
    /// What was found.
    outcome: AssessmentOutcome,
    /// For the role criterion: code of the approved role. Needed where it is met and none stands.
    role: Option<String>,
    /// For the role criterion: code of the occupation. Needed where it is met and none stands.
    occupation_code: Option<String>,
    /// For colleagues; employers never read it.
    note: Option<String>,
}

impl RecordAssessmentInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<RecordAssessment<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let role = RoleFinding {
            role: reader.maybe("role", self.role.as_deref(), ShortText::parse),
            occupation_code: reader.maybe(
                "occupationCode",
                self.occupation_code.as_deref(),
                ShortText::parse,
            ),
        };
        let note = reader.maybe("note", self.note.as_deref(), LongText::parse);
        let (id, version) = (reader.finish(id)?, self.version);
        let (criterion, outcome) = (self.criterion, self.outcome.into());
        Ok(RecordAssessment { app, scope, id, version, criterion, outcome, role, note })
    }
}

/// An assessor's advice.
#[derive(InputObject)]
pub struct RecommendInput {
    /// Makes it safe to send again: the same key and input advise once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// To endorse needs every criterion assessed, every required one met, and a role; to decline needs a reason.
    outcome: RecommendationOutcome,
    /// Why, in at most 20 reasons.
    #[graphql(default)]
    reasons: Vec<DecisionReason>,
    /// For colleagues; employers never read it.
    note: Option<String>,
}

impl RecommendInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<Recommend<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        reader.bound("reasons", self.reasons.len(), REASONS_MAX);
        let note = reader.maybe("note", self.note.as_deref(), LongText::parse);
        let id = reader.finish(id)?;
        let reasons = self.reasons.into_iter().map(Into::into).collect();
        let advice = Advice { outcome: self.outcome.into(), reasons, note };
        Ok(Recommend { app, scope, id, version: self.version, advice })
    }
}

/// The second person's agreement with an endorsement.
#[derive(InputObject)]
pub struct ConfirmInput {
    /// Makes it safe to send again: the same key and input confirm once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// For colleagues; employers never read it.
    note: Option<String>,
}

impl ConfirmInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<Confirm<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let note = reader.maybe("note", self.note.as_deref(), LongText::parse);
        let id = reader.finish(id)?;
        Ok(Confirm { app, scope, id, version: self.version, note })
    }
}
