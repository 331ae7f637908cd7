//! What the service knows of each kind of event, whatever the event says.

use entity::EventKind;

/// What is true of every event of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nature {
    /// Whether it is about how the body works on a case before it decides, which the employer does not learn.
    pub inside_the_body: bool,
    /// Whether it is the service's doing, whoever's act set it off: what comes of the giving of places, of a clock, of the
    /// list that the bodies share, and of what the leads of two bodies have agreed on.
    pub of_the_service: bool,
    /// Whether it is the record of a change that moved the application's version.
    pub moves_version: bool,
}

/// The nature of a kind of event.
#[must_use]
#[expect(clippy::too_many_lines, reason = "it names every kind, and no kind may be left out")]
pub fn nature(kind: EventKind) -> Nature {
    let open = Nature::default();
    let inside = Nature { inside_the_body: true, ..open };
    match kind {
        EventKind::Taken
        | EventKind::Assigned
        | EventKind::Assessed
        | EventKind::Recommended
        | EventKind::SentBack
        | EventKind::Held
        | EventKind::HoldReleased
        | EventKind::AmendmentProposed
        | EventKind::AmendmentRejected => Nature { moves_version: true, ..inside },

        EventKind::ConflictDeclared
        | EventKind::PassportRevealed
        | EventKind::WorkerExported
        | EventKind::EvidenceVerified
        | EventKind::DiscrepancyOpened
        | EventKind::ResolutionProposed
        | EventKind::DiscrepancyResolved
        | EventKind::DiscrepancyClosed => inside,

        EventKind::Nominated
        | EventKind::Lapsed
        | EventKind::WithdrawnWithoutPrejudice
        | EventKind::InformationRequestExpired => {
            Nature { of_the_service: true, moves_version: true, ..open }
        }

        EventKind::InformationReminded
        | EventKind::Listed
        | EventKind::ListingAcknowledged
        | EventKind::PlaceFreed
        | EventKind::AgencySaid => Nature { of_the_service: true, ..open },

        EventKind::Updated
        | EventKind::EvidenceAdded
        | EventKind::EvidenceRemoved
        | EventKind::Submitted
        | EventKind::Confirmed
        | EventKind::InformationRequested
        | EventKind::InformationAnswered
        | EventKind::InformationRequestCancelled
        | EventKind::Declined
        | EventKind::Returned
        | EventKind::Reconsidered
        | EventKind::Withdrawn
        | EventKind::Revoked
        | EventKind::Superseded
        | EventKind::AmendmentAccepted => Nature { moves_version: true, ..open },

        EventKind::ExceptionApplied
        | EventKind::Created
        | EventKind::ReplacementBegun
        | EventKind::Imported
        | EventKind::BallotOpened
        | EventKind::BallotCommitted
        | EventKind::BallotRevealed
        | EventKind::BallotIncident
        | EventKind::BallotEntryStruck
        | EventKind::BallotDrawn
        | EventKind::BallotVoided
        | EventKind::OutcomesRecorded
        | EventKind::LineAskedFor
        | EventKind::Reconciled
        | EventKind::ReconciliationSigned
        | EventKind::ReleasePrepared
        | EventKind::ReleaseAttested
        | EventKind::ReleasePublished
        | EventKind::ReleaseAcknowledged
        | EventKind::ReleaseAbandoned
        | EventKind::ReleaseRead
        | EventKind::PersonalDataPurged
        | EventKind::MemberInvited
        | EventKind::InvitationRevoked
        | EventKind::MemberJoined
        | EventKind::ServiceAccountAdded
        | EventKind::IssuerAdded
        | EventKind::IssuerChanged
        | EventKind::FrontendAdded
        | EventKind::FrontendRemoved
        | EventKind::MemberChanged
        | EventKind::MemberRemoved
        | EventKind::EmployerClaimed
        | EventKind::EmployerClaimDecided
        | EventKind::EmployerClaimAccepted => open,
    }
}
