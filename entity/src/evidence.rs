//! A record of evidence: of one application, or, where `application_id` is null, of the employer at a body.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, EmployerId, EvidenceId, EvidenceKind, PersonId};

/// A record of evidence: of one application, or, where `application_id` is null, of the employer at a body.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evidence")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EvidenceId,
    pub body_id: BodyId,
    pub employer_id: EmployerId,
    pub application_id: Option<ApplicationId>,
    pub kind: EvidenceKind,
    pub criterion: Option<String>,
    pub title: String,
    pub issuer: Option<String>,
    pub reference: Option<String>,
    pub url: Option<String>,
    pub valid_from: Option<Date>,
    pub expires_on: Option<Date>,
    pub verified_at: Option<DateTimeUtc>,
    pub verified_by: Option<PersonId>,
    pub genuine: Option<bool>,
    pub note: Option<String>,
    pub created_at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
