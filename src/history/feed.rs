//! What was committed since a position, in the order of positions: for who listens.

use std::collections::{BTreeSet, HashMap};

use entity::{
    ApplicationId, EmployerId, EventId, ExceptionId, RecordSource, application, history_event,
    place_movement, sealed_event, unsealed,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::error::Found;

/// Records that are read at once.
const STRETCH: u64 = 500;

/// Something that happened, at its position.
#[derive(Clone, Debug)]
pub struct Told {
    /// Where it stands among all that was committed.
    pub position: i64,
    /// What.
    pub event: history_event::Model,
    /// Whose application it happened to.
    pub employer: Option<EmployerId>,
}

/// What was committed between two positions.
#[derive(Clone, Debug, Default)]
pub struct Stretch {
    /// All up to here was told before.
    pub from: i64,
    /// All up to here is told with this.
    pub to: i64,
    /// What happened.
    pub events: Vec<Told>,
    /// The class exceptions that something happened in, places that moved included.
    pub exceptions: BTreeSet<ExceptionId>,
}

impl Stretch {
    /// Nothing, at a position.
    #[must_use]
    pub fn empty_at(position: i64) -> Self {
        Self { from: position, to: position, ..Self::default() }
    }
}

/// The position of the last record that has one; 0 before the first.
///
/// # Errors
/// Where the database does not answer.
pub async fn last_position(conn: &impl ConnectionTrait) -> Found<i64> {
    let last = sealed_event::Entity::find().order_by_desc(sealed_event::Column::Position).one(conn).await?;
    Ok(last.map_or(0, |last| last.position))
}

/// The position of an event; none before it has one.
///
/// # Errors
/// Where the database does not answer.
pub async fn position_of(conn: &impl ConnectionTrait, event: EventId) -> Found<Option<i64>> {
    let row = sealed_event::Entity::find()
        .filter(sealed_event::Column::Source.eq(RecordSource::History))
        .filter(sealed_event::Column::RecordId.eq(event.0))
        .one(conn)
        .await?;
    Ok(row.map(|row| row.position))
}

/// Whether something waits for a position.
///
/// # Errors
/// Where the database does not answer.
pub async fn is_waiting(conn: &impl ConnectionTrait) -> Found<bool> {
    Ok(unsealed::Entity::find().limit(1).one(conn).await?.is_some())
}

/// What was committed behind a position and up to another, as much as is read at once: four statements, however much it is.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_since(conn: &impl ConnectionTrait, from: i64, up_to: i64) -> Found<Stretch> {
    let rows = sealed_event::Entity::find()
        .filter(sealed_event::Column::Position.gt(from))
        .filter(sealed_event::Column::Position.lte(up_to))
        .order_by_asc(sealed_event::Column::Position)
        .limit(STRETCH)
        .all(conn)
        .await?;
    let Some(last) = rows.last() else { return Ok(Stretch::empty_at(from)) };
    let to = last.position;
    let of = |source: RecordSource| {
        rows.iter().filter(move |row| row.source == source).map(|row| row.record_id).collect::<Vec<_>>()
    };
    let mut exceptions = exceptions_of(conn, of(RecordSource::Ledger)).await?;
    let mut events = load_events(conn, of(RecordSource::History)).await?;
    let employers = load_employers(conn, events.values().filter_map(|event| event.application_id)).await?;
    exceptions.extend(events.values().filter_map(|event| event.exception_id));
    let told = rows.iter().filter(|row| row.source == RecordSource::History).filter_map(|row| {
        let event = events.remove(&row.record_id)?;
        let employer = event.application_id.and_then(|id| employers.get(&id).copied());
        Some(Told { position: row.position, event, employer })
    });
    Ok(Stretch { from, to, events: told.collect(), exceptions })
}

async fn load_events(
    conn: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Found<HashMap<Uuid, history_event::Model>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = history_event::Entity::find().filter(history_event::Column::Id.is_in(ids)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id.0, row)).collect())
}

async fn load_employers(
    conn: &impl ConnectionTrait,
    ids: impl Iterator<Item = ApplicationId>,
) -> Found<HashMap<ApplicationId, EmployerId>> {
    let ids: BTreeSet<_> = ids.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(ApplicationId, EmployerId)> = application::Entity::find()
        .select_only()
        .columns([application::Column::Id, application::Column::EmployerId])
        .filter(application::Column::Id.is_in(ids))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn exceptions_of(conn: &impl ConnectionTrait, movements: Vec<Uuid>) -> Found<BTreeSet<ExceptionId>> {
    if movements.is_empty() {
        return Ok(BTreeSet::new());
    }
    let ids: Vec<ExceptionId> = place_movement::Entity::find()
        .select_only()
        .column(place_movement::Column::ExceptionId)
        .distinct()
        .filter(place_movement::Column::Id.is_in(movements))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().collect())
}
