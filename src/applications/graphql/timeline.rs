//! What happened to an application, as far as the viewer may know.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use entity::history_event;

use super::application::Application;
use super::loaders::there;
use crate::app::App;
use crate::applications::store::caseload;
use crate::error::Found;
use crate::history::{self, By, TimelineKey};
use crate::people::graphql::{load_body, load_person};
use crate::schema::connection::connection;
use crate::schema::scalars::DateTime;
use crate::schema::{self, Global, GlobalId, List, PageArgs, count};
use crate::tenancy::CaseloadScope;

/// Something that happened to an application. Events are never changed or taken back.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct ApplicationEvent {
    #[graphql(skip)]
    row: history_event::Model,
    /// Whose it is.
    application: Arc<Application>,
    /// Global id of the event.
    #[graphql(owned)]
    pub id: ID,
    /// A word for programs, e.g. SUBMITTED. More words may come: show the summary of one that you do not know.
    kind: String,
    /// A sentence for people. It may be reworded at any time.
    summary: String,
    /// When it happened.
    at: DateTime,
}

impl ApplicationEvent {
    fn of(row: history_event::Model, application: Arc<Application>) -> Self {
        Self {
            application,
            id: GlobalId::of(&row.id),
            kind: row.kind.word(),
            summary: history::summary(&row),
            at: row.at.into(),
            row,
        }
    }
}

#[ComplexObject]
impl ApplicationEvent {
    /// Whose hand it is by: a person's name; to employers the body's name for what its people did; Service for
    /// what nobody did by hand.
    async fn actor(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(match history::by(&self.application.scope, &self.row) {
            By::Person(person) => there("actor", load_person(ctx, person).await?)?.name,
            By::Body => there("body", load_body(ctx, self.application.row.body_id).await?)?.name,
            By::Service => "Service".to_owned(),
        })
    }
}

connection! {
    /// A page of what happened to an application.
    ApplicationEventConnection,
    /// One event of an application.
    ApplicationEventEdge of ApplicationEvent
}

/// A page of an application's timeline.
pub(super) async fn page(
    ctx: &Context<'_>,
    application: &Application,
    args: &PageArgs,
) -> Result<ApplicationEventConnection> {
    let (app, scope, id) = (schema::app(ctx), &application.scope, application.row.id);
    let list = List::of(ctx, &format!("Application:{}.timeline", id.key()));
    let page = history::page_of_timeline(&app.db.read(scope), scope, id, &list.request(args)?).await?;
    let shown = Arc::new(application.clone());
    let event =
        |row: history_event::Model| (TimelineKey(row.id), ApplicationEvent::of(row, Arc::clone(&shown)));
    let (app, scope) = (Arc::clone(app), scope.clone());
    let count = count(move || {
        let (app, scope) = (Arc::clone(&app), scope.clone());
        async move { history::count_timeline(&app.db.read(&scope), &scope, id).await }
    });
    Ok(ApplicationEventConnection::of(&list, page.map(event), count)?)
}

/// Events that were found visible, each with its application as it stands; those of applications that are gone are left out.
///
/// # Errors
/// Where the database does not answer.
pub(crate) async fn events_told(
    app: &App,
    scope: &CaseloadScope,
    rows: Vec<history_event::Model>,
) -> Found<Vec<ApplicationEvent>> {
    let ids: Vec<_> = rows.iter().filter_map(|row| row.application_id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = caseload::load_by_ids(&app.db.read(scope), scope, &ids).await?;
    let applications: HashMap<_, _> =
        found.into_iter().map(|row| (row.id, Arc::new(Application::of(row, scope.clone())))).collect();
    let event = |row: history_event::Model| {
        let application = Arc::clone(applications.get(&row.application_id?)?);
        Some(ApplicationEvent::of(row, application))
    };
    Ok(rows.into_iter().filter_map(event).collect())
}

/// An event by its global id.
pub(crate) async fn find_event(ctx: &Context<'_>, id: &ID) -> Result<Option<ApplicationEvent>> {
    let (Some(id), Some(scope)) = (GlobalId::read(id), schema::viewer(ctx).caseload()) else {
        return Ok(None);
    };
    let row = history::find_in_timeline(&schema::app(ctx).db.read(&scope), &scope, id).await?;
    let Some(application) = row.as_ref().and_then(|row| row.application_id) else { return Ok(None) };
    let application = super::load_application(ctx, application).await?;
    Ok(row.zip(application).map(|(row, application)| ApplicationEvent::of(row, Arc::new(application))))
}
