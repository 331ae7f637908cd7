//! What every request carries: who asks and from where, the parts of the service, and loaders that live as long as it does.

use std::sync::Arc;

use async_graphql::{Context, Request};

use crate::app::App;
use crate::keys::Source;
use crate::tenancy::Viewer;

/// The id of a request, as it stands in its answer and in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Puts into a request what resolvers ask for. A slice that has loaders adds them here.
#[must_use]
pub fn with_context(request: Request, app: &Arc<App>, viewer: &Viewer, source: Source) -> Request {
    let request = request.data(Arc::clone(app)).data(viewer.clone()).data(source);
    let request = crate::people::loaders::attach(request, app, viewer);
    let request = crate::exceptions::loaders::attach(request, app, viewer);
    let request = crate::quota::loaders::attach(request, app, viewer);
    let request = crate::ballots::loaders::attach(request, app, viewer);
    let request = crate::applications::graphql::attach(request, app, viewer);
    let request = crate::releases::loaders::attach(request, app, viewer);
    crate::reconciliation::loaders::attach(request, app, viewer)
}

/// The parts of the service.
///
/// # Panics
/// Where a request did not come through [`with_context`].
#[must_use]
pub fn app<'c>(ctx: &Context<'c>) -> &'c Arc<App> {
    ctx.data_unchecked::<Arc<App>>()
}

/// Who asks.
///
/// # Panics
/// Where a request did not come through [`with_context`].
#[must_use]
pub fn viewer<'c>(ctx: &Context<'c>) -> &'c Viewer {
    ctx.data_unchecked::<Viewer>()
}

/// Where the request comes from.
///
/// # Panics
/// Where a request did not come through [`with_context`].
#[must_use]
pub fn source(ctx: &Context<'_>) -> Source {
    *ctx.data_unchecked::<Source>()
}
