//! Invitations, for those who may invite.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use chrono::Utc;
use entity::{InvitationId, invitation};

use super::kinds::{InvitationState, StaffRole};
use super::{Employer, Person, load_employer, load_person};
use crate::error::Acted;
use crate::people::rules::invitations::state;
use crate::people::store::invitations::{self, InvitationKey};
use crate::schema::connection::connection;
use crate::schema::scalars::DateTime;
use crate::schema::{self, GlobalId, List, PageArgs, count};
use crate::tenancy::CaseloadScope;

/// A link by which one person, once, becomes a member of a body or acts for an employer. The link itself is told to
/// whoever invites and to nobody after.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Invitation {
    #[graphql(skip)]
    row: invitation::Model,
    /// Global id of the invitation.
    id: ID,
    /// Whom it is for, as whoever invites calls them.
    name: String,
    /// As what they come.
    role: StaffRole,
    /// Where it stands.
    state: InvitationState,
    /// When it was made.
    created_at: DateTime,
    /// Until when its link can be used.
    expires_at: DateTime,
    /// The instant at which the membership itself will end; null where it goes on.
    membership_ends_at: Option<DateTime>,
}

impl Invitation {
    fn of(row: invitation::Model, now: chrono::DateTime<Utc>) -> Self {
        Self {
            id: GlobalId::of(&row.id),
            name: row.name.clone(),
            role: row.role.into(),
            state: state(&row, now).into(),
            created_at: row.created_at.into(),
            expires_at: row.expires_at.into(),
            membership_ends_at: row.membership_ends_at.map(Into::into),
            row,
        }
    }
}

#[ComplexObject]
impl Invitation {
    /// For which employer; null where it is to a body.
    async fn employer(&self, ctx: &Context<'_>) -> Result<Option<Employer>> {
        match self.row.employer_id {
            Some(id) => load_employer(ctx, id).await,
            None => Ok(None),
        }
    }

    /// Who has used it; null while nobody has.
    async fn used_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.row.used_by {
            Some(id) => load_person(ctx, id).await,
            None => Ok(None),
        }
    }
}

connection! {
    /// A page of invitations.
    InvitationConnection,
    /// One invitation.
    InvitationEdge of Invitation
}

/// A page of the viewer's own.
pub(super) async fn page(
    ctx: &Context<'_>,
    scope: CaseloadScope,
    (list, args): (&List<'_>, &PageArgs),
) -> Result<InvitationConnection> {
    let app = Arc::clone(schema::app(ctx));
    let now = app.db.clock().now();
    let page = invitations::page_of(&app.db.read(&scope), &scope, &list.request(args)?).await?;
    let page = page.map(|row| (InvitationKey(row.id), Invitation::of(row, now)));
    let count = count(move || {
        let (app, scope) = (Arc::clone(&app), scope.clone());
        async move { invitations::count(&app.db.read(&scope), &scope).await }
    });
    Ok(InvitationConnection::of(list, page, count)?)
}

/// One of the viewer's own, after an act on it.
pub(super) async fn load(
    ctx: &Context<'_>,
    scope: &CaseloadScope,
    id: InvitationId,
) -> Acted<Option<Invitation>> {
    let db = &schema::app(ctx).db;
    let found = invitations::find_own(&db.read(scope), scope, id).await?;
    Ok(found.map(|row| Invitation::of(row, db.clock().now())))
}
