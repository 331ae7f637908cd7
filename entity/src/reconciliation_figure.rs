//! How many each record had for a body, of nominations that stood.

use sea_orm::entity::prelude::*;

use crate::{BodyId, ReconciliationId};

/// How many each record had for a body.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation_figure")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reconciliation_id: ReconciliationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub body_id: BodyId,
    pub caseload: i64,
    pub ledger: i64,
    pub released: i64,
    pub agency: i64,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
