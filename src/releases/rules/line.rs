//! The text of a line: one JSON object, its keys in the order of [`COLUMNS`], every value a string, nothing between
//! them. It is what digests are made of, so nothing here may ever change for a release that is there.

use std::fmt;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// What a line says of itself within its release.
pub const HEAD: usize = 8;
/// The columns, in the order in which they stand in a line and in the CSV file: first what a line says of itself
/// within its release, then the facts that are held against those of the release before.
pub const COLUMNS: [&str; 32] = [
    "class_exception",
    "release",
    "row",
    "state",
    "change",
    "changed",
    "reason",
    "salt",
    "reference",
    "body",
    "place",
    "nominated_on",
    "valid_until",
    "employer_legal_name",
    "employer_trading_name",
    "employer_nzbn",
    "employer_contact_email",
    "worker_family_name",
    "worker_given_names",
    "worker_name_mrz",
    "date_of_birth",
    "nationality",
    "passport_number",
    "passport_issuing_state",
    "passport_expires_on",
    "role",
    "occupation_code",
    "job_title",
    "annual_pay",
    "pay_currency",
    "hours_per_week",
    "region",
];
const FACTS: usize = COLUMNS.len() - HEAD;

/// What a line says of a nomination: personal data, so `Debug` tells nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Facts([String; FACTS]);

impl Facts {
    /// Takes the facts in the order of their columns, and brings them into Unicode's composed form.
    #[must_use]
    pub fn new(values: [String; FACTS]) -> Self {
        Self(values.map(|value| value.nfc().collect()))
    }

    /// The value of a column; empty where there is none.
    #[must_use]
    pub fn get(&self, column: &str) -> &str {
        let found = COLUMNS[HEAD..].iter().position(|name| *name == column);
        found.map_or("", |position| &self.0[position])
    }

    /// The columns whose values differ.
    #[must_use]
    pub fn differing(&self, other: &Self) -> Vec<&'static str> {
        let pairs = COLUMNS[HEAD..].iter().zip(self.0.iter().zip(&other.0));
        pairs.filter(|(_, (one, other))| one != other).map(|(name, _)| *name).collect()
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Facts({}, redacted)", self.0[0])
    }
}

/// What a line says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Slug of the class exception.
    pub exception: String,
    /// Number of the release.
    pub release: i32,
    /// Its row in the section, from 1.
    pub row: i32,
    /// Where it stands, in a word.
    pub state: String,
    /// What changed, in a word; empty where nothing did.
    pub change: String,
    /// The columns that changed.
    pub changed: Vec<String>,
    /// Why it is suspended or removed; empty where it is neither.
    pub reason: String,
    /// 32 random hexadecimal digits, so that nobody finds a line by trying what its digest could be of.
    pub salt: String,
}

/// A whole line: a value for each column.
#[derive(Clone, PartialEq, Eq)]
pub struct Content([String; COLUMNS.len()]);

/// Why a text is no line. Never repeats what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not JSON, or no object.
    #[error("it is no JSON object")]
    NoObject,
    /// A column is not there, or is no string.
    #[error("the column {0} is missing, or is no string")]
    Column(&'static str),
    /// It reads, and is not written as a line is.
    #[error("it is not in canonical form: other keys, another order, or spaces")]
    NotCanonical,
}

impl Content {
    /// A line that says `facts`.
    #[must_use]
    pub fn new(head: &Head, facts: &Facts) -> Self {
        let own: [String; HEAD] = [
            head.exception.clone(),
            head.release.to_string(),
            head.row.to_string(),
            head.state.clone(),
            head.change.clone(),
            head.changed.join(" "),
            head.reason.clone(),
            head.salt.clone(),
        ];
        let mut values = own.into_iter().chain(facts.0.iter().cloned());
        Self(std::array::from_fn(|_| values.next().unwrap_or_default()))
    }

    /// A line of the cells of a row.
    #[must_use]
    pub fn of_cells(cells: [String; COLUMNS.len()]) -> Self {
        Self(cells)
    }

