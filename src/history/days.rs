//! History counted by day, for plots.

use chrono::{DateTime, Utc};
use entity::{EventKind, ExceptionId, history_event};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};

use crate::error::Found;
use crate::tenancy::FiguresScope;

/// The stretches of time, as both databases name a list of values.
const DAYS: &str = "days";

/// How many events of each kind a body's caseload has in each of these stretches of time, in their order. A stretch
/// begins with its first instant and ends before its second.
///
/// Each number is read from `history_by_day` alone. The kinds are written out, since that index has only some of them.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_by_day<const KINDS: usize>(
    conn: &impl ConnectionTrait,
    scope: &FiguresScope,
    exception: ExceptionId,
    kinds: [EventKind; KINDS],
    days: &[(DateTime<Utc>, DateTime<Utc>)],
) -> Found<Vec<[u64; KINDS]>> {
    if days.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Query::select();
    select.from_values(days.iter().copied(), DAYS);
    for kind in kinds {
        select.expr_as(Expr::from(count_between(scope, exception, kind)), kind.word());
    }
    select.order_by((DAYS, "column1"), Order::Asc);
    let mut found = Vec::with_capacity(days.len());
    for row in conn.query_all(&select).await? {
        let mut counts = [0; KINDS];
        for (count, kind) in counts.iter_mut().zip(kinds) {
            let counted: i64 = row.try_get("", &kind.word())?;
            *count = u64::try_from(counted).unwrap_or_default();
        }
        found.push(counts);
    }
    Ok(found)
}

fn count_between(scope: &FiguresScope, exception: ExceptionId, kind: EventKind) -> SelectStatement {
    use history_event::Column;
    let column = |column: Column| Expr::col((history_event::Entity, column));
    Query::select()
        .expr(Expr::val(1).count())
        .from(history_event::Entity)
        .and_where(column(Column::BodyId).eq(scope.body()))
        .and_where(column(Column::ExceptionId).eq(exception))
        .and_where(column(Column::Kind).eq(Expr::Constant(kind.word().into())))
        .and_where(column(Column::At).gte(Expr::col((DAYS, "column1"))))
        .and_where(column(Column::At).lt(Expr::col((DAYS, "column2"))))
        .to_owned()
}
