//! Findings, advice and decisions: who did what, and whether it bears what came of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{
    ApplicationStatus, AssessmentOutcome, DecisionOutcome, PersonId, RecommendationOutcome, assessment_round,
};

use super::{Facts, Report, Rule};
use crate::applications::rules::{Refusal, assessed, days_to_decision, may_advise, priority_band};

pub(super) fn examine(facts: &Facts<'_>, report: &mut Report) {
    two_people(facts, report);
    one_round(facts, report);
    no_conflict(facts, report);
    decisions(facts, report);
    status(facts, report);
    findings(facts, report);
}

fn two_people(facts: &Facts<'_>, report: &mut Report) {
    for round in facts.rounds {
        let Some(decider) = round.decided_by else { continue };
        let wrong = format!("round {} was advised and decided by one person", round.round);
        report.expect(decider != round.advised_by, Rule::TwoPeople, facts.name(), wrong);
        let assessed =
            facts.findings.iter().any(|one| one.round == round.round && one.assessor_id == decider);
        let wrong = format!("round {} was decided by somebody who assessed in it", round.round);
        report.expect(!assessed, Rule::TwoPeople, facts.name(), wrong);
    }
}

/// Everybody who took part in a round, by round.
fn took_part(facts: &Facts<'_>) -> BTreeSet<(PersonId, i32)> {
    let assessed = facts.findings.iter().map(|one| (one.assessor_id, one.round));
    let advised = facts.rounds.iter().map(|one| (one.advised_by, one.round));
    let decided = facts.rounds.iter().filter_map(|one| Some((one.decided_by?, one.round)));
    assessed.chain(advised).chain(decided).collect()
}

fn one_round(facts: &Facts<'_>, report: &mut Report) {
    let parts: Vec<_> = took_part(facts).into_iter().collect();
    for pair in parts.windows(2) {
        if let [(before, first), (person, second)] = pair
            && before == person
        {
            let wrong = format!("one person took part in rounds {first} and {second}");
            report.tell(Rule::OneRound, facts.name(), wrong);
        }
    }
}

/// A conflict counts from its declaration on; whoever judged before that judged in good faith. An adviser's stands
/// against the decision as well.
fn no_conflict(facts: &Facts<'_>, report: &mut Report) {
    let stood = |person: PersonId, at: DateTime<Utc>| {
        facts.conflicts.iter().any(|one| one.person_id == person && one.declared_at <= at)
    };
    let mut tell = |holds: bool, round: i32, did: &str| {
        let wrong = format!("round {round} was {did} by somebody with a declared conflict with the employer");
        report.expect(holds, Rule::NoConflict, facts.name(), wrong);
    };
    for finding in facts.findings {
        tell(!stood(finding.assessor_id, finding.at), finding.round, "assessed");
    }
    for round in facts.rounds {
        tell(!stood(round.advised_by, round.advised_at), round.round, "advised");
        if let (Some(decider), Some(at)) = (round.decided_by, round.decided_at) {
            tell(!stood(decider, at), round.round, "decided");
            tell(!stood(round.advised_by, at), round.round, "decided on advice");
        }
    }
}

fn decisions(facts: &Facts<'_>, report: &mut Report) {
    for assessment_round::Model { round, advice, decision, decided_by, decided_at, .. } in facts.rounds {
        let agrees = match (decision, advice) {
            (None, _)
            | (Some(DecisionOutcome::Confirmed), RecommendationOutcome::Endorse)
            | (Some(DecisionOutcome::Declined), RecommendationOutcome::Decline) => true,
            (Some(DecisionOutcome::Confirmed), RecommendationOutcome::Decline)
            | (Some(DecisionOutcome::Declined), RecommendationOutcome::Endorse) => false,
        };
        let wrong = format!("round {round} was decided against its advice");
        report.expect(agrees, Rule::DecisionAgrees, facts.name(), wrong);
        let is_whole =
            decision.is_some() == decided_by.is_some() && decision.is_some() == decided_at.is_some();
        let wrong = format!("the decision of round {round} lacks its person, its instant or its outcome");
        report.expect(is_whole, Rule::DecisionAgrees, facts.name(), wrong);
    }
}

fn status(facts: &Facts<'_>, report: &mut Report) {
    use ApplicationStatus as Status;
    let application = facts.application;
    let expected = match application.status {
        Status::Recommended => None,
        Status::Confirmed | Status::Nominated | Status::Lapsed | Status::Superseded => {
            Some(DecisionOutcome::Confirmed)
        }
        Status::Declined => Some(DecisionOutcome::Declined),
        Status::Draft
        | Status::Submitted
        | Status::InAssessment
        | Status::InformationRequested
        | Status::Returned
        | Status::Withdrawn
        | Status::Revoked => return,
    };
    let word = application.status.word();
    let Some(round) = facts.current_round() else {
        let wrong = format!("it is {word}, and its round {} has no advice", application.round);
        return report.tell(Rule::RoundFitsStatus, facts.name(), wrong);
    };
    let told = round.decision.map_or_else(|| "open".into(), DecisionOutcome::word);
    let wrong = format!("it is {word}, and its round {} is {told}", application.round);
    report.expect(round.decision == expected, Rule::RoundFitsStatus, facts.name(), wrong);
    if let Some(decided_at) = round.decided_at {
        let days = days_to_decision(application, decided_at);
        let wrong =
            format!("its decision took {days:?} days and is counted with {:?}", application.days_to_decision);
        report.expect(days == application.days_to_decision, Rule::DecisionDays, facts.name(), wrong);
    }
    if expected == Some(DecisionOutcome::Confirmed) {
        let wrong = "it was confirmed at another instant than its round was decided";
        let agrees = application.confirmed_at == round.decided_at;
        report.expect(agrees, Rule::RoundFitsStatus, facts.name(), wrong);
    }
}

fn findings(facts: &Facts<'_>, report: &mut Report) {
    use ApplicationStatus as Status;
    let application = facts.application;
    let has_place_in_view = match application.status {
        Status::Confirmed | Status::Nominated => true,
        Status::Recommended => false,
        Status::Draft
        | Status::Submitted
        | Status::InAssessment
        | Status::InformationRequested
        | Status::Declined
        | Status::Returned
        | Status::Withdrawn
        | Status::Revoked
        | Status::Lapsed
        | Status::Superseded => return,
    };
    let (Some(known), Some(round)) = (facts.known, facts.current_round()) else { return };
    let current = assessed(facts.findings, application);
    let role_stands = application.role_code.is_some() && application.occupation_code.is_some();
    if round.advice == RecommendationOutcome::Endorse
        && let Err(refusal) = may_advise(round.advice, &[], &known.terms, &current, role_stands)
    {
        report.tell(Rule::FindingsBear, facts.name(), lacking(&refusal));
    }
    if has_place_in_view {
        let band = priority_band(&known.terms, &current);
        let priority = current.iter().filter(|one| {
            one.outcome == AssessmentOutcome::Met
                && known.terms.criterion(&one.criterion).is_some_and(|criterion| criterion.priority)
        });
        let wrong = format!(
            "its band says priority {:?}, and {} priority criteria are met",
            application.priority,
            priority.count()
        );
        report.expect(application.priority == Some(band), Rule::Band, facts.name(), wrong);
    }
}

fn lacking(refusal: &Refusal) -> String {
    format!("it was endorsed, and its findings do not bear that: {refusal}")
}
