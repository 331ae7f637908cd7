//! Who may act for an employer.
//!
//! A lead of a body approves. Where somebody acts for the employer already, they let the newcomer in as well: the
//! employer's applications to other bodies would be open to them, and of those the lead knows nothing.

use entity::{EmployerClaimStatus, PersonId, employer_claim};

use crate::error::{UserError, UserErrorCode};

/// Wishes of one person that may wait at once.
pub const WAITING_MAX: u64 = 5;

/// Whose decision is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decider {
    /// A lead of the body that was asked.
    Lead,
    /// Somebody who acts for the employer.
    Agent,
}

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Approve,
    /// They may not, for this reason, which they are told.
    Decline(String),
}

/// Why nothing is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    /// It was decided, or waits for the other side.
    #[error("This has been decided already, or is not yours to decide now: look at its status.")]
    NotWaiting,
    /// Nobody decides on their own wish.
    #[error("You asked for this yourself: somebody else decides on it.")]
    Own,
}

impl From<ClaimRefusal> for UserError {
    fn from(refusal: ClaimRefusal) -> Self {
        let code = match refusal {
            ClaimRefusal::NotWaiting => UserErrorCode::WrongStatus,
            ClaimRefusal::Own => UserErrorCode::SamePerson,
        };
        Self::at(code, "id", refusal.to_string())
    }
}

/// Where a wish stands after a decision. `has_agents` says whether somebody acts for the employer.
///
/// # Errors
/// Why nothing is decided.
pub fn decided(
    claim: &employer_claim::Model,
    (decider, who): (Decider, PersonId),
    decision: &Decision,
    has_agents: bool,
) -> Result<EmployerClaimStatus, ClaimRefusal> {
    if claim.person_id == who {
        return Err(ClaimRefusal::Own);
    }
    match (claim.status, decider, decision) {
        (EmployerClaimStatus::Asked, Decider::Lead, Decision::Approve) if has_agents => {
            Ok(EmployerClaimStatus::Approved)
        }
        (EmployerClaimStatus::Asked, Decider::Lead, Decision::Approve)
        | (EmployerClaimStatus::Approved, Decider::Agent, Decision::Approve) => {
            Ok(EmployerClaimStatus::Accepted)
        }
        (EmployerClaimStatus::Asked, Decider::Lead, Decision::Decline(_))
        | (EmployerClaimStatus::Approved, Decider::Agent, Decision::Decline(_)) => {
            Ok(EmployerClaimStatus::Declined)
        }
        (EmployerClaimStatus::Asked, Decider::Agent, _)
        | (EmployerClaimStatus::Approved, Decider::Lead, _)
        | (EmployerClaimStatus::Accepted | EmployerClaimStatus::Declined, _, _) => {
            Err(ClaimRefusal::NotWaiting)
        }
    }
}

#[cfg(test)]
mod tests {
    use entity::{BodyId, EmployerClaimId};
    use uuid::Uuid;

    use super::*;

    const ZOE: PersonId = PersonId(Uuid::from_u128(1));
    const ANA: PersonId = PersonId(Uuid::from_u128(2));

    fn claim(status: EmployerClaimStatus) -> employer_claim::Model {
        employer_claim::Model {
            id: EmployerClaimId(Uuid::from_u128(3)),
            person_id: ZOE,
            body_id: BodyId(Uuid::from_u128(4)),
            nzbn: String::new(),
            legal_name: String::new(),
            status,
            created_at: "2022-03-01T00:00:00Z".parse().expect("an instant"),
            decided_at: None,
            decided_by: None,
            accepted_by: None,
            reason: None,
        }
    }

    #[test]
    fn a_lead_decides_first_and_an_agent_where_there_is_one() {
        use EmployerClaimStatus::{Accepted, Approved, Asked, Declined};
        let decline = Decision::Decline("No.".into());
        for (status, decider, decision, has_agents, expected) in [
            (Asked, Decider::Lead, &Decision::Approve, false, Ok(Accepted)),
            (Asked, Decider::Lead, &Decision::Approve, true, Ok(Approved)),
            (Asked, Decider::Lead, &decline, true, Ok(Declined)),
            (Asked, Decider::Agent, &Decision::Approve, true, Err(ClaimRefusal::NotWaiting)),
            (Approved, Decider::Lead, &Decision::Approve, true, Err(ClaimRefusal::NotWaiting)),
            (Approved, Decider::Agent, &Decision::Approve, true, Ok(Accepted)),
            (Approved, Decider::Agent, &decline, true, Ok(Declined)),
            (Accepted, Decider::Agent, &decline, true, Err(ClaimRefusal::NotWaiting)),
            (Declined, Decider::Lead, &Decision::Approve, true, Err(ClaimRefusal::NotWaiting)),
        ] {
            let found = decided(&claim(status), (decider, ANA), decision, has_agents);
            assert_eq!(found, expected, "{status:?} {decider:?} {decision:?} {has_agents}");
        }
    }

    #[test]
    fn nobody_decides_on_their_own_wish() {
        for decider in [Decider::Lead, Decider::Agent] {
            let found =
                decided(&claim(EmployerClaimStatus::Asked), (decider, ZOE), &Decision::Approve, false);
            assert_eq!(found, Err(ClaimRefusal::Own));
        }
    }
}
