//! Signing in, being known by a token, signing out. A token is told to whoever signed in and kept nowhere; what
//! is stored, and what is looked for, is its keyed hash.

mod admin;
mod arrive;
mod claims;
mod frontends;
mod invite;
mod members;
mod sessions;

use chrono::{DateTime, Utc};
use entity::{IssuerId, MembershipId, StaffRole};

pub use admin::{AddIssuer, ChangeIssuer, InviteByHand, NewIssuer};
pub use arrive::arrive;
pub use claims::{DecideEmployerClaim, DecidingScope, RegisterEmployer};
pub use frontends::{AddFrontend, RemoveFrontend, person_of};
pub use invite::{InviteColleague, InviteMember, RevokeInvitation};
pub use members::{AddServiceAccount, ChangeMember, end_membership};
pub use sessions::{EndSession, is_still_at_it, still_as_they_were};

use super::rules::arrival::Link;
use super::rules::issuers::Issuer;
use super::rules::{Standing, arrival, end_of_session, standing};
use super::store::{self, NewSession, invitations, issuers};
use crate::app::App;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault};
use crate::keys::new_token;
use crate::tenancy::{Member, SystemScope, Viewer};

/// A sign-in, told once.
#[derive(Clone)]
pub struct SignedIn {
    /// What to send from now on; never logged and never stored.
    pub token: String,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Signs somebody in whose membership was made sure of.
///
/// # Errors
/// Faults only.
pub async fn sign_in(app: &App, membership: MembershipId) -> Acted<SignedIn> {
    let token = new_token().map_err(|why| Fault::stored("token", why))?;
    let command = SignIn { token_hash: hash(app, &token), membership };
    let expires_at = app.db.perform(&SystemScope::of("sign-in"), None, &command).await?;
    Ok(SignedIn { token, expires_at })
}

/// Who a token is for; none where it is not, or no longer, a sign-in.
///
/// # Errors
/// Faults only.
pub async fn viewer_of(app: &App, token: &str) -> Acted<Option<Viewer>> {
    let scope = SystemScope::of("session");
    let hashes = hashes(app, token);
    let Some(session) = store::find_session(&app.db, &scope, &hashes).await? else { return Ok(None) };
    match standing(session.used_at, session.expires_at, app.db.clock().now()) {
        Standing::Ended => return Ok(None),
        Standing::Holds { note_use: true } => {
            app.db.perform(&scope, None, &sessions::NoteUse(session.id)).await?;
        }
        Standing::Holds { note_use: false } => {}
    }
    if !still_speaks_for(app, session.issuer, &session.member).await? {
        return Ok(None);
    }
    Ok(Some(Viewer::in_session(session.member, session.id)))
}

/// Whether the issuer on whose word somebody is signed in still speaks for what they are. In a demo nobody has to.
async fn still_speaks_for(app: &App, issuer: Option<IssuerId>, member: &Member) -> Acted<bool> {
    let Some(issuer) = issuer else { return Ok(true) };
    let issuer = issuers::find(&app.db, &SystemScope::of("session"), issuer).await?;
    Ok(issuer.is_some_and(|issuer| issuer.speaks_for(member.role, member.body)))
}

/// The machine of which an issuer says that its client `subject` is there; none where there is no such machine, or no
/// longer.
///
/// # Errors
/// Faults only.
pub async fn machine_of(app: &App, issuer: &Issuer, subject: &str) -> Acted<Option<Viewer>> {
    let scope = SystemScope::of("machine");
    let member = issuers::find_member(&app.db.read(&scope), &scope, issuer.id, subject).await?;
    let now = app.db.clock().now();
    let member = member.filter(|member| {
        member.role == StaffRole::Service
            && arrival::holds(member.ends_at, now)
            && issuer.speaks_for(member.role, member.body_id)
    });
    match member {
        Some(member) => Ok(Some(Viewer::signed_in(store::member_of(&app.db, &scope, member).await?))),
        None => Ok(None),
    }
}

/// Ends a sign-in, and tells on whose word it was; nothing happens where there is none.
///
/// # Errors
/// Faults only.
pub async fn sign_out(app: &App, token: &str) -> Acted<Option<IssuerId>> {
    let command = SignOut { hashes: hashes(app, token) };
    app.db.perform(&SystemScope::of("sign-out"), None, &command).await
}

/// The invitation that a link names, open or not.
///
/// # Errors
/// Faults only.
pub async fn find_invitation(app: &App, token: &str) -> Acted<Option<Link>> {
    let scope = SystemScope::of("invitation");
    Ok(invitations::find_by_hash(&app.db.read(&scope), &scope, &hashes(app, token)).await?)
}

fn hash(app: &App, token: &str) -> String {
    hex::encode(app.keys.token_hash(token))
}

/// Under every key: the token may be from before they changed.
fn hashes(app: &App, token: &str) -> Vec<String> {
    app.keys.token_hashes(token).iter().map(hex::encode).collect()
}

struct SignIn {
    token_hash: String,
    membership: MembershipId,
}

impl Command for SignIn {
    type Answer = DateTime<Utc>;
    const NAME: &'static str = "signIn";

    async fn run(&self, tx: &Tx) -> Acted<DateTime<Utc>> {
        let expires_at = end_of_session(tx.now());
        let (membership, issuer) = (self.membership, None);
        store::save_session(tx, NewSession { token_hash: &self.token_hash, membership, issuer, expires_at })
            .await?;
        Ok(expires_at)
    }
}

struct SignOut {
    hashes: Vec<String>,
}

impl Command for SignOut {
    type Answer = Option<IssuerId>;
    const NAME: &'static str = "signOut";

    async fn run(&self, tx: &Tx) -> Acted<Option<IssuerId>> {
        Ok(store::delete_session(tx, &self.hashes).await?)
    }
}

/// Deletes sign-ins that have ended, the first so many; answers how many.
#[derive(Clone, Copy, Debug)]
pub struct ClearSessions {
    /// At most so many.
    pub most: u64,
}

impl Command for ClearSessions {
    type Answer = u64;
    const NAME: &'static str = "clearSessions";

    async fn run(&self, tx: &Tx) -> Acted<u64> {
        Ok(store::delete_ended_sessions(tx, self.most).await?)
    }
}
