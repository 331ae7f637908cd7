//! What a ballot is made of and how it is drawn. Pure: the instant and every secret are arguments.
//!
//! What is hashed is ASCII text with `|` between its parts, so that a shell can hash it too. None of these texts may ever
//! change: what was published under them has to verify for good.

mod acts;
pub mod beacon;
mod entries;
mod lottery;
mod opening;
mod phase;
mod refusal;
mod scheme;
mod secret;

pub use acts::{Effect, WAITS_FOR_SIGNATURE, may_commit, may_draw, may_reveal, may_strike, may_void};
pub use beacon::{Beacon, BeaconRefusal, Chain};
pub use entries::{Entries, EntriesFault};
pub use lottery::{Ranked, Term, Ticket, draw, rank, seed};
pub use opening::{Candidate, Plan, keeps_list, may_open, one_for_each_worker, read_beacon};
pub use phase::{Course, Incident, Part, verifiability};
pub use refusal::Refusal;
pub use scheme::{Scheme, SchemeError};
pub use secret::{Secret, commitment};

#[cfg(test)]
mod tests;
