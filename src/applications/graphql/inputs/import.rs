//! Rows of a body's own system, as the API and a file have them.
//!
//! Every field of a row is text, and may be missing: whatever cannot be read refuses that one row, with the path
//! within it, and never its neighbours. One struct serves both edges, and so does one reader.

mod parts;

use std::fmt::Display;

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use wire::asked::shortened;

use super::claim::Claim;
use super::draft::read_job_title;
use super::reader::Reader;
use crate::applications::actions::ReadRow;
use crate::applications::details::{Changes, Patch, Received, ShortText};
use crate::clock::day_in_new_zealand;
use crate::error::{Acted, Failure, UserErrorCode};
use crate::values::dates::parse_instant;
use crate::values::email::Email;
use crate::values::nzbn::Nzbn;
use crate::values::text::Line;
use parts::{ImportRemuneration, ImportWorker};

/// Most rows of one import.
pub(crate) const ROWS_MAX: usize = 500;
/// What a row that is not declared is told.
const NOT_DECLARED: &str =
    "The employer has to declare that this is true and known to the worker: get its declaration first.";

/// Rows of a body's own system. Each is accepted or refused by itself; sending them again is harmless.
#[derive(InputObject)]
pub struct ImportApplicationsInput {
    /// The same key and rows answer the same again. It is not needed for safety: a row that comes twice acts once.
    idempotency_key: Option<String>,
    /// Slug of the class exception, e.g. specialist-tech.
    pub(in crate::applications::graphql) class_exception: String,
    /// At most 500; the results have the same order.
    pub(in crate::applications::graphql) rows: Vec<ImportRow>,
    /// Tells what each row would do, and does nothing.
    #[graphql(default)]
    pub(in crate::applications::graphql) dry_run: bool,
}

impl ImportApplicationsInput {
    /// The class exception's slug and the rows, each read by itself; `now` is when.
    ///
    /// # Errors
    /// Where there are too many rows, or the class exception's slug cannot be one.
    pub fn read(&self, now: DateTime<Utc>) -> Acted<(String, Vec<ReadRow>)> {
        let mut reader = Reader::default();
        reader.bound("rows", self.rows.len(), ROWS_MAX);
        let exception = reader.exception(self.class_exception.clone());
        let exception = reader.finish(exception)?;
        let rows = self.rows.iter().map(|row| row.read(now)).collect::<Acted<_>>()?;
        Ok((exception, rows))
    }
}

/// An application that a body received complete on its own system. Fields are text, so that one that cannot be read
/// refuses its own row only; those that are called needed refuse it where they are missing or blank.
#[derive(Clone, Default, Deserialize, InputObject)]
#[serde(rename_all = "camelCase", default)]
pub struct ImportRow {
    /// Needed. The body's own reference of up to 100 characters, unique within the body: it stands for one application
    /// for good.
    external_reference: Option<String>,
    /// Needed. The instant at which the body had it complete, e.g. 2022-02-14T09:30:00+13:00: its place in the order.
    /// It lies within the window, and not in the future.
    received_at: Option<String>,
    /// Needed, and true: the body states that the employer declared it to be true and known to the worker.
    declared: Option<Claim>,
    /// Needed. The employer's NZBN.
    employer_nzbn: Option<String>,
    /// Needed. The employer's legal name; it is used where the NZBN is new here, and changes no employer.
    employer_name: Option<String>,
    /// Who answers the body's questions.
    contact_name: Option<String>,
    /// Needed. Where the body writes to.
    contact_email: Option<String>,
    /// Where in New Zealand the job is.
    region: Option<String>,
    /// Code of the approved role, where it is known; otherwise it is found by the job's title.
    role: Option<String>,
    /// Needed. As it stands in the employment agreement.
    job_title: Option<String>,
    /// Code of the occupation, where it is known.
    occupation_code: Option<String>,
    /// Needed. Guaranteed pay, before tax.
    #[serde(flatten)]
    remuneration: Option<ImportRemuneration>,
    /// Needed. Whom it is for.
    #[serde(flatten)]
    worker: Option<ImportWorker>,
}

