//! What becomes of each line of a message of the agency. Pure.
//!
//! Every line ends in exactly one place: it is where its case stands from then on, it joins the case's history since it is
//! older, it was said before, or it does not fit and is a discrepancy. Nothing is dropped, and nothing is guessed.

mod status;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{
    AgencyStatus, ApplicationId, BodyId, DiscrepancyKind, OutcomeFate, PlaceState, ReleaseLineState,
};

use status::{acts_on_the_line, rank};
pub use status::{can_be_told, follows, holds_back_until, is_refusal, place_for};

use super::finding::Field;

/// How far ahead of ours the agency's clock may be.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// What the agency says in one line of where a case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The status.
    pub status: AgencyStatus,
    /// Since when.
    pub at: DateTime<Utc>,
    /// The agency's own number.
    pub agency_reference: Option<String>,
    /// Why, where it gives a reason.
    pub reason: Option<String>,
    /// The invitation's last day.
    pub expires_on: Option<NaiveDate>,
    /// Whether it takes back what was said before.
    pub correction: bool,
}

/// Statuses that are the same thing said once more.
pub type Key = (AgencyStatus, DateTime<Utc>, bool);

impl Said {
    fn key(&self) -> Key {
        (self.status, self.at, self.correction)
    }
}

/// A passport as it is compared: by its fingerprint, and told by its last characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passport {
    /// Keyed hash of issuing state and number.
    pub fingerprint: String,
    /// What may be shown of it.
    pub hint: String,
}

/// The fields that must agree with the agency; those that are not told agree.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// The worker's date of birth.
    pub date_of_birth: Option<NaiveDate>,
    /// The worker's passport.
    pub passport: Option<Passport>,
    /// The employer's NZBN.
    pub employer_nzbn: Option<String>,
    /// Code of the occupation.
    pub occupation_code: Option<String>,
}

impl std::fmt::Debug for Details {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Details(redacted)")
    }
}

/// A line as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The reference, spelt as we spell it where it is one.
    pub reference: String,
    /// Where the case stands.
    pub said: Said,
    /// Whose it is.
    pub details: Details,
}

/// An application that was published, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Which.
    pub application: ApplicationId,
    /// Whose.
    pub body: BodyId,
    /// Whether it is NOMINATED; it has ended otherwise.
    pub is_nominated: bool,
    /// Where the place stands that it holds.
    pub place: Option<PlaceState>,
    /// How the newest published release has it; none where that has it no more.
    pub line: Option<ReleaseLineState>,
    /// Where it stands at the agency.
    pub stands: Said,
    /// When its place comes back for the agency's refusal.
    pub hold_until: Option<DateTime<Utc>>,
    /// What we have.
    pub details: Details,
    /// What the newest published release says, where that is another thing: a correction that no release carries yet.
    pub released: Option<Details>,
    /// What was said before, and stood or joined the history.
    pub before: HashSet<Key>,
}

/// In what way a line does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No published release has the reference, or the document is that of another line.
    UnknownReference,
    /// The message has the same line before.
    DuplicateLine,
    /// A field that must agree does not.
    Differs(Field, Option<String>, Option<String>),
    /// The line was removed, or what it carried has ended.
    RemovedLine,
    /// The status cannot follow the one before.
    Illegal {
        /// Where the case stands.
        from: AgencyStatus,
    },
    /// The status lies in the future.
    Ahead {
        /// Since when the agency says that it stands.
        at: DateTime<Utc>,
    },
}

impl Wrong {
    /// As which discrepancy it is kept.
    #[must_use]
    pub fn kind(&self) -> DiscrepancyKind {
        match self {
            Self::UnknownReference => DiscrepancyKind::UnknownReference,
            Self::DuplicateLine => DiscrepancyKind::DuplicateLine,
            Self::Differs(..) => DiscrepancyKind::DetailsDiffer,
            Self::RemovedLine => DiscrepancyKind::RemovedLineActedOn,
            Self::Illegal { .. } | Self::Ahead { .. } => DiscrepancyKind::IllegalStatusChange,
        }
    }
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The application that it is about, where its reference is one that was published.
    pub about: Option<(ApplicationId, BodyId)>,
    /// What became of it.
    pub fate: OutcomeFate,
    /// Why it does not fit; empty where it does.
    pub wrong: Vec<Wrong>,
}

