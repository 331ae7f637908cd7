//! Which rows of a body's own system were taken in, and as what.

use entity::{ApplicationId, ExceptionId, application, imported_row};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use crate::db::Tx;
use crate::error::Found;
use crate::tenancy::ImportScope;

/// Claims a row for the application that it becomes in this transaction; false where it was taken in before. Another
/// transaction that takes the same row in is waited for.
///
/// # Errors
/// Where the database refuses.
pub async fn claim(tx: &Tx, row: imported_row::Model) -> Found<bool> {
    use imported_row::Column;
    let claimed = imported_row::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([Column::BodyId, Column::ExceptionId, Column::ExternalReference])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx.conn())
        .await?;
    Ok(claimed == 1)
}

/// The row that the body has taken in under this reference of its own.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(
    tx: &Tx,
    scope: &ImportScope,
    exception: ExceptionId,
    external_reference: &str,
) -> Found<Option<imported_row::Model>> {
    let key = (scope.body(), exception, external_reference.to_owned());
    Ok(imported_row::Entity::find_by_id(key).one(tx.conn()).await?)
}

/// What people call an application of the body.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_reference(tx: &Tx, scope: &ImportScope, id: ApplicationId) -> Found<Option<String>> {
    let select = application::Entity::find_by_id(id)
        .select_only()
        .column(application::Column::Reference)
        .filter(application::Column::BodyId.eq(scope.body()));
    Ok(select.into_tuple().one(tx.conn()).await?)
}
