//! What people look at: pages of their own caseload, and what hangs on each application.

use chrono::{DateTime, Utc};
use entity::{
    ApplicationId, ApplicationStatus, EmployerId, ExceptionId, PersonId, application, assessment,
    assessment_round, conflict, employer, worker,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Select, Value,
};
use serde::{Deserialize, Serialize};

use super::flags::Flagged;
use super::words;
use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};
use crate::tenancy::{BodyScope, CaseloadScope};

/// Which applications of the caseload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseloadFilter {
    /// Of one class exception.
    pub exception: Option<ExceptionId>,
    /// In one of these states; any where empty.
    pub status: Vec<ApplicationStatus>,
    /// For one of these roles; any where empty.
    pub role: Vec<String>,
    /// In this person's hands; a body's staff only.
    pub assessor: Option<PersonId>,
    /// In nobody's hands, or in somebody's; a body's staff only.
    pub unassigned: Option<bool>,
    /// Of the employer with this NZBN.
    pub employer: Option<String>,
    /// Submitted at or after.
    pub submitted_from: Option<DateTime<Utc>>,
    /// Submitted before.
    pub submitted_to: Option<DateTime<Utc>>,
    /// With a decision due before.
    pub due_before: Option<DateTime<Utc>>,
    /// With all of some flags.
    pub flagged: Option<Flagged>,
    /// With all of these words, or others that begin with them.
    pub words: Vec<String>,
}

/// What a caseload is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaseloadOrder {
    /// The instant it was begun.
    #[default]
    CreatedAt,
    /// The instant of its submission; an employer's drafts come after all others.
    SubmittedAt,
    /// The instant at which the body's decision is due; those without one come after all others.
    DueAt,
    /// Annual pay.
    Pay,
}

/// The key of an application under an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaseloadKey {
    /// Under an order of time.
    Time(DateTime<Utc>, ApplicationId),
    /// Under the order of pay, in cents.
    Pay(i64, ApplicationId),
}

impl From<CaseloadKey> for Vec<Value> {
    fn from(key: CaseloadKey) -> Self {
        match key {
            CaseloadKey::Time(at, id) => vec![at.into(), id.into()],
            CaseloadKey::Pay(cents, id) => vec![cents.into(), id.into()],
        }
    }
}

impl CaseloadOrder {
    /// The key of an application under this order.
    #[must_use]
    pub fn key_of(self, application: &application::Model) -> CaseloadKey {
        match self {
            Self::CreatedAt => CaseloadKey::Time(application.created_at, application.id),
            Self::SubmittedAt => {
                CaseloadKey::Time(application.submitted_at.unwrap_or_else(never), application.id)
            }
            Self::DueAt => CaseloadKey::Time(application.due_at.unwrap_or_else(never), application.id),
            Self::Pay => CaseloadKey::Pay(application.annual_cents, application.id),
        }
    }

    fn column(self, scope: &CaseloadScope) -> Expr {
        let column = |column| Expr::col((application::Entity, column));
        match (self, scope) {
            (Self::CreatedAt, _) => column(application::Column::CreatedAt),
            // A body sees nothing that was not submitted, so that its index can serve the order.
            (Self::SubmittedAt, CaseloadScope::Body(_)) => column(application::Column::SubmittedAt),
            (Self::SubmittedAt, CaseloadScope::Employers(_)) => sea_orm::sea_query::Func::coalesce([
                column(application::Column::SubmittedAt),
                Expr::val(never()),
            ])
            .into(),
            (Self::DueAt, _) => due_or_never(),
            (Self::Pay, _) => column(application::Column::AnnualCents),
        }
    }
}

