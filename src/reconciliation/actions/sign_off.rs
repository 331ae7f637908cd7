//! A body signs a run: nothing is open, and these are the figures.

use std::collections::BTreeSet;

use entity::{EventKind, ExceptionId, ReconciliationId, sign_off};
use serde_json::json;

use crate::db::{Command, Tx};
use crate::error::{Acted, Found, UserError};
use crate::exceptions::store::bodies_of;
use crate::history::{self, Event};
use crate::reconciliation::rules::{Mends, SignOffRefusal, StillOpen, allowed, may_sign, mends};
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
        may_sign(is_last, run.balanced, still_open(tx, run.exception_id).await?)?;
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

/// How much is open under a class exception, and whose turn it is: the bodies by name, then the agency, then whoever runs
/// the service, where people cannot resolve it.
async fn still_open(tx: &Tx, exception: ExceptionId) -> Found<StillOpen> {
    let (mut count, mut bodies, mut agency, mut service) = (0, BTreeSet::new(), false, false);
    for (kind, body, other, open) in store::count_open(tx.conn(), exception).await? {
        count += open;
        match mends(body, other) {
            _ if allowed(kind).is_empty() => service = true,
            Mends::Bodies(body, other) => bodies.extend([Some(body), other].into_iter().flatten()),
            Mends::Agency => agency = true,
        }
    }
    let names = bodies_of(tx.conn(), exception).await?.into_iter();
    let names = names.filter(|(_, body)| bodies.contains(&body.id)).map(|(_, body)| body.name);
    let mut turns: Vec<String> = names.collect();
    turns.sort_unstable();
    turns.extend(agency.then(|| "the agency".to_owned()));
    turns.extend(service.then(|| "whoever runs the service".to_owned()));
    Ok(StillOpen { count, turns })
}
