//! An id type for every table, so that no id can be passed for another.
//!
//! Ids are UUIDs of version 7, made by the server: their order is the order of making, which the
//! queue uses to break ties, and they cannot be guessed from one another.

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, DeriveValueType,
        )]
        pub struct $name(pub Uuid);

        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A body: NZTech, IT Professionals NZ, or one that joins later.
    BodyId;
    /// A class exception.
    ExceptionId;
    /// A person who signs in, or a service account.
    PersonId;
    /// What a person is: a role, for a body's people in their body.
    MembershipId;
    /// A New Zealand employer.
    EmployerId;
    /// An identity provider whose tokens are taken.
    IssuerId;
    /// A frontend of others.
    FrontendId;
    /// A sign-in, as its owner names it; never its token.
    SessionId;
    /// An invitation to become a member.
    InvitationId;
    /// A wish to act for an employer.
    EmployerClaimId;
    /// An application for one worker.
    ApplicationId;
    /// A record of evidence.
    EvidenceId;
    /// A question to the employer.
    InformationRequestId;
    /// A case that was turned back.
    TurnBackId;
    /// A hold on an application.
    HoldId;
    /// A correction of a nomination's facts.
    AmendmentId;
    /// An expression of interest.
    InterestId;
    /// A ballot.
    BallotId;
    /// A message of the agency.
    AgencyMessageId;
    /// A line of a message of the agency.
    AgencyOutcomeId;
    /// A place of the quota.
    PlaceId;
    /// A movement of a place.
    MovementId;
    /// Something that does not agree.
    DiscrepancyId;
    /// What a body proposes to make of a discrepancy.
    ProposalId;
    /// A run that held the three records against each other.
    ReconciliationId;
    /// A count of what was open after a run.
    OpenCountId;
    /// An event of the history.
    EventId;
    /// A release of the combined list.
    ReleaseId;
}
