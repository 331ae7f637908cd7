//! The combined approved list as the public schema shows it: every line to the bodies, redacted but for their own.
//!
//! Who may read the list at all, and which rows of it, the scope and the store decide; here a line that is not the
//! viewer's whole loses what is about the worker. Whatever else of a worker is to be shown goes by the same
//! `ApprovedListLine::is_whole`.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object, Result};
use entity::{ExceptionId, PlaceState};

use super::loaders::{WorkerOf, cases};
use super::parts::Worker;
use crate::applications::store::list::{self, Line, ListFilter, ListKey};
use crate::error::{Fault, Found};
use crate::exceptions::graphql::{self as exceptions, ApprovedRole};
use crate::people::graphql::{Body, load_body};
use crate::schema::connection::connection;
use crate::schema::scalars::{DateTime, Decimal, Nzbn};
use crate::schema::{self, List, PageArgs, bad_input, count, page_cost};
use crate::tenancy::ListScope;
use crate::values::nzbn::Nzbn as ParsedNzbn;
use crate::values::text::Line as TextLine;

/// Most slugs or codes in one part of a filter.
const MOST_NAMED: usize = 20;
/// Most words that are searched for at once: each is looked for in every line.
const MOST_WORDS: usize = 8;
/// Longest slug, code or search, in characters.
const LONGEST: usize = 100;

/// Where a line of the combined list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum LineState {
    /// Nominated, and on no published release yet.
    NotYetReleased,
    /// On the newest release that carries it, as it stands.
    Released,
    /// Corrected since the release before.
    Amended,
    /// Its nomination has ended, and its place is on the way back.
    Suspended,
    /// No part of the list any more.
    Removed,
}

impl From<PlaceState> for LineState {
    fn from(state: PlaceState) -> Self {
        match state {
            PlaceState::Reserved => Self::NotYetReleased,
            PlaceState::Listed | PlaceState::Consumed => Self::Released,
            PlaceState::Returning => Self::Suspended,
            // Free places have no line; one that came free while the list was read has lost its.
            PlaceState::Available | PlaceState::Retired => Self::Removed,
        }
    }
}

/// Which lines to give; what is left out does not narrow.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ApprovedListFilter {
    /// Slugs of bodies: lines of any of them; at most 20.
    body: Option<Vec<String>>,
    /// Codes of roles: lines for any of them; at most 20.
    role: Option<Vec<String>>,
    /// True for lines that a published release carries, false for those that wait for one.
    listed: Option<bool>,
    /// Words in the reference or in the employer's name, all of which must be found; at most 8.
    search: Option<String>,
}

impl ApprovedListFilter {
    fn read(self) -> Result<ListFilter> {
        let words = |search: &String| search.split_whitespace().count();
        let search = self.search.filter(|search| !search.trim().is_empty());
        let search = search.map(|search| read_line("search", &search)).transpose()?;
        if search.as_ref().is_some_and(|search| words(search) > MOST_WORDS) {
            return Err(bad_input(&format!("Search for at most {MOST_WORDS} words.")));
        }
        let body = read_names("body", self.body.unwrap_or_default())?;
        let role = read_names("role", self.role.unwrap_or_default())?;
        Ok(ListFilter { body, role, listed: self.listed, search })
    }
}

fn read_names(field: &str, names: Vec<String>) -> Result<Vec<String>> {
    if names.len() > MOST_NAMED {
        return Err(bad_input(&format!("filter.{field}: name at most {MOST_NAMED}.")));
    }
    names.into_iter().map(|name| read_line(field, &name)).collect()
}

/// A text that both databases take and that is not searched for at length.
fn read_line(field: &str, typed: &str) -> Result<String> {
    let read = TextLine::<LONGEST>::parse(typed);
    read.map(|line| line.as_str().to_owned()).map_err(|why| bad_input(&format!("filter.{field}: {why}")))
}

/// One line, with whether the viewer may read it whole.
#[derive(Clone, Debug)]
pub struct ApprovedListLine {
    line: Line,
    exception: Arc<str>,
    employer_nzbn: Nzbn,
    nominated_at: DateTime,
    is_whole: bool,
}

impl ApprovedListLine {
    fn of(line: Line, exception: &Arc<str>, scope: &ListScope) -> Found<Self> {
        let nzbn = ParsedNzbn::parse(&line.employer_nzbn).map_err(|why| Fault::stored("employer", why))?;
        let nominated = line.nominated_at.ok_or_else(|| Fault::stored("line", "it was never nominated"))?;
        Ok(Self {
            exception: Arc::clone(exception),
            employer_nzbn: nzbn.into(),
            nominated_at: nominated.into(),
            is_whole: line.is_own(scope),
            line,
        })
    }
}

connection! {
    /// A page of the combined list, in order of places.
    ApprovedListLineConnection,
    /// A line, with its cursor in the list.
    ApprovedListLineEdge of ApprovedListLine
}

/// A nomination that holds a place. The bodies have agreed to show each other all but the worker and the pay.
#[Object]
impl ApprovedListLine {
    /// Reference of the application, e.g. NZT-7K4Q2H.
    async fn reference(&self) -> &str {
        &self.line.reference
    }

    /// The body that nominated.
    async fn body(&self, ctx: &Context<'_>) -> Result<Body> {
        let body = load_body(ctx, self.line.body_id).await?;
        Ok(body.ok_or_else(|| Fault::stored("line of the list", "its body is gone"))?)
    }

    /// The employer's name in the NZBN register.
    async fn employer_name(&self) -> &str {
        &self.line.employer_name
    }

