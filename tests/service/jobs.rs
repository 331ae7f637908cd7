//! The service's own work: who runs a job and when, what becomes of a run that crashes, fails or goes on for long.

mod hands;
mod together;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use entity::{
    ApplicationId, ApplicationStatus, JobFailure, JobOutcome, SessionId, application, queue_entry, session,
};
use nominations::error::Fault;
use nominations::exceptions::store as exceptions;
use nominations::jobs::actions::{Claim, Claimed, Finish, HOLD, Renew, Run, When};
use nominations::jobs::report::report;
use nominations::jobs::rules::{NotNow, RunStatus, Trouble};
use nominations::jobs::runner::{Pace, Runner, Turn};
use nominations::jobs::{Done, Job};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, Set};
use serde_json::json;
use tokio::sync::{Barrier, Semaphore, watch};
use uuid::Uuid;

use super::support::World;
use super::support::caseload::{Caseload, Wanted};
use super::support::casework::{ADVANCED_MANUFACTURING, apply};
use super::support::cast::NZTECH_LEAD;
use hands::{Counter, row, until, waiting_at, work};

on_both_databases! {
    two_processes_together_run_a_job_once_an_interval,
    what_a_crash_left_is_taken_over_when_its_hold_has_run_out_and_not_before,
    whoever_was_taken_over_changes_nothing_any_more,
    a_long_run_is_held_for_as_long_as_it_goes_on,
    a_run_that_was_taken_over_is_given_up,
    a_job_that_fails_is_counted_and_tried_again_and_the_others_go_on,
    one_class_exception_that_cannot_be_swept_keeps_nobody_from_the_others,
    ended_sign_ins_are_deleted_however_many_they_are,
    a_job_runs_at_once_when_told_to_unless_somebody_is_at_it,
    a_run_that_is_under_way_is_finished_before_the_process_ends,
}

const TURNS: usize = 200;

async fn two_processes_together_run_a_job_once_an_interval(world: World) {
    let counter = Counter::default();
    let runners = [world.clone(), world.another().await].map(|process| counter.runner(&process));
    let start = Arc::new(Barrier::new(runners.len()));
    let done = Counter::default();
    for turn in 1..=TURNS {
        let hands = runners.clone().map(|runner| {
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                let mut turns = Vec::new();
                for job in Job::ALL {
                    turns.push((*job, runner.take_turn(*job).await.expect("a turn")));
                }
                turns
            })
        });
        for hand in hands {
            for (job, came) in hand.await.expect("no panic") {
                match came {
                    Turn::Done(_) => done.count(job),
                    Turn::NotNow(_) => {}
                    Turn::Failed(_) | Turn::Lost => panic!("{job:?}: {came:?}"),
                }
            }
        }
        assert_eq!(done.of(Job::Sweep), turn);
        world.wait_minutes(1);
    }
    // Sign-ins are cleared away at the minutes 0, 60, 120 and 180.
    for (job, runs) in [(Job::Sweep, TURNS), (Job::Sessions, 4)] {
        assert_eq!((done.of(job), counter.of(job)), (runs, runs), "{job:?}");
        let row = row(&world, job).await;
        assert_eq!(usize::try_from(row.runs), Ok(runs));
        assert_eq!((row.outcome, row.failures_in_a_row), (Some(JobOutcome::Done), 0));
    }
}

fn claim(holder: &str) -> Claim<'_> {
    Claim { job: Job::Sweep, holder, when: When::Due }
}

