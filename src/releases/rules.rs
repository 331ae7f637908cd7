//! What a release says, when it may be attested, published, given up and acknowledged, and by which bytes it is held
//! to its word. Pure.

mod draft;
mod file;
mod given_up;
mod hold;
mod line;
mod mistakes;
mod refusal;
mod section;
mod verify;

pub use draft::{Drafted, Former, Holder, Shared, Waiting, draft};
pub use file::{FileHead, Format, file_of, guarded, read_name};
pub use given_up::{ended, ended_as_told};
pub use hold::{EvidenceOf, hold_back};
pub use line::{COLUMNS, Content, Facts, HEAD, Head, ReadError};
pub use mistakes::{Carried, contradiction};
pub use refusal::{Refusal, may_abandon, may_acknowledge, may_attest, may_publish};
pub use section::{Section, Written, arrange, digest_of, release_digest, section_digest, section_header};
pub use verify::{FileFault, Part, Verified, differences, verify};
