//! The stored enums. Their words are the words of the public schema and of the database.

macro_rules! kinds {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$vdoc:meta])+ $variant:ident,)+ })+) => {$(
        $(#[$doc])+
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name {
            $($(#[$vdoc])+ $variant,)+
        }

        impl $name {
            /// Every value, in the order of the declaration.
            #[must_use]
            pub fn all() -> Vec<Self> {
                Self::iter().collect()
            }

            /// The word that stands in the database and in the public schema.
            #[must_use]
            pub fn word(self) -> String {
                sea_orm::ActiveEnum::to_value(&self)
            }
        }
    )+};
}

mod applications;
mod ballots;
mod history;
mod people;
mod quota;
mod reconciliation;
mod releases;
mod service;

pub use applications::{
    AgencyStatus, AmendmentStatus, ApplicationStatus, AssessmentOutcome, DecisionOutcome, DecisionReason,
    EvidenceKind, InformationRequestStatus, PayPeriod, RecommendationOutcome, TurnBackKind,
};
pub use ballots::{
    BallotIncident, BallotOutcome, BallotStatus, BallotStrikeCause, BallotVerifiability, BallotVoidCause,
};
pub use history::{EventKind, RecordSource};
pub use people::{ActorKind, EmployerClaimStatus, EmployerSizeBand, IssuerTenant, StaffRole};
pub use quota::{AllocationMethod, BlockedReason, PlaceMovementKind, PlaceState};
pub use reconciliation::{
    ClosedBecause, DiscrepancyKind, DiscrepancyStatus, OutcomeFate, Resolution, Severity,
};
pub use releases::{HoldBackReason, ReleaseChangeKind, ReleaseLineState, ReleaseStatus};
pub use service::{DeploymentKeyState, InstallationKind, JobFailure, JobOutcome};
