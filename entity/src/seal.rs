//! A seal over a batch of records, linked to the one before. Append-only.

use sea_orm::entity::prelude::*;

/// A seal over a batch of records, linked to the one before. Append-only.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seal")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    /// Counts from 1, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub first_position: i64,
    pub last_position: i64,
    /// SHA-256 over the batch, in hex.
    pub digest: String,
    /// Empty for the first.
    pub previous_head: String,
    /// SHA-256 over all of the above and `at`, in hex.
    pub head: String,
    pub at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
