//! What the agency says of the applications of a caseload, to be read. It is written by the slices below.

use entity::{ApplicationId, OutcomeFate, agency_case, agency_outcome, application};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::error::Found;
use crate::tenancy::CaseloadScope;

/// How much of what the agency has said of one case is read: the newest.
const MOST_TOLD: i64 = 100;

/// Where these cases stand; none for what was never sent.
///
/// # Errors
/// Where the database does not answer.
pub async fn cases_of(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    applications: &[ApplicationId],
) -> Found<Vec<agency_case::Model>> {
    let own = own_among(scope, applications);
    let select = agency_case::Entity::find().filter(agency_case::Column::ApplicationId.in_subquery(own));
    Ok(select.all(conn).await?)
}

/// What the agency has said of these cases that stood or came late, oldest first as it is dated; of each the newest
/// [`MOST_TOLD`].
///
/// # Errors
/// Where the database does not answer.
pub async fn outcomes_of(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    applications: &[ApplicationId],
) -> Found<Vec<agency_outcome::Model>> {
    use agency_outcome::{Column, Entity};
    let counted = Query::select()
        .column(Column::Id)
        .expr_as(
            Expr::cust("ROW_NUMBER() OVER (PARTITION BY application_id ORDER BY at DESC, id DESC)"),
            "newest",
        )
        .from(Entity)
        .and_where(Column::ApplicationId.in_subquery(own_among(scope, applications)))
        .and_where(Column::Became.is_in([OutcomeFate::Applied, OutcomeFate::Late]))
        .to_owned();
    let newest = Query::select()
        .column(Column::Id)
        .from_subquery(counted, "counted")
        .and_where(Expr::col("newest").lte(MOST_TOLD))
        .to_owned();
    let select = Entity::find()
        .filter(Column::Id.in_subquery(newest))
        .order_by_asc(Column::At)
        .order_by_asc(Column::Id);
    Ok(select.all(conn).await?)
}

fn own_among(scope: &CaseloadScope, applications: &[ApplicationId]) -> SelectStatement {
    Query::select()
        .column(application::Column::Id)
        .from(application::Entity)
        .cond_where(super::own(scope))
        .and_where(application::Column::Id.is_in(applications.iter().copied()))
        .to_owned()
}
