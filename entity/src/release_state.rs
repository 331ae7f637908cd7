//! Where a release stands.

use sea_orm::entity::prelude::*;

use crate::{ExceptionId, PersonId, ReleaseId, ReleaseStatus};

/// Where a release stands.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release_state")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub release_id: ReleaseId,
    pub exception_id: ExceptionId,
    pub number: i32,
    pub status: ReleaseStatus,
    pub attested_at: Option<DateTimeUtc>,
    pub published_at: Option<DateTimeUtc>,
    pub published_by: Option<PersonId>,
    pub acknowledged_at: Option<DateTimeUtc>,
    pub acknowledged_by: Option<PersonId>,
    pub abandoned_at: Option<DateTimeUtc>,
    /// Nobody where the service did it, since a line had ended.
    pub abandoned_by: Option<PersonId>,
    pub abandon_reason: Option<String>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
