//! Every query on releases, and on what the agency says of cases.
//!
//! Acts take the gate: whoever changes where a release stands holds it, so two never change one at once. `acts` has what
//! they read and write, `standing` what the next release is made of, `heads` what they carry of the sealed history, `agency` the
//! agency's cases; `read` and `lines` have what people look at, `list` the combined list as it stands.

pub mod acts;
pub mod agency;
pub mod heads;
pub mod lines;
pub mod list;
pub mod read;
pub mod standing;
