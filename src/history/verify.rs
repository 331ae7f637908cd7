//! Everything that was sealed, looked at again: each record's digest anew from the tables, and the seals one after the
//! other. Reads a snapshot, in pieces, and changes nothing.

use std::collections::VecDeque;

use entity::{RecordSource, seal, sealed_event};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};
use uuid::Uuid;

use super::seal::{Chain, Flaw, Record};
use super::sealing::{load_digests, table_of};
use crate::db::Snapshot;
use crate::error::Found;

/// How many rows are read at once.
const PIECE: u64 = 1_000;
/// How many records outside the seals are told of each kind.
const MOST_OUTSIDE: u64 = 100;

/// How far the seals reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many seals.
    pub seals: i64,
    /// How many records they close.
    pub records: i64,
    /// How many records wait for theirs.
    pub waiting: i64,
    /// The head of the last seal; empty before the first.
    pub head: String,
}

/// Looks at everything, and tells each flaw in the order of positions: none where the history is what was sealed.
///
/// # Errors
/// Where the database does not answer.
pub async fn verify(snapshot: &Snapshot, mut tell: impl FnMut(Flaw)) -> Found<Verified> {
    let mut chain = Chain::default();
    let mut seals = Seals::default();
    let mut after = None;
    loop {
        let rows = load_rows(snapshot, after).await?;
        let Some(last) = rows.last().map(|row| row.position) else { break };
        let records = rows.iter().map(|row| (row.source, row.record_id));
        let found = load_digests(snapshot.conn(), records).await?;
        for row in &rows {
            while let Some(seal) = seals.that_ends_before(snapshot, row.position).await? {
                chain.close(&seal, &mut tell);
            }
            let found = found.get(&(row.source, row.record_id));
            chain.add(row, found.map(|(at, digest)| (*at, digest.as_str())), &mut tell);
        }
        after = Some(last);
    }
    while let Some(seal) = seals.that_ends_before(snapshot, i64::MAX).await? {
        chain.close(&seal, &mut tell);
    }
    chain.end(&mut tell);
    outside(snapshot, &mut tell).await?;
    let (seals, records) = chain.reached();
    Ok(Verified { seals, records, waiting: count_waiting(snapshot).await?, head: chain.head().to_owned() })
}

/// The seals in order, read ahead in pieces.
#[derive(Debug, Default)]
struct Seals {
    ahead: VecDeque<seal::Model>,
    last: Option<i64>,
    is_at_end: bool,
}

impl Seals {
    /// The next seal, where it ends before `position`.
    async fn that_ends_before(&mut self, snapshot: &Snapshot, position: i64) -> Found<Option<seal::Model>> {
        if self.ahead.is_empty() && !self.is_at_end {
            let select = seal::Entity::find().order_by_asc(seal::Column::Number).limit(PIECE);
            let select = match self.last {
                Some(last) => select.filter(seal::Column::Number.gt(last)),
                None => select,
            };
            self.ahead = select.all(snapshot.conn()).await?.into();
            self.last = self.ahead.back().map(|seal| seal.number).or(self.last);
            self.is_at_end = self.ahead.is_empty();
        }
        Ok(self.ahead.pop_front_if(|seal| seal.last_position < position))
    }
}

async fn load_rows(snapshot: &Snapshot, after: Option<i64>) -> Found<Vec<sealed_event::Model>> {
    let select = sealed_event::Entity::find().order_by_asc(sealed_event::Column::Position).limit(PIECE);
    let select = match after {
        Some(after) => select.filter(sealed_event::Column::Position.gt(after)),
        None => select,
    };
    Ok(select.all(snapshot.conn()).await?)
}

async fn count_waiting(snapshot: &Snapshot) -> Found<i64> {
    let statement = Statement::from_string(snapshot.backend(), "SELECT COUNT(*) AS waiting FROM unsealed");
    let row = snapshot.conn().query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "waiting")).transpose()?.unwrap_or_default())
}

/// What no seal closes and none will: added behind the trigger's back, or gone before its turn.
async fn outside(snapshot: &Snapshot, mut tell: impl FnMut(Flaw)) -> Found<()> {
    for source in RecordSource::all() {
        let (table, word) = (table_of(source), source.word());
        let past = format!(
            "SELECT id FROM {table} WHERE NOT EXISTS (SELECT 1 FROM sealed_event AS one \
                 WHERE one.record_id = {table}.id AND one.source = '{word}') \
             AND NOT EXISTS (SELECT 1 FROM unsealed AS one \
                 WHERE one.record_id = {table}.id AND one.source = '{word}') \
             ORDER BY id LIMIT {MOST_OUTSIDE}"
        );
        for id in load_ids(snapshot, past).await? {
            tell(Flaw::PastTheSeals { record: Record { source, id } });
        }
        let gone = format!(
            "SELECT record_id AS id FROM unsealed WHERE source = '{word}' \
             AND NOT EXISTS (SELECT 1 FROM {table} WHERE {table}.id = unsealed.record_id) \
             ORDER BY record_id LIMIT {MOST_OUTSIDE}"
        );
        for id in load_ids(snapshot, gone).await? {
            tell(Flaw::GoneBefore { record: Record { source, id } });
        }
    }
    Ok(())
}

#[derive(Debug, FromQueryResult)]
struct Id {
    id: Uuid,
}

async fn load_ids(snapshot: &Snapshot, sql: String) -> Found<Vec<Uuid>> {
    let rows = Id::find_by_statement(Statement::from_string(snapshot.backend(), sql));
    Ok(rows.all(snapshot.conn()).await?.into_iter().map(|row| row.id).collect())
}
