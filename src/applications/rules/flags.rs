//! What is to be noticed about an application beside its status. Pure.

use chrono::{DateTime, Utc};
use entity::{ApplicationStatus, application, evidence};

use super::clock;
use super::completeness::missing_evidence;
use crate::clock::day_in_new_zealand;
use crate::exceptions::definition::Terms;
use crate::values::dates::is_expired;

/// Something to be noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is described where the public schema lists it")]
pub enum Flag {
    Overdue,
    PossibleDuplicate,
    OnHold,
    Priority,
    ConflictDeclared,
    EvidenceMissing,
    EvidenceExpired,
    QuestionExpired,
    WorkerNotTold,
}

impl Flag {
    /// Whether it is about how the body works on a case, or about other cases, which no employer learns.
    #[must_use]
    pub fn is_the_bodys_alone(self) -> bool {
        match self {
            Self::PossibleDuplicate | Self::OnHold | Self::ConflictDeclared => true,
            Self::Overdue
            | Self::Priority
            | Self::EvidenceMissing
            | Self::EvidenceExpired
            | Self::QuestionExpired
            | Self::WorkerNotTold => false,
        }
    }
}

/// Everything that flags follow from.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself")]
pub struct Noticeable<'a> {
    /// The application.
    pub application: &'a application::Model,
    /// Its own evidence and its employer's.
    pub evidence: &'a [evidence::Model],
    /// What is asked of it.
    pub terms: &'a Terms,
    /// Whether it is looked at from the employer's side.
    pub by_employer: bool,
    /// Whether one of the body's people has declared a conflict with the employer.
    pub conflict_declared: bool,
    /// Whether the last day of a question of the current round has passed without an answer.
    pub question_expired: bool,
    /// Whether the worker has to have been told that the details are held, and nobody has put on record when.
    pub lacks_notice: bool,
    /// Whether the worker has another live application under the class exception, to whichever body.
    pub has_twin: bool,
    /// The instant.
    pub now: DateTime<Utc>,
}

/// The flags of an application, for one side. Those on evidence and on questions stand until it is decided on. What they
/// are told by is written once more as conditions of queries, in `store::flags`.
#[must_use]
pub fn flags_of(facts: &Noticeable<'_>) -> Vec<Flag> {
    let Noticeable { application, now, .. } = *facts;
    let undecided = is_undecided(application.status);
    let today = day_in_new_zealand(now);
    let expired = |record: &evidence::Model| record.expires_on.is_some_and(|day| is_expired(day, today));
    let is_due = clock::is_overdue(application.due_at, now);
    let flags = [
        (awaits_decision(application.status) && is_due, Flag::Overdue),
        (is_with_the_body(application.status) && facts.has_twin, Flag::PossibleDuplicate),
        (application.hold_reason.is_some(), Flag::OnHold),
        (application.priority == Some(true), Flag::Priority),
        (facts.conflict_declared, Flag::ConflictDeclared),
        (undecided && is_evidence_missing(facts), Flag::EvidenceMissing),
        (undecided && facts.evidence.iter().any(expired), Flag::EvidenceExpired),
        (undecided && facts.question_expired, Flag::QuestionExpired),
        (is_with_the_body(application.status) && facts.lacks_notice, Flag::WorkerNotTold),
    ];
    let told = flags.into_iter().filter_map(|(stands, flag)| stands.then_some(flag));
    told.filter(|flag| !(facts.by_employer && flag.is_the_bodys_alone())).collect()
}

/// Whether the employer is writing it. What it says is then held against the terms of today.
#[must_use]
pub fn is_with_the_employer(status: ApplicationStatus) -> bool {
    matches!(status, ApplicationStatus::Draft | ApplicationStatus::Returned)
}

/// Whether the body has it and has yet to decide.
#[must_use]
pub fn awaits_decision(status: ApplicationStatus) -> bool {
    is_undecided(status) && !is_with_the_employer(status)
}

