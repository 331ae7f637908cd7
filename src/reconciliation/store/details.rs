//! What the agency was told to have of a worker and a job, beside what the caseload has now, a stretch at a time.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{
    ApplicationId, ApplicationStatus, BodyId, ExceptionId, ReleaseId, agency_case, application, employer,
    release_line, worker, worker_fingerprint,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::error::Found;

/// Cases that are read at once.
const AT_ONCE: usize = 500;

/// A nomination of which the agency has told details.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Beside {
    /// Which.
    pub application_id: ApplicationId,
    /// Whose.
    pub body_id: BodyId,
    /// What the agency told.
    pub told_sealed: Vec<u8>,
    /// The worker's date of birth.
    pub date_of_birth: NaiveDate,
    /// The end of the number of the worker's passport.
    pub passport_hint: Option<String>,
    /// The employer's number.
    pub nzbn: String,
    /// Code of the occupation.
    pub occupation_code: Option<String>,
}

/// Which are read: a stretch after an application, or some, of which the store takes as many as a statement can name.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// The stretch after it.
    After(Option<ApplicationId>),
    /// These.
    Of(&'a [ApplicationId]),
}

/// Nominations with what was told of them, in order of the application's id; and where the next stretch begins, unless this was
/// the last.
///
/// # Errors
/// Where the database does not answer.
pub async fn load(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
    wanted: Wanted<'_>,
) -> Found<(Vec<Beside>, Option<ApplicationId>)> {
    use agency_case::Column;
    let joined = |to| {
        let from = agency_case::Entity::belongs_to(application::Entity).from(Column::ApplicationId);
        from.to(to).into()
    };
    let to_worker = agency_case::Entity::belongs_to(worker::Entity)
        .from(Column::ApplicationId)
        .to(worker::Column::ApplicationId)
        .into();
    let to_employer = application::Entity::belongs_to(employer::Entity)
        .from(application::Column::EmployerId)
        .to(employer::Column::Id)
        .into();
    let select = agency_case::Entity::find()
        .select_only()
        .columns([Column::ApplicationId, Column::BodyId, Column::ToldSealed])
        .columns([worker::Column::DateOfBirth, worker::Column::PassportHint])
        .column(employer::Column::Nzbn)
        .column(application::Column::OccupationCode)
        .join(JoinType::InnerJoin, joined(application::Column::Id))
        .join(JoinType::InnerJoin, to_worker)
        .join(JoinType::InnerJoin, to_employer)
        .filter(application::Column::ExceptionId.eq(exception))
        .filter(application::Column::Status.eq(ApplicationStatus::Nominated))
        .filter(Column::ToldSealed.is_not_null())
        .order_by_asc(Column::ApplicationId);
    let (select, most) = match wanted {
        Wanted::After(None) => (select.limit(AT_ONCE as u64), Some(AT_ONCE)),
        Wanted::After(Some(after)) => {
            (select.filter(Column::ApplicationId.gt(after)).limit(AT_ONCE as u64), Some(AT_ONCE))
        }
        Wanted::Of(some) => (select.filter(Column::ApplicationId.is_in(some.iter().copied())), None),
    };
    let rows: Vec<Beside> = select.into_model().all(conn).await?;
    let next = rows.last().filter(|_| most == Some(rows.len())).map(|last| last.application_id);
    Ok((rows, next))
}

/// The lines of these applications on a release.
///
/// # Errors
/// Where the database does not answer.
pub async fn lines_of(
    conn: &impl ConnectionTrait,
    release: ReleaseId,
    applications: &[ApplicationId],
) -> Found<Vec<release_line::Model>> {
    let select = release_line::Entity::find()
        .filter(release_line::Column::ReleaseId.eq(release))
        .filter(release_line::Column::ApplicationId.is_in(applications.iter().copied()));
    Ok(select.all(conn).await?)
}

/// The fingerprints of these applications' workers under one key.
///
/// # Errors
/// Where the database does not answer.
pub async fn fingerprints_of(
    conn: &impl ConnectionTrait,
    key: i32,
    applications: &[ApplicationId],
) -> Found<HashMap<ApplicationId, String>> {
    use worker_fingerprint::Column;
    let select = worker_fingerprint::Entity::find()
        .select_only()
        .columns([Column::ApplicationId, Column::Fingerprint])
        .filter(Column::ApplicationId.is_in(applications.iter().copied()))
        .filter(Column::KeyVersion.eq(key));
    let rows: Vec<(ApplicationId, String)> = select.into_tuple().all(conn).await?;
    Ok(rows.into_iter().collect())
}
