//! The parts of an application: pay, worker, nomination, findings, advice and decision.

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use chrono::NaiveDate;
use entity::{PersonId, application, assessment, assessment_round, worker};

use super::kinds::{AssessmentOutcome, DecisionOutcome, DecisionReason, RecommendationOutcome};
use super::loaders::there;
use crate::error::{Fault, Found};
use crate::exceptions::graphql::PayPeriod;
use crate::people::graphql::{Person, load_person};
use crate::schema::scalars::{Date, DateTime, Decimal};
use crate::values::pay::Pay;

/// Guaranteed pay, before tax.
#[derive(Clone, Debug, SimpleObject)]
pub struct Remuneration {
    /// What is paid for one period.
    amount: Decimal,
    /// Three letters, e.g. NZD. Nothing is converted into another currency.
    currency: String,
    /// What the amount is for.
    period: PayPeriod,
    /// The hours that the agreement guarantees.
    hours_per_week: Decimal,
    /// Guaranteed pay a year, in the same currency; bonuses and allowances left out.
    annual: Option<Decimal>,
}

impl From<Pay> for Remuneration {
    fn from(pay: Pay) -> Self {
        Self {
            amount: pay.amount().into(),
            currency: pay.currency().to_string(),
            period: pay.period().into(),
            hours_per_week: pay.hours_per_week().into(),
            annual: Some(pay.annual().into()),
        }
    }
}

/// Whom an application is for: personal data, shown whole to the own body and the own employer only. A field that
/// is null is open, or not this viewer's to see.
#[derive(Clone, SimpleObject)]
pub struct Worker {
    /// As it stands in the passport.
    family_name: Option<String>,
    /// As they stand in the passport; null where it has a single name.
    given_names: Option<String>,
    /// As it stands in the passport.
    date_of_birth: Option<Date>,
    /// Where the worker is told that these details are held.
    email: Option<String>,
    /// ICAO three-letter code.
    nationality: Option<String>,
    /// ICAO three-letter code of the state that issued the passport.
    passport_issuing_state: Option<String>,
    /// The last three characters of the passport's number, to compare it by; `revealPassport` reads the whole.
    passport_hint: Option<String>,
    /// The last day on which the passport is good.
    passport_expires_on: Option<Date>,
    /// Whether the worker was outside New Zealand when this was last changed.
    offshore: Option<bool>,
    /// When the employer stated that the worker knows that these details are held.
    notice_given_at: Option<DateTime>,
    /// The day on which the worker was told that these details are held, as the employer or the body put on record.
    told_on: Option<Date>,
}

impl Worker {
    /// One whose details are gone.
    pub(super) fn purged() -> Self {
        Self {
            family_name: None,
            given_names: None,
            date_of_birth: None,
            email: None,
            nationality: None,
            passport_issuing_state: None,
            passport_hint: None,
            passport_expires_on: None,
            offshore: None,
            notice_given_at: None,
            told_on: None,
        }
    }
}

/// A worker as a release says; what is open there is none.
#[derive(Clone)]
pub struct ListedWorker {
    /// As in the passport.
    pub family_name: String,
    /// As in the passport; none where it has a single name.
    pub given_names: Option<String>,
    /// As in the passport.
    pub date_of_birth: NaiveDate,
    /// ICAO three-letter code.
    pub nationality: String,
    /// ICAO three-letter code.
    pub passport_state: Option<String>,
    /// The last characters of the number.
    pub passport_hint: Option<String>,
    /// The passport's last day.
    pub passport_expires_on: Option<NaiveDate>,
}

impl From<ListedWorker> for Worker {
    fn from(listed: ListedWorker) -> Self {
        Self {
            family_name: Some(listed.family_name),
            given_names: listed.given_names,
            date_of_birth: Some(listed.date_of_birth.into()),
            email: None,
            nationality: Some(listed.nationality),
            passport_issuing_state: listed.passport_state,
            passport_hint: listed.passport_hint,
            passport_expires_on: listed.passport_expires_on.map(Date),
            offshore: None,
            notice_given_at: None,
            told_on: None,
        }
    }
}

impl From<worker::Model> for Worker {
    fn from(row: worker::Model) -> Self {
        Self {
            family_name: Some(row.family_name),
            given_names: Some(row.given_names).filter(|names| !names.is_empty()),
            date_of_birth: Some(row.date_of_birth.into()),
            email: row.email,
            nationality: Some(row.nationality),
            passport_issuing_state: row.passport_state,
            passport_hint: row.passport_hint,
            passport_expires_on: row.passport_expires_on.map(Date),
            offshore: Some(row.offshore),
            notice_given_at: row.notice_given_at.map(DateTime),
            told_on: row.told_on.map(Date),
        }
    }
}

/// The body's act: what the employer holds once a place is given.
#[derive(Clone, Debug, SimpleObject)]
pub struct Nomination {
    /// The number that the agency knows it by: the application's reference.
    number: String,
    /// The instant at which the place was given.
    issued_at: DateTime,
    /// Its last day; null where it does not run out by itself.
    valid_until: Option<Date>,
}

