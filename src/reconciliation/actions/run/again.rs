//! The second look, under the gate: at what seemed wrong, and at what stood open before.

use std::collections::{BTreeSet, HashSet};

use entity::{ApplicationId, ClosedBecause, DiscrepancyKind, discrepancy};

use super::details;
use super::look::Seen;
use crate::app::App;
use crate::applications::store::{case, twins};
use crate::db::Gate;
use crate::error::Found;
use crate::reconciliation::actions::discrepancies::{close, open_all};
use crate::reconciliation::rules::{Field, Finding, Frame};
use crate::reconciliation::store::{discrepancies as store, records};

/// Opens what is still wrong, and closes what is not any more.
pub(super) async fn look_again(gate: &Gate<'_>, app: &App, seen: &Seen) -> Found<()> {
    let tx = gate.tx();
    let before = store::lock_found_by_runs(gate).await?;
    let (pairs, others): (Vec<_>, Vec<_>) =
        seen.findings.iter().partition(|finding| finding.kind == DiscrepancyKind::SameWorker);
    let mut wrong = judge_again(gate, app, &others, &before).await?;
    let known: HashSet<&str> = before.iter().map(|row| row.mark.as_str()).collect();
    for pair in pairs {
        if known.contains(pair.mark().as_str()) || still_match(gate, pair).await? {
            wrong.push(pair.clone());
        }
    }
    let marks: HashSet<String> = wrong.iter().map(Finding::mark).collect();
    let mut gone = Vec::new();
    for row in before {
        if !marks.contains(&row.mark) && !pair_stands(gate, &row).await? {
            gone.push(row);
        }
    }
    close(tx, gone, ClosedBecause::Mended).await?;
    let sealing = app.keys.sealing(tx).await?;
    open_all(tx, &app.keys, &sealing, &wrong).await?;
    Ok(())
}

/// What is wrong now with the applications that seemed wrong, or of which something stands open.
async fn judge_again(
    gate: &Gate<'_>,
    app: &App,
    seemed: &[&Finding],
    before: &[discrepancy::Model],
) -> Found<Vec<Finding>> {
    let conn = gate.tx().conn();
    let compared = records::compared(conn, gate.exception()).await?;
    let release = compared.release.map(|(_, published)| published);
    let frame = Frame { exception: gate.exception(), now: gate.tx().now(), release };
    let open = before.iter().filter(|row| row.kind != DiscrepancyKind::SameWorker);
    let open = open.filter_map(|row| row.application_id);
    let seemed = seemed.iter().filter_map(|finding| finding.subject.map(|one| one.application));
    let applications: BTreeSet<ApplicationId> = seemed.chain(open).collect();
    let pieces = records::load_of(conn, compared, &applications).await?;
    let judged = pieces.iter().flat_map(|piece| piece.stretch().flat_map(|one| frame.judge(&one)));
    let mut wrong: Vec<Finding> = judged.chain(frame.release_finding()).collect();
    let applications: Vec<ApplicationId> = applications.into_iter().collect();
    wrong.extend(details::look_at(conn, app, compared, &applications).await?);
    Ok(wrong)
}

/// Whether two applications still match by what they were found by.
async fn still_match(gate: &Gate<'_>, pair: &Finding) -> Found<bool> {
    let (Some(one), Some(other)) = (pair.subject, pair.other) else { return Ok(false) };
    matches(gate, one.application, other.application, pair.field == Some(Field::NameAndBirth)).await
}

/// Whether a row is a pair that still matches; what is no pair does not stand once nothing was found.
async fn pair_stands(gate: &Gate<'_>, row: &discrepancy::Model) -> Found<bool> {
    let (DiscrepancyKind::SameWorker, Some(one), Some(other)) =
        (row.kind, row.application_id, row.other_application_id)
    else {
        return Ok(false);
    };
    matches(gate, one, other, row.field.as_deref() == Some(Field::NameAndBirth.word())).await
}

async fn matches(gate: &Gate<'_>, one: ApplicationId, other: ApplicationId, by_name: bool) -> Found<bool> {
    let tx = gate.tx();
    let Some(application) = case::find_across_tenants(tx, one).await? else { return Ok(false) };
    if !crate::applications::rules::is_with_the_body(application.status) {
        return Ok(false);
    }
    let found = if by_name {
        let worker = case::load_worker(tx, &application).await?;
        twins::namesakes_of(tx, &application, &worker).await?
    } else {
        twins::twins_of(tx, &application).await?
    };
    Ok(found.iter().any(|twin| twin.application == other))
}
