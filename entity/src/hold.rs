//! A hold that a lead has put on an application.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, HoldId, PersonId};

/// A hold that a lead has put on an application.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hold")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HoldId,
    pub application_id: ApplicationId,
    pub body_id: BodyId,
    pub reason: String,
    pub held_by: PersonId,
    pub held_at: DateTimeUtc,
    /// Nobody where the application ended while it was on hold.
    pub released_by: Option<PersonId>,
    pub released_at: Option<DateTimeUtc>,
    pub note: Option<String>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
