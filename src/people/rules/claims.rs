//! Who may act for an employer.
//!
//! A lead of the body that was asked approves. Whoever acts for an employer reads and withdraws what every body has of it,
//! so each of these bodies has to be asked, and says yes for itself; and where somebody acts for the employer already, one
//! of them lets the newcomer in as well. The last yes opens the employer. Whoever has said yes may take it back, and so may
//! any other who acts for the employer; that ends it. No body is told what the others know of it.

use entity::{BodyId, EmployerClaimStatus, PersonId, employer_claim};

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
    /// It was decided, or waits for somebody else.
    #[error("This has been decided already, or is not yours to decide now: look at its status.")]
    NotWaiting,
    /// Nobody decides on their own wish.
    #[error("You asked for this yourself: somebody else decides on it.")]
    Own,
    /// The lead has declared a conflict with the employer.
    #[error("You have declared a conflict of interest with this employer. A colleague has to do this.")]
    Conflict,
}

impl From<ClaimRefusal> for UserError {
    fn from(refusal: ClaimRefusal) -> Self {
        let code = match refusal {
            ClaimRefusal::NotWaiting => UserErrorCode::WrongStatus,
            ClaimRefusal::Own => UserErrorCode::SamePerson,
            ClaimRefusal::Conflict => UserErrorCode::ConflictOfInterest,
        };
        Self::at(code, "id", refusal.to_string())
    }
}

/// Who has to say yes beside the body that was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concerned {
    /// The bodies that have something of the employer.
    pub bodies: Vec<BodyId>,
    /// Whether somebody acts for the employer.
    pub has_agents: bool,
}

/// Where a wish stands after a decision, before the others are asked whether they said the same. `has_conflict` says whether
/// whoever decides has declared a conflict of interest with the employer.
///
/// # Errors
/// Why nothing is decided.
pub fn decided(
    claim: &employer_claim::Model,
    (decider, who): (Decider, PersonId),
    decision: &Decision,
    has_conflict: bool,
) -> Result<EmployerClaimStatus, ClaimRefusal> {
    if claim.person_id == who {
        return Err(ClaimRefusal::Own);
    }
    if has_conflict {
        return Err(ClaimRefusal::Conflict);
    }
    // A lead goes by what a lead is told: what others have made of it shows in no answer.
    let stands = match decider {
        Decider::Lead => as_the_body_knows(claim).0,
        Decider::Agent => claim.status,
    };
    match (decision, decider, stands) {
        (Decision::Approve, Decider::Lead, EmployerClaimStatus::Asked) => Ok(EmployerClaimStatus::Approved),
        (Decision::Approve, Decider::Agent, EmployerClaimStatus::Approved) if claim.accepted_by.is_none() => {
            Ok(EmployerClaimStatus::Approved)
        }
        (Decision::Decline(_), Decider::Lead, EmployerClaimStatus::Asked | EmployerClaimStatus::Approved)
        | (
            Decision::Decline(_),
            Decider::Agent,
            EmployerClaimStatus::Approved | EmployerClaimStatus::Accepted,
        ) => Ok(EmployerClaimStatus::Declined),
        (Decision::Approve | Decision::Decline(_), Decider::Lead | Decider::Agent, _) => {
            Err(ClaimRefusal::NotWaiting)
        }
    }
}

/// Whether everybody has said yes whom it concerns; `approved` are the wishes of one person for the employer that bodies
/// have approved.
#[must_use]
pub fn is_agreed(approved: &[employer_claim::Model], concerned: &Concerned) -> bool {
    let by_body = |body: &BodyId| approved.iter().any(|claim| claim.body_id == *body);
    let by_agent = approved.iter().any(|claim| claim.accepted_by.is_some());
    !approved.is_empty() && concerned.bodies.iter().all(by_body) && (by_agent || !concerned.has_agents)
}

