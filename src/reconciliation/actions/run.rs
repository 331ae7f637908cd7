//! A run: three records held against each other, what does not agree opened, what has been mended closed, and the figures
//! kept.
//!
//! Everything is read once, from one snapshot and a stretch at a time, while the service goes on. Only what seems wrong there is
//! then looked at again under the gate, with what stood open before: what has been mended meanwhile opens nothing, and nobody
//! waits longer than that takes.

mod again;
mod details;
mod look;

use std::collections::BTreeMap;
use std::iter;

use entity::{
    BodyId, EventKind, ExceptionId, ReconciliationId, reconciliation, reconciliation_figure,
    reconciliation_open,
};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::db::{Command, Gate, Keyed, Tx};
use crate::error::{Acted, Found};
use crate::history::{self, Event};
use crate::reconciliation::rules::{Figures, Tally};
use crate::reconciliation::store::runs::{self as store, Run};
use crate::tenancy::Scope;

pub use look::Seen;

/// Looks at everything and keeps what was found. Under a key that was used before nothing is looked at again.
///
/// # Errors
/// `KEY_REUSED` where the key was used for something else; faults.
pub async fn reconcile<S: Scope>(
    app: &App,
    scope: &S,
    keyed: Option<&Keyed>,
    exception: ExceptionId,
) -> Acted<ReconciliationId> {
    if let Some(id) = app.db.recall::<S, Reconcile<'_>>(scope, keyed).await? {
        return Ok(id);
    }
    let seen = look::look(app, exception).await?;
    app.db.perform(scope, keyed, &Reconcile { app, exception, seen }).await
}

/// Keeps a run.
#[derive(Debug)]
pub struct Reconcile<'a> {
    app: &'a App,
    exception: ExceptionId,
    seen: Seen,
}

impl Command for Reconcile<'_> {
    type Answer = ReconciliationId;
    const NAME: &'static str = "reconcile";

    async fn run(&self, tx: &Tx) -> Acted<ReconciliationId> {
        let gate = tx.gate(self.exception).await?;
        again::look_again(&gate, self.app, &self.seen).await?;
        let run = self.summed_up(&gate).await?;
        let (id, number, balanced) = (run.row.id, run.row.number, run.row.balanced);
        store::insert(&gate, run).await?;
        let event = Event::of_exception(EventKind::Reconciled, self.exception);
        history::record(tx, [event.with(json!({ "number": number, "balanced": balanced }))]).await?;
        Ok(id)
    }
}

impl Reconcile<'_> {
    async fn summed_up(&self, gate: &Gate<'_>) -> Found<Run> {
        let tx = gate.tx();
        let id = tx.new_id();
        let open = store::count_open(tx.conn(), self.exception).await?;
        let number = store::last_number(gate).await? + 1;
        let figures = self.figures(store::bodies_of(tx.conn(), self.exception).await?);
        let row = reconciliation::Model {
            id,
            exception_id: self.exception,
            number,
            ran_at: tx.now(),
            ran_by: tx.actor().person,
            checked: self.seen.tally.checked,
            matched: self.seen.tally.matched,
            balanced: open.is_empty(),
            digest: digest(self.exception, number, &self.seen.tally, &figures, open.is_empty()),
        };
        let figures = figures.into_iter().map(|(body_id, figures)| {
            let Figures { caseload, ledger, released, agency } = figures;
            reconciliation_figure::Model {
                reconciliation_id: id,
                body_id,
                caseload,
                ledger,
                released,
                agency,
            }
        });
        let open = open.into_iter().map(|(kind, body_id, other_body_id, count)| reconciliation_open::Model {
            id: tx.new_id(),
            reconciliation_id: id,
            kind,
            body_id,
            other_body_id,
            count,
        });
        Ok(Run { row, figures: figures.collect(), open: open.collect(), sign_offs: Vec::new() })
    }

    /// The figures of every body, of those too that have nothing in any record.
    fn figures(&self, bodies: Vec<BodyId>) -> BTreeMap<BodyId, Figures> {
        let mut figures: BTreeMap<BodyId, Figures> =
            bodies.into_iter().map(|body| (body, Figures::default())).collect();
        figures.extend(&self.seen.tally.figures);
        figures
    }
}

/// What bodies sign: every figure of the run, in order of the bodies' ids.
pub(crate) fn digest(
    exception: ExceptionId,
    number: i32,
    tally: &Tally,
    figures: &BTreeMap<BodyId, Figures>,
    balanced: bool,
) -> String {
    let Tally { checked, matched, .. } = tally;
    let run = format!("reconciliation-v1|{exception}|{number}|{checked}|{matched}|{balanced}");
    let parts = figures.iter().map(|(body, Figures { caseload, ledger, released, agency })| {
        format!("|{body}={caseload},{ledger},{released},{agency}")
    });
    hex::encode(Sha256::digest(iter::once(run).chain(parts).collect::<String>()))
}
