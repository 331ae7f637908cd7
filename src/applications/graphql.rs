//! Applications as the public schema shows them, and what can be done to them.
//!
//! Whatever is loaded goes through the viewer's caseload: a body's staff see what was submitted to their body,
//! those who act for an employer see its own, and nobody else sees any.

mod agency;
mod amendment;
mod application;
mod employer;
mod evidence;
mod fields;
mod figures;
mod impact;
mod import;
mod inputs;
mod interest;
mod kinds;
mod list;
mod loaders;
mod members;
mod mutations;
mod parts;
mod payloads;
mod question;
mod summary;
mod timeline;

use async_graphql::{Context, ID, Object, Result};
use entity::{ApplicationId, ExceptionId};

pub use agency::{AgencyCase, AgencyStatus};
pub use application::Application;
pub use evidence::Evidence;
pub(crate) use evidence::find_evidence;
pub use impact::Impact;
pub use import::ImportMutation;
pub use inputs::ImportRow;
pub(crate) use inputs::Reader;
pub(crate) use interest::find_interest;
pub use interest::{Interest, InterestMutation, InterestQuery};
pub use list::{ApplicationConnection, ApplicationFilter, ApplicationOrder};
pub use loaders::attach;
pub(crate) use loaders::{WorkerOf, cases};
pub use members::MembersMutation;
pub(crate) use mutations::perform;
pub use mutations::{CaseworkMutation, EmployerMutation, FollowUpMutation, StaffMutation};
pub use parts::{ListedWorker, Worker};
pub use question::InformationRequest;
pub(crate) use question::find_question;
pub use timeline::ApplicationEvent;
pub(crate) use timeline::{events_told, find_event};

use crate::applications::store::caseload;
use crate::error::NO_SUCH_EXCEPTION;
use crate::exceptions::graphql as exceptions;
use crate::schema::{self, GlobalId, PageArgs, bad_input, page_cost};
use crate::values::reference::Reference;

/// The roots of this slice.
#[derive(Default)]
pub struct CaseloadQuery;

#[Object]
impl CaseloadQuery {
    /// The viewer's own caseload: a body's staff see their body's (never drafts), an employer its own. Null for
    /// everyone else.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the public schema")]
    async fn applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the one class exception to look at; all where absent.")]
        class_exception: Option<String>,
        #[graphql(desc = "Which applications; all where absent.")] filter: Option<ApplicationFilter>,
        #[graphql(desc = "What comes first; the newest where absent.")] order_by: Option<ApplicationOrder>,
        #[graphql(desc = "How many rows from the start, or after `after`; at most 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page begins after.")] after: Option<String>,
        #[graphql(desc = "How many rows from the end, or before `before`; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page ends before.")] before: Option<String>,
    ) -> Result<Option<ApplicationConnection>> {
        let Some(scope) = schema::viewer(ctx).caseload() else { return Ok(None) };
        let exception = match class_exception {
            Some(slug) => Some(named(ctx, &slug).await?),
            None => None,
        };
        let (filter, order) = (filter.unwrap_or_default(), order_by.unwrap_or_default());
        let args = PageArgs { first, after, last, before };
        list::page(ctx, scope, "applications", (exception, filter), order, &args).await.map(Some)
    }

    /// One application of the viewer's caseload. Null for every other, and for what is no reference.
    async fn application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As people type it: in any case, with or without the hyphen, e.g. NZT-7K4Q2H.")]
        reference: String,
    ) -> Result<Option<Application>> {
        find_by_reference(ctx, &reference).await
    }
}

/// An application of the viewer's caseload by its reference, as people type it.
pub(crate) async fn find_by_reference(ctx: &Context<'_>, reference: &str) -> Result<Option<Application>> {
    let Some(scope) = schema::viewer(ctx).caseload() else { return Ok(None) };
    let Ok(reference) = Reference::parse(reference) else { return Ok(None) };
    let conn = &schema::app(ctx).db.read(&scope);
    let row = caseload::find_by_reference(conn, &scope, &reference.to_string()).await?;
    Ok(row.map(|row| Application::of(row, scope)))
}

/// The class exception that a caller names.
pub(crate) async fn named(ctx: &Context<'_>, slug: &str) -> Result<ExceptionId> {
    let found = exceptions::find(ctx, slug).await?.map(|current| current.row.id);
    found.ok_or_else(|| bad_input(NO_SUCH_EXCEPTION))
}

/// An application by its row's id; none where the viewer may not see it.
pub(crate) async fn load_application(ctx: &Context<'_>, id: ApplicationId) -> Result<Option<Application>> {
    let Some(scope) = schema::viewer(ctx).caseload() else { return Ok(None) };
    Ok(loaders::cases(ctx).load_one(id).await?.map(|row| Application::of(row, scope)))
}

/// An application by its global id.
pub(crate) async fn find_application(ctx: &Context<'_>, id: &ID) -> Result<Option<Application>> {
    let Some(id) = GlobalId::read(id) else { return Ok(None) };
    load_application(ctx, id).await
}
