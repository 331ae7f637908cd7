//! What becomes of somebody who has proved to an identity provider who they are: they enter, join by an invitation,
//! or are told what is missing.

use chrono::{DateTime, Utc};
use entity::{StaffRole, invitation, membership};

use super::issuers::Issuer;
use crate::error::{UserError, UserErrorCode};

/// What becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// They are a member already.
    Enter,
    /// They are new, and join by the invitation.
    Join,
    /// They were a member, and become one again by the invitation.
    Rejoin,
    /// They act for employers already, and for another one by the invitation.
    ActForAnother,
    /// They are new, and may ask to act for an employer.
    Register,
}

/// Why they may not enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArrivalRefusal {
    /// Nobody invited them.
    #[error("You have no access here yet. Ask a lead of your body for an invitation, and open its link.")]
    NotInvited,
    /// Their membership has ended.
    #[error("Your access has ended. If that is a mistake, ask a lead of your body for a new invitation.")]
    Ended,
    /// The provider does not speak for what they are.
    #[error(
        "This provider does not speak for your access here: sign in with the one that you were invited for."
    )]
    OtherIssuer,
    /// The account is a machine's.
    #[error("This account is a machine's, which uses the API with its own tokens: sign in as yourself.")]
    Machine,
    /// Used, taken back, run out, for another provider, or never there: which of these is not told.
    #[error("This invitation is not valid here, or no longer: ask whoever invited you for a new one.")]
    NoSuchInvitation,
    /// They are a member, and need none.
    #[error(
        "You have access already, so this invitation was not used: it is for somebody else. Sign in without it."
    )]
    AlreadyMember,
    /// A member of the body has the same verified address: two accounts are not two people.
    #[error(
        "Somebody with your e-mail address has access already. If that is you, sign in with the account that you used first; \
         if it is not, tell a lead of your body."
    )]
    SameAddress,
}

impl From<ArrivalRefusal> for UserError {
    fn from(refusal: ArrivalRefusal) -> Self {
        Self::new(UserErrorCode::NotPermitted, refusal.to_string())
    }
}

/// Whether two addresses are one: in any case, as mail servers have it.
#[must_use]
pub fn is_one_address(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Whether a membership that ends at `ends_at` holds `now`. The end is exclusive.
#[must_use]
pub fn holds(ends_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    ends_at.is_none_or(|end| now < end)
}

/// An invitation that a link names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The invitation.
    pub invitation: invitation::Model,
    /// What whoever made it is now; none where the command line did, or where they act for its employer no more.
    pub inviter: Option<membership::Model>,
}

/// Whether an invitation may be used, by somebody who comes from this issuer.
#[must_use]
pub fn is_open(link: &Link, issuer: &Issuer, now: DateTime<Utc>) -> bool {
    let invitation = &link.invitation;
    invitation.used_at.is_none()
        && invitation.revoked_at.is_none()
        && now < invitation.expires_at
        && holds(invitation.membership_ends_at, now)
        && still_invites(link, now)
        && issuer.speaks_for(invitation.role, invitation.body_id)
}

/// Whether whoever made an invitation could make it today. Nobody lets others in, or themselves, by what they may no longer
/// do.
fn still_invites(Link { invitation, inviter }: &Link, now: DateTime<Utc>) -> bool {
    let role = if invitation.body_id.is_some() { StaffRole::Lead } else { StaffRole::Employer };
    let may = |inviter: &membership::Model| {
        inviter.role == role && inviter.body_id == invitation.body_id && holds(inviter.ends_at, now)
    };
    invitation.invited_by.is_none() || inviter.as_ref().is_some_and(may)
}

/// What becomes of somebody who comes from `issuer`; `invitation` is what their link names, if they have one.
///
/// # Errors
/// Why they may not enter.
pub fn arrival(
    issuer: &Issuer,
    member: Option<&membership::Model>,
    invitation: Option<Option<&Link>>,
    now: DateTime<Utc>,
) -> Result<Arrival, ArrivalRefusal> {
    if member.is_some_and(|member| member.role == StaffRole::Service) {
        return Err(ArrivalRefusal::Machine);
    }
    match invitation {
        None => without_invitation(issuer, member, now),
        Some(found) => by_invitation(issuer, member, found.ok_or(ArrivalRefusal::NoSuchInvitation)?, now),
    }
}

fn without_invitation(
    issuer: &Issuer,
    member: Option<&membership::Model>,
    now: DateTime<Utc>,
) -> Result<Arrival, ArrivalRefusal> {
    match member {
        Some(member) if !issuer.speaks_for(member.role, member.body_id) => Err(ArrivalRefusal::OtherIssuer),
        Some(member) if holds(member.ends_at, now) => Ok(Arrival::Enter),
        Some(_) => Err(ArrivalRefusal::Ended),
        None if issuer.speaks_for(StaffRole::Employer, None) => Ok(Arrival::Register),
        None => Err(ArrivalRefusal::NotInvited),
    }
}

