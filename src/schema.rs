//! The public schema: its roots, put together from the slices, and what all slices' types are made with.
//!
//! Types of a slice live in the slice. Here they are merged, limited and printed; nothing here reads the
//! database. `schema.graphql` is printed by [`print_sdl`] and reviewed like code.

pub mod canonical;
pub mod class_exception;
pub mod connection;
pub mod context;
pub mod errors;
pub mod global_id;
pub mod idempotency;
pub mod node;
pub mod paging;
pub mod payload;
pub mod rate_limit;
pub(crate) mod reader;
pub mod scalars;
pub mod user_error;

use async_graphql::{MergedObject, SDLExportOptions, Schema};

pub use class_exception::ClassException;
pub use connection::{Count, PageInfo, count};
pub use context::{app, source, viewer};
pub use errors::{bad_input, coded};
pub use global_id::{Global, GlobalId};
pub use node::Node;
pub use paging::{List, PageArgs, page_cost, rows_cost};
pub use user_error::{UserError, UserErrorCode};

use wire::Limits;
use wire::budget::Till;

use crate::applications::graphql::{
    CaseloadQuery, CaseworkMutation, EmployerMutation, FollowUpMutation, ImportMutation, StaffMutation,
};
use crate::applications::graphql::{InterestMutation, InterestQuery, MembersMutation};
use crate::ballots::graphql::BallotMutation;
use crate::exceptions::graphql::EligibilityQuery;
use crate::live::graphql::LiveSubscription;
use crate::people::graphql::{PeopleMutation, PeopleQuery};
use crate::reconciliation::graphql::{OutcomesMutation, ReconciliationMutation, ReconciliationQuery};
use crate::releases::graphql::{ListQuery, MatchQuery, ReleaseMutation, ReleaseQuery, RevealMutation};

/// Cost of a request: a field is 1, a list its rows by ten, see [`page_cost`].
pub const COST_MAX: usize = 1_000;

/// Everything that can be read. What a viewer may not see is null or left out, and looks like what is not there.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQuery,
    PeopleQuery,
    class_exception::ClassExceptionQuery,
    EligibilityQuery,
    ListQuery,
    CaseloadQuery,
    InterestQuery,
    ReleaseQuery,
    MatchQuery,
    ReconciliationQuery,
    rate_limit::RateLimitQuery,
);

/// Everything that can be done: one field for each act. What was done, or why not, is in the payload.
#[derive(MergedObject, Default)]
pub struct Mutation(
    EmployerMutation,
    FollowUpMutation,
    StaffMutation,
    CaseworkMutation,
    ImportMutation,
    InterestMutation,
    OutcomesMutation,
    ReleaseMutation,
    RevealMutation,
    BallotMutation,
    PeopleMutation,
    MembersMutation,
    ReconciliationMutation,
);

/// The schema as the service executes it.
pub type ApiSchema = Schema<Query, Mutation, LiveSubscription>;

/// Puts the schema together. Its documents were held against the limits before; what they cost is known by their validation.
#[must_use]
pub fn build(limits: &Limits) -> ApiSchema {
    let schema = Schema::build(Query::default(), Mutation::default(), LiveSubscription)
        .limit_depth(limits.depth.max(limits.introspection_depth))
        .limit_directives(limits.directives)
        .extension(Till);
    if limits.introspection { schema.finish() } else { schema.disable_suggestions().finish() }
}

/// The schema's text, the same at every printing: what `schema.graphql` holds.
#[must_use]
pub fn print_sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().include_specified_by();
    build(&Limits::default()).sdl_with_options(options)
}

#[cfg(test)]
mod tests;
