//! What the agency says of a case.

use sea_orm::entity::prelude::*;

use crate::{AgencyStatus, ApplicationId, BodyId};

/// What the agency says of a case.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agency_case")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    pub body_id: BodyId,
    pub status: AgencyStatus,
    /// Since when, in the agency's words.
    pub at: DateTimeUtc,
    /// The agency's own number.
    pub agency_reference: Option<String>,
    /// Why, in the agency's words, where it gives a reason.
    pub reason: Option<String>,
    /// The invitation's last day.
    pub expires_on: Option<Date>,
    /// When the place comes back for the agency's refusal; none while no refusal stands.
    pub hold_until: Option<DateTimeUtc>,
    /// The details of worker and job that the agency last told, sealed; none where it told none.
    pub told_sealed: Option<Vec<u8>>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
