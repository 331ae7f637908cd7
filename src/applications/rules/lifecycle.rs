//! The one rule that says who may do which act when.

use chrono::{DateTime, Utc};
use entity::{ApplicationStatus, PersonId, PlaceState};

use super::acts::{Action, Duty, Law, Whose};
use super::advice::{may_agree, may_agree_to_decline};
use super::case::{Case, Hand, Standing};
use super::flags::is_with_the_employer;
use super::refusal::Refusal;

/// Everything that the viewer may do now.
#[must_use]
pub fn available(hand: Hand, case: &Case, now: DateTime<Utc>) -> Vec<Action> {
    Action::all().filter(|action| may(*action, hand, case, now).is_ok()).collect()
}

/// Whether the viewer may do `action` now: by role, by whether anything is left of the people, by where the application
/// stands, by the clock, by the separation of duties, and by what else is on record, in this order.
///
/// # Errors
/// The first reason against it.
pub fn may(action: Action, hand: Hand, case: &Case, now: DateTime<Utc>) -> Result<(), Refusal> {
    let law = action.law();
    let person = by_role(law, hand)?;
    if case.is_purged {
        return Err(Refusal::Purged);
    }
    by_status(law, case.status)?;
    by_time(action, case, now)?;
    if let Some(person) = person {
        by_duty(law, person, case)?;
    }
    by_record(action, person, case)
}

/// Checks the role; answers with the person where the act is a body's.
fn by_role(law: &Law, hand: Hand) -> Result<Option<PersonId>, Refusal> {
    let (allowed, hint) = match law.whose {
        Whose::Employer => (hand == Hand::Employer, "It is the employer's to do."),
        Whose::Assessors => {
            (matches!(hand, Hand::Assessor(_) | Hand::Lead(_)), "It is the body's assessors' to do.")
        }
        Whose::Leads => (matches!(hand, Hand::Lead(_)), "It is the body's leads' to do."),
    };
    if allowed { Ok(hand.person()) } else { Err(Refusal::NotPermitted { hint }) }
}

fn by_status(law: &Law, status: ApplicationStatus) -> Result<(), Refusal> {
    if law.from.contains(&status) {
        return Ok(());
    }
    if law.action == Action::Recommend && status == ApplicationStatus::InformationRequested {
        return Err(Refusal::OpenQuestion);
    }
    Err(Refusal::WrongStatus { status, hint: law.hint })
}

/// The window binds what the employer writes and hands in, unless it goes on with a nomination that stands.
fn by_time(action: Action, case: &Case, now: DateTime<Utc>) -> Result<(), Refusal> {
    let goes_on = case.replaces.as_ref().is_some_and(Standing::is_nominated);
    match action {
        Action::Submit if !goes_on => Ok(case.window.may_lodge(now)?),
        Action::Update | Action::AddEvidence | Action::RemoveEvidence
            if is_with_the_employer(case.status) && !goes_on =>
        {
            Ok(case.window.may_draft(now)?)
        }
        Action::Confirm if case.giving_is_over => Err(Refusal::DeadlinePassed),
        Action::Reconsider if case.reconsidered_until.is_none_or(|end| end <= now) => {
            Err(Refusal::ReconsiderationOver)
        }
        Action::Update
        | Action::AddEvidence
        | Action::RemoveEvidence
        | Action::Submit
        | Action::Withdraw
        | Action::ReplaceWorker
        | Action::Answer
        | Action::Take
        | Action::Assign
        | Action::DeclareConflict
        | Action::Assess
        | Action::VerifyEvidence
        | Action::RequestInformation
        | Action::CancelInformationRequest
        | Action::Recommend
        | Action::Confirm
        | Action::Decline
        | Action::SendBack
        | Action::Return
        | Action::Reconsider
        | Action::Hold
        | Action::ReleaseHold
        | Action::Revoke
        | Action::Amend
        | Action::ConfirmAmendment => Ok(()),
    }
}

