//! Every query on places, the queue, fingerprints of workers, and the ledger.
//!
//! What changes a place takes a transaction; what looks for who is due takes the gate. The redaction of other
//! bodies' movements is the reader's: rows leave here with the body that they belong to. Here are the places
//! and what is written of their movements; `queue` has who waits, `fingerprints` which worker holds a place, `figures`
//! counts, and `ledger` reads the movements.

mod figures;
mod fingerprints;
mod ledger;
mod queue;

use entity::{
    ApplicationId, BodyId, EmployerId, ExceptionId, MovementId, PlaceId, PlaceMovementKind, PlaceState,
    class_exception, place, place_movement,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, Statement, Value,
};

use crate::clock::day_in_new_zealand;
use crate::db::{Gate, Tx};
use crate::error::{Fault, Found};
use crate::quota::rules::{self, PlaceCounts};
use crate::tenancy::Actor;

pub use figures::{count_by_body, count_queues, count_totals};
pub use fingerprints::{
    add_fingerprints, delete_fingerprints, fingerprints_in_queue, fingerprints_of, mark_worker,
    others_worker_holds_place, save_fingerprints, worker_holds_place,
};
pub use ledger::{
    MovementKey, count_movements, load_movements, moves_by_day, page_of_movements, references_of,
};
pub use queue::{
    anybody_is_due, dequeue, enqueue, everybody_waiting, first_due, is_still_due, next_due, order_of_the_due,
    rank_queue, set_hold, some_waiting, waiting_for_draw,
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

/// The places that these applications hold, held against other transactions, in order of number.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_places_of(gate: &Gate<'_>, applications: &[ApplicationId]) -> Found<Vec<place::Model>> {
    let select = place::Entity::find()
        .filter(place::Column::ApplicationId.is_in(applications.iter().copied()))
        .order_by_asc(place::Column::Number);
    let select = if gate.tx().backend() == DbBackend::Postgres { select.lock_exclusive() } else { select };
    Ok(select.all(gate.tx().conn()).await?)
}

/// Moves places that keep their holders, all from one state, and writes the ledger.
///
/// # Errors
/// A fault where no rule leads that way: that would be a mistake of ours.
pub async fn move_places(
    gate: &Gate<'_>,
    places: Vec<place::Model>,
    kind: PlaceMovementKind,
    reason: &str,
) -> Found<()> {
    let tx = gate.tx();
    let Some(from) = places.first().map(|place| place.state) else { return Ok(()) };
    let to = rules::leads_to(Some(from), kind)
        .ok_or_else(|| Fault::stored("place", format!("{kind:?} from {from:?}")))?;
    let moved = place::Entity::update_many()
        .col_expr(place::Column::State, Expr::value(to))
        .col_expr(place::Column::Since, Expr::value(tx.now()))
        .col_expr(place::Column::Movements, Expr::col(place::Column::Movements).add(1))
        .filter(place::Column::Id.is_in(places.iter().map(|place| place.id)))
        .filter(place::Column::State.eq(from))
        .exec(tx.conn())
        .await?;
    if u64::try_from(places.len()) != Ok(moved.rows_affected) {
        return Err(Fault::Race("a place moved"));
    }
    let rows = places.into_iter().map(|place| {
        let holder = place.application_id.zip(place.body_id);
        let after = place::Model { state: to, since: tx.now(), movements: place.movements + 1, ..place };
        movement(tx, &after, Some(from), kind, holder, Some(reason))
    });
    place_movement::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Gives a held place to another holder, and writes the ledger: the new holder's body is the old one's.
///
/// # Errors
/// A fault where no rule leads that way: that would be a mistake of ours.
pub async fn transfer_place(gate: &Gate<'_>, place: place::Model, holder: Holder) -> Found<()> {
    let (tx, kind) = (gate.tx(), PlaceMovementKind::Transferred);
    let to = rules::leads_to(Some(place.state), kind)
        .ok_or_else(|| Fault::stored("place", format!("{kind:?} from {:?}", place.state)))?;
    let mut next: place::ActiveModel = place.clone().into();
    next.state = Set(to);
    next.since = Set(tx.now());
    next.movements = Set(place.movements + 1);
    next.application_id = Set(Some(holder.application));
    next.body_id = Set(Some(holder.body));
    next.employer_id = Set(Some(holder.employer));
    let moved = next.update(tx.conn()).await?;
    record_movement(tx, &moved, Some(place.state), kind, Some((holder.application, holder.body)), None).await
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
