//! The three acts on a run: it is claimed, its hold is renewed, it is finished.

use chrono::TimeDelta;
use entity::JobFailure;
use serde::{Deserialize, Serialize};

use super::rules::{NotNow, why_not};
use super::{Done, Job, store};
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault};

/// How long a run is held at a time: as long as a crash keeps the job from being done.
pub const HOLD: TimeDelta = TimeDelta::minutes(3);

/// When a run may begin, where nobody is at the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// When it is due.
    Due,
    /// At once.
    AtOnce,
}

/// A run that was claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run<'a> {
    /// Of which job.
    pub job: Job,
    /// Which one; rises with every claim, so that a run is not taken for the one that took it over.
    pub number: i32,
    /// The process that claimed it.
    pub holder: &'a str,
}

/// Claims a run for a process.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Of which job.
    pub job: Job,
    /// The name of the process.
    pub holder: &'a str,
    /// Whether it has to be due.
    pub when: When,
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Claimed {
    /// The run with this number is the claimant's.
    Run(i32),
    /// There is no run to claim.
    NotNow(NotNow),
}

impl Command for Claim<'_> {
    type Answer = Claimed;
    const NAME: &'static str = "claimJob";

    async fn run(&self, tx: &Tx) -> Acted<Claimed> {
        if let Some(row) = store::claim(tx, self.job, self.holder, self.when, HOLD).await? {
            return Ok(Claimed::Run(row.runs));
        }
        let row = store::find(tx.conn(), self.job).await?;
        match (why_not(row.as_ref(), self.job.interval(), tx.now()), self.when) {
            (None, _) | (Some(NotNow::NotDue { .. }), When::AtOnce) => {
                Err(Fault::Race("another run of the job has just ended").into())
            }
            (Some(not_now), When::Due | When::AtOnce) => Ok(Claimed::NotNow(not_now)),
        }
    }
}

/// Holds a run for longer. Answers whether it was held still.
#[derive(Clone, Copy, Debug)]
pub struct Renew<'a> {
    /// Which run.
    pub run: Run<'a>,
}

impl Command for Renew<'_> {
    type Answer = bool;
    const NAME: &'static str = "renewJob";

    async fn run(&self, tx: &Tx) -> Acted<bool> {
        Ok(store::renew(tx, &self.run, tx.now() + HOLD).await?)
    }
}

/// Ends a run. Answers whether it was held still; where not, nothing is changed.
#[derive(Clone, Debug)]
pub struct Finish<'a> {
    /// Which run.
    pub run: Run<'a>,
    /// What came of it.
    pub outcome: Result<Done, JobFailure>,
}

impl Command for Finish<'_> {
    type Answer = bool;
    const NAME: &'static str = "finishJob";

    async fn run(&self, tx: &Tx) -> Acted<bool> {
        Ok(store::finish(tx, &self.run, &self.outcome).await?)
    }
}
