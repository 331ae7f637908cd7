//! An entry that was struck from a ballot; the order of the others stands.

use sea_orm::entity::prelude::*;

use crate::{BallotId, BallotStrikeCause, PersonId};

/// An entry that was struck from a ballot; the order of the others stands.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot_strike")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ballot_id: BallotId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry: String,
    pub cause: BallotStrikeCause,
    /// Published; only where it was a mistake.
    pub reason: Option<String>,
    /// None where the service struck it at the draw.
    pub person_id: Option<PersonId>,
    pub at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
