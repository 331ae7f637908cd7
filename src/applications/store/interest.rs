//! Expressions of interest: those that a viewer may see, how many came lately, and how many applications came of each.

use chrono::{DateTime, Utc};
use entity::{BodyId, ExceptionId, InterestId, application, employer, interest};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, Value,
};
use serde::{Deserialize, Serialize};

use crate::db::Tx;
use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};
use crate::tenancy::{CaseloadScope, SystemScope};

/// The key of an expression of interest in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterestKey(DateTime<Utc>, InterestId);

impl InterestKey {
    /// Of a row.
    #[must_use]
    pub fn of(interest: &interest::Model) -> Self {
        Self(interest.created_at, interest.id)
    }
}

impl From<InterestKey> for Vec<Value> {
    fn from(key: InterestKey) -> Self {
        vec![key.0.into(), key.1.into()]
    }
}

/// Keeps one.
///
/// # Errors
/// Where the database refuses.
pub async fn insert(tx: &Tx, interest: interest::Model) -> Found<()> {
    interest::Entity::insert(interest.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// When the last ones came from a source, the newest first; at most `most`.
///
/// # Errors
/// Where the database does not answer.
pub async fn newest_from(tx: &Tx, source: &str, most: usize) -> Found<Vec<DateTime<Utc>>> {
    newest(tx, interest::Entity::find().filter(interest::Column::Source.eq(source)), most).await
}

/// When the last ones came to a body that name a contact under a class exception, the newest first; at most `most`. One
/// body's count tells nothing of another's.
///
/// # Errors
/// Where the database does not answer.
pub async fn newest_naming(
    tx: &Tx,
    exception: ExceptionId,
    body: BodyId,
    contact_hash: &str,
    most: usize,
) -> Found<Vec<DateTime<Utc>>> {
    let select = interest::Entity::find()
        .filter(interest::Column::ExceptionId.eq(exception))
        .filter(interest::Column::BodyId.eq(body))
        .filter(interest::Column::ContactHash.eq(contact_hash));
    newest(tx, select, most).await
}

async fn newest(tx: &Tx, select: Select<interest::Entity>, most: usize) -> Found<Vec<DateTime<Utc>>> {
    let select = select
        .select_only()
        .column(interest::Column::CreatedAt)
        .order_by_desc(interest::Column::CreatedAt)
        .limit(u64::try_from(most).unwrap_or(u64::MAX));
    Ok(select.into_tuple().all(tx.conn()).await?)
}

/// One, for whoever has just registered it: nobody else comes by its id this way.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_registered(
    conn: &impl ConnectionTrait,
    _scope: &SystemScope,
    id: InterestId,
) -> Found<Option<interest::Model>> {
    Ok(interest::Entity::find_by_id(id).one(conn).await?)
}

/// Those with these ids that the viewer may see; others are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_by_ids(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    ids: &[InterestId],
) -> Found<Vec<interest::Model>> {
    let select = visible(scope).filter(interest::Column::Id.is_in(ids.iter().copied()));
    Ok(select.all(conn).await?)
}

/// A page of those that the viewer may see, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    exception: Option<ExceptionId>,
    request: &PageRequest<InterestKey>,
) -> Found<Page<interest::Model>> {
    let columns = [interest::Column::CreatedAt, interest::Column::Id]
        .map(|column| Expr::col((interest::Entity, column)));
    let rows = keyed(filtered(scope, exception), &columns, true, request).all(conn).await?;
    Ok(Page::of(rows, request))
}

/// How many the viewer may see.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    exception: Option<ExceptionId>,
) -> Found<u64> {
    Ok(filtered(scope, exception).count(conn).await?)
}

/// How many applications of the viewer's caseload came of each; those of which none came are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_applications(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    ids: &[InterestId],
) -> Found<Vec<(InterestId, i64)>> {
    let select = application::Entity::find()
        .select_only()
        .column(application::Column::InterestId)
        .column_as(application::Column::Id.count(), "applications")
        .filter(super::own(scope))
        .filter(application::Column::InterestId.is_in(ids.iter().copied()))
        .group_by(application::Column::InterestId);
    Ok(select.into_tuple().all(conn).await?)
}

fn filtered(scope: &CaseloadScope, exception: Option<ExceptionId>) -> Select<interest::Entity> {
    let of_exception = exception.map(|id| interest::Column::ExceptionId.eq(id));
    visible(scope).filter(Condition::all().add_option(of_exception))
}

/// What a viewer may see: a body's staff what came to their body, those who act for an employer what names it.
fn visible(scope: &CaseloadScope) -> Select<interest::Entity> {
    match scope {
        CaseloadScope::Body(scope) => {
            interest::Entity::find().filter(interest::Column::BodyId.eq(scope.body()))
        }
        CaseloadScope::Employers(scope) => {
            let own = Query::select()
                .column(employer::Column::Nzbn)
                .from(employer::Entity)
                .and_where(employer::Column::Id.is_in(scope.employers().iter().copied()))
                .to_owned();
            interest::Entity::find().filter(interest::Column::Nzbn.in_subquery(own))
        }
    }
}
