//! Every way in which the records of one application can stand to each other.

use entity::ApplicationId;
use uuid::Uuid;

use super::super::record::{AtAgency, Case, Held, Line};
use super::*;

const BODY: BodyId = BodyId(Uuid::from_u128(1));
const ID: ApplicationId = ApplicationId(Uuid::from_u128(2));

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn frame() -> Frame {
    let release = Published { number: 3, at: at("2022-03-01T00:00:00Z"), is_acknowledged: true };
    Frame {
        exception: ExceptionId(Uuid::from_u128(3)),
        now: at("2022-03-05T00:00:00Z"),
        release: Some(release),
    }
}

fn joined(
    status: Option<ApplicationStatus>,
    place: Option<PlaceState>,
    line: Option<ReleaseLineState>,
    agency: Option<AgencyStatus>,
) -> Joined {
    Joined {
        application: ID,
        body: BODY,
        case: status.map(|status| Case { application: ID, body: BODY, status }),
        held: place.map(|state| Held { application: ID, body: BODY, place: 7, state }),
        line: line.map(|state| Line { application: ID, body: BODY, place: 7, state }),
        agency: agency.map(|status| AtAgency {
            application: ID,
            body: BODY,
            status,
            at: at("2022-03-02T00:00:00Z"),
        }),
    }
}

#[test]
fn what_agrees_and_what_does_not() {
    use AgencyStatus as Agency;
    use ApplicationStatus::{Confirmed, Lapsed, Nominated, Revoked, Superseded, Withdrawn};
    use DiscrepancyKind::{
        MissingAtAgency, NominationWithoutPlace, NotOnRelease, PlaceWithoutNomination, RemovedLineActedOn,
        StatusDiffers,
    };
    use PlaceState::{Consumed, Listed as OnList, Reserved, Returning};
    use ReleaseLineState::{Listed, Removed, Suspended};
    let none: &[DiscrepancyKind] = &[];
    let table = [
        // As it should be, on its way from a place to a visa.
        (Nominated, Some(Reserved), None, None, none),
        (Nominated, Some(OnList), Some(Listed), Some(Agency::Acknowledged), none),
        (Nominated, Some(OnList), Some(Listed), Some(Agency::Invited), none),
        (Nominated, Some(OnList), Some(Suspended), Some(Agency::TravelRequested), none),
        (Nominated, Some(Consumed), Some(Listed), Some(Agency::VisaGranted), none),
        (Nominated, Some(Returning), Some(Listed), Some(Agency::VisaDeclined), none),
        (Nominated, Some(Returning), Some(Suspended), Some(Agency::InvitationExpired), none),
        // Taken back, until the next release has said so.
        (Withdrawn, Some(Returning), Some(Listed), Some(Agency::Invited), none),
        (Revoked, Some(Returning), Some(Suspended), Some(Agency::Sent), none),
        (Revoked, None, Some(Suspended), Some(Agency::Acknowledged), none),
        (Revoked, None, Some(Removed), Some(Agency::Acknowledged), none),
        (Superseded, None, Some(Listed), Some(Agency::Sent), none),
        (Lapsed, None, Some(Listed), Some(Agency::VisaDeclined), none),
        // The ledger against the caseload.
        (Confirmed, Some(Reserved), None, None, &[PlaceWithoutNomination]),
        (Withdrawn, Some(OnList), Some(Listed), Some(Agency::Sent), &[PlaceWithoutNomination]),
        (Lapsed, Some(Returning), Some(Listed), Some(Agency::VisaDeclined), &[PlaceWithoutNomination]),
        (Nominated, None, None, None, &[NominationWithoutPlace]),
        (Nominated, None, Some(Listed), Some(Agency::Acknowledged), &[NominationWithoutPlace]),
        // The release against the ledger.
        (Nominated, Some(OnList), None, Some(Agency::Acknowledged), &[NotOnRelease]),
        (Nominated, Some(OnList), Some(Removed), Some(Agency::Invited), &[NotOnRelease]),
        (Nominated, Some(Reserved), Some(Listed), None, &[NotOnRelease]),
        // The agency against the ledger.
        (Nominated, Some(OnList), Some(Listed), None, &[StatusDiffers]),
        (Nominated, Some(OnList), Some(Listed), Some(Agency::VisaGranted), &[StatusDiffers]),
        (Nominated, Some(OnList), Some(Listed), Some(Agency::VisaDeclined), &[StatusDiffers]),
        (Nominated, Some(Consumed), Some(Listed), Some(Agency::Invited), &[StatusDiffers]),
        (Nominated, Some(Returning), Some(Listed), Some(Agency::Invited), &[StatusDiffers]),
        (Nominated, Some(Reserved), None, Some(Agency::Sent), &[StatusDiffers]),
        (Withdrawn, None, Some(Removed), Some(Agency::VisaGranted), &[RemovedLineActedOn]),
        (Revoked, Some(Returning), Some(Listed), Some(Agency::Arrived), &[RemovedLineActedOn]),
        // The release was acknowledged, and this line of it was not.
        (Nominated, Some(OnList), Some(Listed), Some(Agency::Sent), &[MissingAtAgency]),
    ];
    for (status, place, line, agency, expected) in table {
        let one = joined(Some(status), place, line, agency);
        let found: Vec<_> = frame().judge(&one).iter().map(|finding| finding.kind).collect();
        assert_eq!(found, expected, "{status:?} {place:?} {line:?} {agency:?}");
    }
}

