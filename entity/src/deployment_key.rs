//! A key that the deployment uses or used: never the key itself.

use sea_orm::entity::prelude::*;

use crate::DeploymentKeyState;

/// A key that the deployment uses or used: never the key itself.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deployment_key")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    /// From 1, in the order in which keys were made; the version of fingerprints.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// As it stands in every seal: 8 hexadecimal digits.
    pub key_id: String,
    pub state: DeploymentKeyState,
    pub since: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
