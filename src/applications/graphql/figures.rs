//! Loads the figures of caseloads, each once for all that ask for it in a request. A figure costs a statement for each
//! body and class exception, of which there are few, however many rows of a page ask.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Request;
use async_graphql::dataloader::{DataLoader, Loader};
use chrono::{DateTime, Days, NaiveDate, Utc};
use entity::{ApplicationStatus, BodyId, EventKind, ExceptionId, PersonId};
use rust_decimal::Decimal;

use crate::app::App;
use crate::applications::rules::median;
use crate::applications::store::figures as store;
use crate::clock::end_of_day;
use crate::error::Fault;
use crate::history;
use crate::quota::rules::Span;
use crate::tenancy::Viewer;

/// What the points of a history count, in their order.
const COUNTED: [EventKind; 4] =
    [EventKind::Submitted, EventKind::Imported, EventKind::Confirmed, EventKind::Declined];

/// Loads figures, for one viewer; nothing of bodies whose figures the viewer may not read.
pub struct FigureLoader {
    app: Arc<App>,
    viewer: Viewer,
}

/// The loader as resolvers get it.
pub(super) type Figures = DataLoader<FigureLoader>;

/// Gives a request its loader.
pub(super) fn attach(request: Request, app: &Arc<App>, viewer: &Viewer) -> Request {
    let loader = FigureLoader { app: Arc::clone(app), viewer: viewer.clone() };
    request.data(Figures::new(loader, tokio::spawn))
}

/// Whose caseload, and under which class exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Of {
    pub(super) body: BodyId,
    pub(super) exception: ExceptionId,
}

/// How many applications stand where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct StatusesOf(pub Of);
/// How many are overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct OverdueOf(pub Of);
/// How many are in nobody's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct UnassignedOf(pub Of);
/// How long decisions took; none where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct MedianOf(pub Of);
/// What each person has in hand; no answer for who is told no names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct OpenOf(pub Of);
/// What each person has done; no answer for who is told no names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct DecidedOf(pub Of);
/// What happened day by day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct DaysOf(pub Of, pub Span);

/// Figures of one person each.
pub(super) type ByPerson = Arc<HashMap<PersonId, u64>>;
/// The days of a history, with a figure for each kind that is counted.
pub(super) type ByDay = Arc<Vec<(NaiveDate, [u64; COUNTED.len()])>>;

/// One loader for each figure: the figure's key, what it answers with, and where that comes from; none is no answer.
macro_rules! figures {
    ($($key:ident -> $value:ty: |$app:ident, $scope:ident, $asked:ident| $load:expr;)+) => {$(
        impl Loader<$key> for FigureLoader {
            type Value = $value;
            type Error = Arc<Fault>;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, $value>, Arc<Fault>> {
                let mut answers = HashMap::new();
                for $asked in keys {
                    let Some($scope) = &self.viewer.figures_of($asked.0.body) else { continue };
                    let $app = &self.app;
                    let answer: Option<$value> = $load;
                    answers.extend(answer.map(|answer| (*$asked, answer)));
                }
                Ok(answers)
            }
        }
    )+};
}

figures! {
    StatusesOf -> Vec<(ApplicationStatus, u64)>: |app, scope, asked| {
        Some(store::count_by_status(&app.db.read(scope), scope, asked.0.exception).await?)
    };
    OverdueOf -> u64: |app, scope, asked| {
        let now = app.db.clock().now();
        Some(store::count_overdue(&app.db.read(scope), scope, asked.0.exception, now).await?)
    };
    UnassignedOf -> u64: |app, scope, asked| {
        Some(store::count_unassigned(&app.db.read(scope), scope, asked.0.exception).await?)
    };
    MedianOf -> Decimal: |app, scope, asked| {
        median(&store::tally_days_to_decision(&app.db.read(scope), scope, asked.0.exception).await?)
    };
    OpenOf -> ByPerson: |app, scope, asked| {
        if scope.names_people() {
            let counts = store::count_open_by_assessor(&app.db.read(scope), scope, asked.0.exception).await?;
            Some(Arc::new(counts.into_iter().collect()))
        } else {
            None
        }
    };
    DecidedOf -> ByPerson: |app, scope, asked| {
        if scope.names_people() {
            let counts = store::count_decided_by_adviser(&app.db.read(scope), scope, asked.0.exception).await?;
            Some(Arc::new(counts.into_iter().collect()))
        } else {
            None
        }
    };
    DaysOf -> ByDay: |app, scope, asked| {
        let days: Vec<NaiveDate> = asked.1.days().collect();
        let bounds: Vec<_> = days.iter().map(|day| (beginning_of_day(*day), end_of_day(*day))).collect();
        let exception = asked.0.exception;
        let counts = history::count_by_day(&app.db.read(scope), scope, exception, COUNTED, &bounds).await?;
        Some(Arc::new(days.into_iter().zip(counts).collect()))
    };
}

/// The first instant of a calendar day in New Zealand.
fn beginning_of_day(day: NaiveDate) -> DateTime<Utc> {
    end_of_day(day.checked_sub_days(Days::new(1)).unwrap_or(day))
}
