//! Who may invite whom, and for how long an invitation is open.

use chrono::{DateTime, Utc};
use entity::{EmployerId, PersonId, invitation};

use crate::error::{UserError, UserErrorCode};

/// Days in which an invitation can be used.
pub const DAYS_TO_USE: i64 = 7;

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It can be used.
    Open,
    /// Somebody has used it.
    Used,
    /// It was taken back.
    Revoked,
    /// Nobody used it in time.
    Expired,
}

/// Where an invitation stands `now`.
#[must_use]
pub fn state(invitation: &invitation::Model, now: DateTime<Utc>) -> State {
    if invitation.used_at.is_some() {
        State::Used
    } else if invitation.revoked_at.is_some() {
        State::Revoked
    } else if now >= invitation.expires_at {
        State::Expired
    } else {
        State::Open
    }
}

/// What it means to take an invitation back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// Nobody is let in by it.
    Link,
    /// Whom it let in acts for the employer no more.
    Access(PersonId, EmployerId),
}

/// Whether an invitation may be taken back; one that ran out too, which does no harm. A colleague who came by one has no
/// membership of the employer that could be ended: taking their invitation back does it.
///
/// # Errors
/// Where it made somebody a member, or was taken back before.
pub fn may_revoke(invitation: &invitation::Model, now: DateTime<Utc>) -> Result<Revoked, UserError> {
    let message = match (state(invitation, now), invitation.used_by, invitation.employer_id) {
        (State::Open | State::Expired, _, _) => return Ok(Revoked::Link),
        (State::Used, Some(person), Some(employer)) => return Ok(Revoked::Access(person, employer)),
        (State::Used, _, _) => "Somebody has used this invitation: end their membership instead.",
        (State::Revoked, _, _) => "This invitation was taken back already.",
    };
    Err(UserError::at(UserErrorCode::WrongStatus, "id", message))
}

#[cfg(test)]
mod tests {
    use entity::{BodyId, InvitationId, PersonId, StaffRole};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_invitation_is_open_until_something_happens_to_it() {
        let now: DateTime<Utc> = "2022-03-01T00:00:00Z".parse().expect("an instant");
        let open = invitation::Model {
            id: InvitationId(Uuid::from_u128(1)),
            token_hash: String::new(),
            name: "Ivy".into(),
            role: StaffRole::Lead,
            body_id: Some(BodyId(Uuid::from_u128(2))),
            employer_id: None,
            membership_ends_at: None,
            invited_by: None,
            created_at: now,
            expires_at: now + chrono::TimeDelta::seconds(1),
            revoked_at: None,
            used_at: None,
            used_by: None,
        };
        let used_by = Some(PersonId(Uuid::from_u128(3)));
        let used = invitation::Model { used_at: Some(now), used_by, expires_at: now, ..open.clone() };
        let (zoe, employer_id) = (PersonId(Uuid::from_u128(3)), EmployerId(Uuid::from_u128(4)));
        let colleague = invitation::Model { body_id: None, employer_id: Some(employer_id), ..used.clone() };
        for (invitation, expected, may) in [
            (open.clone(), State::Open, Some(Revoked::Link)),
            (invitation::Model { expires_at: now, ..open.clone() }, State::Expired, Some(Revoked::Link)),
            (invitation::Model { revoked_at: Some(now), ..open.clone() }, State::Revoked, None),
            (used, State::Used, None),
            (colleague, State::Used, Some(Revoked::Access(zoe, employer_id))),
        ] {
            assert_eq!(state(&invitation, now), expected);
            assert_eq!(may_revoke(&invitation, now).ok(), may, "{expected:?}");
        }
    }
}
