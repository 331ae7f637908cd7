//! A passport's number is read whole: by one of the body's people in their own caseload, or by an officer of the agency on
//! a published line. That it was read is on record before the number leaves.
//!
//! What is kept of the act under its key says where the number stands, never what it is: a repeat reads it again, and is
//! refused where something else stands there by then.

use chrono::NaiveDate;
use entity::{ApplicationId, EventKind, ExceptionId, ReleaseId};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::open_line;
use crate::app::App;
use crate::applications::actions::passport_place;
use crate::applications::store::caseload;
use crate::db::{Command, Keyed, Tx};
use crate::error::{Acted, Fault, Found, UserError, UserErrorCode};
use crate::history::{self, Event};
use crate::releases::rules::Content;
use crate::releases::store::lines;
use crate::tenancy::{AgencyScope, BodyScope, CaseloadScope, RevealScope};
use crate::values::country::CountryCode;
use crate::values::passport::PassportNumber;

/// Somebody asks for the whole number.
#[derive(Clone, Debug)]
pub struct RevealPassport<'a> {
    /// The service.
    pub app: &'a App,
    /// Who asks, and so from where it is read.
    pub scope: RevealScope,
    /// Reference of the application.
    pub reference: String,
}

/// Where a number was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revealed {
    /// Whose worker it is.
    application: ApplicationId,
    /// The application's version, where it was read in the caseload.
    version: Option<i32>,
    /// The release, where it was read there.
    release: Option<ReleaseId>,
}

/// A passport, whole. Its `Debug` shows nothing of the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passport {
    /// The number.
    pub number: PassportNumber,
    /// Which state issued it.
    pub state: CountryCode,
    /// Its last day.
    pub expires_on: Option<NaiveDate>,
}

/// A number that was found, and what its record says.
struct Seen {
    revealed: Revealed,
    passport: Passport,
    exception: ExceptionId,
    event: Event,
}

impl Command for RevealPassport<'_> {
    type Answer = Revealed;
    const NAME: &'static str = "revealPassport";

    async fn run(&self, tx: &Tx) -> Acted<Revealed> {
        let seen = self.look(tx.conn()).await?;
        history::record(tx, [Event { exception: Some(seen.exception), ..seen.event }]).await?;
        Ok(seen.revealed)
    }
}

impl RevealPassport<'_> {
    async fn look(&self, conn: &impl ConnectionTrait) -> Acted<Seen> {
        let seen = match &self.scope {
            RevealScope::Body(scope) => self.in_caseload(conn, scope).await?,
            RevealScope::Agency(scope) => self.on_a_release(conn, scope).await?,
        };
        seen.ok_or_else(|| UserError::not_found("reference", "application").into())
    }

    async fn in_caseload(&self, conn: &impl ConnectionTrait, scope: &BodyScope) -> Acted<Option<Seen>> {
        let own = CaseloadScope::Body(scope.clone());
        let found = caseload::find_by_reference(conn, &own, &self.reference).await?;
        let Some(application) = found else { return Ok(None) };
        if !caseload::is_unbiased(conn, scope, &application).await? {
            return Ok(None);
        }
        let worker = caseload::workers_of(conn, &own, &[application.id]).await?.pop();
        let Some(worker) = worker else { return Err(none_kept().into()) };
        let Some(sealed) = worker.passport_sealed.as_deref() else { return Err(none_kept().into()) };
        let number = self.app.keys.passport_open(sealed, &passport_place(&worker));
        let passport = Passport {
            number: number.map_err(|why| Fault::stored("passport", why))?,
            state: state(worker.passport_state.as_deref().unwrap_or_default())?,
            expires_on: worker.passport_expires_on,
        };
        let version = Some(application.version);
        let revealed = Revealed { application: application.id, version, release: None };
        let event = Event::of_application(EventKind::PassportRevealed, &application);
        Ok(Some(Seen { revealed, passport, exception: application.exception_id, event }))
    }

    async fn on_a_release(&self, conn: &impl ConnectionTrait, scope: &AgencyScope) -> Acted<Option<Seen>> {
        let found = lines::newest_by_reference(conn, scope, &self.reference).await?;
        let Some((line, release)) = found else { return Ok(None) };
        let Some(content) = open_line(self.app, &line)? else { return Err(none_kept().into()) };
        let passport = passport_of(&content)?;
        let (application, exception) = (line.application_id, release.exception_id);
        let revealed = Revealed { application, version: None, release: Some(line.release_id) };
        // A body does not read in its timeline who at the agency looked at what.
        let event = Event::of_exception(EventKind::PassportRevealed, exception)
            .with(json!({ "reference": line.reference, "release": release.number }));
        Ok(Some(Seen { revealed, passport, exception, event }))
    }
}

/// Puts on record that the passport is read, and answers it.
///
/// # Errors
/// `NOT_FOUND` for what the viewer may not read; `STALE` for a repeat after what stands there has changed; faults.
pub async fn reveal_passport(command: &RevealPassport<'_>, keyed: Option<&Keyed>) -> Acted<Passport> {
    let (db, scope) = (&command.app.db, &command.scope);
    let recorded = db.perform(scope, keyed, command).await?;
    let seen = command.look(&db.read(scope)).await?;
    if seen.revealed == recorded {
        return Ok(seen.passport);
    }
    let message = "It has changed since it was asked for. Ask again, under a new key.";
    Err(UserError::at(UserErrorCode::Stale, "reference", message).into())
}

/// The passport as a release says.
fn passport_of(content: &Content) -> Acted<Passport> {
    let unreadable = |why: &dyn std::fmt::Display| Fault::stored("line of a release", why);
    let number = PassportNumber::parse(content.get("passport_number")).map_err(|why| unreadable(&why))?;
    let day = Some(content.get("passport_expires_on")).filter(|day| !day.is_empty());
    let expires_on = day.map(str::parse).transpose().map_err(|why| unreadable(&why))?;
    Ok(Passport { number, state: state(content.get("passport_issuing_state"))?, expires_on })
}

fn state(code: &str) -> Found<CountryCode> {
    CountryCode::parse(code).map_err(|why| Fault::stored("passport's state", why))
}

fn none_kept() -> UserError {
    UserError::at(UserErrorCode::NotFound, "reference", "No passport number is kept for this application.")
}
