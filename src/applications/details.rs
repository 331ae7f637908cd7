//! What an application says, parsed: values that cannot be wrong, though they may still be missing.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{DecisionReason, EvidenceKind, application};

use crate::error::{Fault, Found};
use crate::values::country::CountryCode;
use crate::values::dates::Birthday;
use crate::values::email::Email;
use crate::values::nzbn::Nzbn;
use crate::values::passport::PassportNumber;
pub use crate::values::patch::Patch;
use crate::values::pay::Pay;
use crate::values::text::{Line, Text};
use crate::values::web_address::WebAddress;

/// A name, a title, a region: one line.
pub type ShortText = Line<200>;
/// Duties, a note, a reason.
pub type LongText = Text<4000>;

/// The worker of an application. A change names the worker whole; what a reader of it cannot see, the
/// passport, stays where it is not named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerDetails {
    /// As in the passport.
    pub family_name: ShortText,
    /// As in the passport; none where it has a single name.
    pub given_names: Option<ShortText>,
    /// As in the passport.
    pub date_of_birth: Birthday,
    /// Of what state.
    pub nationality: CountryCode,
    /// Where the worker can be told that these details are held.
    pub email: Patch<Email>,
    /// Which state issued the passport.
    pub passport_state: Patch<CountryCode>,
    /// Its number.
    pub passport_number: Patch<PassportNumber>,
    /// Its last day.
    pub passport_expires_on: Patch<NaiveDate>,
    /// Whether the worker is outside New Zealand.
    pub offshore: bool,
}

/// A change of an application; a new one changes everything.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Changes {
    /// Who answers for the employer.
    pub contact_name: Patch<ShortText>,
    /// And where.
    pub contact_email: Patch<Email>,
    /// Code of the approved role.
    pub role: Patch<ShortText>,
    /// As in the agreement.
    pub job_title: Option<ShortText>,
    /// Code of the occupation.
    pub occupation_code: Patch<ShortText>,
    /// What the worker will do.
    pub duties: Patch<LongText>,
    /// Where.
    pub region: Patch<ShortText>,
    /// Guaranteed pay.
    pub pay: Option<Pay>,
    /// Who.
    pub worker: Option<WorkerDetails>,
}

/// An application that a body received on its own system, about to be taken in. Its worker has a passport and an
/// e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What the body calls it.
    pub external_reference: Line<100>,
    /// When the body had it complete.
    pub received_at: DateTime<Utc>,
    /// Whose it is.
    pub employer: Nzbn,
    /// The employer's legal name.
    pub employer_name: ShortText,
    /// What else it says; duties are not asked for.
    pub changes: Changes,
    /// The job's title.
    pub job_title: ShortText,
    /// Guaranteed pay.
    pub pay: Pay,
    /// Who.
    pub worker: WorkerDetails,
}

/// The pay that stands on an application.
///
/// # Errors
/// Where what is stored is no pay.
pub fn pay_of(row: &application::Model) -> Found<Pay> {
    Pay::from_stored(row.pay_cents, &row.pay_currency, row.pay_period, row.pay_hours_hundredths)
        .map_err(|errors| Fault::stored("pay", format!("{errors:?}")))
}

/// A record of evidence, about to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// Code of the criterion that it is to show, where its kind does not say it.
    pub criterion: Option<ShortText>,
    /// Its name.
    pub title: ShortText,
    /// Who issued it.
    pub issuer: Option<ShortText>,
    /// Its number there.
    pub reference: Option<ShortText>,
    /// Where it can be seen.
    pub url: Option<WebAddress>,
    /// Its first day.
    pub valid_from: Option<NaiveDate>,
    /// Its last day.
    pub expires_on: Option<NaiveDate>,
    /// Whether it is the employer's, for all of its applications to the body.
    pub of_employer: bool,
}

/// An assessor's advice, about to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// To endorse or to decline.
    pub outcome: entity::RecommendationOutcome,
    /// Why; at least one where it is to decline.
    pub reasons: Vec<DecisionReason>,
    /// In the assessor's words.
    pub note: Option<LongText>,
}
