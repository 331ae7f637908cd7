//! What a finding is, how bad it is, whether people have settled it already, who may resolve it and how, and what it says to a
//! person. Pure.

mod crowd;
mod explanation;
mod finding;
mod judge;
pub mod outcomes;
mod record;
mod resolution;
mod settled;
mod severity;
mod signing;

pub use crowd::{Apart, Person, pairs};
pub use explanation::explanation;
pub use finding::{Field, Finding, Subject, Values};
pub use judge::{ACKNOWLEDGED_WITHIN_DAYS, Figures, Frame, Published, SILENT_DAYS, Tally};
pub use record::{AtAgency, Case, Held, Joined, Line, Stretch};
pub use resolution::{
    Agreement, Mends, Proposed, Refusal, agreement, allowed, concerns_the_agency, is_found_by_runs,
    may_resolve, mends,
};
pub use settled::{Settlement, is_settled};
pub use severity::severity;
pub use signing::{SignOffRefusal, StillOpen, may_sign};