/// The separation of duties: nobody judges with a conflict, in two rounds, or twice in one.
fn by_duty(law: &Law, person: PersonId, case: &Case) -> Result<(), Refusal> {
    if law.duty == Duty::None {
        return Ok(());
    }
    if case.viewer_has_conflict {
        return Err(Refusal::ConflictOfInterest);
    }
    if law.duty == Duty::Unbiased {
        return Ok(());
    }
    let who = match law.whose {
        Whose::Leads => "a lead",
        Whose::Assessors | Whose::Employer => "an assessor",
    };
    if case.took_part_before.contains(&person) {
        return Err(Refusal::EarlierRound { who });
    }
    match law.duty {
        Duty::TurnsBack => is_not_the_adviser(person, case, who),
        Duty::Decides => decides(person, case, who),
        Duty::BeginsRound if case.took_part_now.contains(&person) => Err(Refusal::EarlierRound { who }),
        Duty::None | Duty::Unbiased | Duty::Assesses | Duty::BeginsRound => Ok(()),
    }
}

fn is_not_the_adviser(person: PersonId, case: &Case, who: &'static str) -> Result<(), Refusal> {
    if case.advice.as_ref().is_some_and(|advice| advice.by == person) {
        return Err(Refusal::SamePerson { did: "advised", who });
    }
    Ok(())
}

fn decides(person: PersonId, case: &Case, who: &'static str) -> Result<(), Refusal> {
    is_not_the_adviser(person, case, who)?;
    if case.advice.as_ref().is_some_and(|advice| advice.rests_on_conflict) {
        return Err(Refusal::RestsOnConflict);
    }
    if case.assessed_by.contains(&person) {
        return Err(Refusal::SamePerson {
            did: "assessed a criterion, looked at the evidence or advised",
            who,
        });
    }
    Ok(())
}

/// What else is on record: the advice, the hold, the amendment, the place, and what the agency has done on it.
fn by_record(action: Action, person: Option<PersonId>, case: &Case) -> Result<(), Refusal> {
    let wrong = |hint| Err(Refusal::WrongStatus { status: case.status, hint });
    let advised = case.advice.as_ref().map(|advice| advice.outcome);
    match action {
        Action::Confirm => {
            advised.map_or(Ok(()), may_agree)?;
            if case.on_hold && case.replaces.is_some_and(|old| old.is_nominated()) {
                // It would take the nomination's place over at once, and nothing on hold comes to a place.
                return wrong("It is on hold: release the hold first.");
            }
            case.replaces.as_ref().filter(|old| old.is_nominated()).map_or(Ok(()), may_pass_on)
        }
        Action::Decline => advised.map_or(Ok(()), may_agree_to_decline),
        Action::Reconsider if case.replaces.is_some_and(|old| old.has_successor) => {
            Err(Refusal::ReplacementOpen)
        }
        Action::Reconsider if case.changed_since_return => Err(Refusal::ChangedSinceReturn),
        Action::Take if case.in_hands => wrong("Somebody has it in hand already; a lead may assign it."),
        Action::Hold if case.on_hold => wrong("It is on hold already."),
        Action::ReleaseHold if !case.on_hold => wrong("It is not on hold."),
        Action::Withdraw | Action::Revoke | Action::Amend if case.standing.visa_is_granted() => {
            Err(Refusal::VisaGranted)
        }
        Action::ReplaceWorker => may_replace(&case.standing),
        Action::Amend if case.standing.amendment_by.is_some() => {
            wrong("A correction waits for a second person already: it has to be decided first.")
        }
        Action::ConfirmAmendment => match case.standing.amendment_by {
            None => wrong("No correction waits for a second person."),
            Some(by) if Some(by) == person => Err(Refusal::OwnCorrection),
            Some(_) => Ok(()),
        },
        Action::Update
        | Action::AddEvidence
        | Action::RemoveEvidence
        | Action::Submit
        | Action::Withdraw
        | Action::Answer
        | Action::Take
        | Action::Assign
        | Action::DeclareConflict
        | Action::Assess
        | Action::VerifyEvidence
        | Action::RequestInformation
        | Action::CancelInformationRequest
        | Action::Recommend
        | Action::SendBack
        | Action::Return
        | Action::Reconsider
        | Action::Hold
        | Action::ReleaseHold
        | Action::Revoke
        | Action::Amend => Ok(()),
    }
}

