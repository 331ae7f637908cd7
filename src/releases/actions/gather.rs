//! What the next release is made of: who holds a place, with all that its line would say, and what the last published one
//! says. Passports are opened here for the agency's list; the event of the act is the record of that.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{
    ApplicationId, ApplicationStatus, BodyId, ReleaseId, application, employer, evidence, place,
    release_line, worker,
};
use rust_decimal::Decimal;

use crate::app::App;
use crate::applications::actions::passport_place;
use crate::applications::details::pay_of;
use crate::clock::day_in_new_zealand;
use crate::db::Gate;
use crate::error::{Fault, Found};
use crate::keys::TextPlace;
use crate::releases::rules::{Content, EvidenceOf, Facts, Former, Holder, Shared, hold_back};
use crate::releases::store::acts;
use crate::releases::store::standing::{self, Standing};
use crate::values::mrz;

/// Slugs of bodies by their ids.
pub(super) type Slugs = HashMap<BodyId, String>;

/// What a line is sealed for: its release, its application and the body whose it is.
#[must_use]
pub fn sealed_row(release: ReleaseId, application: ApplicationId, body: BodyId) -> String {
    format!("{release}|{application}|{body}")
}

/// Where the sealed text of a line stands.
#[must_use]
pub fn line_place(row: &str) -> TextPlace<'_> {
    TextPlace { table: "release_line", column: "content_sealed", row }
}

/// Everybody who holds a place.
pub(super) async fn holders(gate: &Gate<'_>, app: &App, slugs: &Slugs) -> Found<Vec<Holder>> {
    let standing = standing::load(gate).await?;
    let mut holders = Vec::with_capacity(standing.places.len());
    for place in &standing.places {
        holders.push(holder(gate, app, slugs, &standing, place).await?);
    }
    Ok(holders)
}

async fn holder(
    gate: &Gate<'_>,
    app: &App,
    slugs: &Slugs,
    standing: &Standing,
    place: &place::Model,
) -> Found<Holder> {
    let gone = || Fault::stored("place", "its holder is gone");
    let id = place.application_id.ok_or_else(gone)?;
    let application = standing.applications.get(&id).ok_or_else(gone)?;
    let worker = standing.workers.get(&id).ok_or_else(gone)?;
    let employer = standing.employers.get(&application.employer_id).ok_or_else(gone)?;
    let tx = gate.tx();
    let known = app.shelf.terms(tx.conn(), application.exception_id, application.terms_revision).await?;
    let records: Vec<_> =
        standing.evidence.iter().filter(|record| is_for(record, application)).cloned().collect();
    let today = day_in_new_zealand(tx.now());
    let evidence = EvidenceOf { records: &records, terms: &known.terms, today };
    let on_hold = application.hold_reason.is_some();
    Ok(Holder {
        application: id,
        place: place.state,
        shared: shared(application, employer, place)?,
        facts: facts(app, slugs, &Row { application, worker, employer, place })?,
        leaving: leaving(application, standing),
        held_back: hold_back(on_hold, standing.duplicates.contains(&id), &evidence),
    })
}

/// Whether a record counts for an application: its own, or its employer's at the same body.
fn is_for(record: &evidence::Model, application: &application::Model) -> bool {
    record.body_id == application.body_id
        && record.employer_id == application.employer_id
        && record.application_id.is_none_or(|own| own == application.id)
}

/// Why a place is on its way back: how its application ended, or what the agency said last.
fn leaving(application: &application::Model, standing: &Standing) -> String {
    match standing.agency.get(&application.id) {
        Some(agency) if application.status == ApplicationStatus::Nominated => agency.word(),
        _ => application.status.word(),
    }
}

fn shared(
    application: &application::Model,
    employer: &employer::Model,
    place: &place::Model,
) -> Found<Shared> {
    let lacks = |what: &str| Fault::stored("nomination", format!("it lacks its {what}"));
    Ok(Shared {
        body: application.body_id,
        reference: application.reference.clone(),
        employer: employer.id,
        employer_name: employer.legal_name.clone(),
        employer_nzbn: employer.nzbn.clone(),
        place: place.number,
        terms_revision: application.terms_revision,
        role: application.role_code.clone().ok_or_else(|| lacks("role"))?,
        occupation: application.occupation_code.clone().ok_or_else(|| lacks("occupation"))?,
        nominated_at: application.nominated_at.ok_or_else(|| lacks("day"))?,
    })
}

