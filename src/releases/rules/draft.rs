//! Which lines the next release has: who holds a place now, against what the last published release says.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{
    ApplicationId, BodyId, EmployerId, HoldBackReason, PlaceState, ReleaseChangeKind as Change,
    ReleaseLineState as State,
};

use super::line::Facts;

/// What the bodies show each other of a line, beside the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Whose.
    pub body: BodyId,
    /// Its reference.
    pub reference: String,
    /// Of which employer.
    pub employer: EmployerId,
    /// Its legal name.
    pub employer_name: String,
    /// Its NZBN.
    pub employer_nzbn: String,
    /// Number of the place.
    pub place: i32,
    /// The terms that it is held against.
    pub terms_revision: i32,
    /// Code of the role.
    pub role: String,
    /// Code of the occupation.
    pub occupation: String,
    /// Since when it has held a place.
    pub nominated_at: DateTime<Utc>,
}

/// Who holds a place.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Which application.
    pub application: ApplicationId,
    /// Where its place stands.
    pub place: PlaceState,
    /// What is shown of it.
    pub shared: Shared,
    /// What its line would say.
    pub facts: Facts,
    /// Why its place is on the way back, in a word; where it is not, nobody reads it.
    pub leaving: String,
    /// What holds its line back from being listed for the first time.
    pub held_back: Option<HoldBackReason>,
}

/// A line of the last published release.
#[derive(Clone, Debug)]
pub struct Former {
    /// Which application.
    pub application: ApplicationId,
    /// Where the line stands there.
    pub state: State,
    /// What is shown of it.
    pub shared: Shared,
    /// What it says.
    pub facts: Facts,
    /// The release that first carried it.
    pub listed_in: i32,
    /// Why it is suspended there.
    pub reason: Option<String>,
    /// How its application has ended since, in a word; where it has not, nobody reads it.
    pub ended: String,
}

/// A line of the next release.
#[derive(Clone, Debug)]
pub struct Drafted {
    /// Which application.
    pub application: ApplicationId,
    /// What is shown of it.
    pub shared: Shared,
    /// Where it stands.
    pub state: State,
    /// What changed; none where nothing did.
    pub change: Option<Change>,
    /// The columns that changed.
    pub changed: Vec<&'static str>,
    /// Why it is suspended or removed.
    pub reason: Option<String>,
    /// What it says.
    pub facts: Facts,
    /// The release that first carried it; none where it is this one.
    pub listed_in: Option<i32>,
}

/// A nomination that the next release does not carry yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which application.
    pub application: ApplicationId,
    /// Whose.
    pub body: BodyId,
    /// Its reference.
    pub reference: String,
    /// Why.
    pub reason: HoldBackReason,
}

/// The lines of the next release, and who waits for a later one, each in the order of applications.
#[must_use]
pub fn draft(holders: Vec<Holder>, former: Vec<Former>) -> (Vec<Drafted>, Vec<Waiting>) {
    let mut before: BTreeMap<ApplicationId, Former> = former
        .into_iter()
        .filter(|line| line.state != State::Removed)
        .map(|line| (line.application, line))
        .collect();
    let (mut lines, mut waiting) = (Vec::new(), Vec::new());
    for holder in holders {
        let former = before.remove(&holder.application);
        match (holder.place, former, holder.held_back) {
            (PlaceState::Reserved, None, Some(reason)) => waiting.push(Waiting {
                application: holder.application,
                body: holder.shared.body,
                reference: holder.shared.reference,
                reason,
            }),
            (PlaceState::Reserved | PlaceState::Listed | PlaceState::Consumed, None, _) => {
                lines.push(added(holder));
            }
            (PlaceState::Reserved | PlaceState::Listed | PlaceState::Consumed, Some(former), _) => {
                lines.push(carried_on(holder, &former));
            }
            (PlaceState::Returning, Some(former), _) => lines.push(suspended(holder, former)),
            // What is on its way back was listed before; free places have no holder.
            (PlaceState::Returning, None, _) | (PlaceState::Available | PlaceState::Retired, _, _) => {}
        }
    }
    lines.extend(before.into_values().map(removed));
    lines.sort_unstable_by_key(|line| line.application);
    (lines, waiting)
}

fn added(holder: Holder) -> Drafted {
    Drafted {
        application: holder.application,
        shared: holder.shared,
        state: State::Listed,
        change: Some(Change::Added),
        changed: Vec::new(),
        reason: None,
        facts: holder.facts,
        listed_in: None,
    }
}

fn carried_on(holder: Holder, former: &Former) -> Drafted {
    let mut changed = former.facts.differing(&holder.facts);
    if former.state == State::Suspended {
        changed.insert(0, "state");
    }
    Drafted {
        application: holder.application,
        shared: holder.shared,
        state: State::Listed,
        change: (!changed.is_empty()).then_some(Change::Amended),
        changed,
        reason: None,
        facts: holder.facts,
        listed_in: Some(former.listed_in),
    }
}

/// What it said when it was last listed stays. It is told once, and again where the reason is another.
fn suspended(holder: Holder, former: Former) -> Drafted {
    let is_new = former.state == State::Listed || former.reason.as_ref() != Some(&holder.leaving);
    Drafted {
        application: former.application,
        shared: former.shared,
        state: State::Suspended,
        change: is_new.then_some(Change::Suspended),
        changed: Vec::new(),
        reason: Some(holder.leaving),
        facts: former.facts,
        listed_in: Some(former.listed_in),
    }
}

