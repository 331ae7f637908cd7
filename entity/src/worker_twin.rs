//! A view: of which of the reader's own applications the worker has another one, and where that one stands. PostgreSQL
//! tells it of a body's own alone; what people have told apart is not in it.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, ApplicationStatus};

/// A view: of which of the reader's own applications the worker has another one, and where that one stands.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "worker_twin")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    /// Of the other application.
    pub status: ApplicationStatus,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
