//! An act that was accepted under a key: what was asked, as a keyed hash, and the ids it answered.

use sea_orm::entity::prelude::*;

use crate::PersonId;

/// An act that was accepted under a key: what was asked, as a keyed hash, and the ids it answered.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    /// Who; where nobody is signed in, an id made of where the act came from, which no person has.
    pub actor_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub act: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub request_hash: Vec<u8>,
    pub answer: Option<Json>,
    pub at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