impl ImportRow {
    /// The names of a file's columns: of every field of a row, of its pay and of its worker.
    pub const COLUMNS: [&str; 24] = [
        "externalReference",
        "receivedAt",
        "declared",
        "employerNzbn",
        "employerName",
        "contactName",
        "contactEmail",
        "region",
        "role",
        "jobTitle",
        "occupationCode",
        "amount",
        "currency",
        "period",
        "hoursPerWeek",
        "familyName",
        "givenNames",
        "dateOfBirth",
        "nationality",
        "email",
        "passportIssuingState",
        "passportNumber",
        "passportExpiresOn",
        "offshore",
    ];

    /// The reference that the row names itself by, as far as it can be repeated; empty where it names none.
    #[must_use]
    pub fn named(&self) -> String {
        shortened(self.external_reference.as_deref().unwrap_or_default().trim())
    }

    /// What the row says, or everything that is wrong with it, by paths within the row. `now` is when it is read.
    ///
    /// # Errors
    /// None but faults.
    pub fn read(&self, now: DateTime<Utc>) -> Acted<ReadRow> {
        let mut reader = Reader::default();
        let read = self.read_with(&mut reader, now);
        match reader.finish(read) {
            Ok(received) => Ok(Ok(received)),
            Err(Failure::Refused(errors)) => Ok(Err(errors)),
            Err(other) => Err(other),
        }
    }

    fn read_with(&self, reader: &mut Reader, now: DateTime<Utc>) -> Option<Received> {
        let external_reference =
            need(reader, "externalReference", self.external_reference.as_deref(), Line::parse);
        let received_at = need(reader, "receivedAt", self.received_at.as_deref(), parse_instant);
        let declared = Claim::read(self.declared, reader, "declared");
        if declared == Some(false) {
            reader.refuse(UserErrorCode::Required, "declared", NOT_DECLARED);
        }
        let employer = need(reader, "employerNzbn", self.employer_nzbn.as_deref(), Nzbn::parse);
        let employer_name = need(reader, "employerName", self.employer_name.as_deref(), ShortText::parse);
        let mut short = |field, typed| Patch::of(maybe(reader, field, typed, ShortText::parse));
        let changes = Changes {
            contact_name: short("contactName", self.contact_name.as_deref()),
            region: short("region", self.region.as_deref()),
            role: short("role", self.role.as_deref()),
            occupation_code: short("occupationCode", self.occupation_code.as_deref()),
            ..Changes::default()
        };
        let contact_email = need(reader, "contactEmail", self.contact_email.as_deref(), Email::parse);
        let job_title = read_job_title(reader, self.job_title.as_deref().unwrap_or_default());
        let pay = self.remuneration.clone().unwrap_or_default().read(reader);
        let today = day_in_new_zealand(now);
        let received_on = received_at.map_or(today, day_in_new_zealand).min(today);
        let worker = self.worker.clone().unwrap_or_default().read(reader, received_on, today);
        Some(Received {
            external_reference: external_reference?,
            received_at: received_at?,
            employer: employer?,
            employer_name: employer_name?,
            changes: Changes { contact_email: Patch::Set(contact_email?), ..changes },
            job_title: job_title?,
            pay: pay?,
            worker: worker?,
        })
    }
}

/// A field that has to say something.
fn need<T, E: Display>(
    reader: &mut Reader,
    field: &str,
    typed: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Option<T> {
    reader.need(field, typed.unwrap_or_default(), parse)
}

/// A field that may be left out: a blank one is.
fn maybe<T, E: Display>(
    reader: &mut Reader,
    field: &str,
    typed: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Option<T> {
    reader.maybe(field, typed.filter(|typed| !typed.trim().is_empty()), parse)
}
