//! An origin that a frontend of others is served from.

use sea_orm::entity::prelude::*;

use crate::FrontendId;

/// An origin that a frontend of others is served from.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "frontend_origin")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    /// Exactly as browsers send it in `Origin`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub origin: String,
    pub frontend_id: FrontendId,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
