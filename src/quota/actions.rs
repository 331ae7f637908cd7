//! What happens to places: allocated in the order of the queue, given back, made and retired.
//!
//! `allocate` is the one door to a place. It runs in the transaction that made somebody due or a place free, so
//! that no due application waits beside a free place once that transaction has answered.

use entity::{
    ApplicationId, BodyId, EmployerId, ExceptionId, PlaceMovementKind, PlaceState, place, queue_entry,
    queue_standing,
};
use sea_orm::Set;

use crate::db::{Gate, Tx, is_unique_violation};
use crate::error::{Fault, Found};
use crate::keys::Fingerprint;
use crate::quota::rules::{self, CapChange, Returned};
use crate::quota::store::{self, Holder, Search};

/// Places that one statement moves.
const AT_ONCE: usize = 500;
/// How many of those who are due are read at once, to be served one by one.
const STRETCH: u64 = 50;

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
    /// Whether a lead has put it on hold.
    pub on_hold: bool,
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
    if entrant.on_hold || tx.backend() != sea_orm::DbBackend::Postgres {
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
        on_hold: Set(entrant.on_hold),
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
    // The queue is put in order once for a stretch of it, not for each place.
    loop {
        let stretch = store::next_due(gate, STRETCH).await?;
        if stretch.is_empty() {
            return Ok(given);
        }
        for (number, next) in stretch.into_iter().enumerate() {
            // Whoever was served before may have been the same worker, or have filled the employer's cap.
            if number > 0 && !store::is_still_due(gate, next.application_id).await? {
                continue;
            }
            match serve(gate, &next).await? {
                Served::Place(place) => given.push(place),
                Served::WorkerHoldsPlace => {}
                Served::NoPlace => return Ok(given),
            }
        }
    }
}

/// What came of serving one who was due.
enum Served {
    Place(Given),
    WorkerHoldsPlace,
    NoPlace,
}

async fn serve(gate: &Gate<'_>, next: &queue_standing::Model) -> Found<Served> {
    if !worker_is_still_free(gate, next).await? {
        return Ok(Served::WorkerHoldsPlace);
    }
    let holder = Holder { application: next.application_id, body: next.body_id, employer: next.employer_id };
    let claimed = claim(gate.tx(), gate.exception(), holder, Search::WaitForHeld).await?;
    let Some(place) = claimed else { return Ok(Served::NoPlace) };
    store::dequeue(gate, next.application_id).await?;
    Ok(Served::Place(place))
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

/// Takes what an application that ends holds or waits for: out of the queue, or its place back. A place that no published
/// release carries comes free at once, or retires above the cap; one that is listed is on its way back until the agency
/// has acknowledged it. The caller then allocates.
///
/// # Errors
/// A fault where the place is used up: the rules refuse that before.
pub async fn give_back(gate: &Gate<'_>, application: ApplicationId, reason: &str) -> Found<Returned> {
    let Some(place) = store::lock_place_of(gate, application).await? else { return Ok(Returned::Nothing) };
    let number = place.number;
    match place.state {
        PlaceState::Returning => return Ok(Returned::AlreadyReturning { place: number }),
        PlaceState::Listed => {
            store::move_place(gate, place, PlaceMovementKind::GivenBack, Some(reason)).await?;
            return Ok(Returned::Returning { place: number });
        }
        PlaceState::Reserved | PlaceState::Available | PlaceState::Consumed | PlaceState::Retired => {}
    }
    free(gate, place, application, reason).await
}

/// Frees the place of an application that was taken back after it was listed, now that nothing holds the place on its way;
/// above the cap it retires. The caller then allocates.
///
/// # Errors
/// A fault where the place is not on its way back.
pub async fn free_returned(gate: &Gate<'_>, application: ApplicationId, reason: &str) -> Found<Returned> {
    let place = store::lock_place_of(gate, application).await?;
    let place = place.filter(|place| place.state == PlaceState::Returning);
    let place = place.ok_or_else(|| Fault::stored("place", "it is not on its way back"))?;
    free(gate, place, application, reason).await
}

async fn free(
    gate: &Gate<'_>,
    place: place::Model,
    application: ApplicationId,
    reason: &str,
) -> Found<Returned> {
    let (tx, number) = (gate.tx(), place.number);
    let freed = store::move_place(gate, place, PlaceMovementKind::Freed, Some(reason)).await?;
    store::mark_worker(tx, application, false).await?;
    let exception = store::load_exception(tx, gate.exception()).await?;
    if store::count_places(tx.conn(), gate.exception()).await?.excess(exception.places) > 0 {
        store::move_place(gate, freed, PlaceMovementKind::Retired, Some("above the cap")).await?;
        return Ok(Returned::Retired { place: number });
    }
    Ok(Returned::Freed { place: number })
}

/// Moves the places of nominations that a published release carries for the first time.
///
/// # Errors
/// A fault where one of them holds no place that was reserved: the caller has looked.
pub async fn publish(gate: &Gate<'_>, applications: &[ApplicationId], release: &str) -> Found<()> {
    for piece in applications.chunks(AT_ONCE) {
        let places = store::lock_places_of(gate, piece).await?;
        if places.len() != piece.len() || places.iter().any(|place| place.state != PlaceState::Reserved) {
            return Err(Fault::stored("place", "a release lists a nomination that has none reserved"));
        }
        store::move_places(gate, places, PlaceMovementKind::Published, release).await?;
    }
    Ok(())
}

/// What came of passing a place on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// The place is the new holder's.
    On(Given),
    /// There is none that could be passed on.
    NoPlace,
    /// The new worker holds a place already.
    WorkerHoldsPlace,
}

