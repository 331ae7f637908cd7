//! Applications: from an employer's draft to a nomination that holds a place.
//!
//! A body's caseload is its own: every query takes a scope and filters by it, and what a viewer may not see
//! answers exactly like what does not exist.

pub mod actions;
pub mod details;
pub mod follow;
pub mod graphql;
pub mod rules;
pub mod store;

#[cfg(test)]
pub(crate) mod samples;
