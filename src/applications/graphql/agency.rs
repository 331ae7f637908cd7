//! Where an application's case stands at the agency, and what the agency has said of it. It is the agency's word alone: bodies
//! and employers read it, and nothing that they do moves it.

use async_graphql::{ComplexObject, Context, Enum, Result, SimpleObject};
use entity::{ApplicationId, agency_case, agency_outcome};

use super::loaders::{OutcomesOf, cases};
use crate::schema::scalars::{Date, DateTime};

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

/// The case of a listed application at the agency: moved by the agency's messages only.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct AgencyCase {
    #[graphql(skip)]
    application: ApplicationId,
    /// Where it stands.
    status: AgencyStatus,
    /// The agency's own number, once it has told one.
    agency_reference: Option<String>,
    /// Why, in the agency's words. The agency need not give a reason.
    reason: Option<String>,
    /// Since when.
    at: DateTime,
    /// The invitation's last day.
    expires_on: Option<Date>,
    /// Until when the place is kept although the agency has refused: a new request for travel before it keeps the place for
    /// good. Null while no refusal stands.
    place_kept_until: Option<DateTime>,
}

#[ComplexObject]
impl AgencyCase {
    /// What the agency has said of it, oldest first as it is dated: what moved the case, and what came late. The newest 100.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<AgencyOutcome>> {
        let said = cases(ctx).load_one(OutcomesOf(self.application)).await?;
        Ok(said.unwrap_or_default().into_iter().map(Into::into).collect())
    }
}

impl From<agency_case::Model> for AgencyCase {
    fn from(row: agency_case::Model) -> Self {
        Self {
            application: row.application_id,
            status: row.status.into(),
            agency_reference: row.agency_reference,
            reason: row.reason,
            at: row.at.into(),
            expires_on: row.expires_on.map(Date),
            place_kept_until: row.hold_until.map(DateTime),
        }
    }
}

/// One thing that the agency has said of a case.
#[derive(Clone, Debug, SimpleObject)]
pub struct AgencyOutcome {
    /// Where the case stood.
    status: AgencyStatus,
    /// Since when, as the agency dates it.
    at: DateTime,
    /// When it was told here.
    received_at: DateTime,
    /// The agency's own number.
    agency_reference: Option<String>,
    /// Why, in the agency's words.
    reason: Option<String>,
    /// The invitation's last day.
    expires_on: Option<Date>,
    /// Whether it took back what the agency had said before.
    correction: bool,
}

impl From<agency_outcome::Model> for AgencyOutcome {
    fn from(row: agency_outcome::Model) -> Self {
        Self {
            status: row.status.into(),
            at: row.at.into(),
            received_at: row.received_at.into(),
            agency_reference: row.agency_reference,
            reason: row.reason,
            expires_on: row.expires_on.map(Date),
            correction: row.correction,
        }
    }
}
