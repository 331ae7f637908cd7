//! A class exception: what the quota and the window need of it. Its terms stand in its revisions.

use sea_orm::entity::prelude::*;

use crate::{AllocationMethod, ExceptionId};

/// A class exception: what the quota and the window need of it. Its terms stand in its revisions.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "class_exception")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExceptionId,
    pub slug: String,
    pub title: String,
    pub agency: String,
    pub places: i32,
    pub allocation: AllocationMethod,
    pub drawn_at: Option<DateTimeUtc>,
    pub announced_on: Option<Date>,
    pub opens_at: DateTimeUtc,
    pub closes_at: Option<DateTimeUtc>,
    pub allocation_ends_at: Option<DateTimeUtc>,
    pub per_employer_cap: Option<i32>,
    /// The day from which what is held of people is purged.
    pub purge_on: Option<Date>,
    pub paused: bool,
    pub revision: i32,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
