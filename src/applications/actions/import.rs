//! What a body has on its own system is taken in, row by row: each is accepted or refused by itself, in a transaction
//! of its own, and the same row acts once.

use std::collections::HashMap;

use entity::{
    ApplicationId, EventKind, ExceptionId, body, class_exception, class_exception_body, imported_row,
};
use serde::{Deserialize, Serialize};

use super::draft::{self, Parties};
use super::submit::{Handing, hand_in};
use super::{tell_followers, worker};
use crate::app::App;
use crate::applications::details::{Patch, Received};
use crate::applications::rules::{as_the_employer_knows, may_take_in};
use crate::applications::store::{case, evidence, imports};
use crate::clock::day_in_new_zealand;
use crate::db::{Command, Keyed, Tx};
use crate::error::{Acted, Failure, Fault, UserError, UserErrorCode};
use crate::exceptions::rules::Window;
use crate::exceptions::store as exceptions;
use crate::history::{self, Event};
use crate::keys::{Key, Sealing};
use crate::people::store as people;
use crate::tenancy::ImportScope;

/// A row as it was read: what it says, or everything that is wrong with it.
pub type ReadRow = Result<Received, Vec<UserError>>;

/// What a row did; in a dry run, what it would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is described where the public schema lists it")]
pub enum ImportEffect {
    Created,
    Unchanged,
    Refused,
}

/// What came of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What it did.
    pub effect: ImportEffect,
    /// The application that stands under its reference; none where none does.
    pub application: Option<ApplicationId>,
    /// What people call that application, where the row created it.
    pub reference: Option<String>,
    /// Why it was refused.
    pub errors: Vec<UserError>,
}

impl Outcome {
    fn of(effect: ImportEffect, application: Option<ApplicationId>) -> Self {
        Self { effect, application, reference: None, errors: Vec::new() }
    }

    fn refused(application: Option<ApplicationId>, errors: Vec<UserError>) -> Self {
        Self { errors, ..Self::of(ImportEffect::Refused, application) }
    }
}

/// An import that is under way.
pub struct Import<'a> {
    app: &'a App,
    scope: ImportScope,
    exception: ExceptionId,
    /// In a dry run, what the rows before would have left: each reference with what was said under it.
    rehearsal: Option<HashMap<String, [u8; 32]>>,
}

impl<'a> Import<'a> {
    /// Begins one for the body of `scope`, under the class exception with this slug.
    ///
    /// # Errors
    /// `NOT_FOUND` where there is no such class exception, or the body nominates under another.
    pub async fn begin(app: &'a App, scope: ImportScope, exception: &str, dry_run: bool) -> Acted<Self> {
        let conn = &app.db.read(&scope);
        let found = exceptions::find_by_slug(conn, exception).await?;
        let found = found.ok_or_else(|| UserError::no_such_exception("classException"))?;
        if !exceptions::bodies_of(conn, found.id).await?.iter().any(|(_, body)| body.id == scope.body()) {
            let message = "Your body does not nominate under this class exception.";
            return Err(UserError::at(UserErrorCode::NotFound, "classException", message).into());
        }
        Ok(Self { app, scope, exception: found.id, rehearsal: dry_run.then(HashMap::new) })
    }

    /// Takes one row in; in a dry run, tells what that would do.
    ///
    /// # Errors
    /// Faults only: what is wrong with the row is an outcome.
    pub async fn take(&mut self, row: &ReadRow) -> Acted<Outcome> {
        let received = match row {
            Ok(received) => received,
            Err(errors) => return Ok(Outcome::refused(None, errors.clone())),
        };
        let command = TakeIn { app: self.app, scope: &self.scope, exception: self.exception, received };
        let acted = match &mut self.rehearsal {
            None => self.app.db.perform(&self.scope, None, &command).await,
            Some(before) => {
                let reference = received.external_reference.as_str();
                // Under any one key: within a dry run it stays the same.
                let key = self.app.keys.all();
                let key = key.first().ok_or_else(|| Fault::stored("key", "there is none"))?;
                let content_hash = hash_of(key, received)?;
                if let Some(said) = before.get(reference) {
                    return Ok(if *said == content_hash {
                        Outcome::of(ImportEffect::Unchanged, None)
                    } else {
                        Outcome::refused(None, vec![said_otherwise("earlier in this import")])
                    });
                }
                let rehearsed = self.app.db.rehearse(&self.scope, &command).await;
                if rehearsed.as_ref().is_ok_and(|outcome| outcome.effect == ImportEffect::Created) {
                    before.insert(reference.to_owned(), content_hash);
                }
                rehearsed.map(as_a_rehearsal)
            }
        };
        match acted {
            Err(Failure::Refused(errors)) => Ok(Outcome::refused(None, errors)),
            other => other,
        }
    }
}

