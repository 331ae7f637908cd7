//! Inviting: a lead somebody to the body, somebody who acts for an employer a colleague. The link is computed from the
//! invitation's id, so that who sends an act again is told the same link, and it is stored nowhere.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    BodyId, EmployerClaimStatus, EmployerId, EventKind, InvitationId, PersonId, StaffRole, invitation,
};
use serde_json::json;

use crate::app::App;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault, UserError, UserErrorCode};
use crate::history::{self, Event};
use crate::people::rules::invitations::{DAYS_TO_USE, Revoked, may_revoke};
use crate::people::rules::members::{MemberRefusal, is_persons_role};
use crate::people::store::{self, claims, invitations, issuers, members};
use crate::tenancy::{BodyScope, CaseloadScope, EmployerScope};
use crate::values::nzbn::Nzbn;
use crate::values::text::Line;

/// A new invitation, before it has an id.
#[derive(Clone, Debug)]
pub(super) struct Invited<'i> {
    pub(super) name: &'i Line<200>,
    pub(super) role: StaffRole,
    pub(super) body: Option<BodyId>,
    pub(super) employer: Option<EmployerId>,
    pub(super) ends_at: Option<DateTime<Utc>>,
}

/// A lead invites somebody to their body.
#[derive(Clone, Debug)]
pub struct InviteMember<'a> {
    /// The service.
    pub app: &'a App,
    /// To which body, and who invites.
    pub scope: BodyScope,
    /// What they are called.
    pub name: Line<200>,
    /// As what.
    pub role: StaffRole,
    /// Until when; exclusive.
    pub ends_at: Option<DateTime<Utc>>,
}

impl Command for InviteMember<'_> {
    type Answer = InvitationId;
    const NAME: &'static str = "inviteMember";

    async fn run(&self, tx: &Tx) -> Acted<InvitationId> {
        if !is_persons_role(self.role) {
            return Err(UserError::from(MemberRefusal::OtherKind).into());
        }
        if self.ends_at.is_some_and(|end| end <= tx.now()) {
            return Err(UserError::from(MemberRefusal::EndHasPassed).into());
        }
        let body = Some(self.scope.body());
        let invited =
            Invited { name: &self.name, role: self.role, body, employer: None, ends_at: self.ends_at };
        invite(tx, self.app, invited).await
    }
}

/// Somebody who acts for an employer invites a colleague.
#[derive(Clone, Debug)]
pub struct InviteColleague<'a> {
    /// The service.
    pub app: &'a App,
    /// For which employers they act, and who invites.
    pub scope: EmployerScope,
    /// For which of them.
    pub employer: Nzbn,
    /// What the colleague is called.
    pub name: Line<200>,
}

impl Command for InviteColleague<'_> {
    type Answer = InvitationId;
    const NAME: &'static str = "inviteColleague";

    async fn run(&self, tx: &Tx) -> Acted<InvitationId> {
        let scope = CaseloadScope::Employers(self.scope.clone());
        let found = store::find_employer_in(tx.conn(), &scope, self.employer).await?;
        let employer = found.ok_or_else(|| UserError::not_found("employerNzbn", "employer of yours"))?;
        let role = StaffRole::Employer;
        let invited =
            Invited { name: &self.name, role, body: None, employer: Some(employer.id), ends_at: None };
        invite(tx, self.app, invited).await
    }
}

/// Keeps a new invitation. Somebody has to be able to use it: there is an issuer that speaks for them.
pub(super) async fn invite(tx: &Tx, app: &App, invited: Invited<'_>) -> Acted<InvitationId> {
    let all = issuers::load_in(tx).await?;
    if !all.iter().any(|issuer| issuer.speaks_for(invited.role, invited.body)) {
        let message = "There is no identity provider yet that they could sign in with: whoever runs the service adds it.";
        return Err(UserError::new(UserErrorCode::Required, message).into());
    }
    let id = tx.new_id::<InvitationId>();
    let row = invitation::Model {
        id,
        token_hash: super::hash(app, &app.keys.invitation_token(id.0)),
        name: invited.name.as_str().to_owned(),
        role: invited.role,
        body_id: invited.body,
        employer_id: invited.employer,
        membership_ends_at: invited.ends_at,
        invited_by: tx.actor().person,
        created_at: tx.now(),
        expires_at: tx.now() + TimeDelta::days(DAYS_TO_USE),
        revoked_at: None,
        used_at: None,
        used_by: None,
    };
    invitations::insert(tx, row).await?;
    let detail = json!({ "role": invited.role, "invitation": id });
    history::record(tx, [Event::of_people(EventKind::MemberInvited, invited.body).with(detail)]).await?;
    Ok(id)
}

/// An invitation is taken back, by whoever may invite to the same; a colleague's, with the access that came of it.
#[derive(Clone, Debug)]
pub struct RevokeInvitation {
    /// Whose invitations.
    pub scope: CaseloadScope,
    /// Which.
    pub id: InvitationId,
}

impl Command for RevokeInvitation {
    type Answer = InvitationId;
    const NAME: &'static str = "revokeInvitation";

    async fn run(&self, tx: &Tx) -> Acted<InvitationId> {
        let found = invitations::find_own(tx.conn(), &self.scope, self.id).await?;
        let found = found.ok_or_else(|| UserError::not_found("id", "invitation"))?;
        let (revoked, detail) = match may_revoke(&found, tx.now())? {
            Revoked::Link => (invitations::revoke(tx, self.id).await?, json!({ "invitation": self.id })),
            Revoked::Access(person, employer) => {
                self.end_access(tx, person, employer).await?;
                let detail = json!({ "invitation": self.id, "usedBy": person, "employer": employer });
                (invitations::revoke_used(tx, self.id, person).await?, detail)
            }
        };
        if !revoked {
            return Err(Fault::Race("the invitation has changed").into());
        }
        history::record(tx, [Event::of_people(EventKind::InvitationRevoked, found.body_id).with(detail)])
            .await?;
        Ok(self.id)
    }
}

impl RevokeInvitation {
    /// A colleague acts for the employer no more, by whatever else they came to it as well; whom they invited is not let in.
    async fn end_access(&self, tx: &Tx, person: PersonId, employer: EmployerId) -> Acted<()> {
        // Requests of the same person to act for the employer lie with bodies.
        let across = tx.across_tenants().await?;
        let nzbn = store::number_of(tx, employer).await?;
        tx.lock_limit("agents", &nzbn.to_string()).await?;
        members::remove_agent(tx, person, employer).await?;
        claims::take_back(tx, person, nzbn, &[EmployerClaimStatus::Accepted, EmployerClaimStatus::Approved])
            .await?;
        across.end().await?;
        Ok(())
    }
}
