//! The combined approved list: every application that holds a place, of all bodies.
//!
//! Rows leave here whole; how much of a line a viewer may read follows from [`Line::is_own`], which this file
//! decides from the scope. An employer gets its own lines only.

use chrono::{DateTime, Utc};
use entity::{
    AgencyStatus, ApplicationId, BodyId, EmployerId, ExceptionId, PlaceState, agency_case, application, body,
    employer, place,
};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, LikeExpr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter,
    QuerySelect, Select, Value,
};
use serde::{Deserialize, Serialize};

use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};
use crate::tenancy::{CaseloadScope, ListScope};
use crate::values::fold::fold;

/// One line: what is agreed to be shared between the bodies, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Line {
    /// Number of the place.
    pub place: i32,
    /// Where the place stands.
    pub state: PlaceState,
    /// Which application.
    pub application_id: ApplicationId,
    /// Its reference.
    pub reference: String,
    /// Whose.
    pub body_id: BodyId,
    /// Of which employer.
    pub employer_id: EmployerId,
    /// Its legal name.
    pub employer_name: String,
    /// Its NZBN.
    pub employer_nzbn: String,
    /// Under which exception.
    pub exception_id: ExceptionId,
    /// With which terms.
    pub terms_revision: i32,
    /// Code of the role.
    pub role_code: Option<String>,
    /// Code of the occupation.
    pub occupation_code: Option<String>,
    /// Since when it holds a place.
    pub nominated_at: Option<DateTime<Utc>>,
    /// Annual pay in cents: own lines only.
    pub annual_cents: i64,
}

impl Line {
    /// Whether the viewer may read it whole: worker and pay.
    #[must_use]
    pub fn is_own(&self, scope: &ListScope) -> bool {
        match scope {
            ListScope::Caseload(CaseloadScope::Body(scope)) => scope.body() == self.body_id,
            ListScope::Caseload(CaseloadScope::Employers(scope)) => {
                scope.employers().contains(&self.employer_id)
            }
            ListScope::Agency(_) => self.state != PlaceState::Reserved,
        }
    }
}

/// Which lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Of the bodies with these slugs; any where empty.
    pub body: Vec<String>,
    /// For one of these roles; any where empty.
    pub role: Vec<String>,
    /// Where the agency says their cases stand; anywhere where empty.
    pub agency: Vec<AgencyStatus>,
    /// On a published release, or not.
    pub listed: Option<bool>,
    /// Words in the reference or in the employer's name.
    pub search: Option<String>,
}

/// The key of a line: the number of its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListKey(pub i32);

impl From<ListKey> for Vec<Value> {
    fn from(key: ListKey) -> Self {
        vec![key.0.into()]
    }
}

/// A page of the list as it stands, in order of places.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of_list(
    conn: &impl ConnectionTrait,
    scope: &ListScope,
    exception: ExceptionId,
    filter: &ListFilter,
    request: &PageRequest<ListKey>,
) -> Found<Page<Line>> {
    let number = Expr::col((place::Entity, place::Column::Number));
    let select = keyed(lines(scope, exception, filter), &[number], false, request);
    Ok(Page::of(select.into_model().all(conn).await?, request))
}

/// How many lines pass the filter.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_list(
    conn: &impl ConnectionTrait,
    scope: &ListScope,
    exception: ExceptionId,
    filter: &ListFilter,
) -> Found<u64> {
    Ok(lines(scope, exception, filter).count(conn).await?)
}

fn lines(scope: &ListScope, exception: ExceptionId, filter: &ListFilter) -> Select<place::Entity> {
    let to_application = place::Entity::belongs_to(application::Entity)
        .from(place::Column::ApplicationId)
        .to(application::Column::Id)
        .into();
    let to_employer = place::Entity::belongs_to(employer::Entity)
        .from(place::Column::EmployerId)
        .to(employer::Column::Id)
        .into();
    let select = place::Entity::find()
        .select_only()
        .column_as(place::Column::Number, "place")
        .columns([place::Column::State, place::Column::ApplicationId, place::Column::BodyId])
        .columns([place::Column::EmployerId, place::Column::ExceptionId])
        .join(JoinType::InnerJoin, to_application)
        .columns([application::Column::Reference, application::Column::TermsRevision])
        .columns([application::Column::RoleCode, application::Column::OccupationCode])
        .columns([application::Column::NominatedAt, application::Column::AnnualCents])
        .join(JoinType::InnerJoin, to_employer)
        .column_as(employer::Column::LegalName, "employer_name")
        .column_as(employer::Column::Nzbn, "employer_nzbn")
        .filter(place::Column::ExceptionId.eq(exception));
    filtered(readable(select, scope), filter)
}

fn readable(select: Select<place::Entity>, scope: &ListScope) -> Select<place::Entity> {
    match scope {
        ListScope::Caseload(CaseloadScope::Body(_)) => select,
        ListScope::Caseload(CaseloadScope::Employers(scope)) => {
            select.filter(place::Column::EmployerId.is_in(scope.employers().iter().copied()))
        }
        ListScope::Agency(_) => select.filter(place::Column::State.ne(PlaceState::Reserved)),
    }
}

fn filtered(mut select: Select<place::Entity>, filter: &ListFilter) -> Select<place::Entity> {
    if !filter.body.is_empty() {
        let bodies = Query::select()
            .column(body::Column::Id)
            .from(body::Entity)
            .and_where(body::Column::Slug.is_in(&filter.body))
            .to_owned();
        select = select.filter(place::Column::BodyId.in_subquery(bodies));
    }
    if !filter.role.is_empty() {
        select = select.filter(application::Column::RoleCode.is_in(&filter.role));
    }
    if !filter.agency.is_empty() {
        select = select.filter(stands_at_the_agency(&filter.agency));
    }
    match filter.listed {
        Some(true) => select = select.filter(place::Column::State.ne(PlaceState::Reserved)),
        Some(false) => select = select.filter(place::Column::State.eq(PlaceState::Reserved)),
        None => {}
    }
    for word in filter.search.as_deref().unwrap_or_default().split_whitespace() {
        let name = Expr::col((employer::Entity, employer::Column::FoldedName)).like(containing(&fold(word)));
        let reference = Expr::col((application::Entity, application::Column::Reference))
            .like(containing(&word.to_uppercase()));
        select = select.filter(Condition::any().add(name).add(reference));
    }
    select
}

/// A case that was never sent has no row.
fn stands_at_the_agency(statuses: &[AgencyStatus]) -> Condition {
    let cases =
        || Query::select().column(agency_case::Column::ApplicationId).from(agency_case::Entity).to_owned();
    let words = statuses.iter().map(|status| status.word());
    let among = cases().and_where(Expr::col(agency_case::Column::Status).is_in(words)).to_owned();
    let mut stands = Condition::any().add(place::Column::ApplicationId.in_subquery(among));
    if statuses.contains(&AgencyStatus::NotSent) {
        stands = stands.add(place::Column::ApplicationId.not_in_subquery(cases()));
    }
    stands
}

/// A pattern for texts that contain `word`, which may itself have the characters that patterns are made of.
fn containing(word: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('!')
}
