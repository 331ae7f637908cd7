//! What mutations on people take, read at the edge.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use entity::{InvitationId, MembershipId, SessionId};

use super::kinds::StaffRole;
use crate::app::App;
use crate::clock::end_of_day;
use crate::error::{Acted, UserErrorCode};
use crate::people::actions::{
    AddServiceAccount, ChangeMember, DecideEmployerClaim, DecidingScope, EndSession, InviteColleague,
    InviteMember, RegisterEmployer, RevokeInvitation,
};
use crate::people::rules::claims::Decision;
use crate::schema::reader::Reader;
use crate::schema::scalars::{Date, Nzbn};
use crate::tenancy::{BodyScope, CaseloadScope, EmployerScope};
use crate::values::patch::Patch;
use crate::values::text::{Line, Text};

/// The first instant after a last day.
fn end_of(day: Date) -> DateTime<Utc> {
    end_of_day(day.0)
}

/// Somebody who is to become a member of the lead's body.
#[derive(InputObject)]
pub struct InviteMemberInput {
    /// Makes it safe to send again: the same key and input invite once, and tell the same link.
    idempotency_key: Option<String>,
    /// What they are called; colleagues see it.
    name: String,
    /// ASSESSOR or LEAD.
    role: StaffRole,
    /// The last day of the membership, in New Zealand; null where it goes on.
    ends_on: Option<Date>,
}

impl InviteMemberInput {
    pub(super) fn command(self, app: &App, scope: BodyScope) -> Acted<InviteMember<'_>> {
        let mut reader = Reader::default();
        let name = reader.need("name", &self.name, Line::parse);
        let name = reader.finish(name)?;
        let ends_at = self.ends_on.map(end_of);
        Ok(InviteMember { app, scope, name, role: self.role.into(), ends_at })
    }
}

/// A colleague who is to act for the same employer.
#[derive(InputObject)]
pub struct InviteColleagueInput {
    /// Makes it safe to send again: the same key and input invite once, and tell the same link.
    idempotency_key: Option<String>,
    /// The employer, which the viewer acts for.
    employer_nzbn: Nzbn,
    /// What the colleague is called.
    name: String,
}

impl InviteColleagueInput {
    pub(super) fn command(self, app: &App, scope: EmployerScope) -> Acted<InviteColleague<'_>> {
        let mut reader = Reader::default();
        let name = reader.need("name", &self.name, Line::parse);
        let name = reader.finish(name)?;
        Ok(InviteColleague { app, scope, employer: self.employer_nzbn.0, name })
    }
}

/// An invitation that nobody is to use, or to have used.
#[derive(InputObject)]
pub struct RevokeInvitationInput {
    /// Makes it safe to send again: the same key and input take it back once.
    idempotency_key: Option<String>,
    /// Which invitation.
    id: ID,
}

impl RevokeInvitationInput {
    pub(super) fn command(&self, scope: CaseloadScope) -> Acted<RevokeInvitation> {
        let mut reader = Reader::default();
        let id = reader.id::<InvitationId>("id", &self.id);
        Ok(RevokeInvitation { scope, id: reader.finish(id)? })
    }
}

/// What changes about a member.
#[derive(InputObject)]
pub struct ChangeMemberInput {
    /// Makes it safe to send again: the same key and input change it once.
    idempotency_key: Option<String>,
    /// Which membership.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// ASSESSOR or LEAD; absent where it stays.
    role: Option<StaffRole>,
    /// The last day of the membership, in New Zealand; null where it is to go on, absent where the end stays as it is.
    #[graphql(default)]
    ends_on: MaybeUndefined<Date>,
}

impl ChangeMemberInput {
    pub(super) fn command(self, scope: BodyScope) -> Acted<ChangeMember> {
        let mut reader = Reader::default();
        let id = reader.id::<MembershipId>("id", &self.id);
        let ends_at = match self.ends_on {
            MaybeUndefined::Undefined => Patch::Keep,
            MaybeUndefined::Null => Patch::Clear,
            MaybeUndefined::Value(day) => Patch::Set(end_of(day)),
        };
        let (id, role) = (reader.finish(id)?, self.role.map(Into::into));
        Ok(ChangeMember { scope, id, version: self.version, role, ends_at })
    }
}

