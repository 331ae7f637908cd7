//! Ending a sign-in from elsewhere, such as one that was left open on another machine.

use entity::{MembershipId, SessionId};

use crate::db::{Command, Db, Tx};
use crate::error::{Acted, Found, UserError};
use crate::people::rules::{Standing, standing};
use crate::people::store::{end_session_of, frontends, load_members, load_uses, note_use};
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

/// A sign-in was used.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoteUse(pub SessionId);

impl Command for NoteUse {
    type Answer = ();
    const NAME: &'static str = "noteUse";

    async fn run(&self, tx: &Tx) -> Acted<()> {
        Ok(note_use(tx, self.0).await?)
    }
}

/// Whether each of these viewers is still what it was when it was looked up, in the same role and for the same, by a sign-in
/// that holds or through a frontend that is still taken. Four statements for each thousand of them. Their sign-ins are not used by
/// it.
///
/// # Errors
/// Where the database does not answer.
pub async fn still_as_they_were(db: &Db, scope: &SystemScope, viewers: &[Viewer]) -> Found<Vec<bool>> {
    let mut still = Vec::with_capacity(viewers.len());
    // A database takes so many values in a statement, and no more.
    for stretch in viewers.chunks(AT_ONCE) {
        let standings = standings(db, scope, stretch).await?;
        still.extend(standings.into_iter().map(|standing| standing != Standing::Ended));
    }
    Ok(still)
}

/// Whether somebody who goes on to do things is still what they were when they were looked up. Their sign-in is used by it.
///
/// # Errors
/// Where the database does not answer.
pub async fn is_still_at_it(db: &Db, scope: &SystemScope, viewer: &Viewer) -> Acted<bool> {
    let standings = standings(db, scope, std::slice::from_ref(viewer)).await?;
    if let (Some(id), [Standing::Holds { note_use: true }]) = (viewer.session(), standings.as_slice()) {
        db.perform(scope, None, &NoteUse(id)).await?;
    }
    Ok(standings != [Standing::Ended])
}

async fn standings(db: &Db, scope: &SystemScope, viewers: &[Viewer]) -> Found<Vec<Standing>> {
    // Before it is read when they were used last: whoever uses one meanwhile has not left it unused.
    let now = db.clock().now();
    let uses = load_uses(db, scope, viewers.iter().filter_map(Viewer::session).collect()).await?;
    let memberships = viewers.iter().filter_map(|viewer| viewer.member()).map(|member| member.membership);
    let members = load_members(db, scope, memberships.collect()).await?;
    let frontends =
        frontends::those_there(db, scope, viewers.iter().filter_map(Viewer::frontend).collect()).await?;
    let of_session = |id: SessionId| {
        uses.get(&id).map_or(Standing::Ended, |(used_at, expires_at)| standing(*used_at, *expires_at, now))
    };
    let of = |viewer: &Viewer| {
        let is_same = viewer.member().is_none_or(|member| members.get(&member.membership) == Some(member))
            && viewer.frontend().is_none_or(|frontend| frontends.contains(&frontend));
        match viewer.session() {
            _ if !is_same => Standing::Ended,
            Some(session) => of_session(session),
            None => Standing::Holds { note_use: false },
        }
    };
    Ok(viewers.iter().map(of).collect())
}
