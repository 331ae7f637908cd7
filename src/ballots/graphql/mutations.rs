//! What leads do in a ballot. Every resolver: a scope, which refuses first; the command; the act; the ballot as it stands then.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use entity::BallotId;

use super::ballot::Ballot;
use super::inputs::{
    CommitBallotSecretInput, DrawBallotInput, OpenBallotInput, RevealBallotSecretInput,
    StrikeBallotEntryInput, VoidBallotInput,
};
use crate::applications::graphql::Impact;
use crate::ballots::{actions, store};
use crate::db::Command;
use crate::error::{Acted, Found};
use crate::schema::payload::payload;
use crate::schema::{self, idempotency};
use crate::tenancy::{BodyScope, Permission};

/// Does a command: once, where the caller gives it a key.
async fn perform<C: Command>(ctx: &Context<'_>, scope: &BodyScope, command: &C) -> Acted<C::Answer> {
    let keyed = idempotency::keyed(ctx)?;
    schema::app(ctx).db.perform(scope, keyed.as_ref(), command).await
}

/// A ballot as it stands after an act.
async fn shown(ctx: &Context<'_>, id: BallotId) -> Found<Option<Ballot>> {
    let (app, scope) = (schema::app(ctx), schema::viewer(ctx).in_public());
    let conn = &app.db.read(&scope);
    let Some(found) = store::find(conn, id).await? else { return Ok(None) };
    super::shown(ctx, Arc::new(store::record(conn, found).await?)).map(Some)
}

/// What the bodies' leads do in ballots.
#[derive(Default)]
pub struct BallotMutation;

#[Object]
impl BallotMutation {
    /// Opens a ballot once the window has closed, and freezes its list: everybody who is confirmed and whose only block is the
    /// missing draw, one entry for each worker. From here to the draw no place is given.
    async fn open_ballot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which class exception, with which deadlines and beacon.")]
        input: OpenBallotInput,
    ) -> Result<OpenBallotPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::RunBallot)?;
            let id = perform(ctx, &scope, &input.command(scope.clone())?).await?;
            Ok(shown(ctx, id).await?)
        };
        OpenBallotPayload::of(acted.await)
    }

    /// Commits the viewer's body to its secret. Once; another commitment is refused.
    async fn commit_ballot_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which ballot, and the commitment.")] input: CommitBallotSecretInput,
    ) -> Result<CommitBallotSecretPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::RunBallot)?;
            let id = perform(ctx, &scope, &input.command(scope.clone())?).await?;
            Ok(shown(ctx, id).await?)
        };
        CommitBallotSecretPayload::of(acted.await)
    }

    /// Reveals the secret that the viewer's body committed to, once all bodies have committed or their time is over. A wrong one is
    /// refused and put on record; the right one may still follow.
    async fn reveal_ballot_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which ballot, and the secret.")] input: RevealBallotSecretInput,
    ) -> Result<RevealBallotSecretPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::RunBallot)?;
            let keyed = idempotency::keyed(ctx)?;
            let id = actions::reveal(schema::app(ctx), keyed.as_ref(), &input.command(scope)?).await?;
            Ok(shown(ctx, id).await?)
        };
        RevealBallotSecretPayload::of(acted.await)
    }

    /// Draws: the free places go in the order of the draw, and the rest wait in it. The beacon's signature is verified, so it does
    /// not matter who enters it.
    async fn draw_ballot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ballot, and the beacon's signature.")] input: DrawBallotInput,
    ) -> Result<DrawBallotPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::RunBallot)?;
            let id = perform(ctx, &scope, &input.command(schema::app(ctx), scope.clone())?).await?;
            Ok(shown(ctx, id).await?)
        };
        DrawBallotPayload::of(acted.await)
    }

    /// Strikes an entry of the viewer's own body that should not be on the list, once voiding would let somebody choose. The order
    /// of the others stands.
    async fn strike_ballot_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entry, and why.")] input: StrikeBallotEntryInput,
    ) -> Result<StrikeBallotEntryPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::RunBallot)?;
            let id = perform(ctx, &scope, &input.command(scope.clone())?).await?;
            Ok(shown(ctx, id).await?)
        };
        StrikeBallotEntryPayload::of(acted.await)
    }

    /// Voids a ballot: before the first reveal and before the beacon's round, or where the round has no signature for 72 hours.
    /// It stays visible with its reason; who is on its list waits on, unless giving is over. `dryRun` answers with the impact only.
    async fn void_ballot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ballot, and why.")] input: VoidBallotInput,
    ) -> Result<VoidBallotPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).in_body(Permission::RunBallot)?;
            let dry_run = input.dry_run;
            let command = input.command(schema::app(ctx), scope.clone())?;
            let voided = if dry_run {
                schema::app(ctx).db.rehearse(&scope, &command).await?
            } else {
                perform(ctx, &scope, &command).await?
            };
            Ok((shown(ctx, voided.id).await?, Some(voided.impact.into())))
        };
        VoidBallotPayload::of(acted.await)
    }
}

payload! {
    /// What came of opening a ballot.
    OpenBallotPayload {
        /// The ballot, with its frozen list; null where none was opened.
        ballot: Option<Ballot>,
    }
}

payload! {
    /// What came of committing.
    CommitBallotSecretPayload {
        /// The ballot as it stands now; null where nothing was done.
        ballot: Option<Ballot>,
    }
}

payload! {
    /// What came of revealing.
    RevealBallotSecretPayload {
        /// The ballot as it stands now; null where nothing was done.
        ballot: Option<Ballot>,
    }
}

payload! {
    /// What came of drawing.
    DrawBallotPayload {
        /// The ballot with its results; null where it was not drawn.
        ballot: Option<Ballot>,
    }
}

payload! {
    /// What came of striking an entry.
    StrikeBallotEntryPayload {
        /// The ballot as it stands now; null where nothing was done.
        ballot: Option<Ballot>,
    }
}

payload! {
    /// What came of voiding a ballot.
    VoidBallotPayload {
        /// The ballot as it stands now; null where it cannot be voided.
        ballot: Option<Ballot>,
        /// What it sets off, told before (`dryRun`) or after.
        impact: Option<Impact>,
    }
}
