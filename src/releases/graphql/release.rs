//! A release, as far as the viewer may see it.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use entity::BodyId;

use super::approved_list::{ApprovedListLine, ApprovedListLineConnection};
use super::changes::{ReleaseChange, ReleaseChangeConnection};
use super::kinds::ReleaseStatus;
use super::parts::{Attestation, HeldBack, ReleaseSection, sentence};
use crate::error::{Fault, Found};
use crate::exceptions::store::Current;
use crate::page::Page;
use crate::people::graphql::{Body, load_body, load_person};
use crate::releases::loaders::{AttestationsOf, HeldBackFrom, SectionsOf, releases};
use crate::releases::rules::{Format, ended_as_told, file_of};
use crate::releases::store::lines::{self, LineKey, Which};
use crate::releases::store::read::Seen;
use crate::schema::connection::connection;
use crate::schema::scalars::{DateTime, Sha256, Url};
use crate::schema::{self, ClassException, Count, GlobalId, List, PageArgs, count, page_cost};
use crate::tenancy::{CaseloadScope, ListScope, Permission};
use crate::values::sha256::Sha256 as ParsedSha256;

/// A release that the viewer may see.
#[derive(Clone, Debug)]
pub struct Release {
    seen: Seen,
    exception: Arc<Current>,
}

connection! {
    /// A page of releases, the newest first.
    ReleaseConnection,
    /// A release, with its cursor.
    ReleaseEdge of Release
}

/// A digest as it is stored.
pub(super) fn digest(text: &str) -> Found<Sha256> {
    Ok(ParsedSha256::parse(text).map_err(|why| Fault::stored("digest", why))?.into())
}

impl Release {
    /// Of what the viewer may see.
    pub(super) fn of(seen: Seen, exception: &Arc<Current>) -> Self {
        Self { seen, exception: Arc::clone(exception) }
    }

    /// What the viewer sees of it, without what hangs on it.
    #[must_use]
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// A page of its lines, each turned into what the list shows.
    async fn page<T>(
        &self,
        ctx: &Context<'_>,
        (scope, which): (ListScope, Which),
        (list, args): (&List<'_>, &PageArgs),
        turn: impl Fn(entity::release_line::Model) -> Found<T>,
    ) -> Result<(Page<(LineKey, T)>, Count)> {
        let (app, asked) = (Arc::clone(schema::app(ctx)), (self.seen.id, which));
        let request = list.request::<LineKey>(args)?;
        let page = lines::page_of(&app.db.read(&scope), &scope, asked, &request).await?;
        let page = page.try_map(|row| Found::Ok((LineKey(row.reference.clone()), turn(row)?)))?;
        let count = count(move || {
            let (app, scope) = (Arc::clone(&app), scope.clone());
            async move { lines::count(&app.db.read(&scope), &scope, asked).await }
        });
        Ok((page, count))
    }

    async fn bodies(&self, ctx: &Context<'_>, ids: Vec<BodyId>) -> Result<HashMap<BodyId, Body>> {
        let mut bodies = HashMap::new();
        for id in ids {
            let body = load_body(ctx, id).await?.ok_or_else(|| Fault::stored("release", "a body is gone"))?;
            bodies.insert(id, body);
        }
        Ok(bodies)
    }

    /// Where the file is that the viewer may take: the agency's is whole, that of a body's lead is the own section.
    async fn file(&self, ctx: &Context<'_>, format: Format) -> Result<Option<Url>> {
        let viewer = schema::viewer(ctx);
        let name = match viewer.combined_list() {
            Some(ListScope::Agency(_)) => None,
            Some(ListScope::Caseload(CaseloadScope::Body(scope))) if viewer.may(Permission::Release) => {
                let sections = releases(ctx).load_one(SectionsOf(self.seen.id)).await?.unwrap_or_default();
                if !sections.iter().any(|section| section.body_id == scope.body()) {
                    return Ok(None);
                }
                load_body(ctx, scope.body()).await?.map(|body| body.slug)
            }
            Some(ListScope::Caseload(_)) | None => return Ok(None),
        };
        let path = file_of(&self.exception.row.slug, self.seen.number, name.as_deref(), format);
        let url = schema::app(ctx).public_url.join(&path).map_err(|why| Fault::stored("address", why))?;
        Ok(Some(url.into()))
    }
}

/// A release of the combined approved list. What it says never changes once it is prepared; a correction is the next
/// release.
#[Object]
impl Release {
    /// Global id of the release.
    pub async fn id(&self) -> ID {
        GlobalId::of(&self.seen.id)
    }

