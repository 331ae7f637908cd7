//! The worker's passport and its fingerprint.
//!
//! Numbers are opened here to be held against their fingerprints, one after the other, and go nowhere: no line that
//! is told has any part of one.

use entity::worker;

use super::{Facts, Report, Rule};
use crate::keys::{Keys, PassportPlace};
use crate::values::country::CountryCode;
use crate::values::passport::PassportNumber;

pub(super) fn examine(keys: &Keys, facts: &Facts<'_>, report: &mut Report) {
    let Some(worker) = facts.worker else {
        report.tell(Rule::Submission, facts.name(), "it has no worker");
        return;
    };
    let strangers = facts.fingerprints.iter().any(|one| one.exception_id != facts.application.exception_id);
    let wrong = "a fingerprint of its worker is kept under another class exception";
    report.expect(!strangers, Rule::Fingerprint, facts.name(), wrong);
    let Some(sealed) = &worker.passport_sealed else {
        let wrong = "its worker has a fingerprint and no passport";
        return report.expect(facts.fingerprints.is_empty(), Rule::Fingerprint, facts.name(), wrong);
    };
    match open(keys, worker, sealed) {
        Ok((number, state)) => {
            let wrong = "what screens show of its passport is not of that passport";
            let hint_agrees = worker.passport_hint.as_deref() == Some(number.hint());
            report.expect(hint_agrees, Rule::PassportOpens, facts.name(), wrong);
            held_against((state, &number), facts, report);
        }
        Err(why) => report.tell(Rule::PassportOpens, facts.name(), why),
    }
}

/// What is sealed, and which state issued it.
fn open(keys: &Keys, worker: &worker::Model, sealed: &[u8]) -> Result<(PassportNumber, CountryCode), String> {
    let place = PassportPlace {
        table: "worker",
        column: "passport_sealed",
        row: worker.application_id.0,
        body: worker.body_id.0,
    };
    let number = keys.passport_open(sealed, &place).map_err(|why| why.to_string())?;
    let state = worker.passport_state.as_deref().and_then(|code| CountryCode::parse(code).ok());
    Ok((number, state.ok_or("no state that issues passports stands beside the number")?))
}

/// A worker has a fingerprint of the oldest key in use, and all that there are under keys in use are of the passport.
fn held_against((state, number): (CountryCode, &PassportNumber), facts: &Facts<'_>, report: &mut Report) {
    let has = |key| facts.fingerprints.iter().any(|one| one.key_version == key);
    let wrong = "its worker has no fingerprint of the current key";
    report.expect(has(facts.sealing.complete()), Rule::Fingerprint, facts.name(), wrong);
    let right = facts.sealing.fingerprints(state, number);
    for kept in facts.fingerprints {
        let wrong = match right.iter().find(|one| one.version == kept.key_version) {
            None => "its worker has a fingerprint of a key that is not in use",
            Some(one) if one.hex != kept.fingerprint => {
                "the fingerprint of its worker is not that of the passport"
            }
            Some(_) => continue,
        };
        report.tell(Rule::Fingerprint, facts.name(), wrong);
    }
}
