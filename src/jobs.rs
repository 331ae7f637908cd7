//! What the service does by itself, again and again: each job by one process at a time, and once an interval by all
//! processes together.
//!
//! Who is at a job, and what came of it, stands in the table `job`: a run is claimed by one conditional statement, held
//! while it goes on, and taken over when a crash has let the hold run out. The claim spares work and protects
//! nothing: whatever a job does is safe to do twice, by two processes at once.

pub mod actions;
pub mod report;
pub mod rules;
pub mod runner;
pub mod store;

mod ballots;
mod hands;
mod purge;
mod questions;
mod returning;
mod seal;
mod sessions;
mod sweep;

use std::collections::BTreeMap;
use std::fmt;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::Acted;

macro_rules! jobs {
    ($(#[doc = $what:literal] $job:ident = $name:literal, every $interval:expr;)+) => {
        /// Something that the service does by itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Job {
            $(#[doc = $what] $job,)+
        }

        impl Job {
            /// Every job.
            pub const ALL: &'static [Self] = &[$(Self::$job,)+];

            /// Its name, in the table `job` and on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$job => $name,)+
                }
            }

            /// What it does, for people, in a sentence without its full stop.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self {
                    $(Self::$job => $what.trim().trim_end_matches('.'),)+
                }
            }

            /// How long after a run has begun the next one is due.
            #[must_use]
            pub const fn interval(self) -> TimeDelta {
                match self {
                    $(Self::$job => $interval,)+
                }
            }
        }
    };
}

jobs! {
    /// Serves those due beside a free place; lets lapse where giving is over.
    Sweep = "sweep", every TimeDelta::minutes(1);
    /// Reminds employers of questions that are nearly due; closes those that are past it.
    Questions = "questions", every TimeDelta::minutes(1);
    /// Frees places whose rest after the agency's refusal is over.
    Returning = "returning", every TimeDelta::minutes(1);
    /// Gives positions to what was written, and seals it.
    Seal = "seal", every TimeDelta::minutes(1);
    /// Puts on record which body missed a deadline of a ballot.
    Ballots = "ballots", every TimeDelta::minutes(1);
    /// Puts what members have in hand whose access has ended back into the queue.
    Hands = "hands", every TimeDelta::minutes(1);
    /// Deletes what is held of people where the class exception's date for it has come.
    Purge = "purge", every TimeDelta::hours(1);
    /// Deletes sign-ins that have ended.
    Sessions = "sessions", every TimeDelta::hours(1);
}

/// Does one run of a job.
///
/// # Errors
/// What kept it from doing all that it found to do; what it could do is done.
pub async fn run(job: Job, app: &App) -> Acted<Done> {
    match job {
        Job::Sweep => sweep::run(app).await,
        Job::Questions => questions::run(app).await,
        Job::Returning => returning::run(app).await,
        Job::Seal => seal::run(app).await,
        Job::Ballots => ballots::run(app).await,
        Job::Hands => hands::run(app).await,
        Job::Purge => purge::run(app).await,
        Job::Sessions => sessions::run(app).await,
    }
}

impl Job {
    /// The job with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|job| job.name() == name)
    }
}

/// What a run did: how many of what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done(BTreeMap<String, u64>);

impl Done {
    /// Counts by what they count, in a word.
    #[must_use]
    pub fn counted<const N: usize>(counts: [(&str, usize); N]) -> Self {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Self(counts.into_iter().map(|(what, count)| (what.to_owned(), number(count))).collect())
    }

    /// Whether there was nothing to do.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.0.values().all(|count| *count == 0)
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_nothing() {
            return f.write_str("nothing to do");
        }
        let some = self.0.iter().filter(|(_, count)| **count > 0);
        let some: Vec<_> = some.map(|(what, count)| format!("{count} {what}")).collect();
        f.write_str(&some.join(", "))
    }
}