/// What a rehearsal would have created is not there.
fn as_a_rehearsal(outcome: Outcome) -> Outcome {
    match outcome.effect {
        ImportEffect::Created => Outcome::of(ImportEffect::Created, None),
        ImportEffect::Unchanged | ImportEffect::Refused => outcome,
    }
}

/// Takes rows in, one after the other. Under a key that was used before for the same rows, nothing is done and the first
/// answer is given again; what was refused whole, and a rehearsal, is not remembered.
///
/// # Errors
/// As [`Import::begin`]; `KEY_REUSED` where the key was used for something else; faults.
pub async fn import(
    app: &App,
    scope: ImportScope,
    keyed: Option<&Keyed>,
    (exception, rows, dry_run): (&str, &[ReadRow], bool),
) -> Acted<Vec<Outcome>> {
    let keyed = keyed.filter(|_| !dry_run);
    if let Some(first) = app.db.recall::<_, Remember>(&scope, keyed).await? {
        return Ok(first);
    }
    let mut import = Import::begin(app, scope.clone(), exception, dry_run).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for row in rows {
        outcomes.push(import.take(row).await?);
    }
    if keyed.is_none() || outcomes.iter().all(|outcome| outcome.effect == ImportEffect::Refused) {
        return Ok(outcomes);
    }
    match app.db.perform(&scope, keyed, &Remember { outcomes: &outcomes }).await {
        // The key went to another import that ran beside this one. What was done here is done all the same.
        Err(Failure::Refused(_)) => Ok(outcomes),
        other => other,
    }
}

/// Keeps what came of an import under the caller's key.
struct Remember<'a> {
    outcomes: &'a [Outcome],
}

impl Command for Remember<'_> {
    type Answer = Vec<Outcome>;
    const NAME: &'static str = "importApplications";

    async fn run(&self, _tx: &Tx) -> Acted<Vec<Outcome>> {
        Ok(self.outcomes.to_vec())
    }
}

/// Takes one row in, unless that was done before.
struct TakeIn<'a> {
    app: &'a App,
    scope: &'a ImportScope,
    exception: ExceptionId,
    received: &'a Received,
}

impl Command for TakeIn<'_> {
    type Answer = Outcome;
    const NAME: &'static str = "takeIn";

    async fn run(&self, tx: &Tx) -> Acted<Outcome> {
        let id = tx.new_id::<ApplicationId>();
        let sealing = self.app.keys.sealing(tx).await?;
        let row = imported_row::Model {
            body_id: self.scope.body(),
            exception_id: self.exception,
            external_reference: self.received.external_reference.as_str().to_owned(),
            application_id: id,
            content_hash: hash_of(sealing.current(), self.received)?.to_vec(),
            key_version: sealing.current().number(),
            at: tx.now(),
        };
        // What was taken in once stays so, even where the same row would be refused by now.
        if imports::claim(tx, row).await? {
            self.create(tx, &sealing, id).await
        } else {
            self.repeat(tx).await
        }
    }
}

impl TakeIn<'_> {
    /// The row was taken in before: it changes nothing, and may not say anything else.
    async fn repeat(&self, tx: &Tx) -> Acted<Outcome> {
        let reference = self.received.external_reference.as_str();
        let first = imports::find(tx, self.scope, self.exception, reference).await?;
        let first = first.ok_or(Fault::Race("the first import of this row was undone"))?;
        let application = Some(first.application_id);
        let known = imports::find_reference(tx, self.scope, first.application_id).await?.unwrap_or_default();
        let keys = self.app.keys.all();
        let Some(key) = keys.iter().find(|key| key.number() == first.key_version) else {
            return Ok(Outcome::refused(application, vec![cannot_be_compared(&known)]));
        };
        if first.content_hash == hash_of(key, self.received)? {
            return Ok(Outcome::of(ImportEffect::Unchanged, application));
        }
        Ok(Outcome::refused(application, vec![said_otherwise(&format!("before, as {known}"))]))
    }

    async fn create(&self, tx: &Tx, sealing: &Sealing, id: ApplicationId) -> Acted<Outcome> {
        let (exception, member, body) = self.parties(tx).await?;
        let received = self.received;
        may_take_in(&Window::from(&exception), &member, received.received_at, tx.now())
            .map_err(UserError::from)?;
        let name = received.employer_name.as_str();
        let employer = people::find_or_add_employer(tx, received.employer, name).await?;
        let known = self.app.shelf.terms(tx.conn(), exception.id, exception.revision).await?;
        let parties = Parties { exception: &exception, body: &body, employer };
        let mut application = parties.begin(tx, &received.job_title, &received.pay).await?;
        application.id = id;
        application.created_at = received.received_at;
        draft::apply(&known, &mut application, received.changes.clone())?;
        let mut row = worker::blank(id, body.id, &received.worker);
        let passport = worker::apply(sealing, &mut row, received.worker.clone())?;
        let evidence = evidence::hold_for(tx, &application).await?;
        let evidence = as_the_employer_knows(application.status, &evidence);
        let handing = Handing {
            known: &known,
            revision: exception.revision,
            evidence: &evidence,
            at: received.received_at,
        };
        hand_in(&handing, &mut application, &mut row)?;
        // The body states that the worker knows of it.
        (row.told_on, row.told_by) = (Some(day_in_new_zealand(received.received_at)), tx.actor().person);
        let reference = Some(application.reference.clone());
        let event = Event::of_application(EventKind::Imported, &application);
        case::insert(tx, application.clone(), row).await?;
        worker::save_fingerprints(tx, exception.id, id, passport).await?;
        history::record(tx, [event]).await?;
        tell_followers(tx, EventKind::Imported, &application).await?;
        Ok(Outcome { reference, ..Outcome::of(ImportEffect::Created, Some(id)) })
    }

    async fn parties(
        &self,
        tx: &Tx,
    ) -> Acted<(class_exception::Model, class_exception_body::Model, body::Model)> {
        let exception = exceptions::load_by_ids(tx.conn(), &[self.exception]).await?.pop();
        let exception = exception.ok_or_else(|| Fault::stored("class exception", "it is gone"))?;
        let bodies = exceptions::bodies_of(tx.conn(), exception.id).await?;
        let own = bodies.into_iter().find(|(_, body)| body.id == self.scope.body());
        let (member, body) = own.ok_or_else(|| Fault::stored("body", "it does not nominate any more"))?;
        Ok((exception, member, body))
    }
}

