//! A message of the agency, as it came. Append-only.

use sea_orm::entity::prelude::*;

use crate::{AgencyMessageId, ExceptionId, PersonId};

/// A message of the agency, as it came. Append-only.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agency_message")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgencyMessageId,
    pub exception_id: ExceptionId,
    /// The agency's own id of it.
    pub message_id: String,
    /// A keyed hash of its content: it has personal data that a plain one would let one guess.
    pub digest: Vec<u8>,
    pub content_sealed: Vec<u8>,
    pub lines: i32,
    pub applied: i32,
    pub late: i32,
    pub repeated: i32,
    pub disputed: i32,
    pub received_at: DateTimeUtc,
    /// None where a file was taken in by the command line.
    pub received_by: Option<PersonId>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
