//! What happened: append-only events behind timelines and the audit.
//!
//! An event holds ids, codes and names of fields, never personal data, so that history may be kept when the
//! people in it are purged. Its sentence is made when it is read. Once committed, it is sealed together with the ledger of
//! places: [`seal`] says how, and docs/history.md what that is good for.

mod days;
pub mod seal;
mod sealing;
mod verify;

use entity::{
    ApplicationId, BodyId, EventId, EventKind, ExceptionId, PersonId, StaffRole, application, history_event,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set, Value};
use serde_json::json;

pub use days::count_by_day;
pub use sealing::{SealNext, has_head, head, last_seal};
pub use verify::{Verified, verify};

use crate::db::Tx;
use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};
use crate::tenancy::{Actor, CaseloadScope};

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
            by_service: is_of_the_service(kind),
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
    match rows.len() {
        0 => {}
        1 => {
            for row in rows {
                row.insert(tx.conn()).await?;
            }
        }
        _ => {
            history_event::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
        }
    }
    Ok(())
}

/// Whether it is the service's doing, whoever's act set it off: what comes of the giving of places, of a clock, of the list
/// that the bodies share, and of what the leads of two bodies have agreed on.
fn is_of_the_service(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Nominated
            | EventKind::Lapsed
            | EventKind::WithdrawnWithoutPrejudice
            | EventKind::InformationReminded
            | EventKind::InformationRequestExpired
            | EventKind::Listed
            | EventKind::ListingAcknowledged
            | EventKind::PlaceFreed
            | EventKind::AgencySaid
    )
}

/// Whether an event is about how the body works on a case before it decides, which the employer does not learn.
#[must_use]
pub fn is_inside_the_body(kind: EventKind) -> bool {
    match kind {
        EventKind::Taken
        | EventKind::Assigned
        | EventKind::ConflictDeclared
        | EventKind::Assessed
        | EventKind::EvidenceVerified
        | EventKind::Recommended
        | EventKind::SentBack
        | EventKind::Held
        | EventKind::HoldReleased
        | EventKind::AmendmentProposed
        | EventKind::AmendmentRejected
        | EventKind::DiscrepancyOpened
        | EventKind::ResolutionProposed
        | EventKind::DiscrepancyResolved
        | EventKind::DiscrepancyClosed => true,
        EventKind::ExceptionApplied
        | EventKind::Reconciled
        | EventKind::ReconciliationSigned
        | EventKind::Created
        | EventKind::Updated
        | EventKind::EvidenceAdded
        | EventKind::EvidenceRemoved
        | EventKind::Submitted
        | EventKind::Confirmed
        | EventKind::Nominated
        | EventKind::Lapsed
        | EventKind::InformationRequested
        | EventKind::InformationAnswered
        | EventKind::InformationRequestCancelled
        | EventKind::InformationReminded
        | EventKind::InformationRequestExpired
        | EventKind::Declined
        | EventKind::Returned
        | EventKind::Reconsidered
        | EventKind::Withdrawn
        | EventKind::Revoked
        | EventKind::ReplacementBegun
        | EventKind::Superseded
        | EventKind::AmendmentAccepted
        | EventKind::BallotOpened
        | EventKind::BallotCommitted
        | EventKind::BallotRevealed
        | EventKind::BallotIncident
        | EventKind::BallotEntryStruck
        | EventKind::BallotDrawn
        | EventKind::BallotVoided
        | EventKind::Imported
        | EventKind::AgencySaid
        | EventKind::OutcomesRecorded
        | EventKind::LineAskedFor
        | EventKind::ReleasePrepared
        | EventKind::ReleaseAttested
        | EventKind::ReleasePublished
        | EventKind::ReleaseAcknowledged
        | EventKind::ReleaseAbandoned
        | EventKind::ReleaseRead
        | EventKind::Listed
        | EventKind::ListingAcknowledged
        | EventKind::PlaceFreed
        | EventKind::MemberInvited
        | EventKind::InvitationRevoked
        | EventKind::MemberJoined
        | EventKind::ServiceAccountAdded
        | EventKind::MemberChanged
        | EventKind::MemberRemoved
        | EventKind::EmployerClaimed
        | EventKind::EmployerClaimDecided
        | EventKind::EmployerClaimAccepted
        | EventKind::WithdrawnWithoutPrejudice => false,
    }
}

