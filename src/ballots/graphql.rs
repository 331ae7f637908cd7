//! Ballots as the public schema shows them: to everybody, but for whose an entry is.

mod ballot;
mod inputs;
mod kinds;
mod mutations;
mod parts;

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use entity::BallotId;

pub use ballot::Ballot;
pub use mutations::BallotMutation;

use super::loaders::{Ballots, BallotsOf};
use super::record::Record;
use crate::error::Found;
use crate::exceptions::store::Current;
use crate::schema::{self, GlobalId};

/// This slice's part of a class exception; `schema::class_exception` puts the parts together.
#[derive(Clone, Debug)]
pub struct BallotPart(pub Arc<Current>);

#[Object]
impl BallotPart {
    /// Its ballots, by number: each but the last was voided. Empty where places are given in another way.
    async fn ballots(&self, ctx: &Context<'_>) -> Result<Vec<Ballot>> {
        let found = ctx.data_unchecked::<Ballots>().load_one(BallotsOf(self.0.row.id)).await?;
        Ok(found.unwrap_or_default().into_iter().map(|record| shown(ctx, record)).collect::<Found<_>>()?)
    }
}

/// A ballot as it stands at this moment.
fn shown(ctx: &Context<'_>, record: Arc<Record>) -> Found<Ballot> {
    let app = schema::app(ctx);
    Ballot::of(record, &app.public_url, app.db.clock().now())
}

/// A ballot by its global id.
pub(crate) async fn find_ballot(ctx: &Context<'_>, id: &ID) -> Result<Option<Ballot>> {
    let Some(id) = GlobalId::read::<BallotId>(id) else { return Ok(None) };
    let found = ctx.data_unchecked::<Ballots>().load_one(id).await?;
    Ok(found.map(|record| shown(ctx, record)).transpose()?)
}
