//! An assessor's finding on one criterion in one round.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, AssessmentOutcome, BodyId, PersonId};

/// An assessor's finding on one criterion in one round.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assessment")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub round: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub criterion: String,
    pub body_id: BodyId,
    pub outcome: AssessmentOutcome,
    pub note: Option<String>,
    /// Whoever found something took part, even where a colleague's later finding stands in its place.
    #[sea_orm(primary_key, auto_increment = false)]
    pub assessor_id: PersonId,
    /// The version that the finding gave the application: the highest of a round and criterion is what stands.
    pub turn: i32,
    pub at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
