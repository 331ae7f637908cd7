//! Opening discrepancies: the same thing found again is the same row, and what people settled stays settled.

use std::collections::{HashMap, HashSet};

use entity::{ClosedBecause, DiscrepancyId, DiscrepancyStatus, EventKind, discrepancy};
use serde_json::json;

use crate::db::Tx;
use crate::error::{Fault, Found};
use crate::history::{self, Event};
use crate::keys::{BadSeal, Keys, Sealing, TextPlace};
use crate::reconciliation::rules::{Finding, Settlement, is_settled, severity};
use crate::reconciliation::store::discrepancies as store;

/// How many findings one statement takes.
const AT_ONCE: usize = 200;
/// The columns that hold what each side says.
const OURS: &str = "ours_sealed";
const THEIRS: &str = "theirs_sealed";

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Opened {
    /// It is a discrepancy from now on.
    New(DiscrepancyId),
    /// It is one already, and still open.
    Known(DiscrepancyId),
    /// People resolved it, and what they went by has not changed.
    Settled(DiscrepancyId),
}

impl Opened {
    /// Which discrepancy it is.
    #[must_use]
    pub fn id(self) -> DiscrepancyId {
        match self {
            Self::New(id) | Self::Known(id) | Self::Settled(id) => id,
        }
    }
}

/// Opens a discrepancy for a finding, once. It takes no gate: whoever found it has it where it is needed.
///
/// # Errors
/// Where the database refuses.
pub async fn open(tx: &Tx, keys: &Keys, finding: &Finding) -> Found<Opened> {
    let sealing = keys.sealing(tx).await?;
    let opened = open_all(tx, keys, &sealing, std::slice::from_ref(finding)).await?;
    opened.first().copied().ok_or_else(|| Fault::stored("discrepancy", "a finding was not kept"))
}

/// The same for many findings under one class exception, in a fixed number of statements for each few hundred of them.
/// Answers in their order.
///
/// # Errors
/// Where the database refuses.
pub async fn open_all(tx: &Tx, keys: &Keys, sealing: &Sealing, findings: &[Finding]) -> Found<Vec<Opened>> {
    let rows = findings.iter().map(|finding| {
        let row = row_of(tx, finding);
        seal(sealing, (finding.values.ours.as_deref(), finding.values.theirs.as_deref()), row)
    });
    let rows: Vec<_> = rows.collect();
    let mut opened = Vec::with_capacity(rows.len());
    for rows in rows.chunks(AT_ONCE) {
        opened.extend(keep(tx, rows, Some((keys, sealing))).await?);
    }
    Ok(opened)
}

/// The same for findings that have no values, where no key is at hand.
pub(super) async fn open_without_values(tx: &Tx, findings: &[Finding]) -> Found<()> {
    let rows: Vec<_> = findings.iter().map(|finding| row_of(tx, finding)).collect();
    for rows in rows.chunks(AT_ONCE) {
        keep(tx, rows, None).await?;
    }
    Ok(())
}

/// Closes what has gone away by itself; the rows are held and open.
pub(super) async fn close(tx: &Tx, gone: Vec<discrepancy::Model>, because: ClosedBecause) -> Found<()> {
    let ids: Vec<DiscrepancyId> = gone.iter().map(|row| row.id).collect();
    store::close(tx, &ids, because).await?;
    for piece in gone.chunks(AT_ONCE) {
        let events = piece.iter().flat_map(|row| {
            let detail = json!({ "discrepancy": row.id, "because": because });
            told(EventKind::DiscrepancyClosed, row, &detail, true)
        });
        history::record(tx, events).await?;
    }
    Ok(())
}

/// Keeps what was found; all of it is under one class exception.
async fn keep(tx: &Tx, rows: &[discrepancy::Model], keys: Option<(&Keys, &Sealing)>) -> Found<Vec<Opened>> {
    let Some(exception) = rows.first().map(|row| row.exception_id) else { return Ok(Vec::new()) };
    assert!(rows.iter().all(|row| row.exception_id == exception), "findings of two class exceptions");
    let marks: Vec<String> = rows.iter().map(|row| row.mark.clone()).collect();
    let mut before = store::load_by_marks(tx, exception, &marks).await?;
    if let Some((keys, sealing)) = keys {
        // What was kept under an earlier key is compared as the current one would have it.
        for row in before.values_mut() {
            *row = seal_anew(keys, sealing, row.clone());
        }
    }
    let mut taken = HashSet::new();
    let fresh: Vec<_> = rows
        .iter()
        .filter(|row| before.get(&row.mark).is_none_or(|kept| begins_anew(kept, row)))
        .filter(|row| taken.insert(row.mark.as_str()))
        .cloned()
        .collect();
    for row in rows {
        if let Some(kept) = before.get(&row.mark) {
            refresh(tx, kept, row).await?;
        }
    }
    if fresh.is_empty() {
        return Ok(rows.iter().filter_map(|row| before.get(&row.mark)).map(standing).collect());
    }
    store::insert(tx, fresh.clone()).await?;
    let after = store::load_by_marks(tx, exception, &marks).await?;
    let new: HashMap<&str, DiscrepancyId> = fresh.iter().map(|row| (row.mark.as_str(), row.id)).collect();
    let is_new = |row: &discrepancy::Model| new.get(row.mark.as_str()) == Some(&row.id);
    let opened = after.values().filter(|row| is_new(row)).flat_map(events_of);
    history::record(tx, opened).await?;
    let told = rows.iter().filter_map(|row| after.get(&row.mark));
    Ok(told.map(|row| if is_new(row) { Opened::New(row.id) } else { standing(row) }).collect())
}

