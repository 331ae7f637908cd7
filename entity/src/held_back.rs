//! A nomination that a release does not carry yet, and why. Append-only.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, HoldBackReason, ReleaseId};

/// A nomination that a release does not carry yet, and why. Append-only.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "held_back")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub release_id: ReleaseId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    pub body_id: BodyId,
    pub reference: String,
    pub reason: HoldBackReason,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
