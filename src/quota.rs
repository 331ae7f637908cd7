//! The shared quota: places, the queue for them, and the ledger of every movement.
//!
//! Places are rows, so that one too many cannot be written down. Whoever can change who is due a place, or what
//! is free, holds the gate; docs/decisions/the-gate.md has the reasons.

pub mod actions;
pub mod graphql;
pub mod loaders;
pub mod rules;
pub mod store;
