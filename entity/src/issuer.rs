//! An identity provider whose tokens are taken, and for which tenant.

use sea_orm::entity::prelude::*;

use crate::{BodyId, IssuerId, IssuerTenant};

/// An identity provider whose tokens are taken, and for which tenant.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "issuer")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IssuerId,
    /// In addresses: /sign-in/{slug}.
    pub slug: String,
    pub name: String,
    /// Exactly as it stands in `iss`.
    pub url: String,
    pub client_id: String,
    /// `aud` of access tokens for the API; none where none are taken.
    pub audience: Option<String>,
    pub tenant: IssuerTenant,
    pub body_id: Option<BodyId>,
    /// The roles that somebody from there may have, as a list of words.
    pub roles: Json,
    pub added_at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
