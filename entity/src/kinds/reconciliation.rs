//! The words of what the agency says, and of what does not agree.

use sea_orm::{DeriveActiveEnum, EnumIter, Iterable};
use serde::{Deserialize, Serialize};

kinds! {
    /// In what way the records do not agree.
    DiscrepancyKind {
        /// Two live applications seem to be of one worker.
        SameWorker,
        /// A place is held, and what holds it is no nomination.
        PlaceWithoutNomination,
        /// A nomination holds no place.
        NominationWithoutPlace,
        /// What holds a listed place is on no published release.
        NotOnRelease,
        /// The agency names a reference that no published release has, or means another line by it.
        UnknownReference,
        /// The agency has said nothing of a line for longer than it should.
        MissingAtAgency,
        /// A field that must agree with the agency does not.
        DetailsDiffer,
        /// Where a case stands is not what the agency's own words lead to.
        StatusDiffers,
        /// The agency's status cannot follow the one before.
        IllegalStatusChange,
        /// The agency told the same line twice in one message.
        DuplicateLine,
        /// The agency acted on a line that was removed.
        RemovedLineActedOn,
        /// The agency has not acknowledged a release, or acted on a line before it did.
        NotAcknowledged,
    }

    /// How bad it is that something does not agree.
    Severity {
        /// A hint for a person.
        Low,
        /// It has to be mended.
        High,
        /// Somebody may be harmed by it: it has to be mended now.
        Critical,
    }

    /// Where a discrepancy stands.
    DiscrepancyStatus {
        /// It waits for people.
        Open,
        /// People resolved it, or it went away by itself.
        Resolved,
    }

    /// What people make of a discrepancy.
    Resolution {
        /// Our record is right.
        KeepOurs,
        /// The agency's is, and ours is corrected.
        TakeTheirs,
        /// The next release brings it right.
        CorrectInNextRelease,
        /// The worker named the application that stands.
        WorkerChose,
        /// The earlier application stands.
        EarlierStands,
        /// They are two workers.
        NotADuplicate,
        /// The agency was told, and mends its record.
        RaisedWithAgency,
    }

    /// Why a discrepancy went away by itself.
    ClosedBecause {
        /// The records agree again.
        Mended,
        /// An application that it is about has ended.
        CaseEnded,
    }

    /// What became of a line of the agency's.
    OutcomeFate {
        /// It is where the case stands from then on, or stood.
        Applied,
        /// Older than where the case stood: it joined the case's history.
        Late,
        /// It had been said before.
        Repeated,
        /// It does not fit: a discrepancy says why.
        Disputed,
    }
}
