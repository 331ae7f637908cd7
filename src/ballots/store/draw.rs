//! The end of a ballot, which is written once.

use entity::{ballot_end, ballot_result, live_ballot};
use sea_orm::{EntityTrait, IntoActiveModel};

use crate::db::Gate;
use crate::error::{Fault, Found};

/// Rows that one statement writes.
const AT_ONCE: usize = 1_000;

/// Keeps how a ballot ended.
///
/// # Errors
/// Where the database refuses, as it does for a second end, or a second draw of the exception.
pub async fn save_end(gate: &Gate<'_>, row: ballot_end::Model) -> Found<()> {
    ballot_end::Entity::insert(row.into_active_model()).exec_without_returning(gate.tx().conn()).await?;
    Ok(())
}

/// Keeps the result of a draw.
///
/// # Errors
/// Where the database refuses.
pub async fn save_results(gate: &Gate<'_>, rows: Vec<ballot_result::Model>) -> Found<()> {
    for some in rows.chunks(AT_ONCE) {
        let rows = some.iter().cloned().map(IntoActiveModel::into_active_model);
        ballot_result::Entity::insert_many(rows).exec_without_returning(gate.tx().conn()).await?;
    }
    Ok(())
}

/// The exception has no ballot any more that goes on.
///
/// # Errors
/// A race where it had none.
pub async fn close(gate: &Gate<'_>) -> Found<()> {
    let gone = live_ballot::Entity::delete_by_id(gate.exception()).exec(gate.tx().conn()).await?;
    if gone.rows_affected == 1 { Ok(()) } else { Err(Fault::Race("the ballot had ended")) }
}