async fn what_a_crash_left_is_taken_over_when_its_hold_has_run_out_and_not_before(world: World) {
    assert_eq!(world.by_itself(&claim("crashed")).await.expect("a claim"), Claimed::Run(1));
    let until = world.now() + HOLD;
    let held = Turn::NotNow(NotNow::Held { by: "crashed".into(), until });
    let runners = [world.clone(), world.another().await].map(|process| Runner::new(Arc::clone(&process.app)));
    world.clock.move_to(until - TimeDelta::microseconds(1));
    for runner in &runners {
        assert_eq!(runner.take_turn(Job::Sweep).await.expect("a turn"), held);
        assert_eq!(runner.run_at_once(Job::Sweep).await.expect("a turn"), held);
    }
    world.clock.move_to(until);
    let status = report(&world.app.db).await.expect("a report").remove(0).last_run.expect("a run").status;
    assert_eq!(status, RunStatus::Lost);
    let [one, other] = &runners;
    let (one, other) = tokio::join!(one.take_turn(Job::Sweep), other.take_turn(Job::Sweep));
    let came = [one.expect("a turn"), other.expect("a turn")];
    let ran = came.iter().filter(|turn| matches!(turn, Turn::Done(_))).count();
    assert_eq!(ran, 1, "{came:?}");
    assert_eq!(row(&world, Job::Sweep).await.runs, 2);
}

async fn whoever_was_taken_over_changes_nothing_any_more(world: World) {
    world.by_itself(&claim("late")).await.expect("a claim");
    world.clock.move_to(world.now() + HOLD);
    assert_eq!(world.by_itself(&claim("new")).await.expect("a claim"), Claimed::Run(2));
    let held = row(&world, Job::Sweep).await;
    assert_eq!((held.held_by.as_deref(), held.failures_in_a_row), (Some("new"), 1));
    come_late(&world).await;
    assert_eq!(row(&world, Job::Sweep).await, held);

    let run = Run { job: Job::Sweep, number: 2, holder: "new" };
    let outcome = Ok(Done::counted([("nominated", 3)]));
    assert!(world.by_itself(&Finish { run, outcome }).await.expect("an answer"));
    let finished = row(&world, Job::Sweep).await;
    assert_eq!((finished.outcome, finished.failures_in_a_row), (Some(JobOutcome::Done), 0));
    come_late(&world).await;
    assert_eq!(row(&world, Job::Sweep).await, finished);
}

/// Renews and finishes the first run, by whoever may think that it is theirs: both could be claims of one process.
async fn come_late(world: &World) {
    for (holder, number) in [("late", 1), ("new", 1), ("late", 2)] {
        let run = Run { job: Job::Sweep, number, holder };
        assert!(!world.by_itself(&Renew { run }).await.expect("an answer"));
        let outcome = Err(JobFailure::Database);
        assert!(!world.by_itself(&Finish { run, outcome }).await.expect("an answer"));
    }
}

/// Renews so often that a test need not wait.
fn briskly() -> Pace {
    Pace { renew_every: Duration::from_millis(5), at_most: Duration::from_mins(1) }
}

async fn a_long_run_is_held_for_as_long_as_it_goes_on(world: World) {
    let gate = Arc::new(Semaphore::new(0));
    let runner = Runner { work: waiting_at(&gate), pace: briskly(), ..Runner::new(Arc::clone(&world.app)) };
    let running = tokio::spawn(async move { runner.take_turn(Job::Sweep).await });
    until(&world, Job::Sweep, |row| row.held_by.is_some()).await;
    let other = Runner::new(world.another().await.app);
    for _ in 0..5 {
        world.wait_minutes(2);
        let held_until = Some(world.now() + HOLD);
        until(&world, Job::Sweep, |row| row.held_until == held_until).await;
        let came = other.take_turn(Job::Sweep).await.expect("a turn");
        assert!(matches!(came, Turn::NotNow(NotNow::Held { .. })), "{came:?}");
    }
    gate.add_permits(1);
    let came = running.await.expect("no panic").expect("a turn");
    assert_eq!(came, Turn::Done(Done::default()));
    let row = row(&world, Job::Sweep).await;
    assert_eq!((row.runs, row.ended_at), (1, Some(world.now())));
}

