//! Removing a member of a body, with what they had in hand.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::MembershipId;

use super::mutations::perform;
use crate::app::App;
use crate::applications::actions::RemoveMember;
use crate::error::Acted;
use crate::people::graphql::{Member, load_member};
use crate::schema;
use crate::schema::payload::payload;
use crate::schema::reader::Reader;
use crate::tenancy::{BodyScope, Permission};

/// A member who is to have no access any more.
#[derive(InputObject)]
pub struct RemoveMemberInput {
    /// Makes it safe to send again: the same key and input remove them once.
    idempotency_key: Option<String>,
    /// Which membership.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// The assessor or lead who takes over the applications that the member assesses; null to put them back into the
    /// queue.
    hand_over_to: Option<ID>,
}

impl RemoveMemberInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Where an id is none of what it should be.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<RemoveMember<'_>> {
        let mut reader = Reader::default();
        let id = reader.id::<MembershipId>("id", &self.id);
        let hand_over_to = self.hand_over_to.and_then(|id| reader.id("handOverTo", &id));
        let id = reader.finish(id)?;
        Ok(RemoveMember { app, scope, id, version: self.version, hand_over_to })
    }
}

payload! {
    /// What came of removing a member.
    RemoveMemberPayload {
        /// The membership, which has ended; null where nobody was removed.
        member: Option<Member>,
    }
}

/// What leads do to members that moves applications.
#[derive(Default)]
pub struct MembersMutation;

#[Object]
impl MembersMutation {
    /// Ends a membership of the lead's body at once, with every sign-in of the member. The applications that they assess go
    /// to a colleague, or back to the queue; what they have advised on stays as it is. A body keeps a lead whose membership
    /// has no end.
    async fn remove_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which member, and who takes over.")] input: RemoveMemberInput,
    ) -> Result<RemoveMemberPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::ManageMembers)?;
            let id = perform(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await?;
            load_member(ctx, &scope, id).await
        };
        RemoveMemberPayload::of(acted.await)
    }
}
