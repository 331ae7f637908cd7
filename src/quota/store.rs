//! Every query on places, the queue, fingerprints of workers, and the ledger.
//!
//! What changes a place takes a transaction; what looks for who is due takes the gate. The redaction of other
//! bodies' movements is the reader's: rows leave here with the body that they belong to. `figures` counts, and
//! `ledger` reads the movements.

mod figures;
mod ledger;

use entity::{
    ActorKind, ApplicationId, BodyId, EmployerId, ExceptionId, MovementId, PersonId, PlaceId,
    PlaceMovementKind, PlaceState, class_exception, place, place_movement, queue_entry, queue_standing,
    worker_fingerprint,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, Set, Statement, Value,
};

use crate::clock::day_in_new_zealand;
use crate::db::{Gate, Tx};
use crate::error::{Fault, Found};
use crate::keys::Fingerprint;
use crate::quota::rules::{self, PlaceCounts};
use crate::tenancy::Actor;

pub use figures::{count_by_body, count_queues, count_totals};
pub use ledger::{
    MovementKey, count_movements, load_movements, moves_by_day, page_of_movements, references_of,
};

/// Who a place is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The application that holds it.
    pub application: ApplicationId,
    /// Whose application.
    pub body: BodyId,
    /// Of which employer.
    pub employer: EmployerId,
}

/// Whether a search for a free place waits for places that other transactions hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Passes over them: they may or may not come free.
    SkipHeld,
    /// Waits, so that an empty answer means that none is free. Only under the gate.
    WaitForHeld,
}

/// The class exception, as it stands in this transaction.
///
/// # Errors
/// A fault where there is none.
pub async fn load_exception(tx: &Tx, exception: ExceptionId) -> Found<class_exception::Model> {
    let found = class_exception::Entity::find_by_id(exception).one(tx.conn()).await?;
    found.ok_or_else(|| Fault::stored("class exception", "it is gone"))
}

/// How many places stand where.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_places(conn: &impl ConnectionTrait, exception: ExceptionId) -> Found<PlaceCounts> {
    let rows: Vec<(PlaceState, i64)> = place::Entity::find()
        .select_only()
        .column(place::Column::State)
        .column_as(place::Column::Id.count(), "count")
        .filter(place::Column::ExceptionId.eq(exception))
        .group_by(place::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    let mut counts = PlaceCounts::default();
    for (state, count) in rows {
        counts.add(state, count);
    }
    Ok(counts)
}

/// Whether anybody is due a place.
///
/// # Errors
/// Where the database does not answer.
pub async fn anybody_is_due(tx: &Tx, exception: ExceptionId) -> Found<bool> {
    Ok(due(exception).one(tx.conn()).await?.is_some())
}

/// Who is due the next place.
///
/// # Errors
/// Where the database does not answer.
pub async fn first_due(gate: &Gate<'_>) -> Found<Option<queue_standing::Model>> {
    Ok(due(gate.exception()).one(gate.tx().conn()).await?)
}

/// Those that are due, in the order in which they are served.
fn due(exception: ExceptionId) -> Select<queue_standing::Entity> {
    queue_standing::Entity::find()
        .filter(queue_standing::Column::ExceptionId.eq(exception))
        .filter(queue_standing::Column::Blocked.is_null())
        .order_by_asc(queue_standing::Column::DrawRank)
        .order_by_asc(queue_standing::Column::Band)
        .order_by_asc(queue_standing::Column::SubmittedAt)
        .order_by_asc(queue_standing::Column::ApplicationId)
}

/// The ids of all that wait, due or not; for the end of the giving.
///
/// # Errors
/// Where the database does not answer.
pub async fn everybody_waiting(gate: &Gate<'_>) -> Found<Vec<ApplicationId>> {
    let select = queue_entry::Entity::find()
        .select_only()
        .column(queue_entry::Column::ApplicationId)
        .filter(queue_entry::Column::ExceptionId.eq(gate.exception()));
    Ok(select.into_tuple().all(gate.tx().conn()).await?)
}

/// Where the named applications stand in the queue; those that do not wait are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn standings_of(
    conn: &impl ConnectionTrait,
    applications: &[ApplicationId],
) -> Found<Vec<queue_standing::Model>> {
    let select = queue_standing::Entity::find()
        .filter(queue_standing::Column::ApplicationId.is_in(applications.iter().copied()));
    Ok(select.all(conn).await?)
}

/// The order of everybody who is due, as ids; bounded, for telling positions.
///
/// # Errors
/// Where the database does not answer.
pub async fn order_of_the_due(
    conn: &impl ConnectionTrait,
    exception: ExceptionId,
    limit: u64,
) -> Found<Vec<ApplicationId>> {
    let select = due(exception).select_only().column(queue_standing::Column::ApplicationId).limit(limit);
    Ok(select.into_tuple().all(conn).await?)
}

/// Puts a confirmed application into the queue.
///
/// # Errors
/// Where the database refuses.
pub async fn enqueue(gate: &Gate<'_>, entry: queue_entry::ActiveModel) -> Found<()> {
    queue_entry::Entity::insert(entry).exec_without_returning(gate.tx().conn()).await?;
    Ok(())
}

