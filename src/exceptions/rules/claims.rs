//! What an employer says it meets: evidence and declarations.
//!
//! A claim is taken as it is made, for people verify evidence later. Where a record names something, the name is held
//! against what the criterion names; another name is for a person, since the names are examples.

use super::{EligibilityQuestion, EligibilityReason, Verdict};
use crate::exceptions::definition::{Criterion, CriterionStrength};
use crate::exceptions::titles::is_named_in;

pub(super) fn evidence(criterion: &Criterion, question: &EligibilityQuestion) -> Verdict {
    let title = &criterion.title;
    if !question.claims(&criterion.code) {
        return missing_evidence(criterion);
    }
    let mut names = question.names_shown(&criterion.code).peekable();
    if criterion.examples.is_empty() || names.peek().is_none() {
        return Verdict::met(format!("{title}: stated. It will be verified from the evidence."));
    }
    let names: Vec<_> = names.collect();
    let listed = names.iter().any(|name| criterion.examples.iter().any(|example| is_named_in(example, name)));
    if listed {
        return Verdict::met(format!("{title}: {} is among those named.", names[0]));
    }
    Verdict::refer(
        &[EligibilityReason::EvidenceUnlisted],
        format!(
            "{title}: {} is not among those named ({}). Those are examples, so a person will look; say how it serves \
             the same end.",
            names[0],
            criterion.examples.join(", ")
        ),
    )
}

fn missing_evidence(criterion: &Criterion) -> Verdict {
    let Criterion { title, guidance, .. } = criterion;
    match criterion.strength {
        CriterionStrength::Required => Verdict::fails(
            EligibilityReason::EvidenceMissing,
            format!("{title}: no evidence is given, and it is required. {guidance}"),
        ),
        CriterionStrength::Expected => Verdict::refer(
            &[EligibilityReason::EvidenceMissing],
            format!("{title}: no evidence is given. It is expected, so a person will look. {guidance}"),
        ),
    }
}

pub(super) fn declaration(criterion: &Criterion, question: &EligibilityQuestion) -> Verdict {
    let Criterion { title, guidance, .. } = criterion;
    if question.claims(&criterion.code) {
        Verdict::met(format!("{title}: declared."))
    } else {
        Verdict::fails(EligibilityReason::DeclarationMissing, format!("{title}: not declared. {guidance}"))
    }
}
