//! A member of a body is removed, and what they had in hand goes to a colleague or back to the queue, in one act.

use entity::{MembershipId, PersonId};

use super::AssignApplications;
use crate::app::App;
use crate::applications::store::case;
use crate::db::{Command, Tx};
use crate::error::{Acted, Failure, UserError, UserErrorCode};
use crate::people::actions::end_membership;
use crate::tenancy::BodyScope;

/// A lead ends a membership of their body at once.
#[derive(Clone, Debug)]
pub struct RemoveMember<'a> {
    /// The service.
    pub app: &'a App,
    /// Of which body, and who removes.
    pub scope: BodyScope,
    /// Which membership.
    pub id: MembershipId,
    /// The version that was read.
    pub version: i32,
    /// Who takes over what the member had in hand; none for back to the queue.
    pub hand_over_to: Option<PersonId>,
}

impl Command for RemoveMember<'_> {
    type Answer = MembershipId;
    const NAME: &'static str = "removeMember";

    async fn run(&self, tx: &Tx) -> Acted<MembershipId> {
        let ended = end_membership(tx, &self.scope, self.id, self.version).await?;
        if let Some(to) = self.hand_over_to
            && !case::assesses_for(tx, self.scope.body(), to).await?
        {
            return Err(UserError::not_found("handOverTo", "assessor in your body").into());
        }
        let ids = case::in_hands_of(tx, &self.scope, ended.person_id).await?;
        if !ids.is_empty() {
            let (app, scope) = (self.app, self.scope.clone());
            let assign = AssignApplications { app, scope, ids, assessor: self.hand_over_to };
            assign.run(tx).await.map_err(told_here)?;
        }
        Ok(ended.id)
    }
}

/// Whoever removes has named a colleague, and no application: so many errors about applications are one about the
/// colleague.
fn told_here(failure: Failure) -> Failure {
    match failure {
        Failure::Refused(errors) => {
            let first = errors.first().map_or(UserErrorCode::Invalid, |error| error.code);
            let message = format!(
                "{} of the applications cannot go to this colleague. Put them back into the queue, or assign them first.",
                errors.len()
            );
            UserError::at(first, "handOverTo", message).into()
        }
        failure @ (Failure::Unauthenticated | Failure::Fault(_)) => failure,
    }
}
