//! The position of a record, given once it is committed. Append-only.

use sea_orm::entity::prelude::*;

use crate::RecordSource;

/// The position of a record, given once it is committed. Append-only.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sealed_event")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    /// Counts from 1, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub source: RecordSource,
    pub record_id: Uuid,
    /// SHA-256 of the record's canonical bytes, in hex.
    pub digest: String,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
