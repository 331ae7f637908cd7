//! What leads do with the members of their body. A body is never without a lead whose membership has no end.

use chrono::{DateTime, Utc};
use entity::{StaffRole, membership};

use super::arrival::holds;
use crate::error::{UserError, UserErrorCode};

/// Why a membership stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MemberRefusal {
    /// It was changed since it was read.
    #[error("Somebody changed this member since you read it: read it again and decide anew.")]
    Stale,
    /// It has ended.
    #[error("This membership has ended. To let them in again, invite them anew.")]
    Ended,
    /// The body would be without a lead.
    #[error("Your body would be left without a lead whose access has no end: make somebody else one first.")]
    LastLead,
    /// A machine is a machine, and a person a person.
    #[error("People are assessors or leads of a body, and machines are machines: neither becomes the other.")]
    OtherKind,
    /// An end in the past.
    #[error("This day has passed: name today or a later day, or remove the member.")]
    EndHasPassed,
}

impl MemberRefusal {
    fn code(self) -> UserErrorCode {
        match self {
            Self::Stale => UserErrorCode::Stale,
            Self::Ended => UserErrorCode::WrongStatus,
            Self::LastLead => UserErrorCode::NotPermitted,
            Self::OtherKind | Self::EndHasPassed => UserErrorCode::Invalid,
        }
    }

    fn field(self) -> &'static str {
        match self {
            Self::Stale => "version",
            Self::Ended | Self::LastLead => "id",
            Self::OtherKind => "role",
            Self::EndHasPassed => "endsOn",
        }
    }
}

impl From<MemberRefusal> for UserError {
    fn from(refusal: MemberRefusal) -> Self {
        Self::at(refusal.code(), refusal.field(), refusal.to_string())
    }
}

/// Whether a person of a body may have this role.
#[must_use]
pub fn is_persons_role(role: StaffRole) -> bool {
    matches!(role, StaffRole::Assessor | StaffRole::Lead)
}

/// Whether a membership may become another, or end. `other_leads` counts the body's other leads whose memberships have
/// no end.
///
/// # Errors
/// Why it may not.
pub fn may_become(
    member: &membership::Model,
    version: i32,
    (role, ends_at): (StaffRole, Option<DateTime<Utc>>),
    other_leads: u64,
    now: DateTime<Utc>,
) -> Result<(), MemberRefusal> {
    if member.version != version {
        return Err(MemberRefusal::Stale);
    }
    if !holds(member.ends_at, now) {
        return Err(MemberRefusal::Ended);
    }
    if role != member.role && !(is_persons_role(role) && is_persons_role(member.role)) {
        return Err(MemberRefusal::OtherKind);
    }
    if ends_at != member.ends_at && ends_at.is_some_and(|end| end < now) {
        return Err(MemberRefusal::EndHasPassed);
    }
    let leads = |role, ends_at: Option<_>| role == StaffRole::Lead && ends_at.is_none();
    if leads(member.role, member.ends_at) && !leads(role, ends_at) && other_leads == 0 {
        return Err(MemberRefusal::LastLead);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use entity::{BodyId, MembershipId, PersonId};
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_646_092_800, 0).expect("an instant") + TimeDelta::seconds(seconds)
    }

    fn member(role: StaffRole, ends_at: Option<DateTime<Utc>>) -> membership::Model {
        membership::Model {
            id: MembershipId(Uuid::from_u128(1)),
            person_id: PersonId(Uuid::from_u128(2)),
            role,
            body_id: Some(BodyId(Uuid::from_u128(3))),
            version: 4,
            ends_at,
        }
    }

    #[test]
    fn a_body_keeps_a_lead_without_an_end() {
        use StaffRole::{Assessor, Lead, Service};
        for (role, ends_at, becomes, other_leads, expected) in [
            (Lead, None, (Assessor, None), 0, Err(MemberRefusal::LastLead)),
            (Lead, None, (Assessor, None), 1, Ok(())),
            (Lead, None, (Lead, Some(at(9))), 0, Err(MemberRefusal::LastLead)),
            (Lead, None, (Lead, Some(at(0))), 0, Err(MemberRefusal::LastLead)),
            (Lead, None, (Lead, None), 0, Ok(())),
            (Lead, Some(at(9)), (Assessor, Some(at(9))), 0, Ok(())),
            (Lead, Some(at(9)), (Lead, None), 0, Ok(())),
            (Assessor, None, (Assessor, Some(at(0))), 0, Ok(())),
            (Assessor, None, (Lead, None), 0, Ok(())),
            (Service, None, (Service, Some(at(0))), 0, Ok(())),
        ] {
            let found = may_become(&member(role, ends_at), 4, becomes, other_leads, at(0));
            assert_eq!(found, expected, "{role:?} {ends_at:?} {becomes:?} {other_leads}");
        }
    }

    #[test]
    fn what_else_is_refused() {
        use StaffRole::{Assessor, Employer, Lead, Observer, Service};
        for (role, ends_at, version, becomes, expected) in [
            (Assessor, None, 3, (Lead, None), MemberRefusal::Stale),
            (Assessor, Some(at(0)), 4, (Assessor, None), MemberRefusal::Ended),
            (Assessor, None, 4, (Service, None), MemberRefusal::OtherKind),
            (Service, None, 4, (Lead, None), MemberRefusal::OtherKind),
            (Assessor, None, 4, (Observer, None), MemberRefusal::OtherKind),
            (Assessor, None, 4, (Employer, None), MemberRefusal::OtherKind),
            (Assessor, None, 4, (Assessor, Some(at(-1))), MemberRefusal::EndHasPassed),
        ] {
            let found = may_become(&member(role, ends_at), version, becomes, 5, at(0));
            assert_eq!(found, Err(expected), "{role:?} {becomes:?}");
        }
    }
}