#[test]
fn another_place_on_the_release_does_not_agree() {
    let mut one = joined(
        Some(ApplicationStatus::Nominated),
        Some(PlaceState::Listed),
        Some(ReleaseLineState::Listed),
        Some(AgencyStatus::Acknowledged),
    );
    if let Some(line) = &mut one.line {
        line.place = 8;
    }
    let found = frame().judge(&one);
    assert_eq!(found[0].kind, DiscrepancyKind::NotOnRelease);
    assert_eq!(found[0].values.ours.as_deref(), Some("LISTED, place 7"));
    assert_eq!(found[0].values.theirs.as_deref(), Some("LISTED, place 8"));
}

#[test]
fn silence_is_told_after_its_days_and_so_is_a_release_without_acknowledgement() {
    let one = joined(
        Some(ApplicationStatus::Nominated),
        Some(PlaceState::Listed),
        Some(ReleaseLineState::Listed),
        Some(AgencyStatus::Acknowledged),
    );
    for (now, is_silent) in [("2022-03-30T00:00:00Z", false), ("2022-03-30T00:00:01Z", true)] {
        let frame = Frame { now: at(now), ..frame() };
        assert_eq!(!frame.judge(&one).is_empty(), is_silent, "{now}");
    }
    let release = Published { is_acknowledged: false, ..frame().release.expect("a release") };
    for (now, is_late) in [("2022-03-08T00:00:00Z", false), ("2022-03-08T00:00:01Z", true)] {
        let late = Frame { now: at(now), release: Some(release), ..frame() };
        assert_eq!(late.release_finding().is_some(), is_late, "{now}");
        assert_eq!(Frame { release: None, ..late }.release_finding(), None);
        assert_eq!(Frame { now: at(now), ..frame() }.release_finding(), None);
    }
}

#[test]
fn figures_are_the_same_where_all_is_out_and_agrees() {
    let mut tally = Tally::default();
    let out = joined(
        Some(ApplicationStatus::Nominated),
        Some(PlaceState::Listed),
        Some(ReleaseLineState::Listed),
        Some(AgencyStatus::Invited),
    );
    let waiting = joined(Some(ApplicationStatus::Nominated), Some(PlaceState::Reserved), None, None);
    let taken_back = joined(
        Some(ApplicationStatus::Revoked),
        Some(PlaceState::Returning),
        Some(ReleaseLineState::Listed),
        Some(AgencyStatus::Invited),
    );
    for (one, figures) in [(out, [1, 1, 1, 1]), (waiting, [2, 2, 1, 1]), (taken_back, [2, 2, 1, 1])] {
        tally.count(&one, frame().judge(&one).is_empty());
        let Figures { caseload, ledger, released, agency } = tally.figures[&BODY];
        assert_eq!([caseload, ledger, released, agency], figures);
    }
    assert_eq!((tally.checked, tally.matched), (3, 3));
}
