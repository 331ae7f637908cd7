//! The queue: who waits for a place, and in which order those that are due are served.

use entity::{ApplicationId, BlockedReason, ExceptionId, queue_entry, queue_standing};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::db::{Gate, Tx};
use crate::error::{Fault, Found};

/// Ranks that one statement writes.
const RANKED_AT_ONCE: usize = 500;

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

/// Those who are due the next places, at most `limit`, in order. Giving one a place can make others due no more, and nobody
/// due who was not.
///
/// # Errors
/// Where the database does not answer.
pub async fn next_due(gate: &Gate<'_>, limit: u64) -> Found<Vec<queue_standing::Model>> {
    Ok(due(gate.exception()).limit(limit).all(gate.tx().conn()).await?)
}

/// Whether this one, which was due, still is.
///
/// # Errors
/// Where the database does not answer.
pub async fn is_still_due(gate: &Gate<'_>, application: ApplicationId) -> Found<bool> {
    let select = queue_standing::Entity::find()
        .filter(queue_standing::Column::ApplicationId.eq(application))
        .filter(queue_standing::Column::Blocked.is_null());
    Ok(select.one(gate.tx().conn()).await?.is_some())
}

/// Those that are due, in the order in which they are served.
fn due(exception: ExceptionId) -> Select<queue_standing::Entity> {
    in_order(exception).filter(queue_standing::Column::Blocked.is_null())
}

/// Everybody who waits, in the queue's order.
fn in_order(exception: ExceptionId) -> Select<queue_standing::Entity> {
    queue_standing::Entity::find()
        .filter(queue_standing::Column::ExceptionId.eq(exception))
        .order_by_asc(queue_standing::Column::DrawRank)
        .order_by_asc(queue_standing::Column::Band)
        .order_by_asc(queue_standing::Column::SubmittedAt)
        .order_by_asc(queue_standing::Column::ApplicationId)
}

/// The ids of at most `limit` that wait, due or not; for the end of the giving.
///
/// # Errors
/// Where the database does not answer.
pub async fn some_waiting(gate: &Gate<'_>, limit: usize) -> Found<Vec<ApplicationId>> {
    let select = queue_entry::Entity::find()
        .select_only()
        .column(queue_entry::Column::ApplicationId)
        .filter(queue_entry::Column::ExceptionId.eq(gate.exception()))
        .limit(u64::try_from(limit).unwrap_or(u64::MAX));
    Ok(select.into_tuple().all(gate.tx().conn()).await?)
}

/// The ids of everybody who waits, due or not; for a draw.
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

/// Everybody whose only block is the missing draw, in the queue's order.
///
/// # Errors
/// Where the database does not answer.
pub async fn waiting_for_draw(gate: &Gate<'_>) -> Found<Vec<ApplicationId>> {
    let select = in_order(gate.exception())
        .filter(queue_standing::Column::Blocked.eq(BlockedReason::BallotNotDrawn))
        .select_only()
        .column(queue_standing::Column::ApplicationId);
    Ok(select.into_tuple().all(gate.tx().conn()).await?)
}

/// Gives those that wait their rank of the draw. Whoever has none comes after them.
///
/// # Errors
/// A race where one of them does not wait.
pub async fn rank_queue(gate: &Gate<'_>, ranks: &[(ApplicationId, i32)]) -> Found<()> {
    for some in ranks.chunks(RANKED_AT_ONCE) {
        let id = || Expr::col(queue_entry::Column::ApplicationId);
        let rank = some.iter().fold(CaseStatement::new(), |rank, (application, number)| {
            rank.case(id().eq(*application), *number)
        });
        let set = queue_entry::Entity::update_many()
            .col_expr(queue_entry::Column::DrawRank, rank.into())
            .filter(queue_entry::Column::ExceptionId.eq(gate.exception()))
            .filter(
                queue_entry::Column::ApplicationId.is_in(some.iter().map(|(application, _)| *application)),
            )
            .exec(gate.tx().conn())
            .await?;
        if set.rows_affected != some.len() as u64 {
            return Err(Fault::Race("a queue entry was gone"));
        }
    }
    Ok(())
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

/// Holds an application that waits back from places, or lets it come to them again.
///
/// # Errors
/// A race where it was not there.
pub async fn set_hold(gate: &Gate<'_>, application: ApplicationId, on_hold: bool) -> Found<()> {
    let set = queue_entry::Entity::update_many()
        .col_expr(queue_entry::Column::OnHold, Expr::value(on_hold))
        .filter(queue_entry::Column::ApplicationId.eq(application))
        .exec(gate.tx().conn())
        .await?;
    if set.rows_affected == 1 { Ok(()) } else { Err(Fault::Race("the queue entry was gone")) }
}
