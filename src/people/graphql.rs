//! People and tenants as the public schema shows them, and the roots that begin with them.
//!
//! Other slices make these objects with [`load_body`], [`load_person`] and [`load_employer`], which go through
//! the request's loader, and add fields of their own to them.

mod claims;
mod inputs;
mod invitations;
mod kinds;
mod members;
mod mutations;
mod sessions;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::{BodyId, EmployerId, PersonId, body, employer};

pub use claims::EmployerClaim;
pub use invitations::Invitation;
pub use kinds::{EmployerClaimStatus, EmployerSizeBand, InvitationState, Permission, StaffRole};
pub use members::{Member, load_member};
pub use mutations::PeopleMutation;
pub use sessions::Session;

use super::loaders::People;
use super::store::{self, PersonView};
use crate::error::Fault;
use crate::schema::scalars::Nzbn;
use crate::schema::{self, GlobalId, List, PageArgs, page_cost, rows_cost};
use crate::tenancy::{self, CaseloadScope, Permission as Allowed};
use crate::values::nzbn::Nzbn as ParsedNzbn;

/// NZTech, IT Professionals NZ, or a body that joins later: a tenant.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Body {
    /// The row's id, for fields that other slices add.
    #[graphql(skip)]
    pub key: BodyId,
    /// Global id of the body.
    #[graphql(owned)]
    pub id: ID,
    /// Short name in addresses and inputs, e.g. nztech; it never changes.
    pub slug: String,
    /// The name as letters and screens show it.
    pub name: String,
    /// Starts every reference that the body issues, e.g. NZT or ITP.
    pub prefix: String,
}

impl From<body::Model> for Body {
    fn from(row: body::Model) -> Self {
        let id = GlobalId::of(&row.id);
        Self { key: row.id, id, slug: row.slug, name: row.name, prefix: row.prefix }
    }
}

/// Somebody who signs in: a member of staff, or whoever acts for an employer. Never a worker.
#[derive(Clone, Debug, SimpleObject)]
pub struct Person {
    /// Global id of the person.
    #[graphql(owned)]
    pub id: ID,
    /// The name that colleagues know them by.
    pub name: String,
    /// For themselves and for colleagues of the same body only; null to everybody else.
    email: Option<String>,
}

impl From<PersonView> for Person {
    fn from(view: PersonView) -> Self {
        Self { id: GlobalId::of(&view.id), name: view.name, email: view.email }
    }
}

/// A New Zealand employer, as the NZBN register has it. Seen by those who act for it, and by a body's staff
/// once it has submitted an application to their body.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Employer {
    /// The row's id, for fields that other slices add.
    #[graphql(skip)]
    pub key: EmployerId,
    /// Global id of the employer.
    #[graphql(owned)]
    pub id: ID,
    /// Its number in the register, by which both bodies know it.
    pub nzbn: Nzbn,
    /// The name it is registered under.
    legal_name: String,
    /// The name it trades under, where that is another.
    trading_name: Option<String>,
    /// Where in New Zealand it mainly works.
    region: Option<String>,
    /// How many people it employs, roughly.
    size_band: Option<EmployerSizeBand>,
}

impl TryFrom<employer::Model> for Employer {
    type Error = Fault;

    fn try_from(row: employer::Model) -> Result<Self, Fault> {
        let nzbn = ParsedNzbn::parse(&row.nzbn).map_err(|why| Fault::stored("employer", why))?;
        Ok(Self {
            key: row.id,
            id: GlobalId::of(&row.id),
            nzbn: nzbn.into(),
            legal_name: row.legal_name,
            trading_name: row.trading_name,
            region: row.region,
            size_band: row.size_band.map(Into::into),
        })
    }
}

/// Who is asking, and what for.
pub struct Viewer {
    member: tenancy::Member,
}

/// Who is asking, what they may do, and on whose behalf. It is looked up anew at every request.
#[Object]
impl Viewer {
    /// Who signed in. Null for a service account.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        if self.is_service() { Ok(None) } else { load_person(ctx, self.member.person).await }
    }

    /// The service account's name. Null for a person.
    async fn service(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if !self.is_service() {
            return Ok(None);
        }
        Ok(load_person(ctx, self.member.person).await?.map(|account| account.name))
    }

    /// The one role of this sign-in; everything that it may do follows from it.
    async fn role(&self) -> StaffRole {
        self.member.role.into()
    }

    /// The tenant that the viewer works for. Null for employers, the agency and observers.
    async fn body(&self, ctx: &Context<'_>) -> Result<Option<Body>> {
        let Some(id) = self.member.body else { return Ok(None) };
        load_body(ctx, id).await
    }

    /// The employers that the viewer acts for; empty unless the role is EMPLOYER.
    async fn employers(&self, ctx: &Context<'_>) -> Result<Vec<Employer>> {
        let ids = self.member.employers.iter().copied();
        let mut rows = people(ctx).load_many(ids.clone()).await?;
        let found = ids.filter_map(|id| rows.remove(&id)).map(Employer::try_from);
        Ok(found.collect::<Result<_, Fault>>()?)
    }

    /// What the role allows, so that a screen can leave out what would be refused.
    async fn permissions(&self) -> Vec<Permission> {
        tenancy::permissions_of(self.member.role).iter().copied().map(Into::into).collect()
    }

    /// Where the viewer is signed in: at most 100, the newest first. Empty for a machine that sends its provider's tokens.
    #[graphql(complexity = "rows_cost(10, child_complexity)")]
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>> {
        sessions::of(ctx, self.member.membership).await
    }
}

