//! What an application's timeline shows to whom, and by whom each of its events is.

use entity::{ApplicationId, EventId, EventKind, PersonId, StaffRole, application, history_event};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Value};

use super::feed::Told;
use super::nature;
use crate::error::Found;
use crate::page::{Page, PageRequest, keyed};
use crate::tenancy::CaseloadScope;

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
            let inside = EventKind::all().into_iter().filter(|kind| nature(*kind).inside_the_body);
            select
                .filter(Expr::col(history_event::Column::ApplicationId).in_subquery(own))
                .filter(history_event::Column::Kind.is_not_in(inside))
        }
    }
}

/// Whether a viewer may see something that happened: what [`visible`] finds, without the database.
#[must_use]
pub fn is_visible(scope: &CaseloadScope, told: &Told) -> bool {
    told.event.application_id.is_some()
        && match scope {
            CaseloadScope::Body(scope) => told.event.body_id == Some(scope.body()),
            CaseloadScope::Employers(scope) => {
                let is_own = told.employer.is_some_and(|employer| scope.employers().contains(&employer));
                is_own && !nature(told.event.kind).inside_the_body
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
    if nature(event.kind).of_the_service {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use entity::{ActorKind, BodyId, EmployerId, MembershipId};
    use serde_json::json;
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
