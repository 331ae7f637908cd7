//! A body signs a run: nothing is open, and these are the figures.

use entity::{EventKind, ReconciliationId, sign_off};
use serde_json::json;

use crate::db::{Command, Tx};
use crate::error::{Acted, UserError};
use crate::history::{self, Event};
use crate::reconciliation::rules::{SignOffRefusal, may_sign};
use crate::reconciliation::store::runs as store;
use crate::tenancy::BodyScope;

/// A lead signs the last run for its body.
#[derive(Clone, Debug)]
pub struct SignOff {
    /// For which body, and who.
    pub scope: BodyScope,
    /// Which run.
    pub id: ReconciliationId,
}

impl Command for SignOff {
    type Answer = ReconciliationId;
    const NAME: &'static str = "signOffReconciliation";

    async fn run(&self, tx: &Tx) -> Acted<ReconciliationId> {
        let not_found = || UserError::not_found("id", "reconciliation");
        let run = store::find(tx, self.id).await?.ok_or_else(not_found)?;
        let gate = tx.gate(run.exception_id).await?;
        let body = self.scope.body();
        if !store::bodies_of(tx.conn(), run.exception_id).await?.contains(&body) {
            return Err(not_found().into());
        }
        let is_last = store::last_number(&gate).await? == run.number;
        let open = store::count_open(tx.conn(), run.exception_id).await?;
        may_sign(is_last, run.balanced, open.is_empty())?;
        let signed = sign_off::Model {
            reconciliation_id: self.id,
            body_id: body,
            person_id: self.scope.person(),
            lines: store::lines_of(tx, self.id, body).await?,
            digest: run.digest,
            at: tx.now(),
        };
        if !store::sign(tx, signed).await? {
            return Err(SignOffRefusal::Signed.into());
        }
        let event = Event::of_exception(EventKind::ReconciliationSigned, run.exception_id);
        let event = Event { body: Some(body), ..event };
        history::record(tx, [event.with(json!({ "number": run.number }))]).await?;
        Ok(self.id)
    }
}
