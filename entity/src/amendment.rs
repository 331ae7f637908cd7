//! A correction of a nomination's facts, proposed by one person and decided by another.

use sea_orm::entity::prelude::*;

use crate::{AmendmentId, AmendmentStatus, ApplicationId, BodyId, PersonId};

/// A correction of a nomination's facts, proposed by one person and decided by another.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "amendment")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AmendmentId,
    pub application_id: ApplicationId,
    pub body_id: BodyId,
    pub status: AmendmentStatus,
    pub reason: String,
    /// What changes, for people: field, before, after; of a passport the last characters.
    pub changes: Json,
    /// What the application and its worker say once it is accepted.
    pub facts: Json,
    /// The new passport's number, where it changes; sealed for this row.
    pub passport_sealed: Option<Vec<u8>>,
    pub proposed_by: PersonId,
    pub proposed_at: DateTimeUtc,
    pub decided_by: Option<PersonId>,
    pub decided_at: Option<DateTimeUtc>,
    pub note: Option<String>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
