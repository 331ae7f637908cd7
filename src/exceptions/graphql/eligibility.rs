//! The eligibility check and the search for job titles: public, answered from memory, nothing stored.
//!
//! Their answers have no `userErrors`, so what is wrong with a question is an error of the request, with the path
//! of the field to mend in its extensions.

use std::sync::Arc;

use async_graphql::{Context, Error, ErrorExtensions, InputObject, Object, Result, SimpleObject, Value};

use super::kinds::{EligibilityOutcome, EligibilityReason, PayPeriod};
use super::roles::{ApprovedRole, JobTitleMatch};
use crate::error::{UserError, UserErrorCode};
use crate::exceptions::definition::Terms;
use crate::exceptions::rules::{self, Eligibility, EligibilityQuestion};
use crate::exceptions::store::{Current, KnownTerms};
use crate::exceptions::titles::{MOST_MATCHES, search};
use crate::schema::scalars::Decimal;
use crate::schema::{bad_input, page_cost};
use crate::values::pay::{Pay, PayError};

/// Most codes that a question may say are met: far more than any class exception has criteria.
const MOST_CODES: usize = 20;
/// Longest text that is searched for, in characters.
const LONGEST_QUERY: usize = 200;

/// What the job pays. Only what the agreement guarantees counts: leave out bonuses and allowances.
#[derive(Clone, Debug, InputObject)]
pub struct RemunerationInput {
    /// The guaranteed amount for one `period`, before tax, in dollars and cents.
    pub amount: Decimal,
    /// Three capital letters, e.g. NZD. Pay in another currency is never converted: a person looks at it.
    pub currency: String,
    /// What the amount is for.
    pub period: PayPeriod,
    /// The hours that the agreement guarantees, to the hundredth, e.g. "37.5".
    pub hours_per_week: Decimal,
}

impl RemunerationInput {
    /// Reads it.
    ///
    /// # Errors
    /// Everything that is wrong with it, one error a field at most; see [`PayError::field`].
    pub fn pay(&self) -> Result<Pay, Vec<PayError>> {
        Pay::parse(self.amount.0, &self.currency, self.period.into(), self.hours_per_week.0)
    }
}

/// A job to be held against the criteria. No names: neither the worker nor the employer matters here.
#[derive(Clone, Debug, InputObject)]
pub struct CheckEligibilityInput {
    /// Slug of the class exception, e.g. specialist-tech.
    class_exception: String,
    /// The title as the employment agreement has it, at most 200 characters.
    job_title: String,
    /// Code of the occupation, e.g. 261313. It narrows what the title leaves open and never overrides it.
    occupation_code: Option<String>,
    /// What the job pays for certain.
    remuneration: RemunerationInput,
    /// Codes of the evidence and declaration criteria that the employer says it meets.
    #[graphql(default)]
    met: Vec<String>,
}

impl CheckEligibilityInput {
    fn question(&self, terms: &Terms) -> Result<EligibilityQuestion, Vec<UserError>> {
        if self.met.len() > MOST_CODES {
            return Err(vec![invalid("met", format!("Name at most {MOST_CODES} criteria, each once."))]);
        }
        let pay = self.remuneration.pay().map_err(|errors| {
            let refusal =
                |error: PayError| invalid(&format!("remuneration.{}", error.field()), error.to_string());
            errors.into_iter().map(refusal).collect::<Vec<_>>()
        })?;
        EligibilityQuestion::new(terms, &self.job_title, self.occupation_code.as_deref(), pay, &self.met)
            .map_err(|errors| errors.iter().map(|error| invalid(error.field(), error.to_string())).collect())
    }
}

/// How one criterion comes out.
#[derive(Clone, Debug, SimpleObject)]
pub struct CriterionResult {
    /// Code of the criterion, as in `ClassException.criteria`.
    criterion: String,
    /// Whether it is met; what is only expected is REFER at worst.
    outcome: EligibilityOutcome,
    /// Why it is not simply met; empty where it is.
    reasons: Vec<EligibilityReason>,
    /// A sentence or two for a person: what was found, and what to do about it.
    message: String,
}

impl From<rules::CriterionResult> for CriterionResult {
    fn from(result: rules::CriterionResult) -> Self {
        Self {
            criterion: result.criterion,
            outcome: result.outcome.into(),
            reasons: result.reasons.into_iter().map(Into::into).collect(),
            message: result.message,
        }
    }
}

