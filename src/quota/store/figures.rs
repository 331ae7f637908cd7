//! The quota's figures, for many exceptions at once: each function is one statement, or two where it joins two
//! tables' counts.

use std::collections::{BTreeMap, HashMap};

use entity::{BodyId, ExceptionId, PlaceState, class_exception, place, queue_standing};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationDef, Select,
};

use crate::error::Found;
use crate::quota::rules::{BodyCounts, QueueCounts, Totals};
use crate::tenancy::{PublicScope, SharedScope};

/// How many places each exception has, and where they stand. Cap and counts come from one statement, so that they
/// add up even while the cap changes.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_totals(
    conn: &impl ConnectionTrait,
    _scope: &PublicScope,
    exceptions: &[ExceptionId],
) -> Found<HashMap<ExceptionId, Totals>> {
    let to_places: RelationDef = class_exception::Entity::belongs_to(place::Entity)
        .from(class_exception::Column::Id)
        .to(place::Column::ExceptionId)
        .into();
    let rows: Vec<(ExceptionId, i32, Option<PlaceState>, i64)> = class_exception::Entity::find()
        .select_only()
        .columns([class_exception::Column::Id, class_exception::Column::Places])
        .column(place::Column::State)
        .column_as(place::Column::Id.count(), "count")
        .join(JoinType::LeftJoin, to_places)
        .filter(class_exception::Column::Id.is_in(exceptions.iter().copied()))
        .group_by(class_exception::Column::Id)
        .group_by(class_exception::Column::Places)
        .group_by(place::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    let mut found = HashMap::<ExceptionId, Totals>::new();
    for (exception, places, state, count) in rows {
        let totals = found.entry(exception).or_default();
        totals.places = places;
        if let Some(state) = state {
            totals.counts.add(state, count);
        }
    }
    Ok(found)
}

/// How many in each exception's queue are due, and how many are not.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_queues(
    conn: &impl ConnectionTrait,
    _scope: &PublicScope,
    exceptions: &[ExceptionId],
) -> Found<HashMap<ExceptionId, QueueCounts>> {
    let rows: Vec<(i64, i64, ExceptionId)> = queues(exceptions)
        .column(queue_standing::Column::ExceptionId)
        .group_by(queue_standing::Column::ExceptionId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(waiting, blocked, id)| (id, QueueCounts { waiting, blocked })).collect())
}

/// What the bodies hold and wait for under each exception; those that do neither are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_by_body(
    conn: &impl ConnectionTrait,
    _scope: &SharedScope,
    exceptions: &[ExceptionId],
) -> Found<HashMap<ExceptionId, BTreeMap<BodyId, BodyCounts>>> {
    let places: Vec<(ExceptionId, BodyId, PlaceState, i64)> = place::Entity::find()
        .select_only()
        .columns([place::Column::ExceptionId, place::Column::BodyId, place::Column::State])
        .column_as(place::Column::Id.count(), "count")
        .filter(place::Column::ExceptionId.is_in(exceptions.iter().copied()))
        .filter(place::Column::BodyId.is_not_null())
        .group_by(place::Column::ExceptionId)
        .group_by(place::Column::BodyId)
        .group_by(place::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    let queues: Vec<(i64, i64, ExceptionId, BodyId)> = queues(exceptions)
        .columns([queue_standing::Column::ExceptionId, queue_standing::Column::BodyId])
        .group_by(queue_standing::Column::ExceptionId)
        .group_by(queue_standing::Column::BodyId)
        .into_tuple()
        .all(conn)
        .await?;
    let mut found = HashMap::<ExceptionId, BTreeMap<BodyId, BodyCounts>>::new();
    for (exception, body, state, count) in places {
        found.entry(exception).or_default().entry(body).or_default().places.add(state, count);
    }
    for (waiting, blocked, exception, body) in queues {
        let counts = found.entry(exception).or_default().entry(body).or_default();
        counts.queue = QueueCounts { waiting, blocked };
    }
    Ok(found)
}

/// Those that are due and those that are not, to be grouped.
fn queues(exceptions: &[ExceptionId]) -> Select<queue_standing::Entity> {
    let blocked = || Expr::col(queue_standing::Column::Blocked);
    queue_standing::Entity::find()
        .select_only()
        .column_as(Expr::expr(Expr::case(blocked().is_null(), 1).finally(0)).sum(), "waiting")
        .column_as(Expr::expr(Expr::case(blocked().is_null(), 0).finally(1)).sum(), "blocked")
        .filter(queue_standing::Column::ExceptionId.is_in(exceptions.iter().copied()))
}
