//! The places of a class exception, and the ledger of their movements.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{
    ApplicationId, EmployerId, PlaceMovementKind, PlaceState, class_exception, place, place_movement,
};

use super::{Frame, Report, Rule, places, store};
use crate::app::App;
use crate::clock::day_in_new_zealand;
use crate::db::Snapshot;
use crate::error::Found;
use crate::quota::rules::{Movement, PlaceCounts, gives_places, replay};
use crate::quota::store::{count_queues, order_of_the_due};
use crate::tenancy::Viewer;

/// What one employer holds: how many, and when it was last given one of these.
type Holdings = HashMap<EmployerId, (i32, Option<DateTime<Utc>>)>;

pub(super) async fn examine(
    app: &App,
    snapshot: &Snapshot,
    exception: &class_exception::Model,
    frame: &Frame,
    report: &mut Report,
) -> Found<()> {
    let mut counts = PlaceCounts::default();
    let mut holdings = Holdings::new();
    let mut last = 0;
    loop {
        let piece = store::load_places(snapshot, exception.id, last).await?;
        let Some(end) = piece.last().map(|place| place.number) else { break };
        let movements = store::load_movements(snapshot, exception.id, (last, end)).await?;
        number(exception, last, &piece, report);
        for place in &piece {
            counts.add(place.state, 1);
            holder(exception, place, report);
        }
        ledger(exception, &piece, &movements, report);
        hold(&piece, &movements, &mut holdings);
        last = end;
    }
    add_up(exception, &counts, report);
    if gives_places(exception, app.db.clock().now()) && counts.available > 0 {
        stranded(snapshot, exception, &counts, report).await?;
    }
    employer_cap(snapshot, exception, &holdings, frame, report).await
}

fn number(exception: &class_exception::Model, after: i32, piece: &[place::Model], report: &mut Report) {
    let mut before = after;
    for place in piece {
        let wrong = format!("it follows number {before}");
        report.expect(
            place.number == before + 1,
            Rule::PlaceNumbers,
            places::name(Some(exception), place),
            wrong,
        );
        before = place.number;
    }
}

fn holder(exception: &class_exception::Model, place: &place::Model, report: &mut Report) {
    let needs_holder = match place.state {
        PlaceState::Available | PlaceState::Retired => false,
        PlaceState::Reserved | PlaceState::Listed | PlaceState::Consumed | PlaceState::Returning => true,
    };
    let parts = [place.application_id.is_some(), place.body_id.is_some(), place.employer_id.is_some()];
    let wrong = if needs_holder {
        format!("it is {} and lacks its holder, or the holder's body or employer", place.state.word())
    } else {
        format!("it is {} and has a holder", place.state.word())
    };
    let fits = parts.into_iter().all(|there| there == needs_holder);
    report.expect(fits, Rule::PlaceHolder, places::name(Some(exception), place), wrong);
}

fn ledger(
    exception: &class_exception::Model,
    piece: &[place::Model],
    movements: &[place_movement::Model],
    report: &mut Report,
) {
    let steps = movements.iter().map(|one| Movement {
        place: one.place_number,
        number: one.movement,
        from: one.from_state,
        to: one.to_state,
        kind: one.kind,
    });
    let (ends, faults) = replay(steps);
    for fault in faults {
        report.tell(Rule::Ledger, &exception.slug, fault);
    }
    let takers = takers(movements);
    for place in piece {
        let name = places::name(Some(exception), place);
        let wrong = match ends.get(&place.number) {
            None => Some("the ledger does not know it".to_owned()),
            Some((state, _)) if *state != place.state => {
                Some(format!("it is {}, and the ledger ends in {}", place.state.word(), state.word()))
            }
            Some((_, count)) if *count != place.movements => {
                Some(format!("it counts {} movements, and the ledger has {count}", place.movements))
            }
            Some(_) => None,
        };
        if let Some(wrong) = wrong {
            report.tell(Rule::Ledger, &name, wrong);
        }
        if let Some(holder) = place.application_id {
            let taker = takers.get(&place.number);
            let agrees = taker
                .is_some_and(|taker| taker.application_id == Some(holder) && taker.body_id == place.body_id);
            report.expect(
                agrees,
                Rule::LedgerHolder,
                &name,
                "the ledger gave it to another application than holds it",
            );
        }
    }
    for movement in movements.iter().filter(|one| one.on_day != day_in_new_zealand(one.at)) {
        let about = format!(
            "movement {} of place {} of {}",
            movement.movement, movement.place_number, exception.slug
        );
        let wrong = format!("it is counted for {}, another day than that of its instant", movement.on_day);
        report.tell(Rule::LedgerDay, about, wrong);
    }
}

