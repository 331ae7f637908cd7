//! A run, as far as the viewer may see what was open after it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::{BodyId, ReconciliationId, reconciliation_figure, reconciliation_open};

use super::kinds::DiscrepancyKind;
use crate::error::{Acted, Fault};
use crate::exceptions::store::Current;
use crate::people::graphql::{Body, load_body};
use crate::people::loaders::People;
use crate::reconciliation::loaders::Reconciliations;
use crate::reconciliation::rules::concerns_the_agency;
use crate::reconciliation::store::runs::{self, Run, RunKey};
use crate::releases::graphql::Attestation;
use crate::schema::connection::connection;
use crate::schema::scalars::{DateTime, Sha256};
use crate::schema::{self, GlobalId, List, PageArgs, count, page_cost};
use crate::tenancy::ReconciliationScope;
use crate::values::sha256::Sha256 as ParsedSha256;

/// A run that held the three records against each other: each body's caseload, the ledger of places with the released list,
/// and what the agency says.
#[derive(Clone, Debug)]
pub struct Reconciliation(Run);

connection! {
    /// A page of runs, the newest first.
    ReconciliationConnection,
    /// A run, with its cursor in the list.
    ReconciliationEdge of Reconciliation
}

/// How many each record has for a body, of nominations that stand. They are the same once the last release carries everything
/// that holds a place.
#[derive(Clone, Debug, SimpleObject)]
pub struct BodyReconciliation {
    /// Which body.
    body: Body,
    /// Its nominations.
    caseload: i32,
    /// The places that they hold in the ledger.
    ledger: i32,
    /// Their lines on the last published release.
    released: i32,
    /// Their cases at the agency.
    agency: i32,
}

/// How many discrepancies of a kind were open.
#[derive(Clone, Debug, SimpleObject)]
pub struct DiscrepancyCount {
    /// In what way the records did not agree.
    kind: DiscrepancyKind,
    /// How many, as far as the viewer has a part in them.
    count: i32,
}

/// A run with its figures. Nothing of it ever changes but that bodies sign.
#[Object]
impl Reconciliation {
    /// Global id of the run.
    pub async fn id(&self) -> ID {
        GlobalId::of(&self.0.row.id)
    }

    /// Its number under the class exception, from 1.
    async fn number(&self) -> i32 {
        self.0.row.number
    }

    /// When it ran.
    async fn ran_at(&self) -> DateTime {
        self.0.row.ran_at.into()
    }

    /// Whether nothing was open after it, of any body or the agency. Only then it can be signed.
    async fn balanced(&self) -> bool {
        self.0.row.balanced
    }

    /// How many applications some record had something to say of.
    async fn checked(&self) -> i32 {
        clamped(self.0.row.checked)
    }

    /// Of how many of them all records said the same.
    async fn matched(&self) -> i32 {
        clamped(self.0.row.matched)
    }

    /// The figures of every body.
    async fn by_body(&self, ctx: &Context<'_>) -> Result<Vec<BodyReconciliation>> {
        let mut all = Vec::new();
        for row in &self.0.figures {
            let reconciliation_figure::Model { body_id, caseload, ledger, released, agency, .. } = row;
            let [caseload, ledger, released, agency] =
                [caseload, ledger, released, agency].map(|n| clamped(*n));
            all.push(BodyReconciliation {
                body: body(ctx, *body_id).await?,
                caseload,
                ledger,
                released,
                agency,
            });
        }
        Ok(all)
    }

    /// What was open after it, as far as the viewer has a part in it; to observers all of it.
    #[expect(clippy::unused_async, reason = "every resolver is async")]
    async fn open(&self, ctx: &Context<'_>) -> Result<Vec<DiscrepancyCount>> {
        let side = schema::viewer(ctx).reconciliation();
        let is_own = |row: &&reconciliation_open::Model| match &side {
            Some(ReconciliationScope::Body(scope)) => {
                [row.body_id, row.other_body_id].contains(&Some(scope.body()))
            }
            Some(ReconciliationScope::Agency(_)) => concerns_the_agency(row.kind),
            None => true,
        };
        let mut counts: Vec<(entity::DiscrepancyKind, i64)> = Vec::new();
        for row in self.0.open.iter().filter(is_own) {
            match counts.iter_mut().find(|(kind, _)| *kind == row.kind) {
                Some((_, count)) => *count += row.count,
                None => counts.push((row.kind, row.count)),
            }
        }
        Ok(counts
            .into_iter()
            .map(|(kind, count)| DiscrepancyCount { kind: kind.into(), count: clamped(count) })
            .collect())
    }

