//! What is kept of a message: its content sealed, its lines with what became of them, where cases and places stand, and what
//! does not fit.

use std::collections::{BTreeMap, HashMap};

use chrono::SecondsFormat;
use entity::{
    AgencyMessageId, AgencyStatus, ApplicationId, DiscrepancyKind, ExceptionId, PlaceMovementKind,
    PlaceState, agency_case, agency_outcome,
};
use serde_json::{Value, json};

use super::super::told::ToldDetails;
use super::SentLine;
use crate::applications::details::ShortText;
use crate::applications::store::case;
use crate::db::{Gate, Tx};
use crate::error::{Fault, Found};
use crate::keys::{Keys, Sealing};
use crate::quota;
use crate::reconciliation::rules::outcomes::{Case, Ground, Outcome, Told, Wrong};
use crate::reconciliation::rules::{Field, Finding};
use crate::reconciliation::store::outcomes::{self as store, Named};

/// Rows that one statement names or writes.
pub(super) const AT_ONCE: usize = 500;

/// A message as it is sealed and told from another: JSON, its members always in the same order.
pub(super) fn content(exception: &str, lines: &[SentLine]) -> String {
    let lines: Vec<Value> = lines.iter().map(line_content).collect();
    json!({ "classException": exception, "outcomes": lines }).to_string()
}

fn line_content(line: &SentLine) -> Value {
    let SentLine { reference, said, family_name, date_of_birth, passport, employer_nzbn, occupation_code } =
        line;
    json!({
        "reference": reference.as_str(),
        "status": said.status,
        "at": said.at,
        "agencyReference": said.agency_reference,
        "reason": said.reason,
        "expiresOn": said.expires_on,
        "correction": said.correction,
        "workerFamilyName": family_name.as_ref().map(ShortText::as_str),
        "dateOfBirth": date_of_birth,
        "passportIssuingState": passport.as_ref().map(|(state, _)| state.to_string()),
        "passportNumber": passport.as_ref().map(|(_, number)| number.expose()),
        "employerNzbn": employer_nzbn.map(|nzbn| nzbn.to_string()),
        "occupationCode": occupation_code.as_ref().map(ShortText::as_str),
    })
}

/// The rows of the lines, whose ids rise in the order in which they were held against their cases.
pub(super) fn rows(
    tx: &Tx,
    message: AgencyMessageId,
    told: &[Told],
    outcomes: &[Outcome],
    order: &[usize],
) -> Vec<agency_outcome::Model> {
    let row = |number: &usize| {
        let (line, outcome) = (&told[*number], &outcomes[*number]);
        agency_outcome::Model {
            id: tx.new_id(),
            agency_message_id: message,
            line: line_number(*number),
            application_id: outcome.about.map(|(application, _)| application),
            body_id: outcome.about.map(|(_, body)| body),
            status: line.said.status,
            at: line.said.at,
            received_at: tx.now(),
            agency_reference: line.said.agency_reference.clone(),
            reason: line.said.reason.clone(),
            expires_on: line.said.expires_on,
            correction: line.said.correction,
            became: outcome.fate,
        }
    };
    order.iter().map(row).collect()
}

/// Lines are counted from 1; a message has no more than a thousand.
fn line_number(number: usize) -> i32 {
    i32::try_from(number + 1).unwrap_or(i32::MAX)
}

/// The details that the agency has told of cases, this message included, sealed; of those alone where they have changed.
pub(super) fn told_of(
    (keys, sealing): (&Keys, &Sealing),
    named: &Named,
    lines: &[SentLine],
    outcomes: &[Outcome],
    order: &[usize],
) -> Found<HashMap<ApplicationId, Vec<u8>>> {
    let mut told: HashMap<ApplicationId, ToldDetails> = HashMap::new();
    for number in order {
        let outcome = &outcomes[*number];
        let Some((application, _)) = outcome.about.filter(|_| outcome.tells_details()) else { continue };
        let before = told.remove(&application).unwrap_or_default();
        told.insert(application, before.then((&lines[*number]).into()));
    }
    let mut sealed = HashMap::new();
    for (application, fresh) in told {
        let before = named.cases.get(&application).and_then(|case| case.told_sealed.as_ref());
        let before = before.map(|sealed| ToldDetails::open(keys, application, sealed)).transpose()?;
        let before = before.unwrap_or_default();
        let after = before.clone().then(fresh);
        if after != before {
            sealed.insert(application, after.seal(sealing, application)?);
        }
    }
    Ok(sealed)
}