/// Whether a nomination's place may pass to another worker.
fn may_replace(standing: &Standing) -> Result<(), Refusal> {
    may_pass_on(standing)?;
    if standing.has_successor {
        return Err(Refusal::ReplacementOpen);
    }
    if matches!(standing.place, Some(PlaceState::Reserved | PlaceState::Listed)) {
        return Ok(());
    }
    let hint = "Its place is on its way back, so nothing can be passed on: begin another application.";
    Err(Refusal::WrongStatus { status: ApplicationStatus::Nominated, hint })
}

/// Whether the agency has gone no further than that the place may pass to another worker.
///
/// # Errors
/// `VISA_GRANTED`, `INVITATION_ISSUED`.
pub fn may_pass_on(standing: &Standing) -> Result<(), Refusal> {
    if standing.visa_is_granted() {
        return Err(Refusal::VisaGranted);
    }
    if standing.invitation_was_issued() { Err(Refusal::InvitationIssued) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use entity::RecommendationOutcome;

    use super::super::case::AdviceGiven;
    use super::*;
    use crate::error::UserErrorCode;
    use crate::exceptions::rules::Window;

    const ANN: PersonId = PersonId(uuid::Uuid::from_u128(1));
    const BEN: PersonId = PersonId(uuid::Uuid::from_u128(2));

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn case(status: ApplicationStatus) -> Case {
        Case {
            status,
            window: Window {
                opens_at: at("2022-02-14T00:00:00Z"),
                closes_at: Some(at("2022-07-31T12:00:00Z")),
                paused: false,
            },
            giving_is_over: false,
            is_purged: false,
            viewer_has_conflict: false,
            advice: None,
            assessed_by: vec![],
            took_part_before: vec![],
            took_part_now: vec![],
            in_hands: false,
            on_hold: false,
            reconsidered_until: None,
            changed_since_return: false,
            standing: Standing::new(status),
            replaces: None,
        }
    }

    fn code(action: Action, hand: Hand, case: &Case, now: &str) -> Result<(), UserErrorCode> {
        may(action, hand, case, at(now)).map_err(|refusal| refusal.code())
    }

    const OPEN: &str = "2022-03-01T00:00:00Z";

    #[test]
    fn the_window_is_open_from_its_first_instant_and_closed_at_its_end() {
        let draft = case(ApplicationStatus::Draft);
        for (now, update, submit) in [
            ("2022-02-13T23:59:59Z", Ok(()), Err(UserErrorCode::TooEarly)),
            ("2022-02-14T00:00:00Z", Ok(()), Ok(())),
            ("2022-07-31T11:59:59Z", Ok(()), Ok(())),
            ("2022-07-31T12:00:00Z", Err(UserErrorCode::WindowClosed), Err(UserErrorCode::WindowClosed)),
        ] {
            assert_eq!(code(Action::Update, Hand::Employer, &draft, now), update, "{now}");
            assert_eq!(code(Action::Submit, Hand::Employer, &draft, now), submit, "{now}");
        }
        let mut paused = draft;
        paused.window.paused = true;
        assert_eq!(code(Action::Update, Hand::Employer, &paused, OPEN), Err(UserErrorCode::WindowClosed));
        assert_eq!(code(Action::Submit, Hand::Employer, &paused, OPEN), Err(UserErrorCode::WindowClosed));
    }

    #[test]
    fn assessment_goes_on_after_the_window_and_confirming_ends_with_the_giving() {
        let mut recommended = case(ApplicationStatus::Recommended);
        let late = "2022-09-01T00:00:00Z";
        assert_eq!(
            code(Action::Assess, Hand::Assessor(ANN), &case(ApplicationStatus::InAssessment), late),
            Ok(())
        );
        assert_eq!(code(Action::Confirm, Hand::Lead(BEN), &recommended, late), Ok(()));
        recommended.giving_is_over = true;
        assert_eq!(
            code(Action::Confirm, Hand::Lead(BEN), &recommended, late),
            Err(UserErrorCode::DeadlinePassed)
        );
    }

    #[test]
    fn who_advised_or_assessed_does_not_confirm_whatever_the_role() {
        let mut recommended = case(ApplicationStatus::Recommended);
        let outcome = RecommendationOutcome::Endorse;
        recommended.advice = Some(AdviceGiven { by: ANN, outcome, rests_on_conflict: false });
        assert_eq!(
            code(Action::Confirm, Hand::Lead(ANN), &recommended, OPEN),
            Err(UserErrorCode::SamePerson)
        );
        assert_eq!(code(Action::Confirm, Hand::Lead(BEN), &recommended, OPEN), Ok(()));
        recommended.assessed_by = vec![ANN, BEN];
        assert_eq!(
            code(Action::Confirm, Hand::Lead(BEN), &recommended, OPEN),
            Err(UserErrorCode::SamePerson)
        );
        recommended.assessed_by = vec![];
        recommended.took_part_before = vec![BEN];
        assert_eq!(
            code(Action::Confirm, Hand::Lead(BEN), &recommended, OPEN),
            Err(UserErrorCode::SamePerson)
        );
    }

    #[test]
    fn a_declared_conflict_stops_every_judgement_of_the_viewer_and_of_the_adviser() {
        let judgements = [
            (Action::Take, ApplicationStatus::Submitted),
            (Action::Assess, ApplicationStatus::InAssessment),
            (Action::VerifyEvidence, ApplicationStatus::InAssessment),
            (Action::Recommend, ApplicationStatus::InAssessment),
            (Action::Confirm, ApplicationStatus::Recommended),
        ];
        for (action, status) in judgements {
            let mut conflicted = case(status);
            assert_eq!(code(action, Hand::Lead(ANN), &conflicted, OPEN), Ok(()), "{action:?}");
            conflicted.viewer_has_conflict = true;
            let refused = Err(UserErrorCode::ConflictOfInterest);
            assert_eq!(code(action, Hand::Lead(ANN), &conflicted, OPEN), refused, "{action:?}");
        }
        let mut recommended = case(ApplicationStatus::Recommended);
        let outcome = RecommendationOutcome::Endorse;
        recommended.advice = Some(AdviceGiven { by: ANN, outcome, rests_on_conflict: true });
        let refused = Err(UserErrorCode::ConflictOfInterest);
        assert_eq!(code(Action::Confirm, Hand::Lead(BEN), &recommended, OPEN), refused);
    }

    #[test]
    fn nobody_does_anything_once_the_case_has_ended() {
        use ApplicationStatus as Status;
        for status in
            [Status::Declined, Status::Withdrawn, Status::Revoked, Status::Lapsed, Status::Superseded]
        {
            for hand in [Hand::Employer, Hand::Assessor(ANN), Hand::Lead(ANN), Hand::Onlooker] {
                assert_eq!(available(hand, &case(status), at(OPEN)), [], "{status:?} {hand:?}");
            }
        }
    }

    #[test]
    fn nobody_does_anything_to_what_was_purged() {
        for status in ApplicationStatus::all() {
            let purged = Case { is_purged: true, ..case(status) };
            for hand in [Hand::Employer, Hand::Assessor(ANN), Hand::Lead(ANN), Hand::Onlooker] {
                assert_eq!(available(hand, &purged, at(OPEN)), [], "{status:?} {hand:?}");
            }
        }
        let purged = Case { is_purged: true, ..case(ApplicationStatus::Submitted) };
        assert_eq!(may(Action::Take, Hand::Lead(ANN), &purged, at(OPEN)), Err(Refusal::Purged));
    }

    #[test]
    fn an_onlooker_never_acts() {
        for status in ApplicationStatus::all() {
            assert_eq!(available(Hand::Onlooker, &case(status), at(OPEN)), []);
        }
    }
}
