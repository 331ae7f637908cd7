//! What a finding is, how bad it is, and whether people have settled it already. Pure.

mod finding;
mod settled;
mod severity;

pub use finding::{Field, Finding, Subject, Values};
pub use settled::{Settlement, is_settled};
pub use severity::severity;