/// How a job comes out against the criteria. It decides nothing: people do.
#[derive(Clone, Debug, SimpleObject)]
pub struct EligibilityResult {
    /// The worst outcome of any criterion.
    outcome: EligibilityOutcome,
    /// The role that the title points to, settled or not. Null where it points to none or to several.
    role: Option<ApprovedRole>,
    /// Code of the occupation that the title points to. Null where it points to none or to several.
    occupation_code: Option<String>,
    /// Every criterion, in the order of the class exception.
    criteria: Vec<CriterionResult>,
    /// Known titles that the title is or may be, best first; at most five.
    suggestions: Vec<JobTitleMatch>,
    /// The guaranteed pay for a year in NZD, exact. Null where it is in another currency.
    annual_pay: Option<Decimal>,
}

impl EligibilityResult {
    /// A result of the rules under these terms of the exception with this slug.
    #[must_use]
    pub fn of(exception: &str, known: &Arc<KnownTerms>, result: Eligibility) -> Self {
        let suggestion = |found| JobTitleMatch::of(exception, known, found);
        Self {
            outcome: result.outcome.into(),
            role: result.role.and_then(|code| ApprovedRole::find(exception, known, &code)),
            occupation_code: result.occupation_code,
            criteria: result.criteria.into_iter().map(Into::into).collect(),
            suggestions: result.suggestions.into_iter().map(suggestion).collect(),
            annual_pay: result.annual_pay.map(Into::into),
        }
    }
}

/// Points that it costs to compare a text with all titles that are known: it takes as long as reading twenty fields.
const SEARCH_COST: usize = 20;

/// The roots that anybody may ask before there is an application.
#[derive(Default)]
pub struct EligibilityQuery;

#[Object]
impl EligibilityQuery {
    /// Would this role, title and pay meet the criteria as they stand? Public, and nothing is stored.
    #[graphql(complexity = "SEARCH_COST + child_complexity")]
    async fn check_eligibility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The job, and what the employer says it meets.")] input: CheckEligibilityInput,
    ) -> Result<EligibilityResult> {
        let Current { row, known } = &*named(ctx, &input.class_exception).await?;
        let question = input.question(&known.terms).map_err(|errors| refused(&errors))?;
        Ok(EligibilityResult::of(&row.slug, known, rules::check(&known.terms, &known.index, &question)))
    }

    /// Known job titles and occupations that match, best first: for type-ahead. Public.
    #[graphql(complexity = "SEARCH_COST + page_cost(Some(first), None, child_complexity)")]
    async fn search_job_titles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the class exception, e.g. specialist-tech.")] class_exception: String,
        #[graphql(
            desc = "What was typed so far: words of a title, or at least three digits of a code. At most \
                          200 characters."
        )]
        query: String,
        #[graphql(default = 10, desc = "Most matches to give: 1 to 50.")] first: i32,
    ) -> Result<Vec<JobTitleMatch>> {
        let first = number_of_matches(first)?;
        if query.chars().count() > LONGEST_QUERY {
            let message = format!("Search for at most {LONGEST_QUERY} characters: a few words of the title.");
            return Err(refused(&[invalid("query", message)]));
        }
        let Current { row, known } = &*named(ctx, &class_exception).await?;
        let found = search(&known.index, &query, first);
        Ok(found.into_iter().map(|found| JobTitleMatch::of(&row.slug, known, found)).collect())
    }
}

fn number_of_matches(first: i32) -> Result<usize> {
    let within = usize::try_from(first).ok().filter(|first| (1..=MOST_MATCHES).contains(first));
    within.ok_or_else(|| refused(&[invalid("first", format!("Ask for 1 to {MOST_MATCHES} matches."))]))
}

/// The class exception that a caller names.
async fn named(ctx: &Context<'_>, slug: &str) -> Result<Arc<Current>> {
    let found = super::find(ctx, slug).await?;
    found.ok_or_else(|| refused(&[UserError::no_such_exception("classException")]))
}

fn invalid(field: &str, message: String) -> UserError {
    UserError::at(UserErrorCode::Invalid, field, message)
}

/// One error for all that is wrong: the sentences together, the path of the first, and each by itself in `errors`.
fn refused(errors: &[UserError]) -> Error {
    let path = |error: &UserError| Value::from_json(serde_json::json!(error.field)).unwrap_or_default();
    let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
    let each = errors.iter().map(|error| {
        let fields = [("field", path(error)), ("message", Value::from(error.message.as_str()))];
        Value::Object(
            fields.map(|(name, value)| (async_graphql::Name::new(name), value)).into_iter().collect(),
        )
    });
    bad_input(&messages.join(" ")).extend_with(|_, extensions| {
        extensions.set("field", errors.first().map(path));
        extensions.set("errors", Value::List(each.collect()));
    })
}
