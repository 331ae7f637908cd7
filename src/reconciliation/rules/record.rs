//! What each record says of one application, and the three of them side by side.
//!
//! The records are read in order of the application's id, a stretch of each at a time, and merged as they come: nothing is
//! looked up, so holding a million lines against each other takes as long as reading them.

use chrono::{DateTime, Utc};
use entity::{AgencyStatus, ApplicationId, ApplicationStatus, BodyId, PlaceState, ReleaseLineState};

/// What the caseload says: a nomination, or whatever else holds something in the other records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// Which application.
    pub application: ApplicationId,
    /// Whose.
    pub body: BodyId,
    /// Where it stands.
    pub status: ApplicationStatus,
}

/// What the ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which application holds it.
    pub application: ApplicationId,
    /// Whose.
    pub body: BodyId,
    /// Number of the place.
    pub place: i32,
    /// Where it stands.
    pub state: PlaceState,
}

/// What the last published release says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Of which application.
    pub application: ApplicationId,
    /// Whose.
    pub body: BodyId,
    /// Number of the place.
    pub place: i32,
    /// Where the line stands.
    pub state: ReleaseLineState,
}

/// What the agency says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtAgency {
    /// Of which application.
    pub application: ApplicationId,
    /// Whose.
    pub body: BodyId,
    /// Where the case stands.
    pub status: AgencyStatus,
    /// Since when, in the agency's words.
    pub at: DateTime<Utc>,
}

/// A record that is about one application.
pub trait Record {
    /// Which.
    fn application(&self) -> ApplicationId;
    /// Whose.
    fn body(&self) -> BodyId;
}

macro_rules! records {
    ($($record:ident),+) => {$(
        impl Record for $record {
            fn application(&self) -> ApplicationId {
                self.application
            }

            fn body(&self) -> BodyId {
                self.body
            }
        }
    )+};
}

records!(Case, Held, Line, AtAgency);

/// Everything that the records say of one application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Which.
    pub application: ApplicationId,
    /// Whose, by the first record that says it.
    pub body: BodyId,
    /// By the caseload.
    pub case: Option<Case>,
    /// By the ledger.
    pub held: Option<Held>,
    /// By the last published release.
    pub line: Option<Line>,
    /// By the agency.
    pub agency: Option<AtAgency>,
}

/// A stretch of each record, in order of the application's id.
#[derive(Clone, Debug)]
pub struct Stretch<'a> {
    /// Of the caseload.
    pub cases: &'a [Case],
    /// Of the ledger.
    pub held: &'a [Held],
    /// Of the release.
    pub lines: &'a [Line],
    /// Of the agency's cases.
    pub agency: &'a [AtAgency],
}

impl Iterator for Stretch<'_> {
    type Item = Joined;

    fn next(&mut self) -> Option<Joined> {
        let heads = [head(self.cases), head(self.held), head(self.lines), head(self.agency)];
        let (application, body) = heads.into_iter().flatten().min_by_key(|(application, _)| *application)?;
        Some(Joined {
            application,
            body,
            case: take(&mut self.cases, application),
            held: take(&mut self.held, application),
            line: take(&mut self.lines, application),
            agency: take(&mut self.agency, application),
        })
    }
}

fn head<R: Record>(records: &[R]) -> Option<(ApplicationId, BodyId)> {
    records.first().map(|first| (first.application(), first.body()))
}

fn take<R: Record + Copy>(records: &mut &[R], application: ApplicationId) -> Option<R> {
    let (first, rest) = records.split_first()?;
    if first.application() != application {
        return None;
    }
    *records = rest;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const BODY: BodyId = BodyId(Uuid::from_u128(1));

    fn id(number: u8) -> ApplicationId {
        ApplicationId(Uuid::from_u128(number.into()))
    }

    proptest! {
        /// As looking everything up would do it.
        #[test]
        fn a_merge_gives_each_application_once_with_all_that_is_said_of_it(
            cases: BTreeSet<u8>, held: BTreeSet<u8>, lines: BTreeSet<u8>, agency: BTreeSet<u8>,
        ) {
            let at: DateTime<Utc> = DateTime::UNIX_EPOCH;
            let status = ApplicationStatus::Nominated;
            let of_cases: Vec<_> = cases.iter().map(|n| Case { application: id(*n), body: BODY, status }).collect();
            let state = PlaceState::Listed;
            let of_held: Vec<_> =
                held.iter().map(|n| Held { application: id(*n), body: BODY, place: 1, state }).collect();
            let state = ReleaseLineState::Listed;
            let of_lines: Vec<_> =
                lines.iter().map(|n| Line { application: id(*n), body: BODY, place: 1, state }).collect();
            let status = AgencyStatus::Sent;
            let of_agency: Vec<_> =
                agency.iter().map(|n| AtAgency { application: id(*n), body: BODY, status, at }).collect();
            let merged = Stretch { cases: &of_cases, held: &of_held, lines: &of_lines, agency: &of_agency };
            let merged: Vec<_> = merged
                .map(|one| (one.application, [one.case.is_some(), one.held.is_some(), one.line.is_some(), one.agency.is_some()]))
                .collect();
            let mut looked_up = BTreeMap::new();
            for number in cases.iter().chain(&held).chain(&lines).chain(&agency) {
                let has = [&cases, &held, &lines, &agency].map(|all| all.contains(number));
                looked_up.insert(id(*number), has);
            }
            prop_assert_eq!(merged, looked_up.into_iter().collect::<Vec<_>>());
        }
    }
}