fn inside_the_body() -> impl Iterator<Item = EventKind> {
    EventKind::all().into_iter().filter(|kind| is_inside_the_body(*kind))
}

/// The key of an event in a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TimelineKey(pub EventId);

impl From<TimelineKey> for Vec<Value> {
    fn from(key: TimelineKey) -> Self {
        vec![key.0.into()]
    }
}

/// A page of an application's timeline, oldest first, as far as the viewer may see it.
///
/// # Errors
/// Where the database does not answer.
pub async fn page_of_timeline(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    application: ApplicationId,
    request: &PageRequest<TimelineKey>,
) -> Found<Page<history_event::Model>> {
    let id = Expr::col((history_event::Entity, history_event::Column::Id));
    let rows = keyed(timeline(scope, application), &[id], false, request).all(conn).await?;
    Ok(Page::of(rows, request))
}

/// One event of a timeline that the viewer may see.
///
/// # Errors
/// Where the database does not answer.
pub async fn find_in_timeline(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    id: EventId,
) -> Found<Option<history_event::Model>> {
    let select = visible(scope).filter(history_event::Column::Id.eq(id));
    Ok(select.one(conn).await?)
}

/// How many events the timeline has for this viewer.
///
/// # Errors
/// Where the database does not answer.
pub async fn count_timeline(
    conn: &impl ConnectionTrait,
    scope: &CaseloadScope,
    application: ApplicationId,
) -> Found<u64> {
    use sea_orm::PaginatorTrait;
    Ok(timeline(scope, application).count(conn).await?)
}

fn timeline(scope: &CaseloadScope, application: ApplicationId) -> sea_orm::Select<history_event::Entity> {
    visible(scope).filter(history_event::Column::ApplicationId.eq(application))
}

/// What a viewer may see of all that happened to applications.
fn visible(scope: &CaseloadScope) -> sea_orm::Select<history_event::Entity> {
    let select = history_event::Entity::find().filter(history_event::Column::ApplicationId.is_not_null());
    match scope {
        CaseloadScope::Body(scope) => select.filter(history_event::Column::BodyId.eq(scope.body())),
        CaseloadScope::Employers(scope) => {
            let own = Query::select()
                .column(application::Column::Id)
                .from(application::Entity)
                .and_where(application::Column::EmployerId.is_in(scope.employers().iter().copied()))
                .to_owned();
            select
                .filter(Expr::col(history_event::Column::ApplicationId).in_subquery(own))
                .filter(history_event::Column::Kind.is_not_in(inside_the_body()))
        }
    }
}

/// Who an event is by, as far as a viewer may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A person, for colleagues of the same side.
    Person(PersonId),
    /// The body as a whole, for the employer.
    Body,
    /// The service itself.
    Service,
}

/// Who an event is by, for a viewer: an employer reads the body's name in place of its people's. What comes of the
/// giving of places is the service's own: it may have been set off by another body's people, whom nobody here is
/// to learn of.
#[must_use]
pub fn by(scope: &CaseloadScope, event: &history_event::Model) -> By {
    if is_of_the_service(event.kind) {
        return By::Service;
    }
    match (event.actor_id, scope) {
        (None, _) => By::Service,
        (Some(person), CaseloadScope::Body(_)) => By::Person(person),
        (Some(person), CaseloadScope::Employers(_)) => {
            if event.actor_role == Some(StaffRole::Employer) {
                By::Person(person)
            } else {
                By::Body
            }
        }
    }
}

