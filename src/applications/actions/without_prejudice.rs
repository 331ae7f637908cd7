//! An application ends since another one of its worker stands: nothing was decided about it, and nothing counts against
//! anybody. People decide which stands, a lead of each body that has one; what follows is the service's own doing, and the one
//! write across tenants beside the giving of places.

use entity::{ApplicationId, ApplicationStatus, EventKind, application};
use serde_json::json;

use super::places::give_places;
use super::withdraw::leave_quota;
use super::{end, save};
use crate::app::App;
use crate::applications::rules::{Refusal, Standing, is_with_the_body};
use crate::applications::store::{case, standing};
use crate::db::{Gate, Tx};
use crate::error::{Acted, Fault, Found};
use crate::quota::rules::Returned;

/// What the employer reads; it learns of no other application.
const REASON: &str = "It was withdrawn without prejudice: nothing was decided about it, and nothing of it counts against \
                      the worker or the employer. Ask the body about it.";

/// An application that is held to be ended, whoever's it is.
#[derive(Debug)]
pub struct HeldAcross<'tx> {
    application: application::Model,
    /// Held where it is confirmed or nominated.
    gate: Option<Gate<'tx>>,
}

/// Holds an application, whoever's it is, as every act does that may change what is held or waited for: one that is CONFIRMED
/// or NOMINATED under the gate, any other by itself. Before anything else is held. The rest of the transaction is the
/// service's own doing, on the rows of all tenants.
///
/// # Errors
/// Where the database does not answer, or there is none of that id.
pub async fn hold_across_tenants(tx: &Tx, id: ApplicationId) -> Found<HeldAcross<'_>> {
    let gone = || Fault::stored("application", "one that is to be ended is not there");
    tx.across_tenants().await?.stay();
    let found = case::find_across_tenants(tx, id).await?.ok_or_else(gone)?;
    if !case::UNDER_THE_GATE.contains(&found.status)
        && let Some(application) = case::lock_across_tenants(tx, id).await?
    {
        return Ok(HeldAcross { application, gate: None });
    }
    let gate = tx.gate(found.exception_id).await?;
    let application = case::load_across_tenants(&gate, &[id]).await?.pop().ok_or_else(gone)?;
    Ok(HeldAcross { application, gate: Some(gate) })
}

impl HeldAcross<'_> {
    /// Ends it, and passes on what it held. The caller has seen that the leads of all bodies that have a part in it agree.
    ///
    /// # Errors
    /// `VISA_GRANTED` where that is so; `WRONG_STATUS` where it has ended already; `DEADLINE_PASSED` where it was purged.
    pub async fn withdraw_without_prejudice(self, tx: &Tx, app: &App) -> Acted<ApplicationId> {
        let Self { application, gate } = self;
        may_end(tx, &application).await?;
        let returned = match &gate {
            Some(gate) => leave_quota(gate, &application, "WITHDRAWN_WITHOUT_PREJUDICE").await?,
            None => Returned::Nothing,
        };
        let mut ended = end(tx, application, ApplicationStatus::Withdrawn).await?;
        ended.end_reason = Some(REASON.to_owned());
        let detail = json!({ "place": returned.place() });
        let saved = save(tx, ended, EventKind::WithdrawnWithoutPrejudice, detail).await?;
        if let Some(gate) = &gate {
            give_places(gate, app).await?;
        }
        Ok(saved.id)
    }
}

async fn may_end(tx: &Tx, application: &application::Model) -> Acted<()> {
    if application.purged_at.is_some() {
        return Err(Refusal::Purged.into());
    }
    if !is_with_the_body(application.status) {
        let hint = "It has ended already: look at the discrepancy again.";
        return Err(Refusal::WrongStatus { status: application.status, hint }.into());
    }
    let standings = standing::load_standings(tx.conn(), &[application.id]).await?;
    if standings.get(&application.id).is_some_and(Standing::visa_is_granted) {
        return Err(Refusal::VisaGranted.into());
    }
    Ok(())
}
