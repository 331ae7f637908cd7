//! Loads what hangs on releases and on lines of the combined list in batches, for one request; what the viewer may not see
//! is not among the answers.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Request};
use entity::{
    AgencyStatus, ApplicationId, ExceptionId, ReleaseId, attestation, held_back, release_line,
    release_section,
};

use super::store::read::Seen;
use super::store::{agency, lines, read};
use crate::app::App;
use crate::error::Fault;
use crate::tenancy::{CaseloadScope, ReleaseScope, Viewer};

/// Loads for one viewer.
pub struct ReleaseLoader {
    app: Arc<App>,
    viewer: Viewer,
    scope: ReleaseScope,
}

/// The loader as resolvers get it.
pub type Releases = DataLoader<ReleaseLoader>;

/// The newest release of an exception that the agency has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LatestOf(pub ExceptionId);
/// The sections of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SectionsOf(pub ReleaseId);
/// Who attested a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttestationsOf(pub ReleaseId);
/// The viewer's own body's nominations that a release does not carry yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HeldBackFrom(pub ReleaseId);
/// The line of an application on the newest release that the agency has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NewestLineOf(pub ApplicationId);
/// What the agency says of a line's application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgencyStatusOf(pub ApplicationId);

type Loaded<K, V> = Result<HashMap<K, V>, Arc<Fault>>;

/// Gives a request its loader.
#[must_use]
pub fn attach(request: Request, app: &Arc<App>, viewer: &Viewer) -> Request {
    let loader = ReleaseLoader { app: Arc::clone(app), viewer: viewer.clone(), scope: viewer.releases() };
    request.data(Releases::new(loader, tokio::spawn))
}

/// The request's loader.
pub(super) fn releases<'c>(ctx: &Context<'c>) -> &'c Releases {
    ctx.data_unchecked::<Releases>()
}

impl Loader<ReleaseId> for ReleaseLoader {
    type Value = Seen;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ReleaseId]) -> Loaded<ReleaseId, Seen> {
        Ok(read::load(&self.app.db.read(&self.scope), &self.scope, ids).await?)
    }
}

impl Loader<LatestOf> for ReleaseLoader {
    type Value = Seen;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[LatestOf]) -> Loaded<LatestOf, Seen> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = read::latest_of(&self.app.db.read(&self.scope), &self.scope, &ids).await?;
        Ok(found.into_iter().map(|(id, seen)| (LatestOf(id), seen)).collect())
    }
}

impl Loader<SectionsOf> for ReleaseLoader {
    type Value = Vec<release_section::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[SectionsOf]) -> Loaded<SectionsOf, Self::Value> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = read::sections_of(&self.app.db.read(&self.scope), &self.scope, &ids).await?;
        Ok(grouped(found, |row| SectionsOf(row.release_id)))
    }
}

impl Loader<AttestationsOf> for ReleaseLoader {
    type Value = Vec<attestation::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[AttestationsOf]) -> Loaded<AttestationsOf, Self::Value> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = read::attestations_of(&self.app.db.read(&self.scope), &self.scope, &ids).await?;
        Ok(grouped(found, |row| AttestationsOf(row.release_id)))
    }
}

impl Loader<HeldBackFrom> for ReleaseLoader {
    type Value = Vec<held_back::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[HeldBackFrom]) -> Loaded<HeldBackFrom, Self::Value> {
        let ReleaseScope::Caseload(CaseloadScope::Body(scope)) = &self.scope else {
            return Ok(HashMap::new());
        };
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = read::held_back_of(&self.app.db.read(scope), scope, &ids).await?;
        Ok(grouped(found, |row| HeldBackFrom(row.release_id)))
    }
}

impl Loader<NewestLineOf> for ReleaseLoader {
    type Value = release_line::Model;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[NewestLineOf]) -> Loaded<NewestLineOf, release_line::Model> {
        let Some(scope) = self.viewer.combined_list() else { return Ok(HashMap::new()) };
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = lines::newest_of(&self.app.db.read(&scope), &scope, &ids).await?;
        Ok(found.into_iter().map(|row| (NewestLineOf(row.application_id), row)).collect())
    }
}

impl Loader<AgencyStatusOf> for ReleaseLoader {
    type Value = AgencyStatus;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[AgencyStatusOf]) -> Loaded<AgencyStatusOf, AgencyStatus> {
        let Some(scope) = self.viewer.combined_list() else { return Ok(HashMap::new()) };
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = agency::statuses_of(&self.app.db.read(&scope), &ids).await?;
        Ok(found.into_iter().map(|(id, status)| (AgencyStatusOf(id), status)).collect())
    }
}

fn grouped<K: Eq + std::hash::Hash, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
