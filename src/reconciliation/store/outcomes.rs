//! What the agency's lines are held against, and what is kept of them. One statement a table, however many lines a message
//! has, for who holds the gate.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{
    AgencyStatus, ApplicationId, EmployerId, OutcomeFate, ReleaseLineState, agency_case, agency_message,
    agency_outcome, application, employer, release_line, worker, worker_fingerprint,
};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::db::{Gate, Tx};
use crate::error::Found;
use crate::releases::store::acts::find_last_published;

/// Rows that one statement writes: SQLite takes at most 32,766 values.
const AT_ONCE: usize = 500;

/// A message that was taken in under this id before.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_message(tx: &Tx, message_id: &str) -> Found<Option<agency_message::Model>> {
    let select = agency_message::Entity::find().filter(agency_message::Column::MessageId.eq(message_id));
    Ok(select.one(tx.conn()).await?)
}

/// All that is stored of the applications that a message names.
#[derive(Debug, Default)]
pub struct Named {
    /// The applications that were published and have these references.
    pub applications: Vec<application::Model>,
    /// Their workers.
    pub workers: HashMap<ApplicationId, worker::Model>,
    /// The NZBN of their employers.
    pub employers: HashMap<EmployerId, String>,
    /// Where their cases stand.
    pub cases: HashMap<ApplicationId, agency_case::Model>,
    /// How the newest published release has them; none for those that it has no more.
    pub lines: HashMap<ApplicationId, ReleaseLineState>,
    /// What was said of them before, and stood or joined the history.
    pub before: HashMap<ApplicationId, HashSet<(AgencyStatus, DateTime<Utc>, bool)>>,
}

/// Reads all of it, for those references that a release has published.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_named(gate: &Gate<'_>, references: &[String]) -> Found<Named> {
    let conn = gate.tx().conn();
    let published = Query::select()
        .column(agency_case::Column::ApplicationId)
        .from(agency_case::Entity)
        .and_where(Expr::col(agency_case::Column::Status).ne(AgencyStatus::NotSent.word()))
        .to_owned();
    let applications = application::Entity::find()
        .filter(application::Column::ExceptionId.eq(gate.exception()))
        .filter(application::Column::Reference.is_in(references))
        .filter(application::Column::Id.in_subquery(published))
        .all(conn)
        .await?;
    let ids: Vec<ApplicationId> = applications.iter().map(|one| one.id).collect();
    let workers = worker::Entity::find().filter(worker::Column::ApplicationId.is_in(ids.clone()));
    let employers = employer::Entity::find()
        .filter(employer::Column::Id.is_in(applications.iter().map(|one| one.employer_id)));
    let cases = agency_case::Entity::find().filter(agency_case::Column::ApplicationId.is_in(ids.clone()));
    Ok(Named {
        workers: workers.all(conn).await?.into_iter().map(|one| (one.application_id, one)).collect(),
        employers: employers.all(conn).await?.into_iter().map(|one| (one.id, one.nzbn)).collect(),
        cases: cases.all(conn).await?.into_iter().map(|one| (one.application_id, one)).collect(),
        lines: load_lines(gate, &ids).await?,
        before: load_before(gate, &ids).await?,
        applications,
    })
}

/// How the newest published release has these applications.
async fn load_lines(
    gate: &Gate<'_>,
    ids: &[ApplicationId],
) -> Found<HashMap<ApplicationId, ReleaseLineState>> {
    let Some(newest) = find_last_published(gate.tx().conn(), gate.exception()).await? else {
        return Ok(HashMap::new());
    };
    let select = release_line::Entity::find()
        .select_only()
        .columns([release_line::Column::ApplicationId, release_line::Column::State])
        .filter(release_line::Column::ReleaseId.eq(newest.release_id))
        .filter(release_line::Column::ApplicationId.is_in(ids.iter().copied()));
    let rows: Vec<(ApplicationId, ReleaseLineState)> = select.into_tuple().all(gate.tx().conn()).await?;
    Ok(rows.into_iter().collect())
}

