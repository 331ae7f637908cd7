//! The second round: a class exception whose window has closed, with confirmed applications that wait for their draw.
//!
//! Its applications are those of the first round's rows, of other people: each worker has the family name of one row, and the
//! given names of another of the same nationality.

use chrono::{DateTime, TimeDelta, Utc};

use super::plan::{self, Course, Planned};
use super::rows::Row;
use crate::clock::day_in_new_zealand;
use crate::exceptions::definition::Definition;

/// How long ago its window closed.
const CLOSED: TimeDelta = TimeDelta::days(30);
/// How long after the window its bodies have decided.
const DECIDED: TimeDelta = TimeDelta::days(12);
/// One of its applications for so many of the first round.
const SHARE: usize = 4;
/// What became of rows that could not have been confirmed.
const NOT_CONFIRMED: [&str; 6] =
    ["draft", "withdrawn", "info_requested", "referred", "assessed_ineligible", "duplicate"];

/// The rows of the second round, in the order of submission.
#[must_use]
pub fn rows(all: &[Row], applications: usize) -> Vec<Row> {
    let could = |row: &&Row| !row.role.is_empty() && !NOT_CONFIRMED.contains(&row.fate.as_str());
    let fit: Vec<&Row> = all.iter().filter(could).collect();
    let count = (applications / SHARE).min(fit.len());
    let kept = |index: usize| (index + 1) * count / fit.len() > index * count / fit.len();
    (0..fit.len()).filter(|index| kept(*index)).map(|index| of_another(&fit, index)).collect()
}

/// The row at `index`, of a worker that nobody else is.
fn of_another(fit: &[&Row], index: usize) -> Row {
    let row = fit[index];
    let others = (1..fit.len()).map(|step| fit[(index + step) % fit.len()]);
    let other = others.into_iter().find(|other| other.nationality == row.nationality).unwrap_or(row);
    Row { given: other.given.clone(), born: other.born, passport: format!("S{index:07}"), ..row.clone() }
}

/// The steps of the second round; rows count from `from` on.
#[must_use]
pub fn steps(rows: &[Row], from: usize, now: DateTime<Utc>) -> Vec<Planned> {
    let closed = now - CLOSED;
    let courses = vec![Course::Confirmed; rows.len()];
    let steps = plan::steps(rows, &courses, closed, closed + DECIDED).into_iter();
    steps.map(|step| Planned { row: step.row + from, ..step }).collect()
}

/// The window opened before the first step, and closed after the last submission.
pub fn set_window(definition: &mut Definition, first: DateTime<Utc>, now: DateTime<Utc>) {
    let settings = &mut definition.settings;
    settings.opens_at = first - TimeDelta::hours(12);
    settings.announced_on = Some(day_in_new_zealand(settings.opens_at - TimeDelta::days(63)));
    settings.closes_at = Some(now - CLOSED);
    // A demo may be drawn however old it is.
    settings.allocation_ends_at = None;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::rows::{MOST_APPLICATIONS, applications};
    use super::*;

    #[test]
    fn the_second_round_has_450_workers_of_its_own_from_both_bodies() {
        let all = applications().expect("rows");
        let rows = rows(&all, MOST_APPLICATIONS);
        assert_eq!(rows.len(), 450);
        let passports: BTreeSet<_> =
            rows.iter().chain(&all).map(|row| (&row.nationality, &row.passport)).collect();
        let before: BTreeSet<_> = all.iter().map(|row| (&row.nationality, &row.passport)).collect();
        assert_eq!(passports.len(), before.len() + 450);
        for body in ["nztech", "itp"] {
            assert!(rows.iter().filter(|row| row.body == body).count() > 100, "{body}");
        }
        let now = "2026-03-01T00:00:00Z".parse().expect("an instant");
        let steps = steps(&rows, 1_800, now);
        assert!(steps.is_sorted());
        assert!(steps.iter().all(|step| step.at < now && step.row >= 1_800));
        let submitted = |step: &&Planned| step.step == plan::Step::Submit;
        assert!(steps.iter().filter(submitted).all(|step| step.at < now - CLOSED));
    }
}
