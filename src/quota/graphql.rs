//! The quota as the public schema shows it: totals for everybody, figures by body and the ledger for those who
//! share in it.

mod kinds;
mod movements;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::NaiveDate;
use entity::{BodyId, ExceptionId, place};

pub use kinds::{PlaceMovementKind, PlaceState};
pub(crate) use movements::find_movement;
pub use movements::{PlaceMovement, PlaceMovementConnection, PlaceMovementEdge};

use super::loaders::{HoldingsOf, QueueOf, Quotas, TotalsOf, shared_figures};
use super::rules::{self, BodyCounts, PlaceCounts, QueueCounts, Span, Totals};
use super::store::{self, MovementKey};
use crate::app::App;
use crate::clock::day_in_new_zealand;
use crate::error::{Fault, Found};
use crate::exceptions::graphql::load_bodies;
use crate::exceptions::store::Current;
use crate::people::graphql::Body;
use crate::schema::scalars::{Date, DateTime};
use crate::schema::{self, List, PageArgs, bad_input, count, page_cost};
use crate::tenancy::Viewer;

/// This slice's part of a class exception; `schema::class_exception` puts the parts together.
#[derive(Clone, Debug)]
pub struct QuotaPart(pub Arc<Current>);

#[Object]
impl QuotaPart {
    /// How many places there are and where they stand, at this moment.
    async fn quota(&self) -> Quota {
        Quota::of(Arc::clone(&self.0))
    }
}

/// The quota of one class exception; its figures are read when they are asked for.
#[derive(Clone, Debug)]
pub struct Quota {
    exception: Arc<Current>,
    /// What it tells, where it was read already: whoever listens is told what was compared.
    figures: Option<QuotaFigures>,
}

impl Quota {
    /// The quota of this exception.
    #[must_use]
    pub fn of(exception: Arc<Current>) -> Self {
        Self { exception, figures: None }
    }

    /// The same, with figures that were read.
    pub(crate) fn with(self, figures: QuotaFigures) -> Self {
        Self { figures: Some(figures), ..self }
    }

    pub(crate) fn id(&self) -> ExceptionId {
        self.exception.row.id
    }

    /// All figures of it that a viewer may read, to tell whether they have changed.
    pub(crate) async fn figures(&self, app: &App, viewer: &Viewer) -> Found<QuotaFigures> {
        let (id, public) = (self.id(), viewer.in_public());
        let conn = &app.db.read(&public);
        let totals = store::count_totals(conn, &public, &[id]).await?.remove(&id);
        let queue = store::count_queues(conn, &public, &[id]).await?.remove(&id);
        let by_body = match shared_figures(viewer) {
            Some(scope) => {
                let mut found = store::count_by_body(&app.db.read(&scope), &scope, &[id]).await?;
                Some(found.remove(&id).unwrap_or_default())
            }
            None => None,
        };
        Ok(QuotaFigures { totals, queue, by_body })
    }

    async fn totals(&self, ctx: &Context<'_>) -> Result<Totals> {
        if let Some(totals) = self.figures.as_ref().and_then(|figures| figures.totals) {
            return Ok(totals);
        }
        let found = ctx.data_unchecked::<Quotas>().load_one(TotalsOf(self.id())).await?;
        Ok(found.ok_or_else(|| Fault::stored("class exception", "it is gone"))?)
    }

    async fn counts(&self, ctx: &Context<'_>) -> Result<PlaceCounts> {
        Ok(self.totals(ctx).await?.counts)
    }

    async fn queue(&self, ctx: &Context<'_>) -> Result<QueueCounts> {
        if let Some(figures) = &self.figures {
            return Ok(figures.queue.unwrap_or_default());
        }
        // Where nobody waits there is no row to count.
        Ok(ctx.data_unchecked::<Quotas>().load_one(QueueOf(self.id())).await?.unwrap_or_default())
    }
}

/// Where the places of a class exception stand, as far as a viewer may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QuotaFigures {
    totals: Option<Totals>,
    queue: Option<QueueCounts>,
    by_body: Option<BTreeMap<BodyId, BodyCounts>>,
}

/// The places of a class exception, shared by all its bodies. At every instant places + excess = available +
/// reserved + listed + consumed + returning.
#[Object]
impl Quota {
    /// How many workers may come: the cap as it stands now.
    async fn places(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(self.totals(ctx).await?.places)
    }

