//! A view: where each queue entry stands, and why it is not due where it is not.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BlockedReason, BodyId, EmployerId, ExceptionId};

/// A view: where each queue entry stands, and why it is not due where it is not.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_standing")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    pub exception_id: ExceptionId,
    pub body_id: BodyId,
    pub employer_id: EmployerId,
    pub submitted_at: DateTimeUtc,
    pub draw_rank: i32,
    pub band: i32,
    pub blocked: Option<BlockedReason>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
