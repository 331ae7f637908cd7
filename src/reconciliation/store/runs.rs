//! Runs, what was open after them, and who signed. None of it ever changes.

use std::collections::HashMap;

use entity::{
    BodyId, DiscrepancyKind, ExceptionId, ReconciliationId, class_exception_body, discrepancy,
    reconciliation, reconciliation_figure, reconciliation_open, sign_off,
};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Value,
};

use super::discrepancies::is_open;
use crate::db::{Gate, Tx};
use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};
use crate::tenancy::SharedScope;

/// A run, with all that is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its row.
    pub row: reconciliation::Model,
    /// The figures of each body.
    pub figures: Vec<reconciliation_figure::Model>,
    /// What was open after it.
    pub open: Vec<reconciliation_open::Model>,
    /// Who signed, in order of time.
    pub sign_offs: Vec<sign_off::Model>,
}

/// The key of a run in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RunKey(pub i32);

impl From<RunKey> for Vec<Value> {
    fn from(key: RunKey) -> Self {
        vec![key.0.into()]
    }
}

/// The number of the last run under the gate's exception; 0 where there was none.
///
/// # Errors
/// Where the database does not answer.
pub async fn last_number(gate: &Gate<'_>) -> Found<i32> {
    let last: Option<Option<i32>> = reconciliation::Entity::find()
        .select_only()
        .column_as(reconciliation::Column::Number.max(), "last")
        .filter(reconciliation::Column::ExceptionId.eq(gate.exception()))
        .into_tuple()
        .one(gate.tx().conn())
        .await?;
    Ok(last.flatten().unwrap_or(0))
}

/// How many discrepancies of each kind are open, by whose they are.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_open(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
) -> Found<Vec<(DiscrepancyKind, Option<BodyId>, Option<BodyId>, i64)>> {
    use discrepancy::Column;
    let select = discrepancy::Entity::find()
        .select_only()
        .columns([Column::Kind, Column::BodyId, Column::OtherBodyId])
        .column_as(Column::Id.count(), "count")
        .filter(Column::ExceptionId.eq(exception))
        .filter(is_open())
        .group_by(Column::Kind)
        .group_by(Column::BodyId)
        .group_by(Column::OtherBodyId)
        .order_by_asc(Column::Kind)
        .order_by_asc(Column::BodyId)
        .order_by_asc(Column::OtherBodyId);
    Ok(select.into_tuple().all(conn).await?)
}

/// Keeps a run.
///
/// # Errors
/// Where the database refuses.
pub async fn insert(gate: &Gate<'_>, run: Run) -> Found<()> {
    let conn = gate.tx().conn();
    reconciliation::Entity::insert(run.row.into_active_model()).exec_without_returning(conn).await?;
    if !run.figures.is_empty() {
        let rows = run.figures.into_iter().map(IntoActiveModel::into_active_model);
        reconciliation_figure::Entity::insert_many(rows).exec_without_returning(conn).await?;
    }
    if !run.open.is_empty() {
        let rows = run.open.into_iter().map(IntoActiveModel::into_active_model);
        reconciliation_open::Entity::insert_many(rows).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// A run by its id.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(tx: &Tx, id: ReconciliationId) -> Found<Option<reconciliation::Model>> {
    Ok(reconciliation::Entity::find_by_id(id).one(tx.conn()).await?)
}

/// Keeps a signature; false where the body has signed before.
///
/// # Errors
/// Where the database refuses.
pub async fn sign(tx: &Tx, signed: sign_off::Model) -> Found<bool> {
    let kept = sign_off::Entity::insert(signed.into_active_model())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(kept == 1)
}

/// How many nominations a body has in a run.
///
/// # Errors
/// Where the database does not answer.
pub async fn lines_of(tx: &Tx, run: ReconciliationId, body: BodyId) -> Found<i64> {
    let found = reconciliation_figure::Entity::find_by_id((run, body)).one(tx.conn()).await?;
    Ok(found.map_or(0, |figures| figures.caseload))
}

/// The bodies that nominate under a class exception.
///
/// # Errors
/// Where the database does not answer.
pub async fn bodies_of(conn: &impl ConnectionTrait, exception: ExceptionId) -> Found<Vec<BodyId>> {
    let select = class_exception_body::Entity::find()
        .select_only()
        .column(class_exception_body::Column::BodyId)
        .filter(class_exception_body::Column::ExceptionId.eq(exception))
        .order_by_asc(class_exception_body::Column::BodyId);
    Ok(select.into_tuple().all(conn).await?)
}

/// A page of the runs under a class exception, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of(
    conn: &impl ConnectionTrait,
    _scope: &SharedScope,
    exception: ExceptionId,
    request: &PageRequest<RunKey>,
) -> Found<Page<Run>> {
    let number = Expr::col((reconciliation::Entity, reconciliation::Column::Number));
    let select = reconciliation::Entity::find().filter(reconciliation::Column::ExceptionId.eq(exception));
    let page = Page::of(keyed(select, &[number], true, request).all(conn).await?, request);
    let rows = complete(conn, page.rows).await?;
    Ok(Page { rows, has_next: page.has_next, has_previous: page.has_previous })
}

/// How many runs there were.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(conn: &impl ConnectionTrait, _scope: &SharedScope, exception: ExceptionId) -> Found<u64> {
    let select = reconciliation::Entity::find().filter(reconciliation::Column::ExceptionId.eq(exception));
    Ok(select.count(conn).await?)
}

/// Runs by their ids, in no order.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_by_ids(
    conn: &impl ConnectionTrait,
    _scope: &SharedScope,
    ids: &[ReconciliationId],
) -> Found<Vec<Run>> {
    let select = reconciliation::Entity::find().filter(reconciliation::Column::Id.is_in(ids.iter().copied()));
    complete(conn, select.all(conn).await?).await
}

/// What hangs on runs, in three statements however many they are.
async fn complete(conn: &impl ConnectionTrait, rows: Vec<reconciliation::Model>) -> Found<Vec<Run>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ReconciliationId> = rows.iter().map(|row| row.id).collect();
    let figures = reconciliation_figure::Entity::find()
        .filter(reconciliation_figure::Column::ReconciliationId.is_in(ids.clone()))
        .order_by_asc(reconciliation_figure::Column::BodyId);
    let open = reconciliation_open::Entity::find()
        .filter(reconciliation_open::Column::ReconciliationId.is_in(ids.clone()))
        .order_by_asc(reconciliation_open::Column::Id);
    let signed = sign_off::Entity::find()
        .filter(sign_off::Column::ReconciliationId.is_in(ids))
        .order_by_asc(sign_off::Column::At)
        .order_by_asc(sign_off::Column::BodyId);
    let mut figures = grouped(figures.all(conn).await?, |row| row.reconciliation_id);
    let mut open = grouped(open.all(conn).await?, |row| row.reconciliation_id);
    let mut signed = grouped(signed.all(conn).await?, |row| row.reconciliation_id);
    let run = |row: reconciliation::Model| Run {
        figures: figures.remove(&row.id).unwrap_or_default(),
        open: open.remove(&row.id).unwrap_or_default(),
        sign_offs: signed.remove(&row.id).unwrap_or_default(),
        row,
    };
    Ok(rows.into_iter().map(run).collect())
}

fn grouped<T>(rows: Vec<T>, of: impl Fn(&T) -> ReconciliationId) -> HashMap<ReconciliationId, Vec<T>> {
    let mut all: HashMap<_, Vec<T>> = HashMap::new();
    for row in rows {
        all.entry(of(&row)).or_default().push(row);
    }
    all
}
