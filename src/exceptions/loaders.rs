//! Loads class exceptions and their bodies in batches, for one request. All of it is public.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Request;
use async_graphql::dataloader::{DataLoader, Loader};
use entity::{ExceptionId, body};

use super::store::{self, Current};
use crate::app::App;
use crate::error::Fault;
use crate::tenancy::{PublicScope, Viewer};

/// Loads what belongs to class exceptions.
pub struct ExceptionLoader {
    app: Arc<App>,
    scope: PublicScope,
}

/// The loader as resolvers get it.
pub type Exceptions = DataLoader<ExceptionLoader>;

/// Asks for the bodies that nominate under an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BodiesOf(pub ExceptionId);

/// Asks for the exception that has a slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Named(pub String);

/// Gives a request its loader.
#[must_use]
pub fn attach(request: Request, app: &Arc<App>, viewer: &Viewer) -> Request {
    let loader = ExceptionLoader { app: Arc::clone(app), scope: viewer.in_public() };
    request.data(Exceptions::new(loader, tokio::spawn))
}

impl Loader<ExceptionId> for ExceptionLoader {
    type Value = Arc<Current>;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ExceptionId]) -> Result<HashMap<ExceptionId, Arc<Current>>, Arc<Fault>> {
        let conn = &self.app.db.read(&self.scope);
        let mut found = HashMap::new();
        for row in store::load_by_ids(conn, ids).await? {
            // From memory: a query only where nobody has asked for this revision before.
            found.insert(row.id, Arc::new(self.app.shelf.current(conn, row).await?));
        }
        Ok(found)
    }
}

impl Loader<Named> for ExceptionLoader {
    type Value = Arc<Current>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[Named]) -> Result<HashMap<Named, Arc<Current>>, Arc<Fault>> {
        let conn = &self.app.db.read(&self.scope);
        let mut found = HashMap::new();
        for row in store::load_by_slugs(conn, keys.iter().map(|key| key.0.as_str())).await? {
            let current = self.app.shelf.current(conn, row).await?;
            found.insert(Named(current.row.slug.clone()), Arc::new(current));
        }
        Ok(found)
    }
}

impl Loader<BodiesOf> for ExceptionLoader {
    type Value = Vec<body::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[BodiesOf]) -> Result<HashMap<BodiesOf, Vec<body::Model>>, Arc<Fault>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = store::bodies_of_each(&self.app.db.read(&self.scope), &ids).await?;
        Ok(found.into_iter().map(|(id, bodies)| (BodiesOf(id), bodies)).collect())
    }
}
