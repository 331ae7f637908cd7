//! The words of reconciliation, as the public schema describes them.

use async_graphql::Enum;

/// In what way the records do not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::DiscrepancyKind")]
pub enum DiscrepancyKind {
    /// Two live applications are for the holder of the same passport, or for two of the same name and date of birth.
    SameWorker,
    /// A place is held by an application that is no nomination.
    PlaceWithoutNomination,
    /// A nomination holds no place.
    NominationWithoutPlace,
    /// The ledger says that a release carries a nomination, and the last published one does not.
    NotOnRelease,
    /// The agency sent news of a reference that no release has, or with the details of another line.
    UnknownReference,
    /// The agency has acknowledged a line and not said anything of it for a long time.
    MissingAtAgency,
    /// Date of birth, passport, employer's number or occupation are not the same at the agency.
    DetailsDiffer,
    /// The place is not where the agency's status of the case puts it.
    StatusDiffers,
    /// The agency's status cannot follow the one before.
    IllegalStatusChange,
    /// The agency told a line twice in one message.
    DuplicateLine,
    /// The agency acted on a line that a release removed or suspended.
    RemovedLineActedOn,
    /// The last published release is not acknowledged.
    NotAcknowledged,
}

/// How bad a discrepancy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::Severity")]
pub enum Severity {
    /// A hint: a person looks at it.
    Low,
    /// It has to be settled before the records are signed off.
    High,
    /// Somebody may be harmed by it: settle it now.
    Critical,
}

/// Where a discrepancy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::DiscrepancyStatus")]
pub enum DiscrepancyStatus {
    /// It waits for people.
    Open,
    /// People resolved it, or it went away by itself.
    Resolved,
}

/// What people make of a discrepancy. Except where it says so, it changes nothing but the discrepancy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::Resolution")]
pub enum Resolution {
    /// Our record is right. It is not found again until either side says something else.
    KeepOurs,
    /// The agency's record is right; the body corrects the nomination. It is found again where the next published release
    /// does not carry the correction.
    TakeTheirs,
    /// The next release brings it right. It is found again where that does not.
    CorrectInNextRelease,
    /// The worker named the application that stands, in `chosen`; the other is withdrawn without prejudice, and its place
    /// passed on.
    WorkerChose,
    /// The application that was submitted first stands; the other is withdrawn without prejudice, and its place passed on.
    EarlierStands,
    /// They are two workers. It is kept for the pair until what they match by changes.
    NotADuplicate,
    /// The agency was told and mends its record. It is not found again until either side says something else.
    RaisedWithAgency,
}

/// Why a discrepancy went away without anybody's resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::ClosedBecause")]
pub enum ClosedBecause {
    /// The records agree again.
    Mended,
    /// One of the applications that it is about has ended.
    CaseEnded,
}
