//! An application held against the criteria: the public check, asked with what the application says.

use entity::{application, evidence};

use super::completeness::shows;
use crate::exceptions::definition::{CriterionKind, DeclaredBy};
use crate::exceptions::rules::{Eligibility, EligibilityQuestion, QuestionError, ShownEvidence, check};
use crate::exceptions::store::KnownTerms;
use crate::values::pay::Pay;

/// What the check says of an application with its evidence. A declaration of the worker's whereabouts is taken
/// from the worker; every other one is made by submitting.
///
/// # Errors
/// Where the job title cannot be read.
pub fn eligibility_of(
    known: &KnownTerms,
    application: &application::Model,
    pay: Pay,
    worker_is_offshore: bool,
    evidence: &[evidence::Model],
    declared: bool,
) -> Result<Eligibility, Vec<QuestionError>> {
    let terms = &known.terms;
    let declarations = terms.criteria.iter().filter(|criterion| match criterion.declared_by {
        DeclaredBy::Submission => declared,
        DeclaredBy::WorkerOffshore => worker_is_offshore,
    });
    let met: Vec<String> = declarations
        .filter(|criterion| criterion.kind == CriterionKind::Declaration)
        .map(|criterion| criterion.code.clone())
        .collect();
    let occupation = application.occupation_code.as_deref();
    let question = EligibilityQuestion::new(terms, &application.job_title, occupation, pay, &met)?;
    let genuine = evidence.iter().filter(|record| record.genuine != Some(false));
    let shown = genuine.flat_map(|record| {
        let for_criteria = terms.criteria.iter().filter(|criterion| shows(record, criterion));
        for_criteria.map(|criterion| ShownEvidence {
            criterion: criterion.code.clone(),
            names: [Some(record.title.clone()), record.issuer.clone()].into_iter().flatten().collect(),
        })
    });
    let question = question.with_shown(terms, shown.collect());
    Ok(check(terms, &known.index, &question))
}
