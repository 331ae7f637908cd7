//! A line of a message of the agency, with what became of it. Append-only.

use sea_orm::entity::prelude::*;

use crate::{AgencyMessageId, AgencyOutcomeId, AgencyStatus, ApplicationId, BodyId, OutcomeFate};

/// A line of a message of the agency, with what became of it. Append-only.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agency_outcome")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    /// Rises in the order in which the lines of a message were held against their cases.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgencyOutcomeId,
    pub agency_message_id: AgencyMessageId,
    /// From 1.
    pub line: i32,
    /// None where its reference is none that was published.
    pub application_id: Option<ApplicationId>,
    pub body_id: Option<BodyId>,
    pub status: AgencyStatus,
    pub at: DateTimeUtc,
    pub received_at: DateTimeUtc,
    pub agency_reference: Option<String>,
    pub reason: Option<String>,
    pub expires_on: Option<Date>,
    pub correction: bool,
    pub became: OutcomeFate,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
