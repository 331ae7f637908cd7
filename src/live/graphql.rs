//! What can be listened to.

use std::sync::Arc;

use async_graphql::{Context, ID, Result, Subscription};
use entity::{EventKind, ExceptionId};
use futures_util::stream::{self, Stream, StreamExt};

use super::{Follower, News};
use crate::app::App;
use crate::applications::graphql::{ApplicationEvent, events_told, find_by_reference};
use crate::error::{Failure, UserError, UserErrorCode};
use crate::exceptions::graphql as exceptions;
use crate::exceptions::store::Current;
use crate::history::{feed, find_in_timeline, is_visible};
use crate::quota::graphql::{Quota, QuotaFigures};
use crate::releases::graphql::{Release, latest_seen};
use crate::schema::{self, GlobalId, bad_input};
use crate::tenancy::CaseloadScope;

/// Kinds of events that change what a release looks like.
const OF_RELEASES: [EventKind; 5] = [
    EventKind::ReleasePrepared,
    EventKind::ReleaseAttested,
    EventKind::ReleasePublished,
    EventKind::ReleaseAcknowledged,
    EventKind::ReleaseAbandoned,
];

/// The root of what can be listened to.
#[derive(Default)]
pub struct LiveSubscription;

/// Everything that can be listened to, over a WebSocket or as server-sent events. What is told was committed; it comes at
/// least once, and ends when the role or the sign-in ends that it was asked for by; both within a second.
#[Subscription(name = "Subscription")]
impl LiveSubscription {
    /// Places and demand of a class exception: as they stand, and then whenever a figure is another. Public.
    async fn quota_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its short name, e.g. specialist-tech.")] class_exception: String,
    ) -> Result<impl Stream<Item = Result<Quota>> + use<>> {
        let current = find(ctx, &class_exception).await?;
        let (app, viewer, id) = (Arc::clone(schema::app(ctx)), schema::viewer(ctx).clone(), current.row.id);
        let started = Follower::start(&app, None).await?;
        let now = started.position();
        let changes = news_of(started).map(move |news| {
            let news = news?;
            Ok(news.touches(id).then(|| news.position()))
        });
        let looks = stream::once(async move { Ok(Some(now)) }).chain(changes);
        let found = looks.then(move |touched: Result<Option<i64>>| {
            let (app, viewer, quota) = (Arc::clone(&app), viewer.clone(), Quota::of(Arc::clone(&current)));
            async move {
                let Some(position) = touched? else { return Ok(None) };
                let figures = app.live.figures.at(&app, &quota, &viewer, position).await?;
                Ok(Some((quota, figures)))
            }
        });
        let mut last = None;
        let told = found.filter_map(move |found: Result<Option<(Quota, QuotaFigures)>>| {
            // What happens and leaves every figure as it was is nothing to who reads figures.
            let told = found.transpose().and_then(|found| match found {
                Ok((quota, figures)) => {
                    let is_news = last.as_ref() != Some(&figures);
                    last = Some(figures.clone());
                    is_news.then(|| Ok(quota.with(figures)))
                }
                Err(error) => Some(Err(error)),
            });
            async { told }
        });
        Ok(up_to_a_fault(told))
    }

    /// What happens to the applications of the viewer's own caseload, or to one of them.
    async fn application_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this application, by its reference.")] reference: Option<String>,
        #[graphql(
            desc = "Go on behind this event, which was the last to arrive before the connection broke: what happened since comes \
                    first."
        )]
        after: Option<ID>,
    ) -> Result<impl Stream<Item = Result<ApplicationEvent>> + use<>> {
        let scope = caseload(ctx)?;
        let only = match &reference {
            None => None,
            Some(reference) => {
                let found = find_by_reference(ctx, reference).await?;
                let unknown = || bad_input("No application of your caseload has this reference.");
                Some(found.ok_or_else(unknown)?.key())
            }
        };
        let app = Arc::clone(schema::app(ctx));
        let after = match after {
            None => None,
            Some(id) => Some(position_of(&app, &scope, &id).await?),
        };
        let news = news(&app, after).await?;
        let events = news.then(move |news| {
            let (app, scope) = (Arc::clone(&app), scope.clone());
            async move {
                let of_it = |id| only.is_none_or(|only| id == Some(only));
                let news = match news {
                    Ok(news) => news,
                    Err(error) => return vec![Err(error)],
                };
                let told = news.events().filter(|told| of_it(told.event.application_id));
                let told = told.filter(|told| is_visible(&scope, told)).map(|told| told.event.clone());
                let told: Vec<_> = told.collect();
                match events_told(&app, &scope, told).await {
                    Ok(events) => events.into_iter().map(Ok).collect(),
                    Err(fault) => vec![Err(fault.into())],
                }
            }
        });
        Ok(up_to_a_fault(events.flat_map(stream::iter)))
    }

    /// The newest release of a class exception that the viewer may see: as it stands, and then whenever a release is
    /// prepared, attested, published, acknowledged or abandoned, as far as the viewer may know. Public.
    async fn release_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its short name, e.g. specialist-tech.")] class_exception: String,
    ) -> Result<impl Stream<Item = Result<Release>> + use<>> {
        let current = find(ctx, &class_exception).await?;
        let (app, scope) = (Arc::clone(schema::app(ctx)), schema::viewer(ctx).releases());
        let id = current.row.id;
        let changes = news(&app, None).await?.map(move |news| Ok(of_releases(&news?, id)));
        let looks = stream::once(async { Ok(vec![EventKind::ReleasePrepared]) }).chain(changes);
        let found = looks.then(move |kinds: Result<Vec<EventKind>>| {
            let (app, scope, current) = (Arc::clone(&app), scope.clone(), Arc::clone(&current));
            async move {
                let kinds = kinds?;
                let seen = if kinds.is_empty() { None } else { latest_seen(&app, &scope, &current).await? };
                Ok(seen.map(|release| (release, kinds.contains(&EventKind::ReleaseAttested))))
            }
        });
        let mut last = None;
        let told = found.filter_map(move |found: Result<Option<(Release, bool)>>| {
            let told = found.transpose().and_then(|found| match found {
                // What the viewer may not see changes nothing that it sees; what one body attests does, before it is out.
                Ok((release, attested)) => {
                    let is_news =
                        last.as_ref() != Some(release.seen()) || attested && !release.seen().is_out();
                    last = Some(release.seen().clone());
                    is_news.then_some(Ok(release))
                }
                Err(error) => Some(Err(error)),
            });
            async { told }
        });
        Ok(up_to_a_fault(told))
    }
}

