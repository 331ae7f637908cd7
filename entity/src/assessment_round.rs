//! Advice and decision of one round: two people, held apart by a CHECK.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, DecisionOutcome, ExceptionId, PersonId, RecommendationOutcome};

/// Advice and decision of one round: two people, held apart by a CHECK.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assessment_round")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub round: i32,
    pub body_id: BodyId,
    /// Its application's.
    pub exception_id: ExceptionId,
    pub advice: RecommendationOutcome,
    pub advice_reasons: Json,
    pub advice_note: Option<String>,
    pub advised_by: PersonId,
    pub advised_at: DateTimeUtc,
    pub decision: Option<DecisionOutcome>,
    pub decision_reasons: Option<Json>,
    pub decision_note: Option<String>,
    pub decided_by: Option<PersonId>,
    pub decided_at: Option<DateTimeUtc>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
