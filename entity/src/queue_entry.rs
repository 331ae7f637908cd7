//! A confirmed application that has no place.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, EmployerId, ExceptionId};

/// A confirmed application that has no place.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_entry")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    pub exception_id: ExceptionId,
    pub body_id: BodyId,
    pub employer_id: EmployerId,
    /// 0 for the priority band, else 1.
    pub band: i32,
    pub draw_rank: Option<i32>,
    pub submitted_at: DateTimeUtc,
    pub on_hold: bool,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