/// The sentence for an event.
#[must_use]
#[expect(clippy::too_many_lines, reason = "it is one sentence a kind, and no kind may be left out")]
pub fn summary(event: &history_event::Model) -> String {
    let word = |name: &str| match &event.detail[name] {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "unknown".to_owned(),
        other => other.to_string(),
    };
    match event.kind {
        EventKind::ExceptionApplied => {
            format!("Revision {} of the class exception was applied.", word("revision"))
        }
        EventKind::Created => "The application was begun.".into(),
        EventKind::Updated => format!("Changed: {}.", list(&event.detail["fields"])),
        EventKind::EvidenceAdded => format!("Evidence was added: {}.", word("kind")),
        EventKind::EvidenceRemoved => format!("Evidence was taken out: {}.", word("kind")),
        EventKind::Submitted => "The application was submitted and declared to be true.".into(),
        EventKind::Taken => "An assessor took the application.".into(),
        EventKind::Assigned => match &event.detail["assessor"] {
            serde_json::Value::Null => "The application went back to the queue.".into(),
            _ => "The application was assigned to an assessor.".into(),
        },
        EventKind::ConflictDeclared => "A conflict of interest with the employer was declared.".into(),
        EventKind::Assessed => format!("Criterion {} was assessed: {}.", word("criterion"), word("outcome")),
        EventKind::EvidenceVerified => match event.detail["genuine"] {
            serde_json::Value::Bool(true) => "Evidence was seen and found genuine.".into(),
            _ => "Evidence was seen and found not genuine.".into(),
        },
        EventKind::Recommended => format!("The assessor advised: {}.", word("outcome")),
        EventKind::Confirmed => "A second person confirmed the endorsement.".into(),
        EventKind::Nominated => format!("Place {} was given; the nomination stands.", word("place")),
        EventKind::Lapsed => match &event.detail["place"] {
            serde_json::Value::Null => "No place came before the giving of places ended.".into(),
            place => format!("The agency's refusal stood for as long as place {place} was kept; it is free."),
        },
        EventKind::InformationRequested => {
            format!("The employer was asked something, until {}.", word("dueOn"))
        }
        EventKind::InformationAnswered => "The employer answered.".into(),
        EventKind::InformationRequestCancelled => "A question was taken back.".into(),
        EventKind::InformationReminded => format!("The answer is due on {}.", word("dueOn")),
        EventKind::InformationRequestExpired => "The last day for an answer passed without one.".into(),
        EventKind::Declined => "A second person confirmed the advice to decline.".into(),
        EventKind::SentBack => "A second person disagreed with the advice: back to assessment.".into(),
        EventKind::Returned => "The application was returned as incomplete.".into(),
        EventKind::Reconsidered => {
            "The application is reconsidered: back to assessment, by new people.".into()
        }
        EventKind::Held => "The application was put on hold.".into(),
        EventKind::HoldReleased => "The hold was released.".into(),
        EventKind::Withdrawn => ended("The employer withdrew the application", &event.detail["place"]),
        EventKind::Revoked => ended("The body revoked the nomination", &event.detail["place"]),
        EventKind::ReplacementBegun => {
            format!("Application {} for another worker was begun.", word("reference"))
        }
        EventKind::Superseded => format!("Application {} took the place over.", word("reference")),
        EventKind::AmendmentProposed => {
            format!("A correction was proposed: {}.", list(&event.detail["fields"]))
        }
        EventKind::AmendmentAccepted => format!("Corrected: {}.", list(&event.detail["fields"])),
        EventKind::AmendmentRejected => "A proposed correction was rejected.".into(),
        EventKind::BallotOpened => {
            format!("Ballot {} was opened with {} entries.", word("ballot"), word("entries"))
        }
        EventKind::BallotCommitted => format!("{} committed in ballot {}.", word("body"), word("ballot")),
        EventKind::BallotRevealed => format!("{} revealed in ballot {}.", word("body"), word("ballot")),
        EventKind::BallotIncident => {
            format!("Ballot {}: {} by {}.", word("ballot"), word("incident"), word("body"))
        }
        EventKind::BallotEntryStruck => {
            format!("Entry {} of ballot {} was struck.", word("entry"), word("ballot"))
        }
        EventKind::BallotDrawn => {
            format!(
                "Ballot {} was drawn: {} entries, {} places.",
                word("ballot"),
                word("ranked"),
                word("places")
            )
        }
        EventKind::BallotVoided => format!("Ballot {} was voided: {}.", word("ballot"), word("cause")),
        EventKind::Imported => "The body took it in from its own system, where it was handed in.".into(),
        EventKind::WithdrawnWithoutPrejudice => {
            ended("The application was withdrawn without prejudice", &event.detail["place"])
        }
        EventKind::AgencySaid => format!("The agency said: {}.", word("status")),
        EventKind::OutcomesRecorded => {
            format!("A message of the agency was taken in: {} lines.", word("lines"))
        }
        EventKind::LineAskedFor => "The agency asked for a line by a document.".into(),
        EventKind::DiscrepancyOpened => format!("A discrepancy was found: {}.", word("kind")),
        EventKind::ResolutionProposed => format!("{} was proposed for a discrepancy.", word("resolution")),
        EventKind::DiscrepancyResolved => format!("A discrepancy was resolved: {}.", word("resolution")),
        EventKind::DiscrepancyClosed => format!("A discrepancy went away by itself: {}.", word("because")),
        EventKind::Reconciled => format!("Run {}: the records were held against each other.", word("number")),
        EventKind::ReconciliationSigned => format!("A body signed run {}.", word("number")),
        EventKind::ReleasePrepared => format!("Release {} was prepared.", word("release")),
        EventKind::ReleaseAttested => {
            format!("The body attested its section of release {}.", word("release"))
        }
        EventKind::ReleasePublished => format!("Release {} was published.", word("release")),
        EventKind::ReleaseAcknowledged => format!("The agency acknowledged release {}.", word("release")),
        EventKind::ReleaseAbandoned => format!("Release {} was abandoned.", word("release")),
        EventKind::ReleaseRead => format!("The file of release {} was taken.", word("release")),
        EventKind::Listed => format!("Release {} carries it: {}.", word("release"), word("change")),
        EventKind::ListingAcknowledged => {
            format!("The agency acknowledged release {}, which carries it.", word("release"))
        }
        EventKind::PlaceFreed => format!("Place {} came free.", word("place")),
        EventKind::MemberInvited => format!("Somebody was invited as {}.", word("role")),
        EventKind::InvitationRevoked => "An invitation was taken back.".into(),
        EventKind::MemberJoined => format!("Somebody joined as {}.", word("role")),
        EventKind::ServiceAccountAdded => "A machine was given access.".into(),
        EventKind::MemberChanged => format!("A member's access changed: {}.", list(&event.detail["fields"])),
        EventKind::MemberRemoved => "A member's access was ended.".into(),
        EventKind::EmployerClaimed => "Somebody asked to act for an employer.".into(),
        EventKind::EmployerClaimDecided => {
            format!("It was decided who may act for an employer: {}.", word("status"))
        }
        EventKind::EmployerClaimAccepted => "A colleague was let in to act for an employer.".into(),
    }
}

