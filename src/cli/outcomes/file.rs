//! A CSV file of the agency's outcomes: a heading with names of columns, in any order, and a line for each outcome. A line
//! that cannot be read refuses the file, and every such line is told.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use csv::ReaderBuilder;
use entity::AgencyStatus;

use crate::applications::details::{LongText, ShortText};
use crate::cli::lines::LineCount;
use crate::clock::end_of_day;
use crate::reconciliation::actions::outcomes::{SentLine, read_passport};
use crate::reconciliation::rules::outcomes::{Said, can_be_told};
use crate::values::dates::{parse_date, parse_instant};
use crate::values::nzbn::Nzbn;

/// The columns that every file has.
const NEEDED: [&str; 3] = ["nomination_ref", "status", "status_date"];
/// The columns that it may have.
const OTHERS: [&str; 12] = [
    "inz_request_ref",
    "inz_application_number",
    "reason_code",
    "comment",
    "worker_family_name",
    "date_of_birth",
    "passport_issuing_state",
    "passport_number",
    "employer_nzbn",
    "anzsco_code",
    "expires_on",
    "correction",
];
/// The agency's words that are not ours.
const WORDS: [(&str, AgencyStatus); 6] = [
    ("RFT_SUBMITTED", AgencyStatus::TravelRequested),
    ("RFT_APPROVED", AgencyStatus::TravelApproved),
    ("RFT_DECLINED", AgencyStatus::TravelDeclined),
    ("RFT_WITHDRAWN", AgencyStatus::TravelWithdrawn),
    ("ITA_ISSUED", AgencyStatus::Invited),
    ("ITA_EXPIRED", AgencyStatus::InvitationExpired),
];
/// Faults that are told one by one.
const MOST_TOLD: usize = 100;

/// A line of the file.
#[derive(Clone, Debug)]
pub(super) struct FileLine {
    /// As editors count: the heading is line 1.
    pub(super) number: usize,
    pub(super) sent: SentLine,
}

/// Reads all of it.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<FileLine>, Vec<String>> {
    let mut reader = ReaderBuilder::new().from_reader(bytes);
    let heading =
        reader.headers().map_err(|_| vec!["The heading cannot be read: save the file as UTF-8.".into()])?;
    let columns: Vec<String> = heading.iter().map(|name| name.trim().to_lowercase()).collect();
    check(&columns)?;
    let (mut lines, mut faults, mut count) = (Vec::new(), Vec::new(), LineCount::default());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(why) => {
                let number = count.line_of(bytes, why.position().map_or(0, csv::Position::byte));
                faults.push(format!(
                    "line {number}: it cannot be read: count its cells, and save the file as UTF-8."
                ));
                continue;
            }
        };
        let number = count.line_of(bytes, record.position().map_or(0, csv::Position::byte));
        let cells: Cells<'_> = columns.iter().map(String::as_str).zip(record.iter().map(str::trim)).collect();
        if cells.values().all(|cell| cell.is_empty()) {
            continue;
        }
        match line(&Row(cells)) {
            Ok(sent) => lines.push(FileLine { number, sent }),
            Err(why) => faults.push(format!("line {number}: {why}")),
        }
    }
    if lines.is_empty() && faults.is_empty() {
        faults.push("It has no line below the heading.".into());
    }
    faults.truncate(MOST_TOLD);
    if faults.is_empty() { Ok(lines) } else { Err(faults) }
}

fn check(columns: &[String]) -> Result<(), Vec<String>> {
    let is_known = |name: &&String| NEEDED.contains(&name.as_str()) || OTHERS.contains(&name.as_str());
    let missing = NEEDED.iter().filter(|name| !columns.iter().any(|column| column == *name));
    let mut faults: Vec<String> = missing.map(|name| format!("The column {name} is missing.")).collect();
    faults.extend(columns.iter().filter(|name| !is_known(name)).map(|name| {
        format!(
            "The column {name:?} is not known. The columns are {}.",
            [&NEEDED[..], &OTHERS[..]].concat().join(",")
        )
    }));
    let twice = columns.iter().enumerate().filter(|(at, name)| columns[..*at].contains(name));
    faults.extend(twice.map(|(_, name)| format!("The column {name} is there twice.")));
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

type Cells<'c> = HashMap<&'c str, &'c str>;

/// A row by the names of its columns; a cell that is empty says nothing.
struct Row<'c>(Cells<'c>);

impl Row<'_> {
    fn cell(&self, column: &str) -> Option<&str> {
        self.0.get(column).copied().filter(|cell| !cell.is_empty())
    }

    /// What a column says, where it says something.
    fn maybe<T, E: std::fmt::Display>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, String> {
        self.cell(column).map(parse).transpose().map_err(|why| format!("{column}: {why}"))
    }

    fn need<T, E: std::fmt::Display>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, String> {
        self.maybe(column, parse)?.ok_or_else(|| format!("{column}: it has to say something."))
    }
}

fn line(row: &Row<'_>) -> Result<SentLine, String> {
    let passport = read_passport(row.cell("passport_issuing_state"), row.cell("passport_number"));
    let number = row.maybe("inz_application_number", ShortText::parse)?;
    let request = row.maybe("inz_request_ref", ShortText::parse)?;
    Ok(SentLine {
        reference: row.need("nomination_ref", ShortText::parse)?,
        said: Said {
            status: row.need("status", status)?,
            at: row.need("status_date", instant)?,
            agency_reference: number.or(request).map(String::from),
            reason: reason(row)?,
            expires_on: row.maybe("expires_on", parse_date)?,
            correction: row.maybe("correction", claim)?.unwrap_or(false),
        },
        family_name: row.maybe("worker_family_name", ShortText::parse)?,
        date_of_birth: row.maybe("date_of_birth", parse_date)?,
        passport: passport.map_err(|(field, why)| format!("{field}: {why}"))?,
        employer_nzbn: row.maybe("employer_nzbn", Nzbn::parse)?,
        occupation_code: row.maybe("anzsco_code", ShortText::parse)?,
    })
}

