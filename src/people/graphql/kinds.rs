//! The words for people and tenants, as the public schema describes them.

use async_graphql::Enum;

/// What somebody is signed in as. Everything that they may do follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::StaffRole")]
pub enum StaffRole {
    /// Acts for one or more employers, on their applications only.
    Employer,
    /// Takes and assesses one body's applications, and advises on them.
    Assessor,
    /// All that an assessor may; besides, decides and runs the body's part of ballots, releases and
    /// reconciliation.
    Lead,
    /// Immigration New Zealand: reads published releases and records what became of their lines.
    AgencyOfficer,
    /// The ministry: sees figures, never people.
    Observer,
    /// A machine of a body or of the agency: reads and imports, decides nothing.
    Service,
}

/// One thing that a role allows. On whose rows it is allowed follows from the viewer's body or employers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::tenancy::Permission")]
pub enum Permission {
    /// Draft, submit, answer, withdraw: all that an employer does with its applications.
    Apply,
    /// Take applications, assess criteria, verify evidence, ask the employer, recommend.
    Assess,
    /// Decide on what another person recommended.
    Confirm,
    /// Give applications to assessors, or take them back.
    Assign,
    /// Open, commit to, reveal and draw a ballot together with the other bodies.
    RunBallot,
    /// Prepare and publish releases of the combined list, and attest the body's own section.
    Release,
    /// Run reconciliations and resolve discrepancies on the own side.
    Reconcile,
    /// Confirm for the agency that a release has arrived whole.
    AcknowledgeRelease,
    /// Report what the agency decided on released lines.
    RecordOutcomes,
    /// Read figures by body, such as places and caseloads.
    ViewStatistics,
    /// Invite, change and remove members of the body, add its machines, and decide who acts for an employer.
    ManageMembers,
}

/// How many people an employer employs, in the bands that the bodies report by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::EmployerSizeBand")]
pub enum EmployerSizeBand {
    /// Fewer than 6 people.
    #[graphql(name = "UNDER_6")]
    Under6,
    /// 6 to 19 people.
    #[graphql(name = "FROM_6_TO_19")]
    From6To19,
    /// 20 to 49 people.
    #[graphql(name = "FROM_20_TO_49")]
    From20To49,
    /// 50 to 99 people.
    #[graphql(name = "FROM_50_TO_99")]
    From50To99,
    /// 100 people and more.
    #[graphql(name = "FROM_100")]
    From100,
}

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::people::rules::invitations::State")]
pub enum InvitationState {
    /// Its link can be used.
    Open,
    /// Somebody has used its link.
    Used,
    /// It was taken back before anybody used it.
    Revoked,
    /// Nobody used it in time.
    Expired,
}

/// Where a request to act for an employer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::EmployerClaimStatus")]
pub enum EmployerClaimStatus {
    /// It waits for a lead of the body.
    Asked,
    /// A lead approved it. To whoever asked: it waits for others who have to say yes, which are those who act for the employer
    /// already and every other body that has something of it. Ask the other bodies as well. A body is told no more than this
    /// of what it approved.
    Approved,
    /// They act for the employer.
    Accepted,
    /// It was declined; the reason is told.
    Declined,
}
