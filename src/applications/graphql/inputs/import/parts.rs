//! The pay and the worker of a row. The worker is personal data, so nothing here can be printed.

use async_graphql::InputObject;
use chrono::NaiveDate;
use entity::PayPeriod;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{maybe, need};
use crate::applications::details::{Patch, ShortText, WorkerDetails};
use crate::applications::graphql::inputs::claim::Claim;
use crate::applications::graphql::inputs::reader::Reader;
use crate::error::UserErrorCode;
use crate::values::country::CountryCode;
use crate::values::dates::{Birthday, check_passport_at_receipt, parse_date};
use crate::values::decimal::{NotDecimal, parse_decimal};
use crate::values::email::Email;
use crate::values::passport::PassportNumber;
use crate::values::pay::{Currency, Pay, parse_period};

/// What the job of a row pays for certain.
#[derive(Clone, Default, Deserialize, InputObject)]
#[serde(rename_all = "camelCase", default)]
pub struct ImportRemuneration {
    /// Needed. The guaranteed amount for one `period`, in dollars and cents, e.g. "120000.00".
    amount: Option<String>,
    /// Needed. Three capital letters, e.g. NZD.
    currency: Option<String>,
    /// Needed. What the amount is for: HOUR, WEEK, FORTNIGHT, MONTH or YEAR.
    period: Option<String>,
    /// Needed. The hours that the agreement guarantees, to the hundredth, e.g. "37.5".
    hours_per_week: Option<String>,
}

/// The worker of a row.
#[derive(Clone, Default, Deserialize, InputObject)]
#[serde(rename_all = "camelCase", default)]
pub struct ImportWorker {
    /// Needed. As it stands in the passport.
    family_name: Option<String>,
    /// As they stand in the passport; none where it has a single name.
    given_names: Option<String>,
    /// Needed. As it stands in the passport, YYYY-MM-DD. It has to make the worker 16 to 100 years old.
    date_of_birth: Option<String>,
    /// Needed. The three letters that the passport has for the nationality, e.g. IND.
    nationality: Option<String>,
    /// Needed. Where the worker is told that these details are held.
    email: Option<String>,
    /// Needed. The three letters of the state that issued the passport.
    passport_issuing_state: Option<String>,
    /// Needed. As printed on the photo page. It is kept sealed and never shown again whole.
    passport_number: Option<String>,
    /// The last day on which the passport is good, YYYY-MM-DD: not before the day of receipt.
    passport_expires_on: Option<String>,
    /// Needed. Whether the worker was outside New Zealand when the application was made.
    offshore: Option<Claim>,
}

impl ImportRemuneration {
    /// Reads all of it.
    pub(super) fn read(&self, reader: &mut Reader) -> Option<Pay> {
        let amount = need(reader, "remuneration.amount", self.amount.as_deref(), decimal);
        let currency = need(reader, "remuneration.currency", self.currency.as_deref(), |typed| {
            Currency::parse(typed.trim())
        });
        let period = need(reader, "remuneration.period", self.period.as_deref(), parse_period);
        let hours = need(reader, "remuneration.hoursPerWeek", self.hours_per_week.as_deref(), decimal);
        // What could not be read was told; something that is sound stands for it, so that the others are told too.
        let one = Decimal::ONE;
        let pay = Pay::parse(
            amount.unwrap_or(one),
            currency.unwrap_or(Currency::NZD).as_str(),
            period.unwrap_or(PayPeriod::Year),
            hours.unwrap_or(one),
        );
        let pay = pay.map_err(|errors| {
            for error in errors {
                let field = format!("remuneration.{}", error.field());
                reader.refuse(UserErrorCode::Invalid, &field, &error.to_string());
            }
        });
        amount.and(currency).and(period).and(hours).and(pay.ok())
    }
}

impl ImportWorker {
    /// Reads all of it, held against the day of receipt where days pass, and else against today.
    pub(super) fn read(
        &self,
        reader: &mut Reader,
        received_on: NaiveDate,
        today: NaiveDate,
    ) -> Option<WorkerDetails> {
        let family_name = need(reader, "worker.familyName", self.family_name.as_deref(), ShortText::parse);
        let given_names = maybe(reader, "worker.givenNames", self.given_names.as_deref(), ShortText::parse);
        let date_of_birth = need(reader, "worker.dateOfBirth", self.date_of_birth.as_deref(), |typed| {
            Birthday::parse(typed, today)
        });
        let nationality =
            need(reader, "worker.nationality", self.nationality.as_deref(), CountryCode::parse_nationality);
        let email = need(reader, "worker.email", self.email.as_deref(), Email::parse);
        let state = need(
            reader,
            "worker.passportIssuingState",
            self.passport_issuing_state.as_deref(),
            CountryCode::parse,
        );
        let number =
            need(reader, "worker.passportNumber", self.passport_number.as_deref(), PassportNumber::parse);
        let expires_on =
            maybe(reader, "worker.passportExpiresOn", self.passport_expires_on.as_deref(), |typed| {
                check_passport_at_receipt(parse_date(typed)?, received_on, today)
            });
        let offshore = Claim::read(self.offshore, reader, "worker.offshore");
        Some(WorkerDetails {
            family_name: family_name?,
            given_names,
            date_of_birth: date_of_birth?,
            nationality: nationality?,
            email: Patch::Set(email?),
            passport_state: Patch::Set(state?),
            passport_number: Patch::Set(number?),
            passport_expires_on: Patch::of(expires_on),
            offshore: offshore?,
        })
    }
}

fn decimal(typed: &str) -> Result<Decimal, NotDecimal> {
    parse_decimal(typed.trim())
}
