//! Expressions of interest as the public schema shows them. Anybody may register one; a body's staff read those to
//! their body, and those who act for an employer the ones that name it.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use entity::{ExceptionId, InterestId, interest};

use super::inputs::RegisterInterestInput;
use super::loaders::{ApplicationsOf, cases, there};
use super::mutations::perform;
use crate::applications::store::interest::{self as store, InterestKey};
use crate::error::{Fault, Found};
use crate::exceptions::graphql::{self as exceptions, ApprovedRole};
use crate::people::graphql::{Body, load_body};
use crate::schema::class_exception::ClassException;
use crate::schema::connection::{connection, int};
use crate::schema::payload::payload;
use crate::schema::scalars::{DateTime, Nzbn};
use crate::schema::{self, GlobalId, List, PageArgs, count, page_cost};
use crate::tenancy::{CaseloadScope, SystemScope};
use crate::values::nzbn::Nzbn as ParsedNzbn;

/// An employer's expression of interest, to one body. It is what somebody without an account has said: nobody has
/// looked into it. The body's staff read it, and those who act for the employer with its NZBN.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Interest {
    /// Its row, for what is resolved from it.
    #[graphql(skip)]
    row: interest::Model,
    /// Global id of the expression of interest.
    #[graphql(owned)]
    pub id: ID,
    /// The employer's name, as it was given.
    legal_name: String,
    /// The employer's number, as it was given; null where none was.
    nzbn: Option<Nzbn>,
    /// Where the body can write to.
    contact_email: String,
    /// How many workers the employer expects to apply for.
    expected_workers: i32,
    /// When it was registered.
    created_at: DateTime,
}

impl TryFrom<interest::Model> for Interest {
    type Error = Fault;

    fn try_from(row: interest::Model) -> Result<Self, Fault> {
        let nzbn = row.nzbn.as_deref().map(ParsedNzbn::parse).transpose();
        Ok(Self {
            id: GlobalId::of(&row.id),
            legal_name: row.legal_name.clone(),
            nzbn: nzbn.map_err(|why| Fault::stored("interest", why))?.map(Nzbn),
            contact_email: row.contact_email.clone(),
            expected_workers: row.expected_workers,
            created_at: row.created_at.into(),
            row,
        })
    }
}

#[ComplexObject]
impl Interest {
    /// What the employer is interested in.
    async fn class_exception(&self, ctx: &Context<'_>) -> Result<ClassException> {
        Ok(there("class exception", ClassException::load(ctx, self.row.exception_id).await?)?)
    }

    /// Which body it came to.
    async fn body(&self, ctx: &Context<'_>) -> Result<Body> {
        Ok(there("body", load_body(ctx, self.row.body_id).await?)?)
    }

    /// The roles that the workers would have, as the terms had them when it was registered; may be empty.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<ApprovedRole>> {
        let codes: Vec<String> = serde_json::from_value(self.row.roles.clone())
            .map_err(|why| Fault::stored("roles of interest", why))?;
        let exception = there("class exception", exceptions::load(ctx, self.row.exception_id).await?)?;
        let known = exceptions::terms_at(ctx, self.row.exception_id, self.row.terms_revision).await?;
        Ok(codes.iter().filter_map(|code| ApprovedRole::find(&exception.row.slug, &known, code)).collect())
    }

    /// How many applications came of it that the viewer may see: to the body those that were handed in to it, to the
    /// employer its drafts too.
    async fn applications(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(cases(ctx).load_one(ApplicationsOf(self.row.id)).await?.unwrap_or_default()))
    }
}

connection! {
    /// A page of expressions of interest.
    InterestConnection,
    /// One expression of interest of the list.
    InterestEdge of Interest
}

/// The root of expressions of interest.
#[derive(Default)]
pub struct InterestQuery;

#[Object]
impl InterestQuery {
    /// Expressions of interest, the newest first: to a body's staff those to their body, to those who act for an
    /// employer the ones with its NZBN, to whichever body. Null for everyone else.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn interests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the one class exception to look at; all where absent.")]
        class_exception: Option<String>,
        #[graphql(desc = "How many rows from the start, or after `after`; at most 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page begins after.")] after: Option<String>,
        #[graphql(desc = "How many rows from the end, or before `before`; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page ends before.")] before: Option<String>,
    ) -> Result<Option<InterestConnection>> {
        let Some(scope) = schema::viewer(ctx).caseload() else { return Ok(None) };
        let exception = match class_exception {
            Some(slug) => Some(super::named(ctx, &slug).await?),
            None => None,
        };
        page_of(ctx, scope, exception, &PageArgs { first, after, last, before }).await.map(Some)
    }
}

async fn page_of(
    ctx: &Context<'_>,
    scope: CaseloadScope,
    exception: Option<ExceptionId>,
    args: &PageArgs,
) -> Result<InterestConnection> {
    let (app, list) = (Arc::clone(schema::app(ctx)), List::of(ctx, "interests"));
    let page = store::page_of(&app.db.read(&scope), &scope, exception, &list.request(args)?).await?;
    let page = page.try_map(|row| Found::Ok((InterestKey::of(&row), Interest::try_from(row)?)))?;
    let count = count(move || {
        let (app, scope) = (Arc::clone(&app), scope.clone());
        async move { store::count(&app.db.read(&scope), &scope, exception).await }
    });
    Ok(InterestConnection::of(&list, page, count)?)
}

payload! {
    /// What came of registering interest.
    RegisterInterestPayload {
        /// What was registered, shown to whoever sent it; null where nothing was.
        interest: Option<Interest>,
    }
}

/// What anybody may do.
#[derive(Default)]
pub struct InterestMutation;

#[Object]
impl InterestMutation {
    /// Tells a body that an employer means to apply. It needs no account, and is taken before the class exception opens
    /// and until it closes. At most 10 within an hour are taken from one network address, and at most 5 within a day
    /// with one contact's e-mail address by one body under one class exception.
    async fn register_interest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is interested, in what, and with whom.")] input: RegisterInterestInput,
    ) -> Result<RegisterInterestPayload> {
        let acted = async {
            let (app, scope) = (schema::app(ctx), schema::viewer(ctx).in_public());
            let id = perform(ctx, &scope, &input.command(app, schema::source(ctx))?).await?;
            // Nobody comes to rows of interest but the body and the employer: it is told this once by the service.
            let system = SystemScope::of("registered interest");
            let registered = store::find_registered(&app.db.read(&system), &system, id).await?;
            Ok(registered.map(Interest::try_from).transpose()?)
        };
        RegisterInterestPayload::of(acted.await)
    }
}

/// An expression of interest by its global id.
pub(crate) async fn find_interest(ctx: &Context<'_>, id: &ID) -> Result<Option<Interest>> {
    let Some(id) = GlobalId::read::<InterestId>(id) else { return Ok(None) };
    Ok(cases(ctx).load_one(id).await?.map(Interest::try_from).transpose()?)
}
