//! Would this job meet the criteria? And may anything be lodged at this instant?
//!
//! Total functions over plain values: no clock, no database, no guesses. What a machine can't settle it refers to a
//! person and says why; a sentence goes with every answer.

mod claims;
mod pay;
mod question;
mod role;
mod window;

use super::definition::{Criterion, CriterionKind, CriterionStrength, Terms};
use super::titles::{Finding, JobTitleMatch, TitleIndex, search};
use crate::values::pay::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use question::{EligibilityQuestion, QuestionError, ShownEvidence};
pub use window::{ClassExceptionStatus, Window, WindowRefusal, is_purged};

/// Most titles that are suggested for one that is not settled.
const MOST_SUGGESTIONS: usize = 5;

/// How a criterion, or all of them, come out. The order is from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EligibilityOutcome {
    /// Meets it.
    Eligible,
    /// A person must look; the machine neither accepts nor refuses.
    Refer,
    /// Does not meet it.
    Ineligible,
}

/// Why a criterion is not simply met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EligibilityReason {
    /// The title is unknown, only close to a known one, or known for meaning other things too.
    TitleLowConfidence,
    /// The title means several things, or title and occupation code disagree.
    TitleAmbiguous,
    /// The occupation is known, and the criteria neither name it nor leave it out.
    RoleNotNamed,
    /// The occupation is known and outside the criteria.
    RoleNotApproved,
    /// The guaranteed pay is less than the threshold.
    PayBelowThreshold,
    /// It is less than the threshold only because the hours are part-time.
    PartTimeBelowThreshold,
    /// The pay is in another currency.
    CurrencyNotNzd,
    /// It reaches the threshold only because the hours are long.
    HourlyRateLow,
    /// No evidence is given.
    EvidenceMissing,
    /// The evidence names something that the criterion does not name.
    EvidenceUnlisted,
    /// The employer does not declare it.
    DeclarationMissing,
}

/// How one criterion comes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionResult {
    /// The criterion's code.
    pub criterion: String,
    /// How it comes out.
    pub outcome: EligibilityOutcome,
    /// Why, where it is not simply met.
    pub reasons: Vec<EligibilityReason>,
    /// A sentence or two for a person: what is, and what to do.
    pub message: String,
}

/// The answer to a question. It is kept with an application as it was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Eligibility {
    /// The worst outcome of any criterion.
    pub outcome: EligibilityOutcome,
    /// Code of the role that the title points to, settled or not.
    pub role: Option<String>,
    /// Code of the occupation that the title points to.
    pub occupation_code: Option<String>,
    /// Every criterion, in the order of the terms.
    pub criteria: Vec<CriterionResult>,
    /// Titles that it is or may be, best first.
    pub suggestions: Vec<JobTitleMatch>,
    /// The pay for a year in New Zealand dollars, exact; none in another currency, which is never converted.
    pub annual_pay: Option<Decimal>,
}

/// How one criterion comes out, before its strength is weighed.
struct Verdict {
    outcome: EligibilityOutcome,
    reasons: Vec<EligibilityReason>,
    message: String,
}

impl Verdict {
    fn met(message: impl Into<String>) -> Self {
        Self { outcome: EligibilityOutcome::Eligible, reasons: Vec::new(), message: message.into() }
    }

    fn refer(reasons: &[EligibilityReason], message: impl Into<String>) -> Self {
        Self { outcome: EligibilityOutcome::Refer, reasons: reasons.to_vec(), message: message.into() }
    }

    fn fails(reason: EligibilityReason, message: impl Into<String>) -> Self {
        Self { outcome: EligibilityOutcome::Ineligible, reasons: vec![reason], message: message.into() }
    }

    /// What is only expected never fails anybody.
    fn weighed(self, criterion: &Criterion) -> CriterionResult {
        let outcome = match criterion.strength {
            CriterionStrength::Required => self.outcome,
            CriterionStrength::Expected => self.outcome.min(EligibilityOutcome::Refer),
        };
        CriterionResult {
            criterion: criterion.code.clone(),
            outcome,
            reasons: self.reasons,
            message: self.message,
        }
    }
}

/// Holds a question against every criterion of the terms. `index` must be the index of these very terms.
#[must_use]
pub fn check(terms: &Terms, index: &TitleIndex, question: &EligibilityQuestion) -> Eligibility {
    let finding = match question.occupation_code() {
        Some(code) => index.find_with_code(question.job_title(), code),
        None => index.find(question.job_title()),
    };
    let found = role::found(index, question, &finding);
    let criteria: Vec<_> = terms
        .criteria
        .iter()
        .map(|criterion| {
            let verdict = match criterion.kind {
                CriterionKind::Role => role::verdict(terms, &finding, &found),
                CriterionKind::Pay => pay::verdict(terms, question.pay(), &found),
                CriterionKind::Evidence => claims::evidence(criterion, question),
                CriterionKind::Declaration => claims::declaration(criterion, question),
            };
            verdict.weighed(criterion)
        })
        .collect();
    Eligibility {
        outcome: criteria.iter().map(|one| one.outcome).max().unwrap_or(EligibilityOutcome::Refer),
        role: found.role,
        occupation_code: found.occupation_code,
        criteria,
        suggestions: suggestions(index, question.job_title(), &finding),
        annual_pay: (question.pay().currency() == Currency::NZD).then(|| question.pay().annual()),
    }
}

/// What the title is or may be, and where that leaves room, what it is near to.
fn suggestions(index: &TitleIndex, job_title: &str, finding: &Finding<'_>) -> Vec<JobTitleMatch> {
    let mut suggestions = finding.matches();
    if !matches!(finding, Finding::Exact(_)) {
        for near in search(index, job_title, MOST_SUGGESTIONS) {
            if !suggestions.iter().any(|known| known.job_title == near.job_title) {
                suggestions.push(near);
            }
        }
    }
    suggestions.truncate(MOST_SUGGESTIONS);
    suggestions
}

#[cfg(test)]
mod tests;
