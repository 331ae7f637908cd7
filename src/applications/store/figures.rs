//! The figures of one body's caseload under one class exception: each from one statement, and from an index alone.
//!
//! They count what the body sees: never a draft.

use chrono::{DateTime, Utc};
use entity::{ApplicationStatus, ExceptionId, PersonId, application, assessment_round};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::caseload::due_or_never;
use super::stands_in;
use crate::applications::rules::awaits_decision;
use crate::error::Found;
use crate::tenancy::FiguresScope;

/// How many applications stand where; states without any are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_by_status(
    conn: &impl ConnectionTrait,
    scope: &FiguresScope,
    exception: ExceptionId,
) -> Found<Vec<(ApplicationStatus, u64)>> {
    let rows: Vec<(ApplicationStatus, i64)> = submitted(scope, exception)
        .select_only()
        .column(application::Column::Status)
        .column_as(application::Column::BodyId.count(), "count")
        .group_by(application::Column::Status)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(unsigned(rows))
}

/// How many wait for a decision that was due at `now` or before.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_overdue(
    conn: &impl ConnectionTrait,
    scope: &FiguresScope,
    exception: ExceptionId,
    now: DateTime<Utc>,
) -> Found<u64> {
    let select = standing(submitted(scope, exception), awaits_decision).filter(due_or_never().lte(now));
    count(conn, select).await
}

/// How many are in nobody's hands that an assessor has yet to advise on.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_unassigned(
    conn: &impl ConnectionTrait,
    scope: &FiguresScope,
    exception: ExceptionId,
) -> Found<u64> {
    let unadvised = |status| awaits_decision(status) && status != ApplicationStatus::Recommended;
    let select = standing(submitted(scope, exception), unadvised);
    count(conn, select.filter(application::Column::AssessorId.is_null())).await
}

/// How many decisions took so many days, in order of days.
///
/// # Errors
/// Where the database does not answer.
pub async fn tally_days_to_decision(
    conn: &impl ConnectionTrait,
    scope: &FiguresScope,
    exception: ExceptionId,
) -> Found<Vec<(i32, u64)>> {
    let rows: Vec<(i32, i64)> = application::Entity::find()
        .filter(application::Column::BodyId.eq(scope.body()))
        .filter(application::Column::ExceptionId.eq(exception))
        .filter(application::Column::DaysToDecision.is_not_null())
        .select_only()
        .column(application::Column::DaysToDecision)
        .column_as(application::Column::BodyId.count(), "count")
        .group_by(application::Column::DaysToDecision)
        .order_by_asc(application::Column::DaysToDecision)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(unsigned(rows))
}

/// How many undecided applications each person has in hand.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_open_by_assessor(
    conn: &impl ConnectionTrait,
    scope: &FiguresScope,
    exception: ExceptionId,
) -> Found<Vec<(PersonId, u64)>> {
    let rows: Vec<(PersonId, i64)> = standing(submitted(scope, exception), awaits_decision)
        .filter(application::Column::AssessorId.is_not_null())
        .select_only()
        .column(application::Column::AssessorId)
        .column_as(application::Column::BodyId.count(), "count")
        .group_by(application::Column::AssessorId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(unsigned(rows))
}

/// How many applications each person has advised on in a round that was decided: in one of each, for nobody acts in two.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_decided_by_adviser(
    conn: &impl ConnectionTrait,
    scope: &FiguresScope,
    exception: ExceptionId,
) -> Found<Vec<(PersonId, u64)>> {
    use assessment_round::Column;
    let rows: Vec<(PersonId, i64)> = assessment_round::Entity::find()
        .filter(Column::BodyId.eq(scope.body()))
        .filter(Column::ExceptionId.eq(exception))
        .filter(Column::Decision.is_not_null())
        .select_only()
        .column(Column::AdvisedBy)
        .column_as(Column::BodyId.count(), "count")
        .group_by(Column::AdvisedBy)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(unsigned(rows))
}

fn submitted(scope: &FiguresScope, exception: ExceptionId) -> Select<application::Entity> {
    application::Entity::find()
        .filter(application::Column::BodyId.eq(scope.body()))
        .filter(application::Column::ExceptionId.eq(exception))
        .filter(application::Column::SubmittedAt.is_not_null())
}

fn standing(
    select: Select<application::Entity>,
    there: impl Fn(ApplicationStatus) -> bool,
) -> Select<application::Entity> {
    let states = ApplicationStatus::all().into_iter().filter(|status| there(*status));
    select.filter(stands_in(states))
}

async fn count(conn: &impl ConnectionTrait, select: Select<application::Entity>) -> Found<u64> {
    let select = select.select_only().column_as(application::Column::BodyId.count(), "count");
    let count: Option<i64> = select.into_tuple().one(conn).await?;
    Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
}

fn unsigned<K>(rows: Vec<(K, i64)>) -> Vec<(K, u64)> {
    rows.into_iter().map(|(key, count)| (key, u64::try_from(count).unwrap_or_default())).collect()
}
