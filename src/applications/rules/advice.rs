//! What advice and a decision need.

use std::collections::BTreeMap;

use entity::{AssessmentOutcome, DecisionReason, RecommendationOutcome, application, assessment};

use super::refusal::Refusal;
use crate::exceptions::definition::{CriterionKind, CriterionStrength, Terms};

/// A finding on one criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessedCriterion {
    /// Code of the criterion.
    pub criterion: String,
    /// The finding.
    pub outcome: AssessmentOutcome,
}

/// The findings that stand in the current round: of each criterion the newest, whoever made it. Those from before the
/// newest submission are of what it said then. The others stay on record, since whoever made them took part.
#[must_use]
pub fn standing_findings<'a>(
    findings: &'a [assessment::Model],
    application: &application::Model,
) -> Vec<&'a assessment::Model> {
    let mut standing = BTreeMap::<&str, &assessment::Model>::new();
    let is_current = |finding: &&assessment::Model| {
        finding.round == application.round
            && application.submitted_at.is_none_or(|submitted| submitted <= finding.at)
    };
    for finding in findings.iter().filter(is_current) {
        let known = standing.entry(&finding.criterion).or_insert(finding);
        if known.turn < finding.turn {
            *known = finding;
        }
    }
    standing.into_values().collect()
}

/// The findings that stand in the current round, as far as advice goes by them.
#[must_use]
pub fn assessed(findings: &[assessment::Model], application: &application::Model) -> Vec<AssessedCriterion> {
    let standing = standing_findings(findings, application).into_iter();
    standing
        .map(|finding| AssessedCriterion { criterion: finding.criterion.clone(), outcome: finding.outcome })
        .collect()
}

/// Whether the findings bear the advice. To endorse, every criterion has a finding, every required one is met,
/// and role and occupation stand. To decline, a reason is enough.
///
/// # Errors
/// What stands against it.
pub fn may_advise(
    outcome: RecommendationOutcome,
    reasons: &[DecisionReason],
    terms: &Terms,
    findings: &[AssessedCriterion],
    role_stands: bool,
) -> Result<(), Refusal> {
    match outcome {
        RecommendationOutcome::Decline if reasons.is_empty() => Err(Refusal::ReasonNeeded),
        RecommendationOutcome::Decline => Ok(()),
        RecommendationOutcome::Endorse => may_endorse(terms, findings, role_stands),
    }
}

fn may_endorse(terms: &Terms, findings: &[AssessedCriterion], role_stands: bool) -> Result<(), Refusal> {
    let finding = |code: &str| findings.iter().find(|one| one.criterion == code).map(|one| one.outcome);
    let mut not_met = Vec::new();
    let mut open = Vec::new();
    for criterion in &terms.criteria {
        match (finding(&criterion.code), criterion.strength) {
            (Some(AssessmentOutcome::NotMet), CriterionStrength::Required) => {
                not_met.push(criterion.code.clone());
            }
            (None, _) | (Some(AssessmentOutcome::NotClear), CriterionStrength::Required) => {
                open.push(criterion.code.clone());
            }
            (Some(AssessmentOutcome::Met), _)
            | (Some(AssessmentOutcome::NotMet | AssessmentOutcome::NotClear), CriterionStrength::Expected) => {
            }
        }
    }
    if !not_met.is_empty() {
        return Err(Refusal::NotEligible { criteria: not_met });
    }
    if !open.is_empty() {
        return Err(Refusal::AssessmentIncomplete { criteria: open });
    }
    let asks_for_role = terms.criteria.iter().any(|criterion| criterion.kind == CriterionKind::Role);
    if asks_for_role && !role_stands { Err(Refusal::RoleNeeded) } else { Ok(()) }
}

/// Whether an endorsement is what the second person would confirm.
///
/// # Errors
/// Where the advice is to decline.
pub fn may_agree(advice: RecommendationOutcome) -> Result<(), Refusal> {
    match advice {
        RecommendationOutcome::Endorse => Ok(()),
        RecommendationOutcome::Decline => Err(Refusal::AdviceDiffers {
            advice: advice.word(),
            hint: "An application is confirmed on advice to endorse only: send it back, with a note, to disagree.",
        }),
    }
}

/// Whether advice to decline is what the second person would agree with.
///
/// # Errors
/// Where the advice is to endorse.
pub fn may_agree_to_decline(advice: RecommendationOutcome) -> Result<(), Refusal> {
    match advice {
        RecommendationOutcome::Decline => Ok(()),
        RecommendationOutcome::Endorse => Err(Refusal::AdviceDiffers {
            advice: advice.word(),
            hint: "An application is declined on advice to decline only: send it back, with a note, to disagree.",
        }),
    }
}

/// Whether the findings put an application into the priority band: a priority criterion was found to be met.
#[must_use]
pub fn priority_band(terms: &Terms, findings: &[AssessedCriterion]) -> bool {
    terms.criteria.iter().filter(|criterion| criterion.priority).any(|criterion| {
        findings.iter().any(|one| one.criterion == criterion.code && one.outcome == AssessmentOutcome::Met)
    })
}