struct Row<'a> {
    application: &'a application::Model,
    worker: &'a worker::Model,
    employer: &'a employer::Model,
    place: &'a place::Model,
}

fn facts(app: &App, slugs: &Slugs, row: &Row<'_>) -> Found<Facts> {
    let Row { application, worker, employer, place } = *row;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let slug = slugs.get(&application.body_id).ok_or_else(|| Fault::stored("body", "it is gone"))?;
    let hours = pay_of(application)?.hours_per_week();
    let pay = Decimal::new(application.annual_cents, 2);
    Ok(Facts::new([
        application.reference.clone(),
        slug.clone(),
        place.number.to_string(),
        day(application.nominated_at.map(day_in_new_zealand)),
        day(application.valid_until),
        employer.legal_name.clone(),
        text(&employer.trading_name),
        employer.nzbn.clone(),
        text(&application.contact_email),
        worker.family_name.clone(),
        worker.given_names.clone(),
        mrz::name(&worker.family_name, &worker.given_names).unwrap_or_default(),
        worker.date_of_birth.to_string(),
        worker.nationality.clone(),
        passport(app, worker)?,
        text(&worker.passport_state),
        day(worker.passport_expires_on),
        text(&application.role_code),
        text(&application.occupation_code),
        application.job_title.clone(),
        format!("{pay:.2}"),
        application.pay_currency.clone(),
        format!("{hours:.2}"),
        text(&application.region),
    ]))
}

fn passport(app: &App, worker: &worker::Model) -> Found<String> {
    let sealed = worker.passport_sealed.as_deref().unwrap_or_default();
    let number = app.keys.passport_open(sealed, &passport_place(worker));
    Ok(number.map_err(|why| Fault::stored("passport", why))?.expose().to_owned())
}

/// The lines of the last release that the agency has, with its number.
pub(super) async fn former(gate: &Gate<'_>, app: &App) -> Found<(Option<i32>, Vec<Former>)> {
    let Some(last) = acts::find_last_published(gate.tx().conn(), gate.exception()).await? else {
        return Ok((None, Vec::new()));
    };
    let statuses = standing::statuses_of_lines(gate, last.release_id).await?;
    let lines = acts::load_lines(gate, last.release_id).await?;
    let lines = lines.into_iter().map(|line| {
        let ended = statuses.get(&line.application_id).map(|status| status.word()).unwrap_or_default();
        Ok(Former {
            application: line.application_id,
            state: line.state,
            facts: open_whole_line(app, &line)?.facts(),
            listed_in: line.listed_in,
            reason: line.reason.clone(),
            ended,
            shared: shared_of(line),
        })
    });
    Ok((Some(last.number), lines.collect::<Found<_>>()?))
}

/// All that a line says, for who may read it whole; none where that was purged.
///
/// # Errors
/// A fault where it was changed since it was sealed.
pub fn open_line(app: &App, line: &release_line::Model) -> Found<Option<Content>> {
    if line.content_sealed.is_empty() {
        return Ok(None);
    }
    let row = sealed_row(line.release_id, line.application_id, line.body_id);
    let text = app.keys.text_open(&line.content_sealed, &line_place(&row));
    let text = text.map_err(|why| Fault::stored("line of a release", why))?;
    Content::read(&text).map(Some).map_err(|why| Fault::stored("line of a release", why))
}

/// All that a line says, where nothing can have been purged yet.
pub(super) fn open_whole_line(app: &App, line: &release_line::Model) -> Found<Content> {
    open_line(app, line)?.ok_or_else(|| Fault::stored("line of a release", "it was purged"))
}

fn shared_of(line: release_line::Model) -> Shared {
    Shared {
        body: line.body_id,
        reference: line.reference,
        employer: line.employer_id,
        employer_name: line.employer_name,
        employer_nzbn: line.employer_nzbn,
        place: line.place_number,
        terms_revision: line.terms_revision,
        role: line.role_code,
        occupation: line.occupation_code,
        nominated_at: line.nominated_at,
    }
}
