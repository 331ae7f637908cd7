//! Loads the quota's figures and movements in batches, for one request and one viewer. Nothing is kept from one
//! batch to the next: a subscription lives long, and figures change.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_graphql::Request;
use async_graphql::dataloader::{DataLoader, Loader};
use entity::{ApplicationId, BodyId, ExceptionId, MovementId, place_movement};

use super::rules::{BodyCounts, QueueCounts, Totals};
use super::store;
use crate::app::App;
use crate::error::Fault;
use crate::tenancy::{CaseloadScope, Permission, PublicScope, SharedScope, Viewer};

/// Loads what belongs to the quota, for one viewer.
pub struct QuotaLoader {
    app: Arc<App>,
    viewer: Viewer,
}

/// The loader as resolvers get it.
pub type Quotas = DataLoader<QuotaLoader>;

/// Asks for an exception's cap and where its places stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TotalsOf(pub ExceptionId);

/// Asks for the figures of an exception's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QueueOf(pub ExceptionId);

/// Asks for what each body holds under an exception; no answer for who may not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HoldingsOf(pub ExceptionId);

/// Asks for the reference of an application; no answer but for the viewer's own body's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReferenceOf(pub ApplicationId);

/// Gives a request its loader.
#[must_use]
pub fn attach(request: Request, app: &Arc<App>, viewer: &Viewer) -> Request {
    let loader = QuotaLoader { app: Arc::clone(app), viewer: viewer.clone() };
    request.data(Quotas::new(loader, tokio::spawn))
}

/// To read figures by body and the ledger; none for the public and for employers, who get the totals alone.
#[must_use]
pub fn shared_figures(viewer: &Viewer) -> Option<SharedScope> {
    viewer.in_shared(Permission::ViewStatistics).ok()
}

impl QuotaLoader {
    fn public(&self) -> PublicScope {
        self.viewer.in_public()
    }
}

impl Loader<TotalsOf> for QuotaLoader {
    type Value = Totals;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[TotalsOf]) -> Result<HashMap<TotalsOf, Totals>, Arc<Fault>> {
        let (scope, ids) = (self.public(), keys.iter().map(|key| key.0).collect::<Vec<_>>());
        let found = store::count_totals(&self.app.db.read(&scope), &scope, &ids).await?;
        Ok(found.into_iter().map(|(id, totals)| (TotalsOf(id), totals)).collect())
    }
}

impl Loader<QueueOf> for QuotaLoader {
    type Value = QueueCounts;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[QueueOf]) -> Result<HashMap<QueueOf, QueueCounts>, Arc<Fault>> {
        let (scope, ids) = (self.public(), keys.iter().map(|key| key.0).collect::<Vec<_>>());
        let found = store::count_queues(&self.app.db.read(&scope), &scope, &ids).await?;
        Ok(found.into_iter().map(|(id, counts)| (QueueOf(id), counts)).collect())
    }
}

impl Loader<HoldingsOf> for QuotaLoader {
    type Value = BTreeMap<BodyId, BodyCounts>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[HoldingsOf]) -> Result<HashMap<HoldingsOf, Self::Value>, Arc<Fault>> {
        let Some(scope) = shared_figures(&self.viewer) else { return Ok(HashMap::new()) };
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let mut found = store::count_by_body(&self.app.db.read(&scope), &scope, &ids).await?;
        // An exception of which nobody holds anything has an answer too: that nobody does.
        Ok(ids.into_iter().map(|id| (HoldingsOf(id), found.remove(&id).unwrap_or_default())).collect())
    }
}

impl Loader<MovementId> for QuotaLoader {
    type Value = place_movement::Model;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[MovementId]) -> Result<HashMap<MovementId, Self::Value>, Arc<Fault>> {
        let Some(scope) = shared_figures(&self.viewer) else { return Ok(HashMap::new()) };
        Ok(store::load_movements(&self.app.db.read(&scope), &scope, ids).await?)
    }
}

impl Loader<ReferenceOf> for QuotaLoader {
    type Value = String;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ReferenceOf]) -> Result<HashMap<ReferenceOf, String>, Arc<Fault>> {
        let Some(CaseloadScope::Body(scope)) = self.viewer.caseload() else { return Ok(HashMap::new()) };
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = store::references_of(&self.app.db.read(&scope), &scope, &ids).await?;
        Ok(found.into_iter().map(|(id, reference)| (ReferenceOf(id), reference)).collect())
    }
}
