//! A line of a release: in columns what the bodies show each other, sealed all of it. Append-only.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, EmployerId, ReleaseChangeKind, ReleaseId, ReleaseLineState};

/// A line of a release: in columns what the bodies show each other, sealed all of it. Append-only.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release_line")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub release_id: ReleaseId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    pub body_id: BodyId,
    pub employer_id: EmployerId,
    /// Counts from 1 in the section, in order of references.
    pub section_row: i32,
    pub reference: String,
    pub place_number: i32,
    pub state: ReleaseLineState,
    /// Against the release before; none where nothing changed.
    pub change: Option<ReleaseChangeKind>,
    /// Names of the columns that differ from the release before.
    pub changed_fields: Json,
    /// Why it is suspended or removed, in a word.
    pub reason: Option<String>,
    pub employer_name: String,
    pub employer_nzbn: String,
    pub terms_revision: i32,
    pub role_code: String,
    pub occupation_code: String,
    pub nominated_at: DateTimeUtc,
    /// Number of the release that first carried it.
    pub listed_in: i32,
    /// The canonical text of the line.
    pub content_sealed: Vec<u8>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
