//! How far each invented application has come, and when each step was made. Pure.
//!
//! The rows tell of a what-if with demand for more than twice the quota. The oldest that are eligible are confirmed,
//! up to some forty places short of the quota; the others wait at earlier steps, the youngest at the first.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::rows::Row;

/// How many places stay free.
pub const FREE_PLACES: usize = 40;
/// How old a submission is at least when it has been confirmed.
const CONFIRMED_AFTER: TimeDelta = TimeDelta::days(8);
/// How old a submission is at least whose employer has answered.
const ANSWERED_AFTER: TimeDelta = TimeDelta::days(9);
/// The youngest submission is this old.
const YOUNGEST: TimeDelta = TimeDelta::hours(20);

/// How far an application has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Not submitted.
    Draft,
    /// Nobody has taken it.
    Submitted,
    /// With an assessor, some criteria assessed.
    InAssessment,
    /// With advice to endorse.
    Endorsed,
    /// With advice to decline.
    Advised,
    /// Confirmed, and so nominated where the worker has no place yet.
    Confirmed,
    /// Taken back by its employer.
    Withdrawn,
    /// With a question to its employer.
    Asked,
    /// With a question that its employer has answered.
    Answered,
    /// Returned to its employer as incomplete.
    Returned,
    /// On hold before anybody took it.
    Held,
    /// Declined.
    Declined,
    /// Confirmed, and with a correction that waits for a second person.
    Amended,
    /// Confirmed, and then revoked.
    Revoked,
    /// Confirmed, and its worker replaced.
    Replaced,
}

impl Course {
    /// Whether the advice is to decline.
    #[must_use]
    pub fn declines(self) -> bool {
        matches!(self, Self::Advised | Self::Declined)
    }
}

/// One step of one application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Begun, with its evidence.
    Create,
    /// Submitted.
    Submit,
    /// Given to an assessor.
    Assign,
    /// Assessed on this many criteria; all where none is said.
    Assess(Option<usize>),
    /// Advised on.
    Recommend,
    /// Confirmed.
    Confirm,
    /// What comes beside the straight way.
    Beside(Beside),
}

/// A step beside the straight way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beside {
    /// Its employer takes it back.
    Withdraw,
    /// The employer is asked something.
    Ask,
    /// The employer answers.
    Answer,
    /// It goes back as incomplete.
    Return,
    /// It is put on hold.
    Hold,
    /// It is declined.
    Decline,
    /// A correction is proposed.
    Amend,
    /// It is revoked.
    Revoke,
    /// Its worker is replaced, and the other one's application goes the whole way.
    Replace,
}

/// When which step of which application is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Planned {
    /// When.
    pub at: DateTime<Utc>,
    /// Index of the row.
    pub row: usize,
    /// What.
    pub step: Step,
}

/// When the row was submitted, moved so that the youngest is from yesterday.
#[must_use]
pub fn submitted_at(rows: &[Row], index: usize, now: DateTime<Utc>) -> DateTime<Utc> {
    let last = rows.last().map_or(rows[index].submitted, |row| row.submitted);
    now - YOUNGEST - (last - rows[index].submitted)
}

/// How far each row has come.
#[must_use]
pub fn courses(rows: &[Row], places: usize, now: DateTime<Utc>) -> Vec<Course> {
    let mut left = places.saturating_sub(FREE_PLACES);
    let mut served = BTreeSet::new();
    let mut confirmed = 0;
    let mut courses = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let age = now - submitted_at(rows, index, now);
        let worker = (row.nationality.clone(), squeezed(&row.passport));
        let course = match row.fate.as_str() {
            "draft" => Course::Draft,
            "withdrawn" => Course::Withdrawn,
            // Whoever was asked long ago has answered: an open question runs out.
            "info_requested" if age >= ANSWERED_AFTER => Course::Answered,
            "info_requested" => Course::Asked,
            "referred" => Course::InAssessment,
            "assessed_ineligible" if age >= CONFIRMED_AFTER => Course::Declined,
            "assessed_ineligible" => Course::Advised,
            // The second application of a worker is confirmed where the first has a place: it is blocked then.
            "duplicate" if age >= CONFIRMED_AFTER && served.contains(&worker) => Course::Confirmed,
            _ if row.role.is_empty() => Course::InAssessment,
            _ if age >= CONFIRMED_AFTER && left > 0 && !served.contains(&worker) => {
                confirmed += 1;
                served.insert(worker);
                let course = after_confirmation(confirmed);
                // A place that was revoked goes to another.
                left -= usize::from(course != Course::Revoked);
                course
            }
            _ => by_age(age, index),
        };
        courses.push(course);
    }
    courses
}

