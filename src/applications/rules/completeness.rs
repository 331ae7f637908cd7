//! What an application needs before it is submitted.

use chrono::NaiveDate;
use entity::{application, evidence, worker};

use super::refusal::Refusal;
use crate::exceptions::definition::{Criterion, CriterionKind, CriterionStrength, Terms};

/// Everything that submitting looks at.
#[derive(Clone, Copy, Debug)]
pub struct Completeness<'a> {
    /// The application as it stands.
    pub application: &'a application::Model,
    /// Its worker.
    pub worker: &'a worker::Model,
    /// Its own evidence and its employer's.
    pub evidence: &'a [evidence::Model],
    /// What is asked.
    pub terms: &'a Terms,
    /// Whether the employer states that the worker knows and that it is true.
    pub declared: bool,
    /// The day in New Zealand.
    pub today: NaiveDate,
}

/// The first day from which whoever is given a worker's details by somebody else has to see that the worker is told:
/// the Privacy Act 2020, principle 3A.
const NOTICE_FROM: NaiveDate = NaiveDate::from_ymd_opt(2026, 5, 1).expect("a day");

/// Whether a worker has to have been told that these details are held, on a day, and nobody has put on record when.
#[must_use]
pub fn lacks_notice(told_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    told_on.is_none() && today >= NOTICE_FROM
}

/// Whether everything is there; a passport's last day may stay open, and so may role and occupation, which the
/// assessor settles.
///
/// # Errors
/// Everything that is missing, so that it is mended in one go.
pub fn complete_for_submission(facts: &Completeness<'_>) -> Result<(), Vec<Refusal>> {
    let Completeness { application, worker, .. } = *facts;
    let fields = [
        (application.contact_name.is_some(), "contactName", "The name of a contact"),
        (application.contact_email.is_some(), "contactEmail", "The contact's e-mail address"),
        (application.duties.is_some(), "duties", "What the worker will do"),
        (application.region.is_some(), "region", "The region of the job"),
        (worker.email.is_some(), "worker.email", "The worker's e-mail address"),
        (
            worker.passport_state.is_some(),
            "worker.passportIssuingState",
            "The state that issued the passport",
        ),
        (worker.passport_sealed.is_some(), "worker.passportNumber", "The passport's number"),
        (
            !lacks_notice(worker.told_on, facts.today),
            "workerToldOn",
            "The day on which the worker was told that these details are held",
        ),
    ];
    let missing = fields.into_iter().filter(|(there, ..)| !there);
    let mut refusals: Vec<_> = missing.map(|(_, field, what)| Refusal::Missing { field, what }).collect();
    if !facts.declared {
        refusals.push(Refusal::NotDeclared);
    }
    let required = missing_evidence(facts.terms, facts.evidence)
        .filter(|criterion| criterion.strength == CriterionStrength::Required);
    refusals.extend(required.map(|criterion| Refusal::EvidenceMissing {
        criterion: criterion.code.clone(),
        guidance: criterion.guidance.clone(),
    }));
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// The criteria that ask for evidence and have none. What was found not genuine does not count.
pub fn missing_evidence<'a>(
    terms: &'a Terms,
    evidence: &'a [evidence::Model],
) -> impl Iterator<Item = &'a Criterion> {
    terms.criteria.iter().filter(|criterion| criterion.kind == CriterionKind::Evidence).filter(|criterion| {
        !evidence.iter().any(|record| record.genuine != Some(false) && shows(record, criterion))
    })
}

/// Whether a record is for a criterion: it says so, or its kind does.
#[must_use]
pub fn shows(record: &evidence::Model, criterion: &Criterion) -> bool {
    match &record.criterion {
        Some(code) => *code == criterion.code,
        None => criterion.shown_by.contains(&record.kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_first_of_may_2026_a_worker_has_to_have_been_told() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        for (told_on, today, lacks) in [
            (None, "2022-03-01", false),
            (None, "2026-04-30", false),
            (None, "2026-05-01", true),
            (Some("2026-04-01"), "2026-05-01", false),
        ] {
            assert_eq!(lacks_notice(told_on.map(day), day(today)), lacks, "{told_on:?} {today}");
        }
    }
}
