//! What is done to people's access. Removing a member stands where applications do, since what they had in hand goes to
//! others.

use async_graphql::{Context, Object, Result};
use entity::InvitationId;

use super::claims::{self, EmployerClaim};
use super::inputs::{
    AddServiceAccountInput, ChangeMemberInput, DecideEmployerClaimInput, EndSessionInput,
    InviteColleagueInput, InviteMemberInput, RegisterEmployerInput, RevokeInvitationInput,
};
use super::invitations::{self, Invitation};
use super::inviting;
use super::members::{Member, load_member};
use crate::db::Command;
use crate::error::{Acted, Failure};
use crate::people::actions::DecidingScope;
use crate::schema::payload::payload;
use crate::schema::scalars::Url;
use crate::schema::{self, GlobalId, idempotency};
use crate::tenancy::{CaseloadScope, Permission, Scope, Viewer};

payload! {
    /// What came of inviting somebody to the body.
    InviteMemberPayload {
        /// The invitation; null where none was made.
        invitation: Option<Invitation>,
        /// The link to give to whom it is for, and to nobody else: whoever opens it first is let in. It is told here only.
        link: Option<Url>,
    }
}

payload! {
    /// What came of inviting a colleague.
    InviteColleaguePayload {
        /// The invitation; null where none was made.
        invitation: Option<Invitation>,
        /// The link to give to whom it is for, and to nobody else: whoever opens it first is let in. It is told here only.
        link: Option<Url>,
    }
}

payload! {
    /// What came of taking an invitation back.
    RevokeInvitationPayload {
        /// The invitation, REVOKED; null where nothing was taken back.
        invitation: Option<Invitation>,
    }
}

payload! {
    /// What came of changing a member.
    ChangeMemberPayload {
        /// The member as they stand now; null where nothing was changed but for a refusal.
        member: Option<Member>,
    }
}

payload! {
    /// What came of adding a machine.
    AddServiceAccountPayload {
        /// The machine; null where none was added.
        member: Option<Member>,
    }
}

payload! {
    /// What came of asking to act for an employer.
    RegisterEmployerPayload {
        /// The request, which waits for a lead of the body; null where nothing was asked.
        employer_claim: Option<EmployerClaim>,
    }
}

payload! {
    /// What came of deciding who may act for an employer.
    DecideEmployerClaimPayload {
        /// The request as it stands now; null where nothing was decided.
        employer_claim: Option<EmployerClaim>,
    }
}

payload! {
    /// What came of ending a sign-in.
    EndSessionPayload {
        /// Global id of the sign-in that has ended; null where none has.
        ended: Option<async_graphql::ID>,
    }
}

async fn perform<S: Scope, C: Command>(ctx: &Context<'_>, scope: &S, command: &C) -> Acted<C::Answer> {
    let keyed = idempotency::keyed(ctx)?;
    schema::app(ctx).db.perform(scope, keyed.as_ref(), command).await
}

/// An invitation with its link.
async fn with_link(
    ctx: &Context<'_>,
    scope: &CaseloadScope,
    id: InvitationId,
) -> Acted<(Option<Invitation>, Option<Url>)> {
    let link = schema::app(ctx).invitation_link(id)?;
    Ok((invitations::load(ctx, scope, id).await?, Some(link.into())))
}

/// To let others in, or to keep them out: leads, and those who act for employers.
fn deciding(viewer: &Viewer) -> Result<DecidingScope, Failure> {
    match inviting(viewer) {
        Some(CaseloadScope::Body(scope)) => Ok(DecidingScope::Lead(scope)),
        Some(CaseloadScope::Employers(scope)) => Ok(DecidingScope::Agent(scope)),
        None => Err(viewer.in_body(Permission::ManageMembers).err().unwrap_or(Failure::Unauthenticated)),
    }
}

/// Who has access, and who is let in.
#[derive(Default)]
pub struct PeopleMutation;

