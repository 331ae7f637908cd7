//! What is sent about what does not agree.

use async_graphql::{Context, ID, InputObject, Result};
use entity::ExceptionId;

use super::kinds::{DiscrepancyKind, DiscrepancyStatus, Resolution};
use crate::app::App;
use crate::applications::details::LongText;
use crate::applications::graphql::Reader;
use crate::error::{Acted, Fault, UserError};
use crate::exceptions::graphql as exceptions;
use crate::reconciliation::actions::{ResolveDiscrepancy, SignOff};
use crate::reconciliation::store::reading::Filter;
use crate::schema::bad_input;
use crate::tenancy::{BodyScope, ReconciliationScope};
use crate::values::reference::Reference;

/// Most kinds or states in a filter: there are no more.
const MOST_NAMED: usize = 20;

/// Which discrepancies to give; what is left out does not narrow.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DiscrepancyFilter {
    /// Of any of these kinds; at most 20.
    kind: Option<Vec<DiscrepancyKind>>,
    /// In any of these states; at most 20.
    status: Option<Vec<DiscrepancyStatus>>,
}

impl DiscrepancyFilter {
    /// What it asks for.
    pub(super) fn read(self) -> Result<Filter> {
        let (kinds, statuses) = (self.kind.unwrap_or_default(), self.status.unwrap_or_default());
        if kinds.len() > MOST_NAMED || statuses.len() > MOST_NAMED {
            return Err(bad_input(&format!("filter: name at most {MOST_NAMED} kinds and states.")));
        }
        Ok(Filter {
            kinds: kinds.into_iter().map(Into::into).collect(),
            statuses: statuses.into_iter().map(Into::into).collect(),
        })
    }
}

/// What is to be made of a discrepancy.
#[derive(InputObject)]
pub struct ResolveDiscrepancyInput {
    /// Makes it safe to send again: the same key and input act once.
    idempotency_key: Option<String>,
    /// Which discrepancy.
    id: ID,
    /// What to make of it: one of its `allowedResolutions`.
    resolution: Resolution,
    /// For `WORKER_CHOSE`: the reference that stands.
    chosen: Option<String>,
    /// Why, for colleagues of the same side.
    note: String,
}

impl ResolveDiscrepancyInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: ReconciliationScope) -> Acted<ResolveDiscrepancy<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let chosen = reader.maybe("chosen", self.chosen.as_deref(), Reference::parse);
        let note = reader.need("note", &self.note, LongText::parse);
        let (id, note) = reader.finish(id.zip(note))?;
        Ok(ResolveDiscrepancy { app, scope, id, resolution: self.resolution.into(), chosen, note })
    }
}

/// The records that are to be held against each other.
#[derive(InputObject)]
pub struct ReconcileInput {
    /// Makes it safe to send again: the same key and input make one run.
    idempotency_key: Option<String>,
    /// Slug of the class exception.
    class_exception: String,
}

impl ReconcileInput {
    /// The class exception that it names.
    ///
    /// # Errors
    /// `NOT_FOUND` where there is none of this name.
    pub(super) async fn exception(self, ctx: &Context<'_>) -> Acted<ExceptionId> {
        let mut reader = Reader::default();
        let slug = reader.exception(self.class_exception);
        let slug = reader.finish(slug)?;
        let found = exceptions::find(ctx, &slug)
            .await
            .map_err(|error| Fault::stored("class exception", error.message))?;
        let not_found = || UserError::no_such_exception("classException");
        Ok(found.map(|current| current.row.id).ok_or_else(not_found)?)
    }
}

/// The run that a body signs.
#[derive(InputObject)]
pub struct SignOffReconciliationInput {
    /// Makes it safe to send again: the same key and input sign once.
    idempotency_key: Option<String>,
    /// Which run: the last one.
    id: ID,
}

impl SignOffReconciliationInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, scope: BodyScope) -> Acted<SignOff> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        Ok(SignOff { scope, id: reader.finish(id)? })
    }
}
