//! Two applications that people found to be of two workers, for as long as what they matched by stays the same.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, DiscrepancyId};

/// Two applications that people found to be of two workers.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "told_apart")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    /// The one with the smaller id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub other_id: ApplicationId,
    /// What they matched by: the fingerprint of the passport, or a hash of name and date of birth.
    #[sea_orm(primary_key, auto_increment = false)]
    pub matched: String,
    pub discrepancy_id: DiscrepancyId,
    pub at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
