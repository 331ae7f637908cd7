//! A row of a body's own system that was taken in: which application it became, and what it said, as a keyed hash.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, ExceptionId};

/// A row of a body's own system that was taken in: which application it became, and what it said, as a keyed hash.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imported_row")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub body_id: BodyId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub exception_id: ExceptionId,
    /// The body's own.
    #[sea_orm(primary_key, auto_increment = false)]
    pub external_reference: String,
    pub application_id: ApplicationId,
    pub content_hash: Vec<u8>,
    /// The number of the key that made the hash.
    pub key_version: i32,
    pub at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
