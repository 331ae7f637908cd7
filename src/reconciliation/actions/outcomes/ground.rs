//! What the lines of a message are held against.

use std::collections::HashMap;

use entity::{ApplicationId, ApplicationStatus, agency_case, application, class_exception, place};

use super::SentLine;
use crate::app::App;
use crate::db::Gate;
use crate::error::{Fault, Found};
use crate::keys::Keys;
use crate::quota::store as quota;
use crate::reconciliation::rules::outcomes::{Case, Details, Ground, Passport, Said, Told};
use crate::reconciliation::store::outcomes::{self as store, Named};
use crate::values::reference::Reference;

/// A line as it is compared: the passport by its fingerprint, the reference as we spell it.
pub(super) fn told(keys: &Keys, line: &SentLine) -> Told {
    let typed = line.reference.as_str().trim();
    let reference =
        Reference::parse(typed).map_or_else(|_| typed.to_owned(), |reference| reference.to_string());
    let passport = line.passport.as_ref().map(|(state, number)| Passport {
        fingerprint: keys.fingerprint(*state, number).hex,
        hint: number.hint().to_owned(),
    });
    let details = Details {
        date_of_birth: line.date_of_birth,
        passport,
        employer_nzbn: line.employer_nzbn.map(|nzbn| nzbn.to_string()),
        occupation_code: line.occupation_code.as_ref().map(|code| code.as_str().to_owned()),
    };
    Told { reference, said: line.said.clone(), details }
}

/// Everything that the lines name, with where it stands.
pub(super) async fn load(
    gate: &Gate<'_>,
    app: &App,
    exception: &class_exception::Model,
    told: &[Told],
) -> Found<(Named, Ground)> {
    let references: Vec<String> = told.iter().map(|line| line.reference.clone()).collect();
    let named = store::load_named(gate, &references).await?;
    let ids: Vec<ApplicationId> = named.applications.iter().map(|one| one.id).collect();
    let places = quota::lock_places_of(gate, &ids).await?;
    let places: HashMap<ApplicationId, place::Model> =
        places.into_iter().filter_map(|place| Some((place.application_id?, place))).collect();
    let prints: HashMap<ApplicationId, String> =
        store::load_fingerprints(gate, &ids).await?.into_iter().collect();
    let documents: Vec<String> =
        told.iter().filter_map(|line| Some(line.details.passport.as_ref()?.fingerprint.clone())).collect();
    let documents = store::load_documents(gate, &documents).await?.into_iter().collect();
    let known = app.shelf.terms(gate.tx().conn(), exception.id, exception.revision).await?;
    let returning_days = known.terms.validity.returning_days.unwrap_or(0);
    let cases = named.applications.iter().map(|application| {
        let case = case_of(application, &named, places.get(&application.id), prints.get(&application.id))?;
        Found::Ok((application.reference.clone(), case))
    });
    let cases = cases.collect::<Found<_>>()?;
    Ok((named, Ground { cases, documents, now: gate.tx().now(), returning_days }))
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
