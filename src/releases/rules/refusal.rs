//! When a release may be attested, published, given up and acknowledged, and the named refusals.

use entity::ReleaseStatus;

use crate::error::{Failure, UserError, UserErrorCode};

/// Why an act on a release is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The viewer's body has no part in it.
    #[error("Your body does not nominate under this class exception, so its releases are not yours to make.")]
    NotNominating,
    /// What its lines would say is gone.
    #[error(
        "What was held of people was deleted on the class exception's date, so there is nothing to release."
    )]
    Purged,
    /// There is one on its way already.
    #[error(
        "Release {number} is being prepared already. Publish it, or abandon it, and then prepare the next."
    )]
    BeingPrepared {
        /// Its number.
        number: i32,
    },
    /// There is no line.
    #[error(
        "There is nothing to release: no nomination is ready, and the last release has no line that goes on."
    )]
    NothingToRelease,
    /// It does not fit where the release stands.
    #[error("This cannot be done while the release is {}. {hint}", .status.word())]
    WrongStatus {
        /// Where it stands.
        status: ReleaseStatus,
        /// What to do.
        hint: &'static str,
    },
    /// The viewer's body has no lines in it.
    #[error("Your body has no lines in this release, so there is nothing for it to attest.")]
    NoSection,
    /// The viewer's body has attested.
    #[error("Your body has attested its section already.")]
    AttestedAlready,
    /// The digest is of something else.
    #[error("This is not the digest of {what}. Fetch it again, compute its digest and compare.")]
    DigestMismatch {
        /// What it should be of.
        what: &'static str,
    },
    /// Somebody has not attested.
    #[error("Every body with lines has to attest its section first. Still missing: {}.", .bodies.join(", "))]
    NotAttested {
        /// Names of the bodies.
        bodies: Vec<String>,
    },
    /// What it says is not so any more.
    #[error("What this release says of {line} is not so any more{}. Abandon it, and prepare the next.", told(*.why))]
    Contradicted {
        /// The line by its reference, where the viewer may know it.
        line: String,
        /// Why not, where the viewer may know that.
        why: Option<&'static str>,
    },
}

fn told(why: Option<&str>) -> String {
    why.map_or_else(String::new, |why| format!(": {why}"))
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> UserErrorCode {
        match self {
            Self::NotNominating => UserErrorCode::NotPermitted,
            Self::BeingPrepared { .. }
            | Self::NothingToRelease
            | Self::WrongStatus { .. }
            | Self::NoSection
            | Self::Contradicted { .. } => UserErrorCode::WrongStatus,
            Self::Purged => UserErrorCode::DeadlinePassed,
            Self::AttestedAlready => UserErrorCode::Duplicate,
            Self::DigestMismatch { .. } => UserErrorCode::DigestMismatch,
            Self::NotAttested { .. } => UserErrorCode::NotAttested,
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            Refusal::DigestMismatch { .. } => UserError::at(refusal.code(), "digest", text).into(),
            Refusal::NotNominating
            | Refusal::BeingPrepared { .. }
            | Refusal::NothingToRelease
            | Refusal::WrongStatus { .. }
            | Refusal::NoSection
            | Refusal::Purged
            | Refusal::AttestedAlready
            | Refusal::NotAttested { .. }
            | Refusal::Contradicted { .. } => UserError::new(refusal.code(), text).into(),
        }
    }
}

/// Whether a body may attest `digest`; `own` is that of its section, where it has one.
///
/// # Errors
/// Why not.
pub fn may_attest(
    status: ReleaseStatus,
    own: Option<&str>,
    has_attested: bool,
    digest: &str,
) -> Result<(), Refusal> {
    let own = own.ok_or(Refusal::NoSection)?;
    if has_attested {
        return Err(Refusal::AttestedAlready);
    }
    let hint = "Only what is being prepared is attested.";
    match status {
        ReleaseStatus::Prepared if own == digest => Ok(()),
        ReleaseStatus::Prepared => Err(Refusal::DigestMismatch { what: "your body's section" }),
        ReleaseStatus::Attested
        | ReleaseStatus::Published
        | ReleaseStatus::Acknowledged
        | ReleaseStatus::Abandoned => Err(Refusal::WrongStatus { status, hint }),
    }
}

/// Whether a release may be published; `missing` are the bodies with lines that have not attested.
///
/// # Errors
/// Why not.
pub fn may_publish(status: ReleaseStatus, missing: Vec<String>) -> Result<(), Refusal> {
    match status {
        ReleaseStatus::Prepared => Err(Refusal::NotAttested { bodies: missing }),
        ReleaseStatus::Attested => Ok(()),
        ReleaseStatus::Published | ReleaseStatus::Acknowledged => Err(Refusal::WrongStatus {
            status,
            hint: "The agency has it: what is to be corrected is in the next.",
        }),
        ReleaseStatus::Abandoned => Err(Refusal::WrongStatus { status, hint: "Prepare the next." }),
    }
}

/// Whether a release may be given up.
///
/// # Errors
/// Why not.
pub fn may_abandon(status: ReleaseStatus) -> Result<(), Refusal> {
    match status {
        ReleaseStatus::Prepared | ReleaseStatus::Attested => Ok(()),
        ReleaseStatus::Published | ReleaseStatus::Acknowledged | ReleaseStatus::Abandoned => {
            Err(Refusal::WrongStatus { status, hint: "A release can be abandoned until it is published." })
        }
    }
}

/// Whether the agency may acknowledge a release whose digest is `own` by `digest`.
///
/// # Errors
/// Why not.
pub fn may_acknowledge(status: ReleaseStatus, own: &str, digest: &str) -> Result<(), Refusal> {
    match status {
        ReleaseStatus::Published if own == digest => Ok(()),
        ReleaseStatus::Published => Err(Refusal::DigestMismatch { what: "this release" }),
        ReleaseStatus::Prepared
        | ReleaseStatus::Attested
        | ReleaseStatus::Acknowledged
        | ReleaseStatus::Abandoned => {
            Err(Refusal::WrongStatus { status, hint: "A published release is acknowledged, once." })
        }
    }
}
