//! Expressions of interest, and how many applications came of each.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::{InterestId, interest};

use super::{CaseLoader, Loaded, by};
use crate::applications::store::interest as store;
use crate::error::Fault;

/// How many applications that the viewer may see came of an expression of interest; nothing where none did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::applications::graphql) struct ApplicationsOf(pub InterestId);

impl Loader<InterestId> for CaseLoader {
    type Value = interest::Model;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[InterestId]) -> Loaded<InterestId, interest::Model> {
        let (scope, conn) = scope_or_nothing!(self);
        Ok(by(store::load_by_ids(conn, scope, ids).await?, |row| row.id))
    }
}

impl Loader<ApplicationsOf> for CaseLoader {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ApplicationsOf]) -> Loaded<ApplicationsOf, u64> {
        let (scope, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let counts = store::count_applications(conn, scope, &ids).await?.into_iter();
        Ok(counts.map(|(id, count)| (ApplicationsOf(id), count.unsigned_abs())).collect())
    }
}
