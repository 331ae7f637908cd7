//! What the agency has told of workers and jobs, held against what we have now.

use std::collections::HashMap;

use entity::{ApplicationId, DiscrepancyKind, ExceptionId};
use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::error::Found;
use crate::reconciliation::actions::told::{ToldDetails, released};
use crate::reconciliation::rules::Finding;
use crate::reconciliation::rules::outcomes::{Details, Passport, Wrong, differing};
use crate::reconciliation::store::details::{Beside, Wanted, fingerprints_of, load};
use crate::reconciliation::store::records::Compared;

/// Applications that one statement names.
const AT_ONCE: usize = 500;

/// Looks at a stretch of all nominations; tells where the next begins, unless it was the last.
pub(super) async fn look(
    conn: &impl ConnectionTrait,
    app: &App,
    compared: Compared,
    after: Option<ApplicationId>,
) -> Found<(Vec<Finding>, Option<ApplicationId>)> {
    let (rows, next) = load(conn, compared.exception, Wanted::After(after)).await?;
    Ok((judge(conn, app, compared, rows).await?, next))
}

/// Looks at these again.
pub(super) async fn look_at(
    conn: &impl ConnectionTrait,
    app: &App,
    compared: Compared,
    applications: &[ApplicationId],
) -> Found<Vec<Finding>> {
    let mut findings = Vec::new();
    for some in applications.chunks(AT_ONCE) {
        let (rows, _) = load(conn, compared.exception, Wanted::Of(some)).await?;
        findings.extend(judge(conn, app, compared, rows).await?);
    }
    Ok(findings)
}

/// What differs from what we have is looked up in the last release as well, which may say what the agency tells.
async fn judge(
    conn: &impl ConnectionTrait,
    app: &App,
    compared: Compared,
    rows: Vec<Beside>,
) -> Found<Vec<Finding>> {
    let ids: Vec<ApplicationId> = rows.iter().map(|row| row.application_id).collect();
    let sealing = app.keys.in_use(conn).await?;
    let prints = fingerprints_of(conn, sealing.complete(), &ids).await?;
    let mut differ = Vec::new();
    for row in rows {
        let told = ToldDetails::open(&app.keys, row.application_id, &row.told_sealed)?.compared(&sealing)?;
        let ours = ours(&row, &prints);
        if !differing(&told, &ours, None).is_empty() {
            differ.push((row, told, ours));
        }
    }
    let ids: Vec<ApplicationId> = differ.iter().map(|(row, ..)| row.application_id).collect();
    let said = match compared.release {
        Some((release, _)) if !ids.is_empty() => released(conn, (app, &sealing), release, &ids).await?,
        _ => HashMap::new(),
    };
    let newest = compared.release.map(|(_, published)| published.number);
    let found = differ.iter().flat_map(|(row, told, ours)| {
        findings_of(compared.exception, row, &differing(told, ours, said.get(&row.application_id)))
    });
    Ok(found.map(|finding| Finding { after_release: newest, ..finding }).collect())
}

fn ours(row: &Beside, prints: &HashMap<ApplicationId, String>) -> Details {
    let hint = row.passport_hint.clone().unwrap_or_default();
    let passport = prints.get(&row.application_id);
    Details {
        date_of_birth: Some(row.date_of_birth),
        passport: passport.map(|fingerprint| Passport { fingerprint: fingerprint.clone(), hint }),
        employer_nzbn: Some(row.nzbn.clone()),
        occupation_code: row.occupation_code.clone(),
    }
}

fn findings_of(exception: ExceptionId, row: &Beside, wrong: &[Wrong]) -> Vec<Finding> {
    let about =
        Finding::new(exception, DiscrepancyKind::DetailsDiffer).about(row.application_id, row.body_id);
    let found = wrong.iter().filter_map(|wrong| match wrong {
        Wrong::Differs(field, ours, theirs) => {
            Some(about.clone().differing(*field, ours.clone(), theirs.clone()))
        }
        Wrong::UnknownReference
        | Wrong::DuplicateLine
        | Wrong::RemovedLine
        | Wrong::Illegal { .. }
        | Wrong::Ahead { .. } => None,
    });
    found.collect()
}