fn removed(former: Former) -> Drafted {
    Drafted {
        application: former.application,
        shared: former.shared,
        state: State::Removed,
        change: Some(Change::Removed),
        changed: Vec::new(),
        reason: Some(former.ended),
        facts: former.facts,
        listed_in: Some(former.listed_in),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::line::tests::facts;
    use super::*;

    fn shared(number: u128) -> Shared {
        Shared {
            body: BodyId(Uuid::from_u128(7)),
            reference: format!("NZT-{number}"),
            employer: EmployerId(Uuid::from_u128(8)),
            employer_name: "Kauri Software Limited".into(),
            employer_nzbn: "9429900000018".into(),
            place: 1,
            terms_revision: 1,
            role: "2613".into(),
            occupation: "261313".into(),
            nominated_at: "2022-03-01T00:00:00Z".parse().expect("an instant"),
        }
    }

    fn holder(number: u128, place: PlaceState, of: &[(&str, &str)]) -> Holder {
        Holder {
            application: ApplicationId(Uuid::from_u128(number)),
            place,
            shared: shared(number),
            facts: facts(&format!("NZT-{number}"), of),
            leaving: "WITHDRAWN".into(),
            held_back: None,
        }
    }

    fn former(number: u128, state: State, reason: Option<&str>) -> Former {
        Former {
            application: ApplicationId(Uuid::from_u128(number)),
            state,
            shared: shared(number),
            facts: facts(&format!("NZT-{number}"), &[]),
            listed_in: 3,
            reason: reason.map(str::to_owned),
            ended: "WITHDRAWN".into(),
        }
    }

    /// State, change, changed columns, reason and first release of the line.
    type Told = (State, Option<Change>, Vec<&'static str>, Option<String>, Option<i32>);

    fn told(holder: Option<Holder>, former: Option<Former>) -> Option<Told> {
        let (lines, waiting) = draft(holder.into_iter().collect(), former.into_iter().collect());
        assert_eq!(waiting, []);
        let told = |line: Drafted| (line.state, line.change, line.changed, line.reason, line.listed_in);
        lines.into_iter().next().map(told)
    }

    #[test]
    fn a_line_is_told_against_the_release_before() {
        use PlaceState as Place;
        let why = || Some("WITHDRAWN".to_owned());
        let region = &[("region", "Otago")][..];
        let listed = Some(State::Listed);
        for (place, of, before, expected) in [
            (
                Some(Place::Reserved),
                &[][..],
                None,
                Some((State::Listed, Some(Change::Added), vec![], None, None)),
            ),
            (Some(Place::Listed), &[], listed, Some((State::Listed, None, vec![], None, Some(3)))),
            (Some(Place::Consumed), &[], listed, Some((State::Listed, None, vec![], None, Some(3)))),
            (
                Some(Place::Listed),
                region,
                listed,
                Some((State::Listed, Some(Change::Amended), vec!["region"], None, Some(3))),
            ),
            (
                Some(Place::Returning),
                region,
                listed,
                Some((State::Suspended, Some(Change::Suspended), vec![], why(), Some(3))),
            ),
            (
                Some(Place::Returning),
                &[],
                Some(State::Suspended),
                Some((State::Suspended, None, vec![], why(), Some(3))),
            ),
            (
                Some(Place::Listed),
                region,
                Some(State::Suspended),
                Some((State::Listed, Some(Change::Amended), vec!["state", "region"], None, Some(3))),
            ),
            (None, &[], listed, Some((State::Removed, Some(Change::Removed), vec![], why(), Some(3)))),
            (
                None,
                &[],
                Some(State::Suspended),
                Some((State::Removed, Some(Change::Removed), vec![], why(), Some(3))),
            ),
            (None, &[], Some(State::Removed), None),
        ] {
            let former =
                before.map(|state| former(1, state, (state != State::Listed).then_some("WITHDRAWN")));
            let found = told(place.map(|place| holder(1, place, of)), former);
            assert_eq!(found, expected, "{place:?} after {before:?}");
        }
    }

    #[test]
    fn what_is_suspended_keeps_what_it_said_and_tells_another_reason() {
        let holder = holder(1, PlaceState::Returning, &[("region", "Otago")]);
        let (lines, _) = draft(vec![holder], vec![former(1, State::Suspended, Some("VISA_DECLINED"))]);
        assert_eq!(lines[0].facts.get("region"), "region");
        assert_eq!(
            (lines[0].change, lines[0].reason.as_deref()),
            (Some(Change::Suspended), Some("WITHDRAWN"))
        );
    }

    #[test]
    fn only_what_is_not_listed_yet_is_held_back() {
        let held = |place| Holder { held_back: Some(HoldBackReason::OnHold), ..holder(1, place, &[]) };
        let (lines, waiting) = draft(vec![held(PlaceState::Reserved)], vec![]);
        assert!(lines.is_empty());
        assert_eq!(waiting[0].reason, HoldBackReason::OnHold);
        let (lines, waiting) = draft(vec![held(PlaceState::Listed)], vec![former(1, State::Listed, None)]);
        assert_eq!((lines.len(), waiting.len()), (1, 0));
    }

    #[test]
    fn a_replaced_worker_goes_as_the_other_comes() {
        let (lines, _) =
            draft(vec![holder(2, PlaceState::Reserved, &[])], vec![former(1, State::Listed, None)]);
        let changes: Vec<_> = lines.iter().map(|line| line.change).collect();
        assert_eq!(changes, [Some(Change::Removed), Some(Change::Added)]);
    }
}
