//! Who may invite whom, and for how long an invitation is open.

/// Days in which an invitation can be used.
pub const DAYS_TO_USE: i64 = 7;

use chrono::{DateTime, Utc};
use entity::invitation;

use crate::error::{UserError, UserErrorCode};

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

/// Whether an invitation may be taken back; one that ran out too, which does no harm.
///
/// # Errors
/// Where it was used, or taken back before.
pub fn may_revoke(invitation: &invitation::Model, now: DateTime<Utc>) -> Result<(), UserError> {
    let message = match state(invitation, now) {
        State::Open | State::Expired => return Ok(()),
        State::Used => "Somebody has used this invitation: end their membership instead.",
        State::Revoked => "This invitation was taken back already.",
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
        for (invitation, expected, may) in [
            (open.clone(), State::Open, true),
            (invitation::Model { expires_at: now, ..open.clone() }, State::Expired, true),
            (invitation::Model { revoked_at: Some(now), ..open.clone() }, State::Revoked, false),
            (
                invitation::Model { used_at: Some(now), used_by, expires_at: now, ..open.clone() },
                State::Used,
                false,
            ),
        ] {
            assert_eq!(state(&invitation, now), expected);
            assert_eq!(may_revoke(&invitation, now).is_ok(), may, "{expected:?}");
        }
    }
}
