//! A nomination's facts are corrected: proposed by one person, decided by another. The place stays, and so does the worker
//! whom it was given to, however many corrections there are.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{AmendmentId, AmendmentStatus, ApplicationId, EventKind, PayPeriod, amendment, application};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Opened, draft, give_places, open_at_gate, save, worker};
use crate::app::App;
use crate::applications::details::{Changes, LongText};
use crate::applications::rules::{Action, Differs, Refusal, stays_the_worker};
use crate::applications::store::{case, standing, words};
use crate::db::{Command, Gate, Tx};
use crate::error::{Acted, Fault, Found, UserError, UserErrorCode};
use crate::quota;
use crate::tenancy::{BodyScope, CaseloadScope};
use crate::values::country::CountryCode;
use crate::values::passport::PassportNumber;
use crate::values::pay::Pay;

/// Told when a nomination is not under the gate: `open_at_gate` holds it there.
const NOT_AT_THE_GATE: &str = "a nomination is held under the gate";

/// One of the body's people proposes a correction.
#[derive(Clone, Debug)]
pub struct AmendNomination<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which nomination.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Why.
    pub reason: LongText,
    /// What changes.
    pub changes: Changes,
}

impl Command for AmendNomination<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "amendNomination";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let (opened, _gate) = open_at_gate(tx, self.app, &scope, self.id, self.version).await?;
        opened.may(tx, Action::Amend)?;
        let before = Facts::of(&opened.application, &case::load_worker(tx, &opened.application).await?);
        let (after, passport_sealed) = self.proposed(tx, &opened).await?;
        let mut changes = before.changes_to(&after)?;
        if passport_sealed.is_some() && !changes.iter().any(|one| one.field == "worker.passportNumber") {
            // Another number may well end in the same characters.
            changes.push(FieldChange::new("worker.passportNumber", before.passport(), after.passport()));
        }
        if changes.is_empty() {
            let message = "Nothing would change: name what is to be corrected.";
            return Err(UserError::new(UserErrorCode::Invalid, message).into());
        }
        opened.keeps_the_worker(tx, &changes, passport_sealed.is_some()).await?;
        let fields: Vec<_> = changes.iter().map(|change| change.field.clone()).collect();
        let row = amendment::Model {
            id: tx.new_id(),
            application_id: self.id,
            body_id: self.scope.body(),
            status: AmendmentStatus::Proposed,
            reason: self.reason.as_str().to_owned(),
            changes: serde_json::to_value(&changes).map_err(|why| Fault::stored("changes", why))?,
            facts: serde_json::to_value(&after).map_err(|why| Fault::stored("facts", why))?,
            passport_sealed,
            proposed_by: self.scope.person(),
            proposed_at: tx.now(),
            decided_by: None,
            decided_at: None,
            note: None,
        };
        standing::insert_amendment(tx, row).await?;
        Ok(opened.save(tx, EventKind::AmendmentProposed, json!({ "fields": fields })).await?.id)
    }
}

impl AmendNomination<'_> {
    /// The facts as they would stand. A new passport is sealed for the row that it will stand in, so that it opens nowhere
    /// before.
    async fn proposed(&self, tx: &Tx, opened: &Opened) -> Acted<(Facts, Option<Vec<u8>>)> {
        let mut application = opened.application.clone();
        let mut row = case::load_worker(tx, &application).await?;
        draft::apply(&opened.known, &mut application, self.changes.clone())?;
        let passport = match self.changes.worker.clone() {
            Some(details) => {
                let sealing = self.app.keys.sealing(tx).await?;
                worker::apply(&sealing, &mut row, details)?
            }
            None => worker::PassportChange::Kept,
        };
        let sealed = match passport {
            worker::PassportChange::Set(prints) => {
                // Clients send the whole worker: the same passport again is no new one.
                let is_new = !worker::has_this_passport(tx, application.id, &prints).await?;
                row.passport_sealed.clone().filter(|_| is_new)
            }
            worker::PassportChange::Kept => None,
            worker::PassportChange::Cleared => return Err(needed("worker.passportNumber").into()),
        };
        if row.passport_state.is_none() {
            return Err(needed("worker.passportIssuingState").into());
        }
        if application.role_code.is_none() {
            return Err(needed("role").into());
        }
        if application.occupation_code.is_none() {
            return Err(needed("occupationCode").into());
        }
        Ok((Facts::of(&application, &row), sealed))
    }
}

fn needed(field: &str) -> UserError {
    UserError::at(UserErrorCode::Required, field, "A nomination has to have this.")
}

/// A lead decides on a correction that another person proposed.
#[derive(Clone, Debug)]
pub struct ConfirmAmendment<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which nomination.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Which correction.
    pub amendment: AmendmentId,
    /// Whether it is right.
    pub accept: bool,
    /// For colleagues.
    pub note: Option<LongText>,
}

