//! How many discrepancies of a kind were open after a run, by whose they are.

use sea_orm::entity::prelude::*;

use crate::{BodyId, DiscrepancyKind, OpenCountId, ReconciliationId};

/// How many discrepancies of a kind were open after a run.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation_open")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OpenCountId,
    pub reconciliation_id: ReconciliationId,
    pub kind: DiscrepancyKind,
    pub body_id: Option<BodyId>,
    pub other_body_id: Option<BodyId>,
    pub count: i64,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
