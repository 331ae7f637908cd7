//! Releases as people look at them. Which of them a viewer may see is decided here, from the scope: what is not published
//! is the business of the bodies that nominate under its exception.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{
    ExceptionId, PersonId, ReleaseId, ReleaseStatus, attestation, class_exception_body, held_back, release,
    release_section, release_state,
};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, Value,
};
use serde::{Deserialize, Serialize};

use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};
use crate::tenancy::{BodyScope, CaseloadScope, ReleaseScope};

/// Where a release stands that the agency has.
pub(super) const OUT: [ReleaseStatus; 2] = [ReleaseStatus::Published, ReleaseStatus::Acknowledged];

/// A release and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Seen {
    /// Which.
    pub id: ReleaseId,
    /// Of which exception.
    pub exception_id: ExceptionId,
    /// Its number under the exception.
    pub number: i32,
    /// The last published one when it was prepared.
    pub previous_number: Option<i32>,
    /// How many lines it has.
    pub line_count: i32,
    /// Its digest.
    pub digest: String,
    /// The head of the sealed history that it has in it.
    pub history_head: Option<String>,
    /// When it was frozen.
    pub prepared_at: DateTime<Utc>,
    /// Where it stands.
    pub status: ReleaseStatus,
    /// When the last body with lines had attested.
    pub attested_at: Option<DateTime<Utc>>,
    /// When the agency had it.
    pub published_at: Option<DateTime<Utc>>,
    /// When the agency acknowledged it.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When it was given up.
    pub abandoned_at: Option<DateTime<Utc>>,
    /// By whom; none where the service did it, since a line of it had ended.
    pub abandoned_by: Option<PersonId>,
    /// Why.
    pub abandon_reason: Option<String>,
}

impl Seen {
    /// Whether the agency has it.
    #[must_use]
    pub fn is_out(&self) -> bool {
        OUT.contains(&self.status)
    }
}

/// The key of a release in the list of its exception's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseKey(pub i32);

impl From<ReleaseKey> for Vec<Value> {
    fn from(key: ReleaseKey) -> Self {
        vec![key.0.into()]
    }
}

/// A page of an exception's releases, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of(
    conn: &impl ConnectionTrait,
    scope: &ReleaseScope,
    exception: ExceptionId,
    request: &PageRequest<ReleaseKey>,
) -> Found<Page<Seen>> {
    let number = Expr::col((release::Entity, release::Column::Number));
    let select = keyed(of_exception(scope, exception), &[number], true, request);
    Ok(Page::of(select.into_model().all(conn).await?, request))
}

/// How many releases of an exception the viewer may see.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(conn: &impl ConnectionTrait, scope: &ReleaseScope, exception: ExceptionId) -> Found<u64> {
    Ok(of_exception(scope, exception).count(conn).await?)
}

/// A release by its number.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &ReleaseScope,
    exception: ExceptionId,
    number: i32,
) -> Found<Option<Seen>> {
    let select = of_exception(scope, exception).filter(release::Column::Number.eq(number));
    Ok(select.into_model().one(conn).await?)
}

/// Releases by their ids.
///
/// # Errors
/// Where the database does not answer.
pub async fn load(
    conn: &impl ConnectionTrait,
    scope: &ReleaseScope,
    ids: &[ReleaseId],
) -> Found<HashMap<ReleaseId, Seen>> {
    let select = visible(scope).filter(release::Column::Id.is_in(ids.iter().copied()));
    let rows: Vec<Seen> = select.into_model().all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The newest release of each exception that the agency has.
///
/// # Errors
/// Where the database does not answer.
pub async fn latest_of(
    conn: &impl ConnectionTrait,
    scope: &ReleaseScope,
    exceptions: &[ExceptionId],
) -> Found<HashMap<ExceptionId, Seen>> {
    let newest = Query::select()
        .column(release_state::Column::ExceptionId)
        .expr(Func::max(Expr::col(release_state::Column::Number)))
        .from(release_state::Entity)
        .and_where(release_state::Column::Status.is_in(OUT))
        .and_where(release_state::Column::ExceptionId.is_in(exceptions.iter().copied()))
        .group_by_col(release_state::Column::ExceptionId)
        .to_owned();
    let row = [release::Column::ExceptionId, release::Column::Number];
    let row = Expr::tuple(row.map(|column| Expr::col((release::Entity, column))));
    let rows: Vec<Seen> = visible(scope).filter(row.in_subquery(newest)).into_model().all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.exception_id, row)).collect())
}

