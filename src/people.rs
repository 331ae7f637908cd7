//! People and tenants: bodies, the persons who sign in, the employers that some of them act for, and sign-ins.
//!
//! Roles are read from our own tables at every request. A sign-in is known by the keyed hash of its token; the
//! token itself is told once and kept nowhere.

pub mod actions;
pub mod graphql;
pub mod loaders;
pub mod rules;
pub mod store;