#[Object]
impl PeopleMutation {
    /// Invites somebody to the lead's body, by a link that can be used once, within seven days. Whoever opens it signs in
    /// with the body's identity provider, and is known by that from then on.
    async fn invite_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, and as what.")] input: InviteMemberInput,
    ) -> Result<InviteMemberPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::ManageMembers)?;
            let id = perform(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await?;
            with_link(ctx, &CaseloadScope::Body(scope), id).await
        };
        InviteMemberPayload::of(acted.await)
    }

    /// Invites a colleague to act for the same employer, by a link that can be used once, within seven days.
    async fn invite_colleague(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, and for which employer.")] input: InviteColleagueInput,
    ) -> Result<InviteColleaguePayload> {
        let acted = async {
            let scope = schema::viewer(ctx).for_employers()?;
            let id = perform(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await?;
            with_link(ctx, &CaseloadScope::Employers(scope), id).await
        };
        InviteColleaguePayload::of(acted.await)
    }

    /// Takes an invitation back: to the lead's body, where nobody has used it, or to act for an employer of the viewer's.
    /// Where a colleague came by it, they act for the employer no more, from their next request on.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invitation.")] input: RevokeInvitationInput,
    ) -> Result<RevokeInvitationPayload> {
        let acted = async {
            let viewer = schema::viewer(ctx);
            deciding(viewer)?;
            let scope = inviting(viewer).ok_or(Failure::Unauthenticated)?;
            let id = perform(ctx, &scope, &input.command(scope.clone())?).await?;
            invitations::load(ctx, &scope, id).await
        };
        RevokeInvitationPayload::of(acted.await)
    }

    /// Changes the role of a member of the lead's body, or when their membership ends. It holds from the member's next
    /// request on. A body keeps a lead whose membership has no end.
    async fn change_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes, and the version that was read.")] input: ChangeMemberInput,
    ) -> Result<ChangeMemberPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::ManageMembers)?;
            let id = perform(ctx, &scope, &input.command(scope.clone())?).await?;
            load_member(ctx, &scope, id).await
        };
        ChangeMemberPayload::of(acted.await)
    }

    /// Lets a machine use the API for the lead's body, with access tokens that the body's identity provider gives its
    /// client. It reads and imports, and decides nothing.
    async fn add_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which machine.")] input: AddServiceAccountInput,
    ) -> Result<AddServiceAccountPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::ManageMembers)?;
            let id = perform(ctx, &scope, &input.command(scope.clone())?).await?;
            load_member(ctx, &scope, id).await
        };
        AddServiceAccountPayload::of(acted.await)
    }

    /// Asks a body to let the viewer act for an employer. Every body that has an application or an expression of interest of
    /// the employer has to say yes, each asked by a request of its own. At most 5 requests of one person wait at once.
    async fn register_employer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which employer, and which body.")] input: RegisterEmployerInput,
    ) -> Result<RegisterEmployerPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).for_employers()?;
            let id = perform(ctx, &scope, &input.command(scope.clone())?).await?;
            claims::load(ctx, &CaseloadScope::Employers(scope), id).await
        };
        RegisterEmployerPayload::of(acted.await)
    }

    /// Decides whether somebody may act for an employer: first a lead of the body that was asked; then, where others act
    /// for the employer already, one of them. They may once everybody has said yes whom it concerns. To decline what was
    /// approved or accepted takes it back: they act for the employer no more, from their next request on.
    async fn decide_employer_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which request, and what.")] input: DecideEmployerClaimInput,
    ) -> Result<DecideEmployerClaimPayload> {
        let acted = async {
            let scope = deciding(schema::viewer(ctx))?;
            let command = input.command(scope.clone())?;
            let seen_as = match scope {
                DecidingScope::Lead(scope) => CaseloadScope::Body(scope),
                DecidingScope::Agent(scope) => CaseloadScope::Employers(scope),
            };
            let id = perform(ctx, &seen_as, &command).await?;
            claims::load(ctx, &seen_as, id).await
        };
        DecideEmployerClaimPayload::of(acted.await)
    }

    /// Ends one of the viewer's own sign-ins, such as one that was left open elsewhere.
    async fn end_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them.")] input: EndSessionInput,
    ) -> Result<EndSessionPayload> {
        let acted = async {
            let viewer = schema::viewer(ctx);
            let member = viewer.member().ok_or(Failure::Unauthenticated)?;
            let id = perform(ctx, &viewer.as_self()?, &input.command(member.membership)?).await?;
            Ok(Some(GlobalId::of(&id)))
        };
        EndSessionPayload::of(acted.await)
    }
}
