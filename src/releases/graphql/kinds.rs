//! The words for releases and for the agency's cases, as the public schema describes them.

use async_graphql::Enum;

/// Where a release of the combined list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::ReleaseStatus")]
pub enum ReleaseStatus {
    /// Frozen: each body with lines attests its own section.
    Prepared,
    /// Every body with lines has attested: it can be published.
    Attested,
    /// The agency has it. What it says never changes: a correction is the next release.
    Published,
    /// The agency has acknowledged it, by its digest.
    Acknowledged,
    /// Given up before it was published. Its number is not used again.
    Abandoned,
}

/// What changed about a line against the release before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::ReleaseChangeKind")]
pub enum ReleaseChangeKind {
    /// It was not there.
    Added,
    /// Something that it says is another; `fields` names what.
    Amended,
    /// Its place is on the way back; it says what it said when it was last listed.
    Suspended,
    /// It holds no place any more; the next release does not carry it.
    Removed,
}

/// Where a case stands at the agency, in the agency's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::AgencyStatus")]
pub enum AgencyStatus {
    /// On no published release.
    NotSent,
    /// On a published release.
    Sent,
    /// The agency has acknowledged a release that carries it.
    Acknowledged,
    /// The employer asked for travel.
    TravelRequested,
    /// Travel was approved.
    TravelApproved,
    /// Travel was declined.
    TravelDeclined,
    /// The request for travel was withdrawn.
    TravelWithdrawn,
    /// The worker was invited to apply for the visa.
    Invited,
    /// The invitation ran out.
    InvitationExpired,
    /// The worker applied for the visa.
    VisaApplied,
    /// The visa was granted: the place is used up.
    VisaGranted,
    /// The visa was declined.
    VisaDeclined,
    /// The application for the visa was withdrawn.
    VisaWithdrawn,
    /// The worker has arrived.
    Arrived,
}
