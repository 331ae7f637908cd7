//! An employer's expression of interest in a class exception, to one body. It is never changed.

use sea_orm::entity::prelude::*;

use crate::{BodyId, ExceptionId, InterestId};

/// An employer's expression of interest in a class exception, to one body. It is never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "interest")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InterestId,
    pub exception_id: ExceptionId,
    /// Revision of the terms that its roles are of.
    pub terms_revision: i32,
    pub body_id: BodyId,
    pub legal_name: String,
    pub nzbn: Option<String>,
    pub contact_email: String,
    /// Tells that two addresses are the same: a keyed hash.
    pub contact_hash: String,
    pub expected_workers: i32,
    /// Codes of approved roles, in a list.
    pub roles: Json,
    /// Where it came from: a keyed hash.
    pub source: String,
    pub created_at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
