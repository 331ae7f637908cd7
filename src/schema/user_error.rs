//! What a caller can mend, as mutations list it.

use async_graphql::{Enum, SimpleObject};

use crate::error;

/// What the caller can mend. Top-level errors are for what it cannot: not signed in, a broken request, our fault.
#[derive(Clone, Debug, SimpleObject)]
pub struct UserError {
    /// What kind of mistake it is: programs decide by this, and it never changes its meaning.
    code: UserErrorCode,
    /// What is wrong and what to do about it, in plain English, for people. It may be reworded at any time.
    message: String,
    /// Path into the input, e.g. worker, then passportNumber; null where no single field is to blame.
    field: Option<Vec<String>>,
}

impl From<error::UserError> for UserError {
    fn from(error: error::UserError) -> Self {
        Self { code: error.code.into(), message: error.message, field: error.field }
    }
}

/// Kinds of mistakes. More may be added: treat one that you do not know like INVALID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "error::UserErrorCode")]
pub enum UserErrorCode {
    /// A value that cannot be taken as it is; the message says what to enter instead.
    Invalid,
    /// Something that this act needs is missing from the input or from the application.
    Required,
    /// Nothing has this id, or it is not the viewer's to see: which of the two is never told.
    NotFound,
    /// Somebody changed it since it was read: read it again and decide anew.
    Stale,
    /// The application, release or ballot is not at a stage where this can be done.
    WrongStatus,
    /// A required criterion is assessed as not met, so it cannot be endorsed.
    NotEligible,
    /// A required record of evidence is not there.
    EvidenceMissing,
    /// A criterion is not assessed yet, or a required one is not clear.
    AssessmentIncomplete,
    /// The viewer's role does not allow this act; a colleague's may.
    NotPermitted,
    /// Assessing and deciding take two different people, and this person has already acted.
    SamePerson,
    /// The viewer declared a conflict of interest with this employer.
    ConflictOfInterest,
    /// A question to the employer is open; it has to be answered or cancelled first.
    OpenQuestion,
    /// The class exception takes nothing in now: it is closed or paused.
    WindowClosed,
    /// The class exception has not opened, or the step before has not ended.
    TooEarly,
    /// The last moment for this act has passed.
    DeadlinePassed,
    /// The agency has issued an invitation on it, so it can no longer be changed this way.
    InvitationIssued,
    /// The visa is granted, so it can no longer be undone here.
    VisaGranted,
    /// The same thing is here already.
    Duplicate,
    /// A body has not attested its section of the release.
    NotAttested,
    /// Discrepancies have to be resolved before this.
    OpenDiscrepancies,
    /// The digest is not that of what is here: fetch it again and compare.
    DigestMismatch,
    /// The secret does not belong to the commitment.
    CommitmentMismatch,
    /// The public randomness is not what its chain and round say.
    BeaconInvalid,
    /// More than is taken at once, which has to be split, or within a while, which has to be waited out.
    TooMany,
    /// The idempotency key was used for another input.
    KeyReused,
}
