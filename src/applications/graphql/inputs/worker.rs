//! The worker of an application, as an employer sends it: personal data, so nothing here can be printed.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;

use super::reader::Reader;
use crate::applications::details::{ShortText, WorkerDetails};
use crate::schema::scalars::Date;
use crate::values::country::CountryCode;
use crate::values::dates::{Birthday, check_passport_expiry};
use crate::values::email::Email;
use crate::values::passport::PassportNumber;

/// The one worker whom an application is for. What may stay open in a draft can be null; submitting needs all but
/// the passport's last day. In a change, an absent field stays as it is and a null empties it.
#[derive(InputObject)]
pub struct WorkerInput {
    /// As it stands in the passport.
    family_name: String,
    /// As they stand in the passport; empty where it has a single name.
    given_names: String,
    /// As it stands in the passport. It has to make the worker 16 to 100 years old.
    date_of_birth: Date,
    /// The three letters that the passport has for the nationality, e.g. IND.
    nationality: String,
    /// Where the worker is told that these details are held.
    email: MaybeUndefined<String>,
    /// The three letters of the state that issued the passport. It goes with the number.
    passport_issuing_state: MaybeUndefined<String>,
    /// As printed on the photo page. It is kept sealed and never shown again whole.
    passport_number: MaybeUndefined<String>,
    /// The last day on which the passport is good.
    passport_expires_on: MaybeUndefined<Date>,
    /// Whether the worker is outside New Zealand now.
    offshore: bool,
}

impl WorkerInput {
    /// Reads all of it; `today` is the day in New Zealand.
    pub(super) fn read(self, reader: &mut Reader, today: NaiveDate) -> Option<WorkerDetails> {
        let family_name = reader.need("worker.familyName", &self.family_name, ShortText::parse);
        let given_names = Some(self.given_names.as_str()).filter(|names| !names.trim().is_empty());
        let given_names = reader.maybe("worker.givenNames", given_names, ShortText::parse);
        let date_of_birth = reader.take("worker.dateOfBirth", Birthday::new(self.date_of_birth.0, today));
        let nationality =
            reader.need("worker.nationality", &self.nationality, CountryCode::parse_nationality);
        let email = reader.patch("worker.email", self.email, |typed| Email::parse(&typed));
        let passport_state =
            reader.patch("worker.passportIssuingState", self.passport_issuing_state, |typed| {
                CountryCode::parse(&typed)
            });
        let passport_number = reader
            .patch("worker.passportNumber", self.passport_number, |typed| PassportNumber::parse(&typed));
        let passport_expires_on = reader.patch("worker.passportExpiresOn", self.passport_expires_on, |day| {
            check_passport_expiry(day.0, today)
        });
        Some(WorkerDetails {
            family_name: family_name?,
            given_names,
            date_of_birth: date_of_birth?,
            nationality: nationality?,
            email,
            passport_state,
            passport_number,
            passport_expires_on,
            offshore: self.offshore,
        })
    }
}