/// What became of the so-many-th confirmed application.
fn after_confirmation(confirmed: usize) -> Course {
    match confirmed % 100 {
        20 | 70 => Course::Amended,
        40 => Course::Revoked,
        60 => Course::Replaced,
        _ => Course::Confirmed,
    }
}

fn by_age(age: TimeDelta, index: usize) -> Course {
    if age < TimeDelta::days(2) {
        return Course::Submitted;
    }
    if index.is_multiple_of(37) {
        return if index.is_multiple_of(2) { Course::Returned } else { Course::Held };
    }
    match index % 4 {
        0 | 1 if age >= TimeDelta::days(6) => Course::Endorsed,
        0..=2 => Course::InAssessment,
        _ => Course::Submitted,
    }
}

/// The steps of all rows, in the order of time: the youngest is submitted shortly before `now`, and nothing is done after
/// `until`.
#[must_use]
pub fn steps(rows: &[Row], courses: &[Course], now: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Planned> {
    let mut planned = Vec::new();
    for (row, course) in courses.iter().enumerate() {
        let submitted = submitted_at(rows, row, now);
        let spread = |most: i64| i64::try_from(row * 7919).unwrap_or_default() % most;
        let mut at = submitted - TimeDelta::minutes(60 + spread(600));
        planned.push(Planned { at, row, step: Step::Create });
        for (step, after) in following(*course, row) {
            at = match step {
                Step::Submit => submitted,
                Step::Create
                | Step::Assign
                | Step::Assess(_)
                | Step::Recommend
                | Step::Confirm
                | Step::Beside(_) => at + TimeDelta::minutes(after + spread(after)),
            };
            planned.push(Planned { at: at.min(until - TimeDelta::minutes(1)), row, step });
        }
    }
    planned.sort();
    planned
}

/// What follows the creation, each with the least minutes after the step before; twice that at most.
fn following(course: Course, row: usize) -> Vec<(Step, i64)> {
    let day = 24 * 60;
    let all = [
        (Step::Submit, 0),
        (Step::Assign, day / 2),
        (Step::Assess(None), day),
        (Step::Recommend, 60),
        (Step::Confirm, day),
    ];
    let (steps, beside): (_, &[Beside]) = match course {
        Course::Draft => (0, &[]),
        Course::Submitted => (1, &[]),
        Course::Withdrawn => (1, &[Beside::Withdraw]),
        Course::Returned => (1, &[Beside::Return]),
        Course::Held => (1, &[Beside::Hold]),
        Course::InAssessment => (2, &[]),
        Course::Asked => (2, &[Beside::Ask]),
        Course::Answered => (2, &[Beside::Ask, Beside::Answer]),
        Course::Endorsed | Course::Advised => (4, &[]),
        Course::Declined => (4, &[Beside::Decline]),
        Course::Confirmed => (5, &[]),
        Course::Amended => (5, &[Beside::Amend]),
        Course::Revoked => (5, &[Beside::Revoke]),
        Course::Replaced => (5, &[Beside::Replace]),
    };
    let mut following: Vec<_> = all.into_iter().take(steps).collect();
    if matches!(course, Course::InAssessment | Course::Asked | Course::Answered) {
        following.push((Step::Assess(Some(row % 4)), 60));
    }
    following.extend(beside.iter().map(|step| (Step::Beside(*step), day / 2)));
    following
}

/// A passport's number without what people type between its characters.
fn squeezed(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::super::rows::applications;
    use super::*;

    #[test]
    fn every_step_lies_in_the_past_and_the_quota_is_not_filled() {
        let rows = applications().expect("rows");
        let now = "2026-03-01T00:00:00Z".parse().expect("an instant");
        let courses = courses(&rows, 600, now);
        let steps = steps(&rows, &courses, now, now);
        assert!(steps.iter().all(|step| step.at < now));
        assert!(steps.is_sorted());
        let count = |course| courses.iter().filter(|one| **one == course).count();
        let holding =
            [Course::Confirmed, Course::Amended, Course::Replaced].map(count).into_iter().sum::<usize>();
        assert!((560..=570).contains(&holding), "{holding}");
        for (course, least) in [
            (Course::Advised, 20),
            (Course::Withdrawn, 5),
            (Course::Asked, 5),
            (Course::Answered, 5),
            (Course::Returned, 5),
            (Course::Held, 5),
            (Course::Declined, 20),
            (Course::Amended, 5),
            (Course::Revoked, 5),
            (Course::Replaced, 5),
        ] {
            assert!(count(course) >= least, "{course:?}: {}", count(course));
        }
        for course in [Course::Draft, Course::Submitted, Course::InAssessment, Course::Endorsed] {
            assert!(count(course) > 50, "{course:?}");
        }
    }
}
