//! A release goes to the agency: places become LISTED, cases SENT. It says from then on what it says.

use std::collections::HashMap;

use entity::{
    ApplicationId, BodyId, EventKind, ReleaseChangeKind, ReleaseId, ReleaseStatus, release_line,
    release_state,
};
use serde_json::json;

use super::gather::{Slugs, holders};
use super::{Opened, open, person};
use crate::app::App;
use crate::applications::store::case;
use crate::db::{Command, Tx};
use crate::error::{Acted, Fault, Found};
use crate::history::{self, Event};
use crate::quota;
use crate::releases::rules::{Carried, Holder, Refusal, contradiction, may_publish};
use crate::releases::store::{acts, agency};
use crate::tenancy::BodyScope;

/// Events that one statement writes.
const AT_ONCE: usize = 500;

/// A lead publishes what every body with lines has attested.
#[derive(Clone, Debug)]
pub struct PublishRelease<'a> {
    /// The service.
    pub app: &'a App,
    /// For which body, and who.
    pub scope: BodyScope,
    /// Which release.
    pub release: ReleaseId,
}

impl Command for PublishRelease<'_> {
    type Answer = ReleaseId;
    const NAME: &'static str = "publishRelease";

    async fn run(&self, tx: &Tx) -> Acted<ReleaseId> {
        let opened = open(tx, &self.scope, self.release).await?;
        may_publish(opened.state.status, missing(&opened).await?)?;
        let lines = acts::load_lines(&opened.gate, self.release).await?;
        still_so(&opened, self.app, self.scope.body(), &lines).await?;
        let added: Vec<(ApplicationId, BodyId)> = lines
            .iter()
            .filter(|line| line.change == Some(ReleaseChangeKind::Added))
            .map(|line| (line.application_id, line.body_id))
            .collect();
        let ids: Vec<ApplicationId> = added.iter().map(|(application, _)| *application).collect();
        quota::actions::publish(&opened.gate, &ids, &opened.release.number.to_string()).await?;
        agency::begin_cases(&opened.gate, &added).await?;
        tell(&opened, &lines).await?;
        let state = release_state::Model {
            status: ReleaseStatus::Published,
            published_at: Some(tx.now()),
            published_by: Some(person(tx)?),
            ..opened.state.clone()
        };
        acts::save_state(&opened.gate, ReleaseStatus::Attested, state).await?;
        opened.record(EventKind::ReleasePublished).await?;
        Ok(self.release)
    }
}

/// The names of the bodies with lines that have not attested.
async fn missing(opened: &Opened<'_>) -> Found<Vec<String>> {
    let id = opened.release.id;
    let attested = acts::load_attestations(&opened.gate, id).await?;
    let sections = acts::load_sections(&opened.gate, id).await?;
    let waits = |body: BodyId| {
        sections.iter().any(|section| section.body_id == body)
            && !attested.iter().any(|one| one.body_id == body)
    };
    let bodies = acts::load_bodies(opened.tx()).await?.into_iter();
    Ok(bodies.filter(|body| waits(body.id)).map(|body| body.name).collect())
}

/// Refuses to publish what is not so any more.
async fn still_so(opened: &Opened<'_>, app: &App, own: BodyId, lines: &[release_line::Model]) -> Acted<()> {
    let bodies = acts::load_bodies(opened.tx()).await?.into_iter();
    let slugs: Slugs = bodies.map(|body| (body.id, body.slug)).collect();
    let holders: HashMap<ApplicationId, Holder> =
        holders(&opened.gate, app, &slugs).await?.into_iter().map(|one| (one.application, one)).collect();
    let carried = lines.iter().map(|line| {
        let holder = holders.get(&line.application_id);
        Carried {
            reference: line.reference.clone(),
            state: line.state,
            change: line.change,
            place: holder.map(|holder| holder.place),
            held_back: holder.and_then(|holder| holder.held_back),
        }
    });
    let carried: Vec<Carried> = carried.collect();
    let Some((reference, why)) = contradiction(&carried) else { return Ok(()) };
    // Which line of another body is not so any more, and why, is that body's to know.
    let is_own = lines.iter().any(|line| line.reference == reference && line.body_id == own);
    let (line, why) = if is_own { (reference, Some(why)) } else { ("a line of another body", None) };
    Err(Refusal::Contradicted { line: line.to_owned(), why }.into())
}

/// Tells each application of what the release says anew of it.
async fn tell(opened: &Opened<'_>, lines: &[release_line::Model]) -> Found<()> {
    let tx = opened.tx();
    let changed: Vec<&release_line::Model> = lines.iter().filter(|line| line.change.is_some()).collect();
    for piece in changed.chunks(AT_ONCE) {
        let ids: Vec<ApplicationId> = piece.iter().map(|line| line.application_id).collect();
        case::touch_across_tenants(&opened.gate, &ids).await?;
        let events = piece.iter().map(|line| event(opened, line)).collect::<Found<Vec<_>>>()?;
        history::record(tx, events).await?;
    }
    Ok(())
}

fn event(opened: &Opened<'_>, line: &release_line::Model) -> Found<Event> {
    let change = line.change.ok_or_else(|| Fault::stored("line", "nothing changed"))?;
    Ok(Event {
        kind: EventKind::Listed,
        exception: Some(opened.release.exception_id),
        body: Some(line.body_id),
        application: Some(line.application_id),
        detail: json!({ "release": opened.release.number, "change": change.word() }),
        by_service: true,
    })
}
