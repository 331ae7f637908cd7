//! A person's role; for a body's people, in their body.

use sea_orm::entity::prelude::*;

use crate::{BodyId, MembershipId, PersonId, StaffRole};

/// A person's role; for a body's people, in their body.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub person_id: PersonId,
    pub role: StaffRole,
    pub body_id: Option<BodyId>,
    pub version: i32,
    /// Exclusive; none where it goes on.
    pub ends_at: Option<DateTimeUtc>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
