//! A word that an application is found by. Personal data: it may be a part of a worker's name.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, EmployerId};

/// A word that an application is found by. Personal data: it may be a part of a worker's name.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "application_word")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    /// Folded.
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
    pub body_id: BodyId,
    pub employer_id: EmployerId,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
