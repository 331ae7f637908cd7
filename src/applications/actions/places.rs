//! What the giving of places does to applications: those served become nominated, whichever body's they are.
//!
//! Here alone are rows of another body written, and only under the gate: by [`give_places`], which runs after
//! anything that made somebody due or a place free and in the same transaction, and by the sweep, which is the
//! service's own.

use entity::{ApplicationId, ApplicationStatus, EventKind, ExceptionId, application};
use serde_json::json;

use super::save;
use crate::app::App;
use crate::applications::rules::valid_until;
use crate::applications::store::case;
use crate::clock::day_in_new_zealand;
use crate::db::{Command, Gate, Tx};
use crate::error::{Acted, Fault, Found};
use crate::quota;
use crate::quota::actions::Given;
use crate::quota::rules::giving_is_over;

/// How many applications one statement names, and how many one sweep lets lapse: the next goes on from there.
const AT_ONCE: usize = 500;

/// Gives free places to those that are due and marks them nominated; tells how many.
///
/// # Errors
/// Where the database does not answer.
pub async fn give_places(gate: &Gate<'_>, app: &App) -> Found<usize> {
    let given = quota::actions::allocate(gate).await?;
    for given in given.chunks(AT_ONCE) {
        let ids: Vec<ApplicationId> = given.iter().map(|one| one.application).collect();
        for application in case::load_across_tenants(gate, &ids).await? {
            let one = given.iter().find(|one| one.application == application.id);
            let one = *one.ok_or_else(|| Fault::stored("application", "served without a place"))?;
            nominate(gate.tx(), app, application, one).await?;
        }
    }
    Ok(given.len())
}

/// Marks the application that this transaction confirmed and holds.
pub(super) async fn nominate_own(
    tx: &Tx,
    app: &App,
    application: application::Model,
    given: Given,
) -> Found<()> {
    nominate(tx, app, application, given).await
}

async fn nominate(tx: &Tx, app: &App, mut application: application::Model, given: Given) -> Found<()> {
    if application.status != ApplicationStatus::Confirmed {
        return Err(Fault::stored("queue", "it served an application that is not confirmed"));
    }
    let known = app.shelf.terms(tx.conn(), application.exception_id, application.terms_revision).await?;
    application.status = ApplicationStatus::Nominated;
    application.nominated_at = Some(tx.now());
    application.valid_until = valid_until(&known.terms.validity, day_in_new_zealand(tx.now()));
    save(tx, application, EventKind::Nominated, json!({ "place": given.place })).await?;
    Ok(())
}

/// Gives the place of a nomination back and ends the nomination; the next due has the place when this answers.
/// The acts that give places back (withdrawing, revoking) are made of it.
#[derive(Clone, Debug)]
pub struct GiveBack<'a> {
    /// The service.
    pub app: &'a App,
    /// Under which exception.
    pub exception: ExceptionId,
    /// Whose place.
    pub id: ApplicationId,
    /// Where its application ends.
    pub end: ApplicationStatus,
    /// Why, for the ledger.
    pub reason: &'static str,
}

impl Command for GiveBack<'_> {
    type Answer = Option<i32>;
    const NAME: &'static str = "giveBack";

    async fn run(&self, tx: &Tx) -> Acted<Option<i32>> {
        let gate = tx.gate(self.exception).await?;
        let Some(place) = quota::actions::give_back(&gate, self.id, self.reason).await? else {
            return Ok(None);
        };
        for mut application in case::load_across_tenants(&gate, &[self.id]).await? {
            application.status = self.end;
            application.ended_at = Some(tx.now());
            save(tx, application, EventKind::Revoked, json!({ "place": place })).await?;
        }
        give_places(&gate, self.app).await?;
        Ok(Some(place))
    }
}

/// What a sweep found to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Swept {
    /// Applications that were due beside a free place: left by a fault, or freed by the clock.
    pub nominated: usize,
    /// Applications that lapsed, since the giving of places is over.
    pub lapsed: usize,
}

/// Serves those that are due beside a free place, and lets those lapse that none can come to any more. Runs every
/// minute: it finds what a fault left and what only the clock changed.
#[derive(Clone, Debug)]
pub struct Sweep<'a> {
    /// The service.
    pub app: &'a App,
    /// Which class exception.
    pub exception: ExceptionId,
}

impl Command for Sweep<'_> {
    type Answer = Swept;
    const NAME: &'static str = "sweep";

    async fn run(&self, tx: &Tx) -> Acted<Swept> {
        let gate = tx.gate(self.exception).await?;
        let mut swept = Swept { nominated: give_places(&gate, self.app).await?, lapsed: 0 };
        let exception = quota::store::load_exception(tx, self.exception).await?;
        if giving_is_over(&exception, tx.now()) {
            let left = quota::store::some_waiting(&gate, AT_ONCE).await?;
            for mut application in case::load_across_tenants(&gate, &left).await? {
                quota::store::dequeue(&gate, application.id).await?;
                application.status = ApplicationStatus::Lapsed;
                application.ended_at = Some(tx.now());
                save(tx, application, EventKind::Lapsed, json!({})).await?;
                swept.lapsed += 1;
            }
        }
        Ok(swept)
    }
}
