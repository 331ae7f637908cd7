//! The combined approved list as the public schema shows it: every line to the bodies, redacted but for their own.
//!
//! Who may read the list at all, and which rows of it, the scope and the store decide; here a line that is not the
//! viewer's whole loses what is about the worker. Whatever else of a worker is to be shown goes by the same
//! `ApprovedListLine::is_whole`.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object, Result};
use entity::{
    ApplicationId, BodyId, ExceptionId, PlaceState, ReleaseChangeKind, ReleaseLineState, release_line,
};

use crate::applications::graphql::{AgencyStatus, ListedWorker, Worker, WorkerOf, cases};
use crate::error::{Fault, Found};
use crate::exceptions::graphql::{self as exceptions, ApprovedRole};
use crate::exceptions::store::Current;
use crate::people::graphql::{Body, load_body};
use crate::releases::actions::open_line;
use crate::releases::loaders::{AgencyStatusOf, NewestLineOf, releases};
use crate::releases::rules::Content;
use crate::releases::store::lines::is_whole;
use crate::releases::store::list::{self, Line, ListFilter, ListKey};
use crate::schema::connection::connection;
use crate::schema::scalars::{DateTime, Decimal, Nzbn};
use crate::schema::{self, List, PageArgs, bad_input, count, page_cost};
use crate::tenancy::ListScope;
use crate::values::nzbn::Nzbn as ParsedNzbn;
use crate::values::passport::PassportNumber;
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

