//! The jobs as they are told: each with its current or last run, its next turn, and what is wrong with it.

use chrono::{DateTime, Utc};
use entity::{JobFailure, job};
use serde::Serialize;

use super::rules::{RunStatus, Trouble, next_turn, run_status, troubles};
use super::{Done, Job, store};
use crate::db::Db;
use crate::error::{Fault, Found};
use crate::tenancy::SystemScope;

/// A job as it stands. Its members, in camel case, are those of `nominations jobs --json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobReport {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// How long after a run has begun the next one is due.
    pub interval_seconds: i64,
    /// How many runs have begun.
    pub runs: i32,
    /// The run that goes on, or the last one; none where there was none.
    pub last_run: Option<RunReport>,
    /// When it may be run again; none where it never was.
    pub next_due_at: Option<DateTime<Utc>>,
    /// The process that is at it, or was when it crashed.
    pub held_by: Option<String>,
    /// When that process counts as crashed unless it is heard of.
    pub held_until: Option<DateTime<Utc>>,
    /// How many runs up to the last one failed or were lost.
    pub failures_in_a_row: i32,
    /// When a run last did all that it found to do.
    pub last_success_at: Option<DateTime<Utc>>,
    /// What is wrong with it.
    pub troubles: Vec<Trouble>,
}

/// One run of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    /// Whether it goes on, and else how it ended.
    pub status: RunStatus,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// What it did.
    pub counts: Option<Done>,
    /// What it failed by.
    pub failure: Option<JobFailure>,
}

/// All jobs as they stand now.
///
/// # Errors
/// Where the database does not answer.
pub async fn report(db: &Db) -> Found<Vec<JobReport>> {
    let rows = store::load_all(&db.read(&SystemScope::of("jobs"))).await?;
    let now = db.clock().now();
    Job::ALL.iter().map(|job| report_of(*job, &rows, now)).collect()
}

fn report_of(job: Job, rows: &[job::Model], now: DateTime<Utc>) -> Found<JobReport> {
    let row = rows.iter().find(|row| row.name == job.name());
    Ok(JobReport {
        name: job.name(),
        description: job.description(),
        interval_seconds: job.interval().num_seconds(),
        runs: row.map_or(0, |row| row.runs),
        last_run: row.map(|row| run_of(row, now)).transpose()?,
        next_due_at: row.map(|row| next_turn(row, job.interval(), now)),
        held_by: row.and_then(|row| row.held_by.clone()),
        held_until: row.and_then(|row| row.held_until),
        failures_in_a_row: row.map_or(0, |row| row.failures_in_a_row),
        last_success_at: row.and_then(|row| row.last_success_at),
        troubles: troubles(job, rows, now),
    })
}

fn run_of(row: &job::Model, now: DateTime<Utc>) -> Found<RunReport> {
    let counts = row.counts.clone().map(serde_json::from_value).transpose();
    Ok(RunReport {
        status: run_status(row, now),
        started_at: row.started_at,
        ended_at: row.ended_at,
        counts: counts.map_err(|why| Fault::stored("counts of a job", why))?,
        failure: row.failure,
    })
}
