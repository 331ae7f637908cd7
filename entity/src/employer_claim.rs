//! Somebody asks a body to act for an employer.

use sea_orm::entity::prelude::*;

use crate::{BodyId, EmployerClaimId, EmployerClaimStatus, PersonId};

/// Somebody asks a body to act for an employer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employer_claim")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmployerClaimId,
    pub person_id: PersonId,
    pub body_id: BodyId,
    pub nzbn: String,
    /// As it was typed.
    pub legal_name: String,
    pub status: EmployerClaimStatus,
    pub created_at: DateTimeUtc,
    pub decided_at: Option<DateTimeUtc>,
    /// The lead of the body.
    pub decided_by: Option<PersonId>,
    /// Who acted for the employer before and let them in.
    pub accepted_by: Option<PersonId>,
    /// Why it was declined.
    pub reason: Option<String>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
