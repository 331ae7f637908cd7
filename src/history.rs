//! What happened: append-only events behind timelines and the audit.
//!
//! An event holds ids, codes and names of fields, never personal data, so that history may be kept when the
//! people in it are purged. Its sentence is made when it is read. Once committed, it is sealed together with the ledger of
//! places: [`seal`] says how, and docs/history.md what that is good for.

mod days;
pub mod feed;
mod nature;
pub mod seal;
mod sealing;
mod sentence;
mod timeline;
mod verify;

use entity::{ApplicationId, BodyId, EventKind, ExceptionId, application, history_event};
use sea_orm::{EntityTrait, Set};
use serde_json::json;

pub use days::count_by_day;
pub use nature::{Nature, nature};
pub use sealing::{BATCH, SealNext, find_by_head, head, last_seal};
pub use sentence::summary;
pub use timeline::{By, TimelineKey, by, count_timeline, find_in_timeline, is_visible, page_of_timeline};
pub use verify::{Verified, verify};

use crate::db::Tx;
use crate::error::Found;
use crate::tenancy::Actor;

/// Something that happened, about to be kept.
#[derive(Clone, Debug)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// Under which class exception.
    pub exception: Option<ExceptionId>,
    /// In whose caseload.
    pub body: Option<BodyId>,
    /// To which application.
    pub application: Option<ApplicationId>,
    /// Codes and names of fields that the sentence needs.
    pub detail: serde_json::Value,
    /// Whether it is the service's doing, whoever's act set it off. What one body's act does to another body's
    /// application is: nobody of the one is named in the history of the other.
    pub by_service: bool,
}

impl Event {
    /// An event in the life of an application.
    #[must_use]
    pub fn of_application(kind: EventKind, application: &application::Model) -> Self {
        Self {
            kind,
            exception: Some(application.exception_id),
            body: Some(application.body_id),
            application: Some(application.id),
            detail: json!({}),
            by_service: nature(kind).of_the_service,
        }
    }

    /// An event of a class exception.
    #[must_use]
    pub fn of_exception(kind: EventKind, exception: ExceptionId) -> Self {
        let exception = Some(exception);
        Self { kind, exception, body: None, application: None, detail: json!({}), by_service: false }
    }

    /// An event among a body's people, or among those who act for employers where it is no body's.
    #[must_use]
    pub fn of_people(kind: EventKind, body: Option<BodyId>) -> Self {
        Self { kind, exception: None, body, application: None, detail: json!({}), by_service: false }
    }

    /// With what its sentence needs.
    #[must_use]
    pub fn with(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }
}

/// Keeps `events`, by the hand and at the instant of the transaction.
///
/// # Errors
/// Where the database refuses.
pub async fn record(tx: &Tx, events: impl IntoIterator<Item = Event>) -> Found<()> {
    let hand = |event: &Event| if event.by_service { Actor::SYSTEM } else { tx.actor() };
    let rows = events.into_iter().map(|event| (hand(&event), event));
    let rows = rows.map(|(actor, event)| history_event::ActiveModel {
        id: Set(tx.new_id()),
        at: Set(tx.now()),
        kind: Set(event.kind),
        exception_id: Set(event.exception),
        body_id: Set(event.body),
        application_id: Set(event.application),
        actor_kind: Set(actor.kind()),
        actor_id: Set(actor.person),
        actor_role: Set(actor.role),
        detail: Set(event.detail),
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        // Nothing is read back: who writes an event need not come to it.
        history_event::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}
