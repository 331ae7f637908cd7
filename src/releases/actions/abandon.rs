//! A release is given up before it is published: by a lead, or by the service where what it says has ended.

use entity::{EventKind, PersonId, ReleaseId, ReleaseStatus, application, release_state};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::open;
use crate::applications::details::LongText;
use crate::applications::rules::Impact;
use crate::counted::counted;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault, Found};
use crate::history::{self, Event};
use crate::releases::rules::{ended, may_abandon};
use crate::releases::store::acts;
use crate::tenancy::BodyScope;

/// A release that was given up, and what that sets off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abandoned {
    /// Which.
    pub id: ReleaseId,
    /// What it sets off.
    pub impact: Impact,
}

/// A lead gives a release up.
#[derive(Clone, Debug)]
pub struct AbandonRelease {
    /// For which body, and who.
    pub scope: BodyScope,
    /// Which release.
    pub release: ReleaseId,
    /// Why; all bodies read it.
    pub reason: LongText,
}

impl Command for AbandonRelease {
    type Answer = Abandoned;
    const NAME: &'static str = "abandonRelease";

    async fn run(&self, tx: &Tx) -> Acted<Abandoned> {
        let opened = open(tx, &self.scope, self.release).await?;
        may_abandon(opened.state.status)?;
        let attested = acts::load_attestations(&opened.gate, self.release).await?.len();
        let before = opened.state.status;
        let state = abandoned(tx, &opened.state, Some(self.scope.person()), self.reason.as_str());
        acts::save_state(&opened.gate, before, state).await?;
        opened.record(EventKind::ReleaseAbandoned).await?;
        let (number, lines) = (opened.release.number, opened.release.line_count);
        Ok(Abandoned { id: self.release, impact: impact(number, lines, attested) })
    }
}

/// Gives up the release on its way that lists an application which has ended; there is none where it never held a place.
/// What ended it holds the gate then: taking it again waits for nobody. Tells that it did.
pub(in crate::releases) async fn abandon_for(
    tx: &Tx,
    application: &application::Model,
) -> Found<Option<String>> {
    let live = acts::find_live_that_lists(tx, application.exception_id, application.id).await?;
    let Some(state) = live else { return Ok(None) };
    let release = acts::find_release(tx, state.release_id).await?;
    let release = release.ok_or_else(|| Fault::stored("release", "it is gone"))?;
    let gate = tx.gate(application.exception_id).await?;
    let reason = ended(&application.reference, application.status);
    let before = state.status;
    acts::save_state(&gate, before, abandoned(tx, &state, None, &reason)).await?;
    let detail = json!({ "release": release.number, "digest": release.digest });
    let mut event = Event::of_exception(EventKind::ReleaseAbandoned, release.exception_id).with(detail);
    // Who withdrew is the business of its own body alone.
    event.by_service = true;
    history::record(tx, [event]).await?;
    let number = release.number;
    Ok(Some(format!("Release {number}, which was prepared and lists it, is given up: prepare the next one.")))
}

fn abandoned(
    tx: &Tx,
    state: &release_state::Model,
    by: Option<PersonId>,
    reason: &str,
) -> release_state::Model {
    release_state::Model {
        status: ReleaseStatus::Abandoned,
        abandoned_at: Some(tx.now()),
        abandoned_by: by,
        abandon_reason: Some(reason.to_owned()),
        ..state.clone()
    }
}

fn impact(number: i32, lines: i32, attested: usize) -> Impact {
    let lines_told = counted(lines, "line", "lines");
    let attested = match attested {
        0 => String::new(),
        1 => " 1 attestation of it no longer stands for anything.".to_owned(),
        some => format!(" {some} attestations of it no longer stand for anything."),
    };
    Impact {
        places_returned: 0,
        lines_removed: lines,
        next_in_line: None,
        summary: format!(
            "Release {number}, with {lines_told}, is never published. No place moves.{attested} The next release is \
             made anew of what stands then."
        ),
    }
}
