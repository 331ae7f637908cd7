//! Who somebody is at an identity provider.

use sea_orm::entity::prelude::*;

use crate::{IssuerId, PersonId};

/// Who somebody is at an identity provider.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub issuer_id: IssuerId,
    /// `sub`; for a machine the id of its client.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    pub person_id: PersonId,
    pub bound_at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
