//! A CSV file of rows: a heading with the names of the fields, in any order, and a line for each application.
//!
//! A line that cannot be read as a row is refused like a row: the others go on.

use std::io::Cursor;

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use crate::applications::graphql::ImportRow;
use crate::cli::lines::LineCount;
use crate::error::{UserError, UserErrorCode};

/// A line of the file.
pub(super) struct SentRow {
    /// Where it begins, as editors count: the heading is line 1.
    pub(super) line: usize,
    pub(super) row: Result<ImportRow, UserError>,
}

/// The lines of a file whose heading is right, one after the other.
pub(super) struct Rows {
    columns: Vec<String>,
    reader: csv::Reader<Cursor<Vec<u8>>>,
    lines: LineCount,
}

impl Rows {
    /// Reads the heading.
    pub(super) fn of(file: Vec<u8>) -> Result<Self, String> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(Cursor::new(file));
        let heading =
            reader.headers().map_err(|_| "the heading cannot be read: save the file as UTF-8.".to_owned())?;
        let columns: Vec<String> = heading.iter().map(|name| name.trim().to_owned()).collect();
        check(&columns)?;
        Ok(Self { columns, reader, lines: LineCount::default() })
    }
}

/// Names every column that is not known, missing or there twice.
fn check(columns: &[String]) -> Result<(), String> {
    let unknown = columns.iter().map(String::as_str).filter(|name| !ImportRow::COLUMNS.contains(name));
    let missing = ImportRow::COLUMNS.into_iter().filter(|name| !columns.iter().any(|column| column == name));
    let twice = ImportRow::COLUMNS
        .into_iter()
        .filter(|name| columns.iter().filter(|column| column == name).count() > 1);
    let told = [
        ("not known", unknown.collect::<Vec<_>>()),
        ("missing", missing.collect()),
        ("there more than once", twice.collect()),
    ];
    let told = told.into_iter().filter(|(_, names)| !names.is_empty());
    let told: Vec<_> = told.map(|(what, names)| format!("{what}: {}", names.join(", "))).collect();
    if told.is_empty() {
        return Ok(());
    }
    let all = ImportRow::COLUMNS.join(",");
    Err(format!(
        "the heading is not right. Columns that are {}.\nThe columns, in any order, are\n{all}",
        told.join("; ")
    ))
}

impl Iterator for Rows {
    type Item = SentRow;

    fn next(&mut self) -> Option<SentRow> {
        loop {
            let mut record = ByteRecord::new();
            // What is in memory is read to its end, whatever is in it.
            if !self.reader.read_byte_record(&mut record).unwrap_or(false) {
                return None;
            }
            // What spreadsheets leave below the last row is passed over.
            if record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                let begins = record.position().map_or(0, csv::Position::byte);
                return Some(SentRow {
                    line: self.lines.line_of(self.reader.get_ref().get_ref(), begins),
                    row: self.row(record),
                });
            }
        }
    }
}

impl Rows {
    fn row(&self, record: ByteRecord) -> Result<ImportRow, UserError> {
        let (found, expected) = (record.len(), self.columns.len());
        if found != expected {
            let words = "look for a comma or a quotation mark too many or too few";
            return Err(broken(&format!("This line has {found} cells and the heading {expected}: {words}.")));
        }
        let record = StringRecord::from_byte_record(record)
            .map_err(|_| broken("This line is not UTF-8: save the file as UTF-8."))?;
        let cells = self.columns.iter().zip(record.iter());
        let cells = cells.filter(|(_, cell)| !cell.trim().is_empty());
        let cells: Map<_, _> = cells.map(|(name, cell)| (name.clone(), Value::from(cell))).collect();
        serde_json::from_value(cells.into()).map_err(|_| broken("This line cannot be read: check the file."))
    }
}

