//! The application by itself: what it says, what was submitted, its version and its history.

use entity::{ApplicationStatus, EventKind};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Facts, Report, Rule};
use crate::history::nature;
use crate::values::pay::Pay;
use crate::values::reference::{Prefix, Reference};

pub(super) fn examine(facts: &Facts<'_>, report: &mut Report) {
    reference(facts, report);
    terms(facts, report);
    pay(facts, report);
    submission(facts, report);
    times(facts, report);
    history(facts, report);
    imported(facts, report);
    one_body(facts, report);
}

fn reference(facts: &Facts<'_>, report: &mut Report) {
    let wrong = match Reference::parse(facts.name()) {
        Err(why) => Some(why.to_string()),
        Ok(reference) if reference.to_string() != facts.name() => Some("it is not written as issued".into()),
        Ok(reference) => {
            let prefix = facts.prefix.and_then(|prefix| Prefix::parse(prefix).ok());
            let differs = prefix != Some(reference.prefix());
            differs.then(|| format!("its body's references begin with {}", facts.prefix.unwrap_or("nothing")))
        }
    };
    if let Some(wrong) = wrong {
        report.tell(Rule::Reference, facts.name(), wrong);
    }
}

fn terms(facts: &Facts<'_>, report: &mut Report) {
    let application = facts.application;
    let member = "its body does not nominate under its class exception";
    report.expect(facts.is_member, Rule::Member, facts.name(), member);
    let Some(known) = facts.known else {
        let wrong = format!("it is held against revision {}, which is not there", application.terms_revision);
        return report.tell(Rule::Terms, facts.name(), wrong);
    };
    if let Some(code) = &application.role_code
        && known.terms.role(code).is_none()
    {
        let wrong = format!("revision {} has no role {code}", application.terms_revision);
        report.tell(Rule::Codes, facts.name(), wrong);
    }
    if let Some(code) = &application.occupation_code
        && !known.index.knows_occupation(code)
    {
        let wrong = format!("revision {} has no occupation {code}", application.terms_revision);
        report.tell(Rule::Codes, facts.name(), wrong);
    }
}

fn pay(facts: &Facts<'_>, report: &mut Report) {
    let one = facts.application;
    match Pay::from_stored(one.pay_cents, &one.pay_currency, one.pay_period, one.pay_hours_hundredths) {
        Err(_) => report.tell(Rule::Pay, facts.name(), "its pay cannot be read"),
        Ok(pay) => {
            let annual = (pay.annual() * Decimal::ONE_HUNDRED).trunc().to_i64().unwrap_or(i64::MAX);
            let wrong = format!("its annual pay is kept as {} cents and comes to {annual}", one.annual_cents);
            report.expect(annual == one.annual_cents, Rule::Pay, facts.name(), wrong);
        }
    }
}

/// What a submission has to have; a passport may be taken out again while the employer has the case back.
fn submission(facts: &Facts<'_>, report: &mut Report) {
    use ApplicationStatus as Status;
    let application = facts.application;
    let needs_passport = match application.status {
        Status::Draft => {
            let wrong = "it is a draft, and has an instant of submission";
            return report.expect(application.submitted_at.is_none(), Rule::Submission, facts.name(), wrong);
        }
        Status::Withdrawn if application.submitted_at.is_none() => return,
        Status::Withdrawn | Status::Returned => false,
        Status::Submitted
        | Status::InAssessment
        | Status::InformationRequested
        | Status::Recommended
        | Status::Confirmed
        | Status::Nominated
        | Status::Declined
        | Status::Revoked
        | Status::Lapsed
        | Status::Superseded => true,
    };
    let worker = facts.worker;
    let was_purged = application.purged_at.is_some();
    let parts = [
        (application.submitted_at.is_some(), "the instant of its submission"),
        (application.declared_at.is_some(), "the employer's declaration"),
        (application.eligibility.is_some(), "what the check said of it"),
        (
            was_purged || worker.is_some_and(|worker| worker.notice_given_at.is_some()),
            "the notice to the worker",
        ),
        (
            was_purged || !needs_passport || worker.is_some_and(|worker| worker.passport_sealed.is_some()),
            "the worker's passport",
        ),
    ];
    for (there, what) in parts {
        let wrong = format!("it is {} and lacks {what}", application.status.word());
        report.expect(there, Rule::Submission, facts.name(), wrong);
    }
}