/// Where a wish stands as the body is told that was asked: what its own leads have made of it, and why it was declined by
/// them. Whether others have to say yes, and what they said, would tell it who else knows the employer.
#[must_use]
pub fn as_the_body_knows(claim: &employer_claim::Model) -> (EmployerClaimStatus, Option<&str>) {
    match claim.status {
        EmployerClaimStatus::Asked => (EmployerClaimStatus::Asked, None),
        EmployerClaimStatus::Declined if claim.accepted_by.is_none() => {
            (EmployerClaimStatus::Declined, claim.reason.as_deref())
        }
        EmployerClaimStatus::Approved | EmployerClaimStatus::Accepted | EmployerClaimStatus::Declined => {
            (EmployerClaimStatus::Approved, None)
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
    fn a_lead_decides_first_and_an_agent_then_each_once() {
        use EmployerClaimStatus::{Accepted, Approved, Asked, Declined};
        let decline = Decision::Decline("No.".into());
        for (status, decider, decision, expected) in [
            (Asked, Decider::Lead, &Decision::Approve, Ok(Approved)),
            (Asked, Decider::Lead, &decline, Ok(Declined)),
            (Asked, Decider::Agent, &Decision::Approve, Err(ClaimRefusal::NotWaiting)),
            (Approved, Decider::Lead, &Decision::Approve, Err(ClaimRefusal::NotWaiting)),
            (Approved, Decider::Agent, &Decision::Approve, Ok(Approved)),
            (Approved, Decider::Agent, &decline, Ok(Declined)),
            (Approved, Decider::Lead, &decline, Ok(Declined)),
            (Accepted, Decider::Lead, &decline, Ok(Declined)),
            (Accepted, Decider::Agent, &decline, Ok(Declined)),
            (Asked, Decider::Agent, &decline, Err(ClaimRefusal::NotWaiting)),
            (Accepted, Decider::Agent, &Decision::Approve, Err(ClaimRefusal::NotWaiting)),
            (Declined, Decider::Lead, &Decision::Approve, Err(ClaimRefusal::NotWaiting)),
            (Declined, Decider::Lead, &decline, Err(ClaimRefusal::NotWaiting)),
            (Declined, Decider::Agent, &decline, Err(ClaimRefusal::NotWaiting)),
        ] {
            let found = decided(&claim(status), (decider, ANA), decision, false);
            assert_eq!(found, expected, "{status:?} {decider:?} {decision:?}");
        }
        let let_in = employer_claim::Model { accepted_by: Some(ANA), ..claim(Approved) };
        let again = decided(&let_in, (Decider::Agent, ANA), &Decision::Approve, false);
        assert_eq!(again, Err(ClaimRefusal::NotWaiting));
        assert_eq!(decided(&let_in, (Decider::Agent, ANA), &decline, false), Ok(Declined));
        // To a lead, what an agent has declined looks like what stands, and so does taking it back.
        let by_agent = employer_claim::Model { accepted_by: Some(ANA), ..claim(Declined) };
        assert_eq!(decided(&by_agent, (Decider::Lead, ANA), &decline, false), Ok(Declined));
        for decision in [&Decision::Approve, &decline] {
            let found = decided(&claim(Asked), (Decider::Lead, ANA), decision, true);
            assert_eq!(found, Err(ClaimRefusal::Conflict));
        }
    }

    #[test]
    fn all_whom_it_concerns_say_yes() {
        let one = claim(EmployerClaimStatus::Approved);
        let let_in = employer_claim::Model { accepted_by: Some(ANA), ..one.clone() };
        let (asked, another) = (one.body_id, BodyId(Uuid::from_u128(5)));
        let anothers = employer_claim::Model { body_id: another, ..one.clone() };
        let both = [one.clone(), anothers.clone()];
        for (approved, bodies, has_agents, expected) in [
            (&[][..], vec![], false, false),
            (std::slice::from_ref(&one), vec![], false, true),
            (std::slice::from_ref(&one), vec![asked], false, true),
            (std::slice::from_ref(&one), vec![another], false, false),
            (std::slice::from_ref(&one), vec![asked, another], false, false),
            (&both, vec![asked, another], false, true),
            (&both, vec![asked, another], true, false),
            (std::slice::from_ref(&let_in), vec![asked], true, true),
            (std::slice::from_ref(&let_in), vec![another], true, false),
            (&[let_in.clone(), anothers], vec![asked, another], true, true),
        ] {
            let concerned = Concerned { bodies, has_agents };
            assert_eq!(is_agreed(approved, &concerned), expected, "{approved:?} {concerned:?}");
        }
    }

    #[test]
    fn a_body_is_told_the_same_whoever_else_has_to_say_yes() {
        use EmployerClaimStatus::{Accepted, Approved, Asked, Declined};
        let reason = Some("No.".to_owned());
        let declined = employer_claim::Model { reason: reason.clone(), ..claim(Declined) };
        assert_eq!(as_the_body_knows(&claim(Asked)), (Asked, None));
        assert_eq!(as_the_body_knows(&declined), (Declined, Some("No.")));
        let by_agent = employer_claim::Model { accepted_by: Some(ANA), ..declined };
        for told in [claim(Approved), claim(Accepted), by_agent] {
            assert_eq!(as_the_body_knows(&told), (Approved, None), "{told:?}");
        }
    }

    #[test]
    fn nobody_decides_on_their_own_wish() {
        for decider in [Decider::Lead, Decider::Agent] {
            let asked = claim(EmployerClaimStatus::Asked);
            let found = decided(&asked, (decider, ZOE), &Decision::Approve, false);
            assert_eq!(found, Err(ClaimRefusal::Own));
        }
    }
}
