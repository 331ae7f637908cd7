//! Discrepancies as they are kept: by the mark of what they are about.

use std::collections::HashMap;

use entity::{
    ApplicationId, ClosedBecause, DiscrepancyId, DiscrepancyKind, DiscrepancyStatus, ExceptionId,
    discrepancy, resolution_proposal,
};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, IntoCondition, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select, Set,
};

use crate::db::{Gate, Tx};
use crate::error::Found;
use crate::reconciliation::rules::{concerns_the_agency, is_found_by_runs};
use crate::tenancy::ReconciliationScope;

/// Rows that one statement names.
const AT_ONCE: usize = 500;

/// The last discrepancy of each mark: the open one where there is one.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_by_marks(
    tx: &Tx,
    exception: ExceptionId,
    marks: &[String],
) -> Found<HashMap<String, discrepancy::Model>> {
    use discrepancy::Column;
    let select = discrepancy::Entity::find()
        .filter(Column::ExceptionId.eq(exception))
        .filter(Column::Mark.is_in(marks))
        .order_by_asc(Column::Id);
    let mut last: HashMap<String, discrepancy::Model> = HashMap::new();
    for row in select.all(tx.conn()).await? {
        // One that is open is never followed by another of its mark; ids of other processes may still be smaller.
        if last.get(&row.mark).is_none_or(|kept| kept.status != DiscrepancyStatus::Open) {
            last.insert(row.mark.clone(), row);
        }
    }
    Ok(last)
}

/// The pairs that an application is one of and that are open, held to the end of the transaction.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_same_worker(tx: &Tx, application: ApplicationId) -> Found<Vec<discrepancy::Model>> {
    use discrepancy::Column;
    let either = Condition::any()
        .add(Column::ApplicationId.eq(application))
        .add(Column::OtherApplicationId.eq(application));
    let select = discrepancy::Entity::find()
        .filter(Column::Kind.eq(DiscrepancyKind::SameWorker))
        .filter(is_open())
        .filter(either)
        .order_by_asc(Column::Id);
    Ok(locked(tx, select).all(tx.conn()).await?)
}

/// What is open of the kinds that a run finds and closes, held to the end of the transaction. What the agency's messages led to
/// stands until people have resolved it.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_found_by_runs(gate: &Gate<'_>) -> Found<Vec<discrepancy::Model>> {
    use discrepancy::Column;
    let of_the_release = Condition::all()
        .add(Column::Kind.eq(DiscrepancyKind::NotAcknowledged))
        .add(Column::ApplicationId.is_null());
    let kinds = DiscrepancyKind::all().into_iter().filter(|kind| is_found_by_runs(*kind));
    let select = discrepancy::Entity::find()
        .filter(Column::ExceptionId.eq(gate.exception()))
        .filter(is_open())
        .filter(Condition::any().add(Column::Kind.is_in(kinds)).add(of_the_release))
        .order_by_asc(Column::Id);
    Ok(locked(gate.tx(), select).all(gate.tx().conn()).await?)
}

/// One discrepancy that a side has a part in, held to the end of the transaction.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock(
    tx: &Tx,
    scope: &ReconciliationScope,
    id: DiscrepancyId,
) -> Found<Option<discrepancy::Model>> {
    let select = discrepancy::Entity::find_by_id(id).filter(own(scope));
    Ok(locked(tx, select).one(tx.conn()).await?)
}

/// The same, not held.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(
    tx: &Tx,
    scope: &ReconciliationScope,
    id: DiscrepancyId,
) -> Found<Option<discrepancy::Model>> {
    Ok(discrepancy::Entity::find_by_id(id).filter(own(scope)).one(tx.conn()).await?)
}

fn locked(tx: &Tx, select: Select<discrepancy::Entity>) -> Select<discrepancy::Entity> {
    if tx.backend() == DbBackend::Postgres { select.lock_exclusive() } else { select }
}

/// What is open. It is written out, since the index has only those.
pub(super) fn is_open() -> Expr {
    Expr::col((discrepancy::Entity, discrepancy::Column::Status))
        .eq(Expr::Constant(DiscrepancyStatus::Open.word().into()))
}

/// The rows of one side: a body's, those that it has a part in; the agency's, those that it has said something of.
pub(super) fn own(scope: &ReconciliationScope) -> Condition {
    use discrepancy::Column;
    match scope {
        ReconciliationScope::Body(scope) => {
            Condition::any().add(Column::BodyId.eq(scope.body())).add(Column::OtherBodyId.eq(scope.body()))
        }
        ReconciliationScope::Agency(_) => {
            let kinds = DiscrepancyKind::all().into_iter().filter(|kind| concerns_the_agency(*kind));
            Column::Kind.is_in(kinds).into_condition()
        }
    }
}

/// The last proposal of each body for a discrepancy.
///
/// # Errors
/// Where the database does not answer.
pub async fn last_proposals(tx: &Tx, id: DiscrepancyId) -> Found<Vec<resolution_proposal::Model>> {
    let select = resolution_proposal::Entity::find()
        .filter(resolution_proposal::Column::DiscrepancyId.eq(id))
        .order_by_asc(resolution_proposal::Column::Id);
    let mut last: Vec<resolution_proposal::Model> = Vec::new();
    for row in select.all(tx.conn()).await? {
        last.retain(|kept| kept.body_id != row.body_id);
        last.push(row);
    }
    Ok(last)
}

/// Keeps a proposal.
///
/// # Errors
/// Where the database refuses.
pub async fn insert_proposal(tx: &Tx, proposal: resolution_proposal::Model) -> Found<()> {
    resolution_proposal::Entity::insert(proposal.into_active_model())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// Keeps new ones; of a mark that somebody else opened meanwhile, theirs stays.
///
/// # Errors
/// Where the database refuses.
pub async fn insert(tx: &Tx, rows: Vec<discrepancy::Model>) -> Found<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    discrepancy::Entity::insert_many(rows)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// What each side says now of something that is still open.
///
/// # Errors
/// Where the database refuses.
pub async fn save_values(tx: &Tx, found: discrepancy::Model) -> Found<()> {
    let discrepancy::Model { id, ours_sealed, theirs_sealed, basis, after_release, .. } = found;
    let change = discrepancy::ActiveModel {
        ours_sealed: Set(ours_sealed),
        theirs_sealed: Set(theirs_sealed),
        basis: Set(basis),
        after_release: Set(after_release),
        ..Default::default()
    };
    discrepancy::Entity::update_many()
        .set(change)
        .filter(discrepancy::Column::Id.eq(id))
        .filter(discrepancy::Column::Status.eq(DiscrepancyStatus::Open))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Closes those that went away by themselves, all at once.
///
/// # Errors
/// Where the database refuses.
pub async fn close(tx: &Tx, gone: &[DiscrepancyId], because: ClosedBecause) -> Found<()> {
    use discrepancy::Column;
    for piece in gone.chunks(AT_ONCE) {
        discrepancy::Entity::update_many()
            .col_expr(Column::Status, Expr::value(DiscrepancyStatus::Resolved))
            .col_expr(Column::ClosedBecause, Expr::value(because))
            .col_expr(Column::ResolvedAt, Expr::value(tx.now()))
            .filter(Column::Id.is_in(piece.iter().copied()))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}

/// Saves one that was resolved.
///
/// # Errors
/// Where the database refuses.
pub async fn save(tx: &Tx, resolved: discrepancy::Model) -> Found<DiscrepancyId> {
    let id = resolved.id;
    resolved.into_active_model().reset_all().update(tx.conn()).await?;
    Ok(id)
}
