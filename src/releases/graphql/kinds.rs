//! The words for releases, as the public schema describes them.

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