fn broken(message: &str) -> UserError {
    UserError::new(UserErrorCode::Invalid, message)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_schema;
    use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

    use super::*;

    fn heading() -> String {
        ImportRow::COLUMNS.join(",")
    }

    fn rows(text: &str) -> Result<Vec<SentRow>, String> {
        Rows::of(text.as_bytes().to_vec()).map(Iterator::collect)
    }

    /// What is told of each line, or the reference that it names itself by.
    fn told(text: &str) -> Vec<(usize, String)> {
        let rows = rows(text).expect("a good heading").into_iter();
        let told =
            |row: Result<ImportRow, UserError>| row.map_or_else(|error| error.message, |row| row.named());
        rows.map(|sent| (sent.line, told(sent.row))).collect()
    }

    #[test]
    fn columns_are_the_fields_of_the_api() {
        let mut fields = Vec::new();
        for definition in parse_schema(crate::schema::print_sdl()).expect("a schema").definitions {
            let TypeSystemDefinition::Type(defined) = definition else { continue };
            let TypeKind::InputObject(input) = defined.node.kind else { continue };
            if ["ImportRow", "ImportRemuneration", "ImportWorker"].contains(&defined.node.name.node.as_str())
            {
                fields.extend(input.fields.iter().map(|field| field.node.name.node.to_string()));
            }
        }
        fields.retain(|name| name != "remuneration" && name != "worker");
        fields.sort_unstable();
        let mut columns = ImportRow::COLUMNS;
        columns.sort_unstable();
        assert_eq!(fields, columns);
    }

    #[test]
    fn a_heading_has_every_column_once_and_no_other() {
        let told = |heading: &str| rows(heading).err().unwrap_or_default();
        assert_eq!(told(&heading()), "");
        assert_eq!(told(&format!("\u{FEFF}{}", heading())), "");
        let mut turned: Vec<_> = heading().split(',').map(str::to_owned).collect();
        turned.reverse();
        assert_eq!(told(&turned.join(" , ")), "");
        let wrong = heading().replace("receivedAt", "received_at").replace("offshore", "email");
        let said = told(&wrong);
        for part in
            ["not known: received_at;", "missing: receivedAt, offshore;", "there more than once: email."]
        {
            assert!(said.contains(part), "{said}");
        }
        assert!(told("").contains("missing"));
        assert!(told("a;b").contains("not known: a;b"));
    }

    #[test]
    fn a_line_that_is_no_row_is_refused_alone_and_blank_ones_are_passed_over() {
        let good = |reference: &str| format!("{reference}{}", ",".repeat(23));
        let text = format!(
            "{}\r\n{}\r\n\r\n{}\n{}\n{}\n",
            heading(),
            good("A-1"),
            ",".repeat(23),
            "B,C",
            good("\"D\n-1\"")
        );
        let told = told(&text);
        assert_eq!(told[0], (2, "A-1".to_owned()));
        assert!(told[1].0 == 5 && told[1].1.contains("2 cells and the heading 24"), "{told:?}");
        assert_eq!(told[2], (6, "D\n-1".to_owned()));
        assert_eq!(told.len(), 3);
    }

    #[test]
    fn a_line_of_another_encoding_is_refused_alone() {
        let mut bytes = format!("{}\nA,", heading()).into_bytes();
        bytes.push(0xE4);
        bytes.extend(",".repeat(22).into_bytes());
        bytes.extend(format!("\nB{}\n", ",".repeat(23)).into_bytes());
        let rows: Vec<_> = Rows::of(bytes).expect("a heading").collect();
        assert!(rows[0].row.as_ref().is_err_and(|error| error.message.contains("UTF-8")));
        assert!(rows[1].row.as_ref().is_ok_and(|row| row.named() == "B"));
    }

    #[test]
    fn cells_that_look_like_numbers_stay_text() {
        let row = format!("0012,,true,9429900000018{}", ",".repeat(20));
        let rows = rows(&format!("{}\n{row}\n", heading())).expect("a heading");
        assert!(rows[0].row.as_ref().is_ok_and(|row| row.named() == "0012"));
    }
}
