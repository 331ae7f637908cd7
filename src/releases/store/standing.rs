//! What the next release is made of: who holds a place, of all bodies, with all that a line says. One statement a table,
//! whatever their number, for who holds the gate.

use std::collections::{HashMap, HashSet};

use entity::{
    AgencyStatus, ApplicationId, ApplicationStatus, EmployerId, ExceptionId, PlaceState, ReleaseId,
    ReleaseLineState, agency_case, application, employer, evidence, imported_row, place, release_line,
    worker, worker_fingerprint,
};
use sea_orm::sea_query::{Expr, ExprTrait, Func, JoinType, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::applications::rules::is_with_the_body;
use crate::applications::store::twins::apart;
use crate::db::Gate;
use crate::error::Found;

/// Everything that lines are made of.
#[derive(Debug)]
pub struct Standing {
    /// The places that are held, in order of number.
    pub places: Vec<place::Model>,
    /// Who holds them.
    pub applications: HashMap<ApplicationId, application::Model>,
    /// Their workers.
    pub workers: HashMap<ApplicationId, worker::Model>,
    /// Their employers.
    pub employers: HashMap<EmployerId, employer::Model>,
    /// What the agency says of them.
    pub agency: HashMap<ApplicationId, AgencyStatus>,
    /// The evidence of the employers whose nominations no release carries yet, of all their applications.
    pub evidence: Vec<evidence::Model>,
    /// Those whose worker has another live application that people have yet to look at.
    pub duplicates: HashSet<ApplicationId>,
}

/// Reads all of it.
///
/// # Errors
/// Where the database does not answer.
pub async fn load(gate: &Gate<'_>) -> Found<Standing> {
    let (conn, exception) = (gate.tx().conn(), gate.exception());
    let holders = |column| of_holders(exception, column);
    let applications = application::Entity::find()
        .filter(application::Column::Id.in_subquery(holders(place::Column::ApplicationId)));
    let workers = worker::Entity::find()
        .filter(worker::Column::ApplicationId.in_subquery(holders(place::Column::ApplicationId)));
    let employers =
        employer::Entity::find().filter(employer::Column::Id.in_subquery(holders(place::Column::EmployerId)));
    let agency = agency_case::Entity::find()
        .filter(agency_case::Column::ApplicationId.in_subquery(holders(place::Column::ApplicationId)));
    Ok(Standing {
        places: load_places(gate).await?,
        applications: applications.all(conn).await?.into_iter().map(|one| (one.id, one)).collect(),
        workers: workers.all(conn).await?.into_iter().map(|one| (one.application_id, one)).collect(),
        employers: employers.all(conn).await?.into_iter().map(|one| (one.id, one)).collect(),
        agency: agency.all(conn).await?.into_iter().map(|one| (one.application_id, one.status)).collect(),
        evidence: load_evidence(gate).await?,
        duplicates: open_duplicates(gate).await?,
    })
}

async fn load_places(gate: &Gate<'_>) -> Found<Vec<place::Model>> {
    let select = place::Entity::find()
        .filter(place::Column::ExceptionId.eq(gate.exception()))
        .filter(place::Column::ApplicationId.is_not_null())
        .order_by_asc(place::Column::Number);
    Ok(select.all(gate.tx().conn()).await?)
}

async fn load_evidence(gate: &Gate<'_>) -> Found<Vec<evidence::Model>> {
    let employers = of_reserved(gate.exception(), place::Column::EmployerId);
    let select = evidence::Entity::find().filter(evidence::Column::EmployerId.in_subquery(employers));
    Ok(select.all(gate.tx().conn()).await?)
}

/// Those that no release carries yet and whose worker has another live application under the exception, to whichever
/// body, that people have not told apart from it. The other one is confirmed itself, or had come before the place was
/// given: what comes later keeps nobody off the list before anybody has judged it.
async fn open_duplicates(gate: &Gate<'_>) -> Found<HashSet<ApplicationId>> {
    use worker_fingerprint::Column;
    let (own, other, mine, twin, taken) = ("own", "other", "mine", "twin", "taken");
    let same = |column: Column| Expr::col((other, column)).equals((own, column));
    let another = Expr::col((other, Column::ApplicationId)).ne(Expr::col((own, Column::ApplicationId)));
    let pair = Condition::all()
        .add(same(Column::ExceptionId))
        .add(same(Column::KeyVersion))
        .add(same(Column::Fingerprint))
        .add(another);
    let its = Expr::col((twin, application::Column::Id)).equals((other, Column::ApplicationId));
    let own_one = Expr::col((mine, application::Column::Id)).equals((own, Column::ApplicationId));
    let taken_in =
        Expr::col((taken, imported_row::Column::ApplicationId)).equals((other, Column::ApplicationId));
    let live = ApplicationStatus::all().into_iter().filter(|status| is_with_the_body(*status));
    let stands = |states: Vec<ApplicationStatus>| {
        Expr::col((twin, application::Column::Status)).is_in(states.into_iter().map(ApplicationStatus::word))
    };
    // What a body takes in was received before, and is known from the day on which it was taken in.
    let came = Func::coalesce([
        Expr::col((taken, imported_row::Column::At)),
        Expr::col((twin, application::Column::SubmittedAt)),
    ]);
    let came_first = Expr::expr(came).lte(Expr::col((mine, application::Column::NominatedAt)));
    let counts = stands(vec![ApplicationStatus::Confirmed, ApplicationStatus::Nominated]).or(came_first);
    let apart =
        apart(&(own, Column::ApplicationId), &(other, Column::ApplicationId), &(own, Column::Fingerprint));
    let query = Query::select()
        .distinct()
        .column((own, Column::ApplicationId))
        .from_as(worker_fingerprint::Entity, own)
        .join_as(JoinType::InnerJoin, worker_fingerprint::Entity, other, pair)
        .join_as(JoinType::InnerJoin, application::Entity, twin, its)
        .join_as(JoinType::InnerJoin, application::Entity, mine, own_one)
        .join_as(JoinType::LeftJoin, imported_row::Entity, taken, taken_in)
        .and_where(
            Expr::col((own, Column::ApplicationId))
                .in_subquery(of_reserved(gate.exception(), place::Column::ApplicationId)),
        )
        .and_where(stands(live.collect()))
        .and_where(counts)
        .and_where(Expr::exists(apart).not())
        .to_owned();
    let select = application::Entity::find()
        .select_only()
        .column(application::Column::Id)
        .filter(application::Column::Id.in_subquery(query));
    let found: Vec<ApplicationId> = select.into_tuple().all(gate.tx().conn()).await?;
    Ok(found.into_iter().collect())
}

/// How the applications of a release's lines have ended, or where they stand.
///
/// # Errors
/// Where the database does not answer.
pub async fn statuses_of_lines(
    gate: &Gate<'_>,
    release: ReleaseId,
) -> Found<HashMap<ApplicationId, ApplicationStatus>> {
    let lines = Query::select()
        .column(release_line::Column::ApplicationId)
        .from(release_line::Entity)
        .and_where(release_line::Column::ReleaseId.eq(release))
        .to_owned();
    let rows: Vec<(ApplicationId, ApplicationStatus)> = application::Entity::find()
        .select_only()
        .columns([application::Column::Id, application::Column::Status])
        .filter(application::Column::Id.in_subquery(lines))
        .into_tuple()
        .all(gate.tx().conn())
        .await?;
    Ok(rows.into_iter().collect())
}

fn of_holders(exception: ExceptionId, column: place::Column) -> SelectStatement {
    Query::select()
        .column(column)
        .from(place::Entity)
        .and_where(place::Column::ExceptionId.eq(exception))
        .and_where(Expr::col(column).is_not_null())
        .to_owned()
}

fn of_reserved(exception: ExceptionId, column: place::Column) -> SelectStatement {
    let reserved = Expr::col(place::Column::State).eq(PlaceState::Reserved.word());
    of_holders(exception, column).and_where(reserved).to_owned()
}

/// The applications that were taken back after they were listed, whose line this release suspends for that and whose place
/// is still on its way back, in order of id. A line that it suspends since the agency had refused tells nobody that the case
/// was taken back later.
///
/// # Errors
/// Where the database does not answer.
pub async fn taken_back_in(gate: &Gate<'_>, release: ReleaseId) -> Found<Vec<ApplicationId>> {
    let taken_back = [ApplicationStatus::Withdrawn, ApplicationStatus::Revoked];
    let suspended = Query::select()
        .column(release_line::Column::ApplicationId)
        .from(release_line::Entity)
        .and_where(release_line::Column::ReleaseId.eq(release))
        .and_where(Expr::col(release_line::Column::State).eq(ReleaseLineState::Suspended.word()))
        .and_where(release_line::Column::Reason.is_in(taken_back.map(ApplicationStatus::word)))
        .to_owned();
    let returning = of_holders(gate.exception(), place::Column::ApplicationId)
        .and_where(Expr::col(place::Column::State).eq(PlaceState::Returning.word()))
        .to_owned();
    let select = application::Entity::find()
        .select_only()
        .column(application::Column::Id)
        .filter(application::Column::Id.in_subquery(suspended))
        .filter(application::Column::Id.in_subquery(returning))
        .filter(application::Column::Status.is_in(taken_back))
        .order_by_asc(application::Column::Id);
    Ok(select.into_tuple().all(gate.tx().conn()).await?)
}