impl Outcome {
    /// Whether it tells what the agency has of the worker and the job from then on: a line that is another's, stands twice
    /// or came late does not.
    #[must_use]
    pub fn tells_details(&self) -> bool {
        let is_its_own = |wrong: &Wrong| match wrong {
            Wrong::UnknownReference | Wrong::DuplicateLine => false,
            Wrong::Differs(..) | Wrong::RemovedLine | Wrong::Illegal { .. } | Wrong::Ahead { .. } => true,
        };
        self.about.is_some() && self.fate != OutcomeFate::Late && self.wrong.iter().all(is_its_own)
    }
}

/// What all lines are held against.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The cases by reference; they move with the lines.
    pub cases: HashMap<String, Case>,
    /// Whose a document is, among all lines that were published.
    pub documents: HashMap<String, ApplicationId>,
    /// When the message came.
    pub now: DateTime<Utc>,
    /// For how many days a place rests after the agency's refusal.
    pub returning_days: u32,
}

/// The order in which lines are held against their cases: by what they say happened first, by the steps of a case where
/// they say one instant, and else as they came. Numbers of lines from 0.
#[must_use]
pub fn order(lines: &[Told]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|number| {
        let said = &lines[*number].said;
        (said.at, said.correction, rank(said.status), *number)
    });
    order
}

/// Holds every line against its case, in [`order`], and moves the cases. Answers in the order of the lines.
pub fn fold(lines: &[Told], ground: &mut Ground) -> Vec<Outcome> {
    let mut outcomes = vec![None; lines.len()];
    let mut seen = HashSet::new();
    for (number, line) in lines.iter().enumerate() {
        if ground.cases.contains_key(&line.reference) && !seen.insert((&line.reference, line.said.key())) {
            outcomes[number] = Some(vec![Wrong::DuplicateLine]);
        }
    }
    let mut results: Vec<Option<Outcome>> = vec![None; lines.len()];
    for number in order(lines) {
        let wrong = outcomes[number].take();
        results[number] = Some(one(&lines[number], wrong, ground));
    }
    results.into_iter().flatten().collect()
}

fn one(line: &Told, wrong: Option<Vec<Wrong>>, ground: &mut Ground) -> Outcome {
    let Ground { cases, documents, now, returning_days } = ground;
    let Some(case) = cases.get_mut(&line.reference) else {
        return Outcome { about: None, fate: OutcomeFate::Disputed, wrong: vec![Wrong::UnknownReference] };
    };
    let about = Some((case.application, case.body));
    let wrong = wrong.unwrap_or_else(|| misfits(line, case, documents, *now));
    if !wrong.is_empty() {
        let wrong = with_what_is_worse(wrong, line, case);
        return Outcome { about, fate: OutcomeFate::Disputed, wrong };
    }
    let outcome = |fate, wrong| Outcome { about, fate, wrong };
    if case.before.contains(&line.said.key()) {
        return outcome(OutcomeFate::Repeated, vec![]);
    }
    if is_late(&line.said, &case.stands) {
        case.before.insert(line.said.key());
        return outcome(OutcomeFate::Late, vec![]);
    }
    match step(&line.said, case, *now, *returning_days) {
        Ok(()) => outcome(OutcomeFate::Applied, vec![]),
        Err(wrong) => outcome(OutcomeFate::Disputed, vec![wrong]),
    }
}

/// What does not fit about a line that is its own case's; that the agency goes on with what has ended is told besides, however
/// the details are spelt.
fn with_what_is_worse(mut wrong: Vec<Wrong>, line: &Told, case: &Case) -> Vec<Wrong> {
    let differs = wrong.iter().any(|one| matches!(one, Wrong::Differs(..)));
    if differs && is_gone(case) && acts_on_the_line(line.said.status) {
        wrong.insert(0, Wrong::RemovedLine);
    }
    wrong
}

/// Whose the line is, and whether it can be true at all.
fn misfits(
    line: &Told,
    case: &Case,
    documents: &HashMap<String, ApplicationId>,
    now: DateTime<Utc>,
) -> Vec<Wrong> {
    let differing = differing(&line.details, &case.details, case.released.as_ref());
    let document = line.details.passport.as_ref().and_then(|passport| documents.get(&passport.fingerprint));
    if !differing.is_empty() && document.is_some_and(|other| *other != case.application) {
        return vec![Wrong::UnknownReference];
    }
    if differing.is_empty() && line.said.at > now + AHEAD {
        return vec![Wrong::Ahead { at: line.said.at }];
    }
    differing
}