/// Takes an application out of the queue.
///
/// # Errors
/// A race where it was not there.
pub async fn dequeue(gate: &Gate<'_>, application: ApplicationId) -> Found<()> {
    let gone = queue_entry::Entity::delete_by_id(application).exec(gate.tx().conn()).await?;
    if gone.rows_affected == 1 { Ok(()) } else { Err(Fault::Race("the queue entry was gone")) }
}

/// Finds a free place and gives it to `holder`; none where none is free.
///
/// # Errors
/// Where the database refuses, as it does for a second place of an application.
pub async fn claim_place(
    tx: &Tx,
    exception: ExceptionId,
    holder: Holder,
    search: Search,
) -> Found<Option<place::Model>> {
    let lock = match (tx.backend(), search) {
        (DbBackend::Postgres, Search::SkipHeld) => "FOR UPDATE SKIP LOCKED",
        (DbBackend::Postgres, Search::WaitForHeld) => "FOR UPDATE",
        // BEGIN IMMEDIATE holds everything already.
        _ => "",
    };
    let sql = format!(
        "UPDATE place SET state = 'RESERVED', since = $1, movements = movements + 1, \
             application_id = $2, body_id = $3, employer_id = $4 \
         WHERE id = (SELECT id FROM place WHERE exception_id = $5 AND state = 'AVAILABLE' \
             ORDER BY number LIMIT 1 {lock}) AND state = 'AVAILABLE' \
         RETURNING *"
    );
    let values: [Value; 5] = [
        tx.now().into(),
        holder.application.into(),
        holder.body.into(),
        holder.employer.into(),
        exception.into(),
    ];
    let statement = Statement::from_sql_and_values(tx.backend(), sql, values);
    Ok(place::Entity::find().from_raw_sql(statement).one(tx.conn()).await?)
}

/// The place that an application holds, held against other transactions.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_place_of(gate: &Gate<'_>, application: ApplicationId) -> Found<Option<place::Model>> {
    let select = place::Entity::find().filter(place::Column::ApplicationId.eq(application));
    let select = if gate.tx().backend() == DbBackend::Postgres { select.lock_exclusive() } else { select };
    Ok(select.one(gate.tx().conn()).await?)
}

/// Moves a place as the rules allow, its holder gone where the new state has none, and writes the ledger.
///
/// # Errors
/// A fault where no rule leads that way: that would be a mistake of ours.
pub async fn move_place(
    gate: &Gate<'_>,
    place: place::Model,
    kind: PlaceMovementKind,
    reason: Option<&str>,
) -> Found<place::Model> {
    let tx = gate.tx();
    let to = rules::leads_to(Some(place.state), kind)
        .ok_or_else(|| Fault::stored("place", format!("{kind:?} from {:?}", place.state)))?;
    let free = matches!(to, PlaceState::Available | PlaceState::Retired);
    let mut next: place::ActiveModel = place.clone().into();
    next.state = Set(to);
    next.since = Set(tx.now());
    next.movements = Set(place.movements + 1);
    if free {
        next.application_id = Set(None);
        next.body_id = Set(None);
        next.employer_id = Set(None);
    }
    let moved = next.update(tx.conn()).await?;
    let holder = place.application_id.zip(place.body_id);
    record_movement(tx, &moved, Some(place.state), kind, holder, reason).await?;
    Ok(moved)
}

