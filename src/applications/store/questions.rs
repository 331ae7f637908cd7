//! Questions to the employer.

use chrono::NaiveDate;
use entity::{
    ApplicationId, InformationRequestId, InformationRequestStatus, application, information_request,
};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::db::Tx;
use crate::error::{Fault, Found};
use crate::tenancy::{CaseloadScope, SystemScope};

/// Most questions that may be open on one application at once.
pub const MOST_OPEN: usize = 20;

/// Adds a question.
///
/// # Errors
/// Where the database refuses.
pub async fn insert(tx: &Tx, question: information_request::Model) -> Found<()> {
    information_request::Entity::insert(question.into_active_model())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// A question on an application that is held.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(
    tx: &Tx,
    application: ApplicationId,
    id: InformationRequestId,
) -> Found<Option<information_request::Model>> {
    let select = information_request::Entity::find_by_id(id)
        .filter(information_request::Column::ApplicationId.eq(application));
    Ok(select.one(tx.conn()).await?)
}

/// Saves a question that closes.
///
/// # Errors
/// A race where it was closed meanwhile.
pub async fn close(tx: &Tx, question: information_request::Model) -> Found<()> {
    let id = question.id;
    let closed = information_request::Entity::update_many()
        .set(question.into_active_model().reset_all())
        .filter(information_request::Column::Id.eq(id))
        .filter(information_request::Column::Status.eq(InformationRequestStatus::Open))
        .exec(tx.conn())
        .await?;
    if closed.rows_affected == 1 { Ok(()) } else { Err(Fault::Race("the question was closed")) }
}

/// Marks an open question as reminded of; false where it is not open any more, or was reminded of.
///
/// # Errors
/// Where the database refuses.
pub async fn mark_reminded(tx: &Tx, id: InformationRequestId) -> Found<bool> {
    use information_request::Column;
    let marked = information_request::Entity::update_many()
        .col_expr(Column::RemindedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(InformationRequestStatus::Open))
        .filter(Column::RemindedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(marked.rows_affected == 1)
}

/// How many questions are open on an application that is held.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_open(tx: &Tx, application: ApplicationId) -> Found<usize> {
    let select = information_request::Entity::find()
        .filter(information_request::Column::ApplicationId.eq(application))
        .filter(information_request::Column::Status.eq(InformationRequestStatus::Open));
    Ok(usize::try_from(select.count(tx.conn()).await?).unwrap_or(usize::MAX))
}

/// Takes back whatever is open on applications that end.
///
/// # Errors
/// Where the database refuses.
pub async fn cancel_open(tx: &Tx, application: ApplicationId, reason: &str) -> Found<()> {
    use information_request::Column;
    information_request::Entity::update_many()
        .col_expr(Column::Status, Expr::value(InformationRequestStatus::Cancelled))
        .col_expr(Column::CancelReason, Expr::value(reason))
        .col_expr(Column::ClosedAt, Expr::value(tx.now()))
        .filter(Column::ApplicationId.eq(application))
        .filter(Column::Status.eq(InformationRequestStatus::Open))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// At most `limit` open questions whose last day is `until` at the latest, the oldest first: work for the clock, whoever's
/// they are. Those that were reminded of are left out where `unreminded` asks for it.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_due(
    conn: &impl ConnectionTrait,
    _scope: &SystemScope,
    until: NaiveDate,
    unreminded: bool,
    limit: u64,
) -> Found<Vec<information_request::Model>> {
    use information_request::Column;
    let mut select = information_request::Entity::find()
        .filter(Column::Status.eq(InformationRequestStatus::Open))
        .filter(Column::DueOn.lte(until));
    if unreminded {
        select = select.filter(Column::RemindedAt.is_null());
    }
    Ok(select.order_by_asc(Column::DueOn).order_by_asc(Column::Id).limit(limit).all(conn).await?)
}

/// The questions on these applications, as far as they are of the viewer's caseload, oldest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_of_applications(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    applications: &[ApplicationId],
) -> Found<Vec<information_request::Model>> {
    let select = information_request::Entity::find()
        .filter(information_request::Column::ApplicationId.in_subquery(own_ids(scope)))
        .filter(information_request::Column::ApplicationId.is_in(applications.iter().copied()))
        .order_by_asc(information_request::Column::Id);
    Ok(select.all(conn).await?)
}

/// The named questions, as far as they are of the viewer's caseload.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_by_ids(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    ids: &[InformationRequestId],
) -> Found<Vec<information_request::Model>> {
    let select = information_request::Entity::find()
        .filter(information_request::Column::Id.is_in(ids.iter().copied()))
        .filter(information_request::Column::ApplicationId.in_subquery(own_ids(scope)));
    Ok(select.all(conn).await?)
}

fn own_ids(scope: &CaseloadScope) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(application::Column::Id)
        .from(application::Entity)
        .cond_where(super::own(scope))
        .to_owned()
}
