//! What the agency says of cases: sent and acknowledged, which follow from releases. What else it says is recorded by the
//! slices below.

use std::collections::HashMap;

use entity::{AgencyStatus, ApplicationId, BodyId, ReleaseId, ReleaseLineState, agency_case, release_line};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::db::Gate;
use crate::error::Found;

/// Cases that one statement names.
const AT_ONCE: usize = 500;

/// Begins the cases of lines that a release is the first to carry.
///
/// # Errors
/// Where the database refuses, as it does for a case that was begun before.
pub async fn begin_cases(gate: &Gate<'_>, cases: &[(ApplicationId, BodyId)]) -> Found<()> {
    for piece in cases.chunks(AT_ONCE) {
        let rows = piece.iter().map(|(application, body)| agency_case::ActiveModel {
            application_id: Set(*application),
            body_id: Set(*body),
            status: Set(AgencyStatus::Sent),
            at: Set(gate.tx().now()),
            ..Default::default()
        });
        agency_case::Entity::insert_many(rows).exec_without_returning(gate.tx().conn()).await?;
    }
    Ok(())
}

/// What the agency says of these cases; one that was never sent has no answer. The caller has read their lines.
///
/// # Errors
/// Where the database does not answer.
pub async fn statuses_of(
    conn: &impl ConnectionTrait,
    applications: &[ApplicationId],
) -> Found<HashMap<ApplicationId, AgencyStatus>> {
    let rows: Vec<(ApplicationId, AgencyStatus)> = agency_case::Entity::find()
        .select_only()
        .columns([agency_case::Column::ApplicationId, agency_case::Column::Status])
        .filter(agency_case::Column::ApplicationId.is_in(applications.iter().copied()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The cases that are SENT and that a release lists, in order of id.
///
/// # Errors
/// Where the database does not answer.
pub async fn sent_in(gate: &Gate<'_>, release: ReleaseId) -> Found<Vec<ApplicationId>> {
    let select = agency_case::Entity::find()
        .select_only()
        .column(agency_case::Column::ApplicationId)
        .filter(agency_case::Column::Status.eq(AgencyStatus::Sent))
        .filter(agency_case::Column::ApplicationId.in_subquery(listed_in(release)))
        .order_by_asc(agency_case::Column::ApplicationId);
    Ok(select.into_tuple().all(gate.tx().conn()).await?)
}

/// Moves cases that are SENT on to ACKNOWLEDGED; one that the agency has said more of stays where it is.
///
/// # Errors
/// Where the database refuses.
pub async fn acknowledge_cases(gate: &Gate<'_>, cases: &[ApplicationId]) -> Found<()> {
    for piece in cases.chunks(AT_ONCE) {
        agency_case::Entity::update_many()
            .col_expr(agency_case::Column::Status, Expr::value(AgencyStatus::Acknowledged))
            .col_expr(agency_case::Column::At, Expr::value(gate.tx().now()))
            .filter(agency_case::Column::Status.eq(AgencyStatus::Sent))
            .filter(agency_case::Column::ApplicationId.is_in(piece.iter().copied()))
            .exec(gate.tx().conn())
            .await?;
    }
    Ok(())
}

fn listed_in(release: ReleaseId) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(release_line::Column::ApplicationId)
        .from(release_line::Entity)
        .and_where(release_line::Column::ReleaseId.eq(release))
        .and_where(Expr::col(release_line::Column::State).eq(ReleaseLineState::Listed.word()))
        .to_owned()
}