/// The fields in which what the agency has told differs from what we have, and from what we have released to it.
#[must_use]
pub fn differing(told: &Details, ours: &Details, released: Option<&Details>) -> Vec<Wrong> {
    let mut wrong = compared(told, ours);
    if let Some(released) = released {
        let field = |wrong: &Wrong| match wrong {
            Wrong::Differs(field, ..) => Some(*field),
            Wrong::UnknownReference
            | Wrong::DuplicateLine
            | Wrong::RemovedLine
            | Wrong::Illegal { .. }
            | Wrong::Ahead { .. } => None,
        };
        let others: Vec<_> = compared(told, released).iter().filter_map(field).collect();
        wrong.retain(|one| field(one).is_some_and(|field| others.contains(&field)));
    }
    wrong
}

fn compared(told: &Details, ours: &Details) -> Vec<Wrong> {
    let day = |day: &Option<NaiveDate>| day.map(|day| day.to_string());
    let hint = |passport: &Option<Passport>| passport.as_ref().map(|one| one.hint.clone());
    let same_passport = match (&told.passport, &ours.passport) {
        (Some(told), Some(ours)) => told.fingerprint == ours.fingerprint,
        (None, _) | (_, None) => true,
    };
    let texts = |told: &Option<String>, ours: &Option<String>| told.is_none() || told == ours;
    let fields = [
        (
            told.date_of_birth.is_none() || told.date_of_birth == ours.date_of_birth,
            Field::DateOfBirth,
            day(&ours.date_of_birth),
            day(&told.date_of_birth),
        ),
        (same_passport, Field::Passport, hint(&ours.passport), hint(&told.passport)),
        (
            texts(&told.employer_nzbn, &ours.employer_nzbn),
            Field::EmployerNzbn,
            ours.employer_nzbn.clone(),
            told.employer_nzbn.clone(),
        ),
        (
            texts(&told.occupation_code, &ours.occupation_code),
            Field::Occupation,
            ours.occupation_code.clone(),
            told.occupation_code.clone(),
        ),
    ];
    let differing = fields.into_iter().filter(|(agrees, ..)| !agrees);
    differing.map(|(_, field, ours, told)| Wrong::Differs(field, ours, told)).collect()
}

/// Whether a line is older than the one where the case stands. Being sent and acknowledged are ours and not the agency's to
/// date; a correction stands whatever its date.
fn is_late(said: &Said, stands: &Said) -> bool {
    !said.correction && is_dated(stands.status) && said.at < stands.at
}

/// Whether a status is one that the agency dates.
pub(super) fn is_dated(status: AgencyStatus) -> bool {
    !matches!(status, AgencyStatus::NotSent | AgencyStatus::Sent | AgencyStatus::Acknowledged)
}

/// Moves a case to where a line says that it stands.
fn step(said: &Said, case: &mut Case, now: DateTime<Utc>, returning_days: u32) -> Result<(), Wrong> {
    let illegal = Wrong::Illegal { from: case.stands.status };
    let is_gone = is_gone(case);
    if is_gone && acts_on_the_line(said.status) {
        return Err(Wrong::RemovedLine);
    }
    let may_follow = if said.correction {
        can_be_told(said.status)
            || (said.status == AgencyStatus::Acknowledged && is_dated(case.stands.status))
    } else {
        can_be_told(said.status) && follows(case.stands.status, said.status)
    };
    if !may_follow {
        return Err(illegal);
    }
    case.before.insert(said.key());
    case.stands = Said {
        agency_reference: said.agency_reference.clone().or_else(|| case.stands.agency_reference.take()),
        ..said.clone()
    };
    if !is_gone {
        case.place = Some(place_for(said.status));
        case.hold_until = holds_back_until(said.status, said.at.max(now), returning_days);
    }
    Ok(())
}

/// Whether the agency has nothing to go on with.
fn is_gone(case: &Case) -> bool {
    !case.is_nominated || case.place.is_none() || case.line.is_none_or(is_removed)
}

fn is_removed(line: ReleaseLineState) -> bool {
    match line {
        ReleaseLineState::Removed => true,
        ReleaseLineState::Listed | ReleaseLineState::Suspended => false,
    }
}

#[cfg(test)]
mod tests;
