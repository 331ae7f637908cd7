//! The facts that the rules go by: what the viewer is to a case, and what is on record of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{
    AgencyStatus, ApplicationStatus, PersonId, PlaceState, RecommendationOutcome, StaffRole, TurnBackKind,
    application, assessment, assessment_round, class_exception, evidence, turn_back,
};

use super::advice::standing_findings;
use super::clock;
use crate::exceptions::rules::{Window, is_purged};
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
    /// Whether the adviser, or somebody on whose finding or look at the evidence the advice rests, has declared a conflict
    /// with the employer since.
    pub rests_on_conflict: bool,
}

/// What an application holds and what hangs on that: its place, the agency's word on it, what waits to change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where the application stands.
    pub status: ApplicationStatus,
    /// Where its place stands; none where it holds none.
    pub place: Option<PlaceState>,
    /// What the agency says of it; none before it was sent.
    pub agency: Option<AgencyStatus>,
    /// Who proposed the correction that waits for a second person.
    pub amendment_by: Option<PersonId>,
    /// Whether an application for another worker is on its way to take the place over.
    pub has_successor: bool,
}

impl Standing {
    /// What a new application has: nothing.
    #[must_use]
    pub fn new(status: ApplicationStatus) -> Self {
        Self { status, place: None, agency: None, amendment_by: None, has_successor: false }
    }

    /// Whether it is a nomination that stands.
    #[must_use]
    pub fn is_nominated(&self) -> bool {
        self.status == ApplicationStatus::Nominated
    }

    /// Whether the worker's visa is granted: the place is used up.
    #[must_use]
    pub fn visa_is_granted(&self) -> bool {
        self.place == Some(PlaceState::Consumed)
            || matches!(self.agency, Some(AgencyStatus::VisaGranted | AgencyStatus::Arrived))
    }

    /// Whether the agency has ever invited the worker in the case as it stands.
    #[must_use]
    pub fn invitation_was_issued(&self) -> bool {
        match self.agency {
            Some(
                AgencyStatus::Invited
                | AgencyStatus::InvitationExpired
                | AgencyStatus::VisaApplied
                | AgencyStatus::VisaGranted
                | AgencyStatus::VisaDeclined
                | AgencyStatus::VisaWithdrawn
                | AgencyStatus::Arrived,
            ) => true,
            Some(
                AgencyStatus::NotSent
                | AgencyStatus::Sent
                | AgencyStatus::Acknowledged
                | AgencyStatus::TravelRequested
                | AgencyStatus::TravelApproved
                | AgencyStatus::TravelDeclined
                | AgencyStatus::TravelWithdrawn,
            )
            | None => false,
        }
    }
}

/// The facts that the rule needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, true or not")]
pub struct Case {
    /// Where the application stands.
    pub status: ApplicationStatus,
    /// When its class exception takes applications in.
    pub window: Window,
    /// Whether no place is given any more.
    pub giving_is_over: bool,
    /// Whether what it holds of people was purged, or is due to be.
    pub is_purged: bool,
    /// Whether the viewer has declared a conflict with the employer.
    pub viewer_has_conflict: bool,
    /// The advice of the current round.
    pub advice: Option<AdviceGiven>,
    /// Who has assessed in the current round, looked at the evidence that counts, or given advice that was sent back.
    pub assessed_by: Vec<PersonId>,
    /// Who took part in earlier rounds.
    pub took_part_before: Vec<PersonId>,
    /// Who took part in the current round, which may have ended.
    pub took_part_now: Vec<PersonId>,
    /// Whether somebody has it in hand.
    pub in_hands: bool,
    /// Whether a lead has put it on hold.
    pub on_hold: bool,
    /// First instant at which it is not reconsidered any more; none where it has not come to an end.
    pub reconsidered_until: Option<DateTime<Utc>>,
    /// Whether the employer has changed it since it was returned.
    pub changed_since_return: bool,
    /// What it holds.
    pub standing: Standing,
    /// What the nomination holds whose place it is to take over.
    pub replaces: Option<Standing>,
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
    /// Where leads turned it back to, in all rounds.
    pub turn_backs: &'a [turn_back::Model],
    /// Who has looked at the evidence that counts for it.
    pub verifiers: &'a [PersonId],
    /// Who has declared a conflict with the employer.
    pub conflicted: &'a [PersonId],
    /// What it holds.
    pub standing: Standing,
    /// What the nomination holds whose place it is to take over.
    pub replaces: Option<Standing>,
}

