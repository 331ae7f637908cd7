//! A ballot from its freeze to its draw, with everything that goes wrong on the way and does not stop it.

use entity::{ApplicationStatus, BallotIncident, BallotStatus, BlockedReason};
use nominations::applications::actions::{Sweep, Swept};
use nominations::error::UserErrorCode;

use super::field::{COMMIT_BY, Field, OPENED, REVEAL_BY, ROUND_IS_THERE, at, by_ballot, code, plan, secret};
use super::files::SIGNATURE;
use crate::service::support::World;
use crate::service::support::caseload::{Wanted, definition};
use crate::service::support::cast::{ITP, ITP_LEAD, NZTECH_LEAD, RATA};

on_both_databases! {
    the_draw_gives_the_places_in_its_order_and_the_rest_wait_in_it,
    nothing_is_given_from_the_freeze_to_the_draw,
    a_body_that_never_commits_stops_nothing,
    a_body_that_never_reveals_stops_nothing,
    a_body_that_reveals_wrongly_is_on_record_and_may_still_reveal_rightly,
    a_result_without_a_beacon_is_labelled,
    another_rounds_signature_is_refused,
    whoever_withdraws_after_the_freeze_is_struck_and_the_order_of_the_others_stands,
    late_arrivals_come_after_everybody_who_was_drawn,
    a_worker_has_one_entry,
    whoever_is_on_hold_at_the_freeze_takes_no_part,
}

async fn the_draw_gives_the_places_in_its_order_and_the_rest_wait_in_it(world: World) {
    let field = Field::of(&world, 5, 2).await;
    let ballot = field.open(true).await;
    assert_eq!(field.phase(ballot).await, BallotStatus::Committing);
    field.both_act(ballot).await;
    assert_eq!(field.phase(ballot).await, BallotStatus::Ready);
    assert_eq!(code(field.draw(ballot, &ITP_LEAD, None).await), UserErrorCode::Required);
    world.clock.move_to(at(ROUND_IS_THERE));
    field.draw(ballot, &ITP_LEAD, Some(SIGNATURE)).await.expect("a draw");
    assert_eq!(field.phase(ballot).await, BallotStatus::Drawn);
    assert_eq!(field.incidents(ballot).await, []);
    let report = field.run_again(ballot).await;
    assert!(
        report.holds.contains(&"the result is independently verifiable".to_owned()),
        "{:#?}",
        report.holds
    );

    let order = field.order(ballot).await;
    assert_eq!(order.len(), 5);
    assert_eq!(field.nominated(&order).await, order[..2]);
    field.all_is_well().await;
    // Whatever comes back goes to the next of the order.
    for next in 2..5 {
        field.cases.take_back(order[next - 2]).await.expect("a place given back");
        assert_eq!(field.status(order[next]).await, ApplicationStatus::Nominated, "{next}");
    }
    field.all_is_well().await;
    field.run_again(ballot).await;
}

async fn nothing_is_given_from_the_freeze_to_the_draw(world: World) {
    let field = Field::of(&world, 2, 1).await;
    assert_eq!(field.blocked(field.ids[0]).await, Some(BlockedReason::BallotNotDrawn));
    let ballot = field.open(false).await;
    assert_eq!(field.blocked(field.ids[0]).await, Some(BlockedReason::BallotOpen));
    let sweep = Sweep { app: &world.app, exception: field.cases.exception };
    assert_eq!(world.by_itself(&sweep).await.expect("a sweep"), Swept::default());
    world.apply(definition(by_ballot(3))).await.expect("more places");
    // The way in which places are given stays while a ballot is open.
    assert_eq!(code(world.apply(definition(|_| {})).await), UserErrorCode::WrongStatus);
    assert_eq!(field.nominated(&field.ids).await, []);
    field.all_is_well().await;
    field.both_act(ballot).await;
    assert_eq!(world.by_itself(&sweep).await.expect("a sweep"), Swept::default());
    assert_eq!(field.nominated(&field.ids).await, []);
    field.draw(ballot, &NZTECH_LEAD, None).await.expect("a draw");
    assert_eq!(field.nominated(&field.ids).await, field.ids);
    // One place was free at the freeze, three at the draw.
    let record = field.record(ballot).await;
    assert_eq!((record.ballot.places, record.end.expect("an end").places), (1, Some(3)));
    field.run_again(ballot).await;
}

