//! Loads discrepancies in batches, for one request and one viewer.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Request;
use async_graphql::dataloader::{DataLoader, Loader};
use entity::{DiscrepancyId, ReconciliationId};

use super::store::reading::{self, Seen};
use super::store::runs::{self, Run};
use crate::app::App;
use crate::error::Fault;
use crate::tenancy::Viewer;

/// Loads what belongs to reconciliation, for one viewer.
pub struct ReconciliationLoader {
    app: Arc<App>,
    viewer: Viewer,
}

/// The loader as resolvers get it.
pub type Reconciliations = DataLoader<ReconciliationLoader>;

/// Gives a request its loader.
#[must_use]
pub fn attach(request: Request, app: &Arc<App>, viewer: &Viewer) -> Request {
    let loader = ReconciliationLoader { app: Arc::clone(app), viewer: viewer.clone() };
    request.data(Reconciliations::new(loader, tokio::spawn))
}

impl Loader<DiscrepancyId> for ReconciliationLoader {
    type Value = Seen;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[DiscrepancyId]) -> Result<HashMap<DiscrepancyId, Seen>, Arc<Fault>> {
        let Some(scope) = self.viewer.reconciliation() else { return Ok(HashMap::new()) };
        let found = reading::load_by_ids(&self.app.db.read(&scope), &scope, ids).await?;
        Ok(found.into_iter().map(|seen| (seen.row.id, seen)).collect())
    }
}

impl Loader<ReconciliationId> for ReconciliationLoader {
    type Value = Run;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ReconciliationId]) -> Result<HashMap<ReconciliationId, Run>, Arc<Fault>> {
        let Some(scope) = self.viewer.runs() else { return Ok(HashMap::new()) };
        let found = runs::load_by_ids(&self.app.db.read(&scope), &scope, ids).await?;
        Ok(found.into_iter().map(|run| (run.row.id, run)).collect())
    }
}
