//! How a ballot ended, once: drawn or voided.

use sea_orm::entity::prelude::*;

use crate::{BallotId, BallotOutcome, BallotVoidCause, BodyId, ExceptionId, PersonId};

/// How a ballot ended, once: drawn or voided.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot_end")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ballot_id: BallotId,
    pub exception_id: ExceptionId,
    pub outcome: BallotOutcome,
    pub at: DateTimeUtc,
    /// Whose lead drew or voided it.
    pub body_id: BodyId,
    pub person_id: PersonId,
    /// Places that were free at the draw.
    pub places: Option<i32>,
    pub seed: Option<String>,
    pub beacon_signature: Option<String>,
    pub beacon_randomness: Option<String>,
    pub void_cause: Option<BallotVoidCause>,
    /// Published.
    pub void_reason: Option<String>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
