//! Anything by its global id.
//!
//! Each slice says how its own things are found, and gives none for what the viewer may not see. A slice that
//! has a type with a global id adds it to [`Node`] and to the one `match` in [`find`].

use async_graphql::{Context, ID, Interface, Object, Result};
use futures_util::future::try_join_all;

use super::class_exception::ClassException;
use super::errors::bad_input;
use super::global_id::GlobalId;
use crate::applications::graphql::{
    self as applications, Application, ApplicationEvent, Evidence, InformationRequest, Interest,
};
use crate::ballots::graphql::{self as ballots, Ballot};
use crate::exceptions::graphql::{self as exceptions, ApprovedRole};
use crate::people::graphql::{self as people, Body, Employer, Person};
use crate::quota::graphql::{self as quota, PlaceMovement};
use crate::reconciliation::graphql::{self as reconciliation, Discrepancy, Reconciliation};
use crate::releases::graphql::{self as releases, Release};

/// Most ids that are looked up at once.
const NODES_MAX: usize = 100;

/// Anything with a global, opaque id. A row the viewer may not see is null, exactly like one that does not exist.
#[derive(Interface)]
#[expect(clippy::large_enum_variant, reason = "few are made at once, and each goes straight into the answer")]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Global and opaque: keep it, send it back, never take it apart."
))]
pub enum Node {
    /// A tenant.
    Body(Body),
    /// A member of staff, or whoever acts for an employer.
    Person(Person),
    /// An employer.
    Employer(Employer),
    /// A class exception.
    ClassException(ClassException),
    /// A role of a class exception.
    ApprovedRole(ApprovedRole),
    /// A movement of a place.
    PlaceMovement(PlaceMovement),
    /// An application.
    Application(Application),
    /// A record of evidence.
    Evidence(Evidence),
    /// A question to the employer.
    InformationRequest(InformationRequest),
    /// Something that happened to an application.
    ApplicationEvent(ApplicationEvent),
    /// An expression of interest.
    Interest(Interest),
    /// A release of the combined list.
    Release(Release),
    /// A ballot.
    Ballot(Ballot),
    /// Something that does not agree.
    Discrepancy(Discrepancy),
    /// A run that held the records against each other.
    Reconciliation(Reconciliation),
}

/// What an id stands for, as far as the viewer may see it.
async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    let found = match GlobalId::type_of(id).as_deref() {
        Some("Body") => people::find_body(ctx, id).await?.map(Node::from),
        Some("Person") => people::find_person(ctx, id).await?.map(Node::from),
        Some("Employer") => people::find_employer(ctx, id).await?.map(Node::from),
        Some("ClassException") => ClassException::find(ctx, id).await?.map(Node::from),
        Some("ApprovedRole") => exceptions::find_role(ctx, id).await?.map(Node::from),
        Some("PlaceMovement") => quota::find_movement(ctx, id).await?.map(Node::from),
        Some("Application") => applications::find_application(ctx, id).await?.map(Node::from),
        Some("Evidence") => applications::find_evidence(ctx, id).await?.map(Node::from),
        Some("InformationRequest") => applications::find_question(ctx, id).await?.map(Node::from),
        Some("ApplicationEvent") => applications::find_event(ctx, id).await?.map(Node::from),
        Some("Release") => releases::find_release(ctx, id).await?.map(Node::from),
        Some("Interest") => applications::find_interest(ctx, id).await?.map(Node::from),
        Some("Ballot") => ballots::find_ballot(ctx, id).await?.map(Node::from),
        Some("Reconciliation") => reconciliation::find_reconciliation(ctx, id).await?.map(Node::from),
        Some("Discrepancy") => reconciliation::find_discrepancy(ctx, id).await?.map(Node::from),
        _ => None,
    };
    Ok(found)
}

/// The roots that belong to no slice.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Refetches anything by its id; null for what the viewer may not see, and for an id of nothing.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From the `id` field of any object.")] id: ID,
    ) -> Result<Option<Node>> {
        find(ctx, &id).await
    }

    /// Refetches up to 100 things at once, in the order of the ids, with null where `node` would be null.
    #[graphql(complexity = "ids.len().saturating_mul(1 + child_complexity)")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From the `id` fields of any objects; at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > NODES_MAX {
            return Err(bad_input("Ask for at most 100 ids at once."));
        }
        try_join_all(ids.iter().map(|id| find(ctx, id))).await
    }
}
