//! Which status of the agency's may follow which, and what each means for the place.

use chrono::{DateTime, Days, Utc};
use entity::{AgencyStatus, PlaceState};

use crate::clock::{day_in_new_zealand, end_of_day};

/// How far a case has come, where it is on its way: steps may be skipped forwards.
fn stage(status: AgencyStatus) -> Option<u8> {
    match status {
        AgencyStatus::NotSent | AgencyStatus::Sent => Some(0),
        AgencyStatus::Acknowledged => Some(1),
        AgencyStatus::TravelRequested => Some(2),
        AgencyStatus::TravelApproved => Some(3),
        AgencyStatus::Invited => Some(4),
        AgencyStatus::VisaApplied => Some(5),
        AgencyStatus::VisaGranted => Some(6),
        AgencyStatus::Arrived => Some(7),
        AgencyStatus::TravelDeclined
        | AgencyStatus::TravelWithdrawn
        | AgencyStatus::InvitationExpired
        | AgencyStatus::VisaDeclined
        | AgencyStatus::VisaWithdrawn => None,
    }
}

/// The last stage that a refusal may come after; none for what is no refusal.
fn refused_from(status: AgencyStatus) -> Option<u8> {
    match status {
        AgencyStatus::TravelDeclined => Some(2),
        AgencyStatus::TravelWithdrawn => Some(3),
        AgencyStatus::InvitationExpired => Some(4),
        AgencyStatus::VisaDeclined | AgencyStatus::VisaWithdrawn => Some(5),
        AgencyStatus::NotSent
        | AgencyStatus::Sent
        | AgencyStatus::Acknowledged
        | AgencyStatus::TravelRequested
        | AgencyStatus::TravelApproved
        | AgencyStatus::Invited
        | AgencyStatus::VisaApplied
        | AgencyStatus::VisaGranted
        | AgencyStatus::Arrived => None,
    }
}

/// Whether it is declined, withdrawn or run out at the agency.
#[must_use]
pub fn is_refusal(status: AgencyStatus) -> bool {
    refused_from(status).is_some()
}

/// Orders what is said of one instant: each step before the next, and a refusal behind the steps that it may follow.
pub(super) fn rank(status: AgencyStatus) -> u8 {
    stage(status).map_or_else(|| refused_from(status).unwrap_or(0) * 2 + 1, |stage| stage * 2)
}

/// Whether the agency may say it at all: that a line was sent or acknowledged follows from releases.
#[must_use]
pub fn can_be_told(status: AgencyStatus) -> bool {
    is_refusal(status) || stage(status) >= Some(2)
}

/// Whether `to` may come after `from` without a correction. Forwards, over any number of steps; to a refusal from where it
/// can be refused; from a refusal to a new request for travel. An invitation may be given again, with a later last day.
#[must_use]
pub fn follows(from: AgencyStatus, to: AgencyStatus) -> bool {
    match (stage(from), stage(to)) {
        (Some(before), Some(after)) => {
            after > before || (from == AgencyStatus::Invited && to == AgencyStatus::Invited)
        }
        (Some(before), None) => Some(before) <= refused_from(to),
        (None, Some(_)) => to == AgencyStatus::TravelRequested,
        (None, None) => false,
    }
}

/// Whether the agency goes on with the line, rather than ending it.
pub(super) fn acts_on_the_line(status: AgencyStatus) -> bool {
    stage(status) >= Some(2)
}

/// Where the place of a listed nomination stands while its case stands there.
#[must_use]
pub fn place_for(status: AgencyStatus) -> PlaceState {
    match status {
        AgencyStatus::VisaGranted | AgencyStatus::Arrived => PlaceState::Consumed,
        AgencyStatus::TravelDeclined
        | AgencyStatus::TravelWithdrawn
        | AgencyStatus::InvitationExpired
        | AgencyStatus::VisaDeclined
        | AgencyStatus::VisaWithdrawn => PlaceState::Returning,
        AgencyStatus::NotSent
        | AgencyStatus::Sent
        | AgencyStatus::Acknowledged
        | AgencyStatus::TravelRequested
        | AgencyStatus::TravelApproved
        | AgencyStatus::Invited
        | AgencyStatus::VisaApplied => PlaceState::Listed,
    }
}

/// When the place of a refused case comes back: at the end of the last of `returning_days` days in New Zealand after `at`, the
/// instant of the refusal or that at which it was told here, whichever is later: nobody's rest is over before they could know
/// of it. None while no refusal stands.
#[must_use]
pub fn holds_back_until(
    status: AgencyStatus,
    at: DateTime<Utc>,
    returning_days: u32,
) -> Option<DateTime<Utc>> {
    let last = || day_in_new_zealand(at).checked_add_days(Days::new(u64::from(returning_days)));
    is_refusal(status).then(|| last().map_or(DateTime::<Utc>::MAX_UTC, end_of_day))
}
