//! The named refusals of this slice, each with its stable code and a sentence that says what to do.

use entity::ApplicationStatus;

use crate::error::{UserError, UserErrorCode};
use crate::exceptions::rules::WindowRefusal;

/// Why an act on an application is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another change came first.
    #[error("The application has changed since you read it. Read it again and repeat what still applies.")]
    Stale,
    /// The act does not fit where the application stands.
    #[error("This cannot be done while the application is {}. {hint}", .status.word())]
    WrongStatus {
        /// Where it stands.
        status: ApplicationStatus,
        /// What to do.
        hint: &'static str,
    },
    /// The viewer's role does not allow it.
    #[error("Your role does not allow this. {hint}")]
    NotPermitted {
        /// Whose it is.
        hint: &'static str,
    },
    /// The window is not open.
    #[error(transparent)]
    Window(#[from] WindowRefusal),
    /// Giving places is over.
    #[error("The giving of places has ended, so nothing is confirmed any more.")]
    DeadlinePassed,
    /// What it holds of people was purged.
    #[error(
        "What this application says of people was deleted on the class exception's date. Nothing can be done to it any more."
    )]
    Purged,
    /// A question to the employer is open.
    #[error("A question to the employer is open. Wait for the answer, or cancel the question.")]
    OpenQuestion,
    /// It is too late to reconsider.
    #[error("An application is reconsidered within 28 days of its decline or return, and they are over.")]
    ReconsiderationOver,
    /// What was returned has been changed since, so its first declaration does not cover it.
    #[error("The employer has changed it since it was returned, so it has to be submitted again.")]
    ChangedSinceReturn,
    /// Whoever proposed a correction does not decide on it.
    #[error("You proposed this correction. Another lead of your body has to decide on it.")]
    OwnCorrection,
    /// A replacement is for another role than the nomination.
    #[error(
        "A replacement is for the role of the nomination, {role}. Begin an application of its own for another role."
    )]
    OtherRole {
        /// Code of the nomination's role.
        role: String,
    },
    /// The agency has granted the visa.
    #[error("The visa is granted, so this can no longer be undone or changed here.")]
    VisaGranted,
    /// The agency has issued an invitation.
    #[error("The agency has invited the worker, so the place cannot pass to another. It can be withdrawn.")]
    InvitationIssued,
    /// All corrections together make another worker.
    #[error(
        "With what was corrected since the nomination this is another worker: name, date of birth and passport all differ. \
         The employer replaces a worker."
    )]
    AnotherWorker,
    /// The agency has invited the worker, of whom too much would change.
    #[error(
        "The agency has invited the worker. With what was corrected since the nomination, a new passport would come with a new \
         name or date of birth: that is not corrected any more. Leave one of them, or withdraw the nomination."
    )]
    InvitedAsTheyWere,
    /// Another worker's application is on its way to take the place over.
    #[error("Another application in the nomination's stead stands already: there can be one at a time.")]
    ReplacementOpen,
    /// The worker holds a place through another application.
    #[error("This worker holds a place through another application already.")]
    WorkerHoldsPlace,
    /// The viewer took part already.
    #[error("You {did} in this round. Somebody of your body who took no part has to do this: {who}.")]
    SamePerson {
        /// What the viewer did.
        did: &'static str,
        /// Which role is needed.
        who: &'static str,
    },
    /// The viewer acted in an earlier round.
    #[error("You took part in an earlier round. This round needs people who took no part: {who}.")]
    EarlierRound {
        /// Which role is needed.
        who: &'static str,
    },
    /// The viewer declared a conflict with the employer.
    #[error("You have declared a conflict of interest with this employer. A colleague has to do this.")]
    ConflictOfInterest,
    /// Whoever advised, or found or saw something that the advice rests on, has declared a conflict since.
    #[error(
        "Somebody who judged this, or looked at its evidence, has declared a conflict of interest since. It has to be assessed \
         anew, and the evidence looked at by a colleague."
    )]
    RestsOnConflict,
    /// A field has to be filled in.
    #[error("{what} is needed before the application can be submitted.")]
    Missing {
        /// Path into the application.
        field: &'static str,
        /// What it is, for a person.
        what: &'static str,
    },
    /// The employer did not declare.
    #[error("State that the worker knows of this application and that it is true.")]
    NotDeclared,
    /// A required record of evidence is missing.
    #[error("Evidence is needed for {criterion}: {guidance}")]
    EvidenceMissing {
        /// Code of the criterion.
        criterion: String,
        /// What to give.
        guidance: String,
    },
    /// A criterion that fails by itself is not met.
    #[error("It cannot be endorsed while a required criterion is not met: {}.", .criteria.join(", "))]
    NotEligible {
        /// Codes of the criteria.
        criteria: Vec<String>,
    },
    /// A criterion has no finding yet, or none that decides it.
    #[error("It cannot be endorsed before these criteria are assessed and decided: {}.", .criteria.join(", "))]
    AssessmentIncomplete {
        /// Codes of the criteria.
        criteria: Vec<String>,
    },
    /// The role criterion is met, and nobody has said by which role.
    #[error("Say which approved role and occupation it is: none stands on the application.")]
    RoleNeeded,
    /// Advice to decline, or a decline, has no reason.
    #[error("Give at least one reason.")]
    ReasonNeeded,
    /// The decision does not fit the advice.
    #[error("The advice is {advice}. {hint}")]
    AdviceDiffers {
        /// What was advised.
        advice: String,
        /// What to do.
        hint: &'static str,
    },
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> UserErrorCode {
        match self {
            Self::Stale => UserErrorCode::Stale,
            Self::WrongStatus { .. } | Self::AdviceDiffers { .. } | Self::ChangedSinceReturn => {
                UserErrorCode::WrongStatus
            }
            Self::NotPermitted { .. } => UserErrorCode::NotPermitted,
            Self::Window(WindowRefusal::TooEarly) => UserErrorCode::TooEarly,
            Self::Window(WindowRefusal::Paused | WindowRefusal::Closed) => UserErrorCode::WindowClosed,
            Self::DeadlinePassed | Self::ReconsiderationOver | Self::Purged => UserErrorCode::DeadlinePassed,
            Self::OpenQuestion => UserErrorCode::OpenQuestion,
            Self::VisaGranted => UserErrorCode::VisaGranted,
            Self::InvitationIssued | Self::InvitedAsTheyWere => UserErrorCode::InvitationIssued,
            Self::ReplacementOpen | Self::WorkerHoldsPlace => UserErrorCode::Duplicate,
            Self::SamePerson { .. } | Self::EarlierRound { .. } | Self::OwnCorrection => {
                UserErrorCode::SamePerson
            }
            Self::OtherRole { .. } | Self::AnotherWorker => UserErrorCode::Invalid,
            Self::ConflictOfInterest | Self::RestsOnConflict => UserErrorCode::ConflictOfInterest,
            Self::Missing { .. } | Self::NotDeclared | Self::RoleNeeded | Self::ReasonNeeded => {
                UserErrorCode::Required
            }
            Self::EvidenceMissing { .. } => UserErrorCode::EvidenceMissing,
            Self::NotEligible { .. } => UserErrorCode::NotEligible,
            Self::AssessmentIncomplete { .. } => UserErrorCode::AssessmentIncomplete,
        }
    }

    /// Whether another person could do it.
    #[must_use]
    pub fn needs_another_person(&self) -> bool {
        matches!(
            self,
            Self::SamePerson { .. }
                | Self::EarlierRound { .. }
                | Self::ConflictOfInterest
                | Self::OwnCorrection
        )
    }

    /// The field to blame, as a path into the input.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Stale => Some("version"),
            Self::Missing { field, .. } => Some(field),
            Self::NotDeclared => Some("declaration"),
            Self::AnotherWorker | Self::InvitedAsTheyWere => Some("worker"),
            Self::RoleNeeded | Self::OtherRole { .. } => Some("role"),
            Self::ReasonNeeded => Some("reasons"),
            Self::WrongStatus { .. }
            | Self::NotPermitted { .. }
            | Self::Window(_)
            | Self::DeadlinePassed
            | Self::Purged
            | Self::ReconsiderationOver
            | Self::OpenQuestion
            | Self::VisaGranted
            | Self::InvitationIssued
            | Self::ReplacementOpen
            | Self::WorkerHoldsPlace
            | Self::ChangedSinceReturn
            | Self::OwnCorrection
            | Self::SamePerson { .. }
            | Self::EarlierRound { .. }
            | Self::ConflictOfInterest
            | Self::RestsOnConflict
            | Self::EvidenceMissing { .. }
            | Self::NotEligible { .. }
            | Self::AssessmentIncomplete { .. }
            | Self::AdviceDiffers { .. } => None,
        }
    }
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        match refusal.field() {
            Some(field) => Self::at(refusal.code(), field, refusal.to_string()),
            None => Self::new(refusal.code(), refusal.to_string()),
        }
    }
}

impl From<Refusal> for crate::error::Failure {
    fn from(refusal: Refusal) -> Self {
        UserError::from(refusal).into()
    }
}
