//! Who holds a place, who waits for one, and whether both sides say the same.

use std::collections::HashMap;

use entity::{ApplicationId, ApplicationStatus, PlaceState, class_exception, place};

use super::{Facts, Report, Rule, store};
use crate::db::Snapshot;
use crate::error::Found;

/// The places by their holders; a second one of a holder is told.
pub(super) fn held(places: &[place::Model], report: &mut Report) -> HashMap<ApplicationId, place::Model> {
    let mut held: HashMap<ApplicationId, place::Model> = HashMap::new();
    for place in places {
        let Some(holder) = place.application_id else { continue };
        if let Some(first) = held.get(&holder) {
            let wrong = format!("its holder holds place {} as well", first.number);
            report.tell(Rule::OnePlace, name(None, place), wrong);
        } else {
            held.insert(holder, place.clone());
        }
    }
    held
}

/// How people name a place.
pub(super) fn name(exception: Option<&class_exception::Model>, place: &place::Model) -> String {
    match exception {
        Some(exception) => format!("place {} of {}", place.number, exception.slug),
        None => format!("place {}", place.number),
    }
}

pub(super) fn examine(facts: &Facts<'_>, report: &mut Report) {
    nomination(facts, report);
    agreement(facts, report);
    marks(facts, report);
    queue(facts, report);
}

fn nomination(facts: &Facts<'_>, report: &mut Report) {
    use ApplicationStatus as Status;
    let status = facts.application.status;
    let Some(place) = facts.place else {
        let wrong = "it is NOMINATED and holds no place";
        return report.expect(status != Status::Nominated, Rule::NominatedHoldsPlace, facts.name(), wrong);
    };
    let fits = match place.state {
        PlaceState::Reserved | PlaceState::Listed | PlaceState::Consumed => status == Status::Nominated,
        PlaceState::Returning => matches!(status, Status::Nominated | Status::Withdrawn | Status::Revoked),
        // That such a place has a holder at all is told with the places.
        PlaceState::Available | PlaceState::Retired => true,
    };
    let wrong = format!("it is {} and holds place {}, {}", status.word(), place.number, place.state.word());
    report.expect(fits, Rule::PlaceFitsStatus, facts.name(), wrong);
}

fn agreement(facts: &Facts<'_>, report: &mut Report) {
    let Some(place) = facts.place else { return };
    let application = facts.application;
    let parts = [
        (place.exception_id == application.exception_id, "class exception"),
        (place.body_id == Some(application.body_id), "body"),
        (place.employer_id == Some(application.employer_id), "employer"),
    ];
    for (agrees, what) in parts {
        let wrong = format!("its holder {} has another {what}", facts.name());
        report.expect(agrees, Rule::PlaceAgrees, name(facts.exception, place), wrong);
    }
}

fn marks(facts: &Facts<'_>, report: &mut Report) {
    let holds = facts.place.is_some();
    for fingerprint in facts.fingerprints.iter().filter(|one| one.holds_place != holds) {
        let (marked, place) = if holds { ("not marked", "a place") } else { ("marked", "no place") };
        let wrong = format!(
            "its worker is {marked} as holding a place (key {}), and it holds {place}",
            fingerprint.key_version
        );
        report.tell(Rule::WorkerMarked, facts.name(), wrong);
    }
    let wrong = "it holds a place, and no fingerprint keeps its worker from a second one";
    let is_marked = !holds || !facts.fingerprints.is_empty() || facts.application.purged_at.is_some();
    report.expect(is_marked, Rule::WorkerMarked, facts.name(), wrong);
}

fn queue(facts: &Facts<'_>, report: &mut Report) {
    let application = facts.application;
    let waits = application.status == ApplicationStatus::Confirmed;
    let Some(entry) = facts.entry else {
        let wrong = "it is CONFIRMED and does not wait in the queue";
        return report.expect(!waits, Rule::QueueFitsStatus, facts.name(), wrong);
    };
    let wrong = format!("it waits in the queue and is {}", application.status.word());
    report.expect(waits, Rule::QueueFitsStatus, facts.name(), wrong);
    let band = i32::from(application.priority != Some(true));
    let parts = [
        (entry.exception_id == application.exception_id, "class exception"),
        (entry.body_id == application.body_id, "body"),
        (entry.employer_id == application.employer_id, "employer"),
        (Some(entry.submitted_at) == application.submitted_at, "instant of submission"),
        (entry.band == band, "priority band"),
        (entry.on_hold == application.hold_reason.is_some(), "hold"),
    ];
    for (agrees, what) in parts {
        let wrong = format!("its place in the queue goes by another {what}");
        report.expect(agrees, Rule::QueueAgrees, facts.name(), wrong);
    }
}

/// No two applications hold places for one worker.
pub(super) async fn examine_workers(snapshot: &Snapshot, report: &mut Report) -> Found<()> {
    for store::SameWorker { one, other } in store::load_doubles(snapshot).await? {
        let wrong = format!("its worker holds a place through {other} as well");
        report.tell(Rule::OnePlaceForWorker, one, wrong);
    }
    Ok(())
}
