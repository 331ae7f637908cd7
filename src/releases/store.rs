//! Every query on releases, and on what the agency says of cases.
//!
//! Acts take the gate: whoever changes where a release stands holds it, so two never change one at once. `acts` has what
//! they read and write, `standing` what the next release is made of, `agency` the agency's cases, `heads` what they carry of the
//! sealed history.

pub mod acts;
pub mod agency;
pub mod heads;
pub mod standing;
