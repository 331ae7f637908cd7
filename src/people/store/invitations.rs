//! Invitations.

use entity::{BodyId, InvitationId, PersonId, employer_agent, invitation, membership};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Set, Value,
};
use serde::{Deserialize, Serialize};

use crate::db::Tx;
use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};
use crate::people::rules::arrival::Link;
use crate::tenancy::{CaseloadScope, SystemScope};

/// Keeps a new invitation.
///
/// # Errors
/// Where the database refuses.
pub async fn insert(tx: &Tx, row: invitation::Model) -> Found<()> {
    invitation::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The invitation whose token has one of these hashes, open or not, and what whoever made it is now: for whoever holds its
/// link.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_by_hash(
    conn: &impl ConnectionTrait,
    _scope: &SystemScope,
    hashes: &[String],
) -> Found<Option<Link>> {
    let select = invitation::Entity::find().filter(invitation::Column::TokenHash.is_in(hashes));
    let Some(invitation) = select.one(conn).await? else { return Ok(None) };
    let Some(person) = invitation.invited_by else { return Ok(Some(Link { invitation, inviter: None })) };
    let mut inviter = membership::Entity::find().filter(membership::Column::PersonId.eq(person));
    if let Some(employer) = invitation.employer_id {
        let acts = Query::select()
            .column(employer_agent::Column::PersonId)
            .from(employer_agent::Entity)
            .and_where(employer_agent::Column::EmployerId.eq(employer))
            .to_owned();
        inviter = inviter.filter(membership::Column::PersonId.in_subquery(acts));
    }
    Ok(Some(Link { inviter: inviter.one(conn).await?, invitation }))
}

/// Uses an invitation up; false where somebody was quicker, or it was taken back meanwhile.
///
/// # Errors
/// Where the database does not answer.
pub async fn use_up(tx: &Tx, id: InvitationId, by: PersonId) -> Found<bool> {
    let used = invitation::Entity::update_many()
        .set(invitation::ActiveModel {
            used_at: Set(Some(tx.now())),
            used_by: Set(Some(by)),
            ..Default::default()
        })
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::UsedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(used.rows_affected == 1)
}

/// Takes an invitation back; false where it was used or taken back meanwhile.
///
/// # Errors
/// Where the database does not answer.
pub async fn revoke(tx: &Tx, id: InvitationId) -> Found<bool> {
    let revoked = invitation::Entity::update_many()
        .set(invitation::ActiveModel { revoked_at: Set(Some(tx.now())), ..Default::default() })
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::UsedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(revoked.rows_affected == 1)
}

/// Takes an invitation back that somebody has used; false where it was taken back meanwhile. Who used it stands in history.
///
/// # Errors
/// Where the database does not answer.
pub async fn revoke_used(tx: &Tx, id: InvitationId, by: PersonId) -> Found<bool> {
    let revoked = invitation::Entity::update_many()
        .set(invitation::ActiveModel {
            revoked_at: Set(Some(tx.now())),
            used_at: Set(None),
            used_by: Set(None),
            ..Default::default()
        })
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::UsedBy.eq(by))
        .exec(tx.conn())
        .await?;
    Ok(revoked.rows_affected == 1)
}

/// Takes everything back that somebody has invited to a body and nobody has used; answers which.
///
/// # Errors
/// Where the database does not answer.
pub async fn revoke_made_by(tx: &Tx, body: BodyId, by: PersonId) -> Found<Vec<InvitationId>> {
    let open: Vec<InvitationId> = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Id)
        .filter(invitation::Column::BodyId.eq(body))
        .filter(invitation::Column::InvitedBy.eq(by))
        .filter(invitation::Column::UsedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .order_by_asc(invitation::Column::Id)
        .into_tuple()
        .all(tx.conn())
        .await?;
    let mut revoked = Vec::new();
    for id in open {
        if revoke(tx, id).await? {
            revoked.push(id);
        }
    }
    Ok(revoked)
}

/// The key of an invitation in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationKey(pub InvitationId);

impl From<InvitationKey> for Vec<Value> {
    fn from(key: InvitationKey) -> Self {
        vec![key.0.into()]
    }
}

/// One of the viewer's own: a body's, or those of the employers that somebody acts for.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_own(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    id: InvitationId,
) -> Found<Option<invitation::Model>> {
    Ok(own(scope).filter(invitation::Column::Id.eq(id)).one(conn).await?)
}

/// A page of the viewer's own, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    request: &PageRequest<InvitationKey>,
) -> Found<Page<invitation::Model>> {
    let id = Expr::col((invitation::Entity, invitation::Column::Id));
    let rows = keyed(own(scope), &[id], true, request).all(conn).await?;
    Ok(Page::of(rows, request))
}

/// How many the viewer has.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(conn: &impl ConnectionTrait, scope: &CaseloadScope) -> Found<u64> {
    Ok(own(scope).count(conn).await?)
}

fn own(scope: &CaseloadScope) -> Select<invitation::Entity> {
    match scope {
        CaseloadScope::Body(scope) => {
            invitation::Entity::find().filter(invitation::Column::BodyId.eq(scope.body()))
        }
        CaseloadScope::Employers(scope) => invitation::Entity::find()
            .filter(invitation::Column::EmployerId.is_in(scope.employers().iter().copied())),
    }
}
