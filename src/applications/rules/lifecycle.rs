//! The acts on an application, and the one rule that says who may do which when.

use chrono::{DateTime, Utc};
use entity::{ApplicationStatus, PersonId};

use super::advice::may_agree;
use super::case::{Case, Hand};
use super::flags::is_with_the_employer;
use super::refusal::Refusal;

/// An act on an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is described where the public schema lists it")]
pub enum Action {
    Update,
    AddEvidence,
    RemoveEvidence,
    Submit,
    Take,
    Assign,
    DeclareConflict,
    Assess,
    VerifyEvidence,
    Recommend,
    Confirm,
}

const IN_HANDS: &str = "Only what waits for an assessor can be taken.";

impl Action {
    /// Every act, in the order of a case's life.
    pub const ALL: [Self; 11] = [
        Self::Update,
        Self::AddEvidence,
        Self::RemoveEvidence,
        Self::Submit,
        Self::Take,
        Self::Assign,
        Self::DeclareConflict,
        Self::Assess,
        Self::VerifyEvidence,
        Self::Recommend,
        Self::Confirm,
    ];
}

/// Everything that the viewer may do now.
#[must_use]
pub fn available(hand: Hand, case: &Case, now: DateTime<Utc>) -> Vec<Action> {
    Action::ALL.into_iter().filter(|action| may(*action, hand, case, now).is_ok()).collect()
}

/// Whether the viewer may do `action` now: by role, by where the application stands, by the window, by the
/// separation of duties, and by the advice, in this order.
///
/// # Errors
/// The first reason against it.
pub fn may(action: Action, hand: Hand, case: &Case, now: DateTime<Utc>) -> Result<(), Refusal> {
    let person = by_role(action, hand)?;
    by_status(action, case.status)?;
    by_time(action, case, now)?;
    if let Some(person) = person {
        by_duty(action, person, case)?;
    }
    match (action, &case.advice) {
        (Action::Take, _) if case.in_hands => {
            Err(Refusal::WrongStatus { status: case.status, hint: IN_HANDS })
        }
        (Action::Confirm, Some(advice)) => may_agree(advice.outcome),
        (_, _) => Ok(()),
    }
}

/// Checks the role; answers with the person where the act is a body's.
fn by_role(action: Action, hand: Hand) -> Result<Option<PersonId>, Refusal> {
    match action {
        Action::Update | Action::AddEvidence | Action::RemoveEvidence | Action::Submit => match hand {
            Hand::Employer => Ok(None),
            Hand::Assessor(_) | Hand::Lead(_) | Hand::Onlooker => {
                Err(Refusal::NotPermitted { hint: "It is the employer's to do." })
            }
        },
        Action::Take
        | Action::DeclareConflict
        | Action::Assess
        | Action::VerifyEvidence
        | Action::Recommend => match hand {
            Hand::Assessor(person) | Hand::Lead(person) => Ok(Some(person)),
            Hand::Employer | Hand::Onlooker => {
                Err(Refusal::NotPermitted { hint: "It is the body's assessors' to do." })
            }
        },
        Action::Assign | Action::Confirm => match hand {
            Hand::Lead(person) => Ok(Some(person)),
            Hand::Assessor(_) | Hand::Employer | Hand::Onlooker => {
                Err(Refusal::NotPermitted { hint: "It is the body's leads' to do." })
            }
        },
    }
}

