//! What can be done to applications: by the employer, and by the body's staff.
//!
//! Every resolver takes four steps: a scope, which refuses first; the command, read from the input; the act; and
//! its answer as the viewer may see it. The application is loaded anew after the act, also where a key was used
//! before: what it answers is how it stands now.

mod casework;
mod employer;

use async_graphql::{Context, Object, Result};
use entity::{ApplicationId, EvidenceId};

pub use casework::CaseworkMutation;
pub use employer::FollowUpMutation;

use super::application::Application;
use super::evidence::Evidence;
use super::impact::Impact;
use super::inputs::{
    AddEvidenceInput, AssignApplicationsInput, ConfirmInput, CreateApplicationInput, DeclareConflictInput,
    IDS_MAX, RecommendInput, RecordAssessmentInput, RemoveEvidenceInput, SubmitApplicationInput,
    TakeNextApplicationInput, UpdateApplicationInput, VerifyEvidenceInput,
};
use super::payloads::{
    AddEvidencePayload, AssignApplicationsPayload, ConfirmPayload, CreateApplicationPayload,
    DeclareConflictPayload, RecommendPayload, RecordAssessmentPayload, RemoveEvidencePayload,
    SubmitApplicationPayload, TakeNextApplicationPayload, UpdateApplicationPayload, VerifyEvidencePayload,
};
use crate::applications::actions::TakenBack;
use crate::applications::store::{caseload, evidence};
use crate::db::Command;
use crate::error::Acted;
use crate::schema::{self, idempotency, rows_cost};
use crate::tenancy::{Permission, Scope};

/// Does a command: once, where the caller gives it a key.
pub(crate) async fn perform<S: Scope, C: Command>(
    ctx: &Context<'_>,
    scope: &S,
    command: &C,
) -> Acted<C::Answer> {
    let keyed = idempotency::keyed(ctx)?;
    schema::app(ctx).db.perform(scope, keyed.as_ref(), command).await
}

/// Does a command on one application, and shows it as it stands then.
async fn act<S: Scope, C: Command<Answer = ApplicationId>>(
    ctx: &Context<'_>,
    scope: &S,
    command: &C,
) -> Acted<Option<Application>> {
    let id = perform(ctx, scope, command).await?;
    Ok(load_all(ctx, &[id]).await?.pop())
}

/// Takes an application back, or tells what would come of it; and shows it as it stands then.
async fn take_back<S: Scope, C: Command<Answer = TakenBack>>(
    ctx: &Context<'_>,
    scope: &S,
    command: &C,
    dry_run: bool,
) -> Acted<(Option<Application>, Option<Impact>)> {
    let taken = if dry_run {
        schema::app(ctx).db.rehearse(scope, command).await?
    } else {
        perform(ctx, scope, command).await?
    };
    Ok((load_all(ctx, &[taken.id]).await?.pop(), Some(taken.impact.into())))
}

/// The applications with these ids, in their order, as the viewer may see them.
async fn load_all(ctx: &Context<'_>, ids: &[ApplicationId]) -> Acted<Vec<Application>> {
    let Some(scope) = schema::viewer(ctx).caseload() else { return Ok(Vec::new()) };
    let mut rows = caseload::load_by_ids(&schema::app(ctx).db.read(&scope), &scope, ids).await?;
    rows.sort_unstable_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows.into_iter().map(|row| Application::of(row, scope.clone())).collect())
}

/// A record of evidence, as the viewer may see it.
async fn load_evidence(ctx: &Context<'_>, id: EvidenceId) -> Acted<Option<Evidence>> {
    let Some(scope) = schema::viewer(ctx).caseload() else { return Ok(None) };
    let conn = &schema::app(ctx).db.read(&scope);
    let found = evidence::load_by_ids(conn, &scope, &[id]).await?.pop();
    Ok(found.map(Evidence::try_from).transpose()?)
}

/// What employers do with their applications.
#[derive(Default)]
pub struct EmployerMutation;