impl LineState {
    fn of_release(state: ReleaseLineState, change: Option<ReleaseChangeKind>) -> Self {
        match (state, change) {
            (ReleaseLineState::Listed, Some(ReleaseChangeKind::Amended)) => Self::Amended,
            (ReleaseLineState::Listed, _) => Self::Released,
            (ReleaseLineState::Suspended, _) => Self::Suspended,
            (ReleaseLineState::Removed, _) => Self::Removed,
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
    /// Where their cases stand at the agency: lines in any of these; at most 20.
    agency_status: Option<Vec<AgencyStatus>>,
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
        let agency: Vec<_> = self.agency_status.unwrap_or_default().into_iter().map(Into::into).collect();
        if agency.len() > MOST_NAMED {
            return Err(bad_input(&format!("filter.agencyStatus: name at most {MOST_NAMED}.")));
        }
        Ok(ListFilter { body, role, agency, listed: self.listed, search })
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

/// One line, with how much of it the viewer may read.
#[derive(Clone, Debug)]
pub struct ApprovedListLine {
    application: ApplicationId,
    reference: String,
    body: BodyId,
    employer_name: String,
    employer_nzbn: Nzbn,
    exception: (ExceptionId, Arc<str>),
    terms_revision: i32,
    role_code: Option<String>,
    occupation_code: Option<String>,
    place: i32,
    nominated_at: DateTime,
    stands: Stands,
    whole: Whole,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug)]
enum Stands {
    /// On the list as it is now.
    Now(PlaceState),
    /// In a release.
    Released { state: ReleaseLineState, change: Option<ReleaseChangeKind>, listed_in: i32 },
}

/// Where what is about the worker is read, by who may.
#[derive(Clone, Debug)]
enum Whole {
    /// Nowhere: the viewer may not.
    Hidden,
    /// In the viewer's own caseload, with the pay in cents.
    OfCaseload(i64),
    /// In what a release says.
    OfRelease(Box<release_line::Model>),
    /// In what the newest release says that the agency has.
    OfNewest,
}

impl ApprovedListLine {
    fn of(line: Line, exception: &Arc<str>, scope: &ListScope) -> Found<Self> {
        let whole = match (line.is_own(scope), scope) {
            (false, _) => Whole::Hidden,
            (true, ListScope::Caseload(_)) => Whole::OfCaseload(line.annual_cents),
            (true, ListScope::Agency(_)) => Whole::OfNewest,
        };
        let nominated = line.nominated_at.ok_or_else(|| Fault::stored("line", "it was never nominated"))?;
        Ok(Self {
            application: line.application_id,
            reference: line.reference,
            body: line.body_id,
            employer_name: line.employer_name,
            employer_nzbn: nzbn(&line.employer_nzbn)?,
            exception: (line.exception_id, Arc::clone(exception)),
            terms_revision: line.terms_revision,
            role_code: line.role_code,
            occupation_code: line.occupation_code,
            place: line.place,
            nominated_at: nominated.into(),
            stands: Stands::Now(line.state),
            whole,
        })
    }

    /// A line of a release.
    pub(super) fn of_release(
        row: release_line::Model,
        exception: &Current,
        scope: &ListScope,
    ) -> Found<Self> {
        let is_whole = is_whole(scope, &row);
        Ok(Self {
            application: row.application_id,
            reference: row.reference.clone(),
            body: row.body_id,
            employer_name: row.employer_name.clone(),
            employer_nzbn: nzbn(&row.employer_nzbn)?,
            exception: (exception.row.id, Arc::from(exception.row.slug.as_str())),
            terms_revision: row.terms_revision,
            role_code: Some(row.role_code.clone()),
            occupation_code: Some(row.occupation_code.clone()),
            place: row.place_number,
            nominated_at: row.nominated_at.into(),
            stands: Stands::Released { state: row.state, change: row.change, listed_in: row.listed_in },
            whole: if is_whole { Whole::OfRelease(Box::new(row)) } else { Whole::Hidden },
        })
    }

    async fn newest(&self, ctx: &Context<'_>) -> Result<Option<release_line::Model>> {
        Ok(releases(ctx).load_one(NewestLineOf(self.application)).await?)
    }

    /// What a release says of it, where that is what the viewer reads.
    async fn content(&self, ctx: &Context<'_>) -> Result<Option<Content>> {
        let row = match &self.whole {
            Whole::Hidden | Whole::OfCaseload(_) => None,
            Whole::OfRelease(row) => Some(row.as_ref().clone()),
            Whole::OfNewest => self.newest(ctx).await?,
        };
        Ok(row.map(|row| open_line(schema::app(ctx), &row)).transpose()?.flatten())
    }
}

fn nzbn(stored: &str) -> Found<Nzbn> {
    Ok(ParsedNzbn::parse(stored).map_err(|why| Fault::stored("employer", why))?.into())
}

/// The worker as a release says.
fn listed_worker(content: &Content) -> Found<ListedWorker> {
    let text = |column: &str| Some(content.get(column).to_owned()).filter(|text| !text.is_empty());
    let day = |column: &str| text(column).map(|day| day.parse()).transpose();
    let born = day("date_of_birth").map_err(|why| Fault::stored("line of a release", why))?;
    let number = PassportNumber::parse(content.get("passport_number")).ok();
    Ok(ListedWorker {
        family_name: content.get("worker_family_name").to_owned(),
        given_names: text("worker_given_names"),
        date_of_birth: born.ok_or_else(|| Fault::stored("line of a release", "no day of birth"))?,
        nationality: content.get("nationality").to_owned(),
        passport_state: text("passport_issuing_state"),
        passport_hint: number.map(|number| number.hint().to_owned()),
        passport_expires_on: day("passport_expires_on")
            .map_err(|why| Fault::stored("line of a release", why))?,
    })
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
        &self.reference
    }

    /// The body that nominated.
    async fn body(&self, ctx: &Context<'_>) -> Result<Body> {
        let body = load_body(ctx, self.body).await?;
        Ok(body.ok_or_else(|| Fault::stored("line of the list", "its body is gone"))?)
    }

    /// The employer's name in the NZBN register.
    async fn employer_name(&self) -> &str {
        &self.employer_name
    }

    /// The employer's number in that register.
    async fn employer_nzbn(&self) -> Nzbn {
        self.employer_nzbn
    }

    /// The role that the nomination is for, as the terms stood when it was submitted.
    async fn role(&self, ctx: &Context<'_>) -> Result<ApprovedRole> {
        let (exception, slug) = &self.exception;
        let known = exceptions::terms_at(ctx, *exception, self.terms_revision).await?;
        let code = self.role_code.as_deref();
        let role = code.and_then(|code| ApprovedRole::find(slug, &known, code));
        Ok(role.ok_or_else(|| Fault::stored("line of the list", "its role is not among the terms"))?)
    }

    /// Code of the occupation that was settled in the assessment.
    async fn occupation_code(&self) -> Option<&str> {
        self.occupation_code.as_deref()
    }

    /// Number of the place that it holds, from 1.
    async fn place(&self) -> i32 {
        self.place
    }

    /// Where it stands against the published releases; of a line of a release, where it stands there.
    async fn state(&self, ctx: &Context<'_>) -> Result<LineState> {
        let place = match self.stands {
            Stands::Released { state, change, .. } => return Ok(LineState::of_release(state, change)),
            Stands::Now(place) => place,
        };
        let change = match place {
            PlaceState::Listed | PlaceState::Consumed => self.newest(ctx).await?.and_then(|line| line.change),
            PlaceState::Reserved | PlaceState::Returning | PlaceState::Available | PlaceState::Retired => {
                None
            }
        };
        Ok(if change == Some(ReleaseChangeKind::Amended) { LineState::Amended } else { place.into() })
    }

    /// Number of the release that first carried it; null before it was published.
    async fn listed_in(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        match self.stands {
            Stands::Released { listed_in, .. } => Ok(Some(listed_in)),
            Stands::Now(_) => Ok(self.newest(ctx).await?.map(|line| line.listed_in)),
        }
    }

    /// Where its case stands at the agency now.
    async fn agency_status(&self, ctx: &Context<'_>) -> Result<AgencyStatus> {
        let found = releases(ctx).load_one(AgencyStatusOf(self.application)).await?;
        Ok(found.unwrap_or(entity::AgencyStatus::NotSent).into())
    }

    /// Since when it has held a place.
    async fn nominated_at(&self) -> DateTime {
        self.nominated_at
    }

    /// Whom the nomination is for. Null unless the line is the viewer's own body's or employer's, or the viewer is the
    /// agency and the line is released.
    async fn worker(&self, ctx: &Context<'_>) -> Result<Option<Worker>> {
        match &self.whole {
            Whole::Hidden => Ok(None),
            Whole::OfCaseload(_) => {
                Ok(cases(ctx).load_one(WorkerOf(self.application)).await?.map(Worker::from))
            }
            Whole::OfRelease(_) | Whole::OfNewest => {
                let content = self.content(ctx).await?;
                Ok(content.map(|content| listed_worker(&content)).transpose()?.map(Worker::from))
            }
        }
    }

    /// Guaranteed pay a year, cut to the cent, in the currency of the agreement. Null unless the line is the viewer's
    /// own body's or employer's, or the viewer is the agency and the line is released.
    async fn annual_pay(&self, ctx: &Context<'_>) -> Result<Option<Decimal>> {
        match &self.whole {
            Whole::Hidden => Ok(None),
            Whole::OfCaseload(cents) => Ok(Some(rust_decimal::Decimal::new(*cents, 2).into())),
            Whole::OfRelease(_) | Whole::OfNewest => {
                let content = self.content(ctx).await?;
                let pay = content.map(|content| content.get("annual_pay").parse::<rust_decimal::Decimal>());
                let pay = pay.transpose().map_err(|why| Fault::stored("line of a release", why))?;
                Ok(pay.map(Decimal::from))
            }
        }
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
    let page = list::page_of_list(&app.db.read(&scope), &scope, exception, &filter, &request).await?;
    let line = |row: Line| Found::Ok((ListKey(row.place), ApprovedListLine::of(row, &slug, &scope)?));
    let page = page.try_map(line)?;
    let count = count(move || {
        let (app, scope, filter) = (Arc::clone(&app), scope.clone(), filter.clone());
        async move { list::count_list(&app.db.read(&scope), &scope, exception, &filter).await }
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