impl Command for ConfirmAmendment<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "confirmAmendment";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let (mut opened, gate) = open_at_gate(tx, self.app, &scope, self.id, self.version).await?;
        if let Err(refusal) = opened.may(tx, Action::ConfirmAmendment) {
            return Err(super::missing_lead(tx, &self.scope, refusal).await?);
        }
        let gate = gate.ok_or_else(|| Fault::stored("application", NOT_AT_THE_GATE))?;
        let found = standing::find_proposed(&gate, self.id, self.amendment).await?;
        let found = found.ok_or_else(|| UserError::not_found("amendment", "correction that waits"))?;
        let (status, event) = if self.accept {
            (AmendmentStatus::Accepted, EventKind::AmendmentAccepted)
        } else {
            (AmendmentStatus::Rejected, EventKind::AmendmentRejected)
        };
        let changes = changes_of(&found)?;
        if self.accept && opened.conflicted.contains(&found.proposed_by) {
            return Err(Refusal::RestsOnConflict.into());
        }
        if self.accept {
            // The agency may have invited the worker since it was proposed.
            opened.keeps_the_worker(tx, &changes, found.passport_sealed.is_some()).await?;
            write(&gate, self.app, &mut opened.application, &found).await?;
        }
        let decided = amendment::Model {
            status,
            decided_by: Some(self.scope.person()),
            decided_at: Some(tx.now()),
            note: self.note.clone().map(Into::into),
            ..found
        };
        standing::save_amendment(tx, decided).await?;
        let fields: Vec<_> = changes.into_iter().map(|change| change.field).collect();
        let saved = save(tx, opened.application, event, json!({ "fields": fields })).await?;
        words::save_words(tx, &saved).await?;
        // Whoever the old passport was taken for is free.
        give_places(&gate, self.app).await?;
        Ok(self.id)
    }
}

impl Opened {
    /// Refuses a correction by which another worker would stand on the place than the one whom it was given to.
    async fn keeps_the_worker(&self, tx: &Tx, changes: &[FieldChange], new_passport: bool) -> Acted<()> {
        let accepted = standing::load_accepted(tx, self.application.id).await?;
        let passport = new_passport || accepted.iter().any(|one| one.passport_sealed.is_some());
        let mut all = accepted.iter().map(changes_of).collect::<Found<Vec<_>>>()?.concat();
        all.extend_from_slice(changes);
        let sum = sum_of(&all);
        let differs = Differs {
            name: ["worker.familyName", "worker.givenNames"].iter().any(|field| sum.contains(field)),
            birthday: sum.contains(&"worker.dateOfBirth"),
            passport,
        };
        Ok(stays_the_worker(differs, self.case.standing.invitation_was_issued())?)
    }
}

/// What a correction changes.
fn changes_of(row: &amendment::Model) -> Found<Vec<FieldChange>> {
    serde_json::from_value(row.changes.clone()).map_err(|why| Fault::stored("changes", why))
}

/// The fields that differ after a row of changes, first to last, from what they were before.
fn sum_of(changes: &[FieldChange]) -> Vec<&str> {
    let mut sum = BTreeMap::<&str, (&Option<String>, &Option<String>)>::new();
    for FieldChange { field, before, after } in changes {
        sum.entry(field).and_modify(|(_, last)| *last = after).or_insert((before, after));
    }
    sum.into_iter().filter(|(_, (first, last))| first != last).map(|(field, _)| field).collect()
}

/// Writes accepted facts. The new passport is opened in the place that it was sealed for, for its fingerprint; the event
/// of this act is the record of that.
async fn write(
    gate: &Gate<'_>,
    app: &App,
    application: &mut application::Model,
    accepted: &amendment::Model,
) -> Acted<()> {
    let tx = gate.tx();
    let facts: Facts =
        serde_json::from_value(accepted.facts.clone()).map_err(|why| Fault::stored("facts", why))?;
    let mut row = case::load_worker(tx, application).await?;
    facts.write(application, &mut row);
    if let Some(sealed) = &accepted.passport_sealed {
        let sealing = app.keys.sealing(tx).await?;
        row.passport_sealed = Some(sealed.clone());
        let (state, number) = open_passport(app, &row)?;
        // The key may be another since it was proposed.
        row.passport_sealed = Some(sealing.passport_seal(&number, &worker::place_of(&row)));
        let fingerprints = sealing.fingerprints(state, &number);
        if !quota::actions::correct_worker(gate, application.id, &fingerprints).await? {
            return Err(Refusal::WorkerHoldsPlace.into());
        }
    }
    Ok(case::save_worker(tx, row).await?)
}

fn open_passport(app: &App, row: &entity::worker::Model) -> Found<(CountryCode, PassportNumber)> {
    let sealed = row.passport_sealed.as_deref().unwrap_or_default();
    let number = app.keys.passport_open(sealed, &worker::place_of(row));
    let number = number.map_err(|why| Fault::stored("passport", why))?;
    let state = row.passport_state.as_deref().unwrap_or_default();
    let state = CountryCode::parse(state).map_err(|why| Fault::stored("passport's state", why))?;
    Ok((state, number))
}

/// A field of a correction, as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// As clients call it, e.g. `worker.familyName`.
    pub field: String,
    /// What stands; none where it is open. Of a passport's number the last characters.
    pub before: Option<String>,
    /// What would stand.
    pub after: Option<String>,
}

