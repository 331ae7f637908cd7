//! What a client may still spend.

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::TimeDelta;
use wire::budget::Purse;

use super::{app, scalars::DateTime};
use crate::error::Fault;

/// What this client may still spend. Requests cost points: each field one, or more where it takes longer, and each ten rows of a
/// list what a row costs.
/// The same stands in the header `RateLimit` of every answer.
#[derive(Clone, Debug, SimpleObject)]
pub struct RateLimit {
    /// What this request costs.
    cost: i32,
    /// Points that there are in each minute.
    limit: i32,
    /// Points that are left of this minute's.
    remaining: i32,
    /// When this minute is over, and all points are there again.
    reset_at: DateTime,
}

/// The root that tells it.
#[derive(Default)]
pub struct RateLimitQuery;

#[Object]
impl RateLimitQuery {
    /// What this client may still spend, with this request paid for.
    #[expect(clippy::unused_async, reason = "resolvers are asynchronous")]
    async fn rate_limit(&self, ctx: &Context<'_>) -> Result<RateLimit> {
        let standing = ctx.data_unchecked::<Purse>().standing();
        let standing = standing.ok_or_else(|| Fault::stored("budget", "nothing was paid"))?;
        let reset = TimeDelta::from_std(standing.reset).unwrap_or_default();
        Ok(RateLimit {
            cost: int(standing.cost),
            limit: int(standing.limit),
            remaining: int(standing.remaining),
            reset_at: (app(ctx).db.clock().now() + reset).into(),
        })
    }
}

fn int(points: usize) -> i32 {
    i32::try_from(points).unwrap_or(i32::MAX)
}
