//! The facts that the rules go by: what the viewer is to a case, and what is on record of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{
    ApplicationStatus, PersonId, RecommendationOutcome, StaffRole, application, assessment, assessment_round,
    class_exception,
};

use super::advice::standing_findings;
use crate::exceptions::rules::Window;
use crate::quota::rules::giving_is_over;
use crate::tenancy::CaseloadScope;

/// What the viewer is to the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// Acts for the employer whose it is.
    Employer,
    /// An assessor of the body whose it is.
    Assessor(PersonId),
    /// A lead of the body whose it is.
    Lead(PersonId),
    /// May look, and do nothing: a service account.
    Onlooker,
}

/// The advice of the current round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdviceGiven {
    /// By whom.
    pub by: PersonId,
    /// To what.
    pub outcome: RecommendationOutcome,
    /// Whether the adviser, or somebody on whose finding the advice rests, has declared a conflict with the employer
    /// since.
    pub rests_on_conflict: bool,
}

/// The facts that the rule needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Where the application stands.
    pub status: ApplicationStatus,
    /// When its class exception takes applications in.
    pub window: Window,
    /// Whether no place is given any more.
    pub giving_is_over: bool,
    /// Whether the viewer has declared a conflict with the employer.
    pub viewer_has_conflict: bool,
    /// The advice of the current round.
    pub advice: Option<AdviceGiven>,
    /// Who has assessed in the current round.
    pub assessed_by: Vec<PersonId>,
    /// Who took part in earlier rounds.
    pub took_part_before: Vec<PersonId>,
    /// Whether somebody has it in hand.
    pub in_hands: bool,
}

/// What is stored of a case, from which its facts are taken.
#[derive(Clone, Copy, Debug)]
pub struct Records<'a> {
    /// The application.
    pub application: &'a application::Model,
    /// Its class exception.
    pub exception: &'a class_exception::Model,
    /// The findings on it, in all rounds.
    pub findings: &'a [assessment::Model],
    /// Advice and decisions, in all rounds.
    pub rounds: &'a [assessment_round::Model],
    /// Who has declared a conflict with the employer.
    pub conflicted: &'a [PersonId],
}

impl Case {
    /// The facts, for a viewer at an instant.
    #[must_use]
    pub fn of(records: &Records<'_>, viewer: Option<PersonId>, now: DateTime<Utc>) -> Self {
        let Records { application, exception, findings, rounds, conflicted } = *records;
        let current = |round: i32| round == application.round;
        let advice = rounds.iter().find(|one| current(one.round) && one.decision.is_none());
        let before = findings.iter().filter(|one| !current(one.round)).map(|one| one.assessor_id);
        let decided = rounds.iter().filter(|one| !current(one.round));
        let decided = decided.flat_map(|one| [Some(one.advised_by), one.decided_by]).flatten();
        let assessed = findings.iter().filter(|one| current(one.round)).map(|one| one.assessor_id);
        Self {
            status: application.status,
            window: Window::from(exception),
            giving_is_over: giving_is_over(exception, now),
            viewer_has_conflict: viewer.is_some_and(|viewer| conflicted.contains(&viewer)),
            advice: advice.map(|advice| AdviceGiven {
                by: advice.advised_by,
                outcome: advice.advice,
                rests_on_conflict: conflicted.contains(&advice.advised_by)
                    || standing_findings(findings, application.round)
                        .iter()
                        .any(|finding| conflicted.contains(&finding.assessor_id)),
            }),
            assessed_by: distinct(assessed),
            took_part_before: distinct(before.chain(decided)),
            in_hands: application.assessor_id.is_some(),
        }
    }
}

fn distinct(people: impl Iterator<Item = PersonId>) -> Vec<PersonId> {
    people.collect::<BTreeSet<_>>().into_iter().collect()
}

impl Hand {
    /// What the viewer of a caseload is to its applications.
    #[must_use]
    pub fn of(scope: &CaseloadScope) -> Self {
        match scope {
            CaseloadScope::Employers(_) => Self::Employer,
            CaseloadScope::Body(scope) => match scope.role() {
                StaffRole::Assessor => Self::Assessor(scope.person()),
                StaffRole::Lead => Self::Lead(scope.person()),
                StaffRole::Employer | StaffRole::AgencyOfficer | StaffRole::Observer | StaffRole::Service => {
                    Self::Onlooker
                }
            },
        }
    }

    /// Who, where it is a person of the body.
    #[must_use]
    pub fn person(self) -> Option<PersonId> {
        match self {
            Self::Assessor(person) | Self::Lead(person) => Some(person),
            Self::Employer | Self::Onlooker => None,
        }
    }
}
