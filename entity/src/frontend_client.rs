//! A client of an identity provider that signs people in for a frontend of others.

use sea_orm::entity::prelude::*;

use crate::{FrontendId, IssuerId};

/// A client of an identity provider that signs people in for a frontend of others.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "frontend_client")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub issuer_id: IssuerId,
    /// As access tokens have it in `client_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub client_id: String,
    pub frontend_id: FrontendId,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
