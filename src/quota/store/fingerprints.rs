//! Fingerprints of workers, and which of them hold a place. No tenant reads them.

use entity::{ApplicationId, ExceptionId, queue_entry, worker_fingerprint};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

use crate::db::{Gate, Tx};
use crate::error::Found;
use crate::keys::Fingerprint;

/// Writes the fingerprints of an application's worker, one for each key in use. Those of another passport go.
///
/// # Errors
/// Where the database refuses.
pub async fn save_fingerprints(
    tx: &Tx,
    exception: ExceptionId,
    application: ApplicationId,
    fingerprints: &[Fingerprint],
) -> Found<()> {
    delete_fingerprints(tx, application).await?;
    let rows = fingerprints.iter().map(|fingerprint| worker_fingerprint::ActiveModel {
        application_id: Set(application),
        key_version: Set(fingerprint.version),
        exception_id: Set(exception),
        fingerprint: Set(fingerprint.hex.clone()),
        holds_place: Set(false),
    });
    worker_fingerprint::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes the fingerprints that an application's worker lacks, under the keys that are new, marked as the others are. The
/// caller has the gate and holds the application.
///
/// # Errors
/// Where the database refuses; [`crate::db::is_unique_violation`] tells that two workers are one.
pub async fn add_fingerprints(
    gate: &Gate<'_>,
    application: ApplicationId,
    fingerprints: &[Fingerprint],
) -> Found<u64> {
    let known = fingerprints_of(gate.tx(), application).await?;
    let holds_place = known.iter().any(|one| one.holds_place);
    let is_new = |one: &&Fingerprint| known.iter().all(|kept| kept.key_version != one.version);
    let mut added = 0;
    for fingerprint in fingerprints.iter().filter(is_new) {
        let row = worker_fingerprint::ActiveModel {
            application_id: Set(application),
            key_version: Set(fingerprint.version),
            exception_id: Set(gate.exception()),
            fingerprint: Set(fingerprint.hex.clone()),
            holds_place: Set(holds_place),
        };
        added += worker_fingerprint::Entity::insert(row).exec_without_returning(gate.tx().conn()).await?;
    }
    Ok(added)
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

/// The fingerprints of everybody who waits in the queue.
///
/// # Errors
/// Where the database does not answer.
pub async fn fingerprints_in_queue(gate: &Gate<'_>) -> Found<Vec<worker_fingerprint::Model>> {
    let waiting = Query::select()
        .column(queue_entry::Column::ApplicationId)
        .from(queue_entry::Entity)
        .and_where(queue_entry::Column::ExceptionId.eq(gate.exception()))
        .to_owned();
    let select = worker_fingerprint::Entity::find()
        .filter(worker_fingerprint::Column::ApplicationId.in_subquery(waiting));
    Ok(select.all(gate.tx().conn()).await?)
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

/// Whether a worker holds a place under the exception through another application than this one.
///
/// # Errors
/// Where the database does not answer.
pub async fn others_worker_holds_place(
    gate: &Gate<'_>,
    application: ApplicationId,
    fingerprints: &[Fingerprint],
) -> Found<bool> {
    let same = fingerprints.iter().fold(Condition::any(), |any, one| {
        let version = worker_fingerprint::Column::KeyVersion.eq(one.version);
        any.add(version.and(worker_fingerprint::Column::Fingerprint.eq(&one.hex)))
    });
    let held = worker_fingerprint::Entity::find()
        .filter(worker_fingerprint::Column::ExceptionId.eq(gate.exception()))
        .filter(same)
        .filter(worker_fingerprint::Column::HoldsPlace.eq(true))
        .filter(worker_fingerprint::Column::ApplicationId.ne(application))
        .count(gate.tx().conn())
        .await?;
    Ok(held > 0)
}
