//! A link by which one person becomes a member, once.

use sea_orm::entity::prelude::*;

use crate::{BodyId, EmployerId, InvitationId, PersonId, StaffRole};

/// A link by which one person becomes a member, once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    /// Of the token in the link.
    pub token_hash: String,
    /// Whom it is for, as whoever invites calls them.
    pub name: String,
    pub role: StaffRole,
    pub body_id: Option<BodyId>,
    pub employer_id: Option<EmployerId>,
    pub membership_ends_at: Option<DateTimeUtc>,
    /// None where the command line did.
    pub invited_by: Option<PersonId>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    pub used_at: Option<DateTimeUtc>,
    pub used_by: Option<PersonId>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
