//! What mutations take, read at the edge into values that cannot be wrong.
//!
//! Each input becomes its command, or the list of everything that is wrong with it, by the names that clients
//! know. Whether the command may be done is not asked here.

mod claim;
mod decision;
mod draft;
mod evidence;
mod import;
mod interest;
mod nomination;
mod questions;
mod staff;
mod worker;

use chrono::NaiveDate;

pub use decision::{
    DeclineInput, HoldApplicationInput, ReconsiderInput, ReleaseHoldInput, ReturnApplicationInput,
    SendBackInput,
};
pub use draft::{CreateApplicationInput, SubmitApplicationInput, UpdateApplicationInput};
pub use evidence::{AddEvidenceInput, RemoveEvidenceInput, VerifyEvidenceInput};
pub(crate) use import::ROWS_MAX;
pub use import::{ImportApplicationsInput, ImportRow};
pub use interest::RegisterInterestInput;
pub use nomination::{
    AmendNominationInput, ConfirmAmendmentInput, ReplaceWorkerInput, RevokeNominationInput,
    WithdrawApplicationInput,
};
pub use questions::{AnswerInformationRequestInput, CancelInformationRequestInput, RequestInformationInput};
pub(crate) use reader::Reader;
pub(crate) use staff::IDS_MAX;
pub use staff::{
    AssignApplicationsInput, ConfirmInput, DeclareConflictInput, RecommendInput, RecordAssessmentInput,
    TakeNextApplicationInput,
};

use crate::app::App;
use crate::clock::day_in_new_zealand;
use crate::schema::reader;

/// The day in New Zealand, which dates are held against.
fn today(app: &App) -> NaiveDate {
    day_in_new_zealand(app.db.clock().now())
}
