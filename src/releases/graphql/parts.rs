//! The parts of a release: sections, attestations, and who waits for a later one.

use async_graphql::SimpleObject;
use entity::HoldBackReason;

use crate::people::graphql::Body;
use crate::schema::scalars::{DateTime, Sha256};

/// One body's part of a release. A body attests its digest, which it can recompute from its own lines; docs/releases.md
/// says how.
#[derive(Clone, Debug, SimpleObject)]
pub struct ReleaseSection {
    /// Whose.
    pub body: Body,
    /// How many lines it has.
    pub line_count: i32,
    /// SHA-256 of its header and its lines.
    pub digest: Sha256,
}

/// A body's word that its section of a release is right.
#[derive(Clone, Debug, SimpleObject)]
pub struct Attestation {
    /// Which body.
    pub body: Body,
    /// Who of it, by name, for the body's own people; to all others the body's name.
    pub by: String,
    /// When.
    pub at: DateTime,
    /// How many lines its section has.
    pub line_count: i32,
    /// The digest that it attested.
    pub digest: Sha256,
}

/// A nomination that a release does not carry yet.
#[derive(Clone, Debug, SimpleObject)]
pub struct HeldBack {
    /// Reference of its application.
    pub reference: String,
    /// Why, and what has to be done, in plain English.
    pub reason: &'static str,
}

/// The sentence for a reason.
#[must_use]
pub fn sentence(reason: HoldBackReason) -> &'static str {
    match reason {
        HoldBackReason::OnHold => "It is on hold. Release the hold.",
        HoldBackReason::EvidenceExpired => {
            "The evidence for a criterion has expired. Ask the employer for newer evidence."
        }
        HoldBackReason::EvidenceNotVerified => {
            "No evidence for a required criterion was found genuine that is still good. Look at what the employer has shown."
        }
        HoldBackReason::OpenDuplicate => {
            "The worker has another live application under this class exception. Settle which one stands."
        }
    }
}