/// Where what has no instant stands in an order of instants: after everything.
fn never() -> DateTime<Utc> {
    DateTime::from_timestamp(253_402_300_799, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The instant at which the body's decision is due, and [`never`] where none is. Written as the index has it.
pub(super) fn due_or_never() -> Expr {
    Expr::cust(r#"COALESCE("application"."due_at", '9999-12-31T23:59:59+00:00')"#)
}

/// A page of the viewer's caseload.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    filter: &CaseloadFilter,
    order: CaseloadOrder,
    descending: bool,
    request: &PageRequest<CaseloadKey>,
) -> Found<Page<application::Model>> {
    let id = Expr::col((application::Entity, application::Column::Id));
    let columns = [order.column(scope), id];
    let rows = keyed(filtered(scope, filter), &columns, descending, request).all(conn).await?;
    Ok(Page::of(rows, request))
}

/// How many applications of the viewer's caseload pass the filter.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    filter: &CaseloadFilter,
) -> Found<u64> {
    Ok(filtered(scope, filter).count(conn).await?)
}

fn filtered(scope: &CaseloadScope, filter: &CaseloadFilter) -> Select<application::Entity> {
    use application::Column;
    let mut select = application::Entity::find().filter(super::own(scope));
    if let Some(exception) = filter.exception {
        select = select.filter(Column::ExceptionId.eq(exception));
    }
    if !filter.status.is_empty() {
        select = select.filter(super::stands_in(filter.status.iter().copied()));
    }
    if !filter.role.is_empty() {
        select = select.filter(Column::RoleCode.is_in(&filter.role));
    }
    if let Some(nzbn) = &filter.employer {
        let employer = Query::select()
            .column(employer::Column::Id)
            .from(employer::Entity)
            .and_where(employer::Column::Nzbn.eq(nzbn))
            .to_owned();
        select = select.filter(Column::EmployerId.in_subquery(employer));
    }
    if let Some(from) = filter.submitted_from {
        select = select.filter(Column::SubmittedAt.gte(from));
    }
    if let Some(to) = filter.submitted_to {
        select = select.filter(Column::SubmittedAt.lt(to));
    }
    if let Some(before) = filter.due_before {
        select = select.filter(due_or_never().lt(Ord::min(before, never())));
    }
    for word in &filter.words {
        select = select.filter(Column::Id.in_subquery(words::having(scope, word)));
    }
    if let Some(flagged) = &filter.flagged {
        select = select.filter(flagged.stand(scope));
    }
    match scope {
        // An employer cannot learn who assesses by asking for it.
        CaseloadScope::Employers(_) => select,
        CaseloadScope::Body(_) => in_hands(select, filter),
    }
}

fn in_hands(mut select: Select<application::Entity>, filter: &CaseloadFilter) -> Select<application::Entity> {
    use application::Column;
    if let Some(assessor) = filter.assessor {
        select = select.filter(Column::AssessorId.eq(assessor));
    }
    match filter.unassigned {
        Some(true) => select.filter(Column::AssessorId.is_null()),
        Some(false) => select.filter(Column::AssessorId.is_not_null()),
        None => select,
    }
}

/// The application with this reference, in the viewer's caseload.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_by_reference(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    reference: &str,
) -> Found<Option<application::Model>> {
    let select = application::Entity::find()
        .filter(application::Column::Reference.eq(reference))
        .filter(super::own(scope));
    Ok(select.one(conn).await?)
}

/// Whether somebody has declared no conflict with the employer of an application.
///
/// # Errors
/// Where the database does not answer.
pub async fn is_unbiased(
    conn: &impl ConnectionTrait,
    scope: &BodyScope,
    application: &application::Model,
) -> Found<bool> {
    let conflict = (scope.person(), application.employer_id);
    Ok(conflict::Entity::find_by_id(conflict).one(conn).await?.is_none())
}

/// The applications with these ids, in the viewer's caseload; others are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_by_ids(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    ids: &[ApplicationId],
) -> Found<Vec<application::Model>> {
    let select = application::Entity::find()
        .filter(application::Column::Id.is_in(ids.iter().copied()))
        .filter(super::own(scope));
    Ok(select.all(conn).await?)
}

/// The workers of these applications, in the viewer's caseload.
///
/// # Errors
/// Where the database does not answer.
pub async fn workers_of(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    ids: &[ApplicationId],
) -> Found<Vec<worker::Model>> {
    let select =
        worker::Entity::find().filter(worker::Column::ApplicationId.in_subquery(own_ids(scope, ids)));
    Ok(select.all(conn).await?)
}

/// The findings on these applications in all rounds, for the body's own staff.
///
/// # Errors
/// Where the database does not answer.
pub async fn findings_of(
    conn: &impl ConnectionTrait,
    scope: &BodyScope,
    ids: &[ApplicationId],
) -> Found<Vec<assessment::Model>> {
    let select = assessment::Entity::find()
        .filter(assessment::Column::BodyId.eq(scope.body()))
        .filter(assessment::Column::ApplicationId.is_in(ids.iter().copied()))
        .order_by_asc(assessment::Column::ApplicationId)
        .order_by_asc(assessment::Column::Round)
        .order_by_asc(assessment::Column::At);
    Ok(select.all(conn).await?)
}

/// Advice and decisions on these applications in all rounds, in the viewer's caseload. What of them an employer
/// may read is for the reader to leave out.
///
/// # Errors
/// Where the database does not answer.
pub async fn rounds_of(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    ids: &[ApplicationId],
) -> Found<Vec<assessment_round::Model>> {
    let select = assessment_round::Entity::find()
        .filter(assessment_round::Column::ApplicationId.in_subquery(own_ids(scope, ids)))
        .order_by_asc(assessment_round::Column::ApplicationId)
        .order_by_asc(assessment_round::Column::Round);
    Ok(select.all(conn).await?)
}

/// Conflicts that people of the body have declared with these employers.
///
/// # Errors
/// Where the database does not answer.
pub async fn conflicts_with(
    conn: &impl ConnectionTrait,
    scope: &BodyScope,
    employers: &[EmployerId],
) -> Found<Vec<conflict::Model>> {
    let select = conflict::Entity::find()
        .filter(conflict::Column::BodyId.eq(scope.body()))
        .filter(conflict::Column::EmployerId.is_in(employers.iter().copied()));
    Ok(select.all(conn).await?)
}

fn own_ids(scope: &CaseloadScope, ids: &[ApplicationId]) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(application::Column::Id)
        .from(application::Entity)
        .cond_where(super::own(scope))
        .and_where(application::Column::Id.is_in(ids.iter().copied()))
        .to_owned()
}
