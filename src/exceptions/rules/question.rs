//! What an employer asks, read so that the rules can rely on it.

use crate::exceptions::definition::{CriterionKind, Terms};
use crate::values::pay::Pay;

/// Longest job title that is read, in characters.
const LONGEST_TITLE: usize = 200;
/// Longest occupation code that is read, in characters.
const LONGEST_CODE: usize = 20;

/// What can't be asked, in words that say how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// Nothing but spaces and marks.
    #[error("Give the job title.")]
    TitleBlank,
    /// Longer than any title.
    #[error(
        "The job title is longer than {LONGEST_TITLE} characters. Give the title alone, without the duties."
    )]
    TitleTooLong,
    /// Longer than any code.
    #[error(
        "The occupation code is longer than {LONGEST_CODE} characters. Give the code alone, for example 261313."
    )]
    CodeTooLong,
    /// A code that is no evidence or declaration criterion of this class exception.
    #[error("There is no criterion \"{code}\" that an employer can say it meets. The codes are: {valid}.")]
    UnknownCriterion {
        /// The code as it was given.
        code: String,
        /// The codes that can be given, joined by commas.
        valid: String,
    },
}

impl QuestionError {
    /// The field of the input that is to be mended.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::TitleBlank | Self::TitleTooLong => "jobTitle",
            Self::CodeTooLong => "occupationCode",
            Self::UnknownCriterion { .. } => "met",
        }
    }
}

/// A record of evidence as far as it names something: a programme, an industry body, a qualification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownEvidence {
    /// Code of the criterion that it is to show.
    pub criterion: String,
    /// What it names: its title, and its issuer where it has one.
    pub names: Vec<String>,
}

/// A job as the rules look at it. It can only be made for terms, and is for those alone.
#[derive(Clone, Debug, PartialEq)]
pub struct EligibilityQuestion {
    job_title: String,
    occupation_code: Option<String>,
    pay: Pay,
    met: Vec<String>,
    shown: Vec<ShownEvidence>,
}

impl EligibilityQuestion {
    /// Reads a question. A blank occupation code counts as none.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new(
        terms: &Terms,
        job_title: &str,
        occupation_code: Option<&str>,
        pay: Pay,
        met: &[String],
    ) -> Result<Self, Vec<QuestionError>> {
        let mut errors = Vec::new();
        let job_title = job_title.trim();
        if job_title.chars().all(|letter| !letter.is_alphanumeric()) {
            errors.push(QuestionError::TitleBlank);
        }
        if job_title.chars().count() > LONGEST_TITLE {
            errors.push(QuestionError::TitleTooLong);
        }
        let occupation_code = occupation_code.map(str::trim).filter(|code| !code.is_empty());
        if occupation_code.is_some_and(|code| code.chars().count() > LONGEST_CODE) {
            errors.push(QuestionError::CodeTooLong);
        }
        errors.extend(met.iter().filter_map(|code| unknown(terms, code)));
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            job_title: job_title.to_owned(),
            occupation_code: occupation_code.map(str::to_owned),
            pay,
            met: met.to_vec(),
            shown: Vec::new(),
        })
    }

    /// Adds what records of evidence name, so that it can be held against what the criteria name. A record also
    /// counts as the claim that its criterion is met. Records for anything but an evidence criterion change nothing.
    #[must_use]
    pub fn with_shown(mut self, terms: &Terms, shown: Vec<ShownEvidence>) -> Self {
        let is_evidence =
            |code: &str| terms.criterion(code).is_some_and(|one| one.kind == CriterionKind::Evidence);
        self.shown.extend(shown.into_iter().filter(|one| is_evidence(&one.criterion)));
        self
    }

    pub(super) fn job_title(&self) -> &str {
        &self.job_title
    }

    pub(super) fn occupation_code(&self) -> Option<&str> {
        self.occupation_code.as_deref()
    }

    pub(super) const fn pay(&self) -> &Pay {
        &self.pay
    }

    /// The employer says that it meets this criterion, or has given a record for it.
    pub(super) fn claims(&self, criterion: &str) -> bool {
        self.met.iter().any(|code| code == criterion)
            || self.shown.iter().any(|one| one.criterion == criterion)
    }

    /// What the records for this criterion name.
    pub(super) fn names_shown(&self, criterion: &str) -> impl Iterator<Item = &str> {
        let records = self.shown.iter().filter(move |one| one.criterion == criterion);
        records.flat_map(|one| one.names.iter().map(String::as_str)).filter(|name| !name.trim().is_empty())
    }
}

fn unknown(terms: &Terms, code: &str) -> Option<QuestionError> {
    if terms.criteria_to_claim().any(|criterion| criterion.code == code) {
        return None;
    }
    let valid: Vec<_> = terms.criteria_to_claim().map(|criterion| criterion.code.as_str()).collect();
    // A hostile code must not come back at length.
    let code = code.chars().take(50).collect();
    Some(QuestionError::UnknownCriterion { code, valid: valid.join(", ") })
}
