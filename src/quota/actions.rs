//! What happens to places: allocated in the order of the queue, given back, made and retired.
//!
//! `allocate` is the one door to a place. It runs in the transaction that made somebody due or a place free, so
//! that no due application waits beside a free place once that transaction has answered.

use entity::{
    ApplicationId, BodyId, EmployerId, ExceptionId, PlaceMovementKind, PlaceState, queue_entry,
    queue_standing,
};
use sea_orm::Set;

use crate::db::{Gate, Tx, is_unique_violation};
use crate::error::{Fault, Found};
use crate::quota::rules::{self, CapChange};
use crate::quota::store::{self, Holder, Search};

/// A confirmed application, as the queue knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entrant {
    /// Which.
    pub application: ApplicationId,
    /// Under which exception.
    pub exception: ExceptionId,
    /// Whose.
    pub body: BodyId,
    /// Of which employer.
    pub employer: EmployerId,
    /// Whether a priority criterion was assessed as met.
    pub priority: bool,
    /// First complete submission.
    pub submitted_at: chrono::DateTime<chrono::Utc>,
}

impl Entrant {
    fn holder(&self) -> Holder {
        Holder { application: self.application, body: self.body, employer: self.employer }
    }
}

/// A place that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// To which application.
    pub application: ApplicationId,
    /// Number of the place.
    pub place: i32,
}

/// Tries for a free place without the gate. `None` means that the gate has to decide; everything that was tried
/// is undone by then, and no lock is kept.
///
/// # Errors
/// Where the database does not answer.
pub async fn try_at_once(tx: &Tx, entrant: &Entrant) -> Found<Option<Given>> {
    if tx.backend() != sea_orm::DbBackend::Postgres {
        // SQLite's transaction is the gate.
        return Ok(None);
    }
    let savepoint = tx.savepoint().await?;
    match claim_at_once(tx, entrant).await {
        Ok(Some(given)) => {
            savepoint.keep().await?;
            Ok(Some(given))
        }
        Ok(None) => {
            savepoint.undo().await?;
            Ok(None)
        }
        Err(Fault::Database(error)) if is_unique_violation(&error) => {
            savepoint.undo().await?;
            Ok(None)
        }
        Err(fault) => Err(fault),
    }
}

async fn claim_at_once(tx: &Tx, entrant: &Entrant) -> Found<Option<Given>> {
    if !tx.try_share_settings(entrant.exception).await? {
        return Ok(None);
    }
    let exception = store::load_exception(tx, entrant.exception).await?;
    if !rules::may_pass_by_the_gate(&exception, tx.now()) {
        return Ok(None);
    }
    let fingerprints = store::fingerprints_of(tx, entrant.application).await?;
    for fingerprint in &fingerprints {
        if !tx.try_lock_worker(entrant.exception, &fingerprint.fingerprint).await? {
            return Ok(None);
        }
    }
    if store::worker_holds_place(tx, &fingerprints).await?
        || store::anybody_is_due(tx, entrant.exception).await?
    {
        return Ok(None);
    }
    claim(tx, entrant.exception, entrant.holder(), Search::SkipHeld).await
}

/// Puts a confirmed application into the queue; [`allocate`] serves it if it is its turn.
///
/// # Errors
/// Where the database refuses.
pub async fn enter_queue(gate: &Gate<'_>, entrant: &Entrant) -> Found<()> {
    let entry = queue_entry::ActiveModel {
        application_id: Set(entrant.application),
        exception_id: Set(entrant.exception),
        body_id: Set(entrant.body),
        employer_id: Set(entrant.employer),
        band: Set(i32::from(!entrant.priority)),
        draw_rank: Set(None),
        submitted_at: Set(entrant.submitted_at),
        on_hold: Set(false),
    };
    store::enqueue(gate, entry).await
}

/// Gives free places to those that are due, in order, until there is none of either. The caller marks those
/// served as nominated, in the same transaction.
///
/// # Errors
/// Where the database does not answer.
pub async fn allocate(gate: &Gate<'_>) -> Found<Vec<Given>> {
    let tx = gate.tx();
    let exception = store::load_exception(tx, gate.exception()).await?;
    let mut given = Vec::new();
    if !rules::gives_places(&exception, tx.now()) {
        return Ok(given);
    }
    while let Some(next) = store::first_due(gate).await? {
        if !worker_is_still_free(gate, &next).await? {
            continue;
        }
        let holder =
            Holder { application: next.application_id, body: next.body_id, employer: next.employer_id };
        let Some(place) = claim(tx, gate.exception(), holder, Search::WaitForHeld).await? else { break };
        store::dequeue(gate, next.application_id).await?;
        given.push(place);
    }
    Ok(given)
}

/// Waits for a confirmation of the same worker that passes by the gate, and looks again: it may have taken a
/// place meanwhile, and then this application is not due any more.
async fn worker_is_still_free(gate: &Gate<'_>, next: &queue_standing::Model) -> Found<bool> {
    let tx = gate.tx();
    let fingerprints = store::fingerprints_of(tx, next.application_id).await?;
    for fingerprint in &fingerprints {
        tx.lock_worker(gate, &fingerprint.fingerprint).await?;
    }
    Ok(!store::worker_holds_place(tx, &fingerprints).await?)
}

async fn claim(tx: &Tx, exception: ExceptionId, holder: Holder, search: Search) -> Found<Option<Given>> {
    let Some(place) = store::claim_place(tx, exception, holder, search).await? else { return Ok(None) };
    store::mark_worker(tx, holder.application, true).await?;
    let from = Some(PlaceState::Available);
    let whose = Some((holder.application, holder.body));
    store::record_movement(tx, &place, from, PlaceMovementKind::Allocated, whose, None).await?;
    Ok(Some(Given { application: holder.application, place: place.number }))
}

/// Frees the place of an application whose line no published release carries, and tells its number; none where
/// it holds none. A place above the cap retires instead of coming free. The caller then allocates.
///
/// # Errors
/// A fault where the place is further on than RESERVED: that is the agency's to return.
pub async fn give_back(gate: &Gate<'_>, application: ApplicationId, reason: &str) -> Found<Option<i32>> {
    let tx = gate.tx();
    let Some(place) = store::lock_place_of(gate, application).await? else { return Ok(None) };
    let freed = store::move_place(gate, place, PlaceMovementKind::Freed, Some(reason)).await?;
    store::mark_worker(tx, application, false).await?;
    let number = freed.number;
    let exception = store::load_exception(tx, gate.exception()).await?;
    if store::count_places(tx.conn(), gate.exception()).await?.excess(exception.places) > 0 {
        store::move_place(gate, freed, PlaceMovementKind::Retired, Some("above the cap")).await?;
    }
    Ok(Some(number))
}

/// Makes or retires places so that they fit the exception's cap, as far as what is held allows. The caller then
/// allocates.
///
/// # Errors
/// Where the database refuses.
pub async fn fit_to_cap(gate: &Gate<'_>) -> Found<CapChange> {
    let exception = store::load_exception(gate.tx(), gate.exception()).await?;
    let counts = store::count_places(gate.tx().conn(), gate.exception()).await?;
    let change = rules::change_cap(&counts, exception.places);
    if change.created > 0 {
        store::create_places(gate, change.created).await?;
    }
    for place in store::lock_last_free(gate, change.retired).await? {
        store::move_place(gate, place, PlaceMovementKind::Retired, Some("the cap was lowered")).await?;
    }
    Ok(change)
}
