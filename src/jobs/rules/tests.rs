use entity::{JobFailure, JobOutcome};

use super::*;

fn at(minutes: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2022-03-01T00:00:00Z".parse().expect("an instant");
    start + TimeDelta::minutes(minutes)
}

/// A run of a job that began at the start and was done a minute later.
fn done(job: Job) -> job::Model {
    job::Model {
        name: job.name().into(),
        interval_seconds: 60,
        runs: 1,
        held_by: None,
        held_until: None,
        started_at: at(0),
        ended_at: Some(at(1)),
        outcome: Some(JobOutcome::Done),
        counts: Some(serde_json::json!({})),
        failure: None,
        failures_in_a_row: 0,
        last_success_at: Some(at(1)),
    }
}

fn failed(job: Job) -> job::Model {
    let failure = Some(JobFailure::Database);
    job::Model { outcome: Some(JobOutcome::Failed), counts: None, failure, failures_in_a_row: 1, ..done(job) }
}

/// One that began at the start and is held for three minutes.
fn held(job: Job) -> job::Model {
    job::Model {
        held_by: Some("a".into()),
        held_until: Some(at(3)),
        ended_at: None,
        outcome: None,
        counts: None,
        ..done(job)
    }
}

#[test]
fn a_job_is_run_once_an_interval_and_by_one_at_a_time() {
    let ten = TimeDelta::minutes(10);
    let microsecond = TimeDelta::microseconds(1);
    let due = |row: &job::Model, now| why_not(Some(row), ten, now);
    assert_eq!(why_not(None, ten, at(0)), None);
    for row in [done(Job::Sweep), failed(Job::Sweep)] {
        assert_eq!(due(&row, at(10) - microsecond), Some(NotNow::NotDue { at: at(10) }));
        assert_eq!(due(&row, at(10)), None);
        assert_eq!(next_turn(&row, ten, at(2)), at(10));
    }
    // What was lost is taken over at once, and does not wait for the next turn.
    let held = held(Job::Sweep);
    assert_eq!(due(&held, at(3) - microsecond), Some(NotNow::Held { by: "a".into(), until: at(3) }));
    assert_eq!(due(&held, at(3)), None);
    assert_eq!(next_turn(&held, ten, at(3) - microsecond), at(10));
    assert_eq!(next_turn(&held, ten, at(3)), at(3));
}

#[test]
fn a_run_goes_on_while_it_is_held() {
    for (row, now, expected) in [
        (held(Job::Sweep), 2, RunStatus::Running),
        (held(Job::Sweep), 3, RunStatus::Lost),
        (done(Job::Sweep), 2, RunStatus::Done),
        (failed(Job::Sweep), 2, RunStatus::Failed),
    ] {
        assert_eq!(run_status(&row, at(now)), expected);
    }
}

#[test]
fn a_job_is_overdue_only_while_somebody_is_at_the_jobs() {
    let wrong = |rows: &[job::Model], now| troubles(Job::Sweep, rows, at(now));
    let other = |minutes| job::Model { ended_at: Some(at(minutes)), ..done(Job::Sessions) };
    assert_eq!(wrong(&[], 10_000), []);
    assert_eq!(wrong(&[done(Job::Sweep)], 10_000), [], "nobody served");
    // Due after one minute; overdue when ten more have passed.
    assert_eq!(wrong(&[done(Job::Sweep), other(11)], 10_000), []);
    assert_eq!(wrong(&[done(Job::Sweep), other(12)], 10_000), [Trouble::Overdue]);
    // One that took long is due when it ends.
    let long = job::Model { ended_at: Some(at(50)), ..done(Job::Sweep) };
    assert_eq!(wrong(&[long.clone(), other(60)], 60), []);
    assert_eq!(wrong(&[long, other(61)], 61), [Trouble::Overdue]);
    // One that goes on and on, and one whose process is gone.
    let hangs = job::Model { held_until: Some(at(13)), ..held(Job::Sweep) };
    assert_eq!(wrong(std::slice::from_ref(&hangs), 11), []);
    assert_eq!(wrong(std::slice::from_ref(&hangs), 12), [Trouble::Overdue]);
    assert_eq!(wrong(std::slice::from_ref(&hangs), 13), [Trouble::Lost]);
}

#[test]
fn a_job_fails_until_a_run_is_done() {
    assert_eq!(troubles(Job::Sweep, &[failed(Job::Sweep)], at(2)), [Trouble::Failed]);
    assert_eq!(troubles(Job::Sessions, &[failed(Job::Sweep)], at(2)), []);
    // Tried again, and not done yet.
    let again = job::Model { failures_in_a_row: 1, ..held(Job::Sweep) };
    assert_eq!(troubles(Job::Sweep, &[again], at(2)), [Trouble::Failed]);
}
