use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::clock::day_in_new_zealand;

const NOW: &str = "2022-06-01T00:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn said(status: AgencyStatus, at_text: &str) -> Said {
    Said {
        status,
        at: at(at_text),
        agency_reference: None,
        reason: None,
        expires_on: None,
        correction: false,
    }
}

fn details(number: u128) -> Details {
    Details {
        date_of_birth: NaiveDate::from_ymd_opt(1990, 6, 1),
        passport: Some(Passport { fingerprint: format!("fp{number}"), hint: "001".into() }),
        employer_nzbn: Some("9429900000018".into()),
        occupation_code: Some("261313".into()),
    }
}

fn case(number: u128) -> Case {
    Case {
        application: ApplicationId(Uuid::from_u128(number)),
        body: BodyId(Uuid::from_u128(100)),
        is_nominated: true,
        place: Some(PlaceState::Listed),
        line: Some(ReleaseLineState::Listed),
        stands: said(AgencyStatus::Acknowledged, "2022-05-20T00:00:00Z"),
        hold_until: None,
        details: details(number),
        released: None,
        before: HashSet::new(),
    }
}

fn ground(cases: impl IntoIterator<Item = (u128, Case)>) -> Ground {
    let cases: HashMap<String, Case> =
        cases.into_iter().map(|(number, case)| (format!("NZT-{number}"), case)).collect();
    let document =
        |case: &Case| Some((case.details.passport.as_ref()?.fingerprint.clone(), case.application));
    Ground {
        documents: cases.values().filter_map(document).collect(),
        cases,
        now: at(NOW),
        returning_days: 28,
    }
}

fn told(number: u128, said: Said) -> Told {
    Told { reference: format!("NZT-{number}"), said, details: Details::default() }
}

fn fates(lines: &[Told], ground: &mut Ground) -> Vec<OutcomeFate> {
    fold(lines, ground).into_iter().map(|outcome| outcome.fate).collect()
}

#[test]
fn steps_lead_forwards_refusals_end_and_a_new_request_begins_again() {
    use AgencyStatus as S;
    for (from, to, expected) in [
        (S::Sent, S::TravelRequested, true),
        (S::Acknowledged, S::VisaGranted, true),
        (S::TravelRequested, S::TravelDeclined, true),
        (S::TravelApproved, S::TravelDeclined, false),
        (S::TravelApproved, S::TravelWithdrawn, true),
        (S::Invited, S::InvitationExpired, true),
        (S::VisaApplied, S::InvitationExpired, false),
        (S::Invited, S::Invited, true),
        (S::VisaApplied, S::VisaDeclined, true),
        (S::VisaApplied, S::VisaApplied, false),
        (S::VisaGranted, S::VisaDeclined, false),
        (S::VisaGranted, S::Arrived, true),
        (S::VisaApplied, S::Invited, false),
        (S::VisaDeclined, S::TravelRequested, true),
        (S::VisaDeclined, S::TravelApproved, false),
        (S::VisaDeclined, S::TravelDeclined, false),
        (S::Arrived, S::TravelRequested, false),
    ] {
        assert_eq!(follows(from, to), expected, "{from:?} to {to:?}");
    }
    for status in S::all() {
        assert!(!follows(status, S::Sent) && !follows(status, S::NotSent), "{status:?}");
    }
}

#[test]
fn a_place_rests_to_the_end_of_its_last_day_in_new_zealand() {
    let until = |text| holds_back_until(AgencyStatus::VisaDeclined, at(text), 28);
    assert_eq!(until("2022-05-02T00:00:00Z"), Some(at("2022-05-30T12:00:00Z")));
    assert_eq!(until("2022-05-02T12:00:00Z"), Some(at("2022-05-31T12:00:00Z")));
    assert_eq!(holds_back_until(AgencyStatus::Invited, at(NOW), 28), None);
    assert_eq!(
        holds_back_until(AgencyStatus::VisaDeclined, at(NOW), 0).map(day_in_new_zealand),
        NaiveDate::from_ymd_opt(2022, 6, 2)
    );
}