/// Only instants of acts that held the application's row: what the gate gives may carry the instant of a
/// transaction that began earlier and waited.
fn times(facts: &Facts<'_>, report: &mut Report) {
    let one = facts.application;
    let created = Some(one.created_at);
    let pairs = [
        (created, one.submitted_at, "submitted before it was begun"),
        (one.declared_at, one.submitted_at, "submitted before it was declared"),
        (one.submitted_at, one.confirmed_at, "confirmed before it was submitted"),
        (created, one.nominated_at, "nominated before it was begun"),
    ];
    for (earlier, later, wrong) in pairs {
        let follows = earlier.zip(later).is_none_or(|(earlier, later)| earlier <= later);
        report.expect(follows, Rule::Times, facts.name(), format!("it was {wrong}"));
    }
    for event in facts.events.iter().filter(|event| event.first_at < one.created_at) {
        let wrong = format!("its history has {} from before it was begun", event.kind.word());
        report.tell(Rule::Times, facts.name(), wrong);
    }
}

fn history(facts: &Facts<'_>, report: &mut Report) {
    let application = facts.application;
    let count = |kind: EventKind| -> i64 {
        facts.events.iter().filter(|event| event.kind == kind).map(|event| event.count).sum()
    };
    let begun = count(EventKind::Created) + count(EventKind::Imported);
    report.expect(begun == 1, Rule::History, facts.name(), format!("its history begins {begun} times"));
    for kinds in told_by(application.status, application.submitted_at.is_some()) {
        let wrong = format!(
            "it is {}, and its history has no {}",
            application.status.word(),
            kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" or ")
        );
        report.expect(kinds.iter().any(|kind| count(*kind) > 0), Rule::History, facts.name(), wrong);
    }
    let moving: i64 =
        facts.events.iter().filter(|event| nature(event.kind).moves_version).map(|event| event.count).sum();
    let expected = 1 + moving;
    let version = i64::from(application.version);
    let wrong = format!("its version is {version}, and its history makes it {expected}");
    report.expect(version == expected, Rule::Version, facts.name(), wrong);
    let wrong = format!("its revision {} is behind its version {version}", application.revision);
    report.expect(application.revision >= version, Rule::Version, facts.name(), wrong);
}

/// What history must tell of an application in this status: of each list, one.
fn told_by(status: ApplicationStatus, was_submitted: bool) -> Vec<&'static [EventKind]> {
    use ApplicationStatus as Status;
    let own: &[EventKind] = match status {
        Status::Draft | Status::Submitted => &[],
        Status::InformationRequested => &[EventKind::InformationRequested],
        Status::Declined => &[EventKind::Declined],
        Status::Returned => &[EventKind::Returned],
        Status::Withdrawn => &[EventKind::Withdrawn, EventKind::WithdrawnWithoutPrejudice],
        Status::Revoked => &[EventKind::Revoked],
        Status::Superseded => &[EventKind::Superseded],
        Status::InAssessment => &[EventKind::Taken, EventKind::Assigned, EventKind::Reconsidered],
        Status::Recommended => &[EventKind::Recommended],
        Status::Confirmed => &[EventKind::Confirmed],
        Status::Nominated => &[EventKind::Nominated],
        Status::Lapsed => &[EventKind::Lapsed],
    };
    let submitted: &[EventKind] =
        if was_submitted { &[EventKind::Submitted, EventKind::Imported] } else { &[] };
    [submitted, own].into_iter().filter(|kinds| !kinds.is_empty()).collect()
}

/// Without its row it would be taken in a second time; a row of another body would answer for it there.
fn imported(facts: &Facts<'_>, report: &mut Report) {
    let application = facts.application;
    let was_imported = facts.events.iter().any(|event| event.kind == EventKind::Imported);
    let wrong = match facts.imported {
        None if was_imported => "it was taken in from its body's own system, and no row says so",
        Some(_) if !was_imported => "a row says that it was taken in, and its history does not",
        Some(row) if (row.body_id, row.exception_id) != (application.body_id, application.exception_id) => {
            "the row that it was taken in from is another body's, or under another class exception"
        }
        None | Some(_) => return,
    };
    report.tell(Rule::ImportedRow, facts.name(), wrong);
}

/// A row of another body below an application would be read by the wrong tenant.
fn one_body(facts: &Facts<'_>, report: &mut Report) {
    let body = facts.application.body_id;
    let evidence = |one: &super::store::EvidenceOwner| {
        one.body_id == body && one.employer_id == facts.application.employer_id
    };
    let round = |one: &entity::assessment_round::Model| {
        one.body_id == body && one.exception_id == facts.application.exception_id
    };
    let parts = [
        (facts.worker.is_none_or(|one| one.body_id == body), "its worker"),
        (facts.findings.iter().all(|one| one.body_id == body), "a finding"),
        (facts.rounds.iter().all(round), "a round"),
        (facts.evidence.iter().all(evidence), "a record of evidence"),
        (facts.events.iter().all(|one| one.body_id == Some(body)), "an event of its history"),
    ];
    for (agrees, what) in parts {
        let wrong = format!("{what} is another body's, employer's or class exception's");
        report.expect(agrees, Rule::OneBody, facts.name(), wrong);
    }
}
