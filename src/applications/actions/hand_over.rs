//! Whoever leaves a body leaves nothing in hand: who is removed hands over in the same act, and whose access ends by its date
//! loses what is in their hands to the queue.

use entity::{MembershipId, PersonId};

use super::AssignApplications;
use super::assign::put_all_into_hands;
use crate::app::App;
use crate::applications::store::{case, hands};
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
            && !hands::assesses_for(tx, self.scope.body(), to).await?
        {
            return Err(UserError::not_found("handOverTo", "assessor in your body").into());
        }
        let ids = hands::in_hands_of(tx, &self.scope, ended.person_id).await?;
        if self.hand_over_to.is_some() && !ids.is_empty() {
            let (app, scope) = (self.app, self.scope.clone());
            let assign = AssignApplications { app, scope, ids, assessor: self.hand_over_to };
            assign.run(tx).await.map_err(told_here)?;
        } else {
            // Nobody chooses who judges it, so that a conflict of interest keeps no lead from ending access.
            let mut left = case::lock_applications(tx, &self.scope, &ids).await?;
            left.retain(|one| {
                one.assessor_id == Some(ended.person_id) && hands::IN_HANDS.contains(&one.status)
            });
            put_all_into_hands(tx, left, None).await?;
        }
        Ok(ended.id)
    }
}

/// Applications that one transaction puts back.
pub const AT_ONCE: u64 = 100;

/// Puts the next applications back into the queue that are in the hands of people whose access has ended. Answers how many;
/// less than [`AT_ONCE`] where nothing is left that nobody is at work on. Safe to do twice, and by two processes at once.
#[derive(Clone, Copy, Debug)]
pub struct TakeBack;

impl Command for TakeBack {
    type Answer = usize;
    const NAME: &'static str = "takeBack";

    async fn run(&self, tx: &Tx) -> Acted<usize> {
        let left = hands::lock_left(tx, AT_ONCE).await?;
        let count = left.len();
        put_all_into_hands(tx, left, None).await?;
        Ok(count)
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
