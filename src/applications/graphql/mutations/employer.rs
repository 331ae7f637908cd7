//! What employers do once the body has their application.

use async_graphql::{Context, Object, Result};

use super::super::inputs::{AnswerInformationRequestInput, ReplaceWorkerInput, WithdrawApplicationInput};
use super::super::payloads::{
    AnswerInformationRequestPayload, ReplaceWorkerPayload, WithdrawApplicationPayload,
};
use super::{act, take_back};
use crate::schema;

/// What employers do once the body has their application.
#[derive(Default)]
pub struct FollowUpMutation;

#[Object]
impl FollowUpMutation {
    /// Answers a question of the body. With the last open one, the application goes back to assessment.
    async fn answer_information_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which question, and the answer.")] input: AnswerInformationRequestInput,
    ) -> Result<AnswerInformationRequestPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).for_employers()?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        AnswerInformationRequestPayload::of(acted.await)
    }

    /// Takes an application back. A place that no published release carries comes free at once; one that is listed is on
    /// its way back until the agency has acknowledged it. `dryRun` answers with the impact only.
    async fn withdraw_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and why.")] input: WithdrawApplicationInput,
    ) -> Result<WithdrawApplicationPayload> {
        let dry_run = input.dry_run;
        let acted = async {
            let scope = schema::viewer(ctx).for_employers()?;
            take_back(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?, dry_run).await
        };
        WithdrawApplicationPayload::of(acted.await)
    }

    /// Begins a new, linked application for another worker in the same role; it takes the place over once it is confirmed, and
    /// only if no invitation was issued. Until then the nomination stands.
    async fn replace_worker(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which nomination, and who comes instead.")] input: ReplaceWorkerInput,
    ) -> Result<ReplaceWorkerPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).for_employers()?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        ReplaceWorkerPayload::of(acted.await)
    }
}
