//! The files of a release: where they are, and how they are written. The same lines make the same bytes for ever, and
//! [`super::verify`] writes them again to see whether a byte is another.

use csv::{Terminator, WriterBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::line::{COLUMNS, Content};

/// What a JSON file of a release begins with.
pub const FORMAT: &str = "nominations-release-v1";
/// The name of the file that has all sections.
pub const WHOLE: &str = "whole";
/// Tells programs that a file is UTF-8, and not in an alphabet of their own.
pub const BOM: &str = "\u{FEFF}";

/// What a file is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// A table for people and for the agency's system.
    Csv,
    /// The canonical lines, with the digests that they make.
    Json,
}

impl Format {
    /// The end of the file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// What it is, for HTTP.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// What a file says of its release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHead {
    /// Slug of the class exception.
    pub exception: String,
    /// Number of the release.
    pub number: i32,
    /// Head of the sealed history that the digest covers, where there was one.
    pub history_head: Option<String>,
    /// The release's digest.
    pub digest: String,
}

/// The path of a release's file: of the section of the body with this slug, or whole.
#[must_use]
pub fn file_of(exception: &str, number: i32, body: Option<&str>, format: Format) -> String {
    format!("/releases/{exception}/{number}/{}.{}", body.unwrap_or(WHOLE), format.extension())
}

/// Reads the name of a file: of which body, or whole, and how it is written.
#[must_use]
pub fn read_name(name: &str) -> Option<(Option<&str>, Format)> {
    let (name, extension) = name.rsplit_once('.')?;
    let format = [Format::Csv, Format::Json].into_iter().find(|format| format.extension() == extension)?;
    Some(((name != WHOLE).then_some(name), format))
}

impl Format {
    /// What stands before the first section.
    #[must_use]
    pub fn opening(self, head: &FileHead) -> String {
        match self {
            Self::Csv => format!("{BOM}{}", row(&COLUMNS)),
            Self::Json => format!(
                "{{\"format\":{},\"class_exception\":{},\"release\":{},\"history_head\":{},\"digest\":{},\"sections\":[",
                quoted(FORMAT),
                quoted(&head.exception),
                head.number,
                quoted(head.history_head.as_deref().unwrap_or_default()),
                quoted(&head.digest),
            ),
        }
    }

    /// What stands before the lines of a section; `header` where its lines are in the file.
    #[must_use]
    pub fn section_opening(
        self,
        is_first: bool,
        (body, digest): (&str, &str),
        header: Option<&str>,
    ) -> String {
        match self {
            Self::Csv => String::new(),
            Self::Json => {
                let comma = if is_first { "" } else { "," };
                let begins = format!("{comma}\n{{\"body\":{},\"digest\":{}", quoted(body), quoted(digest));
                match header {
                    Some(header) => format!("{begins},\"header\":{},\"lines\":[", quoted(header)),
                    None => begins,
                }
            }
        }
    }

    /// A line.
    #[must_use]
    pub fn line(self, is_first: bool, content: &Content) -> String {
        match self {
            Self::Csv => row(&content.cells().iter().map(|cell| guarded(cell)).collect::<Vec<_>>()),
            Self::Json => {
                let comma = if is_first { "" } else { "," };
                format!("{comma}\n{}", quoted(&content.text()))
            }
        }
    }

    /// What stands after a section.
    #[must_use]
    pub fn section_closing(self, has_lines: bool) -> &'static str {
        match (self, has_lines) {
            (Self::Csv, _) => "",
            (Self::Json, true) => "\n]}",
            (Self::Json, false) => "}",
        }
    }

    /// What stands after the last section.
    #[must_use]
    pub fn closing(self) -> &'static str {
        match self {
            Self::Csv => "",
            Self::Json => "\n]}\n",
        }
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn row(cells: &[impl AsRef<[u8]>]) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells).expect("memory takes all that is written");
    let bytes = writer.into_inner().expect("memory takes all that is written");
    String::from_utf8(bytes).expect("cells are texts, and what is put between them is ASCII")
}

/// A cell that no spreadsheet takes for a formula: what begins like one has an apostrophe before it, and so has what
/// begins with an apostrophe, so that it can be taken off again.
#[must_use]
pub fn guarded(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// The cell as it was before [`guarded`].
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::line::Head;
    use super::super::line::tests::facts;
    use super::*;

    #[test]
    fn names_of_files_read_back() {
        for (name, read) in [
            ("whole.csv", Some((None, Format::Csv))),
            ("itp.json", Some((Some("itp"), Format::Json))),
            ("itp.xml", None),
            ("itp", None),
        ] {
            assert_eq!(read_name(name), read, "{name}");
        }
        assert_eq!(
            file_of("specialist-tech", 7, Some("itp"), Format::Csv),
            "/releases/specialist-tech/7/itp.csv"
        );
        assert_eq!(
            file_of("specialist-tech", 7, None, Format::Json),
            "/releases/specialist-tech/7/whole.json"
        );
    }

    #[test]
    fn no_cell_is_a_formula_and_macrons_stay() {
        let head = Head {
            exception: "specialist-tech".into(),
            release: 1,
            row: 1,
            state: "LISTED".into(),
            change: String::new(),
            changed: vec![],
            reason: String::new(),
            salt: "00".repeat(16),
        };
        let wanted = [("employer_legal_name", "=cmd|' /C calc'!A0"), ("worker_family_name", "Ngā, \"Tāne\"")];
        let line = Format::Csv.line(true, &Content::new(&head, &facts("NZT-1", &wanted)));
        assert!(line.contains(",'=cmd|' /C calc'!A0,") && line.contains(",\"Ngā, \"\"Tāne\"\"\","), "{line}");
        assert!(line.ends_with("\r\n"));
    }

    proptest! {
        #[test]
        fn every_cell_is_guarded_and_read_back(cell in "(?s)[=+@'\t\r-]?.*") {
            let written = guarded(&cell);
            prop_assert!(!written.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(unguarded(&written), cell);
        }
    }
}