    /// Reads what [`Self::text`] wrote.
    ///
    /// # Errors
    /// For every other text, a byte more or less included.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let Ok(Value::Object(mut fields)) = serde_json::from_str(text) else {
            return Err(ReadError::NoObject);
        };
        let mut values: [String; COLUMNS.len()] = Default::default();
        for (value, column) in values.iter_mut().zip(COLUMNS) {
            match fields.remove(column) {
                Some(Value::String(found)) => *value = found,
                _ => return Err(ReadError::Column(column)),
            }
        }
        let read = Self(values);
        if fields.is_empty() && read.text() == text { Ok(read) } else { Err(ReadError::NotCanonical) }
    }

    /// The canonical text, without the line break that follows it in a section.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::from("{");
        for (position, (column, value)) in COLUMNS.iter().zip(&self.0).enumerate() {
            text.push_str(if position == 0 { "\"" } else { ",\"" });
            text.push_str(column);
            text.push_str("\":");
            text.push_str(&Value::from(value.as_str()).to_string());
        }
        text.push('}');
        text
    }

    /// The cells of a row, in the order of the columns.
    #[must_use]
    pub fn cells(&self) -> &[String] {
        &self.0
    }

    /// The value of a column; empty where there is none.
    #[must_use]
    pub fn get(&self, column: &str) -> &str {
        let found = COLUMNS.iter().position(|name| *name == column);
        found.map_or("", |position| &self.0[position])
    }

    /// What it says of the nomination.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts(std::array::from_fn(|position| self.0[HEAD + position].clone()))
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({}, redacted)", self.get("reference"))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Facts that all say the column's name, but for the reference and what a test wants.
    pub(in crate::releases::rules) fn facts(reference: &str, of: &[(&str, &str)]) -> Facts {
        Facts::new(std::array::from_fn(|position| {
            let column = COLUMNS[HEAD + position];
            let wanted = of.iter().find(|(name, _)| *name == column).map(|(_, value)| *value);
            if column == "reference" { reference.into() } else { wanted.unwrap_or(column).into() }
        }))
    }

    fn head() -> Head {
        Head {
            exception: "specialist-tech".into(),
            release: 7,
            row: 1,
            state: "LISTED".into(),
            change: "AMENDED".into(),
            changed: vec!["region".into(), "role".into()],
            reason: String::new(),
            salt: "00".repeat(16),
        }
    }

    #[test]
    fn a_line_is_written_in_the_order_of_the_columns_and_reads_back() {
        let content = Content::new(&head(), &facts("NZT-7K4Q2H", &[("worker_family_name", "Nga\u{304}")]));
        let text = content.text();
        assert!(text.starts_with(
            r#"{"class_exception":"specialist-tech","release":"7","row":"1","state":"LISTED","change":"AMENDED","changed":"region role","reason":"","salt":"0000"#
        ));
        assert!(text.contains(r#""worker_family_name":"Ngā""#) && text.ends_with(r#""region":"region"}"#));
        assert_eq!(Content::read(&text), Ok(content.clone()));
        assert_eq!(content.facts().get("reference"), "NZT-7K4Q2H");
        assert_eq!(content.facts().differing(&facts("NZT-7K4Q2H", &[])), ["worker_family_name"]);
    }

    #[test]
    fn what_is_written_otherwise_is_no_line() {
        let text = Content::new(&head(), &facts("NZT-7K4Q2H", &[])).text();
        for (other, error) in [
            (text.replace("{\"", "{ \""), ReadError::NotCanonical),
            (text.replace('{', "{\"more\":\"\","), ReadError::NotCanonical),
            (text.replace("specialist", "specialis\\u0074"), ReadError::NotCanonical),
            (text.replace("\"7\"", "7"), ReadError::Column("release")),
            (text.replace("salt", "sale"), ReadError::Column("salt")),
            (text.replace('}', ""), ReadError::NoObject),
            ("[]".into(), ReadError::NoObject),
        ] {
            assert_eq!(Content::read(&other), Err(error), "{other}");
        }
    }

    proptest! {
        #[test]
        fn every_text_in_a_line_reads_back(value in "(?s).*") {
            let content = Content::new(&head(), &facts("A", &[("job_title", &value)]));
            let text = content.text();
            prop_assert!(!text.contains('\n'), "a line is one line");
            prop_assert_eq!(Content::read(&text), Ok(content));
        }

        #[test]
        fn a_line_with_any_byte_changed_is_another_or_none(at in 0_usize..2_000, bit in 0_u8..8) {
            let text = Content::new(&head(), &facts("NZT-7K4Q2H", &[])).text();
            let mut bytes = text.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            if let Ok(changed) = String::from_utf8(bytes)
                && let Ok(read) = Content::read(&changed)
            {
                prop_assert_ne!(read.text(), text);
            }
        }
    }
}
