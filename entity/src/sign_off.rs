//! A body's signature under a run.

use sea_orm::entity::prelude::*;

use crate::{BodyId, PersonId, ReconciliationId};

/// A body's signature under a run.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_off")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reconciliation_id: ReconciliationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub body_id: BodyId,
    pub person_id: PersonId,
    /// The body's nominations in it.
    pub lines: i64,
    pub digest: String,
    pub at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