    /// The class exception whose list it is.
    async fn class_exception(&self) -> ClassException {
        ClassException::of(Arc::clone(&self.exception))
    }

    /// Its number under the class exception, from 1. One that was abandoned keeps its number.
    async fn number(&self) -> i32 {
        self.seen.number
    }

    /// Number of the release that its changes are told against: the last one that was published before it was
    /// prepared. Null for the first.
    async fn previous_number(&self) -> Option<i32> {
        self.seen.previous_number
    }

    /// Where it stands.
    async fn status(&self) -> ReleaseStatus {
        self.seen.status.into()
    }

    /// How many lines it has, of all bodies.
    async fn line_count(&self) -> i32 {
        self.seen.line_count
    }

    /// SHA-256 over the digests of its sections, in order of their bodies' slugs. The agency acknowledges it.
    #[expect(clippy::unused_async, reason = "every resolver is async")]
    async fn digest(&self) -> Result<Sha256> {
        Ok(digest(&self.seen.digest)?)
    }

    /// Head of the sealed history that the digest covers; null where there was none.
    #[expect(clippy::unused_async, reason = "every resolver is async")]
    async fn history_head(&self) -> Result<Option<Sha256>> {
        Ok(self.seen.history_head.as_deref().map(digest).transpose()?)
    }

    /// Its sections, in order of their bodies' slugs. Empty for the public, observers and employers, who are not told
    /// figures by body.
    async fn sections(&self, ctx: &Context<'_>) -> Result<Vec<ReleaseSection>> {
        let rows = releases(ctx).load_one(SectionsOf(self.seen.id)).await?.unwrap_or_default();
        let bodies = self.bodies(ctx, rows.iter().map(|row| row.body_id).collect()).await?;
        let section = |row: entity::release_section::Model| {
            let digest = digest(&row.digest)?;
            Ok(ReleaseSection { body: bodies[&row.body_id].clone(), line_count: row.line_count, digest })
        };
        let mut sections = rows.into_iter().map(section).collect::<Found<Vec<_>>>()?;
        sections.sort_by(|one, other| one.body.slug.cmp(&other.body.slug));
        Ok(sections)
    }

    /// What the viewer may see of its lines, in order of reference: a body its own whole and the others redacted, the
    /// agency all of them whole, an employer its own. Null for the public and for observers.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many rows from the start, or after `after`; 0 to 100, usually 25.")]
        first: Option<i32>,
        #[graphql(desc = "Cursor that the page begins after.")] after: Option<String>,
        #[graphql(desc = "At most so many rows from the end, or before `before`; 0 to 100.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Cursor that the page ends before.")] before: Option<String>,
    ) -> Result<Option<ApprovedListLineConnection>> {
        let Some(scope) = schema::viewer(ctx).combined_list() else { return Ok(None) };
        let args = PageArgs { first, after, last, before };
        let lines = List::of(ctx, &format!("Release:{}.lines", self.seen.id));
        let (exception, reader) = (Arc::clone(&self.exception), scope.clone());
        let turn = |row| ApprovedListLine::of_release(row, &exception, &reader);
        let (page, count) = self.page(ctx, (scope, Which::All), (&lines, &args), turn).await?;
        Ok(Some(ApprovedListLineConnection::of(&lines, page, count)?))
    }

    /// The viewer's own body's nominations that it does not carry yet, and why. Null for everyone else.
    async fn held_back(&self, ctx: &Context<'_>) -> Result<Option<Vec<HeldBack>>> {
        let Some(CaseloadScope::Body(_)) = schema::viewer(ctx).caseload() else { return Ok(None) };
        let rows = releases(ctx).load_one(HeldBackFrom(self.seen.id)).await?.unwrap_or_default();
        let held =
            rows.into_iter().map(|row| HeldBack { reference: row.reference, reason: sentence(row.reason) });
        Ok(Some(held.collect()))
    }