impl Nomination {
    /// The nomination that an application is; none before it holds a place and none once it has ended.
    pub(super) fn of(row: &application::Model) -> Option<Self> {
        let stands = row.status == entity::ApplicationStatus::Nominated;
        let issued_at = row.nominated_at.filter(|_| stands)?;
        let valid_until = row.valid_until.map(Date);
        Some(Self { number: row.reference.clone(), issued_at: issued_at.into(), valid_until })
    }
}

/// A finding on one criterion, in the current round. Colleagues of the body read it, employers do not.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Assessment {
    #[graphql(skip)]
    assessor_id: PersonId,
    /// Code of the criterion.
    criterion: String,
    /// What was found.
    outcome: AssessmentOutcome,
    /// What the assessor wrote for colleagues.
    note: Option<String>,
    /// When it was recorded.
    at: DateTime,
}

#[ComplexObject]
impl Assessment {
    /// Who found it.
    async fn assessor(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.assessor_id).await
    }
}

impl From<assessment::Model> for Assessment {
    fn from(row: assessment::Model) -> Self {
        Self {
            assessor_id: row.assessor_id,
            criterion: row.criterion,
            outcome: row.outcome.into(),
            note: row.note,
            at: row.at.into(),
        }
    }
}

/// An assessor's advice, in the current round. Colleagues of the body read it, employers do not.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Recommendation {
    #[graphql(skip)]
    advised_by: PersonId,
    /// To endorse or to decline.
    outcome: RecommendationOutcome,
    /// Why; at least one where it is to decline.
    reasons: Vec<DecisionReason>,
    /// What the assessor wrote for colleagues.
    note: Option<String>,
    /// When it was given.
    at: DateTime,
}

#[ComplexObject]
impl Recommendation {
    /// Who advised.
    async fn by(&self, ctx: &Context<'_>) -> Result<Person> {
        Ok(there("adviser", load_person(ctx, self.advised_by).await?)?)
    }
}

impl TryFrom<&assessment_round::Model> for Recommendation {
    type Error = Fault;

    fn try_from(round: &assessment_round::Model) -> Result<Self, Fault> {
        Ok(Self {
            advised_by: round.advised_by,
            outcome: round.advice.into(),
            reasons: reasons(Some(&round.advice_reasons))?,
            note: round.advice_note.clone(),
            at: round.advised_at.into(),
        })
    }
}

/// What the second person decided, in the current round.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Decision {
    #[graphql(skip)]
    decided_by: Option<PersonId>,
    /// Which way.
    outcome: DecisionOutcome,
    /// Why, where it was declined; the employer reads them too.
    reasons: Vec<DecisionReason>,
    /// What was written for colleagues. Null to employers.
    note: Option<String>,
    /// When it was decided.
    at: DateTime,
}

#[ComplexObject]
impl Decision {
    /// Who decided. Null to employers, to whom the body answers as a whole.
    async fn by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(person) = self.decided_by else { return Ok(None) };
        load_person(ctx, person).await
    }
}

impl Decision {
    /// The decision of a round, as one side may read it; none before it is made.
    pub(super) fn of(round: &assessment_round::Model, by_employer: bool) -> Found<Option<Self>> {
        let (Some(outcome), Some(at)) = (round.decision, round.decided_at) else { return Ok(None) };
        Ok(Some(Self {
            decided_by: round.decided_by.filter(|_| !by_employer),
            outcome: outcome.into(),
            reasons: reasons(round.decision_reasons.as_ref())?,
            note: round.decision_note.clone().filter(|_| !by_employer),
            at: at.into(),
        }))
    }
}

/// Reasons as they are stored: a list of words.
fn reasons(stored: Option<&serde_json::Value>) -> Found<Vec<DecisionReason>> {
    let Some(stored) = stored else { return Ok(Vec::new()) };
    let read: Vec<entity::DecisionReason> =
        serde_json::from_value(stored.clone()).map_err(|why| Fault::stored("reasons", why))?;
    Ok(read.into_iter().map(Into::into).collect())
}

#[cfg(test)]
mod tests {
    use entity::ApplicationStatus;

    use super::*;
    use crate::applications::samples;

    #[test]
    fn employers_read_the_reasons_of_a_decision_and_neither_note_nor_name() {
        let open = samples::round();
        assert!(Decision::of(&open, false).expect("a round").is_none());
        let decided = assessment_round::Model {
            decision: Some(entity::DecisionOutcome::Declined),
            decision_reasons: Some(serde_json::json!(["PAY_BELOW_THRESHOLD"])),
            decision_note: Some("Below by far.".into()),
            decided_by: Some(open.advised_by),
            decided_at: Some(open.advised_at),
            ..open
        };
        for by_employer in [false, true] {
            let read = Decision::of(&decided, by_employer).expect("a round").expect("a decision");
            assert_eq!(read.reasons, [DecisionReason::PayBelowThreshold]);
            assert_eq!(read.outcome, DecisionOutcome::Declined);
            assert_eq!((read.note.is_none(), read.decided_by.is_none()), (by_employer, by_employer));
        }
    }

    #[test]
    fn a_nomination_stands_while_it_holds_a_place() {
        let nominated_at = Some("2022-03-01T00:00:00Z".parse().expect("an instant"));
        for status in ApplicationStatus::all() {
            let row = application::Model { status, nominated_at, ..samples::application() };
            assert_eq!(Nomination::of(&row).is_some(), status == ApplicationStatus::Nominated, "{status:?}");
        }
    }
}
