//! Whether a file of a release is what was published: everything is computed again from its own bytes, without a database.
//!
//! A file is read, written again, and compared byte for byte; its digests are computed from its lines.

use std::collections::BTreeMap;

use csv::ReaderBuilder;
use serde::Deserialize;

use super::file::{BOM, FORMAT, FileHead, Format, unguarded};
use super::line::{COLUMNS, Content};
use super::section::{release_digest, section_digest, section_header};

/// What a file holds, computed from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Slug of the class exception.
    pub exception: String,
    /// Number of the release.
    pub release: i32,
    /// The digest of the release; a CSV file has not all that it is made of.
    pub digest: Option<String>,
    /// The digests of its sections, by slug of their bodies.
    pub sections: BTreeMap<String, Part>,
}

/// A section, as far as a file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its digest.
    pub digest: String,
    /// How many lines of it the file has; none where it tells the digest alone.
    pub lines: Option<usize>,
}

/// What is wrong with a file. Never repeats what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// There is nothing in it.
    #[error("it is empty, and was to be a release's JSON or its CSV")]
    Empty,
    /// It is no text in UTF-8.
    #[error(
        "it is not in UTF-8: it is neither a release's JSON nor its CSV as they are taken from the service"
    )]
    NotText,
    /// It begins as neither form does.
    #[error(
        "it is neither a release's JSON nor its CSV: the JSON begins with {{, the CSV with a byte order mark and the \
         column class_exception"
    )]
    Neither,
    /// It does not have the form of a release's file.
    #[error("it is no file of a release that this version can read: {0}")]
    NotReadable(String),
    /// It reads, and is not written as it was.
    #[error("it is not written byte for byte as it was published")]
    NotAsWritten,
    /// A line is none.
    #[error("line {row} of the section of {body}: {why}")]
    Line {
        /// Whose section.
        body: String,
        /// Which, from 1.
        row: usize,
        /// What is wrong.
        why: String,
    },
    /// A section's lines make another digest than it says.
    #[error("the section of {body} says {said}, and its lines make {computed}")]
    Section {
        /// Whose section.
        body: String,
        /// What the file says.
        said: String,
        /// What its lines make.
        computed: String,
    },
    /// The sections make another digest than the release says.
    #[error("the release says {said}, and its sections make {computed}")]
    Release {
        /// What the file says.
        said: String,
        /// What its sections make.
        computed: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonFile {
    format: String,
    class_exception: String,
    release: i32,
    history_head: String,
    digest: String,
    sections: Vec<JsonSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonSection {
    body: String,
    digest: String,
    header: Option<String>,
    lines: Option<Vec<String>>,
}

/// Looks at a file of either form.
///
/// # Errors
/// Everything that is wrong with it.
pub fn verify(bytes: &[u8]) -> Result<Verified, Vec<FileFault>> {
    let text = std::str::from_utf8(bytes).map_err(|_| vec![FileFault::NotText])?;
    let is_table = text.trim_start_matches(BOM).starts_with(COLUMNS[0]);
    if text.is_empty() {
        Err(vec![FileFault::Empty])
    } else if text.starts_with('{') {
        verify_json(text)
    } else if is_table || text.starts_with(BOM) {
        verify_csv(text)
    } else {
        Err(vec![FileFault::Neither])
    }
}

fn verify_json(text: &str) -> Result<Verified, Vec<FileFault>> {
    let unreadable = |why: &str| vec![FileFault::NotReadable(why.to_owned())];
    let file: JsonFile = serde_json::from_str(text)
        .map_err(|why| unreadable(&format!("look at line {}, column {}", why.line(), why.column())))?;
    if file.format != FORMAT {
        return Err(unreadable("its format is another"));
    }
    let (mut faults, mut sections, mut written) = (Vec::new(), BTreeMap::new(), opening(&file));
    for (position, section) in file.sections.iter().enumerate() {
        let lines = contents(section, &mut faults);
        let names = (section.body.as_str(), section.digest.as_str());
        written += &Format::Json.section_opening(position == 0, names, section.header.as_deref());
        for (position, line) in lines.iter().flatten().enumerate() {
            written += &Format::Json.line(position == 0, line);
        }
        written += Format::Json.section_closing(section.lines.is_some());
        faults.extend(section_fault(&file, section));
        let part = Part { digest: section.digest.clone(), lines: section.lines.as_ref().map(Vec::len) };
        sections.insert(section.body.clone(), part);
    }
    written += Format::Json.closing();
    faults.extend(release_fault(&file));
    if faults.is_empty() && written != text {
        faults.push(FileFault::NotAsWritten);
    }
    let (exception, release, digest) = (file.class_exception, file.release, Some(file.digest));
    if faults.is_empty() { Ok(Verified { exception, release, digest, sections }) } else { Err(faults) }
}

fn opening(file: &JsonFile) -> String {
    Format::Json.opening(&FileHead {
        exception: file.class_exception.clone(),
        number: file.release,
        history_head: Some(file.history_head.clone()).filter(|head| !head.is_empty()),
        digest: file.digest.clone(),
    })
}

fn contents(section: &JsonSection, faults: &mut Vec<FileFault>) -> Option<Vec<Content>> {
    let mut read = Vec::new();
    for (line, row) in section.lines.as_ref()?.iter().zip(1..) {
        match Content::read(line) {
            Ok(content) => read.push(content),
            Err(why) => {
                faults.push(FileFault::Line { body: section.body.clone(), row, why: why.to_string() });
            }
        }
    }
    Some(read)
}

fn section_fault(file: &JsonFile, section: &JsonSection) -> Option<FileFault> {
    let lines = section.lines.as_ref()?;
    let header = section_header(&file.class_exception, file.release, &section.body);
    let computed = section_digest(&header, lines.iter().map(String::as_str));
    let is_right = computed == section.digest && section.header.as_ref() == Some(&header);
    let (body, said) = (section.body.clone(), section.digest.clone());
    (!is_right).then_some(FileFault::Section { body, said, computed })
}

fn release_fault(file: &JsonFile) -> Option<FileFault> {
    let head = Some(file.history_head.as_str()).filter(|head| !head.is_empty());
    let parts: Vec<_> =
        file.sections.iter().map(|section| (section.body.as_str(), section.digest.as_str())).collect();
    let computed = release_digest(&file.class_exception, file.release, head, &parts);
    let said = file.digest.clone();
    (computed != said).then_some(FileFault::Release { said, computed })
}

fn verify_csv(text: &str) -> Result<Verified, Vec<FileFault>> {
    let unreadable = |why: &str| vec![FileFault::NotReadable(why.to_owned())];
    let rows =
        text.strip_prefix(BOM).ok_or_else(|| unreadable("the byte order mark at its beginning is gone"))?;
    let mut reader = ReaderBuilder::new().from_reader(rows.as_bytes());
    let headers = reader.headers().map_err(|_| unreadable("its first row"))?;
    if !headers.iter().eq(COLUMNS) {
        return Err(unreadable("its columns are not those of a release's CSV"));
    }
    let mut contents = Vec::new();
    for (record, row) in reader.records().zip(2..) {
        let record = record.map_err(|_| unreadable(&format!("look at row {row}")))?;
        let mut cells = record.iter().map(|cell| unguarded(cell).to_owned());
        contents.push(Content::of_cells(std::array::from_fn(|_| cells.next().unwrap_or_default())));
    }
    let first = contents.first().ok_or_else(|| unreadable("it has no lines"))?;
    let exception = first.get("class_exception").to_owned();
    let release = first.get("release").parse().map_err(|_| unreadable("its release has no number"))?;
    let head =
        FileHead { exception: exception.clone(), number: release, history_head: None, digest: String::new() };
    let lines: String = contents.iter().map(|content| Format::Csv.line(true, content)).collect();
    if Format::Csv.opening(&head) + &lines != text {
        return Err(vec![FileFault::NotAsWritten]);
    }
    let sections = sections_of(&exception, release, &contents)?;
    Ok(Verified { exception, release, digest: None, sections })
}

/// The sections of a table: its rows by body, numbered from 1 in each.
fn sections_of(
    exception: &str,
    release: i32,
    contents: &[Content],
) -> Result<BTreeMap<String, Part>, Vec<FileFault>> {
    let mut sections = BTreeMap::new();
    for own in contents.chunk_by(|one, other| one.get("body") == other.get("body")) {
        let body = own[0].get("body");
        for (content, row) in own.iter().zip(1..) {
            let belongs = content.get("class_exception") == exception
                && content.get("release") == release.to_string()
                && content.get("row") == row.to_string();
            if !belongs {
                let why = "it is of another release, or out of its order".to_owned();
                return Err(vec![FileFault::Line { body: body.to_owned(), row, why }]);
            }
        }
        let texts: Vec<String> = own.iter().map(Content::text).collect();
        let header = section_header(exception, release, body);
        let digest = section_digest(&header, texts.iter().map(String::as_str));
        sections.insert(body.to_owned(), Part { digest, lines: Some(own.len()) });
    }
    Ok(sections)
}

/// Where files of the same release do not say the same, by their names; a sentence for each.
#[must_use]
pub fn differences(files: &[(String, Verified)]) -> Vec<String> {
    let mut told = Vec::new();
    for (position, (name, one)) in files.iter().enumerate() {
        for (other_name, other) in &files[position + 1..] {
            if (&one.exception, one.release) != (&other.exception, other.release) {
                continue;
            }
            for (body, part) in &one.sections {
                if other.sections.get(body).is_some_and(|same| same.digest != part.digest) {
                    told.push(format!("{name} and {other_name} have another section of {body}"));
                }
            }
            let digests = one.digest.as_ref().zip(other.digest.as_ref());
            if digests.is_some_and(|(one, other)| one != other) {
                told.push(format!("{name} and {other_name} have another digest of the release"));
            }
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::super::line::Head;
    use super::super::line::tests::facts;
    use super::*;

    fn content(body: &str, row: i32) -> Content {
        let head = Head {
            exception: "specialist-tech".into(),
            release: 2,
            row,
            state: "LISTED".into(),
            change: "ADDED".into(),
            changed: vec![],
            reason: String::new(),
            salt: hex::encode([u8::try_from(row).expect("small"); 16]),
        };
        let wanted = [("body", body), ("employer_legal_name", "=Kererū, \"Ltd\"")];
        Content::new(&head, &facts(&format!("REF-{row}"), &wanted))
    }

    /// The two forms of a release of two bodies; one body's lines alone where it is named.
    fn files(only: Option<&str>) -> (String, String) {
        let lines = |body: &str| [content(body, 1), content(body, 2)];
        let digest = |body: &str| {
            let texts = lines(body).map(|line| line.text());
            section_digest(&section_header("specialist-tech", 2, body), texts.iter().map(String::as_str))
        };
        let digests = [("itp", digest("itp")), ("nztech", digest("nztech"))];
        let parts: Vec<_> = digests.iter().map(|(body, digest)| (*body, digest.as_str())).collect();
        let head = FileHead {
            exception: "specialist-tech".into(),
            number: 2,
            history_head: Some("0f".repeat(32)),
            digest: release_digest("specialist-tech", 2, Some(&"0f".repeat(32)), &parts),
        };
        let written = [Format::Json, Format::Csv].map(|format| {
            let mut text = format.opening(&head);
            for (position, (body, digest)) in parts.iter().enumerate() {
                let header = section_header("specialist-tech", 2, body);
                let shown = only.is_none_or(|only| only == *body);
                let header = shown.then_some(header.as_str());
                text += &format.section_opening(position == 0, (body, digest), header);
                for (position, line) in lines(body).iter().enumerate().filter(|_| shown) {
                    text += &format.line(position == 0, line);
                }
                text += format.section_closing(shown);
            }
            text + format.closing()
        });
        let [json, csv] = written;
        (json, csv)
    }

    #[test]
    fn what_was_written_is_verified_and_both_forms_agree() {
        for only in [None, Some("itp")] {
            let (json, csv) = files(only);
            let json = verify(json.as_bytes()).expect("a file");
            let csv = verify(csv.as_bytes()).expect("a file");
            assert_eq!((csv.release, csv.sections.len()), (2, if only.is_some() { 1 } else { 2 }));
            assert_eq!(json.sections["nztech"].lines, only.is_none().then_some(2));
            assert_eq!(differences(&[("a".into(), json), ("b".into(), csv)]), Vec::<String>::new());
        }
    }

    #[test]
    fn any_byte_that_is_flipped_is_found() {
        let (json, csv) = files(None);
        let right = verify(json.as_bytes()).expect("a file");
        for text in [&json, &csv] {
            for at in 0..text.len() {
                for bit in [1, 32] {
                    let mut bytes = text.clone().into_bytes();
                    bytes[at] ^= bit;
                    let found = match verify(&bytes) {
                        Err(_) => true,
                        // A whole table of another release has nothing to be held against.
                        Ok(other) => {
                            let is_same =
                                (&other.exception, other.release) == (&right.exception, right.release);
                            let other = [("a".to_owned(), right.clone()), ("b".to_owned(), other)];
                            !is_same || !differences(&other).is_empty()
                        }
                    };
                    assert!(found, "byte {at} of {}", &text[..20]);
                }
            }
        }
    }

    #[test]
    fn lines_that_are_left_out_or_moved_are_found() {
        let (json, csv) = files(None);
        let right = verify(json.as_bytes()).expect("a file");
        let rows: Vec<&str> = csv.split_inclusive("\r\n").collect();
        let without = |left_out: usize| {
            let kept = rows.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, row)| *row);
            kept.collect::<String>()
        };
        assert!(verify(without(1).as_bytes()).is_err(), "the rows that follow are out of their order");
        let shorter = verify(without(2).as_bytes()).expect("a table");
        let files = [("a".to_owned(), right), ("b".to_owned(), shorter)];
        assert_eq!(differences(&files), ["a and b have another section of itp"]);
        let swapped = [rows[0], rows[2], rows[1], rows[3], rows[4]].concat();
        assert!(verify(swapped.as_bytes()).is_err());
        assert!(verify(b"{}").is_err() && verify(&[0xFF]).is_err());
    }

    #[test]
    fn what_is_no_file_of_a_release_is_told_what_was_expected() {
        let (json, csv) = files(None);
        let fault = |text: &str| verify(text.as_bytes()).expect_err("no file of a release").remove(0);
        assert_eq!(fault(""), FileFault::Empty);
        for other in ["\u{1}{}", "[]", "name,age\r\n", "An e-mail.", &json[1..], &json.replacen('{', "[", 1)]
        {
            assert_eq!(fault(other), FileFault::Neither, "{}", &other[..2]);
        }
        let told = fault(csv.trim_start_matches(BOM)).to_string();
        assert!(told.contains("the byte order mark at its beginning is gone"), "{told}");
        let told = fault(&format!("{BOM}name,age\r\n")).to_string();
        assert!(told.contains("its columns are not those of a release's CSV"), "{told}");
    }
}
