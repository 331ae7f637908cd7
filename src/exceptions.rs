//! Class exceptions: what they ask, and whether a job would meet it.
//!
//! Here are roles, job titles, thresholds, criteria and the window. Nothing here knows of places, applications or
//! people.

pub mod definition;
pub mod graphql;
pub mod loaders;
pub mod rules;
pub mod store;
pub mod titles;