/// Whether the body has it, undecided or endorsed: its records are what the body goes by.
#[must_use]
pub fn is_with_the_body(status: ApplicationStatus) -> bool {
    match status {
        ApplicationStatus::Submitted
        | ApplicationStatus::InAssessment
        | ApplicationStatus::InformationRequested
        | ApplicationStatus::Recommended
        | ApplicationStatus::Confirmed
        | ApplicationStatus::Nominated => true,
        ApplicationStatus::Draft
        | ApplicationStatus::Returned
        | ApplicationStatus::Declined
        | ApplicationStatus::Withdrawn
        | ApplicationStatus::Revoked
        | ApplicationStatus::Lapsed
        | ApplicationStatus::Superseded => false,
    }
}

/// The records of an application as its employer may know them. While the body has it, the employer doesn't learn what
/// was found of them; once it can mend that, it has to. A record of the employer may be before the body with another
/// of its applications at any time, so what was found of it is never told by the machine: the body tells it in its
/// own words.
#[must_use]
pub fn as_the_employer_knows(status: ApplicationStatus, records: &[evidence::Model]) -> Vec<evidence::Model> {
    let tells = |record: &evidence::Model| record.application_id.is_some() && is_with_the_employer(status);
    let known = |record: &evidence::Model| record.genuine.filter(|_| tells(record));
    records.iter().map(|record| evidence::Model { genuine: known(record), ..record.clone() }).collect()
}

fn is_evidence_missing(facts: &Noticeable<'_>) -> bool {
    if !facts.by_employer {
        return missing_evidence(facts.terms, facts.evidence).next().is_some();
    }
    let known = as_the_employer_knows(facts.application.status, facts.evidence);
    missing_evidence(facts.terms, &known).next().is_some()
}

/// Whether no decision stands on it: the body has yet to make one, or the employer to hand it in.
#[must_use]
pub fn is_undecided(status: ApplicationStatus) -> bool {
    match status {
        ApplicationStatus::Draft
        | ApplicationStatus::Submitted
        | ApplicationStatus::InAssessment
        | ApplicationStatus::InformationRequested
        | ApplicationStatus::Recommended
        | ApplicationStatus::Returned => true,
        ApplicationStatus::Confirmed
        | ApplicationStatus::Nominated
        | ApplicationStatus::Declined
        | ApplicationStatus::Withdrawn
        | ApplicationStatus::Revoked
        | ApplicationStatus::Lapsed
        | ApplicationStatus::Superseded => false,
    }
}

#[cfg(test)]
mod tests {
    use entity::EvidenceKind;

    use super::*;
    use crate::applications::samples;
    use crate::exceptions::definition::Definition;

    const ALL: [EvidenceKind; 2] = [EvidenceKind::Programme, EvidenceKind::Membership];

    fn flags(
        status: ApplicationStatus,
        by_employer: bool,
        change: impl FnOnce(&mut application::Model, &mut Vec<evidence::Model>),
    ) -> Vec<Flag> {
        let definition = Definition::parse(include_str!("../../../exceptions/specialist-tech.toml"));
        let mut application = application::Model { status, ..samples::application() };
        let mut evidence = ALL.map(samples::evidence).to_vec();
        change(&mut application, &mut evidence);
        flags_of(&Noticeable {
            lacks_notice: false,
            application: &application,
            evidence: &evidence,
            terms: &definition.expect("a definition").terms,
            by_employer,
            conflict_declared: true,
            question_expired: true,
            has_twin: true,
            now: "2022-03-01T00:00:00Z".parse().expect("an instant"),
        })
    }

    #[test]
    fn how_the_body_works_and_other_cases_are_the_bodys_alone() {
        let held = |application: &mut application::Model, _: &mut Vec<_>| {
            application.hold_reason = Some("It is looked into.".into());
        };
        assert_eq!(
            flags(ApplicationStatus::Submitted, false, held),
            [Flag::PossibleDuplicate, Flag::OnHold, Flag::ConflictDeclared, Flag::QuestionExpired]
        );
        assert_eq!(flags(ApplicationStatus::Submitted, true, held), [Flag::QuestionExpired]);
    }

