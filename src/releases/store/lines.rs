//! Lines of releases as people look at them. Rows leave here sealed; whether a viewer may read one whole follows from
//! [`is_whole`], which goes by the scope. An employer gets its own lines only.

use entity::{
    ApplicationId, BodyId, ExceptionId, ReleaseId, release_line, release_state, worker_fingerprint,
};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Value,
};
use serde::{Deserialize, Serialize};

use super::read::OUT;
use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};
use crate::tenancy::{AgencyScope, CaseloadScope, ListScope};

/// How many applications of one worker are looked at: two bodies, with what was withdrawn and handed in again.
const MOST_WITH_ONE_DOCUMENT: u64 = 100;

/// The key of a line in its release: its reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineKey(pub String);

impl From<LineKey> for Vec<Value> {
    fn from(key: LineKey) -> Self {
        vec![key.0.into()]
    }
}

/// Which lines of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those that differ from the release before.
    Changed,
}

/// Whether the viewer may read a line of a release whole: worker and pay. The agency has the release.
#[must_use]
pub fn is_whole(scope: &ListScope, line: &release_line::Model) -> bool {
    match scope {
        ListScope::Caseload(CaseloadScope::Body(scope)) => scope.body() == line.body_id,
        ListScope::Caseload(CaseloadScope::Employers(scope)) => scope.employers().contains(&line.employer_id),
        ListScope::Agency(_) => true,
    }
}

/// A page of the lines of a release that the viewer has read, in order of reference.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of(
    conn: &impl ConnectionTrait,
    scope: &ListScope,
    (release, which): (ReleaseId, Which),
    request: &PageRequest<LineKey>,
) -> Found<Page<release_line::Model>> {
    let reference = Expr::col((release_line::Entity, release_line::Column::Reference));
    let rows = keyed(of_release(scope, release, which), &[reference], false, request).all(conn).await?;
    Ok(Page::of(rows, request))
}

/// How many lines of a release the viewer is shown.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(
    conn: &impl ConnectionTrait,
    scope: &ListScope,
    (release, which): (ReleaseId, Which),
) -> Found<u64> {
    Ok(of_release(scope, release, which).count(conn).await?)
}

/// The next lines of a section from behind a row on, in order of rows, at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn piece_of_section(
    conn: &impl ConnectionTrait,
    _scope: &ListScope,
    (release, body): (ReleaseId, BodyId),
    after: i32,
    limit: u64,
) -> Found<Vec<release_line::Model>> {
    let select = release_line::Entity::find()
        .filter(release_line::Column::ReleaseId.eq(release))
        .filter(release_line::Column::BodyId.eq(body))
        .filter(release_line::Column::SectionRow.gt(after))
        .order_by_asc(release_line::Column::SectionRow)
        .limit(limit);
    Ok(select.all(conn).await?)
}

/// The lines of these applications on the newest release of their exception that the agency has.
///
/// # Errors
/// Where the database does not answer.
pub async fn newest_of(
    conn: &impl ConnectionTrait,
    scope: &ListScope,
    applications: &[ApplicationId],
) -> Found<Vec<release_line::Model>> {
    let numbers = Query::select()
        .column(release_state::Column::ExceptionId)
        .expr(Func::max(Expr::col(release_state::Column::Number)))
        .from(release_state::Entity)
        .and_where(release_state::Column::Status.is_in(OUT))
        .group_by_col(release_state::Column::ExceptionId)
        .to_owned();
    let row = [release_state::Column::ExceptionId, release_state::Column::Number].map(Expr::col);
    let newest = Query::select()
        .column(release_state::Column::ReleaseId)
        .from(release_state::Entity)
        .and_where(Expr::tuple(row).in_subquery(numbers))
        .to_owned();
    let select = readable(scope)
        .filter(release_line::Column::ReleaseId.in_subquery(newest))
        .filter(release_line::Column::ApplicationId.is_in(applications.iter().copied()));
    Ok(select.all(conn).await?)
}

/// The lines whose worker has this document now, on the newest release of an exception that the agency has.
///
/// # Errors
/// Where the database does not answer.
pub async fn newest_with(
    conn: &impl ConnectionTrait,
    scope: &ListScope,
    exception: ExceptionId,
    fingerprint: &str,
) -> Found<Vec<release_line::Model>> {
    let select = worker_fingerprint::Entity::find()
        .select_only()
        .column(worker_fingerprint::Column::ApplicationId)
        .filter(worker_fingerprint::Column::ExceptionId.eq(exception))
        .filter(worker_fingerprint::Column::Fingerprint.eq(fingerprint))
        .order_by_asc(worker_fingerprint::Column::ApplicationId)
        .limit(MOST_WITH_ONE_DOCUMENT);
    let applications: Vec<ApplicationId> = select.into_tuple().all(conn).await?;
    newest_of(conn, scope, &applications).await
}

/// The line with this reference on the newest release of its exception that the agency has.
///
/// # Errors
/// Where the database does not answer.
pub async fn newest_by_reference(
    conn: &impl ConnectionTrait,
    _scope: &AgencyScope,
    reference: &str,
) -> Found<Option<(release_line::Model, release_state::Model)>> {
    let to_state = release_line::Entity::belongs_to(release_state::Entity)
        .from(release_line::Column::ReleaseId)
        .to(release_state::Column::ReleaseId)
        .into();
    let select = release_line::Entity::find()
        .join(JoinType::InnerJoin, to_state)
        .select_also(release_state::Entity)
        .filter(release_line::Column::Reference.eq(reference))
        .filter(release_state::Column::Status.is_in(OUT))
        .order_by_desc(release_state::Column::Number);
    let found = select.one(conn).await?;
    Ok(found.and_then(|(line, state)| Some((line, state?))))
}

fn of_release(scope: &ListScope, release: ReleaseId, which: Which) -> Select<release_line::Entity> {
    let select = readable(scope).filter(release_line::Column::ReleaseId.eq(release));
    match which {
        Which::All => select,
        Which::Changed => select.filter(release_line::Column::Change.is_not_null()),
    }
}

fn readable(scope: &ListScope) -> Select<release_line::Entity> {
    let select = release_line::Entity::find();
    match scope {
        ListScope::Caseload(CaseloadScope::Body(_)) | ListScope::Agency(_) => select,
        ListScope::Caseload(CaseloadScope::Employers(scope)) => {
            select.filter(release_line::Column::EmployerId.is_in(scope.employers().iter().copied()))
        }
    }
}
