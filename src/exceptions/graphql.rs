//! Class exceptions as the public schema shows them: what they ask, their roles, and the eligibility check.
//!
//! Everything here is public. Terms come from memory; other slices show a role or a result at the revision that an
//! application was submitted under with [`terms_at`].

mod eligibility;
mod kinds;
mod roles;
mod terms;

use std::sync::Arc;

use async_graphql::{Context, Result};
use entity::ExceptionId;

pub use eligibility::{
    CheckEligibilityInput, CriterionResult, EligibilityQuery, EligibilityResult, RemunerationInput,
};
pub use kinds::{
    AllocationMethod, ClassExceptionStatus, CriterionKind, CriterionStrength, EligibilityOutcome,
    EligibilityReason, PayPeriod,
};
pub(crate) use roles::find_role;
pub use roles::{ApprovedRole, JobTitle, JobTitleMatch};
pub use terms::{Criterion, DatedFact, ExceptionPart, load_bodies};

use super::loaders::{Exceptions, Named};
use super::store::{self, Current, KnownTerms};
use crate::schema;
use crate::values::slug::is_slug;

/// All class exceptions, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_all(ctx: &Context<'_>) -> Result<Vec<Arc<Current>>> {
    let (app, scope) = (schema::app(ctx), schema::viewer(ctx).in_public());
    let conn = &app.db.read(&scope);
    let mut all = Vec::new();
    for row in store::load_all(conn).await? {
        // From memory: a query only where nobody has asked for this revision before.
        all.push(Arc::new(app.shelf.current(conn, row).await?));
    }
    Ok(all)
}

/// The class exception with this slug; none for anything that is no slug.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(ctx: &Context<'_>, slug: &str) -> Result<Option<Arc<Current>>> {
    if !is_slug(slug) {
        return Ok(None);
    }
    Ok(ctx.data_unchecked::<Exceptions>().load_one(Named(slug.to_owned())).await?)
}

/// A class exception by its row's id.
///
/// # Errors
/// Where the database does not answer.
pub async fn load(ctx: &Context<'_>, id: ExceptionId) -> Result<Option<Arc<Current>>> {
    Ok(ctx.data_unchecked::<Exceptions>().load_one(id).await?)
}

/// An exception's terms at a revision.
///
/// # Errors
/// Where the database does not answer, or the revision is not there.
pub async fn terms_at(ctx: &Context<'_>, id: ExceptionId, revision: i32) -> Result<Arc<KnownTerms>> {
    let (app, scope) = (schema::app(ctx), schema::viewer(ctx).in_public());
    Ok(app.shelf.terms(&app.db.read(&scope), id, revision).await?)
}
