//! What an application is found by.

use std::collections::BTreeSet;

use super::{Facts, Report, Rule};
use crate::applications::rules::words_of;

pub(super) fn examine(facts: &Facts<'_>, report: &mut Report) {
    // That it has no worker is told elsewhere, and it always has an employer.
    let (Some(employer), Some(worker)) = (facts.employer, facts.worker) else { return };
    let expected = words_of(facts.application, employer, worker);
    let kept: BTreeSet<&str> = facts.words.iter().map(|one| one.word.as_str()).collect();
    let missing = expected.iter().filter(|word| !kept.contains(word.as_str())).count();
    let wrong = format!("it is not found by {missing} of its {} words", expected.len());
    report.expect(missing == 0, Rule::Words, facts.name(), wrong);
    let strange = kept.iter().filter(|word| !expected.contains(**word)).count();
    let wrong = format!("it is found by {strange} words that it does not say");
    report.expect(strange == 0, Rule::Words, facts.name(), wrong);
    let application = facts.application;
    let own = facts
        .words
        .iter()
        .all(|one| one.body_id == application.body_id && one.employer_id == application.employer_id);
    report.expect(own, Rule::Words, facts.name(), "it is found in another caseload");
}
