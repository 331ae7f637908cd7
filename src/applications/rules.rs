//! Who may do what to an application, when, and what it needs for it. Pure: facts in, a refusal or nothing out.
//!
//! [`may`] guards every act and tells `availableActions`; nothing else decides it.

mod acts;
mod advice;
mod bodies;
mod case;
pub mod clock;
mod completeness;
mod correction;
mod diagram;
mod eligibility;
mod figures;
mod flags;
mod impact;
mod interest;
mod lifecycle;
mod receipt;
mod refusal;
mod validity;
mod words;

pub use acts::{Action, COURSES, Course, Duty, LAWS, Law, To, Whose};
pub use advice::{
    AssessedCriterion, assessed, may_advise, may_agree, may_agree_to_decline, priority_band,
    standing_findings,
};
pub use bodies::{takes_applications, will_take_applications};
pub use case::{AdviceGiven, Case, Hand, Records, Standing, verifiers};
pub use completeness::{Completeness, complete_for_submission, lacks_notice, missing_evidence, shows};
pub use correction::{Differs, stays_the_worker};
pub use diagram::diagram;
pub use eligibility::eligibility_of;
pub use figures::{days_to_decision, median};
pub use flags::{
    Flag, Noticeable, as_the_employer_knows, awaits_decision, flags_of, is_undecided, is_with_the_body,
    is_with_the_employer,
};
pub use impact::{Impact, Next};
pub use interest::{EXPECTED_WORKERS, InterestRefusal, Limit, fits, has_room, may_register};
pub use lifecycle::{available, may, may_pass_on};
pub use receipt::{ReceiptRefusal, may_take_in};
pub use refusal::Refusal;
pub use validity::valid_until;
pub use words::{words_of, words_to_find};