/// The last movement of each place that gave it to somebody.
fn takers(movements: &[place_movement::Model]) -> HashMap<i32, &place_movement::Model> {
    let giving = movements.iter().filter(|one| gives(one.kind));
    giving.map(|one| (one.place_number, one)).collect()
}

fn gives(kind: PlaceMovementKind) -> bool {
    match kind {
        PlaceMovementKind::Allocated | PlaceMovementKind::Transferred => true,
        PlaceMovementKind::Created
        | PlaceMovementKind::Published
        | PlaceMovementKind::Consumed
        | PlaceMovementKind::GivenBack
        | PlaceMovementKind::Restored
        | PlaceMovementKind::Freed
        | PlaceMovementKind::Retired => false,
    }
}

/// Adds up who holds how many. A transfer gives an employer nothing that it did not have.
fn hold(piece: &[place::Model], movements: &[place_movement::Model], holdings: &mut Holdings) {
    let allocated = movements.iter().filter(|one| one.kind == PlaceMovementKind::Allocated);
    let given: HashMap<i32, DateTime<Utc>> = allocated.map(|one| (one.place_number, one.at)).collect();
    for place in piece {
        let Some(employer) = place.employer_id else { continue };
        let (count, latest) = holdings.entry(employer).or_default();
        *count += 1;
        *latest = (*latest).max(given.get(&place.number).copied());
    }
}

fn add_up(exception: &class_exception::Model, counts: &PlaceCounts, report: &mut Report) {
    let standing = counts.standing();
    let excess = counts.excess(exception.places);
    let wrong = format!("it has {} places, and {standing} stand", exception.places);
    report.expect(
        i64::from(exception.places) + excess == standing,
        Rule::PlacesAddUp,
        &exception.slug,
        wrong,
    );
    let wrong = format!("{excess} places are held above the cap, while {} are free", counts.available);
    report.expect(excess == 0 || counts.available == 0, Rule::PlacesAddUp, &exception.slug, wrong);
}

async fn stranded(
    snapshot: &Snapshot,
    exception: &class_exception::Model,
    counts: &PlaceCounts,
    report: &mut Report,
) -> Found<()> {
    let scope = Viewer::public().in_public();
    let queues = count_queues(snapshot.conn(), &scope, &[exception.id]).await?;
    let waiting = queues.get(&exception.id).map_or(0, |queue| queue.waiting);
    let first: Vec<ApplicationId> = order_of_the_due(snapshot.conn(), exception.id, 1).await?;
    let Some(first) = first.first() else { return Ok(()) };
    let references = store::load_references(snapshot, &[*first]).await?;
    let name = references.get(first).map_or("an application", String::as_str);
    let wrong = format!("{waiting} are due a place beside {} free ones, first {name}", counts.available);
    report.tell(Rule::Stranded, &exception.slug, wrong);
    Ok(())
}

/// A cap that falls takes nothing from those who hold more, so that alone is no fault: it is one where a place was
/// given above the cap since the file of the exception last changed anything.
async fn employer_cap(
    snapshot: &Snapshot,
    exception: &class_exception::Model,
    holdings: &Holdings,
    frame: &Frame,
    report: &mut Report,
) -> Found<()> {
    let Some(cap) = exception.per_employer_cap else { return Ok(()) };
    let above: Vec<_> = holdings.iter().filter(|(_, (count, _))| *count > cap).collect();
    if above.is_empty() {
        return Ok(());
    }
    let applied = store::last_applied(snapshot, exception.id).await?;
    for (employer, (count, latest)) in above {
        if *latest <= applied {
            continue;
        }
        let own = frame.held.values().find(|place| place.employer_id == Some(*employer));
        let holder = own.and_then(|place| place.application_id);
        let references = store::load_references(snapshot, holder.as_slice()).await?;
        let name = references.into_values().next().unwrap_or_else(|| employer.to_string());
        let wrong = format!("the employer of {name} holds {count} places, and may hold {cap}");
        report.tell(Rule::EmployerCap, &exception.slug, wrong);
    }
    Ok(())
}
