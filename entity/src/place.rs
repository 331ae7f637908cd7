//! A place of the quota.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, EmployerId, ExceptionId, PlaceId, PlaceState};

/// A place of the quota.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "place")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlaceId,
    pub exception_id: ExceptionId,
    pub number: i32,
    pub state: PlaceState,
    pub since: DateTimeUtc,
    /// How many movements the ledger has for it.
    pub movements: i32,
    pub application_id: Option<ApplicationId>,
    pub body_id: Option<BodyId>,
    pub employer_id: Option<EmployerId>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
