//! What does not agree about one application, and the figures of a run. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    AgencyStatus, ApplicationStatus, BodyId, DiscrepancyKind, ExceptionId, PlaceState, ReleaseLineState,
};

use super::finding::{Field, Finding};
use super::record::Joined;

/// How long the agency may say nothing of a case that it has acknowledged, in days.
pub const SILENT_DAYS: i64 = 28;
/// How long the agency may take to acknowledge a release, in days.
pub const ACKNOWLEDGED_WITHIN_DAYS: i64 = 7;

/// What the records are held against.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Under which class exception.
    pub exception: ExceptionId,
    /// The instant.
    pub now: DateTime<Utc>,
    /// The last release that is published.
    pub release: Option<Published>,
}

/// The last published release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its number.
    pub number: i32,
    /// When it was published.
    pub at: DateTime<Utc>,
    /// Whether the agency has acknowledged it.
    pub is_acknowledged: bool,
}

impl Frame {
    /// What is wrong with the last release itself.
    #[must_use]
    pub fn release_finding(&self) -> Option<Finding> {
        let last = self.release?;
        let is_late = self.now - last.at > TimeDelta::days(ACKNOWLEDGED_WITHIN_DAYS);
        (is_late && !last.is_acknowledged).then(|| Finding {
            release: Some(last.number),
            after_release: Some(last.number),
            ..Finding::new(self.exception, DiscrepancyKind::NotAcknowledged)
        })
    }

    /// Everything that does not agree about an application; nothing where the records say the same.
    #[must_use]
    pub fn judge(&self, one: &Joined) -> Vec<Finding> {
        let findings = [
            self.place_without_nomination(one),
            self.nomination_without_place(one),
            self.not_on_release(one),
            self.status_differs(one),
            self.removed_line_acted_on(one),
            self.missing_at_agency(one),
        ];
        findings.into_iter().flatten().collect()
    }

    fn finding(
        &self,
        one: &Joined,
        kind: DiscrepancyKind,
        ours: Option<String>,
        theirs: Option<String>,
    ) -> Finding {
        let mut finding = Finding::new(self.exception, kind).about(one.application, one.body);
        finding.after_release = self.release.map(|release| release.number);
        finding.differing(Field::Status, ours, theirs)
    }

    /// What holds a place is a nomination; while the place is on its way back it may have been taken back.
    fn place_without_nomination(&self, one: &Joined) -> Option<Finding> {
        let held = one.held?;
        let status = one.case.map(|case| case.status);
        let stands = match held.state {
            PlaceState::Reserved | PlaceState::Listed | PlaceState::Consumed => {
                status == Some(ApplicationStatus::Nominated)
            }
            PlaceState::Returning => matches!(
                status,
                Some(
                    ApplicationStatus::Nominated | ApplicationStatus::Withdrawn | ApplicationStatus::Revoked
                )
            ),
            PlaceState::Available | PlaceState::Retired => false,
        };
        let kind = DiscrepancyKind::PlaceWithoutNomination;
        let found = || {
            let mut found =
                self.finding(one, kind, status.map(ApplicationStatus::word), Some(held.state.word()));
            found.place = Some(held.place);
            found
        };
        (!stands).then(found)
    }

    fn nomination_without_place(&self, one: &Joined) -> Option<Finding> {
        let wrong = one.is_nominated() && one.held.is_none();
        let kind = DiscrepancyKind::NominationWithoutPlace;
        wrong.then(|| self.finding(one, kind, Some(ApplicationStatus::Nominated.word()), None))
    }

    /// A nomination whose place is listed stands on the last release, with that place; one whose place is reserved does not.
    fn not_on_release(&self, one: &Joined) -> Option<Finding> {
        let held = one.held.filter(|_| one.is_nominated())?;
        let line = one.line.filter(|line| line.state != ReleaseLineState::Removed);
        let is_out = match held.state {
            PlaceState::Listed | PlaceState::Consumed | PlaceState::Returning => true,
            PlaceState::Reserved => false,
            PlaceState::Available | PlaceState::Retired => return None,
        };
        let agrees = if is_out { line.is_some_and(|line| line.place == held.place) } else { line.is_none() };
        let said = line.map(|line| format!("{}, place {}", line.state.word(), line.place));
        let ours = format!("{}, place {}", held.state.word(), held.place);
        let kind = DiscrepancyKind::NotOnRelease;
        (!agrees).then(|| self.finding(one, kind, Some(ours), said))
    }

