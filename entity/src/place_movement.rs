//! One movement of a place. Append-only: the ledger.

use sea_orm::entity::prelude::*;

use crate::{
    ActorKind, ApplicationId, BodyId, ExceptionId, MovementId, PersonId, PlaceMovementKind, PlaceState,
};

/// One movement of a place. Append-only: the ledger.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "place_movement")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MovementId,
    pub exception_id: ExceptionId,
    pub place_number: i32,
    /// Counts from 1 for each place.
    pub movement: i32,
    pub from_state: Option<PlaceState>,
    pub to_state: PlaceState,
    pub kind: PlaceMovementKind,
    pub application_id: Option<ApplicationId>,
    pub body_id: Option<BodyId>,
    pub reason: Option<String>,
    pub actor_kind: ActorKind,
    pub actor_id: Option<PersonId>,
    pub at: DateTimeUtc,
    /// The calendar day in New Zealand.
    pub on_day: Date,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
