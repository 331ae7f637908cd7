//! One command per act. A discrepancy is opened here by whatever finds it.

pub mod discrepancies;
pub mod outcomes;
mod resolve;
pub mod returning;
mod run;
mod same_worker;
mod sign_off;
mod told;

pub use discrepancies::{open_values, seal_anew};
pub use outcomes::message_place;
pub use resolve::ResolveDiscrepancy;
pub(crate) use run::digest;
pub use run::{Reconcile, reconcile};
pub use same_worker::SameWorker;
pub use sign_off::SignOff;
pub use told::told_place;