async fn a_run_that_was_taken_over_is_given_up(world: World) {
    let work = work(|_, _| std::future::pending());
    let runner = Runner { work, pace: briskly(), ..Runner::new(Arc::clone(&world.app)) };
    let running = tokio::spawn(async move { runner.take_turn(Job::Sweep).await });
    until(&world, Job::Sweep, |row| row.held_by.is_some()).await;
    let taken = "UPDATE job SET runs = runs + 1, held_by = 'other'";
    world.conn().execute_unprepared(taken).await.expect("a change by hand");
    assert_eq!(running.await.expect("no panic").expect("a turn"), Turn::Lost);
    assert_eq!(row(&world, Job::Sweep).await.held_by.as_deref(), Some("other"));
}

async fn a_job_that_fails_is_counted_and_tried_again_and_the_others_go_on(world: World) {
    let pace = Pace { at_most: Duration::from_millis(50), ..briskly() };
    let failing = |failure: JobFailure| {
        let work = work(move |job, app| async move {
            if job != Job::Sweep {
                return nominations::jobs::run(job, &app).await;
            }
            match failure {
                JobFailure::Stored => Err(Fault::stored("test", "it is bad").into()),
                JobFailure::Panicked => panic!("a mistake"),
                JobFailure::TimedOut => std::future::pending().await,
                JobFailure::Database | JobFailure::Race | JobFailure::Refused => unreachable!("{failure:?}"),
            }
        });
        Runner { work, pace, ..Runner::new(Arc::clone(&world.app)) }
    };
    for (number, failure) in (1..).zip([JobFailure::Stored, JobFailure::Panicked, JobFailure::TimedOut]) {
        let runner = failing(failure);
        assert_eq!(runner.take_turn(Job::Sweep).await.expect("a turn"), Turn::Failed(failure));
        let patient = Runner { pace: Pace::default(), ..runner.clone() };
        let sessions = patient.run_at_once(Job::Sessions).await.expect("a turn");
        assert!(matches!(sessions, Turn::Done(_)), "{sessions:?}");
        let row = row(&world, Job::Sweep).await;
        assert_eq!((row.runs, row.failures_in_a_row, row.failure), (number, number, Some(failure)));
        assert_eq!((row.outcome, row.last_success_at), (Some(JobOutcome::Failed), None));
        // Not before its next turn.
        let next = world.now() + Job::Sweep.interval();
        world.clock.move_to(next - TimeDelta::microseconds(1));
        let came = runner.take_turn(Job::Sweep).await.expect("a turn");
        assert_eq!(came, Turn::NotNow(NotNow::NotDue { at: next }));
        let troubles = report(&world.app.db).await.expect("a report").remove(0).troubles;
        assert_eq!(troubles, [Trouble::Failed]);
        world.clock.move_to(next);
    }
    let came = Runner::new(Arc::clone(&world.app)).take_turn(Job::Sweep).await.expect("a turn");
    assert!(matches!(came, Turn::Done(_)), "{came:?}");
    let row = row(&world, Job::Sweep).await;
    assert_eq!((row.runs, row.failures_in_a_row, row.last_success_at), (4, 0, Some(world.now())));
}

async fn one_class_exception_that_cannot_be_swept_keeps_nobody_from_the_others(world: World) {
    let end = "2022-08-15T00:00:00Z".parse().expect("an instant");
    let cases = Caseload::new(&world, |file| {
        file.settings.places = 1;
        file.settings.allocation_ends_at = Some(end);
    })
    .await;
    cases.confirmed(&Wanted::new("N1")).await;
    let waiting = cases.confirmed(&Wanted::new("N2")).await;
    let draft = cases.draft(&Wanted::new("N3")).await;
    // The other is swept first, and finds a draft in its queue.
    apply(&world, ADVANCED_MANUFACTURING).await;
    enter_by_hand(&world, draft).await;
    world.clock.move_to(end);
    let runner = Runner::new(Arc::clone(&world.app));
    let came = runner.take_turn(Job::Sweep).await.expect("a turn");
    assert_eq!(came, Turn::Failed(JobFailure::Stored));
    assert_eq!(world.application(waiting).await.status, ApplicationStatus::Lapsed);
    queue_entry::Entity::delete_by_id(draft).exec(world.conn()).await.expect("a mend by hand");
    world.clock.move_to(end + Job::Sweep.interval());
    let came = runner.take_turn(Job::Sweep).await.expect("a turn");
    assert_eq!(came, Turn::Done(Done::counted([("nominated", 0), ("lapsed", 0)])));
}