impl FieldChange {
    fn new(field: &str, before: Option<String>, after: Option<String>) -> Self {
        Self { field: field.to_owned(), before, after }
    }
}

/// What a correction may change, as it stands in the two rows; of the passport's number the last characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Facts {
    role_code: Option<String>,
    job_title: String,
    occupation_code: Option<String>,
    pay_cents: i64,
    pay_currency: String,
    pay_period: PayPeriod,
    pay_hours_hundredths: i32,
    annual_cents: i64,
    family_name: String,
    given_names: String,
    date_of_birth: NaiveDate,
    nationality: String,
    email: Option<String>,
    passport_state: Option<String>,
    passport_hint: Option<String>,
    passport_expires_on: Option<NaiveDate>,
    offshore: bool,
}

impl Facts {
    fn of(application: &application::Model, worker: &entity::worker::Model) -> Self {
        Self {
            role_code: application.role_code.clone(),
            job_title: application.job_title.clone(),
            occupation_code: application.occupation_code.clone(),
            pay_cents: application.pay_cents,
            pay_currency: application.pay_currency.clone(),
            pay_period: application.pay_period,
            pay_hours_hundredths: application.pay_hours_hundredths,
            annual_cents: application.annual_cents,
            family_name: worker.family_name.clone(),
            given_names: worker.given_names.clone(),
            date_of_birth: worker.date_of_birth,
            nationality: worker.nationality.clone(),
            email: worker.email.clone(),
            passport_state: worker.passport_state.clone(),
            passport_hint: worker.passport_hint.clone(),
            passport_expires_on: worker.passport_expires_on,
            offshore: worker.offshore,
        }
    }

    fn write(self, application: &mut application::Model, worker: &mut entity::worker::Model) {
        application.role_code = self.role_code;
        application.job_title = self.job_title;
        application.occupation_code = self.occupation_code;
        application.pay_cents = self.pay_cents;
        application.pay_currency = self.pay_currency;
        application.pay_period = self.pay_period;
        application.pay_hours_hundredths = self.pay_hours_hundredths;
        application.annual_cents = self.annual_cents;
        worker.family_name = self.family_name;
        worker.given_names = self.given_names;
        worker.date_of_birth = self.date_of_birth;
        worker.nationality = self.nationality;
        worker.email = self.email;
        worker.passport_state = self.passport_state;
        worker.passport_hint = self.passport_hint;
        worker.passport_expires_on = self.passport_expires_on;
        worker.offshore = self.offshore;
    }

    fn passport(&self) -> Option<String> {
        self.passport_hint.as_ref().map(|hint| format!("…{hint}"))
    }

    fn pay(&self) -> Found<String> {
        let pay =
            Pay::from_stored(self.pay_cents, &self.pay_currency, self.pay_period, self.pay_hours_hundredths)
                .map_err(|errors| Fault::stored("pay", format!("{errors:?}")))?;
        let (amount, hours) = (pay.amount(), pay.hours_per_week());
        Ok(format!("{amount} {} a {}, {hours} hours a week", pay.currency(), pay.period().word()))
    }

    /// Every field that differs.
    fn changes_to(&self, after: &Self) -> Found<Vec<FieldChange>> {
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
        let some = |text: &str| Some(text.to_owned());
        let read = |facts: &Self| -> Found<[(&'static str, Option<String>); 13]> {
            Ok([
                ("role", facts.role_code.clone()),
                ("jobTitle", some(&facts.job_title)),
                ("occupationCode", facts.occupation_code.clone()),
                ("remuneration", Some(facts.pay()?)),
                ("worker.familyName", some(&facts.family_name)),
                ("worker.givenNames", some(&facts.given_names).filter(|names| !names.is_empty())),
                ("worker.dateOfBirth", day(Some(facts.date_of_birth))),
                ("worker.nationality", some(&facts.nationality)),
                ("worker.email", facts.email.clone()),
                ("worker.passportIssuingState", facts.passport_state.clone()),
                ("worker.passportNumber", facts.passport()),
                ("worker.passportExpiresOn", day(facts.passport_expires_on)),
                ("worker.offshore", Some(facts.offshore.to_string())),
            ])
        };
        let pairs = read(self)?.into_iter().zip(read(after)?);
        let changed = pairs.filter(|((_, before), (_, after))| before != after);
        Ok(changed.map(|((field, before), (_, after))| FieldChange::new(field, before, after)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_changed_back_was_not_changed() {
        let change = |field: &str, before: &str, after: &str| {
            FieldChange::new(field, Some(before.to_owned()), Some(after.to_owned()))
        };
        let changes = [
            change("worker.familyName", "Rao", "Roa"),
            change("jobTitle", "Coder", "Developer"),
            change("worker.familyName", "Roa", "Rao"),
            change("jobTitle", "Developer", "Engineer"),
        ];
        assert_eq!(sum_of(&changes[..2]), ["jobTitle", "worker.familyName"]);
        assert_eq!(sum_of(&changes), ["jobTitle"]);
    }
}
