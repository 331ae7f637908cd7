//! Ballots: who comes first where there are more good applications than places, so that anybody can run it again.
//!
//! The bodies commit to secrets, reveal them, and a public round of randomness that lies after the last reveal is mixed in:
//! while anything could still be chosen, nobody can know what it would lead to. docs/ballot.md tells it to people.

pub mod actions;
pub mod files;
pub mod graphql;
pub mod loaders;
pub mod published;
pub mod record;
pub mod rules;
pub mod store;
pub mod verify;
