//! Something that does not agree between two records.

use sea_orm::entity::prelude::*;

use crate::{
    ApplicationId, BodyId, ClosedBecause, DiscrepancyId, DiscrepancyKind, DiscrepancyStatus, ExceptionId,
    PersonId, Resolution, Severity,
};

/// Something that does not agree between two records.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "discrepancy")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DiscrepancyId,
    pub exception_id: ExceptionId,
    pub kind: DiscrepancyKind,
    pub severity: Severity,
    pub status: DiscrepancyStatus,
    /// What it is about; the same thing found again has the same.
    pub mark: String,
    pub application_id: Option<ApplicationId>,
    /// Whose it is to mend; nobody's but the agency's where there is none.
    pub body_id: Option<BodyId>,
    pub other_application_id: Option<ApplicationId>,
    pub other_body_id: Option<BodyId>,
    /// The reference as it was told, where it is none of ours.
    pub reference: Option<String>,
    pub place_number: Option<i32>,
    pub release_number: Option<i32>,
    pub field: Option<String>,
    pub ours_sealed: Option<Vec<u8>>,
    pub theirs_sealed: Option<Vec<u8>>,
    /// A keyed hash of what a resolution rests on: once that is another, the same thing is found anew.
    pub basis: Option<Vec<u8>>,
    /// The last release that was published when it was found.
    pub after_release: Option<i32>,
    pub opened_at: DateTimeUtc,
    pub resolution: Option<Resolution>,
    /// Why it went away without anybody's resolution.
    pub closed_because: Option<ClosedBecause>,
    /// The application that stands.
    pub chosen_id: Option<ApplicationId>,
    pub note: Option<String>,
    pub resolved_by: Option<PersonId>,
    /// The body of who resolved it; none where the agency did.
    pub resolved_body_id: Option<BodyId>,
    pub resolved_at: Option<DateTimeUtc>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
