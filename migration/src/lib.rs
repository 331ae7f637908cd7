//! The schema of both databases, with the CHECKs, unique indexes and triggers that back the rules.
//!
//! Each migration is one SQL text, written once; [`dialect`] puts in the words that SQLite and
//! PostgreSQL spell differently. A migration that has shipped is never edited: mend it with the next.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

mod dialect;
mod m0001_caseload_and_quota;
mod m0002_caseload_acts;
mod m0003_interest;
mod m0004_jobs;
mod m0005_import;
mod m0006_views;
mod m0007_ballots;
mod m0008_releases;
mod m0009_sealed_history;
mod m0010_agency;
mod m0011_reconciliation;
mod m0012_sign_in;
mod m0013_second_wall;
mod m0015_guards;
mod m0016_keys;
mod m0017_personal_data;
mod m0018_frontends;
mod m0019_claims;
pub mod roles;
mod wall;

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_caseload_and_quota::Migration),
            Box::new(m0002_caseload_acts::Migration),
            Box::new(m0003_interest::Migration),
            Box::new(m0004_jobs::Migration),
            Box::new(m0005_import::Migration),
            Box::new(m0006_views::Migration),
            Box::new(m0007_ballots::Migration),
            Box::new(m0008_releases::Migration),
            Box::new(m0009_sealed_history::Migration),
            Box::new(m0010_agency::Migration),
            Box::new(m0011_reconciliation::Migration),
            Box::new(m0012_sign_in::Migration),
            Box::new(m0013_second_wall::Migration),
            Box::new(m0015_guards::Migration),
            Box::new(m0016_keys::Migration),
            Box::new(m0017_personal_data::Migration),
            Box::new(m0018_frontends::Migration),
            Box::new(m0019_claims::Migration),
        ]
    }
}
