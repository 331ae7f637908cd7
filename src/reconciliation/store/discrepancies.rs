//! Discrepancies as they are kept: by the mark of what they are about.

use std::collections::HashMap;

use entity::{DiscrepancyId, DiscrepancyStatus, ExceptionId, discrepancy};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};

use crate::db::Tx;
use crate::error::Found;

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

/// Saves one that was resolved, or went away.
///
/// # Errors
/// Where the database refuses.
pub async fn save(tx: &Tx, resolved: discrepancy::Model) -> Found<DiscrepancyId> {
    let id = resolved.id;
    resolved.into_active_model().reset_all().update(tx.conn()).await?;
    Ok(id)
}
