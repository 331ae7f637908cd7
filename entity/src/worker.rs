//! The worker of an application: personal data, kept apart. `Debug` tells nothing of it.

use sea_orm::entity::prelude::*;

use crate::{ApplicationId, BodyId, PersonId};

/// The worker of an application: personal data, kept apart. `Debug` tells nothing of it.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "worker")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: ApplicationId,
    pub body_id: BodyId,
    pub family_name: String,
    pub given_names: String,
    pub date_of_birth: Date,
    pub nationality: String,
    pub email: Option<String>,
    pub passport_state: Option<String>,
    pub passport_sealed: Option<Vec<u8>>,
    pub passport_hint: Option<String>,
    pub passport_expires_on: Option<Date>,
    pub offshore: bool,
    pub notice_given_at: Option<DateTimeUtc>,
    /// The day on which the worker was told that these details are held: the Privacy Act 2020, principle 3A.
    pub told_on: Option<Date>,
    /// Who put that on record; none where the service took it in from a body's file.
    pub told_by: Option<PersonId>,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("worker::Model").field("application_id", &self.application_id).finish_non_exhaustive()
    }
}
