//! Requests to act for an employer.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use entity::{EmployerClaimId, employer_claim};

use super::kinds::EmployerClaimStatus;
use super::{Body, load_body, load_person};
use crate::error::{Acted, Fault, Found};
use crate::people::rules::claims::as_the_body_knows;
use crate::people::store::claims::{self, ClaimKey};
use crate::schema::connection::connection;
use crate::schema::scalars::{DateTime, Nzbn};
use crate::schema::{self, GlobalId, List, PageArgs, count};
use crate::tenancy::CaseloadScope;
use crate::values::nzbn::Nzbn as ParsedNzbn;

/// Somebody asks a body to let them act for an employer. The body makes sure of it by its own means, such as a call to the
/// number in the register.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct EmployerClaim {
    #[graphql(skip)]
    row: employer_claim::Model,
    /// Global id of the request.
    id: ID,
    /// The employer's number, as it was given.
    nzbn: Nzbn,
    /// The employer's name, as it was given.
    legal_name: String,
    /// Where it stands. A body is told what its own leads made of it, and never whether others have to say yes.
    status: EmployerClaimStatus,
    /// When it was made.
    created_at: DateTime,
    /// When a lead decided on it; null before.
    decided_at: Option<DateTime>,
    /// Why it was declined; null unless it was. A body is told why its own leads declined it.
    reason: Option<String>,
}

impl EmployerClaim {
    fn seen_by(scope: &CaseloadScope, row: employer_claim::Model) -> Found<Self> {
        let nzbn = ParsedNzbn::parse(&row.nzbn).map_err(|why| Fault::stored("employer claim", why))?;
        let (status, reason) = match scope {
            CaseloadScope::Body(_) => as_the_body_knows(&row),
            CaseloadScope::Employers(_) => (row.status, row.reason.as_deref()),
        };
        Ok(Self {
            id: GlobalId::of(&row.id),
            nzbn: nzbn.into(),
            legal_name: row.legal_name.clone(),
            status: status.into(),
            created_at: row.created_at.into(),
            decided_at: row.decided_at.map(Into::into),
            reason: reason.map(ToOwned::to_owned),
            row,
        })
    }
}

#[ComplexObject]
impl EmployerClaim {
    /// What whoever asks is called by their identity provider; null where nobody is told.
    async fn claimant(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(load_person(ctx, self.row.person_id).await?.map(|person| person.name))
    }

    /// Which body was asked.
    async fn body(&self, ctx: &Context<'_>) -> Result<Option<Body>> {
        load_body(ctx, self.row.body_id).await
    }
}

connection! {
    /// A page of requests to act for an employer.
    EmployerClaimConnection,
    /// One request to act for an employer.
    EmployerClaimEdge of EmployerClaim
}

/// A page of those that the viewer may see.
pub(super) async fn page(
    ctx: &Context<'_>,
    scope: CaseloadScope,
    (list, args): (&List<'_>, &PageArgs),
) -> Result<EmployerClaimConnection> {
    let app = Arc::clone(schema::app(ctx));
    let page = claims::page_of(&app.db.read(&scope), &scope, &list.request(args)?).await?;
    let page = page.try_map(|row| Found::Ok((ClaimKey(row.id), EmployerClaim::seen_by(&scope, row)?)))?;
    let count = count(move || {
        let (app, scope) = (Arc::clone(&app), scope.clone());
        async move { claims::count(&app.db.read(&scope), &scope).await }
    });
    Ok(EmployerClaimConnection::of(list, page, count)?)
}

/// One that the viewer may see, after an act on it.
pub(super) async fn load(
    ctx: &Context<'_>,
    scope: &CaseloadScope,
    id: EmployerClaimId,
) -> Acted<Option<EmployerClaim>> {
    let found = claims::find_visible(&schema::app(ctx).db.read(scope), scope, id).await?;
    Ok(found.map(|row| EmployerClaim::seen_by(scope, row)).transpose()?)
}