async fn a_body_that_never_commits_stops_nothing(world: World) {
    let field = Field::of(&world, 3, 1).await;
    let ballot = field.open(true).await;
    field.commit(ballot, &NZTECH_LEAD).await.expect("a commitment");
    let early = field.reveal(ballot, &NZTECH_LEAD, secret(&NZTECH_LEAD)).await;
    assert_eq!(code(early), UserErrorCode::TooEarly);
    world.clock.move_to(at(COMMIT_BY));
    assert_eq!(field.phase(ballot).await, BallotStatus::Revealing);
    assert_eq!(code(field.commit(ballot, &ITP_LEAD).await), UserErrorCode::DeadlinePassed);
    assert_eq!(code(field.reveal(ballot, &ITP_LEAD, secret(&ITP_LEAD)).await), UserErrorCode::WrongStatus);
    field.reveal(ballot, &NZTECH_LEAD, secret(&NZTECH_LEAD)).await.expect("a secret");
    // Whoever never committed is not waited for.
    assert_eq!(field.phase(ballot).await, BallotStatus::Ready);
    world.clock.move_to(at(ROUND_IS_THERE));
    field.draw(ballot, &ITP_LEAD, Some(SIGNATURE)).await.expect("a draw");
    assert_eq!(field.incidents(ballot).await, [(BallotIncident::NeverCommitted, "itp".to_owned())]);
    assert_eq!(field.nominated(&field.ids).await.len(), 1);
    field.run_again(ballot).await;
    field.all_is_well().await;
}

async fn a_body_that_never_reveals_stops_nothing(world: World) {
    let field = Field::of(&world, 3, 1).await;
    let ballot = field.open(true).await;
    for lead in [&NZTECH_LEAD, &ITP_LEAD] {
        field.commit(ballot, lead).await.expect("a commitment");
    }
    field.reveal(ballot, &ITP_LEAD, secret(&ITP_LEAD)).await.expect("a secret");
    assert_eq!(field.phase(ballot).await, BallotStatus::Revealing);
    assert_eq!(code(field.draw(ballot, &ITP_LEAD, Some(SIGNATURE)).await), UserErrorCode::TooEarly);
    world.clock.move_to(at(REVEAL_BY));
    assert_eq!(
        code(field.reveal(ballot, &NZTECH_LEAD, secret(&NZTECH_LEAD)).await),
        UserErrorCode::DeadlinePassed
    );
    assert_eq!(field.phase(ballot).await, BallotStatus::Ready);
    world.clock.move_to(at(ROUND_IS_THERE));
    field.draw(ballot, &ITP_LEAD, Some(SIGNATURE)).await.expect("a draw");
    assert_eq!(field.incidents(ballot).await, [(BallotIncident::NeverRevealed, "nztech".to_owned())]);
    let report = field.run_again(ballot).await;
    assert!(
        report.holds.contains(&"nztech: committed, and did not reveal".to_owned()),
        "{:#?}",
        report.holds
    );
    field.all_is_well().await;
}

async fn a_body_that_reveals_wrongly_is_on_record_and_may_still_reveal_rightly(world: World) {
    let field = Field::of(&world, 2, 1).await;
    let ballot = field.open(false).await;
    for lead in [&NZTECH_LEAD, &ITP_LEAD] {
        field.commit(ballot, lead).await.expect("a commitment");
    }
    for _ in 0..2 {
        // The other body's own secret is no good here either.
        let wrong = field.reveal(ballot, &NZTECH_LEAD, secret(&ITP_LEAD)).await;
        assert_eq!(code(wrong), UserErrorCode::CommitmentMismatch);
    }
    let on_record = [(BallotIncident::WrongSecret, "nztech".to_owned())];
    assert_eq!(field.incidents(ballot).await, on_record);
    for lead in [&NZTECH_LEAD, &ITP_LEAD, &NZTECH_LEAD] {
        // Sent again, it changes nothing.
        field.reveal(ballot, lead, secret(lead)).await.expect("a secret");
    }
    field.draw(ballot, &NZTECH_LEAD, None).await.expect("a draw");
    assert_eq!(field.incidents(ballot).await, on_record);
    field.run_again(ballot).await;
    field.all_is_well().await;
}

async fn a_result_without_a_beacon_is_labelled(world: World) {
    let field = Field::of(&world, 2, 1).await;
    let ballot = field.open(false).await;
    field.both_act(ballot).await;
    assert_eq!(code(field.draw(ballot, &NZTECH_LEAD, Some(SIGNATURE)).await), UserErrorCode::Invalid);
    field.draw(ballot, &NZTECH_LEAD, None).await.expect("a draw");
    let report = field.run_again(ballot).await;
    assert!(
        report.holds.iter().any(|line| line.starts_with("the result is NOT independently verifiable")),
        "{:#?}",
        report.holds
    );
}

