//! The words of releases.

use sea_orm::{DeriveActiveEnum, EnumIter, Iterable};
use serde::{Deserialize, Serialize};

kinds! {
    /// Where a release of the combined list stands.
    ReleaseStatus {
        /// Frozen; its bodies attest it.
        Prepared,
        /// Every body with lines has attested.
        Attested,
        /// The agency has it.
        Published,
        /// The agency has acknowledged it.
        Acknowledged,
        /// Given up before it was published.
        Abandoned,
    }

    /// Where a line of a release stands.
    ReleaseLineState {
        /// The nomination holds its place.
        Listed,
        /// Its place is on the way back.
        Suspended,
        /// It holds no place any more; the next release does not carry it.
        Removed,
    }

    /// What changed about a line against the release before.
    ReleaseChangeKind {
        /// It was not there.
        Added,
        /// Something that it says is another.
        Amended,
        /// Its place is on the way back.
        Suspended,
        /// It holds no place any more.
        Removed,
    }

    /// Why a release does not carry a nomination yet.
    HoldBackReason {
        /// A lead has put it on hold.
        OnHold,
        /// The evidence for a criterion has expired.
        EvidenceExpired,
        /// The evidence for a required criterion was not found genuine.
        EvidenceNotVerified,
        /// Its worker has another live application, and people have yet to say which stands.
        OpenDuplicate,
    }
}
