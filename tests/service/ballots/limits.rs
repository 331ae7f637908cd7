//! What must not be possible in a ballot: opening it too early or twice, changing what was given, drawing twice, choosing by
//! voiding, bettering one's chances by striking.

use entity::{BallotIncident, BallotStatus, BallotVoidCause};
use nominations::ballots::actions::{CommitBallotSecret, KeepBallot};
use nominations::ballots::rules::Plan;
use nominations::error::{Failure, UserErrorCode};
use nominations::jobs::{Done, Job, run};
use nominations::tenancy::SystemScope;
use nominations::values::sha256::Sha256;
use sea_orm::ConnectionTrait;

use super::field::{
    COMMIT_BY, Field, OPENED, REVEAL_BY, ROUND_IS_THERE, at, by_ballot, code, plan, scope, secret,
};
use super::files::SIGNATURE;
use crate::service::support::World;
use crate::service::support::caseload::definition;
use crate::service::support::cast::{ITP_LEAD, KAURI, NZTECH_LEAD};

on_both_databases! {
    a_ballot_is_opened_where_places_are_drawn_after_the_window_and_once,
    a_commitment_never_changes,
    two_leads_who_draw_at_once_draw_once,
    nothing_is_drawn_twice,
    a_ballot_is_voided_while_nobody_knows_and_the_next_has_a_new_list,
    a_round_without_a_signature_is_waited_for_and_the_next_ballot_has_the_same_list,
    without_a_beacon_and_a_secret_there_is_nothing_to_draw,
    a_rehearsed_void_tells_and_changes_nothing,
    a_lead_strikes_own_entries_once_something_is_known,
    a_lead_with_a_conflict_strikes_no_entry_of_the_employer,
    what_was_published_never_changes,
    missed_deadlines_go_on_record_once_whoever_keeps_them,
    ballots_work_under_two_processes,
}

async fn a_ballot_is_opened_where_places_are_drawn_after_the_window_and_once(world: World) {
    let field = Field::of(&world, 2, 1).await;
    let open = async |plan: Plan| field.open_by(&ITP_LEAD, plan).await;
    world.clock.move_to(at("2022-07-31T11:59:59Z"));
    assert_eq!(code(open(plan(false)).await), UserErrorCode::TooEarly);
    world.clock.move_to(at(OPENED));
    let paused = definition(|file| {
        by_ballot(1)(file);
        file.settings.paused = true;
    });
    world.apply(paused).await.expect("a pause");
    assert_eq!(code(open(plan(false)).await), UserErrorCode::WrongStatus);
    world.apply(definition(by_ballot(1))).await.expect("it goes on");
    // Too soon for the other bodies to take part.
    let (day, moment) = (chrono::TimeDelta::days(1), chrono::TimeDelta::microseconds(1));
    let sudden = Plan { commit_by: at(OPENED) + day - moment, ..plan(true) };
    assert_eq!(code(open(sudden).await), UserErrorCode::Invalid);
    let sudden = Plan { reveal_by: at(COMMIT_BY) + day - moment, ..plan(false) };
    assert_eq!(code(open(sudden).await), UserErrorCode::Invalid);
    let mut early = plan(true);
    early.beacon.as_mut().expect("a beacon").round -= 1;
    assert_eq!(code(open(early).await), UserErrorCode::Invalid);
    open(plan(true)).await.expect("a ballot");
    assert_eq!(code(open(plan(true)).await), UserErrorCode::WrongStatus);
    field.all_is_well().await;
}

async fn a_commitment_never_changes(world: World) {
    let field = Field::of(&world, 1, 1).await;
    let ballot = field.open(true).await;
    field.commit(ballot, &ITP_LEAD).await.expect("a commitment");
    field.commit(ballot, &ITP_LEAD).await.expect("the same again");
    let commitment = Sha256::of("another");
    let other = CommitBallotSecret { scope: scope(&ITP_LEAD), ballot, commitment };
    assert_eq!(code(world.app.db.perform(&other.scope, None, &other).await), UserErrorCode::WrongStatus);
    field.all_is_well().await;
}

