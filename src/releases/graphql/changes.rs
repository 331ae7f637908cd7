//! What changed against the release before.

use async_graphql::{Context, Object, Result};
use entity::release_line;

use super::kinds::ReleaseChangeKind;
use crate::error::{Fault, Found};
use crate::people::graphql::{Body, load_body};
use crate::releases::store::lines::is_whole;
use crate::schema::connection::connection;
use crate::tenancy::ListScope;

/// A line that differs from the release before.
#[derive(Clone, Debug)]
pub struct ReleaseChange {
    line: release_line::Model,
    kind: entity::ReleaseChangeKind,
    fields: Vec<String>,
    /// Whether the viewer may know what became of it.
    is_whole: bool,
}

impl ReleaseChange {
    /// Of a line that has changed, for who reads it.
    pub(super) fn of(line: release_line::Model, reader: &ListScope) -> Found<Self> {
        let kind = line.change.ok_or_else(|| Fault::stored("line of a release", "nothing changed"))?;
        let fields = serde_json::from_value(line.changed_fields.clone())
            .map_err(|why| Fault::stored("changes of a line", why))?;
        let is_whole = is_whole(reader, &line);
        Ok(Self { line, kind, fields, is_whole })
    }
}

connection! {
    /// A page of the lines that differ from the release before, in order of reference.
    ReleaseChangeConnection,
    /// A change, with its cursor.
    ReleaseChangeEdge of ReleaseChange
}

/// A line that differs from the last release that was published before. It tells which columns are others and not what
/// they say: that is in the lines, for who may read them whole.
#[Object]
impl ReleaseChange {
    /// What changed.
    async fn kind(&self) -> ReleaseChangeKind {
        self.kind.into()
    }

    /// Reference of the application.
    async fn reference(&self) -> &str {
        &self.line.reference
    }

    /// Whose it is.
    async fn body(&self, ctx: &Context<'_>) -> Result<Body> {
        let body = load_body(ctx, self.line.body_id).await?;
        Ok(body.ok_or_else(|| Fault::stored("line of a release", "its body is gone"))?)
    }

    /// Names of the columns that are others, as the files name them, e.g. `job_title`; null unless it was amended, and for
    /// another body's line.
    async fn fields(&self) -> Option<&[String]> {
        (self.is_whole && self.kind == entity::ReleaseChangeKind::Amended).then_some(&self.fields)
    }

    /// Why it was suspended or removed, in a word of the application's or of the agency's status; null where it was
    /// neither, and for another body's line.
    async fn reason(&self) -> Option<&str> {
        self.line.reason.as_deref().filter(|_| self.is_whole)
    }
}
