//! What is to be noticed about an application beside its status. Pure.

use chrono::NaiveDate;
use entity::{ApplicationStatus, application, evidence};

use super::completeness::missing_evidence;
use crate::exceptions::definition::Terms;
use crate::values::dates::is_expired;

/// Something to be noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is described where the public schema lists it")]
pub enum Flag {
    Priority,
    ConflictDeclared,
    EvidenceMissing,
    EvidenceExpired,
}

/// Everything that flags follow from.
#[derive(Clone, Copy, Debug)]
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
    /// The day in New Zealand.
    pub today: NaiveDate,
}

/// The flags of an application, for one side. Those on evidence stand until it is decided on; those on how the
/// body works are the body's alone.
#[must_use]
pub fn flags_of(facts: &Noticeable<'_>) -> Vec<Flag> {
    let undecided = is_undecided(facts.application.status);
    let expired =
        |record: &evidence::Model| record.expires_on.is_some_and(|day| is_expired(day, facts.today));
    let flags = [
        (facts.application.priority == Some(true), Flag::Priority),
        (facts.conflict_declared && !facts.by_employer, Flag::ConflictDeclared),
        (undecided && is_evidence_missing(facts), Flag::EvidenceMissing),
        (undecided && facts.evidence.iter().any(expired), Flag::EvidenceExpired),
    ];
    flags.into_iter().filter_map(|(stands, flag)| stands.then_some(flag)).collect()
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

fn is_undecided(status: ApplicationStatus) -> bool {
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
            application: &application,
            evidence: &evidence,
            terms: &definition.expect("a definition").terms,
            by_employer,
            conflict_declared: true,
            today: "2022-03-01".parse().expect("a day"),
        })
    }

    #[test]
    fn a_conflict_is_the_bodys_alone() {
        let status = ApplicationStatus::Submitted;
        assert_eq!(flags(status, false, |_, _| ()), [Flag::ConflictDeclared]);
        assert_eq!(flags(status, true, |_, _| ()), []);
    }

    #[test]
    fn flags_on_evidence_stand_until_the_decision() {
        for status in ApplicationStatus::all() {
            let missing = flags(status, true, |_, evidence| evidence.clear());
            assert_eq!(!missing.is_empty(), is_undecided(status), "{status:?}");
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
