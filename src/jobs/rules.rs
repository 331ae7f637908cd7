//! When a job may be run, and what is wrong with one. Time is an argument; nothing here reads or writes.

use chrono::{DateTime, TimeDelta, Utc};
use entity::job;
use serde::{Deserialize, Serialize};

use super::Job;

/// A job is overdue when so many of its intervals have passed since it was due.
pub const OVERDUE_INTERVALS: i32 = 10;

/// Why a job is not run at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotNow {
    /// It was run already.
    NotDue {
        /// When it is due.
        at: DateTime<Utc>,
    },
    /// A process is at it.
    Held {
        /// Which one.
        by: String,
        /// When its hold runs out, unless it is renewed.
        until: DateTime<Utc>,
    },
}

/// Why a job with this row is not to be run `now`; none where it is. `store::claim` is the same in SQL.
#[must_use]
pub fn why_not(row: Option<&job::Model>, interval: TimeDelta, now: DateTime<Utc>) -> Option<NotNow> {
    let row = row?;
    let at = row.started_at + interval;
    match row.held_by.clone().zip(row.held_until) {
        Some((by, until)) => (now < until).then_some(NotNow::Held { by, until }),
        None => (now < at).then_some(NotNow::NotDue { at }),
    }
}

/// When a job with this row may be run again, as far as can be told `now`.
#[must_use]
pub fn next_turn(row: &job::Model, interval: TimeDelta, now: DateTime<Utc>) -> DateTime<Utc> {
    match row.held_until {
        Some(until) if until <= now => until,
        Some(_) | None => row.started_at + interval,
    }
}

/// Where the current or last run of a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RunStatus {
    /// It goes on.
    Running,
    /// It never ended, and its hold has run out: its process crashed. Whoever comes by takes it over.
    Lost,
    /// It did all that it found to do.
    Done,
    /// It did not.
    Failed,
}

/// Where the run in a row stands `now`.
#[must_use]
pub fn run_status(row: &job::Model, now: DateTime<Utc>) -> RunStatus {
    match (row.held_until, row.failure) {
        (Some(until), _) if now < until => RunStatus::Running,
        (Some(_), _) => RunStatus::Lost,
        (None, Some(_)) => RunStatus::Failed,
        (None, None) => RunStatus::Done,
    }
}

/// What is wrong with a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Trouble {
    /// Its last run failed, or was lost and taken over.
    Failed,
    /// Its last run was lost: the process went away, and none has taken it over yet.
    Lost,
    /// It has been due for more than [`OVERDUE_INTERVALS`] intervals, though a process was at a job meanwhile.
    Overdue,
}

/// What is wrong `now` with `job`, whose row is among `rows`.
#[must_use]
pub fn troubles(job: Job, rows: &[job::Model], now: DateTime<Utc>) -> Vec<Trouble> {
    let Some(row) = rows.iter().find(|row| row.name == job.name()) else { return Vec::new() };
    let due = (row.started_at + job.interval()).max(row.ended_at.unwrap_or(row.started_at));
    let too_late = due + job.interval() * OVERDUE_INTERVALS;
    let failed = (row.failures_in_a_row > 0).then_some(Trouble::Failed);
    let lost = (run_status(row, now) == RunStatus::Lost).then_some(Trouble::Lost);
    let overdue = rows.iter().any(|row| seen_at(row, now) > too_late).then_some(Trouble::Overdue);
    failed.into_iter().chain(lost).chain(overdue).collect()
}

/// When a process was at this job for the last time, as far as the row tells.
fn seen_at(row: &job::Model, now: DateTime<Utc>) -> DateTime<Utc> {
    match row.held_until {
        Some(until) if now < until => now,
        Some(_) | None => row.ended_at.unwrap_or(row.started_at),
    }
}

#[cfg(test)]
mod tests;