fn standing(row: &discrepancy::Model) -> Opened {
    match row.status {
        DiscrepancyStatus::Open => Opened::Known(row.id),
        DiscrepancyStatus::Resolved => Opened::Settled(row.id),
    }
}

/// Whether a thing that was there before is a new discrepancy.
fn begins_anew(kept: &discrepancy::Model, found: &discrepancy::Model) -> bool {
    kept.status == DiscrepancyStatus::Resolved && !is_settled(&settlement(kept), &settlement(found))
}

fn settlement(row: &discrepancy::Model) -> Settlement<'_> {
    Settlement { resolution: row.resolution, basis: row.basis.as_deref(), after_release: row.after_release }
}

/// Keeps what is said now of something that is still open.
async fn refresh(tx: &Tx, kept: &discrepancy::Model, found: &discrepancy::Model) -> Found<()> {
    let says = |row: &discrepancy::Model| {
        (row.ours_sealed.clone(), row.theirs_sealed.clone(), row.basis.clone(), row.after_release)
    };
    if kept.status == DiscrepancyStatus::Open && says(kept) != says(found) {
        store::save_values(tx, discrepancy::Model { id: kept.id, ..found.clone() }).await?;
    }
    Ok(())
}

fn row_of(tx: &Tx, finding: &Finding) -> discrepancy::Model {
    discrepancy::Model {
        id: tx.new_id(),
        exception_id: finding.exception,
        kind: finding.kind,
        severity: severity(finding.kind, finding.field),
        status: DiscrepancyStatus::Open,
        mark: finding.mark(),
        application_id: finding.subject.map(|one| one.application),
        body_id: finding.subject.map(|one| one.body),
        other_application_id: finding.other.map(|one| one.application),
        other_body_id: finding.other.map(|one| one.body),
        reference: finding.reference.clone(),
        place_number: finding.place,
        release_number: finding.release,
        field: finding.field.map(|field| field.word().to_owned()),
        ours_sealed: None,
        theirs_sealed: None,
        basis: None,
        after_release: finding.after_release,
        opened_at: tx.now(),
        resolution: None,
        closed_because: None,
        chosen_id: None,
        note: None,
        resolved_by: None,
        resolved_body_id: None,
        resolved_at: None,
    }
}

/// With what each side says, sealed for its mark, and the hash that tells later whether they still say it.
fn seal(
    sealing: &Sealing,
    (ours, theirs): (Option<&str>, Option<&str>),
    mut row: discrepancy::Model,
) -> discrepancy::Model {
    let sealed =
        |column, value: Option<&str>| value.map(|value| sealing.text_seal(value, &place(column, &row)));
    let sealed = (sealed(OURS, ours), sealed(THEIRS, theirs));
    row.basis = Some(sealing.values_hash(said(&row, ours, theirs).as_bytes()).to_vec());
    (row.ours_sealed, row.theirs_sealed) = sealed;
    row
}

/// A discrepancy as it would be kept with the current key. One that cannot be opened stays as it is.
#[must_use]
pub fn seal_anew(keys: &Keys, sealing: &Sealing, row: discrepancy::Model) -> discrepancy::Model {
    let Ok((ours, theirs)) = open_values(keys, &row) else { return row };
    let said = said(&row, ours.as_deref(), theirs.as_deref());
    let is_of = |basis: &Vec<u8>| keys.all().iter().any(|key| *basis == key.values_hash(said.as_bytes()));
    if row.basis.as_ref().is_none_or(|basis| !is_of(basis)) {
        return row;
    }
    seal(sealing, (ours.as_deref(), theirs.as_deref()), row)
}

/// What each side says.
///
/// # Errors
/// Where a seal does not open.
pub fn open_values(
    keys: &Keys,
    row: &discrepancy::Model,
) -> Result<(Option<String>, Option<String>), BadSeal> {
    let open = |column, sealed: &Option<Vec<u8>>| {
        sealed.as_ref().map(|sealed| keys.text_open(sealed, &place(column, row))).transpose()
    };
    Ok((open(OURS, &row.ours_sealed)?, open(THEIRS, &row.theirs_sealed)?))
}

fn said(row: &discrepancy::Model, ours: Option<&str>, theirs: Option<&str>) -> String {
    json!([row.mark, ours, theirs]).to_string()
}

fn place<'r>(column: &'static str, row: &'r discrepancy::Model) -> TextPlace<'r> {
    TextPlace { table: "discrepancy", column, row: &row.mark }
}

/// What history tells of a new one. It is the service that found it, whoever's act set that off.
fn events_of(row: &discrepancy::Model) -> Vec<Event> {
    let detail = json!({ "kind": row.kind, "discrepancy": row.id });
    told(EventKind::DiscrepancyOpened, row, &detail, true)
}

/// What history tells of a discrepancy: to each application that it is about, in its own body's timeline; else to the class
/// exception.
pub(super) fn told(
    kind: EventKind,
    row: &discrepancy::Model,
    detail: &serde_json::Value,
    by_service: bool,
) -> Vec<Event> {
    let of_exception = Event { by_service, ..Event::of_exception(kind, row.exception_id) };
    let sides = [(row.application_id, row.body_id), (row.other_application_id, row.other_body_id)];
    let of_applications = sides.into_iter().filter_map(|(application, body)| {
        let application = Some(application?);
        Some(Event { body, application, ..of_exception.clone() })
    });
    let mut events: Vec<Event> = of_applications.collect();
    if events.is_empty() {
        events.push(Event { body: row.body_id, ..of_exception });
    }
    events.into_iter().map(|event| event.with(detail.clone())).collect()
}
