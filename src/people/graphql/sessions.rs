//! The viewer's own sign-ins.

use async_graphql::{Context, ID, Result, SimpleObject};
use entity::MembershipId;

use crate::people::store;
use crate::schema::scalars::DateTime;
use crate::schema::{self, GlobalId};

/// Most sign-ins that are listed.
const MOST: u64 = 100;

/// A sign-in of the viewer, in some browser.
#[derive(Clone, Debug, SimpleObject)]
pub struct Session {
    /// Global id, to end it by; it opens nothing.
    id: ID,
    /// What people call the identity provider; null in a demo.
    provider: Option<String>,
    /// When it began.
    created_at: DateTime,
    /// When it was last used, to the minute.
    used_at: DateTime,
    /// When it ends at the latest; sooner, where it is not used for half an hour.
    expires_at: DateTime,
    /// Whether this request came with it.
    is_current: bool,
}

/// Those of a membership.
pub(super) async fn of(ctx: &Context<'_>, membership: MembershipId) -> Result<Vec<Session>> {
    let viewer = schema::viewer(ctx);
    let rows = store::load_sessions_of(&schema::app(ctx).db, &viewer.as_self()?, membership, MOST).await?;
    let session = |(row, issuer): (entity::session::Model, Option<entity::issuer::Model>)| Session {
        id: GlobalId::of(&row.id),
        provider: issuer.map(|issuer| issuer.name),
        created_at: row.created_at.into(),
        used_at: row.used_at.into(),
        expires_at: row.expires_at.into(),
        is_current: viewer.session() == Some(row.id),
    };
    Ok(rows.into_iter().map(session).collect())
}
