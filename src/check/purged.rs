//! Nothing of a person is left on an application that was purged, and none is purged before its day.

use chrono::{DateTime, Utc};

use super::{Facts, Report, Rule};
use crate::clock::day_in_new_zealand;

pub(super) fn examine(facts: &Facts<'_>, at: DateTime<Utc>, report: &mut Report) {
    let day = facts.exception.and_then(|exception| exception.purge_on);
    let is_time = day.is_some_and(|day| day <= day_in_new_zealand(at));
    let wrong = "it was purged before its class exception's date";
    report.expect(is_time, Rule::Purged, facts.name(), wrong);
    let application = facts.application;
    let left = [
        (facts.worker.is_some(), "its worker"),
        (!facts.fingerprints.is_empty(), "a fingerprint of its worker"),
        (!facts.words.is_empty(), "words that it was found by"),
        (application.contact_name.is_some() || application.contact_email.is_some(), "its contact"),
        (application.duties.is_some(), "its duties"),
        (facts.findings.iter().any(|one| one.note.is_some()), "the note of a finding"),
        (
            facts.rounds.iter().any(|one| one.advice_note.is_some() || one.decision_note.is_some()),
            "the note of a round",
        ),
    ];
    for (is_left, what) in left {
        report.expect(!is_left, Rule::Purged, facts.name(), format!("it was purged, and {what} is left"));
    }
}