fn of_exception(scope: &ReleaseScope, exception: ExceptionId) -> Select<release::Entity> {
    visible(scope).filter(release::Column::ExceptionId.eq(exception))
}

fn visible(scope: &ReleaseScope) -> Select<release::Entity> {
    let to_state = release::Entity::belongs_to(release_state::Entity)
        .from(release::Column::Id)
        .to(release_state::Column::ReleaseId)
        .into();
    let select = release::Entity::find()
        .select_only()
        .columns([release::Column::Id, release::Column::ExceptionId, release::Column::Number])
        .columns([release::Column::PreviousNumber, release::Column::LineCount, release::Column::Digest])
        .columns([release::Column::HistoryHead, release::Column::PreparedAt])
        .join(JoinType::InnerJoin, to_state)
        .columns([release_state::Column::Status, release_state::Column::AttestedAt])
        .columns([release_state::Column::PublishedAt, release_state::Column::AcknowledgedAt])
        .columns([release_state::Column::AbandonedAt, release_state::Column::AbandonedBy])
        .column(release_state::Column::AbandonReason);
    let out = release_state::Column::Status.is_in(OUT);
    match scope {
        ReleaseScope::Caseload(CaseloadScope::Body(scope)) => {
            let own = Query::select()
                .column(class_exception_body::Column::ExceptionId)
                .from(class_exception_body::Entity)
                .and_where(class_exception_body::Column::BodyId.eq(scope.body()))
                .to_owned();
            let own = release::Column::ExceptionId.in_subquery(own);
            select.filter(Condition::any().add(out).add(own))
        }
        ReleaseScope::Caseload(CaseloadScope::Employers(_))
        | ReleaseScope::Agency(_)
        | ReleaseScope::Public(_) => select.filter(out),
    }
}

/// Whether a viewer may know how many lines each body has, and who answers for them.
fn tells_bodies(scope: &ReleaseScope) -> bool {
    match scope {
        ReleaseScope::Caseload(CaseloadScope::Body(_)) | ReleaseScope::Agency(_) => true,
        ReleaseScope::Caseload(CaseloadScope::Employers(_)) | ReleaseScope::Public(_) => false,
    }
}

/// The sections of releases that the viewer has read; none for who is not told of bodies.
///
/// # Errors
/// Where the database does not answer.
pub async fn sections_of(
    conn: &impl ConnectionTrait,
    scope: &ReleaseScope,
    releases: &[ReleaseId],
) -> Found<Vec<release_section::Model>> {
    if !tells_bodies(scope) {
        return Ok(Vec::new());
    }
    let select = release_section::Entity::find()
        .filter(release_section::Column::ReleaseId.is_in(releases.iter().copied()));
    Ok(select.all(conn).await?)
}

/// Who attested releases that the viewer has read; none for who is not told of bodies.
///
/// # Errors
/// Where the database does not answer.
pub async fn attestations_of(
    conn: &impl ConnectionTrait,
    scope: &ReleaseScope,
    releases: &[ReleaseId],
) -> Found<Vec<attestation::Model>> {
    if !tells_bodies(scope) {
        return Ok(Vec::new());
    }
    let select = attestation::Entity::find()
        .filter(attestation::Column::ReleaseId.is_in(releases.iter().copied()))
        .order_by_asc(attestation::Column::At);
    Ok(select.all(conn).await?)
}

/// The body's own nominations that releases do not carry yet, in order of reference.
///
/// # Errors
/// Where the database does not answer.
pub async fn held_back_of(
    conn: &impl ConnectionTrait,
    scope: &BodyScope,
    releases: &[ReleaseId],
) -> Found<Vec<held_back::Model>> {
    let select = held_back::Entity::find()
        .filter(held_back::Column::BodyId.eq(scope.body()))
        .filter(held_back::Column::ReleaseId.is_in(releases.iter().copied()))
        .order_by_asc(held_back::Column::Reference);
    Ok(select.all(conn).await?)
}
