//! A run that held the three records against each other.

use sea_orm::entity::prelude::*;

use crate::{ExceptionId, PersonId, ReconciliationId};

/// A run that held the three records against each other.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReconciliationId,
    pub exception_id: ExceptionId,
    /// Counts from 1 under the exception.
    pub number: i32,
    pub ran_at: DateTimeUtc,
    /// Nobody where the service did it.
    pub ran_by: Option<PersonId>,
    /// Applications that some record has something to say of.
    pub checked: i64,
    /// Those of which all records say the same.
    pub matched: i64,
    /// Whether nothing was open after it.
    pub balanced: bool,
    /// Of its figures: what bodies sign.
    pub digest: String,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
