//! Ending a sign-in from elsewhere, such as one that was left open on another machine.

use entity::{MembershipId, SessionId};

use crate::db::{Command, Db, Tx};
use crate::error::{Acted, Found, UserError};
use crate::people::rules::{Standing, standing};
use crate::people::store::{end_session_of, frontends, load_members, load_uses};
use crate::tenancy::{SystemScope, Viewer};

/// Viewers that are looked up at once.
const AT_ONCE: usize = 1_000;

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

/// Whether each of these viewers is still what it was when it was looked up, in the same role and for the same, by a sign-in
/// that holds or through a frontend that is still taken. Four statements for each thousand of them.
///
/// # Errors
/// Where the database does not answer.
pub async fn still_as_they_were(db: &Db, scope: &SystemScope, viewers: &[Viewer]) -> Found<Vec<bool>> {
    let mut still = Vec::with_capacity(viewers.len());
    // A database takes so many values in a statement, and no more.
    for stretch in viewers.chunks(AT_ONCE) {
        still.extend(as_they_were(db, scope, stretch).await?);
    }
    Ok(still)
}

async fn as_they_were(db: &Db, scope: &SystemScope, viewers: &[Viewer]) -> Found<Vec<bool>> {
    let uses = load_uses(db, scope, viewers.iter().filter_map(Viewer::session)).await?;
    let memberships = viewers.iter().filter_map(|viewer| viewer.member()).map(|member| member.membership);
    let members = load_members(db, scope, memberships).await?;
    let frontends =
        frontends::those_there(db, scope, viewers.iter().filter_map(Viewer::frontend).collect()).await?;
    let now = db.clock().now();
    let holds = |id: SessionId| {
        let standing = uses.get(&id).map(|(used_at, expires_at)| standing(*used_at, *expires_at, now));
        matches!(standing, Some(Standing::Holds { .. }))
    };
    let still = |viewer: &Viewer| {
        let is_same = viewer.member().is_none_or(|member| members.get(&member.membership) == Some(member));
        is_same
            && viewer.session().is_none_or(holds)
            && viewer.frontend().is_none_or(|frontend| frontends.contains(&frontend))
    };
    Ok(viewers.iter().map(still).collect())
}
