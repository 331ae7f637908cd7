//! Every query on the table `job`.
//!
//! A run is claimed, renewed and finished by one conditional statement each: whoever does not hold it any more changes
//! nothing.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{JobFailure, JobOutcome, job};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set, Statement, UpdateMany, Value,
};

use super::actions::{Run, When};
use super::{Done, Job};
use crate::db::Tx;
use crate::error::{Fault, Found};

/// The row of a job; none before its first run.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(conn: &impl ConnectionTrait, job: Job) -> Found<Option<job::Model>> {
    Ok(job::Entity::find_by_id(job.name()).one(conn).await?)
}

/// The rows of all jobs, of those too that this program does not know.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_all(conn: &impl ConnectionTrait) -> Found<Vec<job::Model>> {
    Ok(job::Entity::find().order_by_asc(job::Column::Name).all(conn).await?)
}

/// Begins a run where the job is not held and, as `when` says, due, or where a hold has run out; none where it may not
/// begin. A run that is taken over counts as failed. `rules::why_not` tells the same in Rust.
///
/// # Errors
/// Where the database does not answer.
pub async fn claim(
    tx: &Tx,
    job: Job,
    holder: &str,
    when: When,
    hold: TimeDelta,
) -> Found<Option<job::Model>> {
    let may_begin = match when {
        When::Due => "job.started_at <= $6",
        When::AtOnce => "TRUE",
    };
    let sql = format!(
        "INSERT INTO job (name, interval_seconds, held_by, held_until, started_at, runs, failures_in_a_row) \
         VALUES ($1, $2, $3, $4, $5, 1, 0) \
         ON CONFLICT (name) DO UPDATE SET interval_seconds = $2, held_by = $3, held_until = $4, started_at = $5, \
             ended_at = NULL, outcome = NULL, counts = NULL, failure = NULL, runs = job.runs + 1, \
             failures_in_a_row = job.failures_in_a_row + CASE WHEN job.held_by IS NULL THEN 0 ELSE 1 END \
         WHERE job.held_until <= $5 OR (job.held_by IS NULL AND {may_begin}) \
         RETURNING *"
    );
    let seconds =
        i32::try_from(job.interval().num_seconds()).map_err(|why| Fault::stored("interval of a job", why))?;
    let mut values: Vec<Value> =
        vec![job.name().into(), seconds.into(), holder.into(), (tx.now() + hold).into(), tx.now().into()];
    match when {
        When::Due => values.push((tx.now() - job.interval()).into()),
        When::AtOnce => {}
    }
    let statement = Statement::from_sql_and_values(tx.backend(), sql, values);
    Ok(job::Entity::find().from_raw_sql(statement).one(tx.conn()).await?)
}

/// Holds a run until `until`; false where it is not held any more.
///
/// # Errors
/// Where the database does not answer.
pub async fn renew(tx: &Tx, run: &Run<'_>, until: DateTime<Utc>) -> Found<bool> {
    let held = job::ActiveModel { held_until: Set(Some(until)), ..Default::default() };
    let updated = while_held(run).set(held).exec(tx.conn()).await?;
    Ok(updated.rows_affected == 1)
}

/// Ends a run and lets go of it; false where it is not held any more.
///
/// # Errors
/// Where the database does not answer.
pub async fn finish(tx: &Tx, run: &Run<'_>, outcome: &Result<Done, JobFailure>) -> Found<bool> {
    let ended = job::ActiveModel {
        held_by: Set(None),
        held_until: Set(None),
        ended_at: Set(Some(tx.now())),
        ..Default::default()
    };
    let update = match outcome {
        Ok(done) => while_held(run).set(job::ActiveModel {
            outcome: Set(Some(JobOutcome::Done)),
            counts: Set(Some(
                serde_json::to_value(done).map_err(|why| Fault::stored("counts of a job", why))?,
            )),
            failures_in_a_row: Set(0),
            last_success_at: Set(Some(tx.now())),
            ..ended
        }),
        Err(failure) => {
            let one_more = Expr::col(job::Column::FailuresInARow).add(1);
            let failed = job::ActiveModel {
                outcome: Set(Some(JobOutcome::Failed)),
                failure: Set(Some(*failure)),
                ..ended
            };
            while_held(run).set(failed).col_expr(job::Column::FailuresInARow, one_more)
        }
    };
    Ok(update.exec(tx.conn()).await?.rows_affected == 1)
}

/// Changes a run's row only as long as the run holds it.
fn while_held(run: &Run<'_>) -> UpdateMany<job::Entity> {
    job::Entity::update_many()
        .filter(job::Column::Name.eq(run.job.name()))
        .filter(job::Column::Runs.eq(run.number))
        .filter(job::Column::HeldBy.eq(run.holder))
}
