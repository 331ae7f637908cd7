//! What a body's staff do beside the straight way from a submission to a place.

use async_graphql::{Context, Object, Result};

use super::super::inputs::{
    AmendNominationInput, CancelInformationRequestInput, ConfirmAmendmentInput, DeclineInput,
    HoldApplicationInput, ReconsiderInput, ReleaseHoldInput, RequestInformationInput, ReturnApplicationInput,
    RevokeNominationInput, SendBackInput,
};
use super::super::payloads::{
    AmendNominationPayload, CancelInformationRequestPayload, ConfirmAmendmentPayload, DeclinePayload,
    HoldApplicationPayload, ReconsiderPayload, ReleaseHoldPayload, RequestInformationPayload,
    ReturnApplicationPayload, RevokeNominationPayload, SendBackPayload,
};
use super::{act, take_back};
use crate::schema;
use crate::tenancy::Permission;

/// What a body's staff do beside the straight way from a submission to a place.
#[derive(Default)]
pub struct CaseworkMutation;

#[Object]
impl CaseworkMutation {
    /// Asks the employer something. The body's clock stands still until it is answered, cancelled or expired.
    async fn request_information(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The question.")] input: RequestInformationInput,
    ) -> Result<RequestInformationPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Assess)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        RequestInformationPayload::of(acted.await)
    }

    /// Takes a question back.
    async fn cancel_information_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which question, and why.")] input: CancelInformationRequestInput,
    ) -> Result<CancelInformationRequestPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Assess)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        CancelInformationRequestPayload::of(acted.await)
    }

    /// A second person agrees with the advice to decline.
    async fn decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and the reasons.")] input: DeclineInput,
    ) -> Result<DeclinePayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Confirm)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        DeclinePayload::of(acted.await)
    }

    /// The second person disagrees: back to assessment, with a note.
    async fn send_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and why.")] input: SendBackInput,
    ) -> Result<SendBackPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Confirm)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        SendBackPayload::of(acted.await)
    }

    /// Sends an application back to the employer as incomplete; not a decision on merit. It may be changed and submitted
    /// again within the window. Open questions are taken back, and a hold ends.
    async fn return_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and what is missing.")] input: ReturnApplicationInput,
    ) -> Result<ReturnApplicationPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Confirm)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        ReturnApplicationPayload::of(acted.await)
    }

    /// A lead who took no part sends what was declined or returned, at most 28 days ago, back to assessment: a new round with
    /// new people. What the employer has changed since it was returned is submitted again instead.
    async fn reconsider(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and why.")] input: ReconsiderInput,
    ) -> Result<ReconsiderPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Confirm)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        ReconsiderPayload::of(acted.await)
    }

    /// Puts an application on hold: it comes to no place, keeps its order, and is not offered to assessors.
    async fn hold_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and why.")] input: HoldApplicationInput,
    ) -> Result<HoldApplicationPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Confirm)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        HoldApplicationPayload::of(acted.await)
    }

    /// Releases a hold. A place that is free for it is given at once.
    async fn release_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] input: ReleaseHoldInput,
    ) -> Result<ReleaseHoldPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Confirm)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        ReleaseHoldPayload::of(acted.await)
    }

    /// Takes back what the body has confirmed. `dryRun` answers with the impact only.
    async fn revoke_nomination(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and why.")] input: RevokeNominationInput,
    ) -> Result<RevokeNominationPayload> {
        let dry_run = input.dry_run;
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Confirm)?;
            take_back(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?, dry_run).await
        };
        RevokeNominationPayload::of(acted.await)
    }

    /// Proposes a correction of a nomination's facts; a second person decides on it, and the place stays. All corrections together
    /// never make another worker of the one whom the place was given to: once the agency has invited them, a new passport comes
    /// with neither a new name nor a new date of birth.
    async fn amend_nomination(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The correction.")] input: AmendNominationInput,
    ) -> Result<AmendNominationPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Assess)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        AmendNominationPayload::of(acted.await)
    }

    /// A second person decides on a proposed correction. The place stays either way.
    async fn confirm_amendment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which correction, and whether it is right.")] input: ConfirmAmendmentInput,
    ) -> Result<ConfirmAmendmentPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Confirm)?;
            act(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await
        };
        ConfirmAmendmentPayload::of(acted.await)
    }
}