#[test]
fn lines_of_one_case_are_held_against_it_in_the_order_of_what_happened() {
    use AgencyStatus as S;
    let mut ground = ground([(1, case(1))]);
    let day = "2022-05-30T12:00:00Z";
    let lines = [
        told(1, said(S::VisaApplied, day)),
        told(1, said(S::TravelRequested, day)),
        told(1, said(S::TravelApproved, "2022-05-29T12:00:00Z")),
        told(1, said(S::Invited, day)),
    ];
    // Travel was approved before it was requested: the request comes too late to be one.
    let outcomes = fold(&lines, &mut ground);
    assert_eq!(outcomes[1].wrong, [Wrong::Illegal { from: S::TravelApproved }]);
    assert_eq!(ground.cases["NZT-1"].stands.status, S::VisaApplied);
}

#[test]
fn each_fault_is_told_for_what_it_is() {
    use AgencyStatus as S;
    let mut removed = case(2);
    removed.line = None;
    (removed.is_nominated, removed.place) = (false, None);
    let mut invited = case(3);
    invited.stands = said(S::Invited, "2022-05-25T00:00:00Z");
    let mut ground = ground([(1, case(1)), (2, removed), (3, invited), (4, case(4))]);
    let request = || said(S::TravelRequested, "2022-05-30T00:00:00Z");
    let with = |number, change: fn(&mut Details)| {
        let mut line = told(number, request());
        line.details = details(number);
        change(&mut line.details);
        line
    };
    let lines = [
        told(9, request()),
        told(1, request()),
        told(1, request()),
        told(2, request()),
        told(3, request()),
        told(3, said(S::TravelRequested, "2022-05-24T00:00:00Z")),
        with(4, |details| details.passport = Some(Passport { fingerprint: "fp1".into(), hint: "1".into() })),
        with(4, |details| {
            details.passport = Some(Passport { fingerprint: "other".into(), hint: "9".into() });
        }),
        with(4, |details| details.date_of_birth = None),
        told(4, said(S::Invited, "2022-06-01T00:05:01Z")),
    ];
    let outcomes = fold(&lines, &mut ground);
    let wrong: Vec<_> = outcomes.iter().map(|outcome| outcome.wrong.as_slice()).collect();
    assert_eq!(wrong[0], [Wrong::UnknownReference]);
    assert_eq!((wrong[1], wrong[2]), (&[][..], &[Wrong::DuplicateLine][..]));
    assert_eq!(wrong[3], [Wrong::RemovedLine]);
    assert_eq!(wrong[4], [Wrong::Illegal { from: S::Invited }]);
    assert_eq!(outcomes[5].fate, OutcomeFate::Late);
    assert_eq!(wrong[6], [Wrong::UnknownReference]);
    let hints = Wrong::Differs(Field::Passport, Some("001".into()), Some("9".into()));
    // The sixth, seventh and eighth line say the same of one case: only the first of them is no repetition.
    assert!(wrong[7] == [Wrong::DuplicateLine] && wrong[8] == [Wrong::DuplicateLine], "{hints:?}");
    assert_eq!(wrong[9], [Wrong::Ahead { at: lines[9].said.at }]);
    let mut anew = super::tests::ground([(4, case(4))]);
    assert_eq!(fold(&lines[7..8], &mut anew)[0].wrong, [hints]);
}

