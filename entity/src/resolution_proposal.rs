//! What a body proposes to make of a discrepancy that another body has a part in; its last one counts.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, DiscrepancyId, PersonId, ProposalId, Resolution};

/// What a body proposes to make of a discrepancy.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resolution_proposal")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProposalId,
    pub discrepancy_id: DiscrepancyId,
    pub body_id: BodyId,
    pub person_id: PersonId,
    pub resolution: Resolution,
    /// The application that would stand.
    pub chosen_id: Option<ApplicationId>,
    /// For the body's own people.
    pub note: String,
    pub at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
