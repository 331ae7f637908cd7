//! Ending a sign-in from elsewhere, such as one that was left open on another machine.

use entity::{MembershipId, SessionId};

use crate::db::{Command, Tx};
use crate::error::{Acted, UserError};
use crate::people::store::end_session_of;

/// One of the viewer's own sign-ins ends.
#[derive(Clone, Copy, Debug)]
pub struct EndSession {
    /// Whose.
    pub of: MembershipId,
    /// Which.
    pub id: SessionId,
}

impl Command for EndSession {
    type Answer = SessionId;
    const NAME: &'static str = "endSession";

    async fn run(&self, tx: &Tx) -> Acted<SessionId> {
        if end_session_of(tx, self.of, self.id).await? {
            Ok(self.id)
        } else {
            Err(UserError::not_found("id", "sign-in of yours").into())
        }
    }
}