    #[test]
    fn flags_on_evidence_and_questions_stand_until_the_decision() {
        for status in ApplicationStatus::all() {
            let seen = flags(status, true, |_, evidence| evidence.clear());
            let stand = [Flag::EvidenceMissing, Flag::QuestionExpired];
            assert_eq!(seen, if is_undecided(status) { &stand[..] } else { &[] }, "{status:?}");
        }
    }

    #[test]
    fn the_body_is_late_from_the_instant_on_while_it_has_yet_to_decide() {
        for (due_at, status, is_late) in [
            ("2022-02-28T23:59:59Z", ApplicationStatus::Submitted, true),
            ("2022-03-01T00:00:00Z", ApplicationStatus::Recommended, true),
            ("2022-03-01T00:00:01Z", ApplicationStatus::Recommended, false),
            ("2022-02-01T00:00:00Z", ApplicationStatus::Confirmed, false),
            ("2022-02-01T00:00:00Z", ApplicationStatus::Returned, false),
        ] {
            let seen = flags(status, true, |application, _| {
                application.due_at = Some(due_at.parse().expect("an instant"));
            });
            assert_eq!(seen.contains(&Flag::Overdue), is_late, "{due_at} {status:?}");
        }
        let still = flags(ApplicationStatus::InformationRequested, true, |_, _| ());
        assert!(!still.contains(&Flag::Overdue));
    }

    #[test]
    fn a_worker_is_wanted_once_among_those_that_live() {
        for status in ApplicationStatus::all() {
            let seen = flags(status, false, |_, _| ());
            assert_eq!(seen.contains(&Flag::PossibleDuplicate), is_with_the_body(status), "{status:?}");
        }
    }

    #[test]
    fn a_last_day_is_still_good() {
        for (last, expired) in [("2022-02-28", true), ("2022-03-01", false)] {
            let seen = flags(ApplicationStatus::Submitted, true, |_, evidence| {
                evidence[0].expires_on = Some(last.parse().expect("a day"));
            });
            assert_eq!(seen.contains(&Flag::EvidenceExpired), expired, "{last}");
        }
    }

    #[test]
    fn the_employer_learns_of_a_record_that_does_not_count_once_it_can_mend_it() {
        for (status, by_employer, told) in [
            (ApplicationStatus::InAssessment, false, true),
            (ApplicationStatus::InAssessment, true, false),
            (ApplicationStatus::Recommended, true, false),
            (ApplicationStatus::Returned, true, true),
            (ApplicationStatus::Draft, true, true),
        ] {
            let seen = flags(status, by_employer, |_, evidence| evidence[0].genuine = Some(false));
            assert_eq!(seen.contains(&Flag::EvidenceMissing), told, "{status:?} {by_employer}");
        }
    }

    #[test]
    fn the_employer_never_learns_what_was_found_of_its_own_record() {
        for (status, by_employer, told) in [
            (ApplicationStatus::InAssessment, false, true),
            (ApplicationStatus::Returned, false, true),
            (ApplicationStatus::InAssessment, true, false),
            (ApplicationStatus::Returned, true, false),
            (ApplicationStatus::Draft, true, false),
        ] {
            let seen = flags(status, by_employer, |_, evidence| {
                evidence[0].genuine = Some(false);
                evidence[0].application_id = None;
            });
            assert_eq!(seen.contains(&Flag::EvidenceMissing), told, "{status:?} {by_employer}");
        }
    }

    #[test]
    fn priority_is_what_was_frozen() {
        let seen = |priority| {
            flags(ApplicationStatus::Confirmed, true, |application, _| application.priority = priority)
        };
        assert_eq!((seen(Some(true)), seen(Some(false)), seen(None)), (vec![Flag::Priority], vec![], vec![]));
    }
}