    /// The employer's number in that register.
    async fn employer_nzbn(&self) -> Nzbn {
        self.employer_nzbn
    }

    /// The role that the nomination is for, as the terms stood when it was submitted.
    async fn role(&self, ctx: &Context<'_>) -> Result<ApprovedRole> {
        let Line { exception_id, terms_revision, role_code, .. } = &self.line;
        let known = exceptions::terms_at(ctx, *exception_id, *terms_revision).await?;
        let role = role_code.as_deref().and_then(|code| ApprovedRole::find(&self.exception, &known, code));
        Ok(role.ok_or_else(|| Fault::stored("line of the list", "its role is not among the terms"))?)
    }

    /// Code of the occupation that was settled in the assessment.
    async fn occupation_code(&self) -> Option<&str> {
        self.line.occupation_code.as_deref()
    }

    /// Number of the place that it holds, from 1.
    async fn place(&self) -> i32 {
        self.line.place
    }

    /// Where it stands against the published releases.
    async fn state(&self) -> LineState {
        self.line.state.into()
    }

    /// Since when it has held a place.
    async fn nominated_at(&self) -> DateTime {
        self.nominated_at
    }

    /// Whom the nomination is for. Null unless the line is the viewer's own body's or employer's, or the viewer is the
    /// agency and the line is released.
    async fn worker(&self, ctx: &Context<'_>) -> Result<Option<Worker>> {
        if !self.is_whole {
            return Ok(None);
        }
        Ok(cases(ctx).load_one(WorkerOf(self.line.application_id)).await?.map(Worker::from))
    }

    /// Guaranteed pay a year, cut to the cent, in the currency of the agreement. Null unless the line is the viewer's
    /// own body's or employer's, or the viewer is the agency and the line is released.
    async fn annual_pay(&self) -> Option<Decimal> {
        self.is_whole.then(|| rust_decimal::Decimal::new(self.line.annual_cents, 2).into())
    }
}

/// The root of the combined list.
#[derive(Default)]
pub struct ListQuery;

#[Object]
impl ListQuery {
    /// The combined approved list as it stands now: all bodies' lines, redacted to what the viewer may see. An employer
    /// gets its own lines only, the agency released ones only. Null for the public and for observers, and where there
    /// is no such class exception.
    #[expect(clippy::too_many_arguments, reason = "they are the field's arguments")]
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn approved_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the class exception, e.g. specialist-tech.")] class_exception: String,
        #[graphql(desc = "Which lines; all where absent.")] filter: Option<ApprovedListFilter>,
        #[graphql(desc = "At most so many rows from the start, or after `after`; 0 to 100, usually 25.")]
        first: Option<i32>,
        #[graphql(desc = "Cursor that the page begins after.")] after: Option<String>,
        #[graphql(desc = "At most so many rows from the end, or before `before`; 0 to 100.")] last: Option<
            i32,
        >,
        #[graphql(desc = "Cursor that the page ends before.")] before: Option<String>,
    ) -> Result<Option<ApprovedListLineConnection>> {
        let Some(scope) = schema::viewer(ctx).combined_list() else { return Ok(None) };
        let filter = filter.unwrap_or_default().read()?;
        let Some(found) = exceptions::find(ctx, &class_exception).await? else { return Ok(None) };
        let exception = (found.row.id, Arc::from(found.row.slug.as_str()));
        let args = PageArgs { first, after, last, before };
        Ok(Some(page_of_lines(ctx, scope, exception, filter, &args).await?))
    }
}

async fn page_of_lines(
    ctx: &Context<'_>,
    scope: ListScope,
    (exception, slug): (ExceptionId, Arc<str>),
    filter: ListFilter,
    args: &PageArgs,
) -> Result<ApprovedListLineConnection> {
    let app = Arc::clone(schema::app(ctx));
    // The exception is among the field's arguments, which every cursor is bound to.
    let list = List::of(ctx, "approvedList");
    let request = list.request::<ListKey>(args)?;
    let page = list::page_of_list(app.db.read(&scope), &scope, exception, &filter, &request).await?;
    let line = |row: Line| Found::Ok((ListKey(row.place), ApprovedListLine::of(row, &slug, &scope)?));
    let page = page.try_map(line)?;
    let count = count(move || {
        let (app, scope, filter) = (Arc::clone(&app), scope.clone(), filter.clone());
        async move { list::count_list(app.db.read(&scope), &scope, exception, &filter).await }
    });
    Ok(ApprovedListLineConnection::of(&list, page, count)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(filter: ApprovedListFilter) -> Result<ListFilter, String> {
        filter.read().map_err(|error| error.message)
    }

    #[test]
    fn a_filter_is_bounded_and_a_blank_search_is_none() {
        let search = |text: &str| ApprovedListFilter { search: Some(text.into()), ..Default::default() };
        assert_eq!(read(search("  ")), Ok(ListFilter::default()));
        assert_eq!(read(search(" Kiwi  Soft ")).map(|read| read.search), Ok(Some("Kiwi  Soft".into())));
        assert!(read(search("a b c d e f g h")).is_ok());
        assert!(read(search("a b c d e f g h i")).is_err_and(|message| message.contains("8 words")));
        assert!(read(search(&"x".repeat(101))).is_err_and(|message| message.contains("filter.search")));
        assert!(read(search("nul\0")).is_err());
        let bodies =
            |count| ApprovedListFilter { body: Some(vec!["itp".into(); count]), ..Default::default() };
        assert!(read(bodies(20)).is_ok());
        assert!(read(bodies(21)).is_err_and(|message| message.contains("filter.body")));
    }
}
