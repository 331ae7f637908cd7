//! The jobs as a table for people, with a line below it for each thing that is wrong.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::in_new_zealand;
use crate::jobs::report::{JobReport, RunReport};
use crate::jobs::rules::{OVERDUE_INTERVALS, RunStatus, Trouble};

const HEADINGS: [&str; 9] = [
    "JOB",
    "WHAT IT DOES",
    "EVERY",
    "LAST RUN",
    "TOOK",
    "CAME OF IT",
    "NEXT DUE",
    "FAILED IN A ROW",
    "HELD BY",
];
/// Where there is nothing to tell.
const NONE: &str = "-";

/// The table, as of `now`.
pub(super) fn of(jobs: &[JobReport], now: DateTime<Utc>) -> String {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(jobs.iter().map(|job| row(job, now)));
    let widths: Vec<_> =
        (0..HEADINGS.len()).map(|at| rows.iter().map(|row| row[at].chars().count()).max()).collect();
    let line = |row: &[String; 9]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:0$}", width.unwrap_or(0)));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let wrong = jobs.iter().flat_map(|job| job.troubles.iter().map(|trouble| tell(job, *trouble)));
    rows.iter().map(line).chain(wrong).map(|line| line + "\n").collect()
}

fn row(job: &JobReport, now: DateTime<Utc>) -> [String; 9] {
    let run = job.last_run.as_ref();
    let none = || NONE.to_owned();
    [
        job.name.to_owned(),
        job.description.to_owned(),
        span(TimeDelta::seconds(job.interval_seconds)),
        run.map_or_else(|| "never".into(), |run| in_new_zealand(run.started_at)),
        run.and_then(|run| Some(span(run.ended_at? - run.started_at))).unwrap_or_else(none),
        run.map_or_else(none, what_came),
        job.next_due_at.filter(|at| *at > now).map_or_else(|| "now".into(), in_new_zealand),
        job.failures_in_a_row.to_string(),
        job.held_by.clone().unwrap_or_else(none),
    ]
}

fn what_came(run: &RunReport) -> String {
    match (run.status, &run.counts, run.failure) {
        (RunStatus::Running, _, _) => "RUNNING".into(),
        (RunStatus::Lost, _, _) => "LOST: its process went away".into(),
        (RunStatus::Done, Some(counts), _) => format!("DONE: {counts}"),
        (RunStatus::Failed, _, Some(failure)) => format!("FAILED: {}", failure.word()),
        (RunStatus::Done, None, _) => "DONE".into(),
        (RunStatus::Failed, _, None) => "FAILED".into(),
    }
}

/// A length of time in its largest unit that fits.
fn span(span: TimeDelta) -> String {
    match (span.num_hours(), span.num_minutes(), span.num_seconds(), span.num_milliseconds()) {
        (0, 0, 0, milliseconds) => format!("{milliseconds} ms"),
        (0, 0, seconds, _) => format!("{seconds} s"),
        (0, minutes, _, _) => format!("{minutes} min"),
        (hours, _, _, _) => format!("{hours} h"),
    }
}

fn tell(job: &JobReport, trouble: Trouble) -> String {
    let name = job.name;
    match trouble {
        Trouble::Failed => {
            let last = job.last_success_at.map_or_else(|| "never".into(), in_new_zealand);
            let failures = job.failures_in_a_row;
            format!(
                "{name} failed. Failures in a row: {failures}; last success: {last}. The log says what went wrong."
            )
        }
        Trouble::Lost => format!("{name} was lost: its process went away, and nobody has taken it over yet."),
        Trouble::Overdue => format!(
            "{name} is overdue by more than {OVERDUE_INTERVALS} intervals, though a process was at the jobs meanwhile."
        ),
    }
}

#[cfg(test)]
mod tests {
    use entity::JobFailure;

    use super::*;
    use crate::jobs::Done;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn never() -> JobReport {
        JobReport {
            name: "sweep",
            description: "sweeps",
            interval_seconds: 60,
            runs: 0,
            last_run: None,
            next_due_at: None,
            held_by: None,
            held_until: None,
            failures_in_a_row: 0,
            last_success_at: None,
            troubles: vec![],
        }
    }

    fn ran(status: RunStatus, milliseconds: i64) -> RunReport {
        let started_at = instant("2022-03-01T00:00:00Z");
        let ended_at = started_at + TimeDelta::milliseconds(milliseconds);
        RunReport { status, started_at, ended_at: Some(ended_at), counts: None, failure: None }
    }

    #[test]
    fn each_job_has_a_line_and_what_is_wrong_comes_below() {
        let done = Done::counted([("nominated", 2), ("lapsed", 0)]);
        let next_due_at = Some(instant("2022-03-01T00:01:00Z"));
        let well = RunReport { counts: Some(done), ..ran(RunStatus::Done, 12) };
        let failed = RunReport { failure: Some(JobFailure::Database), ..ran(RunStatus::Failed, 3_900) };
        let running = RunReport { ended_at: None, ..ran(RunStatus::Running, 0) };
        let lost = RunReport { ended_at: None, ..ran(RunStatus::Lost, 0) };
        let holder = Some("web-1/7/ab".to_owned());
        let jobs = [
            never(),
            JobReport { name: "b", last_run: Some(well), next_due_at, ..never() },
            JobReport {
                name: "c",
                last_run: Some(failed),
                next_due_at,
                failures_in_a_row: 3,
                last_success_at: Some(instant("2021-07-01T00:00:00Z")),
                troubles: vec![Trouble::Failed],
                ..never()
            },
            JobReport { name: "d", last_run: Some(running), held_by: holder.clone(), ..never() },
            JobReport {
                name: "e",
                interval_seconds: 3_600,
                last_run: Some(lost),
                held_by: holder,
                troubles: vec![Trouble::Overdue],
                ..never()
            },
        ];
        insta::assert_snapshot!(of(&jobs, instant("2022-03-01T00:00:30Z")), @"
        JOB    WHAT IT DOES  EVERY  LAST RUN                    TOOK   CAME OF IT                   NEXT DUE                    FAILED IN A ROW  HELD BY
        sweep  sweeps        1 min  never                       -      -                            now                         0                -
        b      sweeps        1 min  2022-03-01 13:00:00 +13:00  12 ms  DONE: 2 nominated            2022-03-01 13:01:00 +13:00  0                -
        c      sweeps        1 min  2022-03-01 13:00:00 +13:00  3 s    FAILED: DATABASE             2022-03-01 13:01:00 +13:00  3                -
        d      sweeps        1 min  2022-03-01 13:00:00 +13:00  -      RUNNING                      now                         0                web-1/7/ab
        e      sweeps        1 h    2022-03-01 13:00:00 +13:00  -      LOST: its process went away  now                         0                web-1/7/ab
        c failed. Failures in a row: 3; last success: 2021-07-01 12:00:00 +12:00. The log says what went wrong.
        e is overdue by more than 10 intervals, though a process was at the jobs meanwhile.
        ");
    }
}
