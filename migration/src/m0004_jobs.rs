//! What the service does by itself: a row per job.

use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_jobs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::execute(manager, JOBS).await
    }
}

/// A row comes with a job's first run. The number of the run tells a run from the one that took it over.
const JOBS: &str = "
CREATE TABLE job (
    name TEXT PRIMARY KEY,
    interval_seconds INTEGER NOT NULL CHECK (interval_seconds > 0),
    runs INTEGER NOT NULL CHECK (runs > 0),
    held_by TEXT,
    held_until {instant},
    started_at {instant} NOT NULL,
    ended_at {instant},
    outcome TEXT CHECK (outcome IN ('DONE', 'FAILED')),
    counts {json},
    failure TEXT CHECK (failure IN ('DATABASE', 'STORED', 'RACE', 'REFUSED', 'PANICKED', 'TIMED_OUT')),
    failures_in_a_row INTEGER NOT NULL CHECK (failures_in_a_row >= 0),
    last_success_at {instant},
    CHECK ((held_by IS NULL) = (held_until IS NULL) AND (held_by IS NULL) = (ended_at IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK ((counts IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'DONE')),
    CHECK ((failure IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'FAILED'))
) {strict};
";
