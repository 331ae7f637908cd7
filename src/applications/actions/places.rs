//! What the giving of places does to applications: those served become nominated, whichever body's they are.
//!
//! Here are rows of another body written, under the gate and by the service's own hand: by [`give_places`], which runs after
//! anything that made somebody due or a place free and in the same transaction, and by the sweep, which is the
//! service's own.

use entity::{
    ApplicationId, ApplicationStatus, BodyId, EmployerId, EventKind, ExceptionId, PlaceState, application,
};
use serde_json::json;

use super::{end, save};
use crate::app::App;
use crate::applications::rules::valid_until;
use crate::applications::store::case;
use crate::clock::day_in_new_zealand;
use crate::db::{Command, Gate, Tx};
use crate::error::{Acted, Fault, Found};
use crate::history::{self, Event};
use crate::quota;
use crate::quota::actions::Given;
use crate::quota::rules::giving_is_over;

/// How many applications one statement names, and how many one sweep lets lapse: the next goes on from there.
const AT_ONCE: usize = 500;

/// An application that was given a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// Which.
    pub application: ApplicationId,
    /// Its reference.
    pub reference: String,
    /// Whose.
    pub body: BodyId,
    /// Of which employer.
    pub employer: EmployerId,
    /// Number of the place.
    pub place: i32,
}

/// Gives free places to those that are due and marks them nominated; tells whom, in the order of ids.
///
/// # Errors
/// Where the database does not answer.
pub async fn give_places(gate: &Gate<'_>, app: &App) -> Found<Vec<Served>> {
    let given = quota::actions::allocate(gate).await?;
    let mut served = Vec::with_capacity(given.len());
    for given in given.chunks(AT_ONCE) {
        let ids: Vec<ApplicationId> = given.iter().map(|one| one.application).collect();
        for application in case::load_across_tenants(gate, &ids).await? {
            let one = given.iter().find(|one| one.application == application.id);
            let one = *one.ok_or_else(|| Fault::stored("application", "served without a place"))?;
            served.push(Served {
                application: application.id,
                reference: application.reference.clone(),
                body: application.body_id,
                employer: application.employer_id,
                place: one.place,
            });
            nominate(gate.tx(), app, application, one).await?;
        }
    }
    Ok(served)
}

/// Marks the application that this transaction confirmed and holds.
pub(super) async fn nominate_own(
    tx: &Tx,
    app: &App,
    application: application::Model,
    given: Given,
) -> Found<()> {
    nominate(tx, app, application, given).await
}

async fn nominate(tx: &Tx, app: &App, mut application: application::Model, given: Given) -> Found<()> {
    if application.status != ApplicationStatus::Confirmed {
        return Err(Fault::stored("queue", "it served an application that is not confirmed"));
    }
    let known = app.shelf.terms(tx.conn(), application.exception_id, application.terms_revision).await?;
    application.status = ApplicationStatus::Nominated;
    application.nominated_at = Some(tx.now());
    application.valid_until = valid_until(&known.terms.validity, day_in_new_zealand(tx.now()));
    save(tx, application, EventKind::Nominated, json!({ "place": given.place })).await?;
    Ok(())
}

/// Frees the places of these applications, whose rest after the agency's refusal is over. One that is nominated lapses; one
/// that was withdrawn or revoked meanwhile has ended already. The caller then gives places. Answers how many lapsed.
///
/// # Errors
/// Where the database refuses.
pub async fn lapse_refused(gate: &Gate<'_>, ids: &[ApplicationId]) -> Found<usize> {
    let mut lapsed = 0;
    let reason = "the agency's refusal stood";
    for application in case::load_across_tenants(gate, ids).await? {
        let returning = quota::store::lock_place_of(gate, application.id).await?;
        if returning.is_none_or(|place| place.state != PlaceState::Returning) {
            continue;
        }
        let place = quota::actions::free_returned(gate, application.id, reason).await?.place();
        let detail = json!({ "place": place });
        if application.status == ApplicationStatus::Nominated {
            let application = end(gate.tx(), application, ApplicationStatus::Lapsed).await?;
            save(gate.tx(), application, EventKind::Lapsed, detail).await?;
            lapsed += 1;
        } else {
            case::touch_across_tenants(gate, &[application.id]).await?;
            let event = Event::of_application(EventKind::PlaceFreed, &application).with(detail);
            history::record(gate.tx(), [event]).await?;
        }
    }
    Ok(lapsed)
}

/// What a sweep found to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Swept {
    /// Applications that were due beside a free place: left by a fault, or freed by the clock.
    pub nominated: usize,
    /// Applications that lapsed, since the giving of places is over.
    pub lapsed: usize,
}

/// Serves those that are due beside a free place, and lets those lapse that none can come to any more. Runs every
/// minute: it finds what a fault left and what only the clock changed.
#[derive(Clone, Debug)]
pub struct Sweep<'a> {
    /// The service.
    pub app: &'a App,
    /// Which class exception.
    pub exception: ExceptionId,
}

impl Command for Sweep<'_> {
    type Answer = Swept;
    const NAME: &'static str = "sweep";

    async fn run(&self, tx: &Tx) -> Acted<Swept> {
        let gate = tx.gate(self.exception).await?;
        let mut swept = Swept { nominated: give_places(&gate, self.app).await?.len(), lapsed: 0 };
        let exception = quota::store::load_exception(tx, self.exception).await?;
        if giving_is_over(&exception, tx.now()) {
            let left = quota::store::some_waiting(&gate, AT_ONCE).await?;
            for application in case::load_across_tenants(&gate, &left).await? {
                quota::actions::leave_queue(&gate, application.id).await?;
                let lapsed = end(tx, application, ApplicationStatus::Lapsed).await?;
                save(tx, lapsed, EventKind::Lapsed, json!({})).await?;
                swept.lapsed += 1;
            }
        }
        Ok(swept)
    }
}
