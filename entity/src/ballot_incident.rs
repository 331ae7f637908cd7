//! Something that went wrong in a ballot and did not stop it.

use sea_orm::entity::prelude::*;

use crate::{BallotId, BallotIncident, BodyId};

/// Something that went wrong in a ballot and did not stop it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot_incident")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ballot_id: BallotId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub body_id: BodyId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: BallotIncident,
    pub at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
