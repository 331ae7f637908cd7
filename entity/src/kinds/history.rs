//! The words of what happened.

use sea_orm::{DeriveActiveEnum, EnumIter, Iterable};
use serde::{Deserialize, Serialize};

kinds! {
    /// Where a sealed record stands.
    RecordSource {
        /// An event of the history.
        History,
        /// A movement of a place.
        Ledger,
    }

    /// What an event of the history is about.
    EventKind {
        /// A class exception was loaded or amended from a file.
        ExceptionApplied,
        /// The employer began an application.
        Created,
        /// The employer changed it.
        Updated,
        /// A record of evidence was added.
        EvidenceAdded,
        /// A record of evidence was taken out.
        EvidenceRemoved,
        /// Declared and handed in.
        Submitted,
        /// An assessor took it.
        Taken,
        /// A lead gave it to an assessor, or took it from one.
        Assigned,
        /// One of the body's people declared a conflict of interest.
        ConflictDeclared,
        /// A criterion was assessed.
        Assessed,
        /// A record of evidence was looked at.
        EvidenceVerified,
        /// The assessor advised.
        Recommended,
        /// A second person agreed with the endorsement.
        Confirmed,
        /// It was given a place.
        Nominated,
        /// No place came before giving ended.
        Lapsed,
        /// The employer was asked something.
        InformationRequested,
        /// The employer answered.
        InformationAnswered,
        /// A question was taken back.
        InformationRequestCancelled,
        /// The last day for an answer is near.
        InformationReminded,
        /// The last day for an answer passed.
        InformationRequestExpired,
        /// A second person agreed with the advice to decline.
        Declined,
        /// A second person disagreed with the advice.
        SentBack,
        /// Sent back to the employer as incomplete.
        Returned,
        /// A lead sent it back from its end to assessment.
        Reconsidered,
        /// A lead put it on hold.
        Held,
        /// A lead released the hold.
        HoldReleased,
        /// The employer took it back.
        Withdrawn,
        /// The body took it back.
        Revoked,
        /// The employer began an application for another worker in its stead.
        ReplacementBegun,
        /// The application for another worker took its place over.
        Superseded,
        /// A correction of its facts was proposed.
        AmendmentProposed,
        /// A second person accepted the correction.
        AmendmentAccepted,
        /// A second person rejected the correction.
        AmendmentRejected,
        /// The body took it in from its own system, as it was handed in there.
        Imported,
        /// A ballot was opened, and its list frozen.
        BallotOpened,
        /// A body committed to its secret.
        BallotCommitted,
        /// A body revealed its secret.
        BallotRevealed,
        /// A body missed a deadline of a ballot, or revealed a wrong secret.
        BallotIncident,
        /// A lead struck an entry of a ballot.
        BallotEntryStruck,
        /// A ballot was drawn.
        BallotDrawn,
        /// A ballot was voided.
        BallotVoided,
        /// It ended since another application of its worker stands; nothing was decided about it.
        WithdrawnWithoutPrejudice,
        /// The agency said where its case stands.
        AgencySaid,
        /// A message of the agency was taken in.
        OutcomesRecorded,
        /// The agency asked for a line by a document.
        LineAskedFor,
        /// The records were found not to agree.
        DiscrepancyOpened,
        /// A body proposed what to make of it.
        ResolutionProposed,
        /// People resolved it.
        DiscrepancyResolved,
        /// It went away by itself.
        DiscrepancyClosed,
        /// The records were held against each other.
        Reconciled,
        /// A body signed the run.
        ReconciliationSigned,
        /// The next release of the combined list was frozen.
        ReleasePrepared,
        /// A body attested its section of a release.
        ReleaseAttested,
        /// A release was published.
        ReleasePublished,
        /// The agency acknowledged a release.
        ReleaseAcknowledged,
        /// A release was given up before it was published.
        ReleaseAbandoned,
        /// Somebody took the file of a release, or of a section of it.
        ReleaseRead,
        /// A published release says something new of it.
        Listed,
        /// The agency acknowledged a release that carries it.
        ListingAcknowledged,
        /// Its place came free after it had ended.
        PlaceFreed,
        /// Somebody read a worker's passport number whole.
        PassportRevealed,
        /// Everything that is held about a worker was given out.
        WorkerExported,
        /// What was held of people was deleted.
        PersonalDataPurged,
        /// Somebody was invited to become a member.
        MemberInvited,
        /// An invitation was taken back.
        InvitationRevoked,
        /// Somebody became a member by an invitation.
        MemberJoined,
        /// A machine became a member.
        ServiceAccountAdded,
        /// An identity provider was added: on its word people and machines are let in.
        IssuerAdded,
        /// Where an identity provider is, or by which client it knows us, changed.
        IssuerChanged,
        /// A frontend of others was added, with its origins and clients.
        FrontendAdded,
        /// A frontend of others was removed.
        FrontendRemoved,
        /// A member's role or end changed.
        MemberChanged,
        /// A membership was ended.
        MemberRemoved,
        /// Somebody asked to act for an employer.
        EmployerClaimed,
        /// A lead decided who may act for an employer.
        EmployerClaimDecided,
        /// Somebody who acts for an employer let a colleague in.
        EmployerClaimAccepted,
    }
}
