//! Identity providers, and who somebody is there.

use entity::{IssuerId, identity, issuer, membership};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::db::{Db, Tx};
use crate::error::{Fault, Found};
use crate::people::rules::issuers::Issuer;
use crate::tenancy::SystemScope;

/// Most providers that are read at once: one for each body, and a few besides.
const MOST: u64 = 200;

impl TryFrom<issuer::Model> for Issuer {
    type Error = Fault;

    fn try_from(row: issuer::Model) -> Result<Self, Fault> {
        let roles = serde_json::from_value(row.roles).map_err(|why| Fault::stored("issuer", why))?;
        Ok(Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            url: row.url,
            client_id: row.client_id,
            audience: row.audience,
            tenant: row.tenant,
            body: row.body_id,
            roles,
        })
    }
}

/// All providers, by name.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_all(db: &Db, scope: &SystemScope) -> Found<Vec<Issuer>> {
    let rows = issuer::Entity::find().order_by_asc(issuer::Column::Name).order_by_asc(issuer::Column::Id);
    rows.limit(MOST).all(&db.read(scope)).await?.into_iter().map(Issuer::try_from).collect()
}

/// All providers, within a transaction.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_in(tx: &Tx) -> Found<Vec<Issuer>> {
    let rows = issuer::Entity::find().limit(MOST).all(tx.conn()).await?;
    rows.into_iter().map(Issuer::try_from).collect()
}

/// How many providers there are.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(db: &Db, scope: &SystemScope) -> Found<u64> {
    Ok(issuer::Entity::find().count(&db.read(scope)).await?)
}

/// The provider with this short name.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_by_slug(
    conn: &impl ConnectionTrait,
    _scope: &SystemScope,
    slug: &str,
) -> Found<Option<Issuer>> {
    let row = issuer::Entity::find().filter(issuer::Column::Slug.eq(slug)).one(conn).await?;
    row.map(Issuer::try_from).transpose()
}

/// The provider at exactly this address.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_by_url(
    conn: &impl ConnectionTrait,
    _scope: &SystemScope,
    url: &str,
) -> Found<Option<Issuer>> {
    let row = issuer::Entity::find().filter(issuer::Column::Url.eq(url)).one(conn).await?;
    row.map(Issuer::try_from).transpose()
}

/// A provider by its row's id.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: &Db, scope: &SystemScope, id: IssuerId) -> Found<Option<Issuer>> {
    issuer::Entity::find_by_id(id).one(&db.read(scope)).await?.map(Issuer::try_from).transpose()
}

/// Adds a provider.
///
/// # Errors
/// Where the database refuses.
pub async fn insert(tx: &Tx, row: issuer::Model) -> Found<()> {
    issuer::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The row of the provider with this short name.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_row(tx: &Tx, slug: &str) -> Found<Option<issuer::Model>> {
    Ok(issuer::Entity::find().filter(issuer::Column::Slug.eq(slug)).one(tx.conn()).await?)
}

/// How many people are bound to what a provider calls them.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_bound(tx: &Tx, issuer: IssuerId) -> Found<u64> {
    Ok(identity::Entity::find().filter(identity::Column::IssuerId.eq(issuer)).count(tx.conn()).await?)
}

/// Saves a provider that is there.
///
/// # Errors
/// Where the database refuses.
pub async fn save(tx: &Tx, row: issuer::Model) -> Found<()> {
    issuer::Entity::update(row.into_active_model().reset_all()).exec(tx.conn()).await?;
    Ok(())
}

/// What somebody is whom a provider calls `subject`, ended or not.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_member(
    conn: &impl ConnectionTrait,
    _scope: &SystemScope,
    issuer: IssuerId,
    subject: &str,
) -> Found<Option<membership::Model>> {
    let of_person = membership::Entity::belongs_to(identity::Entity)
        .from(membership::Column::PersonId)
        .to(identity::Column::PersonId)
        .into();
    Ok(membership::Entity::find()
        .join(JoinType::InnerJoin, of_person)
        .filter(identity::Column::IssuerId.eq(issuer))
        .filter(identity::Column::Subject.eq(subject))
        .one(conn)
        .await?)
}

/// Binds somebody to what a provider calls them.
///
/// # Errors
/// Where the database refuses.
pub async fn bind(tx: &Tx, row: identity::Model) -> Found<()> {
    identity::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}
