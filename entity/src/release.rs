//! A release of the combined list, as it was frozen. Append-only: where it stands is in `release_state`.

use sea_orm::entity::prelude::*;

use crate::{BodyId, ExceptionId, PersonId, ReleaseId};

/// A release of the combined list, as it was frozen. Append-only: where it stands is in `release_state`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReleaseId,
    pub exception_id: ExceptionId,
    /// Counts from 1 under the exception; one that was abandoned keeps its number.
    pub number: i32,
    /// The release that was the last published one then: what changed is against that.
    pub previous_number: Option<i32>,
    pub line_count: i32,
    pub digest: String,
    /// Head of the sealed history, where there was one.
    pub history_head: Option<String>,
    pub prepared_at: DateTimeUtc,
    pub prepared_by: PersonId,
    pub prepared_for: BodyId,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