    /// SHA-256 over its figures, which bodies sign.
    #[expect(clippy::unused_async, reason = "every resolver is async")]
    async fn digest(&self) -> Result<Sha256> {
        Ok(read(&self.0.row.digest)?)
    }

    /// The bodies that have signed it, in order of time. `lineCount` is how many nominations the body has in it.
    async fn sign_offs(&self, ctx: &Context<'_>) -> Result<Vec<Attestation>> {
        let own = schema::viewer(ctx).member().and_then(|member| member.body);
        let mut all = Vec::new();
        for row in &self.0.sign_offs {
            let body = body(ctx, row.body_id).await?;
            let person = if own == Some(row.body_id) {
                ctx.data_unchecked::<People>().load_one(row.person_id).await?
            } else {
                None
            };
            let by = person.map_or_else(|| body.name.clone(), |person| person.name);
            let (line_count, digest) = (clamped(row.lines), read(&row.digest)?);
            all.push(Attestation { body, by, at: row.at.into(), line_count, digest });
        }
        Ok(all)
    }
}

fn read(digest: &str) -> Result<Sha256, Fault> {
    ParsedSha256::parse(digest).map(Sha256).map_err(|why| Fault::stored("digest", why))
}

async fn body(ctx: &Context<'_>, id: BodyId) -> Result<Body> {
    Ok(load_body(ctx, id).await?.ok_or_else(|| Fault::stored("body", "it is gone"))?)
}

/// A figure as GraphQL's `Int` holds it.
fn clamped(figure: i64) -> i32 {
    i32::try_from(figure).unwrap_or(i32::MAX)
}

/// What reconciliation adds to a class exception.
pub struct ReconciliationPart(pub(crate) Arc<Current>);

#[Object]
impl ReconciliationPart {
    /// The last run that held the records against each other; null where there was none, and for everybody but leads, the
    /// agency and observers.
    async fn reconciliation(&self, ctx: &Context<'_>) -> Result<Option<Reconciliation>> {
        let Some(scope) = schema::viewer(ctx).runs() else { return Ok(None) };
        let conn = &schema::app(ctx).db.read(&scope);
        let request = crate::page::PageRequest::first(1);
        let mut page = runs::page_of(conn, &scope, self.0.row.id, &request).await?;
        Ok(page.rows.pop().map(Reconciliation))
    }

    /// All runs, the newest first; null for everybody but leads, the agency and observers.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn reconciliations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows from the start, or after `after`; at most 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page begins after.")] after: Option<String>,
        #[graphql(desc = "How many rows from the end, or before `before`; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page ends before.")] before: Option<String>,
    ) -> Result<Option<ReconciliationConnection>> {
        let Some(scope) = schema::viewer(ctx).runs() else { return Ok(None) };
        let (app, exception) = (Arc::clone(schema::app(ctx)), self.0.row.id);
        let all = List::of(ctx, &format!("ClassException:{exception}.reconciliations"));
        let request = all.request(&PageArgs { first, after, last, before })?;
        let page = runs::page_of(&app.db.read(&scope), &scope, exception, &request).await?;
        let page = page.map(|run| (RunKey(run.row.number), Reconciliation(run)));
        let count = count(move || {
            let (app, scope) = (Arc::clone(&app), scope.clone());
            async move { runs::count(&app.db.read(&scope), &scope, exception).await }
        });
        Ok(Some(ReconciliationConnection::of(&all, page, count)?))
    }
}

/// A run as it stands after an act.
pub(super) async fn after(ctx: &Context<'_>, id: ReconciliationId) -> Acted<Option<Reconciliation>> {
    let Some(scope) = schema::viewer(ctx).runs() else { return Ok(None) };
    let found = runs::load_by_ids(&schema::app(ctx).db.read(&scope), &scope, &[id]).await?.pop();
    Ok(found.map(Reconciliation))
}

/// A run by its global id; none for who may not read runs.
pub(crate) async fn find_reconciliation(ctx: &Context<'_>, id: &ID) -> Result<Option<Reconciliation>> {
    let Some(id) = GlobalId::read::<ReconciliationId>(id) else { return Ok(None) };
    Ok(ctx.data_unchecked::<Reconciliations>().load_one(id).await?.map(Reconciliation))
}
