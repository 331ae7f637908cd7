//! A declared conflict of interest between one of a body's people and an employer.

use sea_orm::entity::prelude::*;

use crate::{BodyId, EmployerId, PersonId};

/// A declared conflict of interest between one of a body's people and an employer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conflict")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub employer_id: EmployerId,
    pub body_id: BodyId,
    pub reason: String,
    pub declared_at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
