//! The invented rows, and what is invented by rule where they are silent.
//!
//! Invented by rule: names and addresses of contacts, workers' addresses, duties, the passport's issuing state (the
//! nationality) and last day, the agreement that is given as evidence. Every address ends in `.example`, and every
//! NZBN begins with 94299, a range that was not seen in use.

use chrono::{NaiveDate, NaiveDateTime};
use serde::Deserialize;

/// How many applications there are at most.
pub const MOST_APPLICATIONS: usize = 1_800;

/// One invented application.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// Slug of the body.
    pub body: String,
    /// When it was submitted, as a New Zealand clock showed it.
    #[serde(deserialize_with = "minute")]
    pub submitted: NaiveDateTime,
    /// Which employer.
    pub employer: String,
    /// The worker's family name.
    pub family: String,
    /// The worker's given names.
    pub given: String,
    /// The worker's birthday.
    pub born: NaiveDate,
    /// The worker's nationality, and the state that issued the passport.
    pub nationality: String,
    /// The passport's number, as somebody typed it.
    pub passport: String,
    /// The job.
    pub job_title: String,
    /// Code of the occupation.
    pub occupation: String,
    /// Code of the role; empty where it falls under none.
    pub role: String,
    /// Dollars a year.
    pub salary: rust_decimal::Decimal,
    /// Hours a week.
    pub hours: rust_decimal::Decimal,
    /// Programme for domestic skills; empty where there is none.
    pub programme: String,
    /// Industry body that the employer is a member of; empty where it is of none.
    pub membership: String,
    /// What became of it in the end.
    pub fate: String,
    /// Slug of the class exception; the file has none.
    #[serde(skip)]
    pub exception: String,
}

/// One invented employer.
#[derive(Clone, Debug, Deserialize)]
pub struct EmployerRow {
    /// What applications call it.
    pub id: String,
    /// Its legal name.
    pub name: String,
    /// Its number.
    pub nzbn: String,
    /// Its region.
    pub region: String,
}

/// The applications, in the order of submission.
///
/// # Errors
/// Where the file cannot be read: a mistake of ours.
pub fn applications() -> Result<Vec<Row>, csv::Error> {
    csv::Reader::from_reader(include_str!("applications.csv").as_bytes()).deserialize().collect()
}

/// The employers, those with the most applications first.
///
/// # Errors
/// Where the file cannot be read: a mistake of ours.
pub fn employers() -> Result<Vec<EmployerRow>, csv::Error> {
    csv::Reader::from_reader(include_str!("employers.csv").as_bytes()).deserialize().collect()
}

impl Row {
    /// What the worker will do.
    #[must_use]
    pub fn duties(&self) -> String {
        format!("Works as {} in a team of the employer, as the agreement describes.", self.job_title)
    }
}

/// The e-mail address of the worker of the row with this index.
#[must_use]
pub fn worker_email(index: usize) -> String {
    format!("worker{index}@mail.example")
}

/// The last day of the passport of the worker of the row with this index: five to nine years ahead.
#[must_use]
pub fn passport_expires_on(index: usize, today: NaiveDate) -> Option<NaiveDate> {
    let months = 60 + u32::try_from(index % 48).unwrap_or_default();
    today.checked_add_months(chrono::Months::new(months))
}

impl EmployerRow {
    /// The contact's e-mail address.
    #[must_use]
    pub fn contact_email(&self) -> String {
        format!("people@{}.example", self.id.to_lowercase())
    }
}

fn minute<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<NaiveDateTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M").map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_there_and_in_order() {
        let rows = applications().expect("rows");
        assert_eq!(rows.len(), MOST_APPLICATIONS);
        assert!(rows.is_sorted_by_key(|row| row.submitted));
        let employers = employers().expect("employers");
        assert!(employers.iter().all(|employer| employer.nzbn.starts_with("94299")));
        assert!(rows.iter().all(|row| employers.iter().any(|employer| employer.id == row.employer)));
    }
}