/// Makes `count` places, numbered on from the highest.
///
/// # Errors
/// Where the database refuses.
pub async fn create_places(gate: &Gate<'_>, count: i64) -> Found<()> {
    let tx = gate.tx();
    let highest: Option<i32> = place::Entity::find()
        .select_only()
        .column_as(place::Column::Number.max(), "highest")
        .filter(place::Column::ExceptionId.eq(gate.exception()))
        .into_tuple()
        .one(tx.conn())
        .await?
        .flatten();
    let count = i32::try_from(count).map_err(|why| Fault::stored("number of places", why))?;
    let first = highest.unwrap_or(0) + 1;
    let places: Vec<place::Model> = (first..first + count)
        .map(|number| place::Model {
            id: tx.new_id::<PlaceId>(),
            exception_id: gate.exception(),
            number,
            state: PlaceState::Available,
            since: tx.now(),
            movements: 1,
            application_id: None,
            body_id: None,
            employer_id: None,
        })
        .collect();
    // In pieces: PostgreSQL takes at most 65,535 values in a statement, SQLite 32,766.
    for piece in places.chunks(1_000) {
        let rows = piece.iter().cloned().map(place::ActiveModel::from);
        place::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
        let kind = PlaceMovementKind::Created;
        let rows: Vec<_> = piece.iter().map(|place| movement(tx, place, None, kind, None, None)).collect();
        place_movement::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Free places with the highest numbers, at most `limit`.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_last_free(gate: &Gate<'_>, limit: i64) -> Found<Vec<place::Model>> {
    let select = place::Entity::find()
        .filter(place::Column::ExceptionId.eq(gate.exception()))
        .filter(place::Column::State.eq(PlaceState::Available))
        .order_by_desc(place::Column::Number)
        .limit(u64::try_from(limit).unwrap_or_default());
    let select = if gate.tx().backend() == DbBackend::Postgres { select.lock_exclusive() } else { select };
    Ok(select.all(gate.tx().conn()).await?)
}

/// Writes the ledger: `place` as it stands after the movement.
///
/// # Errors
/// Where the database refuses.
pub async fn record_movement(
    tx: &Tx,
    place: &place::Model,
    from: Option<PlaceState>,
    kind: PlaceMovementKind,
    holder: Option<(ApplicationId, BodyId)>,
    reason: Option<&str>,
) -> Found<()> {
    let row = movement(tx, place, from, kind, holder, reason);
    place_movement::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

fn movement(
    tx: &Tx,
    place: &place::Model,
    from: Option<PlaceState>,
    kind: PlaceMovementKind,
    holder: Option<(ApplicationId, BodyId)>,
    reason: Option<&str>,
) -> place_movement::ActiveModel {
    // Allocating is the service's doing, whoever's act set it off: it may be another body's.
    let actor = if kind == PlaceMovementKind::Allocated { Actor::SYSTEM } else { tx.actor() };
    place_movement::ActiveModel {
        id: Set(tx.new_id::<MovementId>()),
        exception_id: Set(place.exception_id),
        place_number: Set(place.number),
        movement: Set(place.movements),
        from_state: Set(from),
        to_state: Set(place.state),
        kind: Set(kind),
        application_id: Set(holder.map(|(application, _)| application)),
        body_id: Set(holder.map(|(_, body)| body)),
        reason: Set(reason.map(str::to_owned)),
        actor_kind: Set(actor.kind()),
        actor_id: Set(actor.person),
        at: Set(tx.now()),
        on_day: Set(day_in_new_zealand(tx.now())),
    }
}

/// Writes the fingerprint of an application's worker. Those of another passport go, of whichever key they are.
///
/// # Errors
/// Where the database refuses.
pub async fn save_fingerprint(
    tx: &Tx,
    exception: ExceptionId,
    application: ApplicationId,
    fingerprint: &Fingerprint,
) -> Found<()> {
    delete_fingerprints(tx, application).await?;
    let row = worker_fingerprint::ActiveModel {
        application_id: Set(application),
        key_version: Set(fingerprint.version),
        exception_id: Set(exception),
        fingerprint: Set(fingerprint.hex.clone()),
        holds_place: Set(false),
    };
    worker_fingerprint::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Forgets the fingerprints of an application's worker.
///
/// # Errors
/// Where the database refuses.
pub async fn delete_fingerprints(tx: &Tx, application: ApplicationId) -> Found<()> {
    worker_fingerprint::Entity::delete_many()
        .filter(worker_fingerprint::Column::ApplicationId.eq(application))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The fingerprints of an application's worker, one for each version of the key.
///
/// # Errors
/// Where the database does not answer.
pub async fn fingerprints_of(tx: &Tx, application: ApplicationId) -> Found<Vec<worker_fingerprint::Model>> {
    let select = worker_fingerprint::Entity::find()
        .filter(worker_fingerprint::Column::ApplicationId.eq(application))
        .order_by_asc(worker_fingerprint::Column::KeyVersion);
    Ok(select.all(tx.conn()).await?)
}

/// Whether the worker of these fingerprints holds a place under the exception.
///
/// # Errors
/// Where the database does not answer.
pub async fn worker_holds_place(tx: &Tx, fingerprints: &[worker_fingerprint::Model]) -> Found<bool> {
    for fingerprint in fingerprints {
        let held = worker_fingerprint::Entity::find()
            .filter(worker_fingerprint::Column::ExceptionId.eq(fingerprint.exception_id))
            .filter(worker_fingerprint::Column::KeyVersion.eq(fingerprint.key_version))
            .filter(worker_fingerprint::Column::Fingerprint.eq(&fingerprint.fingerprint))
            .filter(worker_fingerprint::Column::HoldsPlace.eq(true))
            .count(tx.conn())
            .await?;
        if held > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Marks whether an application's worker holds a place through it. The unique index refuses a second place.
///
/// # Errors
/// Where the database refuses; [`crate::db::is_unique_violation`] tells that the worker holds one already.
pub async fn mark_worker(tx: &Tx, application: ApplicationId, holds_place: bool) -> Found<()> {
    worker_fingerprint::Entity::update_many()
        .col_expr(worker_fingerprint::Column::HoldsPlace, Expr::val(holds_place))
        .filter(worker_fingerprint::Column::ApplicationId.eq(application))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The places that the named applications hold.
///
/// # Errors
/// Where the database does not answer.
pub async fn places_of(
    conn: &impl ConnectionTrait,
    applications: &[ApplicationId],
) -> Found<Vec<place::Model>> {
    let select =
        place::Entity::find().filter(place::Column::ApplicationId.is_in(applications.iter().copied()));
    Ok(select.all(conn).await?)
}

/// Whose hand a movement is by.
#[must_use]
pub fn hand_of(movement: &place_movement::Model) -> (ActorKind, Option<PersonId>) {
    (movement.actor_kind, movement.actor_id)
}