/// The code of the reason with the comment behind it.
fn reason(row: &Row<'_>) -> Result<Option<String>, String> {
    let parts = [row.maybe("reason_code", LongText::parse)?, row.maybe("comment", LongText::parse)?];
    let parts: Vec<String> = parts.into_iter().flatten().map(String::from).collect();
    Ok((!parts.is_empty()).then(|| parts.join(": ")))
}

fn status(typed: &str) -> Result<AgencyStatus, String> {
    let word = typed.to_uppercase();
    let theirs = WORDS.iter().find(|(theirs, _)| *theirs == word).map(|(_, status)| *status);
    let ours = || AgencyStatus::all().into_iter().find(|status| status.word() == word);
    theirs.or_else(ours).ok_or_else(|| {
        let told = AgencyStatus::all().into_iter().filter(|status| can_be_told(*status));
        let words = told.map(AgencyStatus::word).collect::<Vec<_>>().join(", ");
        format!("it is none of {words}, nor one of the agency's own words rft_… and ita_….")
    })
}

/// An instant; a day is its first instant in New Zealand.
fn instant(typed: &str) -> Result<DateTime<Utc>, String> {
    let day = || parse_date(typed).ok()?.pred_opt().map(end_of_day);
    let either = parse_instant(typed).ok().or_else(day);
    either.ok_or_else(|| {
        "give a day, e.g. 2022-03-04, or an instant, e.g. 2022-03-04T09:30:00+13:00.".to_owned()
    })
}

fn claim(typed: &str) -> Result<bool, &'static str> {
    match typed.to_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err("give true or false."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        read(text.as_bytes()).err().unwrap_or_default()
    }

    #[test]
    fn a_line_is_read_in_the_agencys_words_and_in_ours() {
        let text = "\u{FEFF}status,nomination_ref,status_date,inz_request_ref,comment,reason_code,correction\r\n\
                    rft_submitted,NZT-1,2022-03-04,R-1,,,\r\n\
                    VISA_DECLINED,NZT-2,2022-03-04T09:30:00+13:00,R-2,\"No, not genuine\",R7,yes\r\n,,,,,,\r\n";
        let lines = read(text.as_bytes()).expect("a good file");
        let said: Vec<_> = lines.iter().map(|line| (line.number, &line.sent.said)).collect();
        assert_eq!((said[0].0, said[0].1.status), (2, AgencyStatus::TravelRequested));
        assert_eq!(said[0].1.at.to_rfc3339(), "2022-03-03T11:00:00+00:00");
        assert_eq!(said[1].1.reason.as_deref(), Some("R7: No, not genuine"));
        assert_eq!(said[1].1.at.to_rfc3339(), "2022-03-03T20:30:00+00:00");
        assert!(said[1].1.correction && said.len() == 2);
    }

    #[test]
    fn every_kind_of_bad_row_is_told_with_its_line_and_column() {
        let heading = "nomination_ref,status,status_date,date_of_birth,passport_issuing_state,passport_number,\
                       employer_nzbn,expires_on,correction";
        for (row, told) in [
            (",invited,2022-03-04,,,,,,", "nomination_ref: it has to say something."),
            ("NZT-1,,2022-03-04,,,,,,", "status: it has to say something."),
            ("NZT-1,not_arrived,2022-03-04,,,,,,", "status: it is none of TRAVEL_REQUESTED,"),
            ("NZT-1,invited,04/03/2022,,,,,,", "status_date: give a day"),
            ("NZT-1,invited,2022-03-04,1.1.1990,,,,,", "date_of_birth: "),
            ("NZT-1,invited,2022-03-04,,IND,,,,", "passport_number: "),
            ("NZT-1,invited,2022-03-04,,,N123,,,", "passport_issuing_state: "),
            ("NZT-1,invited,2022-03-04,,India,N123,,,", "passport_issuing_state: "),
            ("NZT-1,invited,2022-03-04,,IND,N!23,,,", "passport_number: "),
            ("NZT-1,invited,2022-03-04,,,,9429900000019,,", "employer_nzbn: "),
            ("NZT-1,invited,2022-03-04,,,,,soon,", "expires_on: "),
            ("NZT-1,invited,2022-03-04,,,,,,perhaps", "correction: give true or false."),
            ("NZT-1,invited,2022-03-04", "it cannot be read"),
        ] {
            let good = "NZT-1,invited,2022-03-04,,,,,,";
            let said = faults(&format!("{heading}\n{good}\n{row}\n"));
            assert!(said.len() == 1 && said[0].starts_with(&format!("line 3: {told}")), "{row}: {said:?}");
        }
        assert_eq!(faults("nomination_ref,status,status_date\n"), ["It has no line below the heading."]);
        assert!(faults("nomination_ref,status\n")[0].contains("status_date is missing"));
        assert!(faults("nomination_ref,status,status_date,name\n")[0].contains("\"name\" is not known"));
        assert!(faults("nomination_ref,status,status_date,status\n")[0].contains("status is there twice"));
    }
}
