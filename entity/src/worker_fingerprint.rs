//! The keyed fingerprint of an application's worker, by version of the key. No tenant reads it.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, ExceptionId};

/// The keyed fingerprint of an application's worker, by version of the key. No tenant reads it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "worker_fingerprint")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_version: i32,
    pub exception_id: ExceptionId,
    pub fingerprint: String,
    pub holds_place: bool,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
