//! What is held, as it is given out: every column that says something of the worker, and none of who works for a body.

use entity::{
    agency_case, agency_outcome, amendment, application, assessment, assessment_round, discrepancy, evidence,
    history_event, hold, information_request, release_line, turn_back, worker,
};
use serde_json::{Value, json};

use crate::app::App;
use crate::applications::actions::passport_place;
use crate::error::{Fault, Found};
use crate::history;
use crate::reconciliation::actions::{open_values, told_place};
use crate::releases::actions::open_line;
use crate::values::passport::PassportNumber;

pub(super) fn application(row: &application::Model) -> Value {
    json!({
        "reference": row.reference, "status": row.status, "contactName": row.contact_name,
        "contactEmail": row.contact_email, "role": row.role_code, "jobTitle": row.job_title,
        "occupationCode": row.occupation_code, "duties": row.duties, "region": row.region,
        "pay": { "cents": row.pay_cents, "currency": row.pay_currency, "period": row.pay_period,
            "hundredthsOfHoursAWeek": row.pay_hours_hundredths },
        "check": row.eligibility, "declaredAt": row.declared_at, "submittedAt": row.submitted_at,
        "confirmedAt": row.confirmed_at, "nominatedAt": row.nominated_at, "validUntil": row.valid_until,
        "ballotEntry": row.ballot_entry, "endedAt": row.ended_at, "endReason": row.end_reason,
        "holdReason": row.hold_reason, "replacesWorkerBecause": row.supersedes_reason, "deletedAt": row.purged_at,
        "createdAt": row.created_at, "updatedAt": row.updated_at,
    })
}

/// With the passport's number, whole; null once it was deleted.
pub(super) fn worker(app: &App, row: Option<worker::Model>) -> Found<Value> {
    let Some(row) = row else { return Ok(Value::Null) };
    let number =
        row.passport_sealed.as_deref().map(|sealed| app.keys.passport_open(sealed, &passport_place(&row)));
    let number = number.transpose().map_err(|why| Fault::stored("passport", why))?;
    Ok(json!({
        "familyName": row.family_name, "givenNames": row.given_names, "dateOfBirth": row.date_of_birth,
        "nationality": row.nationality, "email": row.email, "passportIssuingState": row.passport_state,
        "passportNumber": number.as_ref().map(PassportNumber::expose), "passportExpiresOn": row.passport_expires_on,
        "offshore": row.offshore, "employerDeclaredAt": row.notice_given_at, "toldOn": row.told_on,
    }))
}

fn list<T>(rows: Vec<T>, tell: impl Fn(T) -> Value) -> Value {
    rows.into_iter().map(tell).collect()
}

pub(super) fn evidence(rows: Vec<evidence::Model>) -> Value {
    list(rows, |row| {
        json!({
            "kind": row.kind, "criterion": row.criterion, "title": row.title, "issuer": row.issuer,
            "reference": row.reference, "url": row.url, "validFrom": row.valid_from, "expiresOn": row.expires_on,
            "genuine": row.genuine, "seenAt": row.verified_at, "note": row.note, "createdAt": row.created_at,
        })
    })
}

pub(super) fn findings(rows: Vec<assessment::Model>) -> Value {
    list(
        rows,
        |row| json!({ "round": row.round, "criterion": row.criterion, "outcome": row.outcome, "note": row.note, "at": row.at }),
    )
}

pub(super) fn rounds(rows: Vec<assessment_round::Model>) -> Value {
    list(rows, |row| {
        json!({
            "round": row.round, "advice": row.advice, "adviceReasons": row.advice_reasons, "adviceNote": row.advice_note,
            "advisedAt": row.advised_at, "decision": row.decision, "decisionReasons": row.decision_reasons,
            "decisionNote": row.decision_note, "decidedAt": row.decided_at,
        })
    })
}

pub(super) fn turn_backs(rows: Vec<turn_back::Model>) -> Value {
    list(rows, |row| {
        json!({
            "round": row.round, "kind": row.kind, "note": row.note, "at": row.at, "advice": row.advice,
            "adviceReasons": row.advice_reasons, "adviceNote": row.advice_note,
        })
    })
}

pub(super) fn questions(rows: Vec<information_request::Model>) -> Value {
    list(rows, |row| {
        json!({
            "question": row.question, "answer": row.answer, "status": row.status, "criterion": row.criterion,
            "dueOn": row.due_on, "askedAt": row.created_at, "closedAt": row.closed_at, "takenBackBecause": row.cancel_reason,
        })
    })
}

pub(super) fn holds(rows: Vec<hold::Model>) -> Value {
    list(
        rows,
        |row| json!({ "reason": row.reason, "heldAt": row.held_at, "releasedAt": row.released_at, "note": row.note }),
    )
}

pub(super) fn amendments(rows: Vec<amendment::Model>) -> Value {
    list(rows, |row| {
        json!({
            "status": row.status, "reason": row.reason, "changes": row.changes, "proposedAt": row.proposed_at,
            "decidedAt": row.decided_at, "note": row.note,
        })
    })
}

/// What each release says of the worker, by the columns of its file.
pub(super) fn lines(app: &App, rows: Vec<(release_line::Model, i32)>) -> Found<Value> {
    let mut told = Vec::with_capacity(rows.len());
    for (row, release) in rows {
        let content = open_line(app, &row)?.map(|content| serde_json::from_str::<Value>(&content.text()));
        let content = content.transpose().map_err(|why| Fault::stored("line of a release", why))?;
        told.push(json!({ "release": release, "state": row.state, "says": content }));
    }
    Ok(told.into())
}

pub(super) fn outcomes(rows: Vec<agency_outcome::Model>) -> Value {
    list(rows, |row| {
        json!({
            "status": row.status, "at": row.at, "receivedAt": row.received_at, "agencyReference": row.agency_reference,
            "reason": row.reason, "expiresOn": row.expires_on, "became": row.became,
        })
    })
}

/// What the agency said of worker and job: of each detail, what it said last.
pub(super) fn told(app: &App, case: Option<agency_case::Model>) -> Found<Value> {
    let Some((id, sealed)) = case.and_then(|case| Some((case.application_id.to_string(), case.told_sealed?)))
    else {
        return Ok(Value::Null);
    };
    let text = app.keys.text_open(&sealed, &told_place(&id));
    let text = text.map_err(|why| Fault::stored("what the agency told", why))?;
    serde_json::from_str(&text).map_err(|why| Fault::stored("what the agency told", why))
}

/// What did not agree. Of the other application of a pair nothing is told: the worker may be another.
pub(super) fn discrepancies(app: &App, rows: Vec<discrepancy::Model>) -> Found<Value> {
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let (ours, theirs) = open_values(&app.keys, &row)
            .map_err(|why| Fault::stored("what a side of a discrepancy says", why))?;
        told.push(json!({
            "kind": row.kind, "field": row.field, "ours": ours, "theirs": theirs, "openedAt": row.opened_at,
            "resolution": row.resolution, "note": row.note, "resolvedAt": row.resolved_at,
        }));
    }
    Ok(told.into())
}

pub(super) fn events(rows: Vec<history_event::Model>) -> Value {
    list(rows, |row| json!({ "at": row.at, "kind": row.kind, "summary": history::summary(&row) }))
}
