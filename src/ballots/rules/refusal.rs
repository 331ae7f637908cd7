//! Why something about a ballot is not done, in a sentence for whoever asked.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::BeaconRefusal;
use crate::clock::in_new_zealand;
use crate::error::{Failure, UserError, UserErrorCode};

/// Why an act on a ballot is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Places are given in another way.
    #[error(
        "Places of this class exception are not given by ballot. Changing that is an amendment of its file."
    )]
    NotByBallot,
    /// Applications are still taken in.
    #[error("Applications are still taken in: a ballot can be opened once the window has closed.")]
    WindowOpen,
    /// The class exception is paused.
    #[error("The class exception is paused, so nobody could take part. Open the ballot once it goes on.")]
    Paused,
    /// The giving of places is over.
    #[error("The giving of places is over: nothing can be drawn any more.")]
    GivingOver,
    /// There was a draw.
    #[error(
        "The class exception has been drawn. Nothing is drawn twice: later arrivals join the end of the waiting list."
    )]
    DrawnBefore,
    /// A ballot goes on.
    #[error("A ballot is open already: it has to be drawn or voided first.")]
    BallotOpen,
    /// Nobody takes part.
    #[error("No confirmed application waits for a draw, so there is nothing to draw.")]
    NobodyWaits,
    /// The viewer's body does not nominate here.
    #[error("Your body does not nominate under this class exception.")]
    NotOfBallot,
    /// A deadline that cannot be.
    #[error("{why}")]
    Deadline {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A beacon that cannot be.
    #[error("{why}")]
    Beacon {
        /// The field.
        field: &'static str,
        /// Whether it is missing.
        is_missing: bool,
        /// What is wrong with it.
        why: String,
    },
    /// The ballot has ended.
    #[error("The ballot has ended: it was {how}.")]
    Ended {
        /// Drawn or voided.
        how: &'static str,
    },
    /// The commitments are over.
    #[error("The commitments are over. Your body's part of the seed stays empty, and the ballot goes on.")]
    CommitmentsOver,
    /// The body has committed to something else.
    #[error("Your body has committed already, and a commitment never changes.")]
    CommittedBefore,
    /// The commitments go on.
    #[error("Not all bodies have committed: reveal from {} on, or once the last one has.", in_new_zealand(*.from))]
    CommitmentsOpen {
        /// When they end at the latest.
        from: DateTime<Utc>,
    },
    /// The body never committed.
    #[error("Your body made no commitment in time, so it has nothing to reveal. The ballot goes on.")]
    NotCommitted,
    /// The reveals are over.
    #[error("The reveals are over. Your body's part of the seed stays empty, and the ballot goes on.")]
    RevealsOver,
    /// Another secret than the one that was committed to.
    #[error(
        "This is not the secret that your body committed to. That it was tried is on record; the right one may still follow."
    )]
    WrongSecret,
    /// It is not time for the draw.
    #[error("The bodies have not all acted: the ballot can be drawn from {} on at the latest.", in_new_zealand(*.from))]
    NotReady {
        /// When the last deadline is.
        from: DateTime<Utc>,
    },
    /// The signature of the beacon is missing.
    #[error("This ballot goes by round {round} of its beacon, which comes at {}. Enter that round's signature.", in_new_zealand(*.at))]
    SignatureMissing {
        /// Which round.
        round: u32,
        /// When it comes.
        at: DateTime<Utc>,
    },
    /// A signature where no beacon was named.
    #[error("No beacon was named when this ballot was opened, so none can be entered.")]
    NoBeacon,
    /// The signature is not the round's.
    #[error("{0}")]
    Signature(#[from] BeaconRefusal),
    /// Nothing random went in.
    #[error(
        "No beacon was named and no body revealed, so there is no chance in this draw: void it and begin again."
    )]
    NoChance,
    /// It is too late to void, and too early.
    #[error(
        "A secret was revealed or the beacon's round has come, so the result may be known: a ballot is not voided then. \
         A mistake in the list is mended by striking the entry; where the round has no signature for 72 hours, it may be \
         voided after that."
    )]
    NotVoidable,
    /// Nothing is known yet, so striking is not the way.
    #[error("Nothing is known of the result yet: void the ballot and begin again with the right list.")]
    VoidInstead,
    /// The lead has declared a conflict with the employer whose entry it is.
    #[error("You have declared a conflict of interest with this employer. A colleague has to do this.")]
    ConflictOfInterest,
    /// The entry was struck before.
    #[error("This entry is struck already.")]
    StruckBefore,
}

impl Refusal {
    /// The stable code of it.
    #[must_use]
    pub fn code(&self) -> UserErrorCode {
        match self {
            Self::WindowOpen | Self::CommitmentsOpen { .. } | Self::NotReady { .. } => {
                UserErrorCode::TooEarly
            }
            Self::GivingOver | Self::CommitmentsOver | Self::RevealsOver => UserErrorCode::DeadlinePassed,
            Self::NotOfBallot => UserErrorCode::NotPermitted,
            Self::Deadline { .. } | Self::Beacon { is_missing: false, .. } | Self::NoBeacon => {
                UserErrorCode::Invalid
            }
            Self::Beacon { is_missing: true, .. } | Self::SignatureMissing { .. } => UserErrorCode::Required,
            Self::ConflictOfInterest => UserErrorCode::ConflictOfInterest,
            Self::WrongSecret => UserErrorCode::CommitmentMismatch,
            Self::Signature(_) => UserErrorCode::BeaconInvalid,
            Self::NotByBallot
            | Self::Paused
            | Self::DrawnBefore
            | Self::BallotOpen
            | Self::NobodyWaits
            | Self::Ended { .. }
            | Self::CommittedBefore
            | Self::NotCommitted
            | Self::NoChance
            | Self::NotVoidable
            | Self::VoidInstead
            | Self::StruckBefore => UserErrorCode::WrongStatus,
        }
    }

    /// The field that is to blame.
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Deadline { field, .. } | Self::Beacon { field, .. } => Some(field),
            Self::WrongSecret => Some("secret"),
            Self::SignatureMissing { .. } | Self::NoBeacon | Self::Signature(_) => Some("beaconSignature"),
            Self::CommittedBefore => Some("commitment"),
            Self::StruckBefore => Some("entry"),
            Self::NotByBallot
            | Self::WindowOpen
            | Self::Paused
            | Self::GivingOver
            | Self::DrawnBefore
            | Self::BallotOpen
            | Self::NobodyWaits
            | Self::NotOfBallot
            | Self::ConflictOfInterest
            | Self::Ended { .. }
            | Self::CommitmentsOver
            | Self::CommitmentsOpen { .. }
            | Self::NotCommitted
            | Self::RevealsOver
            | Self::NotReady { .. }
            | Self::NoChance
            | Self::NotVoidable
            | Self::VoidInstead => None,
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

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        UserError::from(refusal).into()
    }
}
