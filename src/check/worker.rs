//! The worker's passport and its fingerprint.
//!
//! Numbers are opened here to be held against their fingerprints, one after the other, and go nowhere: no line that
//! is told has any part of one.

use entity::worker;

use super::{Facts, Report, Rule};
use crate::keys::{Fingerprint, Keys, PassportPlace};
use crate::values::country::CountryCode;

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
        Ok((fingerprint, hint_agrees)) => {
            let wrong = "what screens show of its passport is not of that passport";
            report.expect(hint_agrees, Rule::PassportOpens, facts.name(), wrong);
            held_against(&fingerprint, facts, report);
        }
        Err(why) => report.tell(Rule::PassportOpens, facts.name(), why),
    }
}

/// The fingerprint of what is sealed, and whether the hint beside it is right.
fn open(keys: &Keys, worker: &worker::Model, sealed: &[u8]) -> Result<(Fingerprint, bool), String> {
    let place = PassportPlace {
        table: "worker",
        column: "passport_sealed",
        row: worker.application_id.0,
        body: worker.body_id.0,
    };
    let number = keys.passport_open(sealed, &place).map_err(|why| why.to_string())?;
    let state = worker.passport_state.as_deref().and_then(|code| CountryCode::parse(code).ok());
    let state = state.ok_or("no state that issues passports stands beside the number")?;
    let hint_agrees = worker.passport_hint.as_deref() == Some(number.hint());
    Ok((keys.fingerprint(state, &number), hint_agrees))
}

/// Those of earlier versions cannot be made again; only the current one is compared.
fn held_against(fingerprint: &Fingerprint, facts: &Facts<'_>, report: &mut Report) {
    let kept = facts.fingerprints.iter().find(|one| one.key_version == fingerprint.version);
    let wrong = match kept {
        None => "its worker has no fingerprint of the current key",
        Some(kept) if kept.fingerprint != fingerprint.hex => {
            "the fingerprint of its worker is not that of the passport"
        }
        Some(_) => return,
    };
    report.tell(Rule::Fingerprint, facts.name(), wrong);
}