/// An end, with what became of the place.
fn ended(what: &str, place: &serde_json::Value) -> String {
    match place {
        serde_json::Value::Null => format!("{what}."),
        number => format!("{what}; place {number} was given back."),
    }
}

fn list(value: &serde_json::Value) -> String {
    let words = value.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use entity::{ActorKind, EmployerId, MembershipId};
    use uuid::Uuid;

    use super::*;
    use crate::tenancy::{Member, Viewer};

    const ANN: PersonId = PersonId(Uuid::from_u128(1));

    fn seen_by(role: StaffRole) -> CaseloadScope {
        let viewer = Viewer::signed_in(Member {
            membership: MembershipId(Uuid::from_u128(2)),
            person: PersonId(Uuid::from_u128(3)),
            role,
            body: (role == StaffRole::Lead).then_some(BodyId(Uuid::from_u128(4))),
            employers: Arc::from([EmployerId(Uuid::from_u128(5))]),
        });
        viewer.caseload().expect("a caseload")
    }

    fn event(kind: EventKind, actor: Option<StaffRole>) -> history_event::Model {
        history_event::Model {
            id: EventId(Uuid::from_u128(6)),
            at: "2022-03-01T00:00:00Z".parse().expect("an instant"),
            kind,
            exception_id: None,
            body_id: None,
            application_id: None,
            actor_kind: if actor.is_some() { ActorKind::Person } else { ActorKind::System },
            actor_id: actor.map(|_| ANN),
            actor_role: actor,
            detail: json!({}),
        }
    }

    #[test]
    fn each_side_reads_its_own_names_and_nobody_reads_who_set_off_a_nomination() {
        let (employer, lead) = (StaffRole::Employer, StaffRole::Lead);
        for (kind, actor, to_employer, to_body) in [
            (EventKind::Submitted, Some(employer), By::Person(ANN), By::Person(ANN)),
            (EventKind::Confirmed, Some(lead), By::Body, By::Person(ANN)),
            (EventKind::InformationReminded, None, By::Service, By::Service),
            (EventKind::Nominated, Some(lead), By::Service, By::Service),
            (EventKind::Lapsed, Some(lead), By::Service, By::Service),
        ] {
            let event = event(kind, actor);
            assert_eq!(by(&seen_by(employer), &event), to_employer, "{kind:?}");
            assert_eq!(by(&seen_by(lead), &event), to_body, "{kind:?}");
        }
    }
}