/// What happened to releases of a class exception.
fn of_releases(news: &News, exception: ExceptionId) -> Vec<EventKind> {
    let events = news.events().map(|told| &told.event).filter(|event| event.exception_id == Some(exception));
    events.map(|event| event.kind).filter(|kind| OF_RELEASES.contains(kind)).collect()
}

/// What is news from now on, or behind a position, without end.
async fn news(app: &Arc<App>, after: Option<i64>) -> Result<impl Stream<Item = Result<News>> + use<>> {
    Ok(news_of(Follower::start(app, after).await?))
}

fn news_of(follower: Follower) -> impl Stream<Item = Result<News>> + use<> {
    stream::unfold(follower, |mut follower| async {
        let news = follower.next().await.map_err(Into::into).transpose()?;
        Some((news, follower))
    })
}

/// Ends with the first fault, at whatever step: to go on behind it would leave out what could not be told. Whoever listened comes
/// back, and misses nothing.
fn up_to_a_fault<T>(told: impl Stream<Item = Result<T>>) -> impl Stream<Item = Result<T>> {
    stream::unfold(Some(Box::pin(told)), |told| async {
        let mut told = told?;
        let one = told.next().await?;
        let rest = one.is_ok().then_some(told);
        Some((one, rest))
    })
}

async fn find(ctx: &Context<'_>, slug: &str) -> Result<Arc<Current>> {
    let found = exceptions::find(ctx, slug).await?;
    found.ok_or_else(|| bad_input("There is no class exception of this name: ask for the list of them."))
}

fn caseload(ctx: &Context<'_>) -> Result<CaseloadScope, Failure> {
    let viewer = schema::viewer(ctx);
    if viewer.member().is_none() {
        return Err(Failure::Unauthenticated);
    }
    viewer.caseload().ok_or_else(|| {
        UserError::new(UserErrorCode::NotPermitted, "Your role has no caseload to listen to.").into()
    })
}

/// Where an event stands that the viewer may see.
async fn position_of(app: &Arc<App>, scope: &CaseloadScope, id: &ID) -> Result<i64> {
    let unknown =
        || bad_input("`after` is no event of your caseload: leave it out, and read what you show anew.");
    let event = GlobalId::read(id).ok_or_else(unknown)?;
    find_in_timeline(&app.db.read(scope), scope, event).await?.ok_or_else(unknown)?;
    // In this order: what has no position yet comes behind what has one now.
    let conn = &app.db.read(&super::scope());
    let last = feed::last_position(conn).await?;
    Ok(feed::position_of(conn, event).await?.unwrap_or(last))
}
