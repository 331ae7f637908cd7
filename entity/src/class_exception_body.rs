//! A body that nominates under a class exception, and from when to when.

use sea_orm::entity::prelude::*;

use crate::{BodyId, ExceptionId};

/// A body that nominates under a class exception, and from when to when.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "class_exception_body")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub exception_id: ExceptionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub body_id: BodyId,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
