//! Something that the service does by itself, with its current or last run.

use sea_orm::entity::prelude::*;

use crate::{JobFailure, JobOutcome};

/// Something that the service does by itself, with its current or last run.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// As it was when the run began.
    pub interval_seconds: i32,
    /// How many have begun, this one included: its number.
    pub runs: i32,
    /// Set from the beginning of a run to its end; left by a crash.
    pub held_by: Option<String>,
    pub held_until: Option<DateTimeUtc>,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub outcome: Option<JobOutcome>,
    /// What a run that is done did, by name.
    pub counts: Option<Json>,
    pub failure: Option<JobFailure>,
    /// A run that was taken over counts.
    pub failures_in_a_row: i32,
    pub last_success_at: Option<DateTimeUtc>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
