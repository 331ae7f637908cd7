//! Loads ballots in batches, for one request. All of it is public.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Request;
use async_graphql::dataloader::{DataLoader, Loader};
use entity::{BallotId, ExceptionId, ballot};

use super::record::Record;
use super::store;
use crate::app::App;
use crate::error::{Fault, Found};
use crate::tenancy::{PublicScope, Viewer};

/// Loads what belongs to ballots.
pub struct BallotLoader {
    app: Arc<App>,
    scope: PublicScope,
}

/// The loader as resolvers get it.
pub type Ballots = DataLoader<BallotLoader>;

/// Asks for the ballots of an exception, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BallotsOf(pub ExceptionId);

/// Asks how many entries of a ballot are struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StrikesOf(pub BallotId);

/// Gives a request its loader.
#[must_use]
pub fn attach(request: Request, app: &Arc<App>, viewer: &Viewer) -> Request {
    let loader = BallotLoader { app: Arc::clone(app), scope: viewer.in_public() };
    request.data(Ballots::new(loader, tokio::spawn))
}

impl BallotLoader {
    async fn records(&self, ballots: Vec<ballot::Model>) -> Found<Vec<Record>> {
        store::records(&self.app.db.read(&self.scope), ballots).await
    }
}

impl Loader<BallotsOf> for BallotLoader {
    type Value = Vec<Arc<Record>>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[BallotsOf]) -> Result<HashMap<BallotsOf, Self::Value>, Arc<Fault>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let ballots = store::of_exceptions(&self.app.db.read(&self.scope), &ids).await?;
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for record in self.records(ballots).await? {
            found.entry(BallotsOf(record.ballot.exception_id)).or_default().push(Arc::new(record));
        }
        Ok(found)
    }
}

impl Loader<BallotId> for BallotLoader {
    type Value = Arc<Record>;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[BallotId]) -> Result<HashMap<BallotId, Arc<Record>>, Arc<Fault>> {
        let ballots = store::load(&self.app.db.read(&self.scope), ids).await?;
        let records = self.records(ballots).await?.into_iter();
        Ok(records.map(|record| (record.ballot.id, Arc::new(record))).collect())
    }
}

impl Loader<StrikesOf> for BallotLoader {
    type Value = i64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[StrikesOf]) -> Result<HashMap<StrikesOf, i64>, Arc<Fault>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let counts = store::count_strikes(&self.app.db.read(&self.scope), &ids).await?;
        Ok(counts.into_iter().map(|(id, count)| (StrikesOf(id), count)).collect())
    }
}