fn by_invitation(
    issuer: &Issuer,
    member: Option<&membership::Model>,
    link: &Link,
    now: DateTime<Utc>,
) -> Result<Arrival, ArrivalRefusal> {
    let invitation = &link.invitation;
    // Who follows their own link once more simply signs in.
    if invitation.used_by.is_some() && invitation.used_by == member.map(|member| member.person_id) {
        return without_invitation(issuer, member, now);
    }
    if !is_open(link, issuer, now) {
        return Err(ArrivalRefusal::NoSuchInvitation);
    }
    match member {
        None => Ok(Arrival::Join),
        // Whoever made it has access: they could not have made it otherwise.
        Some(member) if invitation.invited_by == Some(member.person_id) => Err(ArrivalRefusal::AlreadyMember),
        Some(member) if !holds(member.ends_at, now) => Ok(Arrival::Rejoin),
        Some(member) if member.role == StaffRole::Employer && invitation.employer_id.is_some() => {
            Ok(Arrival::ActForAnother)
        }
        Some(_) => Err(ArrivalRefusal::AlreadyMember),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use entity::{BodyId, InvitationId, IssuerId, IssuerTenant, MembershipId, PersonId};
    use uuid::Uuid;

    use super::*;
    use crate::people::rules::issuers::roles_of;

    const NZTECH: BodyId = BodyId(Uuid::from_u128(1));
    const ITP: BodyId = BodyId(Uuid::from_u128(2));
    const ANA: PersonId = PersonId(Uuid::from_u128(3));

    fn now() -> DateTime<Utc> {
        "2022-03-01T00:00:00Z".parse().expect("an instant")
    }

    fn issuer(tenant: IssuerTenant, body: Option<BodyId>) -> Issuer {
        Issuer {
            id: IssuerId(Uuid::from_u128(9)),
            slug: "x".into(),
            name: "X".into(),
            url: "https://x.example.nz".into(),
            client_id: "nominations".into(),
            audience: None,
            tenant,
            body,
            roles: roles_of(tenant).to_vec(),
        }
    }

    fn member(role: StaffRole, body: Option<BodyId>, ends_in: Option<i64>) -> membership::Model {
        membership::Model {
            id: MembershipId(Uuid::from_u128(4)),
            person_id: ANA,
            role,
            body_id: body,
            version: 1,
            ends_at: ends_in.map(|seconds| now() + TimeDelta::seconds(seconds)),
        }
    }

    fn invited(role: StaffRole, body: Option<BodyId>) -> invitation::Model {
        invitation::Model {
            id: InvitationId(Uuid::from_u128(5)),
            token_hash: String::new(),
            name: "Ana".into(),
            role,
            body_id: body,
            employer_id: None,
            membership_ends_at: None,
            invited_by: None,
            created_at: now(),
            expires_at: now() + TimeDelta::seconds(1),
            revoked_at: None,
            used_at: None,
            used_by: None,
        }
    }

    #[test]
    fn without_an_invitation_members_enter_and_others_are_told_what_to_do() {
        let nztech = issuer(IssuerTenant::Body, Some(NZTECH));
        let employers = issuer(IssuerTenant::Employers, None);
        let lead = |ends_in| member(StaffRole::Lead, Some(NZTECH), ends_in);
        for (issuer, member, expected) in [
            (&nztech, None, Err(ArrivalRefusal::NotInvited)),
            (&nztech, Some(lead(None)), Ok(Arrival::Enter)),
            (&nztech, Some(lead(Some(1))), Ok(Arrival::Enter)),
            (&nztech, Some(lead(Some(0))), Err(ArrivalRefusal::Ended)),
            (&nztech, Some(member(StaffRole::Lead, Some(ITP), None)), Err(ArrivalRefusal::OtherIssuer)),
            (&nztech, Some(member(StaffRole::Observer, None, None)), Err(ArrivalRefusal::OtherIssuer)),
            (&nztech, Some(member(StaffRole::Service, Some(NZTECH), None)), Err(ArrivalRefusal::Machine)),
            (&employers, None, Ok(Arrival::Register)),
            (&employers, Some(lead(None)), Err(ArrivalRefusal::OtherIssuer)),
            (&employers, Some(member(StaffRole::Employer, None, None)), Ok(Arrival::Enter)),
        ] {
            assert_eq!(arrival(issuer, member.as_ref(), None, now()), expected, "{member:?}");
        }
    }

    /// By the command line.
    fn link(invitation: invitation::Model) -> Link {
        Link { invitation, inviter: None }
    }

    #[test]
    fn an_invitation_is_used_once_in_time_and_with_its_own_issuer() {
        let (nztech, itp) = (issuer(IssuerTenant::Body, Some(NZTECH)), issuer(IssuerTenant::Body, Some(ITP)));
        let good = invited(StaffRole::Lead, Some(NZTECH));
        let come = |issuer, invitation: Option<&invitation::Model>| {
            arrival(issuer, None, Some(invitation.cloned().map(link).as_ref()), now())
        };
        assert_eq!(come(&nztech, Some(&good)), Ok(Arrival::Join));
        let other = PersonId(Uuid::from_u128(7));
        for (issuer, invitation) in [
            (&nztech, None),
            (&itp, Some(good.clone())),
            (&nztech, Some(invitation::Model { expires_at: now(), ..good.clone() })),
            (&nztech, Some(invitation::Model { revoked_at: Some(now()), ..good.clone() })),
            (&nztech, Some(invitation::Model { membership_ends_at: Some(now()), ..good.clone() })),
            (&nztech, Some(invitation::Model { used_at: Some(now()), used_by: Some(other), ..good.clone() })),
            (&nztech, Some(invited(StaffRole::Observer, None))),
        ] {
            assert_eq!(
                come(issuer, invitation.as_ref()),
                Err(ArrivalRefusal::NoSuchInvitation),
                "{invitation:?}"
            );
        }
    }

    #[test]
    fn an_invitation_finds_members_former_members_and_agents() {
        let nztech = issuer(IssuerTenant::Body, Some(NZTECH));
        let employers = issuer(IssuerTenant::Employers, None);
        let good = invited(StaffRole::Lead, Some(NZTECH));
        let used = invitation::Model { used_at: Some(now()), used_by: Some(ANA), ..good.clone() };
        let employer_id = Some(entity::EmployerId(Uuid::from_u128(8)));
        let colleague = invitation::Model { employer_id, ..invited(StaffRole::Employer, None) };
        let lead = |ends_in| member(StaffRole::Lead, Some(NZTECH), ends_in);
        let agent = member(StaffRole::Employer, None, None);
        for (issuer, member, invitation, expected) in [
            (&nztech, lead(None), &good, Err(ArrivalRefusal::AlreadyMember)),
            (&nztech, lead(Some(0)), &good, Ok(Arrival::Rejoin)),
            (&nztech, lead(None), &used, Ok(Arrival::Enter)),
            (&nztech, lead(Some(0)), &used, Err(ArrivalRefusal::Ended)),
            (&employers, agent, &colleague, Ok(Arrival::ActForAnother)),
        ] {
            let link = link(invitation.clone());
            assert_eq!(arrival(issuer, Some(&member), Some(Some(&link)), now()), expected, "{member:?}");
        }
    }

    #[test]
    fn an_address_is_the_same_in_any_case() {
        assert!(is_one_address("Ana.Bell@example.nz", "ana.bell@example.nz"));
        assert!(!is_one_address("ana@example.nz", "anna@example.nz"));
    }

    #[test]
    fn an_invitation_holds_while_whoever_made_it_may_make_it() {
        let nztech = issuer(IssuerTenant::Body, Some(NZTECH));
        let employers = issuer(IssuerTenant::Employers, None);
        let by_ana = |to| invitation::Model { invited_by: Some(ANA), ..to };
        let member_of = |body| by_ana(invited(StaffRole::Lead, Some(body)));
        let employer_id = Some(entity::EmployerId(Uuid::from_u128(8)));
        let colleague = invitation::Model { employer_id, ..by_ana(invited(StaffRole::Employer, None)) };
        let staff = |role, body, ends_in| Some(member(role, Some(body), ends_in));
        let agent = |ends_in| Some(member(StaffRole::Employer, None, ends_in));
        let gone = Err(ArrivalRefusal::NoSuchInvitation);
        for (issuer, invitation, inviter, expected) in [
            (&nztech, member_of(NZTECH), staff(StaffRole::Lead, NZTECH, None), Ok(Arrival::Join)),
            (&nztech, member_of(NZTECH), staff(StaffRole::Lead, NZTECH, Some(1)), Ok(Arrival::Join)),
            (&nztech, member_of(NZTECH), staff(StaffRole::Lead, NZTECH, Some(0)), gone),
            (&nztech, member_of(NZTECH), staff(StaffRole::Assessor, NZTECH, None), gone),
            (&nztech, member_of(NZTECH), staff(StaffRole::Lead, ITP, None), gone),
            (&nztech, member_of(NZTECH), None, gone),
            (&employers, colleague.clone(), agent(None), Ok(Arrival::Join)),
            (&employers, colleague.clone(), agent(Some(0)), gone),
            (&employers, colleague.clone(), staff(StaffRole::Lead, NZTECH, None), gone),
        ] {
            let link = Link { invitation, inviter };
            assert_eq!(arrival(issuer, None, Some(Some(&link)), now()), expected, "{link:?}");
        }
        // Nobody arrives by an invitation of their own.
        let removed = member(StaffRole::Lead, Some(NZTECH), Some(0));
        let own = Link { invitation: member_of(NZTECH), inviter: Some(removed.clone()) };
        assert_eq!(arrival(&nztech, Some(&removed), Some(Some(&own)), now()), gone);
        let acting = member(StaffRole::Employer, None, None);
        let own = Link { invitation: colleague, inviter: Some(acting.clone()) };
        let known = Err(ArrivalRefusal::AlreadyMember);
        assert_eq!(arrival(&employers, Some(&acting), Some(Some(&own)), now()), known);
    }
}
