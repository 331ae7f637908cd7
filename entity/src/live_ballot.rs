//! The one ballot of a class exception that has not ended.

use sea_orm::entity::prelude::*;

use crate::{BallotId, ExceptionId};

/// The one ballot of a class exception that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "live_ballot")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub exception_id: ExceptionId,
    pub ballot_id: BallotId,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
