//! Loads bodies, persons and employers in batches. A loader lives for one request and holds who asks; what the
//! viewer may not see is simply not among the answers.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Request;
use async_graphql::dataloader::{DataLoader, Loader};
use entity::{BodyId, EmployerId, PersonId, body, employer};

use super::store::{self, PersonView};
use crate::app::App;
use crate::error::Fault;
use crate::tenancy::Viewer;

/// Loads what belongs to people, for one viewer.
pub struct PeopleLoader {
    app: Arc<App>,
    viewer: Viewer,
}

/// The loader as resolvers get it.
pub type People = DataLoader<PeopleLoader>;

/// Gives a request its loader.
#[must_use]
pub fn attach(request: Request, app: &Arc<App>, viewer: &Viewer) -> Request {
    let loader = PeopleLoader { app: Arc::clone(app), viewer: viewer.clone() };
    request.data(People::new(loader, tokio::spawn))
}

impl Loader<BodyId> for PeopleLoader {
    type Value = body::Model;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[BodyId]) -> Result<HashMap<BodyId, body::Model>, Arc<Fault>> {
        Ok(store::load_bodies(&self.app.db, &self.viewer.in_public(), ids).await?)
    }
}

impl Loader<PersonId> for PeopleLoader {
    type Value = PersonView;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[PersonId]) -> Result<HashMap<PersonId, PersonView>, Arc<Fault>> {
        // The public sees nobody.
        let Some(member) = self.viewer.member() else { return Ok(HashMap::new()) };
        let Some(scope) = self.viewer.names() else { return Ok(HashMap::new()) };
        let seen_by = (member.person, member.body);
        Ok(store::load_persons(&self.app.db, &scope, seen_by, ids).await?)
    }
}

impl Loader<EmployerId> for PeopleLoader {
    type Value = employer::Model;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[EmployerId]) -> Result<HashMap<EmployerId, employer::Model>, Arc<Fault>> {
        let Some(scope) = self.viewer.caseload() else { return Ok(HashMap::new()) };
        Ok(store::load_employers(&self.app.db, &scope, ids).await?)
    }
}
