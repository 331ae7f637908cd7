//! A ballot: its frozen list, its deadlines, and the beacon that was named. It never changes.

use sea_orm::entity::prelude::*;

use crate::{BallotId, BodyId, ExceptionId, PersonId};

/// A ballot: its frozen list, its deadlines, and the beacon that was named. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BallotId,
    pub exception_id: ExceptionId,
    /// Counts the ballots of the class exception from 1.
    pub number: i32,
    /// Places that were free when the list was frozen.
    pub places: i32,
    pub entry_count: i32,
    pub entries_digest: String,
    /// First instant at which nobody commits any more.
    pub commit_by: DateTimeUtc,
    /// First instant at which nobody reveals any more.
    pub reveal_by: DateTimeUtc,
    pub beacon_chain: Option<String>,
    pub beacon_round: Option<i32>,
    pub opened_at: DateTimeUtc,
    /// Whose lead opened it.
    pub body_id: BodyId,
    pub person_id: PersonId,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