impl Viewer {
    fn is_service(&self) -> bool {
        self.member.role == entity::StaffRole::Service
    }
}

/// The roots of this slice.
#[derive(Default)]
pub struct PeopleQuery;

#[Object]
impl PeopleQuery {
    /// Who is asking; null when signed out.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        schema::viewer(ctx).member().map(|member| Viewer { member: member.clone() })
    }

    /// An employer by its number: one that the viewer acts for, or that has submitted an application to the
    /// viewer's body. Null for every other.
    async fn employer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "All 13 digits; spaces and hyphens are left out.")] nzbn: Nzbn,
    ) -> Result<Option<Employer>> {
        let Some(scope) = schema::viewer(ctx).caseload() else { return Ok(None) };
        let row = store::find_employer(&schema::app(ctx).db, &scope, nzbn.0).await?;
        Ok(row.map(Employer::try_from).transpose()?)
    }

    /// The people and machines of the viewer's own body, in the order in which they joined. Null for everyone but its
    /// leads.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whether those are listed as well whose membership has ended.", default)]
        include_ended: bool,
        #[graphql(desc = "How many rows from the start, or after `after`; at most 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page begins after.")] after: Option<String>,
        #[graphql(desc = "How many rows from the end, or before `before`; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page ends before.")] before: Option<String>,
    ) -> Result<Option<members::MemberConnection>> {
        let Ok(scope) = schema::viewer(ctx).in_body(Allowed::ManageMembers) else { return Ok(None) };
        let args = PageArgs { first, after, last, before };
        members::page(ctx, scope, include_ended, (&List::of(ctx, "members"), &args)).await.map(Some)
    }

    /// Invitations, the newest first: to a lead those to the body, to those who act for an employer those to act for it
    /// as well. Null for everyone else.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows from the start, or after `after`; at most 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page begins after.")] after: Option<String>,
        #[graphql(desc = "How many rows from the end, or before `before`; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page ends before.")] before: Option<String>,
    ) -> Result<Option<invitations::InvitationConnection>> {
        let Some(scope) = inviting(schema::viewer(ctx)) else { return Ok(None) };
        let args = PageArgs { first, after, last, before };
        invitations::page(ctx, scope, (&List::of(ctx, "invitations"), &args)).await.map(Some)
    }

    /// Requests to act for an employer, the newest first: to a lead those that came to the body, to those who act for
    /// employers their own, and what a body has approved for one of their employers. Null for everyone else.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn employer_claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows from the start, or after `after`; at most 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page begins after.")] after: Option<String>,
        #[graphql(desc = "How many rows from the end, or before `before`; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page ends before.")] before: Option<String>,
    ) -> Result<Option<claims::EmployerClaimConnection>> {
        let Some(scope) = inviting(schema::viewer(ctx)) else { return Ok(None) };
        let args = PageArgs { first, after, last, before };
        claims::page(ctx, scope, (&List::of(ctx, "employerClaims"), &args)).await.map(Some)
    }
}

/// Whose people the viewer may let in: a lead's own body's, or those of the employers that somebody acts for.
fn inviting(viewer: &tenancy::Viewer) -> Option<CaseloadScope> {
    let leads = viewer.in_body(Allowed::ManageMembers).ok().map(CaseloadScope::Body);
    leads.or_else(|| viewer.for_employers().ok().map(CaseloadScope::Employers))
}

/// The request's loader.
fn people<'c>(ctx: &Context<'c>) -> &'c People {
    ctx.data_unchecked::<People>()
}

/// A body by its row's id.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_body(ctx: &Context<'_>, id: BodyId) -> Result<Option<Body>> {
    Ok(people(ctx).load_one(id).await?.map(Body::from))
}

/// A person by their row's id, which stands in a row that the viewer may read.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_person(ctx: &Context<'_>, id: PersonId) -> Result<Option<Person>> {
    Ok(people(ctx).load_one(id).await?.map(Person::from))
}

/// An employer by its row's id; none where the viewer may not see it.
///
/// # Errors
/// Where the database does not answer.
pub async fn load_employer(ctx: &Context<'_>, id: EmployerId) -> Result<Option<Employer>> {
    Ok(people(ctx).load_one(id).await?.map(Employer::try_from).transpose()?)
}

/// A body by its global id.
pub(crate) async fn find_body(ctx: &Context<'_>, id: &ID) -> Result<Option<Body>> {
    let Some(id) = GlobalId::read(id) else { return Ok(None) };
    load_body(ctx, id).await
}

/// A person by their global id: oneself, or a colleague of the same body.
pub(crate) async fn find_person(ctx: &Context<'_>, id: &ID) -> Result<Option<Person>> {
    let Some(id) = GlobalId::read::<PersonId>(id) else { return Ok(None) };
    Ok(people(ctx).load_one(id).await?.filter(|view| view.is_near).map(Person::from))
}

/// An employer by its global id.
pub(crate) async fn find_employer(ctx: &Context<'_>, id: &ID) -> Result<Option<Employer>> {
    let Some(id) = GlobalId::read(id) else { return Ok(None) };
    load_employer(ctx, id).await
}
