//! A New Zealand employer. Shared between the bodies: what stands here is public in the NZBN register.

use sea_orm::entity::prelude::*;

use crate::{EmployerId, EmployerSizeBand};

/// A New Zealand employer. Shared between the bodies: what stands here is public in the NZBN register.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employer")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmployerId,
    pub nzbn: String,
    pub legal_name: String,
    /// Both names in the form to search by.
    pub folded_name: String,
    pub trading_name: Option<String>,
    pub region: Option<String>,
    pub size_band: Option<EmployerSizeBand>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
