//! What may be long: entries, struck entries, results.

use std::collections::HashMap;

use entity::{ApplicationId, BallotId, BodyId, application, ballot_entry, ballot_result, ballot_strike};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Value,
};

use crate::db::{Gate, Tx};
use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};

/// Rows that one statement writes.
const AT_ONCE: usize = 1_000;

/// Keeps a ballot's frozen list, with whose the entries are.
///
/// # Errors
/// Where the database refuses.
pub async fn save_entries(
    gate: &Gate<'_>,
    ballot: BallotId,
    entries: &[(String, ApplicationId)],
) -> Found<()> {
    for some in entries.chunks(AT_ONCE) {
        let rows = some.iter().map(|(entry, application)| {
            let (entry, application_id) = (entry.clone(), *application);
            ballot_entry::Model { ballot_id: ballot, entry, application_id }.into_active_model()
        });
        ballot_entry::Entity::insert_many(rows).exec_without_returning(gate.tx().conn()).await?;
    }
    Ok(())
}

/// The ids on a ballot's list, in order.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_entries(conn: &impl ConnectionTrait, ballot: BallotId) -> Found<Vec<String>> {
    let select = ballot_entry::Entity::find()
        .select_only()
        .column(ballot_entry::Column::Entry)
        .filter(ballot_entry::Column::BallotId.eq(ballot))
        .order_by_asc(ballot_entry::Column::Entry);
    Ok(select.into_tuple().all(conn).await?)
}

/// Whose the entries are.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_applications(gate: &Gate<'_>, ballot: BallotId) -> Found<HashMap<String, ApplicationId>> {
    let select = ballot_entry::Entity::find()
        .select_only()
        .columns([ballot_entry::Column::Entry, ballot_entry::Column::ApplicationId])
        .filter(ballot_entry::Column::BallotId.eq(ballot));
    let rows: Vec<(String, ApplicationId)> = select.into_tuple().all(gate.tx().conn()).await?;
    Ok(rows.into_iter().collect())
}

/// The application of an entry that stands on the list and is of this body's.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_own_entry(
    gate: &Gate<'_>,
    ballot: BallotId,
    body: BodyId,
    entry: &str,
) -> Found<Option<ApplicationId>> {
    let own = Query::select()
        .column(application::Column::Id)
        .from(application::Entity)
        .and_where(application::Column::BodyId.eq(body))
        .to_owned();
    let found = ballot_entry::Entity::find()
        .filter(ballot_entry::Column::BallotId.eq(ballot))
        .filter(ballot_entry::Column::Entry.eq(entry))
        .filter(ballot_entry::Column::ApplicationId.in_subquery(own))
        .one(gate.tx().conn())
        .await?;
    Ok(found.map(|entry| entry.application_id))
}

/// Strikes entries.
///
/// # Errors
/// Where the database refuses, as it does for an entry that is struck.
pub async fn insert_strikes(tx: &Tx, rows: Vec<ballot_strike::Model>) -> Found<()> {
    for some in rows.chunks(AT_ONCE) {
        let rows = some.iter().cloned().map(IntoActiveModel::into_active_model);
        ballot_strike::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The struck entries, in order.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_strikes(conn: &impl ConnectionTrait, ballot: BallotId) -> Found<Vec<ballot_strike::Model>> {
    let select = ballot_strike::Entity::find()
        .filter(ballot_strike::Column::BallotId.eq(ballot))
        .order_by_asc(ballot_strike::Column::Entry);
    Ok(select.all(conn).await?)
}

/// The whole result, in order of rank.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_results(conn: &impl ConnectionTrait, ballot: BallotId) -> Found<Vec<ballot_result::Model>> {
    Ok(results(ballot).order_by_asc(ballot_result::Column::Rank).all(conn).await?)
}

/// The key of a line of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ResultKey(pub i32);

impl From<ResultKey> for Vec<Value> {
    fn from(key: ResultKey) -> Self {
        vec![key.0.into()]
    }
}

/// How many entries of each ballot are struck; ballots without any are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_strikes(conn: &impl ConnectionTrait, ballots: &[BallotId]) -> Found<Vec<(BallotId, i64)>> {
    let select = ballot_strike::Entity::find()
        .select_only()
        .column(ballot_strike::Column::BallotId)
        .column_as(ballot_strike::Column::Entry.count(), "count")
        .filter(ballot_strike::Column::BallotId.is_in(ballots.iter().copied()))
        .group_by(ballot_strike::Column::BallotId);
    Ok(select.into_tuple().all(conn).await?)
}

/// A page of a result, in order of rank.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of_results(
    conn: &impl ConnectionTrait,
    ballot: BallotId,
    request: &PageRequest<ResultKey>,
) -> Found<Page<ballot_result::Model>> {
    let rank = Expr::col((ballot_result::Entity, ballot_result::Column::Rank));
    let rows = keyed(results(ballot), &[rank], false, request).all(conn).await?;
    Ok(Page::of(rows, request))
}

/// How many have a rank.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_results(conn: &impl ConnectionTrait, ballot: BallotId) -> Found<u64> {
    Ok(results(ballot).count(conn).await?)
}

fn results(ballot: BallotId) -> sea_orm::Select<ballot_result::Entity> {
    ballot_result::Entity::find().filter(ballot_result::Column::BallotId.eq(ballot))
}
