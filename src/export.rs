//! All that is held about a worker, for a worker who asks: the Privacy Act 2020, principle 6. Joins the slices.
//!
//! A worker is found by an application or by a passport, and with that every other application of the same passport, of
//! whichever body: what is held by several is told by body. That it was given out is on record with each of them.

mod parts;
mod store;

use entity::{ApplicationId, EventKind, application};
use serde_json::{Value, json};

use crate::app::App;
use crate::db::{Command, Tx};
use crate::error::{Acted, Found, UserError, UserErrorCode};
use crate::history::{self, Event};
use crate::values::country::CountryCode;
use crate::values::passport::PassportNumber;
use crate::values::reference::Reference;

/// Whom it is about.
#[derive(Clone, Debug)]
pub enum Whom {
    /// The worker of this application.
    OfApplication(Reference),
    /// Whoever has this passport.
    WithPassport(CountryCode, PassportNumber),
}

/// Gathers all that is held, and puts on record that it was given out. It is never done under a key, so that nothing of it is
/// kept.
#[derive(Clone, Debug)]
pub struct ExportWorker<'a> {
    /// The service.
    pub app: &'a App,
    /// Whom it is about.
    pub whom: Whom,
}

impl Command for ExportWorker<'_> {
    type Answer = Value;
    const NAME: &'static str = "exportWorker";

    async fn run(&self, tx: &Tx) -> Acted<Value> {
        let ids = self.find(tx).await?;
        if ids.is_empty() {
            let message =
                "Nothing is held under this. Check the reference, or the state and number of the passport.";
            return Err(UserError::new(UserErrorCode::NotFound, message).into());
        }
        let mut applications = Vec::with_capacity(ids.len());
        for application in store::load_applications(tx, &ids).await? {
            applications.push(self.held(tx, &application).await?);
            let event = Event::of_application(EventKind::WorkerExported, &application);
            history::record(tx, [event]).await?;
        }
        Ok(json!({ "gatheredAt": tx.now(), "applications": applications }))
    }
}

impl ExportWorker<'_> {
    /// Every application of the worker, in order of id.
    async fn find(&self, tx: &Tx) -> Found<Vec<ApplicationId>> {
        match &self.whom {
            Whom::OfApplication(reference) => store::of_the_same_worker(tx, &reference.to_string()).await,
            Whom::WithPassport(state, number) => {
                let sealing = self.app.keys.in_use(tx.conn()).await?;
                store::with_fingerprint(tx, &sealing.fingerprint(*state, number)).await
            }
        }
    }

    /// All that hangs on one application.
    async fn held(&self, tx: &Tx, application: &application::Model) -> Found<Value> {
        let of = store::load_parties(tx, application).await?;
        Ok(json!({
            "body": { "name": of.body.name, "slug": of.body.slug },
            "employer": { "legalName": of.employer.legal_name, "nzbn": of.employer.nzbn },
            "classException": of.exception.slug,
            "application": parts::application(application),
            "worker": parts::worker(self.app, store::find_worker(tx, application.id).await?)?,
            "evidence": parts::evidence(store::load_evidence(tx, application.id).await?),
            "assessments": parts::findings(store::load_findings(tx, application.id).await?),
            "decisions": parts::rounds(store::load_rounds(tx, application.id).await?),
            "turnedBack": parts::turn_backs(store::load_turn_backs(tx, application.id).await?),
            "questions": parts::questions(store::load_questions(tx, application.id).await?),
            "holds": parts::holds(store::load_holds(tx, application.id).await?),
            "corrections": parts::amendments(store::load_amendments(tx, application.id).await?),
            "releases": parts::lines(self.app, store::load_lines(tx, application.id).await?)?,
            "agency": parts::outcomes(store::load_outcomes(tx, application.id).await?),
            "agencyDetails": parts::told(self.app, store::find_case(tx, application.id).await?)?,
            "discrepancies": parts::discrepancies(self.app, store::load_discrepancies(tx, application.id).await?)?,
            "history": parts::events(store::load_events(tx, application.id).await?),
        }))
    }
}
