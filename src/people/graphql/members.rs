//! A body's own people and machines, for its leads.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use entity::{MembershipId, membership};

use super::kinds::StaffRole;
use super::{Person, load_person};
use crate::error::Acted;
use crate::people::store::members::{self, MemberKey};
use crate::schema::connection::connection;
use crate::schema::scalars::DateTime;
use crate::schema::{self, GlobalId, List, PageArgs, count};
use crate::tenancy::BodyScope;

/// Somebody of a body, or a machine of it, with what they may do there.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Member {
    #[graphql(skip)]
    row: membership::Model,
    /// Global id of the membership.
    id: ID,
    /// The one role that they have.
    role: StaffRole,
    /// Moves with every change; an act on an older one is STALE.
    version: i32,
    /// The instant from which they have no access; null where it goes on.
    ends_at: Option<DateTime>,
}

impl From<membership::Model> for Member {
    fn from(row: membership::Model) -> Self {
        Self {
            id: GlobalId::of(&row.id),
            role: row.role.into(),
            version: row.version,
            ends_at: row.ends_at.map(Into::into),
            row,
        }
    }
}

#[ComplexObject]
impl Member {
    /// Who it is. Null for a machine.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        if self.is_machine() { Ok(None) } else { load_person(ctx, self.row.person_id).await }
    }

    /// What the machine is called. Null for a person.
    async fn service(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if !self.is_machine() {
            return Ok(None);
        }
        Ok(load_person(ctx, self.row.person_id).await?.map(|machine| machine.name))
    }
}

impl Member {
    fn is_machine(&self) -> bool {
        self.row.role == entity::StaffRole::Service
    }
}

connection! {
    /// A page of a body's members.
    MemberConnection,
    /// One member of a body.
    MemberEdge of Member
}

/// A page of the body's members.
pub(super) async fn page(
    ctx: &Context<'_>,
    scope: BodyScope,
    include_ended: bool,
    (list, args): (&List<'_>, &PageArgs),
) -> Result<MemberConnection> {
    let app = Arc::clone(schema::app(ctx));
    let which = (app.db.clock().now(), include_ended);
    let page = members::page_of(&app.db.read(&scope), &scope, which, &list.request(args)?).await?;
    let page = page.map(|row| (MemberKey(row.id), Member::from(row)));
    let count = count(move || {
        let (app, scope) = (Arc::clone(&app), scope.clone());
        async move { members::count(&app.db.read(&scope), &scope, which).await }
    });
    Ok(MemberConnection::of(list, page, count)?)
}

/// A member of the lead's own body, after an act on it.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_member(ctx: &Context<'_>, scope: &BodyScope, id: MembershipId) -> Acted<Option<Member>> {
    let conn = &schema::app(ctx).db.read(scope);
    Ok(members::find_own(conn, scope, id).await?.map(Member::from))
}