async fn another_rounds_signature_is_refused(world: World) {
    let field = Field::of(&world, 2, 1).await;
    let mut other = plan(true);
    other.beacon.as_mut().expect("a beacon").round += 1;
    let ballot = field.open_by(&NZTECH_LEAD, other).await.expect("a ballot");
    field.both_act(ballot).await;
    world.clock.move_to(at(ROUND_IS_THERE));
    for signature in [SIGNATURE, "", "00", &SIGNATURE.to_uppercase()] {
        let drawn = field.draw(ballot, &NZTECH_LEAD, Some(signature)).await;
        assert_eq!(code(drawn), UserErrorCode::BeaconInvalid, "{signature}");
    }
    assert_eq!(field.phase(ballot).await, BallotStatus::Ready);
    assert_eq!(field.nominated(&field.ids).await, []);
    field.all_is_well().await;
}

async fn whoever_withdraws_after_the_freeze_is_struck_and_the_order_of_the_others_stands(world: World) {
    let field = Field::of(&world, 4, 1).await;
    let ballot = field.open(true).await;
    field.both_act(ballot).await;
    let gone = field.ids[1];
    let entry = field.entry(gone).await;
    field.cases.take_back(gone).await.expect("an end");
    world.clock.move_to(at(ROUND_IS_THERE));
    field.draw(ballot, &NZTECH_LEAD, Some(SIGNATURE)).await.expect("a draw");
    let order = field.order(ballot).await;
    assert_eq!(order.len(), 3);
    assert!(!order.contains(&gone));
    assert_eq!(field.nominated(&field.ids).await, order[..1]);
    let report = field.run_again(ballot).await;
    assert!(report.holds.contains(&"struck entries: 1".to_owned()), "{:#?}", report.holds);
    let strikes = nominations::ballots::store::load_strikes(world.conn(), ballot).await.expect("strikes");
    assert_eq!(strikes[0].entry, entry);
    field.all_is_well().await;
}

async fn late_arrivals_come_after_everybody_who_was_drawn(world: World) {
    let mut field = Field::of(&world, 2, 1).await;
    // Submitted before all others, and confirmed after the freeze.
    world.clock.move_to(at("2022-03-01T00:00:00Z"));
    let wanted = Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N9") };
    let late = field.cases.recommended(&wanted).await;
    world.clock.move_to(at(OPENED));
    let ballot = field.open(false).await;
    field.cases.confirm(&field.cases.application(late).await).await.expect("a confirmation");
    field.both_act(ballot).await;
    field.draw(ballot, &NZTECH_LEAD, None).await.expect("a draw");
    let order = field.order(ballot).await;
    assert_eq!(order.len(), 2);
    field.ids.push(late);
    for served in [order[0], order[1], late] {
        assert_eq!(field.nominated(&field.ids).await, [served]);
        field.cases.take_back(served).await.expect("a place given back");
    }
    field.all_is_well().await;
}

async fn a_worker_has_one_entry(world: World) {
    let mut field = Field::of(&world, 2, 2).await;
    world.clock.move_to(at("2022-04-01T00:00:00Z"));
    // The worker of the first, through the other body.
    let wanted = Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N1") };
    let double = field.cases.confirmed(&wanted).await;
    world.clock.move_to(at(OPENED));
    let ballot = field.open(false).await;
    let entries = field.entries(ballot).await;
    assert_eq!(entries.len(), 2);
    assert!(!entries.contains_key(&field.entry(double).await));
    field.both_act(ballot).await;
    field.draw(ballot, &NZTECH_LEAD, None).await.expect("a draw");
    field.ids.push(double);
    assert_eq!(field.nominated(&field.ids).await, field.ids[..2]);
    assert_eq!(field.blocked(double).await, Some(BlockedReason::WorkerHoldsPlace));
    field.all_is_well().await;
}

async fn whoever_is_on_hold_at_the_freeze_takes_no_part(world: World) {
    use nominations::applications::actions::HoldApplication;
    use nominations::tenancy::Permission;
    use nominations::values::text::Text;
    let field = Field::of(&world, 2, 2).await;
    let held = field.ids[0];
    let scope = crate::service::support::caseload::staff_scope(&NZTECH_LEAD, Permission::Confirm);
    let version = field.cases.application(held).await.version;
    let reason = Text::parse("A complaint.").expect("a text");
    let command = HoldApplication { app: &world.app, scope: scope.clone(), id: held, version, reason };
    world.app.db.perform(&scope, None, &command).await.expect("a hold");
    let ballot = field.open(false).await;
    let entries = field.entries(ballot).await;
    assert_eq!(entries.into_values().collect::<Vec<_>>(), [field.ids[1]]);
    field.all_is_well().await;
}
