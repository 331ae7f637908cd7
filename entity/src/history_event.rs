//! Something that happened. Append-only. Holds ids, codes and names of fields; never personal data.

use sea_orm::entity::prelude::*;

use crate::{ActorKind, ApplicationId, BodyId, EventId, EventKind, ExceptionId, PersonId, StaffRole};

/// Something that happened. Append-only. Holds ids, codes and names of fields; never personal data.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "history_event")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub at: DateTimeUtc,
    pub kind: EventKind,
    pub exception_id: Option<ExceptionId>,
    pub body_id: Option<BodyId>,
    pub application_id: Option<ApplicationId>,
    pub actor_kind: ActorKind,
    pub actor_id: Option<PersonId>,
    pub actor_role: Option<StaffRole>,
    pub detail: Json,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
