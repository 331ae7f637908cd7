//! What the agency says of applications.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::{agency_case, agency_outcome};

use super::{AgencyCaseOf, CaseLoader, Loaded, OutcomesOf, by};
use crate::applications::store::agency;
use crate::error::Fault;

impl Loader<AgencyCaseOf> for CaseLoader {
    type Value = agency_case::Model;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[AgencyCaseOf]) -> Loaded<AgencyCaseOf, agency_case::Model> {
        let (scope, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(by(agency::cases_of(conn, scope, &ids).await?, |row| AgencyCaseOf(row.application_id)))
    }
}

impl Loader<OutcomesOf> for CaseLoader {
    type Value = Vec<agency_outcome::Model>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[OutcomesOf]) -> Loaded<OutcomesOf, Self::Value> {
        let (scope, conn) = scope_or_nothing!(self);
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let mut said: HashMap<_, Vec<_>> = HashMap::new();
        for row in agency::outcomes_of(conn, scope, &ids).await? {
            if let Some(application) = row.application_id {
                said.entry(OutcomesOf(application)).or_default().push(row);
            }
        }
        Ok(said)
    }
}
