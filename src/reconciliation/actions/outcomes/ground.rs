//! What the lines of a message are held against.

use std::collections::{BTreeSet, HashMap};

use entity::{ApplicationId, ApplicationStatus, agency_case, application, class_exception, place};

use super::super::told::{ToldDetails, released};
use super::SentLine;
use crate::app::App;
use crate::db::Gate;
use crate::error::{Fault, Found};
use crate::keys::Sealing;
use crate::quota::store as quota;
use crate::reconciliation::rules::outcomes::{Case, Details, Ground, Passport, Said, Told, differing};
use crate::reconciliation::store::details;
use crate::reconciliation::store::outcomes::{self as store, Named};
use crate::releases::store::acts::find_last_published;
use crate::values::reference::Reference;

/// A line as it is compared: the passport by its fingerprint, the reference as we spell it.
pub(super) fn told(sealing: &Sealing, line: &SentLine) -> Found<Told> {
    let typed = line.reference.as_str().trim();
    let reference =
        Reference::parse(typed).map_or_else(|_| typed.to_owned(), |reference| reference.to_string());
    let details = ToldDetails::from(line).compared(sealing)?;
    Ok(Told { reference, said: line.said.clone(), details })
}

/// Everything that the lines name, with where it stands.
pub(super) async fn load(
    gate: &Gate<'_>,
    app: &App,
    sealing: &Sealing,
    exception: &class_exception::Model,
    told: &[Told],
) -> Found<(Named, Ground)> {
    let references: Vec<String> = told.iter().map(|line| line.reference.clone()).collect();
    let named = store::load_named(gate, &references).await?;
    let ids: Vec<ApplicationId> = named.applications.iter().map(|one| one.id).collect();
    let places = quota::lock_places_of(gate, &ids).await?;
    let places: HashMap<ApplicationId, place::Model> =
        places.into_iter().filter_map(|place| Some((place.application_id?, place))).collect();
    let prints = details::fingerprints_of(gate.tx().conn(), sealing.complete(), &ids).await?;
    let documents: Vec<String> =
        told.iter().filter_map(|line| Some(line.details.passport.as_ref()?.fingerprint.clone())).collect();
    let documents = store::load_documents(gate, &documents).await?.into_iter().collect();
    let known = app.shelf.terms(gate.tx().conn(), exception.id, exception.revision).await?;
    let returning_days = known.terms.validity.returning_days.unwrap_or(0);
    let cases = named.applications.iter().map(|application| {
        let case = case_of(application, &named, places.get(&application.id), prints.get(&application.id))?;
        Found::Ok((application.reference.clone(), case))
    });
    let mut cases: HashMap<String, Case> = cases.collect::<Found<_>>()?;
    look_at_the_release(gate, (app, sealing), told, &mut cases).await?;
    Ok((named, Ground { cases, documents, now: gate.tx().now(), returning_days }))
}

/// Where the agency tells something else than we have, the release that it has may say what it tells.
async fn look_at_the_release(
    gate: &Gate<'_>,
    (app, sealing): (&App, &Sealing),
    told: &[Told],
    cases: &mut HashMap<String, Case>,
) -> Found<()> {
    let differs = |line: &&Told| {
        cases
            .get(&line.reference)
            .is_some_and(|case| !differing(&line.details, &case.details, None).is_empty())
    };
    let references: BTreeSet<&str> =
        told.iter().filter(differs).map(|line| line.reference.as_str()).collect();
    if references.is_empty() {
        return Ok(());
    }
    let Some(newest) = find_last_published(gate.tx().conn(), gate.exception()).await? else { return Ok(()) };
    let ids: Vec<ApplicationId> = references
        .iter()
        .filter_map(|reference| cases.get(*reference))
        .map(|case| case.application)
        .collect();
    let mut said = released(gate.tx().conn(), (app, sealing), newest.release_id, &ids).await?;
    for case in cases.values_mut() {
        case.released = said.remove(&case.application);
    }
    Ok(())
}

fn case_of(
    application: &application::Model,
    named: &Named,
    place: Option<&place::Model>,
    fingerprint: Option<&String>,
) -> Found<Case> {
    let stored = named.cases.get(&application.id);
    let stored = stored.ok_or_else(|| Fault::stored("agency case", "it is gone"))?;
    let worker = named.workers.get(&application.id);
    let passport = fingerprint.map(|fingerprint| Passport {
        fingerprint: fingerprint.clone(),
        hint: worker.and_then(|worker| worker.passport_hint.clone()).unwrap_or_default(),
    });
    Ok(Case {
        application: application.id,
        body: application.body_id,
        is_nominated: application.status == ApplicationStatus::Nominated,
        place: place.map(|place| place.state),
        line: named.lines.get(&application.id).copied(),
        stands: stands(stored),
        hold_until: stored.hold_until,
        details: Details {
            date_of_birth: worker.map(|worker| worker.date_of_birth),
            passport,
            employer_nzbn: named.employers.get(&application.employer_id).cloned(),
            occupation_code: application.occupation_code.clone(),
        },
        released: None,
        before: named.before.get(&application.id).cloned().unwrap_or_default(),
    })
}

fn stands(stored: &agency_case::Model) -> Said {
    Said {
        status: stored.status,
        at: stored.at,
        agency_reference: stored.agency_reference.clone(),
        reason: stored.reason.clone(),
        expires_on: stored.expires_on,
        correction: false,
    }
}
