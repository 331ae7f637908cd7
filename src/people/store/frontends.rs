//! Frontends of others: the origins that they are served from, and their clients at identity providers.

use std::collections::BTreeSet;

use entity::{FrontendId, IssuerId, frontend, frontend_client, frontend_origin, issuer};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::db::{Db, Tx};
use crate::error::{Fault, Found};
use crate::tenancy::SystemScope;

/// Most rows that are read at once: a few for each frontend of a body.
const MOST: u64 = 1_000;

/// A frontend of others, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontend {
    /// Its row.
    pub id: FrontendId,
    /// What those call it who run the service.
    pub name: String,
    /// Exactly as browsers send them, in order.
    pub origins: Vec<String>,
    /// Its clients, each behind the short name of its provider.
    pub clients: Vec<(String, String)>,
}

/// All frontends, by name.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_all(db: &Db, scope: &SystemScope) -> Found<Vec<Frontend>> {
    let conn = &db.read(scope);
    let rows = frontend::Entity::find().order_by_asc(frontend::Column::Name).limit(MOST).all(conn).await?;
    let origins = frontend_origin::Entity::find()
        .order_by_asc(frontend_origin::Column::Origin)
        .limit(MOST)
        .all(conn)
        .await?;
    let to_issuer = frontend_client::Entity::belongs_to(issuer::Entity)
        .from(frontend_client::Column::IssuerId)
        .to(issuer::Column::Id)
        .into();
    let clients = frontend_client::Entity::find()
        .join(JoinType::InnerJoin, to_issuer)
        .select_also(issuer::Entity)
        .order_by_asc(issuer::Column::Slug)
        .order_by_asc(frontend_client::Column::ClientId)
        .limit(MOST)
        .all(conn)
        .await?;
    let whole = rows.into_iter().map(|row| Frontend {
        id: row.id,
        name: row.name,
        origins: origins
            .iter()
            .filter(|one| one.frontend_id == row.id)
            .map(|one| one.origin.clone())
            .collect(),
        clients: clients
            .iter()
            .filter(|(client, _)| client.frontend_id == row.id)
            .filter_map(|(client, issuer)| Some((issuer.as_ref()?.slug.clone(), client.client_id.clone())))
            .collect(),
    });
    Ok(whole.collect())
}

/// Whether a frontend is served from exactly this origin.
///
/// # Errors
/// Where the database does not answer.
pub async fn is_listed(conn: &impl ConnectionTrait, _scope: &SystemScope, origin: &str) -> Found<bool> {
    Ok(frontend_origin::Entity::find_by_id(origin.to_owned()).count(conn).await? > 0)
}

/// The origins of the frontend that has this client; none where no frontend has it.
///
/// # Errors
/// Where the database does not answer.
pub async fn origins_of_client(
    conn: &impl ConnectionTrait,
    _scope: &SystemScope,
    issuer: IssuerId,
    client_id: &str,
) -> Found<Vec<frontend_origin::Model>> {
    let to_client = frontend_origin::Entity::belongs_to(frontend_client::Entity)
        .from(frontend_origin::Column::FrontendId)
        .to(frontend_client::Column::FrontendId)
        .into();
    Ok(frontend_origin::Entity::find()
        .join(JoinType::InnerJoin, to_client)
        .filter(frontend_client::Column::IssuerId.eq(issuer))
        .filter(frontend_client::Column::ClientId.eq(client_id))
        .limit(MOST)
        .all(conn)
        .await?)
}

/// Which of these frontends are there.
///
/// # Errors
/// Where the database does not answer.
pub async fn those_there(
    db: &Db,
    scope: &SystemScope,
    ids: BTreeSet<FrontendId>,
) -> Found<BTreeSet<FrontendId>> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows = frontend::Entity::find().filter(frontend::Column::Id.is_in(ids)).all(&db.read(scope)).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The frontend with this name.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_by_name(tx: &Tx, name: &str) -> Found<Option<frontend::Model>> {
    Ok(frontend::Entity::find().filter(frontend::Column::Name.eq(name)).one(tx.conn()).await?)
}

/// Adds a frontend with all that is its own.
///
/// # Errors
/// Where the database refuses.
pub async fn insert(
    tx: &Tx,
    row: frontend::Model,
    origins: Vec<frontend_origin::Model>,
    clients: Vec<frontend_client::Model>,
) -> Found<()> {
    let conn = tx.conn();
    frontend::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    let origins = origins.into_iter().map(IntoActiveModel::into_active_model);
    frontend_origin::Entity::insert_many(origins).exec_without_returning(conn).await?;
    let clients = clients.into_iter().map(IntoActiveModel::into_active_model);
    frontend_client::Entity::insert_many(clients).exec_without_returning(conn).await?;
    Ok(())
}

/// Removes a frontend with all that is its own.
///
/// # Errors
/// Where the database refuses.
pub async fn delete(tx: &Tx, id: FrontendId) -> Found<()> {
    let conn = tx.conn();
    let of_it = frontend_client::Column::FrontendId.eq(id);
    frontend_client::Entity::delete_many().filter(of_it).exec(conn).await?;
    let of_it = frontend_origin::Column::FrontendId.eq(id);
    frontend_origin::Entity::delete_many().filter(of_it).exec(conn).await?;
    let deleted = frontend::Entity::delete_by_id(id).exec(conn).await?;
    if deleted.rows_affected == 1 { Ok(()) } else { Err(Fault::Race("the frontend is not there any more")) }
}