    /// The agency has a case of every line, of nothing else, and the place is where the case puts it.
    fn status_differs(&self, one: &Joined) -> Option<Finding> {
        let held = one.held.filter(|_| one.is_nominated())?;
        let status = one.agency.map_or(AgencyStatus::NotSent, |case| case.status);
        let puts_it = standing(status);
        let agrees = match held.state {
            PlaceState::Reserved => puts_it == Standing::NotOut,
            PlaceState::Listed => puts_it == Standing::Stands,
            PlaceState::Consumed => puts_it == Standing::Granted,
            PlaceState::Returning => puts_it == Standing::Refused,
            PlaceState::Available | PlaceState::Retired => true,
        };
        let kind = DiscrepancyKind::StatusDiffers;
        (!agrees).then(|| self.finding(one, kind, Some(held.state.word()), Some(status.word())))
    }

    /// A visa was granted to who is no nominee any more.
    fn removed_line_acted_on(&self, one: &Joined) -> Option<Finding> {
        let case = one.agency.filter(|case| standing(case.status) == Standing::Granted)?;
        let status = one.case.map(|case| case.status);
        let kind = DiscrepancyKind::RemovedLineActedOn;
        (!one.is_nominated())
            .then(|| self.finding(one, kind, status.map(ApplicationStatus::word), Some(case.status.word())))
    }

    fn missing_at_agency(&self, one: &Joined) -> Option<Finding> {
        let case = one.agency.filter(|_| one.is_nominated())?;
        one.line.filter(|line| line.state == ReleaseLineState::Listed)?;
        let is_silent = match case.status {
            AgencyStatus::Sent => self.release.is_some_and(|release| release.is_acknowledged),
            AgencyStatus::Acknowledged => self.now - case.at > TimeDelta::days(SILENT_DAYS),
            AgencyStatus::NotSent
            | AgencyStatus::TravelRequested
            | AgencyStatus::TravelApproved
            | AgencyStatus::TravelDeclined
            | AgencyStatus::TravelWithdrawn
            | AgencyStatus::Invited
            | AgencyStatus::InvitationExpired
            | AgencyStatus::VisaApplied
            | AgencyStatus::VisaGranted
            | AgencyStatus::VisaDeclined
            | AgencyStatus::VisaWithdrawn
            | AgencyStatus::Arrived => false,
        };
        let kind = DiscrepancyKind::MissingAtAgency;
        is_silent.then(|| self.finding(one, kind, Some("LISTED".into()), Some(case.status.word())))
    }
}

impl Joined {
    /// Whether the caseload has it as a nomination.
    #[must_use]
    pub fn is_nominated(&self) -> bool {
        self.case.is_some_and(|case| case.status == ApplicationStatus::Nominated)
    }
}

/// Where a case at the agency puts the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The agency has nothing of it.
    NotOut,
    /// It is on its way.
    Stands,
    /// The visa is granted.
    Granted,
    /// Refused, withdrawn or run out.
    Refused,
}

fn standing(status: AgencyStatus) -> Standing {
    match status {
        AgencyStatus::NotSent => Standing::NotOut,
        AgencyStatus::Sent
        | AgencyStatus::Acknowledged
        | AgencyStatus::TravelRequested
        | AgencyStatus::TravelApproved
        | AgencyStatus::Invited
        | AgencyStatus::VisaApplied => Standing::Stands,
        AgencyStatus::VisaGranted | AgencyStatus::Arrived => Standing::Granted,
        AgencyStatus::TravelDeclined
        | AgencyStatus::TravelWithdrawn
        | AgencyStatus::InvitationExpired
        | AgencyStatus::VisaDeclined
        | AgencyStatus::VisaWithdrawn => Standing::Refused,
    }
}

/// How many each record has for a body, of nominations that stand. They are the same once the last release carries
/// everything that holds a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Nominations.
    pub caseload: i64,
    /// Places that they hold.
    pub ledger: i64,
    /// Lines of theirs on the last published release.
    pub released: i64,
    /// Cases of theirs that the agency has.
    pub agency: i64,
}

/// What a run has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By body.
    pub figures: BTreeMap<BodyId, Figures>,
    /// How many applications some record has something to say of.
    pub checked: i64,
    /// Of how many of them all records say the same.
    pub matched: i64,
}

impl Tally {
    /// Counts an application.
    pub fn count(&mut self, one: &Joined, agrees: bool) {
        self.checked += 1;
        self.matched += i64::from(agrees);
        let stands = one.is_nominated();
        let figures = self.figures.entry(one.body).or_default();
        let taken_back = |state| state == PlaceState::Returning && !stands;
        let is_out = |state| state != ReleaseLineState::Removed;
        figures.caseload += i64::from(stands);
        figures.ledger += i64::from(one.held.is_some_and(|held| !taken_back(held.state)));
        figures.released += i64::from(stands && one.line.is_some_and(|line| is_out(line.state)));
        let at_agency = one.agency.is_some_and(|case| case.status != AgencyStatus::NotSent);
        figures.agency += i64::from(stands && at_agency);
    }
}

#[cfg(test)]
mod tests;
