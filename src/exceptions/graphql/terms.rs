//! What a class exception says of itself: the fields that this slice gives to `ClassException`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::{BodyId, ExceptionId};

use super::kinds::{AllocationMethod, ClassExceptionStatus, CriterionKind, CriterionStrength};
use super::roles::ApprovedRole;
use crate::error::{Fault, Found};
use crate::exceptions::definition;
use crate::exceptions::loaders::{BodiesOf, Exceptions};
use crate::exceptions::rules::Window;
use crate::exceptions::store::Current;
use crate::people::graphql::Body;
use crate::schema::scalars::{Date, DateTime, Url};
use crate::schema::{self, GlobalId};

/// This slice's part of a class exception; `schema::class_exception` puts the parts together.
#[derive(Clone, Debug)]
pub struct ExceptionPart(pub Arc<Current>);

#[Object]
impl ExceptionPart {
    /// Global id of the class exception.
    pub async fn id(&self) -> ID {
        GlobalId::of(&self.0.row.id)
    }

    /// Short name in addresses and inputs, e.g. specialist-tech; it never changes.
    async fn slug(&self) -> &str {
        &self.0.row.slug
    }

    /// Its name for people.
    async fn title(&self) -> &str {
        &self.0.row.title
    }

    /// Who decides on travel and visas, e.g. Immigration New Zealand.
    async fn agency(&self) -> &str {
        &self.0.row.agency
    }

    /// Whether applications are taken in at this moment, by the service's clock.
    async fn status(&self, ctx: &Context<'_>) -> ClassExceptionStatus {
        let now = schema::app(ctx).db.clock().now();
        Window::from(&self.0.row).status(now).into()
    }

    /// How places are given when there are more good applications than places.
    async fn allocation(&self) -> AllocationMethod {
        self.0.row.allocation.into()
    }

    /// The day of the Government's announcement, in New Zealand.
    async fn announced_on(&self) -> Option<Date> {
        self.0.row.announced_on.map(Into::into)
    }

    /// First instant at which applications are taken in.
    async fn opens_at(&self) -> DateTime {
        self.0.row.opens_at.into()
    }

    /// First instant at which nothing more is taken in (11:59 pm is shown for midnight). Null where it stays open.
    async fn closes_at(&self) -> Option<DateTime> {
        self.0.row.closes_at.map(Into::into)
    }

    /// First instant at which no place is given any more. Null where none is set.
    async fn allocation_ends_at(&self) -> Option<DateTime> {
        self.0.row.allocation_ends_at.map(Into::into)
    }

    /// How many places one employer may hold at a time. Null where there is no such limit.
    async fn per_employer_cap(&self) -> Option<i32> {
        self.0.row.per_employer_cap
    }

    /// The way from a nomination to the border, in a sentence.
    async fn pathway(&self) -> &str {
        &self.0.known.terms.pathway
    }

    /// Where the nomination guide for employers stands. Null where there is none.
    #[expect(clippy::unused_async, reason = "every resolver is")]
    async fn guide_url(&self) -> Result<Option<Url>> {
        Ok(self.0.known.terms.guide_url.as_deref().map(address).transpose()?)
    }

    /// Working days of New Zealand from submission to the body's decision, without those on which it waits for the
    /// employer: 1 to 250. What takes longer is overdue, and never declined for it.
    async fn decision_working_days(&self) -> i32 {
        days(self.0.known.terms.clocks.decision_working_days)
    }

    /// Working days of New Zealand that an employer has to answer a body's question: 1 to 250.
    async fn question_working_days(&self) -> i32 {
        days(self.0.known.terms.clocks.question_working_days)
    }

    /// What is known, since when and from where, e.g. what a visa leads to; shown as it stands, never as advice.
    #[expect(clippy::unused_async, reason = "every resolver is")]
    async fn facts(&self) -> Result<Vec<DatedFact>> {
        Ok(self.0.known.terms.facts.iter().map(DatedFact::of).collect::<Found<_>>()?)
    }

    /// The roles that it is for, each with the least that it must pay.
    async fn roles(&self) -> Vec<ApprovedRole> {
        let Current { row, known } = &*self.0;
        known.terms.roles.iter().map(|role| ApprovedRole::of(&row.slug, known, role)).collect()
    }

    /// What an application has to meet, in the order in which it is assessed.
    async fn criteria(&self) -> Vec<Criterion> {
        self.0.known.terms.criteria.iter().map(Into::into).collect()
    }

    /// The bodies that nominate under it, in order of slug; also those that have stopped.
    async fn bodies(&self, ctx: &Context<'_>) -> Result<Vec<Body>> {
        Ok(load_bodies(ctx, self.0.row.id).await?.into_iter().map(|(_, body)| body).collect())
    }
}

/// The bodies that nominate under an exception, in order of slug, with their rows' ids.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_bodies(ctx: &Context<'_>, exception: ExceptionId) -> Result<Vec<(BodyId, Body)>> {
    let bodies = ctx.data_unchecked::<Exceptions>().load_one(BodiesOf(exception)).await?;
    Ok(bodies.unwrap_or_default().into_iter().map(|row| (row.id, row.into())).collect())
}

/// Something that is known about a class exception, with its date and its source.
#[derive(Clone, Debug, SimpleObject)]
pub struct DatedFact {
    /// The fact in a sentence.
    text: String,
    /// The day on which the source said so; it may have changed since.
    as_of: Date,
    /// The page that says so.
    source: Url,
}

impl DatedFact {
    fn of(fact: &definition::DatedFact) -> Found<Self> {
        Ok(Self { text: fact.text.clone(), as_of: fact.as_of.into(), source: address(&fact.source)? })
    }
}

/// A number of days; a definition with more than fit is refused.
fn days(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn address(text: &str) -> Found<Url> {
    let parsed = url::Url::parse(text).map_err(|why| Fault::stored("address in the terms", why))?;
    Ok(parsed.into())
}

/// One thing that an application has to meet. Codes are data of the class exception, so a client must not expect
/// certain ones.
#[derive(Clone, Debug, SimpleObject)]
pub struct Criterion {
    /// Names it in inputs and results, e.g. domestic-skills.
    code: String,
    /// How it is tested.
    kind: CriterionKind,
    /// What it does to an application that does not meet it.
    strength: CriterionStrength,
    /// Its name for people.
    title: String,
    /// What the employer should give or do.
    guidance: String,
    /// What counts, e.g. known programmes or bodies; others are referred.
    examples: Vec<String>,
    /// Whose rule it is.
    source: String,
    /// Met, it puts an application into the priority band.
    priority: bool,
}

impl From<&definition::Criterion> for Criterion {
    fn from(criterion: &definition::Criterion) -> Self {
        Self {
            code: criterion.code.clone(),
            kind: criterion.kind.into(),
            strength: criterion.strength.into(),
            title: criterion.title.clone(),
            guidance: criterion.guidance.clone(),
            examples: criterion.examples.clone(),
            source: criterion.source.clone(),
            priority: criterion.priority,
        }
    }
}
