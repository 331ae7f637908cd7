//! Three records held against each other: the bodies' caseloads, the ledger of places with the released list, and what the
//! agency says. What does not agree is a discrepancy that people work on; nothing is mended behind their backs.
//!
//! A discrepancy is opened where it is found, by whoever finds it, through [`actions::discrepancies::open`].

pub mod actions;
pub mod graphql;
pub mod loaders;
pub mod rules;
pub mod store;
