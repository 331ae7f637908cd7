//! Who may do what to an application, when, and what it needs for it. Pure: facts in, a refusal or nothing out.
//!
//! [`may`] guards every act and tells `availableActions`; nothing else decides it.

mod advice;
mod bodies;
mod case;
mod completeness;
mod eligibility;
mod figures;
mod flags;
mod lifecycle;
mod refusal;
mod validity;
mod words;

pub use advice::{AssessedCriterion, assessed, may_advise, may_agree, priority_band, standing_findings};
pub use bodies::takes_applications;
pub use case::{AdviceGiven, Case, Hand, Records};
pub use completeness::{Completeness, complete_for_submission, missing_evidence, shows};
pub use eligibility::eligibility_of;
pub use figures::{days_to_decision, median};
pub use flags::{
    Flag, Noticeable, as_the_employer_knows, awaits_decision, flags_of, is_undecided, is_with_the_body,
    is_with_the_employer,
};
pub use lifecycle::{Action, available, may};
pub use refusal::Refusal;
pub use validity::valid_until;
pub use words::{words_of, words_to_find};