/// A machine that is to use the API for the lead's body.
#[derive(InputObject)]
pub struct AddServiceAccountInput {
    /// Makes it safe to send again: the same key and input add it once.
    idempotency_key: Option<String>,
    /// What people call it.
    name: String,
    /// Short name of the body's identity provider, as GET /sign-in lists it.
    issuer: String,
    /// The id of the machine's client at the provider, where it gets its tokens with client credentials.
    client_id: String,
    /// The last day on which it has access, in New Zealand; null where it goes on.
    ends_on: Option<Date>,
}

impl AddServiceAccountInput {
    pub(super) fn command(self, scope: BodyScope) -> Acted<AddServiceAccount> {
        let mut reader = Reader::default();
        let name = reader.need("name", &self.name, Line::parse);
        let issuer = reader.slug("issuer", self.issuer, "identity provider of your body that knows machines");
        let client_id = reader.need("clientId", &self.client_id, Line::<255>::parse);
        let ((name, issuer), client_id) = reader.finish(name.zip(issuer).zip(client_id))?;
        let (client_id, ends_at) = (client_id.as_str().to_owned(), self.ends_on.map(end_of));
        Ok(AddServiceAccount { scope, name, issuer, client_id, ends_at })
    }
}

/// An employer that the viewer is to act for.
#[derive(InputObject)]
pub struct RegisterEmployerInput {
    /// Makes it safe to send again: the same key and input ask once.
    idempotency_key: Option<String>,
    /// The employer's number in the register.
    nzbn: Nzbn,
    /// The name that it is registered under.
    legal_name: String,
    /// Slug of the body whose lead is to decide.
    body: String,
}

impl RegisterEmployerInput {
    pub(super) fn command(self, scope: EmployerScope) -> Acted<RegisterEmployer> {
        let mut reader = Reader::default();
        let legal_name = reader.need("legalName", &self.legal_name, Line::parse);
        let body = reader.slug("body", self.body, "body");
        let (legal_name, body) = reader.finish(legal_name.zip(body))?;
        Ok(RegisterEmployer { scope, nzbn: self.nzbn.0, legal_name, body })
    }
}

/// A decision on who may act for an employer.
#[derive(InputObject)]
pub struct DecideEmployerClaimInput {
    /// Makes it safe to send again: the same key and input decide once.
    idempotency_key: Option<String>,
    /// Which request.
    id: ID,
    /// Whether they may.
    approve: bool,
    /// Why they may not; whoever asked is told. Needed where it is declined, and left out otherwise.
    reason: Option<String>,
}

impl DecideEmployerClaimInput {
    pub(super) fn command(self, scope: DecidingScope) -> Acted<DecideEmployerClaim> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let reason = reader.maybe("reason", self.reason.as_deref(), Text::<4000>::parse);
        let decision = match (self.approve, reason, self.reason.is_some()) {
            (true, None, false) => Some(Decision::Approve),
            (false, Some(reason), _) => Some(Decision::Decline(reason.as_str().to_owned())),
            (true, _, _) => {
                reader.refuse(
                    UserErrorCode::Invalid,
                    "reason",
                    "Give a reason where you decline, and only there.",
                );
                None
            }
            (false, None, true) => None,
            (false, None, false) => {
                reader.refuse(
                    UserErrorCode::Required,
                    "reason",
                    "Say why they may not act for the employer.",
                );
                None
            }
        };
        let (id, decision) = reader.finish(id.zip(decision))?;
        Ok(DecideEmployerClaim { scope, id, decision })
    }
}

/// A sign-in that is to end.
#[derive(InputObject)]
pub struct EndSessionInput {
    /// Makes it safe to send again: the same key and input end it once.
    idempotency_key: Option<String>,
    /// Which of the viewer's own.
    id: ID,
}

impl EndSessionInput {
    pub(super) fn command(&self, of: MembershipId) -> Acted<EndSession> {
        let mut reader = Reader::default();
        let id = reader.id::<SessionId>("id", &self.id);
        Ok(EndSession { of, id: reader.finish(id)? })
    }
}