impl Records<'_> {
    /// Everybody who took part in a round, with its number. Whoever began a round anew by reconsidering took no part in
    /// the one before.
    fn parts(&self) -> impl Iterator<Item = (i32, PersonId)> {
        let assessed = self.findings.iter().map(|one| (one.round, Some(one.assessor_id)));
        let decided = self
            .rounds
            .iter()
            .flat_map(|one| [(one.round, Some(one.advised_by)), (one.round, one.decided_by)]);
        let turned = self.turn_backs.iter().filter(|one| one.kind != TurnBackKind::Reconsidered);
        let turned = turned.flat_map(|one| [(one.round, Some(one.turned_by)), (one.round, one.advised_by)]);
        assessed.chain(decided).chain(turned).filter_map(|(round, person)| Some((round, person?)))
    }

    /// Who has assessed in a round, looked at the evidence that counts, or given advice in the round that was sent back.
    fn assessors(&self, round: i32) -> impl Iterator<Item = PersonId> {
        let assessed = self.findings.iter().filter(move |one| one.round == round).map(|one| one.assessor_id);
        let sent_back = self.turn_backs.iter().filter(move |one| one.round == round);
        let verified = self.verifiers.iter().copied();
        assessed.chain(verified).chain(sent_back.filter_map(|one| one.advised_by))
    }
}

impl Case {
    /// The facts, for a viewer at an instant.
    #[must_use]
    pub fn of(records: &Records<'_>, viewer: Option<PersonId>, now: DateTime<Utc>) -> Self {
        let Records { application, exception, findings, rounds, conflicted, .. } = *records;
        let round = application.round;
        let advice = rounds.iter().find(|one| one.round == round && one.decision.is_none());
        let parts = |current: bool| {
            records.parts().filter(move |(one, _)| (*one == round) == current).map(|(_, person)| person)
        };
        Self {
            status: application.status,
            window: Window::from(exception),
            giving_is_over: giving_is_over(exception, now),
            is_purged: application.purged_at.is_some() || is_purged(exception, now),
            viewer_has_conflict: viewer.is_some_and(|viewer| conflicted.contains(&viewer)),
            advice: advice.map(|advice| AdviceGiven {
                by: advice.advised_by,
                outcome: advice.advice,
                rests_on_conflict: conflicted.contains(&advice.advised_by)
                    || records.verifiers.iter().any(|verifier| conflicted.contains(verifier))
                    || standing_findings(findings, application)
                        .iter()
                        .any(|finding| conflicted.contains(&finding.assessor_id)),
            }),
            assessed_by: distinct(records.assessors(round)),
            took_part_before: distinct(parts(false)),
            took_part_now: distinct(parts(true)),
            in_hands: application.assessor_id.is_some(),
            on_hold: application.hold_reason.is_some(),
            reconsidered_until: application.ended_at.map(clock::reconsideration_ends_at),
            changed_since_return: application.status == ApplicationStatus::Returned
                && application.ended_at.is_some_and(|returned_at| returned_at < application.updated_at),
            standing: records.standing,
            replaces: records.replaces,
        }
    }
}

/// Who has looked at those of the records that count for an application: its own, and its employer's at the same body.
#[must_use]
pub fn verifiers(records: &[evidence::Model], application: &application::Model) -> Vec<PersonId> {
    let counts = |record: &&evidence::Model| {
        record.body_id == application.body_id
            && record.employer_id == application.employer_id
            && record.application_id.is_none_or(|id| id == application.id)
    };
    distinct(records.iter().filter(counts).filter_map(|record| record.verified_by))
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

#[cfg(test)]
mod tests {
    use entity::{ApplicationId, BodyId, EmployerId, EvidenceKind};
    use uuid::Uuid;

    use super::*;
    use crate::applications::samples;

    #[test]
    fn what_counts_for_an_application_is_its_own_and_its_employers_at_the_body() {
        let application = samples::application();
        let other = Uuid::from_u128(99);
        let looked_at = |by: u128, of: Option<ApplicationId>| evidence::Model {
            application_id: of,
            verified_by: Some(PersonId(Uuid::from_u128(by))),
            ..samples::evidence(EvidenceKind::Membership)
        };
        let records = [
            samples::evidence(EvidenceKind::Membership),
            looked_at(5, Some(application.id)),
            looked_at(4, None),
            looked_at(5, None),
            looked_at(6, Some(ApplicationId(other))),
            evidence::Model { body_id: BodyId(other), ..looked_at(7, None) },
            evidence::Model { employer_id: EmployerId(other), ..looked_at(8, None) },
        ];
        let expected = [4, 5].map(|by| PersonId(Uuid::from_u128(by)));
        assert_eq!(verifiers(&records, &application), expected);
    }
}