    /// Held above a cap that was lowered; such places retire as they come back, and nothing is given meanwhile.
    async fn excess(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(self.totals(ctx).await?.excess()))
    }

    /// Free for whoever is due next.
    async fn available(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(self.counts(ctx).await?.available))
    }

    /// Held by a nomination that no published release carries yet.
    async fn reserved(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(self.counts(ctx).await?.reserved))
    }

    /// Held by a nomination on a published release, whose worker has no visa yet.
    async fn listed(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(self.counts(ctx).await?.listed))
    }

    /// Used up: the worker's visa was granted.
    async fn consumed(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(self.counts(ctx).await?.consumed))
    }

    /// Given back, but held until the agency has acknowledged it or the reconsideration period is over.
    async fn returning(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(self.counts(ctx).await?.returning))
    }

    /// Confirmed applications that are due a place, and get the next that comes free.
    async fn waiting(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(self.queue(ctx).await?.waiting))
    }

    /// Confirmed, but not due: on hold, the worker or the employer already has what it may have, or the ballot is not
    /// drawn.
    async fn blocked(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(self.queue(ctx).await?.blocked))
    }

    /// The same figures for each body, in order of slug. Null for the public and for employers, for whom only the
    /// totals are.
    async fn by_body(&self, ctx: &Context<'_>) -> Result<Option<Vec<BodyPlaces>>> {
        let holdings = match &self.figures {
            Some(figures) => figures.by_body.clone(),
            None => ctx.data_unchecked::<Quotas>().load_one(HoldingsOf(self.id())).await?,
        };
        let Some(holdings) = holdings else { return Ok(None) };
        let bodies = load_bodies(ctx, self.id()).await?.into_iter();
        let part = |(id, body)| BodyPlaces::of(body, holdings.get(&id).copied().unwrap_or_default());
        Ok(Some(bodies.map(part).collect()))
    }

    /// Every movement of a place, newest first. Null for the public and for employers.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn movements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many rows from the start, or after `after`; 0 to 100, usually 25.")]
        first: Option<i32>,
        #[graphql(desc = "Cursor that the page begins after.")] after: Option<String>,
        #[graphql(desc = "At most so many rows from the end, or before `before`; 0 to 100.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Cursor that the page ends before.")] before: Option<String>,
    ) -> Result<Option<PlaceMovementConnection>> {
        movements_of(ctx, self.id(), &PageArgs { first, after, last, before }).await
    }

    /// Where the places stood at the end of each day in New Zealand, for plots: at most 400 days, today the last. A
    /// day without movements repeats the one before.
    #[graphql(complexity = "1 + 40 * child_complexity")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "First day; the day of the first movement where absent, as far as 400 days reach.")]
        from: Option<Date>,
        #[graphql(desc = "Last day, included; today where absent or later than today.")] to: Option<Date>,
    ) -> Result<Vec<QuotaPoint>> {
        let (app, scope) = (schema::app(ctx), schema::viewer(ctx).in_public());
        let today = day_in_new_zealand(app.db.clock().now());
        let span = Span::read(from.map(|day| day.0), to.map(|day| day.0), today);
        let span = span.map_err(|error| bad_input(&error.to_string()))?;
        let moves = store::moves_by_day(&app.db.read(&scope), &scope, self.id(), span.to).await?;
        Ok(rules::day_by_day(&moves, span).into_iter().map(Into::into).collect())
    }
}

async fn movements_of(
    ctx: &Context<'_>,
    exception: ExceptionId,
    args: &PageArgs,
) -> Result<Option<PlaceMovementConnection>> {
    let (app, viewer) = (schema::app(ctx), schema::viewer(ctx));
    let Some(scope) = shared_figures(viewer) else { return Ok(None) };
    let list = List::of(ctx, &format!("Quota:{exception}.movements"));
    let request = list.request::<MovementKey>(args)?;
    let page = store::page_of_movements(&app.db.read(&scope), &scope, exception, &request).await?;
    let page = page.map(|row| (MovementKey(row.id), PlaceMovement::of(row, viewer)));
    let app = Arc::clone(app);
    let count = count(move || {
        let (app, scope) = (Arc::clone(&app), scope.clone());
        async move { store::count_movements(&app.db.read(&scope), &scope, exception).await }
    });
    Ok(Some(PlaceMovementConnection::of(&list, page, count)?))
}

/// One body's part of the quota: figures that the bodies have agreed to share.
#[derive(Clone, Debug, SimpleObject)]
pub struct BodyPlaces {
    /// Whose part it is.
    body: Body,
    /// Held by its nominations that no published release carries yet.
    reserved: i32,
    /// Held by its nominations on a published release, without a visa yet.
    listed: i32,
    /// Used up by its workers.
    consumed: i32,
    /// Given back by it, and not free yet.
    returning: i32,
    /// Its confirmed applications that are due a place.
    waiting: i32,
    /// Its confirmed applications that are not due.
    blocked: i32,
}

impl BodyPlaces {
    fn of(body: Body, BodyCounts { places, queue }: BodyCounts) -> Self {
        Self {
            body,
            reserved: int(places.reserved),
            listed: int(places.listed),
            consumed: int(places.consumed),
            returning: int(places.returning),
            waiting: int(queue.waiting),
            blocked: int(queue.blocked),
        }
    }
}

/// Where the places stood at the end of one day.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct QuotaPoint {
    /// The day, in New Zealand.
    date: Date,
    /// Free at its end.
    available: i32,
    /// Held, and not on a published release yet.
    reserved: i32,
    /// Held, and on a published release.
    listed: i32,
    /// Used up until then.
    consumed: i32,
    /// Given back, and not free yet.
    returning: i32,
}

impl From<(NaiveDate, PlaceCounts)> for QuotaPoint {
    fn from((day, counts): (NaiveDate, PlaceCounts)) -> Self {
        Self {
            date: day.into(),
            available: int(counts.available),
            reserved: int(counts.reserved),
            listed: int(counts.listed),
            consumed: int(counts.consumed),
            returning: int(counts.returning),
        }
    }
}

/// The place that an application holds.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Place {
    /// Its number within the class exception, from 1. It says nothing about anybody's turn.
    number: i32,
    /// Where it stands.
    state: PlaceState,
    /// Since when it stands there.
    since: DateTime,
}

impl From<place::Model> for Place {
    fn from(row: place::Model) -> Self {
        Self { number: row.number, state: row.state.into(), since: row.since.into() }
    }
}

/// A count as GraphQL's `Int` holds it.
fn int(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