/// Saves the cases that moved or of which something new was told, and moves their places.
pub(super) async fn save(
    gate: &Gate<'_>,
    named: &Named,
    ground: &Ground,
    told: &HashMap<ApplicationId, Vec<u8>>,
) -> Found<()> {
    let mut moved = Vec::new();
    for case in ground.cases.values() {
        let before = named.cases.get(&case.application);
        let before = before.ok_or_else(|| Fault::stored("agency case", "it is gone"))?;
        let after = after(before, case, told);
        if after != *before {
            moved.push(after);
        }
    }
    moved.sort_unstable_by_key(|case| case.application_id);
    store::save_cases(gate, &moved).await?;
    let ids: Vec<ApplicationId> = moved.iter().map(|case| case.application_id).collect();
    for piece in ids.chunks(AT_ONCE) {
        case::touch_across_tenants(gate, piece).await?;
    }
    move_places(gate, ground).await
}

fn after(
    before: &agency_case::Model,
    case: &Case,
    told: &HashMap<ApplicationId, Vec<u8>>,
) -> agency_case::Model {
    agency_case::Model {
        told_sealed: told.get(&case.application).cloned().or_else(|| before.told_sealed.clone()),
        status: case.stands.status,
        at: case.stands.at,
        agency_reference: case.stands.agency_reference.clone(),
        reason: case.stands.reason.clone(),
        expires_on: case.stands.expires_on,
        hold_until: case.hold_until,
        ..before.clone()
    }
}

/// Moves places to where the cases want them, all that go one way at once.
async fn move_places(gate: &Gate<'_>, ground: &Ground) -> Found<()> {
    let held: Vec<&Case> = ground.cases.values().filter(|case| case.is_nominated).collect();
    let ids: Vec<ApplicationId> = held.iter().map(|case| case.application).collect();
    let mut ways: BTreeMap<(PlaceState, AgencyStatus), Vec<entity::place::Model>> = BTreeMap::new();
    let held: HashMap<ApplicationId, &Case> = held.into_iter().map(|case| (case.application, case)).collect();
    for place in quota::store::lock_places_of(gate, &ids).await? {
        let case = place.application_id.and_then(|application| held.get(&application));
        let Some(case) = case.filter(|case| case.place != Some(place.state)) else { continue };
        ways.entry((place.state, case.stands.status)).or_default().push(place);
    }
    for ((from, status), places) in ways {
        let kind = way(from, status)?;
        let reason = format!("the agency said {}", status.word());
        quota::store::move_places(gate, places, kind, &reason).await?;
    }
    Ok(())
}

fn way(from: PlaceState, status: AgencyStatus) -> Found<PlaceMovementKind> {
    use crate::reconciliation::rules::outcomes::place_for;
    match place_for(status) {
        PlaceState::Consumed => Ok(PlaceMovementKind::Consumed),
        PlaceState::Returning => Ok(PlaceMovementKind::GivenBack),
        PlaceState::Listed => Ok(PlaceMovementKind::Restored),
        PlaceState::Available | PlaceState::Reserved | PlaceState::Retired => {
            Err(Fault::stored("place", format!("no status leads there from {from:?}")))
        }
    }
}

/// A finding for each thing that does not fit. What is said of one line is told apart by the message and the line.
pub(super) fn findings(
    exception: ExceptionId,
    newest: Option<i32>,
    message: &str,
    told: &[Told],
    outcomes: &[Outcome],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, (line, outcome)) in told.iter().zip(outcomes).enumerate() {
        let apart = format!("{message}|{}", line_number(number));
        for wrong in &outcome.wrong {
            let finding = finding(exception, line, outcome, wrong, &apart);
            findings.push(Finding { after_release: newest, ..finding });
        }
    }
    findings
}

fn finding(exception: ExceptionId, line: &Told, outcome: &Outcome, wrong: &Wrong, apart: &str) -> Finding {
    let of = |kind| {
        let finding = Finding::new(exception, kind);
        match outcome.about {
            Some((application, body)) => finding.about(application, body),
            None => finding,
        }
    };
    let apart = Some(apart.to_owned());
    let status = Some(line.said.status.word());
    match wrong {
        // Whose it is cannot be told: the document, or the reference, is that of another line.
        Wrong::UnknownReference => Finding {
            apart,
            ..Finding::new(exception, DiscrepancyKind::UnknownReference).told_as(line.reference.clone())
        },
        Wrong::DuplicateLine => Finding { apart, ..of(DiscrepancyKind::DuplicateLine) },
        Wrong::Differs(field, ours, told) => {
            of(DiscrepancyKind::DetailsDiffer).differing(*field, ours.clone(), told.clone())
        }
        Wrong::RemovedLine => Finding { apart, ..of(DiscrepancyKind::RemovedLineActedOn) }.differing(
            Field::Status,
            None,
            status,
        ),
        Wrong::Illegal { from } => Finding { apart, ..of(DiscrepancyKind::IllegalStatusChange) }.differing(
            Field::Status,
            Some(from.word()),
            status,
        ),
        Wrong::Ahead { at } => Finding { apart, ..of(DiscrepancyKind::IllegalStatusChange) }.differing(
            Field::At,
            None,
            Some(at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        ),
    }
}