    /// Its lines that differ from the release before, in order of reference, as far as the viewer may see lines; empty
    /// for who may see none.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many rows from the start, or after `after`; 0 to 100, usually 25.")]
        first: Option<i32>,
        #[graphql(desc = "Cursor that the page begins after.")] after: Option<String>,
        #[graphql(desc = "At most so many rows from the end, or before `before`; 0 to 100.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Cursor that the page ends before.")] before: Option<String>,
    ) -> Result<ReleaseChangeConnection> {
        let args = PageArgs { first, after, last, before };
        let changes = List::of(ctx, &format!("Release:{}.changes", self.seen.id));
        let Some(scope) = schema::viewer(ctx).combined_list() else {
            changes.request::<LineKey>(&args)?;
            let none: Page<(LineKey, ReleaseChange)> =
                Page { rows: Vec::new(), has_next: false, has_previous: false };
            return Ok(ReleaseChangeConnection::of(&changes, none, count(|| async { Ok(0) }))?);
        };
        let reader = scope.clone();
        let asked = (scope, Which::Changed);
        let turn = |row| ReleaseChange::of(row, &reader);
        let (page, count) = self.page(ctx, asked, (&changes, &args), turn).await?;
        Ok(ReleaseChangeConnection::of(&changes, page, count)?)
    }

    /// Which bodies have attested their sections, the earliest first. Empty for the public, observers and employers.
    async fn attestations(&self, ctx: &Context<'_>) -> Result<Vec<Attestation>> {
        let rows = releases(ctx).load_one(AttestationsOf(self.seen.id)).await?.unwrap_or_default();
        let bodies = self.bodies(ctx, rows.iter().map(|row| row.body_id).collect()).await?;
        let own = schema::viewer(ctx).member().and_then(|member| member.body);
        let mut all = Vec::new();
        for row in rows {
            let body = bodies[&row.body_id].clone();
            let person = if own == Some(row.body_id) { load_person(ctx, row.person_id).await? } else { None };
            let by = person.map_or_else(|| body.name.clone(), |person| person.name);
            let (line_count, digest) = (row.line_count, digest(&row.digest)?);
            all.push(Attestation { body, by, at: row.at.into(), line_count, digest });
        }
        Ok(all)
    }

    /// When it was frozen.
    async fn prepared_at(&self) -> DateTime {
        self.seen.prepared_at.into()
    }

    /// When the last body with lines had attested; null before.
    async fn attested_at(&self) -> Option<DateTime> {
        self.seen.attested_at.map(DateTime)
    }

    /// When the agency had it; null before.
    async fn published_at(&self) -> Option<DateTime> {
        self.seen.published_at.map(DateTime)
    }

    /// When the agency acknowledged it; null before.
    async fn acknowledged_at(&self) -> Option<DateTime> {
        self.seen.acknowledged_at.map(DateTime)
    }

    /// When it was abandoned; null where it was not.
    async fn abandoned_at(&self) -> Option<DateTime> {
        self.seen.abandoned_at.map(DateTime)
    }

    /// Why it was abandoned, in the words of who did it; null where it was not. Where the service did it since a line had
    /// ended, which line that was and how it ended is told to its own body alone.
    async fn abandon_reason(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(reason) = &self.seen.abandon_reason else { return Ok(None) };
        if self.seen.abandoned_by.is_some() {
            return Ok(Some(reason.clone()));
        }
        let own = match schema::viewer(ctx).member().and_then(|member| member.body) {
            Some(body) => load_body(ctx, body).await?,
            None => None,
        };
        Ok(Some(ended_as_told(reason, own.as_ref().map(|body| body.prefix.as_str()))))
    }

    /// Where its lines are as a CSV file: for the agency all of them, for a body's leads their own section. The same bytes
    /// for ever; taking it is put on record. Null for everyone else.
    async fn csv_url(&self, ctx: &Context<'_>) -> Result<Option<Url>> {
        self.file(ctx, Format::Csv).await
    }

    /// The same as a JSON file, from which the digests can be recomputed.
    async fn json_url(&self, ctx: &Context<'_>) -> Result<Option<Url>> {
        self.file(ctx, Format::Json).await
    }
}
