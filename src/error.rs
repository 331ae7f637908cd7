//! What can come of an act other than its answer: a refusal that the caller can mend, or a fault of ours.

use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use crate::db::is_out_of_time;

/// The stable code of a refusal. Clients decide by it; the message is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is described where the public schema lists it")]
pub enum UserErrorCode {
    Invalid,
    Required,
    NotFound,
    Stale,
    WrongStatus,
    NotEligible,
    EvidenceMissing,
    AssessmentIncomplete,
    NotPermitted,
    SamePerson,
    ConflictOfInterest,
    OpenQuestion,
    WindowClosed,
    TooEarly,
    DeadlinePassed,
    InvitationIssued,
    VisaGranted,
    Duplicate,
    NotAttested,
    OpenDiscrepancies,
    DigestMismatch,
    CommitmentMismatch,
    BeaconInvalid,
    TooMany,
    KeyReused,
}

/// One thing that the caller can mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserError {
    /// What kind of thing it is.
    pub code: UserErrorCode,
    /// What is wrong and what to do, in a sentence or two.
    pub message: String,
    /// Path into the input, where one field is to blame.
    pub field: Option<Vec<String>>,
}

/// What is said where a slug is none of a class exception.
pub const NO_SUCH_EXCEPTION: &str = "There is no such class exception. Take the slug of one from their list.";

impl UserError {
    /// A refusal that no single field is to blame for.
    #[must_use]
    pub fn new(code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None }
    }

    /// A refusal of one field, by its path into the input, e.g. `worker.passportNumber`.
    #[must_use]
    pub fn at(code: UserErrorCode, field: &str, message: impl Into<String>) -> Self {
        let field = Some(field.split('.').map(str::to_owned).collect());
        Self { code, message: message.into(), field }
    }

    /// The answer for what does not exist and for what the viewer may not see alike.
    #[must_use]
    pub fn not_found(field: &str, what: &str) -> Self {
        Self::at(
            UserErrorCode::NotFound,
            field,
            format!("There is no such {what}. Check the id or reference."),
        )
    }

    /// The same for a class exception, which is named by its slug.
    #[must_use]
    pub fn no_such_exception(field: &str) -> Self {
        Self::at(UserErrorCode::NotFound, field, NO_SUCH_EXCEPTION)
    }
}

/// Why an act has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nothing was changed; the caller can mend what is listed.
    #[error("refused: {0:?}")]
    Refused(Vec<UserError>),
    /// Nobody is signed in, and the act needs somebody.
    #[error("nobody is signed in")]
    Unauthenticated,
    /// Our fault, or the database's.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Something that should not happen. Told in the log, masked to callers.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database refused or is away.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// What is stored cannot be read as what it should be.
    #[error("stored {what} cannot be read: {why}")]
    Stored {
        /// Which record.
        what: &'static str,
        /// What is wrong with it; never its content.
        why: String,
    },
    /// The transaction lost a race and may be run again.
    #[error("lost a race: {0}")]
    Race(&'static str),
}

impl Fault {
    /// A stored value that cannot be read.
    pub fn stored(what: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Stored { what, why: why.to_string() }
    }

    /// Whether the database took too long and gave up; what was to be done is undone.
    #[must_use]
    pub fn is_out_of_time(&self) -> bool {
        match self {
            Self::Database(error) => is_out_of_time(error),
            Self::Stored { .. } | Self::Race(_) => false,
        }
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Fault(Fault::Database(error))
    }
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        Self::Refused(vec![error])
    }
}

impl From<Vec<UserError>> for Failure {
    fn from(errors: Vec<UserError>) -> Self {
        Self::Refused(errors)
    }
}

/// The answer of an act, or why there is none.
pub type Acted<T> = Result<T, Failure>;
/// What a query found, or a fault.
pub type Found<T> = Result<T, Fault>;
