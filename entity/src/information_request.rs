//! A question to the employer.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, InformationRequestId, InformationRequestStatus, PersonId};

/// A question to the employer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "information_request")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InformationRequestId,
    pub application_id: ApplicationId,
    pub body_id: BodyId,
    pub round: i32,
    pub criterion: Option<String>,
    pub question: String,
    pub answer: Option<String>,
    pub status: InformationRequestStatus,
    /// The last day for the answer, in New Zealand.
    pub due_on: Date,
    pub asked_by: PersonId,
    pub created_at: DateTimeUtc,
    pub reminded_at: Option<DateTimeUtc>,
    pub closed_at: Option<DateTimeUtc>,
    pub cancel_reason: Option<String>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
