//! What can be done to releases: by leads of the bodies, and by the agency.

use async_graphql::{Context, Object, Result};
use entity::ReleaseId;

use super::inputs::{
    AbandonReleaseInput, AcknowledgeReleaseInput, AttestReleaseInput, PrepareReleaseInput,
    PublishReleaseInput,
};
use super::release::Release;
use crate::applications::graphql::Impact;
use crate::db::Command;
use crate::error::{Acted, Failure, Fault};
use crate::exceptions::store as exceptions;
use crate::releases::store::read;
use crate::schema::payload::payload;
use crate::schema::{self, idempotency};
use crate::tenancy::{Permission, Scope};

payload! {
    /// What came of preparing a release.
    PrepareReleasePayload {
        /// The release that was frozen; null where none was.
        release: Option<Release>,
    }
}

payload! {
    /// What came of attesting a section.
    AttestReleasePayload {
        /// The release as it stands now; null where nothing was attested.
        release: Option<Release>,
    }
}

payload! {
    /// What came of publishing a release.
    PublishReleasePayload {
        /// The release as it stands now; null where it was not published.
        release: Option<Release>,
    }
}

payload! {
    /// What came of abandoning a release, or what would.
    AbandonReleasePayload {
        /// The release as it stands now; null where it was not abandoned.
        release: Option<Release>,
        /// What it set off, or would set off where nothing was done; null where it is refused.
        impact: Option<Impact>,
    }
}

payload! {
    /// What came of acknowledging a release.
    AcknowledgeReleasePayload {
        /// The release as it stands now; null where it was not acknowledged.
        release: Option<Release>,
    }
}

async fn perform<S: Scope, C: Command>(ctx: &Context<'_>, scope: &S, command: &C) -> Acted<C::Answer> {
    let keyed = idempotency::keyed(ctx)?;
    schema::app(ctx).db.perform(scope, keyed.as_ref(), command).await
}

/// The release as it stands after an act; read past the request's loader, which may know it from before.
async fn now(ctx: &Context<'_>, id: ReleaseId) -> Acted<Option<Release>> {
    let (app, scope) = (schema::app(ctx), schema::viewer(ctx).releases());
    let conn = &app.db.read(&scope);
    let Some(seen) = read::load(conn, &scope, &[id]).await?.remove(&id) else { return Ok(None) };
    let row = exceptions::load_by_ids(conn, &[seen.exception_id]).await?.pop();
    let row = row.ok_or_else(|| Failure::from(Fault::stored("release", "its class exception is gone")))?;
    let exception = app.shelf.current(conn, row).await?;
    Ok(Some(Release::of(seen, &std::sync::Arc::new(exception))))
}

/// What leads and the agency do with releases.
#[derive(Default)]
pub struct ReleaseMutation;

#[Object]
impl ReleaseMutation {
    /// Freezes the next release of the combined list, of all bodies: who holds a place now, with what changed against
    /// the last published one. Each body with lines then attests its own section. For leads.
    async fn prepare_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which class exception.")] input: PrepareReleaseInput,
    ) -> Result<PrepareReleasePayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Release)?;
            let id = perform(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await?;
            now(ctx, id).await
        };
        PrepareReleasePayload::of(acted.await)
    }

    /// The viewer's body answers for its own section, by the digest that it has computed from its own lines. For leads.
    async fn attest_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which release, and the digest.")] input: AttestReleaseInput,
    ) -> Result<AttestReleasePayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Release)?;
            let id = perform(ctx, &scope, &input.command(scope.clone())?).await?;
            now(ctx, id).await
        };
        AttestReleasePayload::of(acted.await)
    }

    /// Publishes a release to the agency, once every body with lines has attested. Its places become LISTED, and what it
    /// says never changes from then on. For leads.
    async fn publish_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which release.")] input: PublishReleaseInput,
    ) -> Result<PublishReleasePayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Release)?;
            let id = perform(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await?;
            now(ctx, id).await
        };
        PublishReleasePayload::of(acted.await)
    }

    /// Gives a release up that is not published yet; `dryRun` answers with the impact only. For leads.
    async fn abandon_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which release, and why.")] input: AbandonReleaseInput,
    ) -> Result<AbandonReleasePayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::Release)?;
            let command = input.command(scope.clone())?;
            let abandoned = if input.dry_run {
                schema::app(ctx).db.rehearse(&scope, &command).await?
            } else {
                perform(ctx, &scope, &command).await?
            };
            Ok((now(ctx, abandoned.id).await?, Some(abandoned.impact.into())))
        };
        AbandonReleasePayload::of(acted.await)
    }

    /// The agency acknowledges a published release by its digest. Places of nominations that were taken back, and that
    /// the release suspends, come free. For officers of the agency.
    async fn acknowledge_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which release, and its digest.")] input: AcknowledgeReleaseInput,
    ) -> Result<AcknowledgeReleasePayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_shared(Permission::AcknowledgeRelease)?;
            let id = perform(ctx, &scope, &input.command(schema::app(ctx))?).await?;
            now(ctx, id).await
        };
        AcknowledgeReleasePayload::of(acted.await)
    }
}
