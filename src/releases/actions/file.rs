//! The files of a release, for who may take whole passport numbers along: the agency all of them, a body's leads, who attest
//! it, their own section. That somebody takes one is put on record.

use std::sync::Arc;

use entity::{BodyId, EventKind, ReleaseId};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::gather::open_whole_line;
use crate::app::App;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault, Found};
use crate::exceptions::rules::is_purged;
use crate::exceptions::store as exceptions;
use crate::history::{self, Event};
use crate::people::store as people;
use crate::releases::rules::{FileHead, Format, section_header};
use crate::releases::store::{lines, read};
use crate::tenancy::{CaseloadScope, ListScope, Permission, ReleaseScope, Viewer};

/// Lines that are read at once.
const AT_ONCE: u64 = 200;

/// A file that the viewer may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Of which release.
    release: ReleaseId,
    exception: entity::ExceptionId,
    head: FileHead,
    /// Its sections, in order of their bodies' slugs, each with whether its lines are in the file.
    sections: Vec<FileSection>,
    /// How it is written.
    pub format: Format,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FileSection {
    body: BodyId,
    slug: String,
    digest: String,
    is_shown: bool,
}

/// What is asked for: the exception's slug, the release's number, the slug of one body, or none for the whole, and how it
/// is written.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Slug of the class exception.
    pub exception: &'a str,
    /// Number of the release.
    pub number: i32,
    /// Slug of the body whose section it is.
    pub body: Option<&'a str>,
    /// How it is written.
    pub format: Format,
}

/// The file, for a viewer who may take it; none for everybody else, where there is none, and once it was purged.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_file(app: &App, viewer: &Viewer, asked: &Asked<'_>) -> Found<Option<File>> {
    let scope = viewer.releases();
    let conn = &app.db.read(&scope);
    let Some(exception) = exceptions::find_by_slug(conn, asked.exception).await? else { return Ok(None) };
    if is_purged(&exception, app.db.clock().now()) {
        return Ok(None);
    }
    let Some(seen) = read::find(conn, &scope, exception.id, asked.number).await? else { return Ok(None) };
    let rows = read::sections_of(conn, &scope, &[seen.id]).await?;
    let ids: Vec<BodyId> = rows.iter().map(|row| row.body_id).collect();
    let slugs = people::load_bodies(&app.db, &viewer.in_public(), &ids).await?;
    let mut sections = Vec::new();
    for row in rows {
        let slug = slugs.get(&row.body_id).map(|body| body.slug.clone());
        let slug = slug.ok_or_else(|| Fault::stored("section of a release", "its body is gone"))?;
        let is_shown = asked.body.is_none_or(|body| body == slug);
        sections.push(FileSection { body: row.body_id, slug, digest: row.digest, is_shown });
    }
    sections.sort_by(|one, other| one.slug.cmp(&other.slug));
    let shown: Vec<BodyId> = sections.iter().filter(|one| one.is_shown).map(|one| one.body).collect();
    if shown.is_empty() || !may_take(viewer, &scope, asked, &shown) {
        return Ok(None);
    }
    let head = FileHead {
        exception: exception.slug,
        number: seen.number,
        history_head: seen.history_head,
        digest: seen.digest,
    };
    Ok(Some(File { release: seen.id, exception: exception.id, head, sections, format: asked.format }))
}

fn may_take(viewer: &Viewer, scope: &ReleaseScope, asked: &Asked<'_>, shown: &[BodyId]) -> bool {
    match scope {
        ReleaseScope::Agency(_) => true,
        ReleaseScope::Caseload(CaseloadScope::Body(scope)) => {
            viewer.may(Permission::Release) && asked.body.is_some() && shown == [scope.body()]
        }
        ReleaseScope::Caseload(CaseloadScope::Employers(_)) | ReleaseScope::Public(_) => false,
    }
}

impl File {
    /// What tells these bytes from all others.
    #[must_use]
    pub fn tag(&self) -> String {
        let shown: Vec<_> =
            self.sections.iter().filter(|one| one.is_shown).map(|one| one.slug.as_str()).collect();
        format!("\"{}-{}.{}\"", self.head.digest, shown.join("+"), self.format.extension())
    }

    /// What it is called where it is kept.
    #[must_use]
    pub fn name(&self) -> String {
        let FileHead { exception, number, .. } = &self.head;
        let mut shown = self.sections.iter().filter(|one| one.is_shown).map(|one| one.slug.as_str());
        let whole = self.sections.iter().all(|one| one.is_shown);
        let part = if whole { None } else { shown.next() };
        let part = part.map(|part| format!("-{part}")).unwrap_or_default();
        format!("{exception}-release-{number}{part}.{}", self.format.extension())
    }

    /// Its bytes, piece by piece.
    pub fn bytes(self, app: Arc<App>, scope: ListScope) -> impl Stream<Item = Found<String>> + Send {
        let opening = self.format.opening(&self.head);
        try_unfold((self, 0, 0, Some(opening)), move |(file, section, row, before)| {
            let (app, scope) = (Arc::clone(&app), scope.clone());
            async move {
                let Some(text) = before else { return Ok(None) };
                let Some(part) = file.sections.get(section) else {
                    let closing = text + file.format.closing();
                    return Ok(Some((closing, (file, section, 0, None))));
                };
                let (more, last) = file.piece(&app, &scope, (section, part), row).await?;
                let next = if let Some(last) = last { (section, last) } else { (section + 1, 0) };
                Ok(Some((text + &more, (file, next.0, next.1, Some(String::new())))))
            }
        })
    }

    /// The next lines of a section from behind a row on, with what stands around them; and the last row, where the
    /// section goes on.
    async fn piece(
        &self,
        app: &App,
        scope: &ListScope,
        (position, section): (usize, &FileSection),
        after: i32,
    ) -> Found<(String, Option<i32>)> {
        let mut text = String::new();
        if after == 0 {
            let header = section_header(&self.head.exception, self.head.number, &section.slug);
            let header = section.is_shown.then_some(header.as_str());
            let names = (section.slug.as_str(), section.digest.as_str());
            text += &self.format.section_opening(position == 0, names, header);
        }
        if section.is_shown {
            let (conn, of) = (&app.db.read(scope), (self.release, section.body));
            let rows = lines::piece_of_section(conn, scope, of, after, AT_ONCE).await?;
            for row in &rows {
                text += &self.format.line(row.section_row == 1, &open_whole_line(app, row)?);
            }
            let last = rows.last().map(|row| row.section_row);
            if let Some(last) = last.filter(|_| u64::try_from(rows.len()) == Ok(AT_ONCE)) {
                return Ok((text, Some(last)));
            }
        }
        text += self.format.section_closing(section.is_shown);
        Ok((text, None))
    }
}

/// Puts on record that somebody takes a file.
#[derive(Clone, Debug)]
pub struct RecordTaking<'a> {
    /// Which.
    pub file: &'a File,
}

impl Command for RecordTaking<'_> {
    type Answer = ();
    const NAME: &'static str = "takeReleaseFile";

    async fn run(&self, tx: &Tx) -> Acted<()> {
        let event = Event::of_exception(EventKind::ReleaseRead, self.file.exception);
        let detail = json!({ "release": self.file.head.number, "file": self.file.name() });
        Ok(history::record(tx, [event.with(detail)]).await?)
    }
}
