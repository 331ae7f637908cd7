//! Reconciliation as the public schema shows it: to a body's leads what their body has a part in, to the agency what it has
//! said something of.

mod discrepancy;
mod inputs;
mod kinds;
mod outcomes;
mod run;

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use entity::{DiscrepancyId, ExceptionId};

pub use discrepancy::{Discrepancy, DiscrepancyConnection};
pub use inputs::{DiscrepancyFilter, ReconcileInput, ResolveDiscrepancyInput, SignOffReconciliationInput};
pub use outcomes::OutcomesMutation;
pub(crate) use run::find_reconciliation;
pub use run::{Reconciliation, ReconciliationPart};

use super::actions;
use super::loaders::Reconciliations;
use super::store::reading::{self, DiscrepancyKey, Filter, Seen};
use crate::applications::graphql::{named, perform};
use crate::error::Acted;
use crate::schema::payload::payload;
use crate::schema::{self, GlobalId, List, PageArgs, count, idempotency, page_cost};
use crate::tenancy::{Permission, ReconciliationScope};

/// Points that it costs: it takes as long as some hundred lists.
const RECONCILE_COST: usize = 300;

/// The roots of this slice.
#[derive(Default)]
pub struct ReconciliationQuery;

#[Object]
impl ReconciliationQuery {
    /// What does not agree, the newest first: to a body's leads what their body has a part in, to the agency what it has said
    /// something of. Null for everyone else.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the public schema")]
    async fn discrepancies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the class exception.")] class_exception: String,
        #[graphql(desc = "Which of them; all where absent.")] filter: Option<DiscrepancyFilter>,
        #[graphql(desc = "How many rows from the start, or after `after`; at most 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page begins after.")] after: Option<String>,
        #[graphql(desc = "How many rows from the end, or before `before`; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page ends before.")] before: Option<String>,
    ) -> Result<Option<DiscrepancyConnection>> {
        let Some(scope) = schema::viewer(ctx).reconciliation() else { return Ok(None) };
        let exception = named(ctx, &class_exception).await?;
        let filter = filter.unwrap_or_default().read()?;
        let args = PageArgs { first, after, last, before };
        page_of(ctx, scope, exception, filter, &args).await.map(Some)
    }
}

async fn page_of(
    ctx: &Context<'_>,
    scope: ReconciliationScope,
    exception: ExceptionId,
    filter: Filter,
    args: &PageArgs,
) -> Result<DiscrepancyConnection> {
    // The exception is among the field's arguments, which every cursor is bound to.
    let (app, list) = (Arc::clone(schema::app(ctx)), List::of(ctx, "discrepancies"));
    let request = list.request(args)?;
    let page = reading::page_of(&app.db.read(&scope), &scope, exception, &filter, &request).await?;
    let page = page.map(|seen| (DiscrepancyKey(seen.row.id), Discrepancy::of(seen, &scope)));
    let count = count(move || {
        let (app, scope, filter) = (Arc::clone(&app), scope.clone(), filter.clone());
        async move { reading::count(&app.db.read(&scope), &scope, exception, &filter).await }
    });
    Ok(DiscrepancyConnection::of(&list, page, count)?)
}

payload! {
    /// What came of resolving a discrepancy.
    ResolveDiscrepancyPayload {
        /// The discrepancy, RESOLVED, or still OPEN with the viewer's proposal while another body has to agree; null where
        /// nothing was done.
        discrepancy: Option<Discrepancy>,
    }
}

payload! {
    /// What came of holding the records against each other.
    ReconcilePayload {
        /// The run with its figures; null where there was none.
        reconciliation: Option<Reconciliation>,
    }
}

payload! {
    /// What came of signing a run.
    SignOffReconciliationPayload {
        /// The run with the signature among its `signOffs`; null where it was not signed.
        reconciliation: Option<Reconciliation>,
    }
}

/// What people do about what does not agree.
#[derive(Default)]
pub struct ReconciliationMutation;

#[Object]
impl ReconciliationMutation {
    /// Resolves a discrepancy. Where two bodies have a part in it, it is a proposal until a lead of the other body says the
    /// same; then what it says is done, in both caseloads.
    async fn resolve_discrepancy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what to make of it.")] input: ResolveDiscrepancyInput,
    ) -> Result<ResolveDiscrepancyPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).to_reconcile()?;
            let command = input.command(schema::app(ctx), scope.clone())?;
            let id = perform(ctx, &scope, &command).await?;
            after(ctx, &scope, id).await
        };
        ResolveDiscrepancyPayload::of(acted.await)
    }

    /// Holds the caseloads, the ledger with the last published release, and the agency's cases against each other. What does
    /// not agree is opened, what has been mended since goes away, and the figures are kept. It takes a while, and nobody
    /// waits for it.
    #[graphql(complexity = "RECONCILE_COST + child_complexity")]
    async fn reconcile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Under which class exception.")] input: ReconcileInput,
    ) -> Result<ReconcilePayload> {
        let acted = async {
            let scope = schema::viewer(ctx).to_reconcile()?;
            let exception = input.exception(ctx).await?;
            let keyed = idempotency::keyed(ctx)?;
            let id = actions::reconcile(schema::app(ctx), &scope, keyed.as_ref(), exception).await?;
            run::after(ctx, id).await
        };
        ReconcilePayload::of(acted.await)
    }

    /// A body signs the last run: nothing is open, and the figures are these. Once every body has, the records are reconciled.
    async fn sign_off_reconciliation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: SignOffReconciliationInput,
    ) -> Result<SignOffReconciliationPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Reconcile)?;
            let id = perform(ctx, &scope, &input.command(scope.clone())?).await?;
            run::after(ctx, id).await
        };
        SignOffReconciliationPayload::of(acted.await)
    }
}

/// A discrepancy as it stands after an act.
async fn after(
    ctx: &Context<'_>,
    scope: &ReconciliationScope,
    id: DiscrepancyId,
) -> Acted<Option<Discrepancy>> {
    let conn = &schema::app(ctx).db.read(scope);
    let seen = reading::load_by_ids(conn, scope, &[id]).await?.pop();
    Ok(seen.map(|seen| Discrepancy::of(seen, scope)))
}

/// A discrepancy by its row's id; none where the viewer has no part in it.
pub(crate) async fn load_discrepancy(ctx: &Context<'_>, id: DiscrepancyId) -> Result<Option<Discrepancy>> {
    let Some(scope) = schema::viewer(ctx).reconciliation() else { return Ok(None) };
    let seen: Option<Seen> = ctx.data_unchecked::<Reconciliations>().load_one(id).await?;
    Ok(seen.map(|seen| Discrepancy::of(seen, &scope)))
}

/// A discrepancy by its global id.
pub(crate) async fn find_discrepancy(ctx: &Context<'_>, id: &ID) -> Result<Option<Discrepancy>> {
    let Some(id) = GlobalId::read(id) else { return Ok(None) };
    load_discrepancy(ctx, id).await
}
