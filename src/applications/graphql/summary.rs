//! What this slice adds to bodies: the figures of their caseloads.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use futures_util::try_join;

use super::figures::{DaysOf, DecidedOf, Figures, MedianOf, Of, OpenOf, OverdueOf, StatusesOf, UnassignedOf};
use super::kinds::ApplicationStatus;
use super::loaders::there;
use crate::clock::day_in_new_zealand;
use crate::exceptions::graphql as exceptions;
use crate::people::graphql::{Body, Person};
use crate::people::loaders::People;
use crate::quota::rules::Span;
use crate::schema::connection::int;
use crate::schema::scalars::{Date, Decimal};
use crate::schema::{self, bad_input};

#[ComplexObject]
impl Body {
    /// What the body has in hand and has done under one class exception, in figures. They count what the body sees,
    /// never a draft. Null for everyone but the body's own staff and observers, and where there is no such class
    /// exception.
    async fn caseload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the class exception.")] class_exception: String,
    ) -> Result<Option<CaseloadSummary>> {
        if schema::viewer(ctx).figures_of(self.key).is_none() {
            return Ok(None);
        }
        let found = exceptions::find(ctx, &class_exception).await?;
        Ok(found.map(|found| CaseloadSummary { of: Of { body: self.key, exception: found.row.id } }))
    }
}

/// A body's caseload; its figures are read when they are asked for.
#[derive(Clone, Copy, Debug)]
pub struct CaseloadSummary {
    of: Of,
}

/// The figures of one body's caseload under one class exception, at this moment.
#[Object]
impl CaseloadSummary {
    /// How many applications stand where: every status but DRAFT, in the order of a case's life.
    async fn by_status(&self, ctx: &Context<'_>) -> Result<Vec<StatusCount>> {
        let counts = figures(ctx).load_one(StatusesOf(self.of)).await?.unwrap_or_default();
        let count =
            |status| counts.iter().find(|(one, _)| *one == status).map_or(0, |(_, count)| int(*count));
        let all = entity::ApplicationStatus::all().into_iter();
        let seen = all.filter(|status| *status != entity::ApplicationStatus::Draft);
        Ok(seen.map(|status| StatusCount { status: status.into(), count: count(status) }).collect())
    }

    /// How many wait for a decision that is due: those with the flag OVERDUE.
    async fn overdue(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(figures(ctx).load_one(OverdueOf(self.of)).await?.unwrap_or_default()))
    }

    /// How many are in nobody's hands that an assessor has yet to advise on: `SUBMITTED`, `IN_ASSESSMENT` or
    /// `INFORMATION_REQUESTED`, and on hold or not.
    async fn unassigned(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(figures(ctx).load_one(UnassignedOf(self.of)).await?.unwrap_or_default()))
    }

    /// How long a decision took in the middle of all: calendar days in New Zealand from the submission to the latest
    /// decision, with the time in which the employer was asked. Between two values it is half-way. Null where nothing was
    /// decided yet.
    async fn median_days_to_decision(&self, ctx: &Context<'_>) -> Result<Option<Decimal>> {
        Ok(figures(ctx).load_one(MedianOf(self.of)).await?.map(Decimal))
    }

    /// What the body's people have in hand and have done, in order of their names; those who have neither are left out.
    /// Null to observers.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn by_assessor(&self, ctx: &Context<'_>) -> Result<Option<Vec<AssessorLoad>>> {
        let figures = figures(ctx);
        let (open, decided) =
            try_join!(figures.load_one(OpenOf(self.of)), figures.load_one(DecidedOf(self.of)))?;
        let Some((open, decided)) = open.zip(decided) else { return Ok(None) };
        let everybody = open.keys().chain(decided.keys()).copied();
        let people = ctx.data_unchecked::<People>().load_many(everybody).await?;
        let count = |of: Option<&u64>| int(of.copied().unwrap_or_default());
        let load = |(id, person)| AssessorLoad {
            assessor: Person::from(person),
            open: count(open.get(&id)),
            decided: count(decided.get(&id)),
        };
        let mut people: Vec<_> = people.into_iter().collect();
        people.sort_unstable_by(|(one, a), (other, b)| (&a.name, one).cmp(&(&b.name, other)));
        Ok(Some(people.into_iter().map(load).collect()))
    }

    /// What happened on each day in New Zealand, for plots: at most 400 days, today the last.
    #[graphql(complexity = "1 + 40 * child_complexity")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "First day; the first on which anything happened where absent, as far as 400 days \
                          reach."
        )]
        from: Option<Date>,
        #[graphql(desc = "Last day, included; today where absent or later than today.")] to: Option<Date>,
    ) -> Result<Vec<CaseloadPoint>> {
        let today = day_in_new_zealand(schema::app(ctx).db.clock().now());
        let span = Span::read(from.map(|day| day.0), to.map(|day| day.0), today);
        let span = span.map_err(|error| bad_input(&error.to_string()))?;
        let days = there("caseload", figures(ctx).load_one(DaysOf(self.of, span)).await?)?;
        let points = days.iter().map(|(day, [submitted, imported, confirmed, declined])| CaseloadPoint {
            date: (*day).into(),
            submitted: int(submitted + imported),
            confirmed: int(*confirmed),
            declined: int(*declined),
        });
        let nothing = |point: &CaseloadPoint| span.from.is_none() && point.is_empty();
        Ok(points.skip_while(nothing).collect())
    }
}

fn figures<'c>(ctx: &Context<'c>) -> &'c Figures {
    ctx.data_unchecked::<Figures>()
}

/// How many applications stand in one status.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct StatusCount {
    /// Where they stand.
    status: ApplicationStatus,
    /// How many; 0 where none does.
    count: i32,
}

/// What one of the body's people has in hand, and has done.
#[derive(Clone, Debug, SimpleObject)]
pub struct AssessorLoad {
    /// Who.
    assessor: Person,
    /// Applications in their hands that are not decided: `SUBMITTED`, `IN_ASSESSMENT`, `INFORMATION_REQUESTED` or
    /// `RECOMMENDED`.
    open: i32,
    /// Applications that they advised on in a round that was decided.
    decided: i32,
}

/// What happened to a caseload on one day.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct CaseloadPoint {
    /// The day, in New Zealand.
    date: Date,
    /// Applications handed in, or taken in from the body's own system; one that was returned counts again when it is
    /// handed in again.
    submitted: i32,
    /// Endorsements that a second person confirmed.
    confirmed: i32,
    /// Advice to decline that a second person agreed with.
    declined: i32,
}

impl CaseloadPoint {
    fn is_empty(self) -> bool {
        self.submitted == 0 && self.confirmed == 0 && self.declined == 0
    }
}
