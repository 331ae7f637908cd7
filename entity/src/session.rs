//! A sign-in, known by the keyed hash of its token.

use sea_orm::entity::prelude::*;

use crate::{IssuerId, MembershipId, SessionId};

/// A sign-in, known by the keyed hash of its token.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// By which its owner lists and ends it.
    pub id: SessionId,
    pub membership_id: MembershipId,
    /// None in a demo, where nobody proves who they are.
    pub issuer_id: Option<IssuerId>,
    pub created_at: DateTimeUtc,
    pub used_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
