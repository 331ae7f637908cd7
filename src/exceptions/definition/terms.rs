//! The terms: what is asked of an application, in the words and codes of one class exception.
//!
//! They are kept as JSON with every revision, so a field's name is a promise to what is stored: a new one needs a
//! default, and none is renamed. Codes are data here; only kinds are enums.

use crate::values::pay::Threshold;
use chrono::{DateTime, NaiveDate, Utc};
use entity::{EvidenceKind, PayPeriod};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What is asked of an application, and what is told about it: the data that grows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The way from a nomination to the border, in a sentence.
    pub pathway: String,
    /// Where the nomination guide stands.
    pub guide_url: Option<String>,
    /// How long nominations and invitations hold, and returned places rest.
    pub validity: Validity,
    /// How long the body's and the employer's next step may take.
    #[serde(default)]
    pub clocks: Clocks,
    /// What is known, since when and from where.
    pub facts: Vec<DatedFact>,
    /// The roles that are approved, with their thresholds.
    pub roles: Vec<Role>,
    /// Occupations and the job titles that mean them.
    pub occupations: Vec<Occupation>,
    /// Words that the matcher expands or leaves aside.
    pub vocabulary: Vocabulary,
    /// What an application has to meet.
    pub criteria: Vec<Criterion>,
}

/// How long things hold. What is absent does not run out by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// First instant at which a nomination holds no more.
    pub nomination_until: Option<DateTime<Utc>>,
    /// Months for which a nomination holds from the day it is made.
    pub nomination_months: Option<u32>,
    /// Months for which the agency's invitation holds.
    pub invitation_months: Option<u32>,
    /// Days for which a place rests after the agency's refusal, so that a new request may keep it.
    pub returning_days: Option<u32>,
}

/// How long the next step may take, in working days of New Zealand: 1 to 250, a year of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Clocks {
    /// From submission to the body's decision. What takes longer is flagged, never declined.
    pub decision_working_days: u32,
    /// From a question to the employer's answer.
    pub question_working_days: u32,
}

impl Default for Clocks {
    fn default() -> Self {
        Self { decision_working_days: 20, question_working_days: 10 }
    }
}

/// A fact with its date and source; shown as it stands, never as advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatedFact {
    /// The fact in a sentence.
    pub text: String,
    /// The day on which the source says so.
    pub as_of: NaiveDate,
    /// Where it stands: an absolute address.
    pub source: String,
}

/// An approved role and what it has to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its code, e.g. the unit group 2613.
    pub code: String,
    /// What the code belongs to, e.g. `ANZSCO v1.3`.
    pub classification: String,
    /// Its name for people.
    pub title: String,
    /// The least guaranteed pay for one period, in New Zealand dollars.
    #[serde(deserialize_with = "exact_decimal")]
    pub minimum_pay: Decimal,
    /// What the least pay is for.
    pub minimum_pay_period: PayPeriod,
}

impl Role {
    /// The least pay, as something that pay can be held against.
    #[must_use]
    pub const fn threshold(&self) -> Threshold {
        Threshold { amount: self.minimum_pay, period: self.minimum_pay_period }
    }
}

/// An occupation that people may name, whether it is approved or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Occupation {
    /// Its code, e.g. 261313.
    pub code: String,
    /// Its title in the classification.
    pub title: String,
    /// The edition that has the code.
    pub classification: String,
    /// The role that it falls under, where there is one.
    pub role: Option<String>,
    /// Whether the criteria name it.
    pub standing: Standing,
    /// Job titles that mean it.
    pub job_titles: JobTitles,
}

/// Whether the criteria name an occupation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    /// Named, and so approved.
    Named,
    /// Inside the codes but not named, or named elsewhere but outside the codes: for a person to decide.
    Unsettled,
    /// Known and outside.
    NotApproved,
}

