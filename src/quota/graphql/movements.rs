//! The ledger of places, as far as the viewer may read it.

use async_graphql::{Context, ID, Object, Result};
use entity::{MovementId, PersonId, place_movement};

use super::kinds::{PlaceMovementKind, PlaceState};
use crate::people::graphql::{Body, load_body};
use crate::people::loaders::People;
use crate::quota::loaders::{Quotas, ReferenceOf};
use crate::quota::rules::{Hand, LedgerReader, Shown, shown};
use crate::schema::connection::connection;
use crate::schema::scalars::DateTime;
use crate::schema::{self, GlobalId};
use crate::tenancy::{CaseloadScope, Viewer};

/// A movement, with what this viewer sees of it.
#[derive(Clone, Debug)]
pub struct PlaceMovement {
    row: place_movement::Model,
    shown: Shown,
}

impl PlaceMovement {
    /// A row of the ledger for `viewer`, who may read the ledger at all.
    pub(super) fn of(row: place_movement::Model, viewer: &Viewer) -> Self {
        let reader = match viewer.caseload() {
            Some(CaseloadScope::Body(scope)) => LedgerReader::Body(scope.body()),
            Some(CaseloadScope::Employers(_)) | None => LedgerReader::Figures,
        };
        let shown = shown(reader, row.body_id, row.kind);
        Self { row, shown }
    }
}

connection! {
    /// A page of the ledger, newest first.
    PlaceMovementConnection,
    /// A movement, with its cursor in the ledger.
    PlaceMovementEdge of PlaceMovement
}

/// One movement of one place; the ledger is append-only, so it never changes. Reference, reason and actor are null
/// to other bodies, and to all who see figures alone.
#[Object]
impl PlaceMovement {
    /// Global id of the movement.
    pub async fn id(&self) -> ID {
        GlobalId::of(&self.row.id)
    }

    /// Number of the place within its class exception, from 1.
    async fn place(&self) -> i32 {
        self.row.place_number
    }

    /// Where the place stood. Null: it came into being.
    async fn from(&self) -> Option<PlaceState> {
        self.row.from_state.map(Into::into)
    }

    /// Where the place has stood since.
    async fn to(&self) -> PlaceState {
        self.row.to_state.into()
    }

    /// What moved it.
    async fn kind(&self) -> PlaceMovementKind {
        self.row.kind.into()
    }

    /// Whose application the place went to or came from. Null where the place had no holder.
    async fn body(&self, ctx: &Context<'_>) -> Result<Option<Body>> {
        let Some(body) = self.row.body_id else { return Ok(None) };
        load_body(ctx, body).await
    }

    /// Reference of that application, for its own body alone.
    async fn reference(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(application) = self.row.application_id.filter(|_| self.shown.details) else {
            return Ok(None);
        };
        Ok(ctx.data_unchecked::<Quotas>().load_one(ReferenceOf(application)).await?)
    }

    /// Why it moved, where a reason was given; for its own body alone.
    async fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref().filter(|_| self.shown.details)
    }

    /// By whose hand: a person's name, or "Service" where the service acted by itself; for its own body alone. Null
    /// as well where somebody outside the body set it off.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        match self.shown.actor.hand(self.row.actor_id) {
            Hand::Hidden => Ok(None),
            Hand::Service => Ok(Some("Service".to_owned())),
            Hand::Colleague(person) => name_of(ctx, person, true).await,
            Hand::Person(person) => name_of(ctx, person, false).await,
        }
    }

    /// When it moved.
    async fn at(&self) -> DateTime {
        self.row.at.into()
    }
}

async fn name_of(ctx: &Context<'_>, person: PersonId, near_only: bool) -> Result<Option<String>> {
    let found = ctx.data_unchecked::<People>().load_one(person).await?;
    Ok(found.filter(|person| person.is_near || !near_only).map(|person| person.name))
}

/// A movement by its global id; none for who may not read the ledger.
pub(crate) async fn find_movement(ctx: &Context<'_>, id: &ID) -> Result<Option<PlaceMovement>> {
    let Some(id) = GlobalId::read::<MovementId>(id) else { return Ok(None) };
    let row = ctx.data_unchecked::<Quotas>().load_one(id).await?;
    Ok(row.map(|row| PlaceMovement::of(row, schema::viewer(ctx))))
}
