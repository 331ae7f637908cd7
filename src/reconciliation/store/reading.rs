//! Discrepancies as people look at them: each side sees those that it has a part in, and of another's application its
//! reference alone.

use std::collections::HashMap;

use entity::{
    ApplicationId, DiscrepancyId, DiscrepancyKind, DiscrepancyStatus, ExceptionId, application, discrepancy,
    resolution_proposal,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    Value,
};

use super::discrepancies::own;
use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};
use crate::tenancy::ReconciliationScope;

/// A discrepancy, with what is told beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its row.
    pub row: discrepancy::Model,
    /// The reference of the application that it is about.
    pub reference: Option<String>,
    /// The reference of the other application.
    pub other_reference: Option<String>,
    /// The reference of the application that stands.
    pub chosen_reference: Option<String>,
    /// The last proposal of each body, with the reference of the application that would stand, in order of time.
    pub proposals: Vec<(resolution_proposal::Model, Option<String>)>,
}

/// Which discrepancies; what is left out does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these kinds; any where there are none.
    pub kinds: Vec<DiscrepancyKind>,
    /// Any of these; any where there are none.
    pub statuses: Vec<DiscrepancyStatus>,
}

/// The key of a discrepancy in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DiscrepancyKey(pub DiscrepancyId);

impl From<DiscrepancyKey> for Vec<Value> {
    fn from(key: DiscrepancyKey) -> Self {
        vec![key.0.into()]
    }
}

/// A page of the discrepancies that a side has a part in, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of(
    conn: &impl ConnectionTrait,
    scope: &ReconciliationScope,
    exception: ExceptionId,
    filter: &Filter,
    request: &PageRequest<DiscrepancyKey>,
) -> Found<Page<Seen>> {
    let id = Expr::col((discrepancy::Entity, discrepancy::Column::Id));
    let rows = keyed(listed(scope, exception, filter), &[id], true, request).all(conn).await?;
    let page = Page::of(rows, request);
    let mut seen = complete(conn, page.rows.clone()).await?.into_iter();
    Ok(Page { rows: seen.by_ref().collect(), has_next: page.has_next, has_previous: page.has_previous })
}

/// How many there are.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(
    conn: &impl ConnectionTrait,
    scope: &ReconciliationScope,
    exception: ExceptionId,
    filter: &Filter,
) -> Found<u64> {
    Ok(listed(scope, exception, filter).count(conn).await?)
}

/// Those of these that the side has a part in, in no order.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_by_ids(
    conn: &impl ConnectionTrait,
    scope: &ReconciliationScope,
    ids: &[DiscrepancyId],
) -> Found<Vec<Seen>> {
    let select = discrepancy::Entity::find()
        .filter(discrepancy::Column::Id.is_in(ids.iter().copied()))
        .filter(own(scope));
    complete(conn, select.all(conn).await?).await
}

fn listed(
    scope: &ReconciliationScope,
    exception: ExceptionId,
    filter: &Filter,
) -> Select<discrepancy::Entity> {
    use discrepancy::Column;
    let mut select = discrepancy::Entity::find().filter(Column::ExceptionId.eq(exception)).filter(own(scope));
    if !filter.kinds.is_empty() {
        select = select.filter(Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if !filter.statuses.is_empty() {
        select = select.filter(Column::Status.is_in(filter.statuses.iter().copied()));
    }
    select
}

/// What is told beside these rows, in two statements however many they are. The caller has read them in its own scope.
async fn complete(conn: &impl ConnectionTrait, rows: Vec<discrepancy::Model>) -> Found<Vec<Seen>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut proposals = last_proposals(conn, &rows).await?;
    let named = rows.iter().flat_map(|row| [row.application_id, row.other_application_id]).flatten();
    let references = references_of(conn, named.collect()).await?;
    let reference = |id: Option<ApplicationId>| id.and_then(|id| references.get(&id).cloned());
    let seen = rows.into_iter().map(|row| {
        let own = proposals.remove(&row.id).unwrap_or_default();
        Seen {
            reference: reference(row.application_id).or_else(|| row.reference.clone()),
            other_reference: reference(row.other_application_id),
            chosen_reference: reference(row.chosen_id),
            proposals: own.into_iter().map(|one| (one.clone(), reference(one.chosen_id))).collect(),
            row,
        }
    });
    Ok(seen.collect())
}

async fn last_proposals(
    conn: &impl ConnectionTrait,
    rows: &[discrepancy::Model],
) -> Found<HashMap<DiscrepancyId, Vec<resolution_proposal::Model>>> {
    let select = resolution_proposal::Entity::find()
        .filter(resolution_proposal::Column::DiscrepancyId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(resolution_proposal::Column::Id);
    let mut last: HashMap<_, Vec<resolution_proposal::Model>> = HashMap::new();
    for row in select.all(conn).await? {
        let own = last.entry(row.discrepancy_id).or_default();
        own.retain(|kept| kept.body_id != row.body_id);
        own.push(row);
    }
    Ok(last)
}

/// The references of applications, whoever's they are: for what the viewer has a part in, and nothing else of them.
async fn references_of(
    conn: &impl ConnectionTrait,
    ids: Vec<ApplicationId>,
) -> Found<HashMap<ApplicationId, String>> {
    let rows: Vec<(ApplicationId, String)> = application::Entity::find()
        .select_only()
        .columns([application::Column::Id, application::Column::Reference])
        .filter(application::Column::Id.is_in(ids))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}