async fn two_leads_who_draw_at_once_draw_once(world: World) {
    let field = Field::of(&world, 4, 2).await;
    let ballot = field.open(false).await;
    field.both_act(ballot).await;
    let drawing =
        [&ITP_LEAD, &NZTECH_LEAD, &ITP_LEAD, &NZTECH_LEAD].map(|lead| field.draw(ballot, lead, None));
    let outcomes = futures_util::future::join_all(drawing).await;
    let (drawn, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((drawn.len(), refused.len()), (1, 3));
    assert!(refused.into_iter().all(|outcome| code(outcome) == UserErrorCode::WrongStatus));
    assert_eq!(field.nominated(&field.ids).await.len(), 2);
    field.run_again(ballot).await;
    field.all_is_well().await;
}

async fn nothing_is_drawn_twice(world: World) {
    let field = Field::of(&world, 3, 1).await;
    let ballot = field.open(false).await;
    field.both_act(ballot).await;
    field.draw(ballot, &NZTECH_LEAD, None).await.expect("a draw");
    let order = field.order(ballot).await;
    assert_eq!(code(field.draw(ballot, &NZTECH_LEAD, None).await), UserErrorCode::WrongStatus);
    assert_eq!(code(field.void_by(ballot, &NZTECH_LEAD).await), UserErrorCode::WrongStatus);
    assert_eq!(code(field.open_by(&NZTECH_LEAD, plan(false)).await), UserErrorCode::WrongStatus);
    assert_eq!(code(field.commit(ballot, &ITP_LEAD).await), UserErrorCode::WrongStatus);
    assert_eq!(code(field.reveal(ballot, &ITP_LEAD, secret(&ITP_LEAD)).await), UserErrorCode::WrongStatus);
    assert_eq!(field.order(ballot).await, order);
}

async fn a_ballot_is_voided_while_nobody_knows_and_the_next_has_a_new_list(world: World) {
    let field = Field::of(&world, 3, 1).await;
    let first = field.open(true).await;
    field.commit(first, &ITP_LEAD).await.expect("a commitment");
    field.cases.take_back(field.ids[0]).await.expect("an end");
    field.void_by(first, &NZTECH_LEAD).await.expect("an end of the ballot");
    assert_eq!(field.phase(first).await, BallotStatus::Void);
    assert_eq!(
        field.record(first).await.end.expect("an end").void_cause,
        Some(BallotVoidCause::NothingKnown)
    );
    field.run_again(first).await;
    assert_eq!(field.nominated(&field.ids).await, []);
    let second = field.open(true).await;
    assert_eq!(field.record(second).await.ballot.number, 2);
    assert_eq!((field.entries(first).await.len(), field.entries(second).await.len()), (3, 2));
    field.commit(second, &ITP_LEAD).await.expect("a commitment");
    field.commit(second, &NZTECH_LEAD).await.expect("a commitment");
    field.reveal(second, &ITP_LEAD, secret(&ITP_LEAD)).await.expect("a secret");
    // The other could know more by now, and would choose.
    assert_eq!(code(field.void_by(second, &NZTECH_LEAD).await), UserErrorCode::WrongStatus);
    field.all_is_well().await;
}

async fn a_round_without_a_signature_is_waited_for_and_the_next_ballot_has_the_same_list(world: World) {
    let field = Field::of(&world, 3, 1).await;
    let first = field.open(true).await;
    field.both_act(first).await;
    field.cases.take_back(field.ids[0]).await.expect("an end");
    let round = at(ROUND_IS_THERE);
    world.clock.move_to(round + chrono::TimeDelta::hours(72) - chrono::TimeDelta::microseconds(1));
    assert_eq!(code(field.void_by(first, &ITP_LEAD).await), UserErrorCode::WrongStatus);
    let struck = field.entry(field.ids[1]).await;
    field.strike(first, &ITP_LEAD, &struck).await.expect("a strike");
    world.clock.move_to(round + chrono::TimeDelta::hours(72));
    field.void_by(first, &ITP_LEAD).await.expect("an end of the ballot");
    assert_eq!(field.record(first).await.end.expect("an end").void_cause, Some(BallotVoidCause::NoSignature));
    field.run_again(first).await;
    let now = world.now();
    let days = chrono::TimeDelta::days;
    let plan = Plan { commit_by: now + days(2), reveal_by: now + days(4), beacon: None };
    let second = field.open_by(&NZTECH_LEAD, plan).await.expect("a ballot");
    let (before, after) = (field.record(first).await, field.record(second).await);
    assert_eq!(before.ballot.entries_digest, after.ballot.entries_digest);
    field.both_act(second).await;
    field.draw(second, &ITP_LEAD, None).await.expect("a draw");
    // One has ended since, one is struck still.
    assert_eq!(field.order(second).await, [field.ids[2]]);
    field.run_again(second).await;
    field.all_is_well().await;
}

async fn without_a_beacon_and_a_secret_there_is_nothing_to_draw(world: World) {
    let field = Field::of(&world, 2, 1).await;
    let ballot = field.open(false).await;
    field.commit(ballot, &ITP_LEAD).await.expect("a commitment");
    world.clock.move_to(at(REVEAL_BY));
    assert_eq!(field.phase(ballot).await, BallotStatus::Ready);
    assert_eq!(code(field.draw(ballot, &ITP_LEAD, None).await), UserErrorCode::WrongStatus);
    field.void_by(ballot, &ITP_LEAD).await.expect("an end of the ballot");
    assert_eq!(field.record(ballot).await.end.expect("an end").void_cause, Some(BallotVoidCause::NoChance));
    field.run_again(ballot).await;
}

async fn a_rehearsed_void_tells_and_changes_nothing(world: World) {
    let field = Field::of(&world, 2, 1).await;
    let ballot = field.open(true).await;
    let before = world.count_rows().await;
    let command = field.void(ballot, &NZTECH_LEAD);
    let told = world.app.db.rehearse(&command.scope, &command).await.expect("a rehearsal");
    assert_eq!(world.count_rows().await, before);
    assert_eq!(field.phase(ballot).await, BallotStatus::Committing);
    assert!(
        told.impact.summary.contains("Ballot 2 can be opened with a new list"),
        "{}",
        told.impact.summary
    );
    assert_eq!((told.impact.places_returned, told.impact.next_in_line.clone()), (0, None));
    let done = field.void_by(ballot, &NZTECH_LEAD).await.expect("an end of the ballot");
    assert_eq!(done, told);
}

async fn a_lead_strikes_own_entries_once_something_is_known(world: World) {
    let field = Field::of(&world, 4, 4).await;
    let ballot = field.open(true).await;
    let (nztechs, itps) = (field.entry(field.ids[0]).await, field.entry(field.ids[1]).await);
    assert_eq!(code(field.strike(ballot, &NZTECH_LEAD, &nztechs).await), UserErrorCode::WrongStatus);
    field.both_act(ballot).await;
    // Another body's answers like one that is nobody's.
    let of_others = field.strike(ballot, &NZTECH_LEAD, &itps).await.expect_err("not found");
    let of_nobody = field.strike(ballot, &NZTECH_LEAD, "nobody").await.expect_err("not found");
    match (&of_others, &of_nobody) {
        (Failure::Refused(one), Failure::Refused(other)) => assert_eq!(one, other),
        other => panic!("{other:?}"),
    }
    field.strike(ballot, &NZTECH_LEAD, &nztechs).await.expect("a strike");
    assert_eq!(code(field.strike(ballot, &NZTECH_LEAD, &nztechs).await), UserErrorCode::WrongStatus);
    world.clock.move_to(at(ROUND_IS_THERE));
    field.draw(ballot, &NZTECH_LEAD, Some(SIGNATURE)).await.expect("a draw");
    assert_eq!(field.order(ballot).await.len(), 3);
    // There is a place left: whoever was struck comes after those that were drawn.
    assert_eq!(field.nominated(&field.ids).await, field.ids);
    field.run_again(ballot).await;
    field.all_is_well().await;
}

async fn a_lead_with_a_conflict_strikes_no_entry_of_the_employer(world: World) {
    let field = Field::of(&world, 2, 1).await;
    let ballot = field.open(true).await;
    let own = field.entry(field.ids[0]).await;
    field.both_act(ballot).await;
    for lead in [&NZTECH_LEAD, &ITP_LEAD] {
        world.conflict(lead, &KAURI).await;
    }
    let refused = field.strike(ballot, &NZTECH_LEAD, &own).await;
    assert_eq!(code(refused), UserErrorCode::ConflictOfInterest);
    let others = field.entry(field.ids[1]).await;
    field.strike(ballot, &ITP_LEAD, &others).await.expect("a strike of Rata's entry");
}

async fn what_was_published_never_changes(world: World) {
    let field = Field::of(&world, 3, 1).await;
    let ballot = field.open(true).await;
    for lead in [&NZTECH_LEAD, &ITP_LEAD] {
        field.commit(ballot, lead).await.expect("a commitment");
    }
    assert!(field.reveal(ballot, &ITP_LEAD, secret(&NZTECH_LEAD)).await.is_err());
    for lead in [&NZTECH_LEAD, &ITP_LEAD] {
        field.reveal(ballot, lead, secret(lead)).await.expect("a secret");
    }
    let own = field.entry(field.ids[0]).await;
    field.strike(ballot, &NZTECH_LEAD, &own).await.expect("a strike");
    world.clock.move_to(at(ROUND_IS_THERE));
    field.draw(ballot, &NZTECH_LEAD, Some(SIGNATURE)).await.expect("a draw");
    for (table, column) in [
        ("ballot", "places"),
        ("ballot_body", "body_id"),
        ("ballot_entry", "entry"),
        ("ballot_commitment", "commitment"),
        ("ballot_secret", "secret"),
        ("ballot_incident", "kind"),
        ("ballot_strike", "reason"),
        ("ballot_end", "seed"),
        ("ballot_result", "won"),
    ] {
        let update = format!("UPDATE {table} SET {column} = {column}");
        assert!(world.conn().execute_unprepared(&update).await.is_err(), "{table} was changed");
        let delete = format!("DELETE FROM {table}");
        assert!(world.conn().execute_unprepared(&delete).await.is_err(), "{table} was emptied");
    }
    field.run_again(ballot).await;
}

async fn missed_deadlines_go_on_record_once_whoever_keeps_them(world: World) {
    let field = Field::of(&world, 1, 1).await;
    let ballot = field.open(true).await;
    field.commit(ballot, &NZTECH_LEAD).await.expect("a commitment");
    let nothing = Done::counted([("missed", 0)]);
    let one = Done::counted([("missed", 1)]);
    assert_eq!(run(Job::Ballots, &world.app).await.expect("a run"), nothing);
    world.clock.move_to(at(COMMIT_BY));
    // Two processes at once: one of them finds it.
    let another = world.another().await;
    let (here, there) = tokio::join!(run(Job::Ballots, &world.app), run(Job::Ballots, &another.app));
    let mut done = [here.expect("a run"), there.expect("a run")];
    done.sort_by_key(|done| done == &one);
    assert_eq!(done, [nothing.clone(), one.clone()]);
    assert_eq!(run(Job::Ballots, &world.app).await.expect("a run"), nothing);
    world.clock.move_to(at(REVEAL_BY));
    assert_eq!(run(Job::Ballots, &world.app).await.expect("a run"), one);
    let kept = world.app.db.perform(&SystemScope::of("test"), None, &KeepBallot { ballot }).await;
    assert_eq!(kept.expect("an answer").missed, 0);
    let kinds: Vec<_> = field.record(ballot).await.incidents.iter().map(|one| one.kind).collect();
    assert_eq!(kinds.len(), 2);
    assert!(
        kinds.contains(&BallotIncident::NeverCommitted) && kinds.contains(&BallotIncident::NeverRevealed)
    );
    assert_eq!(field.phase(ballot).await, BallotStatus::Ready);
}

async fn ballots_work_under_two_processes(world: World) {
    let field = Field::of(&world, 2, 1).await;
    let another = world.another().await;
    let elsewhere = Field {
        cases: crate::service::support::caseload::Caseload {
            world: &another,
            exception: field.cases.exception,
        },
        ids: field.ids.clone(),
    };
    let (here, there) =
        tokio::join!(field.open_by(&NZTECH_LEAD, plan(false)), elsewhere.open_by(&ITP_LEAD, plan(false)));
    let opened: Vec<_> = [here, there].into_iter().filter_map(Result::ok).collect();
    let [ballot] = opened.as_slice() else { panic!("{opened:?}") };
    let (here, there) =
        tokio::join!(field.commit(*ballot, &NZTECH_LEAD), elsewhere.commit(*ballot, &ITP_LEAD));
    here.and(there).expect("two commitments");
    let (here, there) = tokio::join!(
        field.reveal(*ballot, &NZTECH_LEAD, secret(&NZTECH_LEAD)),
        elsewhere.reveal(*ballot, &ITP_LEAD, secret(&ITP_LEAD))
    );
    here.and(there).expect("two secrets");
    let (here, there) =
        tokio::join!(field.draw(*ballot, &NZTECH_LEAD, None), elsewhere.draw(*ballot, &ITP_LEAD, None));
    assert!(here.is_ok() != there.is_ok(), "{here:?} {there:?}");
    field.run_again(*ballot).await;
    field.all_is_well().await;
}
