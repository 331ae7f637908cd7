//! The worker of an application: personal data, its sealed passport and its fingerprint.

use entity::{ApplicationId, BodyId, ExceptionId, worker, worker_fingerprint};

use crate::applications::details::{Patch, WorkerDetails};
use crate::db::Tx;
use crate::error::{Acted, Found, UserError, UserErrorCode};
use crate::keys::{Fingerprint, PassportPlace, Sealing};
use crate::quota;
use crate::values::country::CountryCode;
use crate::values::passport::PassportNumber;

/// What became of the passport's number in a change.
pub(super) enum PassportChange {
    Kept,
    Cleared,
    /// Its fingerprints, one for each key in use.
    Set(Vec<Fingerprint>),
}

/// The worker of an application that is new.
pub(super) fn blank(application: ApplicationId, body: BodyId, details: &WorkerDetails) -> worker::Model {
    worker::Model {
        application_id: application,
        body_id: body,
        family_name: details.family_name.as_str().to_owned(),
        given_names: String::new(),
        date_of_birth: details.date_of_birth.date(),
        nationality: details.nationality.as_str().to_owned(),
        email: None,
        passport_state: None,
        passport_sealed: None,
        passport_hint: None,
        passport_expires_on: None,
        offshore: details.offshore,
        notice_given_at: None,
        told_on: None,
        told_by: None,
    }
}

/// Writes `details` into `row`. A passport's number is sealed for this row; it is told from others by number
/// and issuing state together, so neither changes its meaning alone.
pub(super) fn apply(
    sealing: &Sealing,
    row: &mut worker::Model,
    details: WorkerDetails,
) -> Acted<PassportChange> {
    let state = passport_state(row, &details)?;
    let change = match details.passport_number {
        Patch::Keep => PassportChange::Kept,
        Patch::Clear => {
            row.passport_sealed = None;
            row.passport_hint = None;
            PassportChange::Cleared
        }
        Patch::Set(number) => {
            let state = state.ok_or_else(|| {
                let message =
                    "Say which state issued the passport: numbers of different states can be the same.";
                UserError::at(UserErrorCode::Required, "worker.passportIssuingState", message)
            })?;
            PassportChange::Set(seal(sealing, row, state, &number))
        }
    };
    row.passport_state = state.map(|state| state.as_str().to_owned());
    row.family_name = details.family_name.into();
    row.given_names = details.given_names.map(Into::into).unwrap_or_default();
    row.date_of_birth = details.date_of_birth.date();
    details.nationality.as_str().clone_into(&mut row.nationality);
    row.email = details.email.applied_to(row.email.take(), |email| email.as_str().to_owned());
    row.passport_expires_on = details.passport_expires_on.applied_to(row.passport_expires_on, |day| day);
    row.offshore = details.offshore;
    Ok(change)
}

/// The issuing state after the change. It cannot change under a number that stays.
fn passport_state(row: &worker::Model, details: &WorkerDetails) -> Acted<Option<CountryCode>> {
    let before = row.passport_state.as_deref().and_then(|code| CountryCode::parse(code).ok());
    let after = details.passport_state.clone().applied_to(before, |state| state);
    let number_stays = row.passport_sealed.is_some() && details.passport_number == Patch::Keep;
    if number_stays && after != before {
        let message = "Give the passport's number again: it goes with the issuing state.";
        return Err(UserError::at(UserErrorCode::Required, "worker.passportNumber", message).into());
    }
    Ok(after)
}

/// Where a worker's passport is sealed for.
#[must_use]
pub fn place_of(row: &worker::Model) -> PassportPlace {
    PassportPlace {
        table: "worker",
        column: "passport_sealed",
        row: row.application_id.0,
        body: row.body_id.0,
    }
}

fn seal(
    sealing: &Sealing,
    row: &mut worker::Model,
    state: CountryCode,
    number: &PassportNumber,
) -> Vec<Fingerprint> {
    row.passport_sealed = Some(sealing.passport_seal(number, &place_of(row)));
    row.passport_hint = Some(number.hint().to_owned());
    sealing.fingerprints(state, number)
}

/// Whether fingerprints are those of the passport that the application's worker has.
pub(super) async fn has_this_passport(
    tx: &Tx,
    application: ApplicationId,
    fingerprints: &[Fingerprint],
) -> Found<bool> {
    let known = quota::store::fingerprints_of(tx, application).await?;
    let same = |one: &worker_fingerprint::Model| {
        fingerprints.iter().any(|new| one.key_version == new.version && one.fingerprint == new.hex)
    };
    Ok(known.iter().any(same))
}

/// Keeps the fingerprints in step with the passport.
pub(super) async fn save_fingerprints(
    tx: &Tx,
    exception: ExceptionId,
    application: ApplicationId,
    change: PassportChange,
) -> Found<()> {
    match change {
        PassportChange::Kept => Ok(()),
        PassportChange::Cleared => quota::store::delete_fingerprints(tx, application).await,
        PassportChange::Set(fingerprints) => {
            quota::store::save_fingerprints(tx, exception, application, &fingerprints).await
        }
    }
}