fn by_status(action: Action, status: ApplicationStatus) -> Result<(), Refusal> {
    use ApplicationStatus as Status;
    let (allowed, hint): (&[Status], _) = match action {
        Action::Update | Action::RemoveEvidence | Action::Submit => (
            &[Status::Draft, Status::Returned],
            "The body has it now; only a draft or a returned application can be changed.",
        ),
        Action::AddEvidence => (
            &[
                Status::Draft,
                Status::Returned,
                Status::Submitted,
                Status::InAssessment,
                Status::InformationRequested,
            ],
            "Evidence can be added until the assessor has advised.",
        ),
        Action::Take => (&[Status::Submitted, Status::InAssessment], IN_HANDS),
        Action::Assign => (
            &[Status::Submitted, Status::InAssessment, Status::InformationRequested],
            "It can be assigned from its submission until the assessor has advised.",
        ),
        Action::DeclareConflict => (
            &[
                Status::Submitted,
                Status::InAssessment,
                Status::InformationRequested,
                Status::Recommended,
                Status::Confirmed,
            ],
            "A conflict is declared on an open application of the employer.",
        ),
        Action::Assess => (
            &[Status::InAssessment, Status::InformationRequested],
            "Take it first; after the advice the findings stand.",
        ),
        Action::VerifyEvidence => (
            &[Status::Submitted, Status::InAssessment, Status::InformationRequested, Status::Recommended],
            "Evidence is looked at from the submission until the decision.",
        ),
        Action::Recommend => (&[Status::InAssessment], "Advice is given in assessment: take it first."),
        Action::Confirm => (&[Status::Recommended], "Only what an assessor has advised on can be confirmed."),
    };
    if allowed.contains(&status) { Ok(()) } else { Err(Refusal::WrongStatus { status, hint }) }
}

fn by_time(action: Action, case: &Case, now: DateTime<Utc>) -> Result<(), Refusal> {
    match action {
        Action::Update => Ok(case.window.may_draft(now)?),
        Action::Submit => Ok(case.window.may_lodge(now)?),
        Action::AddEvidence | Action::RemoveEvidence if is_with_the_employer(case.status) => {
            Ok(case.window.may_draft(now)?)
        }
        Action::Confirm if case.giving_is_over => Err(Refusal::DeadlinePassed),
        Action::AddEvidence
        | Action::RemoveEvidence
        | Action::Take
        | Action::Assign
        | Action::DeclareConflict
        | Action::Assess
        | Action::VerifyEvidence
        | Action::Recommend
        | Action::Confirm => Ok(()),
    }
}

/// The separation of duties: nobody acts with a conflict, in two rounds, or twice in one.
fn by_duty(action: Action, person: PersonId, case: &Case) -> Result<(), Refusal> {
    let (judges, who) = match action {
        Action::Take | Action::Assess | Action::VerifyEvidence | Action::Recommend => (true, "an assessor"),
        Action::Confirm => (true, "a lead"),
        Action::Assign
        | Action::DeclareConflict
        | Action::Update
        | Action::AddEvidence
        | Action::RemoveEvidence
        | Action::Submit => (false, ""),
    };
    if !judges {
        return Ok(());
    }
    if case.viewer_has_conflict {
        return Err(Refusal::ConflictOfInterest);
    }
    if case.took_part_before.contains(&person) {
        return Err(Refusal::EarlierRound { who });
    }
    if action != Action::Confirm {
        return Ok(());
    }
    if let Some(advice) = &case.advice {
        if advice.by == person {
            return Err(Refusal::SamePerson { did: "advised", who });
        }
        if advice.rests_on_conflict {
            return Err(Refusal::RestsOnConflict);
        }
    }
    if case.assessed_by.contains(&person) {
        return Err(Refusal::SamePerson { did: "assessed a criterion", who });
    }
    Ok(())
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
            viewer_has_conflict: false,
            advice: None,
            assessed_by: vec![],
            took_part_before: vec![],
            in_hands: false,
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
        for status in [
            Status::Declined,
            Status::Withdrawn,
            Status::Revoked,
            Status::Lapsed,
            Status::Superseded,
            Status::Nominated,
        ] {
            for hand in [Hand::Employer, Hand::Assessor(ANN), Hand::Lead(ANN), Hand::Onlooker] {
                assert_eq!(available(hand, &case(status), at(OPEN)), [], "{status:?} {hand:?}");
            }
        }
    }

    #[test]
    fn an_onlooker_never_acts() {
        for status in ApplicationStatus::all() {
            assert_eq!(available(Hand::Onlooker, &case(status), at(OPEN)), []);
        }
    }
}
