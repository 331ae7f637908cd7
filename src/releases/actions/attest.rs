//! A body answers for its own section.

use entity::{EventKind, ReleaseId, ReleaseStatus, attestation, release_state};
use serde_json::json;

use super::{open, person};
use crate::db::{Command, Tx};
use crate::error::Acted;
use crate::history::{self, Event};
use crate::releases::rules::may_attest;
use crate::releases::store::acts;
use crate::tenancy::BodyScope;

/// A lead attests the body's section, by the digest that the body has computed from its own lines.
#[derive(Clone, Debug)]
pub struct AttestRelease {
    /// For which body, and who.
    pub scope: BodyScope,
    /// Which release.
    pub release: ReleaseId,
    /// Lower-case hexadecimal SHA-256.
    pub digest: String,
}

impl Command for AttestRelease {
    type Answer = ReleaseId;
    const NAME: &'static str = "attestRelease";

    async fn run(&self, tx: &Tx) -> Acted<ReleaseId> {
        let opened = open(tx, &self.scope, self.release).await?;
        let sections = acts::load_sections(&opened.gate, self.release).await?;
        let attested = acts::load_attestations(&opened.gate, self.release).await?;
        let own = sections.iter().find(|section| section.body_id == self.scope.body());
        let has_attested = attested.iter().any(|one| one.body_id == self.scope.body());
        let digest = own.map(|section| section.digest.as_str());
        may_attest(opened.state.status, digest, has_attested, &self.digest)?;
        let row = attestation::Model {
            release_id: self.release,
            body_id: self.scope.body(),
            person_id: person(tx)?,
            at: tx.now(),
            line_count: own.map(|section| section.line_count).unwrap_or_default(),
            digest: self.digest.clone(),
        };
        acts::insert_attestation(&opened.gate, row).await?;
        if attested.len() + 1 == sections.len() {
            let state = release_state::Model {
                status: ReleaseStatus::Attested,
                attested_at: Some(tx.now()),
                ..opened.state.clone()
            };
            acts::save_state(&opened.gate, ReleaseStatus::Prepared, state).await?;
        }
        let mut event = Event::of_exception(EventKind::ReleaseAttested, opened.release.exception_id);
        event.body = Some(self.scope.body());
        let detail = json!({ "release": opened.release.number, "digest": self.digest });
        history::record(tx, [event.with(detail)]).await?;
        Ok(self.release)
    }
}
