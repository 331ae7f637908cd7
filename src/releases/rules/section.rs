//! Sections and digests: the lines of a body in order of reference, each followed by a line break, after a header; the
//! release over the digests of its sections.

use entity::{ApplicationId, BodyId};
use sha2::{Digest, Sha256};

use super::draft::Drafted;
use super::line::{Content, Head};

/// A line as it stands in its section.
#[derive(Clone, Debug)]
pub struct Written {
    /// Which application.
    pub application: ApplicationId,
    /// Its row in the section, from 1.
    pub row: i32,
    /// What it was made of.
    pub line: Drafted,
    /// Its canonical text.
    pub text: String,
}

/// One body's part of a release.
#[derive(Clone, Debug)]
pub struct Section {
    /// Whose.
    pub body: BodyId,
    /// Its slug.
    pub slug: String,
    /// Its lines, in order of reference; at least one.
    pub lines: Vec<Written>,
    /// Lower-case hexadecimal SHA-256 of its header and lines.
    pub digest: String,
}

/// Puts lines into sections, those of bodies in order of slug. `salt` gives 16 random bytes for each line.
pub fn arrange(
    (exception, number): (&str, i32),
    mut lines: Vec<Drafted>,
    bodies: &[(BodyId, String)],
    mut salt: impl FnMut() -> [u8; 16],
) -> Vec<Section> {
    lines.sort_unstable_by(|one, other| one.shared.reference.cmp(&other.shared.reference));
    let mut in_order: Vec<&(BodyId, String)> = bodies.iter().collect();
    in_order.sort_unstable_by(|(_, one), (_, other)| one.cmp(other));
    let mut sections = Vec::new();
    for (body, slug) in in_order {
        let (own, others): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.shared.body == *body);
        lines = others;
        if own.is_empty() {
            continue;
        }
        let written = |(row, line)| write((exception, number, row), line, salt());
        let lines: Vec<Written> = (1..).zip(own).map(written).collect();
        let texts = lines.iter().map(|line| line.text.as_str());
        let digest = section_digest(&section_header(exception, number, slug), texts);
        sections.push(Section { body: *body, slug: slug.clone(), lines, digest });
    }
    sections
}

fn write((exception, release, row): (&str, i32, i32), line: Drafted, salt: [u8; 16]) -> Written {
    let head = Head {
        exception: exception.to_owned(),
        release,
        row,
        state: line.state.word(),
        change: line.change.map(entity::ReleaseChangeKind::word).unwrap_or_default(),
        changed: line.changed.iter().map(|column| (*column).to_owned()).collect(),
        reason: line.reason.clone().unwrap_or_default(),
        salt: hex::encode(salt),
    };
    let text = Content::new(&head, &line.facts).text();
    Written { application: line.application, row, line, text }
}

/// The first line of a section.
#[must_use]
pub fn section_header(exception: &str, number: i32, body: &str) -> String {
    format!("release-section-v1|{exception}|{number}|{body}")
}

/// The digest of a section: of its header and its lines, each followed by a line feed.
#[must_use]
pub fn section_digest<'t>(header: &'t str, lines: impl IntoIterator<Item = &'t str>) -> String {
    let mut digest = Sha256::new();
    for line in std::iter::once(header).chain(lines) {
        digest.update(line.as_bytes());
        digest.update(b"\n");
    }
    hex::encode(digest.finalize())
}

/// The digest of a release over `(slug, digest)` of its sections, in order of slug. `head` is that of the sealed
/// history, where there is one.
#[must_use]
pub fn release_digest(exception: &str, number: i32, head: Option<&str>, sections: &[(&str, &str)]) -> String {
    let begins = format!("release-v1|{exception}|{number}|history={}", head.unwrap_or_default());
    let parts = sections.iter().map(|(slug, digest)| format!("{slug}={digest}"));
    let text: Vec<String> = std::iter::once(begins).chain(parts).collect();
    hex::encode(Sha256::digest(text.join("|")))
}

/// The digest of a release of these sections.
#[must_use]
pub fn digest_of(exception: &str, number: i32, head: Option<&str>, sections: &[Section]) -> String {
    let parts: Vec<_> = sections.iter().map(|one| (one.slug.as_str(), one.digest.as_str())).collect();
    release_digest(exception, number, head, &parts)
}
