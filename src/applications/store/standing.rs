//! What applications hold and what hangs on that: places, the agency's word, corrections and replacements that wait, and
//! where leads turned cases back to.

use std::collections::HashMap;

use entity::{
    AgencyStatus, AmendmentId, AmendmentStatus, ApplicationId, ApplicationStatus, PersonId, PlaceState,
    agency_case, amendment, application, hold, place, turn_back,
};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, JoinType,
    QueryFilter, QueryOrder, QuerySelect, RelationDef,
};

use crate::applications::rules::Standing;
use crate::db::{Gate, Tx};
use crate::error::{Fault, Found};
use crate::tenancy::{BodyScope, CaseloadScope};

/// States in which an application for another worker is not on its way any more.
const SUCCESSION_OVER: [ApplicationStatus; 4] = [
    ApplicationStatus::Declined,
    ApplicationStatus::Withdrawn,
    ApplicationStatus::Revoked,
    ApplicationStatus::Lapsed,
];

#[derive(Debug, FromQueryResult)]
struct Row {
    id: ApplicationId,
    status: ApplicationStatus,
    place: Option<PlaceState>,
    agency: Option<AgencyStatus>,
    amendment_by: Option<PersonId>,
    has_successor: bool,
}

/// What these applications hold, in one statement. The caller has read them in its own scope.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_standings(
    conn: &impl ConnectionTrait,
    applications: &[ApplicationId],
) -> Found<HashMap<ApplicationId, Standing>> {
    let to = |relation: RelationDef| (JoinType::LeftJoin, relation);
    let to_place = application::Entity::belongs_to(place::Entity)
        .from(application::Column::Id)
        .to(place::Column::ApplicationId)
        .into();
    let to_agency = application::Entity::belongs_to(agency_case::Entity)
        .from(application::Column::Id)
        .to(agency_case::Column::ApplicationId)
        .into();
    let to_amendment: RelationDef = application::Entity::belongs_to(amendment::Entity)
        .from(application::Column::Id)
        .to(amendment::Column::ApplicationId)
        .on_condition(|_, right| {
            let status = Expr::col((right, amendment::Column::Status));
            Condition::all().add(status.eq(AmendmentStatus::Proposed.word()))
        })
        .into();
    let successor = Query::select()
        .expr(Expr::val(1))
        .from_as(application::Entity, "successor")
        .and_where(
            Expr::col(("successor", application::Column::SupersedesId))
                .equals((application::Entity, application::Column::Id)),
        )
        .and_where(
            Expr::col(("successor", application::Column::Status))
                .is_not_in(SUCCESSION_OVER.map(ApplicationStatus::word)),
        )
        .to_owned();
    let mut select = application::Entity::find()
        .select_only()
        .columns([application::Column::Id, application::Column::Status])
        .column_as(place::Column::State, "place")
        .column_as(agency_case::Column::Status, "agency")
        .column_as(amendment::Column::ProposedBy, "amendment_by")
        .column_as(Expr::exists(successor), "has_successor")
        .filter(application::Column::Id.is_in(applications.iter().copied()));
    for (join, relation) in [to(to_place), to(to_agency), to(to_amendment)] {
        select = select.join(join, relation);
    }
    let rows: Vec<Row> = select.into_model().all(conn).await?;
    let standing = |row: Row| {
        let Row { id, status, place, agency, amendment_by, has_successor } = row;
        (id, Standing { status, place, agency, amendment_by, has_successor })
    };
    Ok(rows.into_iter().map(standing).collect())
}

/// Where leads turned these applications back to, in all rounds, oldest first. The caller has read them in its own
/// scope.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_turn_backs(tx: &Tx, applications: &[ApplicationId]) -> Found<Vec<turn_back::Model>> {
    let select = turn_back::Entity::find()
        .filter(turn_back::Column::ApplicationId.is_in(applications.iter().copied()))
        .order_by_asc(turn_back::Column::Id);
    Ok(select.all(tx.conn()).await?)
}

/// The same for who looks: those of the viewer's own caseload.
///
/// # Errors
/// Where the database does not answer.
pub async fn turn_backs_of(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    applications: &[ApplicationId],
) -> Found<Vec<turn_back::Model>> {
    let own = Query::select()
        .column(application::Column::Id)
        .from(application::Entity)
        .cond_where(super::own(scope))
        .and_where(application::Column::Id.is_in(applications.iter().copied()))
        .to_owned();
    let select = turn_back::Entity::find()
        .filter(turn_back::Column::ApplicationId.in_subquery(own))
        .order_by_asc(turn_back::Column::Id);
    Ok(select.all(conn).await?)
}