/// Moves a draft to the other class exception, and into its queue.
async fn enter_by_hand(world: &World, draft: ApplicationId) {
    let other = exceptions::find_by_slug(world.conn(), "advanced-manufacturing").await.expect("a query");
    let other = other.expect("a class exception").id;
    let application = world.application(draft).await;
    let entry = queue_entry::Model {
        application_id: draft,
        exception_id: other,
        body_id: application.body_id,
        employer_id: application.employer_id,
        band: 1,
        draw_rank: None,
        submitted_at: world.now(),
        on_hold: false,
    };
    queue_entry::Entity::insert(entry.into_active_model()).exec(world.conn()).await.expect("an entry");
    let moved = application::ActiveModel { id: Set(draft), exception_id: Set(other), ..Default::default() };
    application::Entity::update(moved).exec(world.conn()).await.expect("an update");
}

async fn ended_sign_ins_are_deleted_however_many_they_are(world: World) {
    let caller = world.sign_in(&NZTECH_LEAD).await;
    let ended = |number: usize, expires_at| session::ActiveModel {
        token_hash: Set(format!("{number:064}")),
        id: Set(SessionId(Uuid::from_u128(u128::try_from(number).expect("small")))),
        issuer_id: Set(None),
        membership_id: Set(NZTECH_LEAD.membership()),
        created_at: Set(world.now()),
        used_at: Set(world.now()),
        expires_at: Set(expires_at),
    };
    let rows = (0..1_200).map(|number| ended(number, world.now()));
    let holds = ended(1_200, world.now() + TimeDelta::microseconds(1));
    session::Entity::insert_many(rows.chain([holds])).exec(world.conn()).await.expect("sign-ins");
    let runner = Runner::new(Arc::clone(&world.app));
    let came = runner.take_turn(Job::Sessions).await.expect("a turn");
    assert_eq!(came, Turn::Done(Done::counted([("deleted", 1_200)])));
    assert_eq!(session::Entity::find().count(world.conn()).await.expect("a count"), 2);
    let role = caller.data("{ viewer { role } }", json!({})).await;
    assert_eq!(role["viewer"]["role"], "LEAD");
}

async fn a_job_runs_at_once_when_told_to_unless_somebody_is_at_it(world: World) {
    let runner = Runner::new(Arc::clone(&world.app));
    for runs in 1..=3 {
        let came = runner.run_at_once(Job::Sweep).await.expect("a turn");
        assert!(matches!(came, Turn::Done(_)), "{came:?}");
        assert_eq!(row(&world, Job::Sweep).await.runs, runs);
    }
    world.wait_minutes(1);
    world.by_itself(&claim("other")).await.expect("a claim");
    let came = runner.run_at_once(Job::Sweep).await.expect("a turn");
    assert_eq!(came, Turn::NotNow(NotNow::Held { by: "other".into(), until: world.now() + HOLD }));
}

async fn a_run_that_is_under_way_is_finished_before_the_process_ends(world: World) {
    let gate = Arc::new(Semaphore::new(0));
    let runner = Runner { work: waiting_at(&gate), ..Runner::new(Arc::clone(&world.app)) };
    let (stop, stopped) = watch::channel(false);
    let attended = runner.start(&stopped);
    for job in Job::ALL {
        until(&world, *job, |row| row.held_by.is_some()).await;
    }
    stop.send_replace(true);
    let ending = tokio::spawn(attended.end());
    tokio::task::yield_now().await;
    assert!(!ending.is_finished());
    gate.add_permits(Job::ALL.len());
    ending.await.expect("no panic");
    for job in Job::ALL {
        let row = row(&world, *job).await;
        assert_eq!((row.runs, row.outcome), (1, Some(JobOutcome::Done)), "{job:?}");
    }
}
