//! What the agency has told of a worker and a job. It is kept sealed with the case, so that it can be held against what we
//! have whenever that changes, and not only when the message came.

use std::collections::HashMap;
use std::fmt;

use chrono::NaiveDate;
use entity::{ApplicationId, ReleaseId};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use super::outcomes::SentLine;
use crate::app::App;
use crate::error::{Fault, Found};
use crate::keys::{BadSeal, Keys, Sealing, TextPlace};
use crate::reconciliation::rules::outcomes::{Details, Passport};
use crate::reconciliation::store::details::lines_of;
use crate::releases::actions::open_line;
use crate::values::country::CountryCode;
use crate::values::passport::PassportNumber;

/// The details that have to agree; those that were not told are none.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ToldDetails {
    date_of_birth: Option<NaiveDate>,
    /// Issuing state and number.
    passport: Option<(String, String)>,
    employer_nzbn: Option<String>,
    occupation_code: Option<String>,
}

impl fmt::Debug for ToldDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToldDetails(redacted)")
    }
}

impl From<&SentLine> for ToldDetails {
    fn from(line: &SentLine) -> Self {
        let passport = line.passport.as_ref();
        Self {
            date_of_birth: line.date_of_birth,
            passport: passport.map(|(state, number)| (state.to_string(), number.expose().to_owned())),
            employer_nzbn: line.employer_nzbn.map(|nzbn| nzbn.to_string()),
            occupation_code: line.occupation_code.as_ref().map(|code| code.as_str().to_owned()),
        }
    }
}

impl ToldDetails {
    /// With what was told later; what was not told again stays.
    pub(super) fn then(self, later: Self) -> Self {
        Self {
            date_of_birth: later.date_of_birth.or(self.date_of_birth),
            passport: later.passport.or(self.passport),
            employer_nzbn: later.employer_nzbn.or(self.employer_nzbn),
            occupation_code: later.occupation_code.or(self.occupation_code),
        }
    }

    pub(super) fn seal(&self, sealing: &Sealing, application: ApplicationId) -> Found<Vec<u8>> {
        let text = serde_json::to_string(self).map_err(|why| Fault::stored("agency case", why))?;
        Ok(sealing.text_seal(&text, &told_place(&application.to_string())))
    }

    pub(super) fn open(keys: &Keys, application: ApplicationId, sealed: &[u8]) -> Found<Self> {
        let text = keys.text_open(sealed, &told_place(&application.to_string()));
        let text = text.map_err(|why: BadSeal| Fault::stored("agency case", why))?;
        serde_json::from_str(&text).map_err(|why| Fault::stored("agency case", why))
    }

    /// As they are compared: the passport by its fingerprint.
    pub(super) fn compared(&self, sealing: &Sealing) -> Found<Details> {
        let passport = self.passport.as_ref().map(|(state, number)| {
            let state = CountryCode::parse(state).map_err(|why| Fault::stored("agency case", why))?;
            let number = PassportNumber::parse(number).map_err(|why| Fault::stored("agency case", why))?;
            let fingerprint = sealing.fingerprint(state, &number).hex;
            Found::Ok(Passport { fingerprint, hint: number.hint().to_owned() })
        });
        Ok(Details {
            date_of_birth: self.date_of_birth,
            passport: passport.transpose()?,
            employer_nzbn: self.employer_nzbn.clone(),
            occupation_code: self.occupation_code.clone(),
        })
    }
}

/// What a release says of these applications, as it is compared.
pub(super) async fn released(
    conn: &impl ConnectionTrait,
    (app, sealing): (&App, &Sealing),
    release: ReleaseId,
    applications: &[ApplicationId],
) -> Found<HashMap<ApplicationId, Details>> {
    let mut released = HashMap::new();
    for line in lines_of(conn, release, applications).await? {
        let Some(content) = open_line(app, &line)? else { continue };
        let text = |column: &str| Some(content.get(column).to_owned()).filter(|text| !text.is_empty());
        let passport = text("passport_issuing_state").zip(text("passport_number"));
        let born = text("date_of_birth").map(|day| day.parse()).transpose();
        let told = ToldDetails {
            date_of_birth: born.map_err(|why| Fault::stored("line of a release", why))?,
            passport,
            employer_nzbn: text("employer_nzbn"),
            occupation_code: text("occupation_code"),
        };
        released.insert(line.application_id, told.compared(sealing)?);
    }
    Ok(released)
}

/// Where the sealed details of an application stand.
#[must_use]
pub fn told_place(application: &str) -> TextPlace<'_> {
    TextPlace { table: "agency_case", column: "told_sealed", row: application }
}