#[test]
fn refusals_give_back_a_request_keeps_and_a_grant_uses_up() {
    use AgencyStatus as S;
    let mut ground = ground([(1, case(1))]);
    for (status, at_text, place, is_held) in [
        (S::TravelDeclined, "2022-05-21T00:00:00Z", PlaceState::Returning, true),
        (S::TravelRequested, "2022-05-22T00:00:00Z", PlaceState::Listed, false),
        (S::VisaDeclined, "2022-05-23T00:00:00Z", PlaceState::Returning, true),
        (S::TravelRequested, "2022-05-24T00:00:00Z", PlaceState::Listed, false),
        (S::VisaGranted, "2022-05-25T00:00:00Z", PlaceState::Consumed, false),
    ] {
        assert_eq!(fates(&[told(1, said(status, at_text))], &mut ground), [OutcomeFate::Applied]);
        let case = &ground.cases["NZT-1"];
        assert_eq!((case.place, case.hold_until.is_some()), (Some(place), is_held), "{status:?}");
    }
    // A wrong grant is taken back, even by a line that is dated earlier.
    let mut line = told(1, said(S::VisaDeclined, "2022-05-24T12:00:00Z"));
    assert_eq!(fates(std::slice::from_ref(&line), &mut ground), [OutcomeFate::Late]);
    line.said.correction = true;
    assert_eq!(fates(std::slice::from_ref(&line), &mut ground), [OutcomeFate::Applied]);
    assert_eq!(fates(std::slice::from_ref(&line), &mut ground), [OutcomeFate::Repeated]);
    assert_eq!(ground.cases["NZT-1"].place, Some(PlaceState::Returning));
    let mut line = told(1, said(S::Sent, "2022-05-26T00:00:00Z"));
    line.said.correction = true;
    assert_eq!(fates(&[line], &mut ground), [OutcomeFate::Disputed]);
}

fn any_line() -> impl Strategy<Value = Told> {
    let status = prop::sample::select(AgencyStatus::all());
    (1_u128..6, status, 0_i64..12, any::<bool>(), 0..12_u8).prop_map(
        |(number, status, day, correction, odd)| {
            let mut line = told(number, said(status, "2022-05-22T00:00:00Z"));
            line.said.at += TimeDelta::days(day);
            line.said.correction = correction;
            match odd {
                0 => line.details.date_of_birth = NaiveDate::from_ymd_opt(1980, 1, 1),
                1 => line.details.passport = details(1).passport,
                2 => line.details.occupation_code = Some("135112".into()),
                _ => line.details = details(number),
            }
            line
        },
    )
}

proptest! {
    #[test]
    fn every_line_ends_in_one_place_and_the_same_message_again_changes_nothing(
        lines in prop::collection::vec(any_line(), 1..40), ended in any::<bool>(),
    ) {
        let mut other = case(2);
        if ended {
            (other.is_nominated, other.place) = (false, Some(PlaceState::Returning));
            other.line = Some(ReleaseLineState::Suspended);
        }
        let mut ground = ground([(1, case(1)), (2, other), (3, case(3)), (4, case(4))]);
        let outcomes = fold(&lines, &mut ground);
        prop_assert_eq!(outcomes.len(), lines.len());
        for (line, outcome) in lines.iter().zip(&outcomes) {
            prop_assert_eq!(outcome.wrong.is_empty(), outcome.fate != OutcomeFate::Disputed);
            prop_assert_eq!(outcome.about.is_some(), ground.cases.contains_key(&line.reference));
        }
        for case in ground.cases.values().filter(|case| case.is_nominated) {
            prop_assert_eq!(case.place, Some(place_for(case.stands.status)));
            prop_assert_eq!(case.hold_until.is_some(), is_refusal(case.stands.status));
        }
        // Whatever stood or joined the history is known the second time, and moves nothing.
        let after = ground.cases.clone();
        let fitting: Vec<Told> = lines
            .iter()
            .zip(&outcomes)
            .filter(|(_, outcome)| outcome.fate != OutcomeFate::Disputed)
            .map(|(line, _)| line.clone())
            .collect();
        let again = fates(&fitting, &mut ground);
        prop_assert!(again.iter().all(|fate| *fate == OutcomeFate::Repeated), "{:?}", again);
        prop_assert_eq!(ground.cases, after);
    }
}

#[test]
fn going_on_with_what_has_ended_is_told_however_the_details_are_spelt() {
    let mut ground = ground([(1, Case { is_nominated: false, ..case(1) })]);
    let mut line = told(1, said(AgencyStatus::VisaGranted, NOW));
    line.details.date_of_birth = NaiveDate::from_ymd_opt(1950, 1, 1);
    let outcomes = fold(&[line], &mut ground);
    assert!(matches!(outcomes[0].wrong[..], [Wrong::RemovedLine, Wrong::Differs(..)]), "{outcomes:?}");
}
