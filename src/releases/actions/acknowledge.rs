//! The agency acknowledges a release: cases move on, and places of those who were taken back come free.

use entity::{ApplicationId, EventKind, ReleaseId, ReleaseStatus, release_state};
use serde_json::json;

use super::{Opened, open_for_agency, person};
use crate::app::App;
use crate::applications::actions::give_places;
use crate::applications::store::case;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault, Found, UserError};
use crate::history::{self, Event};
use crate::quota;
use crate::quota::rules::Returned;
use crate::releases::rules::may_acknowledge;
use crate::releases::store::{agency, standing};

/// Applications that one statement names.
const AT_ONCE: usize = 500;

/// An officer of the agency acknowledges a release, by the digest that was computed from what the agency received.
#[derive(Clone, Debug)]
pub struct AcknowledgeRelease<'a> {
    /// The service.
    pub app: &'a App,
    /// Which release.
    pub release: ReleaseId,
    /// Lower-case hexadecimal SHA-256.
    pub digest: String,
}

impl Command for AcknowledgeRelease<'_> {
    type Answer = ReleaseId;
    const NAME: &'static str = "acknowledgeRelease";

    async fn run(&self, tx: &Tx) -> Acted<ReleaseId> {
        let opened = open_for_agency(tx, self.release).await?;
        if !is_out(opened.state.status) {
            // The agency learns of a release when it is published.
            return Err(UserError::not_found("release", "release").into());
        }
        may_acknowledge(opened.state.status, &opened.release.digest, &self.digest)?;
        let sent = agency::sent_in(&opened.gate, self.release).await?;
        agency::acknowledge_cases(&opened.gate, &sent).await?;
        tell(&opened, &sent, EventKind::ListingAcknowledged).await?;
        let state = release_state::Model {
            status: ReleaseStatus::Acknowledged,
            acknowledged_at: Some(tx.now()),
            acknowledged_by: Some(person(tx)?),
            ..opened.state.clone()
        };
        super::acts::save_state(&opened.gate, ReleaseStatus::Published, state).await?;
        opened.record(EventKind::ReleaseAcknowledged).await?;
        free(&opened).await?;
        give_places(&opened.gate, self.app).await?;
        Ok(self.release)
    }
}

/// Whether the agency has it.
fn is_out(status: ReleaseStatus) -> bool {
    matches!(status, ReleaseStatus::Published | ReleaseStatus::Acknowledged)
}

/// Frees the places of applications that were taken back and that the release says are.
async fn free(opened: &Opened<'_>) -> Found<()> {
    let ids = standing::taken_back_in(&opened.gate, opened.release.id).await?;
    let reason = format!("release {} was acknowledged", opened.release.number);
    for application in case::load_across_tenants(&opened.gate, &ids).await? {
        let returned = quota::actions::free_returned(&opened.gate, application.id, &reason).await?;
        let place = match returned {
            Returned::Freed { place } | Returned::Retired { place } => place,
            Returned::Nothing | Returned::Returning { .. } | Returned::AlreadyReturning { .. } => {
                return Err(Fault::stored("place", "it did not come free"));
            }
        };
        case::touch_across_tenants(&opened.gate, &[application.id]).await?;
        let event = Event::of_application(EventKind::PlaceFreed, &application);
        history::record(opened.tx(), [event.with(json!({ "place": place }))]).await?;
    }
    Ok(())
}

async fn tell(opened: &Opened<'_>, ids: &[ApplicationId], kind: EventKind) -> Found<()> {
    for piece in ids.chunks(AT_ONCE) {
        case::touch_across_tenants(&opened.gate, piece).await?;
        let events = case::load_across_tenants(&opened.gate, piece).await?.into_iter().map(|application| {
            let event = Event::of_application(kind, &application);
            event.with(json!({ "release": opened.release.number }))
        });
        history::record(opened.tx(), events).await?;
    }
    Ok(())
}