/// Keeps that a case was turned back.
///
/// # Errors
/// Where the database refuses.
pub async fn insert_turn_back(tx: &Tx, row: turn_back::Model) -> Found<()> {
    turn_back::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Keeps that a lead has put an application on hold.
///
/// # Errors
/// Where the database refuses, as it does for a second hold at a time.
pub async fn insert_hold(tx: &Tx, row: hold::Model) -> Found<()> {
    hold::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Closes the hold on an application, where there is one: released by a person, or over since the application ended.
///
/// # Errors
/// Where the database refuses.
pub async fn close_hold(
    tx: &Tx,
    application: ApplicationId,
    by: Option<PersonId>,
    note: Option<String>,
) -> Found<()> {
    use hold::Column;
    hold::Entity::update_many()
        .col_expr(Column::ReleasedBy, Expr::value(by))
        .col_expr(Column::ReleasedAt, Expr::value(tx.now()))
        .col_expr(Column::Note, Expr::value(note))
        .filter(Column::ApplicationId.eq(application))
        .filter(Column::ReleasedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Adds a correction that waits for a second person. The database refuses a second one on the same application.
///
/// # Errors
/// Where the database refuses.
pub async fn insert_amendment(tx: &Tx, row: amendment::Model) -> Found<()> {
    amendment::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The correction with this id that waits on an application, for who holds the gate.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_proposed(
    gate: &Gate<'_>,
    application: ApplicationId,
    id: AmendmentId,
) -> Found<Option<amendment::Model>> {
    let select = amendment::Entity::find_by_id(id)
        .filter(amendment::Column::ApplicationId.eq(application))
        .filter(amendment::Column::Status.eq(AmendmentStatus::Proposed));
    Ok(select.one(gate.tx().conn()).await?)
}

/// The corrections of an application that were accepted, in their order. All are of its nomination. The caller has read it in
/// its own scope.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_accepted(tx: &Tx, application: ApplicationId) -> Found<Vec<amendment::Model>> {
    let select = amendment::Entity::find()
        .filter(amendment::Column::ApplicationId.eq(application))
        .filter(amendment::Column::Status.eq(AmendmentStatus::Accepted))
        .order_by_asc(amendment::Column::DecidedAt)
        .order_by_asc(amendment::Column::Id);
    Ok(select.all(tx.conn()).await?)
}

/// Saves a correction that was decided.
///
/// # Errors
/// A race where it was decided meanwhile.
pub async fn save_amendment(tx: &Tx, row: amendment::Model) -> Found<()> {
    let id = row.id;
    let saved = amendment::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(amendment::Column::Id.eq(id))
        .filter(amendment::Column::Status.eq(AmendmentStatus::Proposed))
        .exec(tx.conn())
        .await?;
    if saved.rows_affected == 1 { Ok(()) } else { Err(Fault::Race("the correction was decided")) }
}

/// Drops the correction that waits on an application that ends.
///
/// # Errors
/// Where the database refuses.
pub async fn drop_proposed(tx: &Tx, application: ApplicationId) -> Found<()> {
    use amendment::Column;
    amendment::Entity::update_many()
        .col_expr(Column::Status, Expr::value(AmendmentStatus::Dropped))
        .col_expr(Column::DecidedAt, Expr::value(tx.now()))
        .filter(Column::ApplicationId.eq(application))
        .filter(Column::Status.eq(AmendmentStatus::Proposed))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The corrections that wait on these applications, for the body's own staff.
///
/// # Errors
/// Where the database does not answer.
pub async fn proposed_on(
    conn: &impl ConnectionTrait,
    scope: &BodyScope,
    applications: &[ApplicationId],
) -> Found<Vec<amendment::Model>> {
    let select = amendment::Entity::find()
        .filter(amendment::Column::BodyId.eq(scope.body()))
        .filter(amendment::Column::ApplicationId.is_in(applications.iter().copied()))
        .filter(amendment::Column::Status.eq(AmendmentStatus::Proposed));
    Ok(select.all(conn).await?)
}

/// The applications that are to take these ones' places over, or did, in the viewer's caseload: of each the newest.
///
/// # Errors
/// Where the database does not answer.
pub async fn successors_of(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    applications: &[ApplicationId],
) -> Found<Vec<application::Model>> {
    let select = application::Entity::find()
        .filter(application::Column::SupersedesId.is_in(applications.iter().copied()))
        .filter(super::own(scope))
        .order_by_asc(application::Column::Id);
    Ok(select.all(conn).await?)
}
