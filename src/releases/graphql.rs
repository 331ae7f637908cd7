//! Releases and the combined list as the public schema shows them.
//!
//! Which releases a viewer may see, and which lines whole, the scope and the store decide; here they are wrapped.

mod approved_list;
mod changes;
mod inputs;
mod kinds;
mod match_line;
mod mutations;
mod parts;
mod release;
mod reveal;

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

pub use approved_list::{ApprovedListLine, ListQuery};
pub use kinds::{ReleaseChangeKind, ReleaseStatus};
pub use match_line::MatchQuery;
pub use mutations::ReleaseMutation;
pub use parts::Attestation;
pub use release::{Release, ReleaseConnection};
pub use reveal::RevealMutation;

use super::loaders::{LatestOf, releases};
use super::store::read::{self, ReleaseKey};
use crate::app::App;
use crate::error::{Fault, Found};
use crate::exceptions::graphql as exceptions;
use crate::exceptions::store::Current;
use crate::page::PageRequest;
use crate::schema::{self, GlobalId, List, PageArgs, count, page_cost};
use crate::tenancy::ReleaseScope;

/// The newest release that the viewer may see, outside of a request.
///
/// # Errors
/// Where the database does not answer.
pub async fn latest_seen(app: &App, scope: &ReleaseScope, current: &Arc<Current>) -> Found<Option<Release>> {
    let page = read::page_of(&app.db.read(scope), scope, current.row.id, &PageRequest::first(1)).await?;
    Ok(page.rows.into_iter().next().map(|seen| Release::of(seen, current)))
}

/// This slice's part of a class exception; `schema::class_exception` puts the parts together.
#[derive(Clone, Debug)]
pub struct ReleasesPart(pub Arc<Current>);

#[Object]
impl ReleasesPart {
    /// Releases of the combined list, the newest first. Those that are being prepared, or were given up, are there for
    /// the bodies alone.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn releases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many rows from the start, or after `after`; 0 to 100, usually 25.")]
        first: Option<i32>,
        #[graphql(desc = "Cursor that the page begins after.")] after: Option<String>,
        #[graphql(desc = "At most so many rows from the end, or before `before`; 0 to 100.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Cursor that the page ends before.")] before: Option<String>,
    ) -> Result<ReleaseConnection> {
        page_of(ctx, &self.0, &PageArgs { first, after, last, before }).await
    }

    /// The newest release that the agency has; null before there is one.
    async fn latest_release(&self, ctx: &Context<'_>) -> Result<Option<Release>> {
        let found = releases(ctx).load_one(LatestOf(self.0.row.id)).await?;
        Ok(found.map(|seen| Release::of(seen, &self.0)))
    }
}

async fn page_of(ctx: &Context<'_>, exception: &Arc<Current>, args: &PageArgs) -> Result<ReleaseConnection> {
    let (app, scope, id) = (Arc::clone(schema::app(ctx)), schema::viewer(ctx).releases(), exception.row.id);
    let list = List::of(ctx, &format!("ClassException:{id}.releases"));
    let request = list.request::<ReleaseKey>(args)?;
    let page = read::page_of(&app.db.read(&scope), &scope, id, &request).await?;
    let page = page.map(|seen| (ReleaseKey(seen.number), Release::of(seen, exception)));
    let count = count(move || {
        let (app, scope) = (Arc::clone(&app), scope.clone());
        async move { read::count(&app.db.read(&scope), &scope, id).await }
    });
    Ok(ReleaseConnection::of(&list, page, count)?)
}

/// The root of releases.
#[derive(Default)]
pub struct ReleaseQuery;

#[Object]
impl ReleaseQuery {
    /// A release of the combined list by its number; null where there is none that the viewer may see.
    async fn release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the class exception, e.g. specialist-tech.")] class_exception: String,
        #[graphql(desc = "Its number under the class exception, from 1.")] number: i32,
    ) -> Result<Option<Release>> {
        let Some(exception) = exceptions::find(ctx, &class_exception).await? else { return Ok(None) };
        let (app, scope) = (schema::app(ctx), schema::viewer(ctx).releases());
        let found = read::find(&app.db.read(&scope), &scope, exception.row.id, number).await?;
        Ok(found.map(|seen| Release::of(seen, &exception)))
    }
}

/// A release by its row's id; none where the viewer may not see it.
pub(super) async fn load(ctx: &Context<'_>, id: entity::ReleaseId) -> Result<Option<Release>> {
    let Some(seen) = releases(ctx).load_one(id).await? else { return Ok(None) };
    let exception = exceptions::load(ctx, seen.exception_id).await?;
    let exception = exception.ok_or_else(|| Fault::stored("release", "its class exception is gone"))?;
    Ok(Some(Release::of(seen, &exception)))
}

/// A release by its global id.
pub(crate) async fn find_release(ctx: &Context<'_>, id: &ID) -> Result<Option<Release>> {
    let Some(id) = GlobalId::read(id) else { return Ok(None) };
    load(ctx, id).await
}