#[Object]
impl EmployerMutation {
    /// Begins an application to a body. It is a draft: the body does not see it.
    async fn create_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says so far.")] input: CreateApplicationInput,
    ) -> Result<CreateApplicationPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).for_employers()?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        CreateApplicationPayload::of(acted.await)
    }

    /// Changes a draft, or an application that was returned, while the class exception takes any in.
    async fn update_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes, and the version that was read.")] input: UpdateApplicationInput,
    ) -> Result<UpdateApplicationPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).for_employers()?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        UpdateApplicationPayload::of(acted.await)
    }

    /// Adds a record of evidence, to one application or to all of the employer's at the body. It may come until the
    /// assessor has advised.
    async fn add_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The record.")] input: AddEvidenceInput,
    ) -> Result<AddEvidencePayload> {
        let acted = async {
            let scope = schema::viewer(ctx).for_employers()?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        AddEvidencePayload::of(acted.await)
    }

    /// Takes a record of evidence out of a draft, or of an application that was returned.
    async fn remove_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which record, of which application.")] input: RemoveEvidenceInput,
    ) -> Result<RemoveEvidencePayload> {
        let acted = async {
            let scope = schema::viewer(ctx).for_employers()?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        RemoveEvidencePayload::of(acted.await)
    }

    /// Hands an application in. What the check says does not stop it, since people decide; what is missing does.
    async fn submit_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and the employer's declaration.")] input: SubmitApplicationInput,
    ) -> Result<SubmitApplicationPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).for_employers()?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        SubmitApplicationPayload::of(acted.await)
    }
}

/// What a body's staff do, each on the body's own caseload.
#[derive(Default)]
pub struct StaffMutation;

#[Object]
impl StaffMutation {
    /// Gives applications to an assessor, or puts them back into the queue. For leads.
    #[graphql(complexity = "rows_cost(input.ids.len().min(IDS_MAX), child_complexity)")]
    async fn assign_applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which applications, and to whom.")] input: AssignApplicationsInput,
    ) -> Result<AssignApplicationsPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Assign)?;
            let ids = perform(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await?;
            load_all(ctx, &ids).await
        };
        AssignApplicationsPayload::of(acted.await)
    }

    /// Takes the application that has waited longest in the body's queue for the viewer, passing over employers
    /// with whom the viewer has a conflict of interest, applications on hold, and those in whose earlier rounds the viewer took
    /// part.
    async fn take_next_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From which queue.")] input: TakeNextApplicationInput,
    ) -> Result<TakeNextApplicationPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Assess)?;
            let taken = perform(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await?;
            Ok(load_all(ctx, taken.as_slice()).await?.pop())
        };
        TakeNextApplicationPayload::of(acted.await)
    }

    /// Declares the viewer's own conflict of interest with an employer. The viewer judges none of its applications
    /// from then on, gives none of them to anybody, settles none of its workers' double applications, strikes none of its ballot
    /// entries and decides on nobody who asks to act for it; what is in the viewer's hands goes back to the queue.
    async fn declare_conflict(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "With whom, and why.")] input: DeclareConflictInput,
    ) -> Result<DeclareConflictPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Assess)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        DeclareConflictPayload::of(acted.await)
    }

    /// Records a finding on one criterion.
    async fn record_assessment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The criterion and the finding.")] input: RecordAssessmentInput,
    ) -> Result<RecordAssessmentPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Assess)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        RecordAssessmentPayload::of(acted.await)
    }

    /// The assessor's advice: endorse or decline, with reasons.
    async fn recommend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The advice.")] input: RecommendInput,
    ) -> Result<RecommendPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Assess)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        RecommendPayload::of(acted.await)
    }

    /// A second person agrees with an endorsement. A place is given at once when one is free and nobody is due;
    /// otherwise the application waits. Where it replaces a worker, it takes the nomination's place over.
    async fn confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] input: ConfirmInput,
    ) -> Result<ConfirmPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Confirm)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        ConfirmPayload::of(acted.await)
    }

    /// One of the body's people has seen the evidence. Where it is the employer's, that holds for all of its
    /// applications to the body. Whoever looked at it last decides on none that it counts for.
    async fn verify_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which record, and whether it is genuine.")] input: VerifyEvidenceInput,
    ) -> Result<VerifyEvidencePayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Assess)?;
            let id = perform(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await?;
            load_evidence(ctx, id).await
        };
        VerifyEvidencePayload::of(acted.await)
    }
}
