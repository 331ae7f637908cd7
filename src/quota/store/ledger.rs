//! Reading the ledger. Whose movement it is stands in each row: the reader redacts, by `rules::shown`.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{ApplicationId, ExceptionId, MovementId, PlaceState, application, place_movement};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    Value,
};

use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};
use crate::quota::rules::DayMoves;
use crate::tenancy::{BodyScope, PublicScope, SharedScope};

/// The key of a movement in the ledger's order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MovementKey(pub MovementId);

impl From<MovementKey> for Vec<Value> {
    fn from(key: MovementKey) -> Self {
        vec![key.0.into()]
    }
}

/// A page of the ledger, newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of_movements(
    conn: &impl ConnectionTrait,
    _scope: &SharedScope,
    exception: ExceptionId,
    request: &PageRequest<MovementKey>,
) -> Found<Page<place_movement::Model>> {
    let id = Expr::col((place_movement::Entity, place_movement::Column::Id));
    let rows = keyed(movements_of(exception), &[id], true, request).all(conn).await?;
    Ok(Page::of(rows, request))
}

/// How many movements the ledger has.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_movements(
    conn: &impl ConnectionTrait,
    _scope: &SharedScope,
    exception: ExceptionId,
) -> Found<u64> {
    Ok(movements_of(exception).count(conn).await?)
}

fn movements_of(exception: ExceptionId) -> Select<place_movement::Entity> {
    place_movement::Entity::find().filter(place_movement::Column::ExceptionId.eq(exception))
}

/// Movements by id.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_movements(
    conn: &impl ConnectionTrait,
    _scope: &SharedScope,
    ids: &[MovementId],
) -> Found<HashMap<MovementId, place_movement::Model>> {
    let select = place_movement::Entity::find().filter(place_movement::Column::Id.is_in(ids.iter().copied()));
    Ok(select.all(conn).await?.into_iter().map(|row| (row.id, row)).collect())
}

/// The references of a body's own applications; another body's are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn references_of(
    conn: &impl ConnectionTrait,
    scope: &BodyScope,
    applications: &[ApplicationId],
) -> Found<HashMap<ApplicationId, String>> {
    let rows: Vec<(ApplicationId, String)> = application::Entity::find()
        .select_only()
        .columns([application::Column::Id, application::Column::Reference])
        .filter(application::Column::Id.is_in(applications.iter().copied()))
        .filter(application::Column::BodyId.eq(scope.body()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The ledger summed by day, up to and with `to`, in order of days.
///
/// # Errors
/// Where the database does not answer.
pub async fn moves_by_day(
    conn: &impl ConnectionTrait,
    _scope: &PublicScope,
    exception: ExceptionId,
    to: NaiveDate,
) -> Found<Vec<DayMoves>> {
    use place_movement::Column;
    let rows: Vec<(NaiveDate, Option<PlaceState>, PlaceState, i64)> = movements_of(exception)
        .select_only()
        .columns([Column::OnDay, Column::FromState, Column::ToState])
        .column_as(Column::Id.count(), "count")
        .filter(Column::OnDay.lte(to))
        .group_by(Column::OnDay)
        .group_by(Column::FromState)
        .group_by(Column::ToState)
        .order_by_asc(Column::OnDay)
        .into_tuple()
        .all(conn)
        .await?;
    let moves = |(day, from, to, count)| DayMoves { day, from, to, count };
    Ok(rows.into_iter().map(moves).collect())
}