/// How sure it is that a job title means its occupation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Confidence {
    /// The classification says so, or nobody would doubt it.
    High,
    /// A good judgement.
    Medium,
    /// May well mean something else: for a person to decide.
    Low,
}

/// An occupation's job titles by how sure they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JobTitles {
    /// Beyond doubt.
    pub high: Vec<String>,
    /// A good judgement.
    pub medium: Vec<String>,
    /// May mean something else.
    pub low: Vec<String>,
}

impl JobTitles {
    /// Every title with how sure it is, the surest first.
    pub fn each(&self) -> impl Iterator<Item = (&str, Confidence)> {
        let high = self.high.iter().map(|title| (title.as_str(), Confidence::High));
        let medium = self.medium.iter().map(|title| (title.as_str(), Confidence::Medium));
        let low = self.low.iter().map(|title| (title.as_str(), Confidence::Low));
        high.chain(medium).chain(low)
    }
}

/// Words that a job title's meaning does not hang on, and short forms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vocabulary {
    /// Short forms with what they may stand for. With more than one meaning, the title is ambiguous.
    pub abbreviations: BTreeMap<String, Vec<String>>,
    /// Rank and form of engagement: "senior", "head of", "fixed term".
    pub seniority: Vec<String>,
    /// Tools and products that do not change the occupation: "oracle", "java".
    pub qualifiers: Vec<String>,
}

/// One thing that an application has to meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Names it in requests and answers, e.g. `domestic-skills`.
    pub code: String,
    /// How it is tested.
    pub kind: CriterionKind,
    /// What it does when it is not met.
    pub strength: CriterionStrength,
    /// Its name for people.
    pub title: String,
    /// What to give or do.
    pub guidance: String,
    /// What counts, by name; others go to a person. A name in brackets at the end is another name for the same.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Whose rule it is.
    pub source: String,
    /// Met, it puts an application into the priority band.
    #[serde(default)]
    pub priority: bool,
    /// How an application declares it; for declaration criteria only.
    #[serde(default)]
    pub declared_by: DeclaredBy,
    /// The kinds of evidence that show it; for evidence criteria only.
    #[serde(default)]
    pub shown_by: Vec<EvidenceKind>,
}

/// How an application makes a declaration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeclaredBy {
    /// By being submitted with the employer's word that it is true.
    #[default]
    Submission,
    /// By saying that the worker is outside New Zealand.
    WorkerOffshore,
}

/// How a criterion is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CriterionKind {
    /// By job title and occupation.
    Role,
    /// By guaranteed pay.
    Pay,
    /// By records of evidence.
    Evidence,
    /// By the employer's word.
    Declaration,
}

/// What a criterion does when it is not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CriterionStrength {
    /// Fails an application by itself.
    Required,
    /// Refers it to a person.
    Expected,
}

impl Terms {
    /// The role with this code.
    #[must_use]
    pub fn role(&self, code: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.code == code)
    }

    /// The occupation with this code.
    #[must_use]
    pub fn occupation(&self, code: &str) -> Option<&Occupation> {
        self.occupations.iter().find(|occupation| occupation.code == code)
    }

    /// The criterion with this code.
    #[must_use]
    pub fn criterion(&self, code: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.code == code)
    }

    /// The criteria that an employer says it meets: evidence and declarations.
    pub fn criteria_to_claim(&self) -> impl Iterator<Item = &Criterion> {
        self.criteria.iter().filter(|criterion| criterion.kind.is_claimed())
    }
}

impl CriterionKind {
    /// The employer says whether it is met; the others are worked out.
    #[must_use]
    pub const fn is_claimed(self) -> bool {
        match self {
            Self::Evidence | Self::Declaration => true,
            Self::Role | Self::Pay => false,
        }
    }
}

/// Money stands in quotes: a bare number would pass through binary fractions on its way here.
fn exact_decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = String::deserialize(deserializer)?;
    Decimal::from_str_exact(&text).map_err(serde::de::Error::custom)
}