async fn load_before(
    gate: &Gate<'_>,
    ids: &[ApplicationId],
) -> Found<HashMap<ApplicationId, HashSet<(AgencyStatus, DateTime<Utc>, bool)>>> {
    use agency_outcome::Column;
    let select = agency_outcome::Entity::find()
        .select_only()
        .columns([Column::ApplicationId, Column::Status, Column::At, Column::Correction])
        .filter(Column::ApplicationId.is_in(ids.iter().copied()))
        .filter(Column::Became.is_in([OutcomeFate::Applied, OutcomeFate::Late]));
    let rows: Vec<(ApplicationId, AgencyStatus, DateTime<Utc>, bool)> =
        select.into_tuple().all(gate.tx().conn()).await?;
    let mut before: HashMap<ApplicationId, HashSet<_>> = HashMap::new();
    for (application, status, at, correction) in rows {
        before.entry(application).or_default().insert((status, at, correction));
    }
    Ok(before)
}

/// Whose these documents are, among all applications of the exception that were published.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_documents(gate: &Gate<'_>, fingerprints: &[String]) -> Found<Vec<(String, ApplicationId)>> {
    let published =
        Query::select().column(agency_case::Column::ApplicationId).from(agency_case::Entity).to_owned();
    let select = worker_fingerprint::Entity::find()
        .select_only()
        .columns([worker_fingerprint::Column::Fingerprint, worker_fingerprint::Column::ApplicationId])
        .filter(worker_fingerprint::Column::ExceptionId.eq(gate.exception()))
        .filter(worker_fingerprint::Column::Fingerprint.is_in(fingerprints))
        .filter(worker_fingerprint::Column::ApplicationId.in_subquery(published))
        .order_by_asc(worker_fingerprint::Column::ApplicationId);
    Ok(select.into_tuple().all(gate.tx().conn()).await?)
}

/// Keeps a message with what became of its lines.
///
/// # Errors
/// Where the database refuses; a unique violation where the message is there already.
pub async fn insert(tx: &Tx, message: agency_message::Model, lines: Vec<agency_outcome::Model>) -> Found<()> {
    message.into_active_model().insert(tx.conn()).await?;
    for piece in lines.chunks(AT_ONCE) {
        let rows = piece.iter().cloned().map(IntoActiveModel::into_active_model);
        agency_outcome::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Saves where cases stand, all of them there already.
///
/// # Errors
/// Where the database refuses.
pub async fn save_cases(gate: &Gate<'_>, cases: &[agency_case::Model]) -> Found<()> {
    use agency_case::Column;
    for piece in cases.chunks(AT_ONCE) {
        let rows = piece.iter().cloned().map(IntoActiveModel::into_active_model);
        let moved = [
            Column::Status,
            Column::At,
            Column::AgencyReference,
            Column::Reason,
            Column::ExpiresOn,
            Column::HoldUntil,
            Column::ToldSealed,
        ];
        agency_case::Entity::insert_many(rows)
            .on_conflict(OnConflict::column(Column::ApplicationId).update_columns(moved).to_owned())
            .exec_without_returning(gate.tx().conn())
            .await?;
    }
    Ok(())
}

/// The applications whose places rested long enough after the agency's refusal, at most `limit`, in order of id.
///
/// # Errors
/// Where the database does not answer.
pub async fn held_long_enough(gate: &Gate<'_>, limit: u64) -> Found<Vec<ApplicationId>> {
    let own = Query::select()
        .column(application::Column::Id)
        .from(application::Entity)
        .and_where(Expr::col(application::Column::ExceptionId).eq(gate.exception()))
        .to_owned();
    let select = agency_case::Entity::find()
        .select_only()
        .column(agency_case::Column::ApplicationId)
        .filter(agency_case::Column::HoldUntil.lte(gate.tx().now()))
        .filter(agency_case::Column::ApplicationId.in_subquery(own))
        .order_by_asc(agency_case::Column::ApplicationId)
        .limit(limit);
    Ok(select.into_tuple().all(gate.tx().conn()).await?)
}

/// Holds nothing for these cases any more.
///
/// # Errors
/// Where the database refuses.
pub async fn end_holds(gate: &Gate<'_>, ids: &[ApplicationId]) -> Found<()> {
    agency_case::Entity::update_many()
        .col_expr(agency_case::Column::HoldUntil, Expr::value(Option::<DateTime<Utc>>::None))
        .filter(agency_case::Column::ApplicationId.is_in(ids.iter().copied()))
        .exec(gate.tx().conn())
        .await?;
    Ok(())
}
