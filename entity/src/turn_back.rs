//! A case that a lead turned back: to assessment, to the employer, or from an end to a new round.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, PersonId, RecommendationOutcome, TurnBackId, TurnBackKind};

/// A case that a lead turned back: to assessment, to the employer, or from an end to a new round.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "turn_back")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TurnBackId,
    pub application_id: ApplicationId,
    pub body_id: BodyId,
    /// The round that it ended or sent back.
    pub round: i32,
    pub kind: TurnBackKind,
    pub note: String,
    pub turned_by: PersonId,
    pub at: DateTimeUtc,
    /// The advice that was sent back, and whose it was.
    pub advice: Option<RecommendationOutcome>,
    pub advice_reasons: Option<Json>,
    pub advice_note: Option<String>,
    pub advised_by: Option<PersonId>,
    pub advised_at: Option<DateTimeUtc>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
