//! What mutations take, read at the edge into values that cannot be wrong.
//!
//! Each input becomes its command, or the list of everything that is wrong with it, by the names that clients
//! know. Whether the command may be done is not asked here.

mod draft;
mod evidence;
mod interest;
mod reader;
mod staff;
mod worker;

use chrono::NaiveDate;

pub use draft::{CreateApplicationInput, SubmitApplicationInput, UpdateApplicationInput};
pub use evidence::{AddEvidenceInput, RemoveEvidenceInput, VerifyEvidenceInput};
pub use interest::RegisterInterestInput;
pub use staff::{
    AssignApplicationsInput, ConfirmInput, DeclareConflictInput, RecommendInput, RecordAssessmentInput,
    TakeNextApplicationInput,
};

use crate::app::App;
use crate::clock::day_in_new_zealand;

/// The day in New Zealand, which dates are held against.
fn today(app: &App) -> NaiveDate {
    day_in_new_zealand(app.db.clock().now())
}