/// Passes the place of a nomination on to the application that replaces its worker. No published release carries the new
/// holder, so the place is RESERVED again. The caller then allocates: the old worker is free.
///
/// # Errors
/// Where the database refuses.
pub async fn pass_on(gate: &Gate<'_>, from: ApplicationId, to: &Entrant) -> Found<Passed> {
    let tx = gate.tx();
    let fingerprints = store::fingerprints_of(tx, to.application).await?;
    for fingerprint in &fingerprints {
        tx.lock_worker(gate, &fingerprint.fingerprint).await?;
    }
    let Some(place) = store::lock_place_of(gate, from).await? else { return Ok(Passed::NoPlace) };
    if rules::leads_to(Some(place.state), PlaceMovementKind::Transferred).is_none() {
        return Ok(Passed::NoPlace);
    }
    if store::worker_holds_place(tx, &fingerprints).await? {
        return Ok(Passed::WorkerHoldsPlace);
    }
    let number = place.number;
    store::mark_worker(tx, from, false).await?;
    store::transfer_place(gate, place, to.holder()).await?;
    store::mark_worker(tx, to.application, true).await?;
    Ok(Passed::On(Given { application: to.application, place: number }))
}

/// Writes the fingerprints of a corrected passport; false, and nothing is written, where its worker holds another place. The
/// caller then allocates: whoever the old passport was taken for is free.
///
/// # Errors
/// Where the database refuses.
pub async fn correct_worker(
    gate: &Gate<'_>,
    application: ApplicationId,
    fingerprints: &[Fingerprint],
) -> Found<bool> {
    let tx = gate.tx();
    for fingerprint in fingerprints {
        tx.lock_worker(gate, &fingerprint.hex).await?;
    }
    if store::others_worker_holds_place(gate, application, fingerprints).await? {
        return Ok(false);
    }
    let holds = store::lock_place_of(gate, application).await?.is_some();
    store::save_fingerprints(tx, gate.exception(), application, fingerprints).await?;
    store::mark_worker(tx, application, holds).await?;
    Ok(true)
}

/// Holds a confirmed application back from places, or lets it come to them again. The caller then allocates.
///
/// # Errors
/// A race where it does not wait in the queue.
pub async fn set_hold(gate: &Gate<'_>, application: ApplicationId, on_hold: bool) -> Found<()> {
    store::set_hold(gate, application, on_hold).await
}

/// Takes an application that ends out of the queue. The caller then allocates.
///
/// # Errors
/// A race where it was not there.
pub async fn leave_queue(gate: &Gate<'_>, application: ApplicationId) -> Found<()> {
    store::dequeue(gate, application).await
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
