//! Committed records get their positions and their seal: one batch a transaction, one sequencer at a time.
//!
//! Ids do not say in which order records were committed, so nobody who reads "what came since" may go by them. Whoever
//! holds the sequencer sees committed records only, and gives each the next position; what is committed later with a
//! smaller id gets a later one. Nobody who writes history waits for this: they meet in no row and no lock.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{RecordSource, history_event, place_movement, seal, sealed_event, unsealed};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    Statement,
};
use uuid::Uuid;

use super::seal::{digest_of_event, digest_of_movement, seal_over};
use crate::db::{Command, Snapshot, Tx};
use crate::error::{Acted, Fault, Found};
use crate::values::sha256::Sha256;

/// How many records one seal closes at most.
pub const BATCH: usize = 1_000;

/// Seals the next batch of what is committed; answers how many records that were. Runs as the job `seal`.
#[derive(Clone, Copy, Debug)]
pub struct SealNext;

impl Command for SealNext {
    type Answer = usize;
    const NAME: &'static str = "seal";

    async fn run(&self, tx: &Tx) -> Acted<usize> {
        tx.lock_sequence("history").await?;
        let waiting = load_waiting(tx).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let before = last_seal(tx.conn()).await?;
        let digests = load_digests(tx.conn(), waiting.iter().map(|one| (one.source, one.record_id))).await?;
        let first = before.as_ref().map_or(1, |seal| seal.last_position + 1);
        let mut rows = Vec::with_capacity(waiting.len());
        for (position, unsealed::Model { source, record_id }) in (first..).zip(&waiting) {
            let (_, digest) = digests
                .get(&(*source, *record_id))
                .ok_or_else(|| Fault::stored("history", "a record is gone while it is sealed"))?;
            rows.push(sealed_event::Model {
                position,
                source: *source,
                record_id: *record_id,
                digest: digest.clone(),
            });
        }
        seal_over(before.as_ref(), &rows, tx.now()).into_active_model().insert(tx.conn()).await?;
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
        sealed_event::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
        forget(tx, &waiting).await?;
        Ok(waiting.len())
    }
}

/// The head of the last seal: everything that was sealed follows from it. None before the first.
///
/// # Errors
/// Where the database does not answer.
pub async fn head(conn: &impl ConnectionTrait) -> Found<Option<String>> {
    Ok(last_seal(conn).await?.map(|seal| seal.head))
}

/// The last seal.
///
/// # Errors
/// Where the database does not answer.
pub async fn last_seal(conn: &impl ConnectionTrait) -> Found<Option<seal::Model>> {
    Ok(seal::Entity::find().order_by_desc(seal::Column::Number).one(conn).await?)
}

/// The seal that has this head; none where no seal has it.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_by_head(snapshot: &Snapshot, head: &Sha256) -> Found<Option<seal::Model>> {
    let select = seal::Entity::find().filter(seal::Column::Head.eq(head.to_string()));
    Ok(select.one(snapshot.conn()).await?)
}

/// What waits, in order of id, at most a batch. One whose record is gone is left for `verify` to tell.
async fn load_waiting(tx: &Tx) -> Found<Vec<unsealed::Model>> {
    let mut waiting = load_waiting_of(tx, RecordSource::History).await?;
    waiting.extend(load_waiting_of(tx, RecordSource::Ledger).await?);
    waiting.sort_unstable_by_key(|one| (one.record_id, one.source));
    waiting.truncate(BATCH);
    Ok(waiting)
}

async fn load_waiting_of(tx: &Tx, source: RecordSource) -> Found<Vec<unsealed::Model>> {
    let (word, table) = (source.word(), table_of(source));
    let sql = format!(
        "SELECT unsealed.source, unsealed.record_id FROM unsealed \
         JOIN {table} ON {table}.id = unsealed.record_id \
         WHERE unsealed.source = '{word}' ORDER BY unsealed.record_id LIMIT {BATCH}"
    );
    let statement = Statement::from_string(tx.backend(), sql);
    Ok(unsealed::Entity::find().from_raw_sql(statement).all(tx.conn()).await?)
}

/// Where the records of a source stand.
#[must_use]
pub fn table_of(source: RecordSource) -> &'static str {
    match source {
        RecordSource::History => "history_event",
        RecordSource::Ledger => "place_movement",
    }
}

/// The instant and the digest of records as they are now; those that are gone are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_digests(
    conn: &impl ConnectionTrait,
    records: impl Iterator<Item = (RecordSource, Uuid)>,
) -> Found<HashMap<(RecordSource, Uuid), (DateTime<Utc>, String)>> {
    let (events, movements): (Vec<_>, Vec<_>) =
        records.partition(|(source, _)| matches!(source, RecordSource::History));
    let ids = |records: Vec<(RecordSource, Uuid)>| records.into_iter().map(|(_, id)| id);
    let events = history_event::Entity::find().filter(history_event::Column::Id.is_in(ids(events)));
    let movements = place_movement::Entity::find().filter(place_movement::Column::Id.is_in(ids(movements)));
    let mut digests = HashMap::new();
    for event in events.all(conn).await? {
        digests.insert((RecordSource::History, event.id.0), (event.at, digest_of_event(&event)));
    }
    for movement in movements.all(conn).await? {
        digests.insert((RecordSource::Ledger, movement.id.0), (movement.at, digest_of_movement(&movement)));
    }
    Ok(digests)
}

async fn forget(tx: &Tx, sealed: &[unsealed::Model]) -> Found<()> {
    for source in RecordSource::all() {
        let ids = sealed.iter().filter(|one| one.source == source).map(|one| one.record_id);
        unsealed::Entity::delete_many()
            .filter(unsealed::Column::Source.eq(source))
            .filter(unsealed::Column::RecordId.is_in(ids))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}
