//! Pages of the viewer's own caseload.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Result};
use entity::{ExceptionId, PersonId};

use super::application::Application;
use super::kinds::{ApplicationFlag, ApplicationOrderField, ApplicationStatus, OrderDirection};
use crate::app::App;
use crate::applications::details::ShortText;
use crate::applications::rules::{Flag, words_to_find};
use crate::applications::store::caseload::{self, CaseloadFilter, CaseloadOrder};
use crate::applications::store::flags::Flagged;
use crate::schema::connection::connection;
use crate::schema::scalars::{DateTime, Nzbn};
use crate::schema::{self, GlobalId, List, PageArgs, bad_input, count};
use crate::tenancy::CaseloadScope;

/// Most values that one field of a filter may have.
const VALUES_MAX: usize = 20;
/// Most words that are looked for at once.
const SEARCH_WORDS_MAX: usize = 8;
/// Most letters of what is searched for.
const SEARCH_LETTERS_MAX: usize = 200;
const TOO_MANY_VALUES: &str = "A field of the filter may have at most 20 values.";

/// Which applications: those that pass every field that is given.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ApplicationFilter {
    /// In one of these states; any where empty.
    status: Option<Vec<ApplicationStatus>>,
    /// With all of these flags. For employers, those that are shown to the body only stand on no application.
    flags: Option<Vec<ApplicationFlag>>,
    /// For one of at most 20 approved roles, by their codes; any where empty.
    role: Option<Vec<String>>,
    /// In this person's hands. Changes nothing for employers, who do not know.
    assessor: Option<ID>,
    /// True: in nobody's hands. False: in somebody's. Changes nothing for employers, who do not know.
    unassigned: Option<bool>,
    /// Of the employer with this business number alone.
    employer: Option<Nzbn>,
    /// Words in the reference, the employer's name, the job's title or the worker's name, each as far as it is typed, in
    /// any case and with or without macrons: all of at most 8. Without a word in it, it changes nothing.
    search: Option<String>,
    /// Handed in at this instant or later.
    submitted_from: Option<DateTime>,
    /// Handed in before this instant.
    submitted_to: Option<DateTime>,
    /// With a decision of the body that is due before this instant; those without such an instant are left out.
    due_before: Option<DateTime>,
}

impl ApplicationFilter {
    /// `flagged` is what the flags of the same filter were read into.
    fn read(self, exception: Option<ExceptionId>, flagged: Option<Flagged>) -> Result<CaseloadFilter> {
        let (status, role) = (self.status.unwrap_or_default(), self.role.unwrap_or_default());
        if status.len() > VALUES_MAX || role.len() > VALUES_MAX {
            return Err(bad_input(TOO_MANY_VALUES));
        }
        if role.iter().any(|code| ShortText::parse(code).is_err()) {
            return Err(bad_input("A role is named by its code, such as 2613."));
        }
        let assessor = self.assessor.map(|id| {
            GlobalId::read::<PersonId>(&id)
                .ok_or_else(|| bad_input("The assessor is named by a person's id."))
        });
        Ok(CaseloadFilter {
            exception,
            status: status.into_iter().map(Into::into).collect(),
            role,
            assessor: assessor.transpose()?,
            unassigned: self.unassigned,
            employer: self.employer.map(|nzbn| nzbn.0.to_string()),
            submitted_from: self.submitted_from.map(|at| at.0),
            submitted_to: self.submitted_to.map(|at| at.0),
            due_before: self.due_before.map(|at| at.0),
            flagged,
            words: searched(self.search.as_deref())?,
        })
    }

    /// The flags, with the terms that tell some of them; none where none is named.
    async fn flagged(
        &self,
        app: &App,
        scope: &CaseloadScope,
        exception: Option<ExceptionId>,
    ) -> Result<Option<Flagged>> {
        let flags = self.flags.clone().unwrap_or_default();
        if flags.len() > VALUES_MAX {
            return Err(bad_input(TOO_MANY_VALUES));
        }
        if flags.is_empty() {
            return Ok(None);
        }
        let flags: BTreeSet<Flag> = flags.into_iter().map(Into::into).collect();
        let (conn, now) = (&app.db.read(scope), app.db.clock().now());
        let flagged = Flagged::load(conn, &app.shelf, flags.into_iter().collect(), exception, now);
        Ok(Some(flagged.await?))
    }

    /// The applications of one employer.
    pub(super) fn of_employer(nzbn: Nzbn) -> Self {
        Self { employer: Some(nzbn), ..Self::default() }
    }
}

/// The words to look for.
fn searched(typed: Option<&str>) -> Result<Vec<String>> {
    let typed = typed.unwrap_or_default();
    if typed.chars().count() > SEARCH_LETTERS_MAX {
        return Err(bad_input("Search for at most 200 letters."));
    }
    let words = words_to_find(typed);
    if words.len() > SEARCH_WORDS_MAX {
        return Err(bad_input("Search for at most 8 words."));
    }
    Ok(words)
}

/// What comes first in a caseload. Those that are equal stand in the order in which they were begun.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct ApplicationOrder {
    /// What to go by.
    field: ApplicationOrderField,
    /// Which end comes first.
    direction: OrderDirection,
}

impl Default for ApplicationOrder {
    fn default() -> Self {
        Self { field: ApplicationOrderField::CreatedAt, direction: OrderDirection::Desc }
    }
}

impl ApplicationOrder {
    fn read(self) -> (CaseloadOrder, bool) {
        let order = match self.field {
            ApplicationOrderField::CreatedAt => CaseloadOrder::CreatedAt,
            ApplicationOrderField::SubmittedAt => CaseloadOrder::SubmittedAt,
            ApplicationOrderField::DueAt => CaseloadOrder::DueAt,
            ApplicationOrderField::Salary => CaseloadOrder::Pay,
        };
        (order, self.direction == OrderDirection::Desc)
    }
}

connection! {
    /// A page of a caseload.
    ApplicationConnection,
    /// One row of a caseload.
    ApplicationEdge of Application
}

/// A page of the caseload that `scope` is for. `name` tells the list from others, for its cursors.
pub(super) async fn page(
    ctx: &Context<'_>,
    scope: CaseloadScope,
    name: &str,
    (exception, filter): (Option<ExceptionId>, ApplicationFilter),
    order: ApplicationOrder,
    args: &PageArgs,
) -> Result<ApplicationConnection> {
    let (app, list) = (schema::app(ctx), List::of(ctx, name));
    let flagged = filter.flagged(app, &scope, exception).await?;
    let (filter, (order, descending)) = (filter.read(exception, flagged)?, order.read());
    let conn = &app.db.read(&scope);
    let page = caseload::page_of(conn, &scope, &filter, order, descending, &list.request(args)?).await?;
    let page = page.map(|row| (order.key_of(&row), Application::of(row, scope.clone())));
    let app = Arc::clone(app);
    let count = count(move || {
        let (app, scope, filter) = (Arc::clone(&app), scope.clone(), filter.clone());
        async move { caseload::count(&app.db.read(&scope), &scope, &filter).await }
    });
    Ok(ApplicationConnection::of(&list, page, count)?)
}
