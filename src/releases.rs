//! Releases of the combined approved list: frozen, attested by every body with lines, published, acknowledged.
//!
//! What a release says never changes: a correction is the next one. Each body answers for its own section, by a digest
//! that it can recompute from its own lines; docs/releases.md has the canonical bytes.

pub mod actions;
pub mod follow;
pub mod graphql;
pub mod loaders;
pub mod rules;
pub mod store;