/// A reference of the body's own stands for one application.
fn said_otherwise(when: &str) -> UserError {
    let message = format!(
        "This reference was taken in {when}, and the row said something else then. Return that application to \
         its employer for the correction, or amend it once it is nominated; if this is another application, send it \
         under another reference."
    );
    UserError::at(UserErrorCode::Duplicate, "externalReference", message)
}

/// The key that a row was hashed with is gone, and what it said cannot be worked out from what became of it.
fn cannot_be_compared(known: &str) -> UserError {
    let message = format!(
        "This reference was taken in before, as {known}, and the key that tells whether the row still says the same is \
         no longer kept. Nothing was changed: leave the row out, or send another application under another reference."
    );
    UserError::at(UserErrorCode::Duplicate, "externalReference", message)
}

fn hash_of(key: &Key, received: &Received) -> Result<[u8; 32], Fault> {
    Ok(key.imported_row_hash(&content(key, received)?))
}

/// What a row says, in one text however it was typed: what its hash is of. The passport stands in it as its
/// fingerprint. A hash that is kept is compared with it for good, so nothing here may change its place.
fn content(key: &Key, received: &Received) -> Result<Vec<u8>, Fault> {
    let Received {
        external_reference,
        received_at,
        employer,
        employer_name,
        changes,
        job_title,
        pay,
        worker,
    } = received;
    let passport = match (&worker.passport_state, &worker.passport_number) {
        (Patch::Set(state), Patch::Set(number)) => Some(key.fingerprint(*state, number).hex),
        (_, _) => None,
    };
    let said = [
        Some("imported-row-v1".to_owned()),
        Some(external_reference.to_string()),
        Some(received_at.timestamp_micros().to_string()),
        Some(employer.to_string()),
        Some(employer_name.to_string()),
        set(&changes.contact_name),
        email(&changes.contact_email),
        set(&changes.region),
        set(&changes.role),
        Some(job_title.to_string()),
        set(&changes.occupation_code),
        Some(pay.amount_cents().to_string()),
        Some(pay.currency().to_string()),
        Some(pay.period().word()),
        Some(pay.hours_hundredths().to_string()),
        Some(worker.family_name.to_string()),
        worker.given_names.as_ref().map(ToString::to_string),
        Some(worker.date_of_birth.date().to_string()),
        Some(worker.nationality.to_string()),
        email(&worker.email),
        set(&worker.passport_state),
        passport,
        set(&worker.passport_expires_on),
        Some(worker.offshore.to_string()),
    ];
    serde_json::to_vec(&said).map_err(|why| Fault::stored("row", why))
}

fn set<T: ToString>(patch: &Patch<T>) -> Option<String> {
    match patch {
        Patch::Set(value) => Some(value.to_string()),
        Patch::Keep | Patch::Clear => None,
    }
}

fn email(patch: &Patch<crate::values::email::Email>) -> Option<String> {
    match patch {
        Patch::Set(value) => Some(value.as_str().to_owned()),
        Patch::Keep | Patch::Clear => None,
    }
}
