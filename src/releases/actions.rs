//! One command per act. Each takes the gate first: what a release says follows from who holds a place, and where it stands
//! changes that.

mod abandon;
mod acknowledge;
mod attest;
mod file;
mod gather;
mod match_line;
mod prepare;
mod publish;
mod reveal;

use entity::{EventKind, ReleaseId, release, release_state};
use serde_json::json;

pub use abandon::{AbandonRelease, Abandoned};
pub use acknowledge::AcknowledgeRelease;
pub use attest::AttestRelease;
pub use file::{Asked, File, RecordTaking, find_file};
pub use gather::{line_place, open_line, sealed_row};
pub use match_line::MatchLine;
pub use prepare::PrepareRelease;
pub use publish::PublishRelease;
pub use reveal::{Passport, RevealPassport, Revealed, reveal_passport};

pub(super) use abandon::abandon_for;

use super::store::acts;
use crate::db::{Gate, Tx};
use crate::error::{Acted, Fault, Found, UserError};
use crate::history::{self, Event};
use crate::tenancy::BodyScope;

/// A release that an act has in hand.
struct Opened<'tx> {
    gate: Gate<'tx>,
    release: release::Model,
    state: release_state::Model,
}

/// Opens a release for an act of a body that nominates under its exception; for another there is no such release.
async fn open<'tx>(tx: &'tx Tx, scope: &BodyScope, id: ReleaseId) -> Acted<Opened<'tx>> {
    let opened = open_for_agency(tx, id).await?;
    if acts::nominates(tx, opened.release.exception_id, scope.body()).await? {
        Ok(opened)
    } else {
        Err(UserError::not_found("release", "release").into())
    }
}

/// Opens a release, wherever it stands.
async fn open_for_agency(tx: &Tx, id: ReleaseId) -> Acted<Opened<'_>> {
    let release = acts::find_release(tx, id).await?;
    let release = release.ok_or_else(|| UserError::not_found("release", "release"))?;
    let gate = tx.gate(release.exception_id).await?;
    let state = acts::load_state(&gate, id).await?;
    Ok(Opened { gate, release, state })
}

impl Opened<'_> {
    fn tx(&self) -> &Tx {
        self.gate.tx()
    }

    /// Records what was done to the release.
    async fn record(&self, kind: EventKind) -> Found<()> {
        record(self.tx(), kind, &self.release).await
    }
}

async fn record(tx: &Tx, kind: EventKind, release: &release::Model) -> Found<()> {
    let event = Event::of_exception(kind, release.exception_id);
    history::record(tx, [event.with(json!({ "release": release.number, "digest": release.digest }))]).await
}

/// The person behind a release's act.
fn person(tx: &Tx) -> Found<entity::PersonId> {
    tx.actor().person.ok_or_else(|| Fault::stored("act on a release", "nobody did it"))
}
