//! Where requests and events are paid for, as the library executes them.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextValidation};
use async_graphql::{Response, ServerError, ValidationResult, async_trait};

use super::{Budget, Purse};
use crate::shares::{Share, Shares};

/// How the events of a subscription come: each is paid for like the request was, out of a budget for events alone, and waits for
/// that, and for a turn. Put among the data of a subscription.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Out of what it is paid.
    pub budget: Arc<Budget>,
    /// By whom.
    pub who: String,
    /// Turns of all.
    pub turns: Arc<Shares<String>>,
    /// Out of whose share of them.
    pub tenant: String,
}

impl Pace {
    /// A turn for an event that costs so much, as soon as it is paid for.
    pub(super) async fn turn(&self, cost: usize) -> Option<Share> {
        let cost = cost.min(self.budget.limit);
        loop {
            let standing = self.budget.pay(&self.who, cost, Instant::now());
            if standing.is_paid {
                break;
            }
            tokio::time::sleep(standing.reset).await;
        }
        self.turns.wait(self.tenant.clone()).await.ok()
    }
}

/// Has each request paid for as soon as its cost is known, and each event before it is told.
#[derive(Clone, Copy, Debug)]
pub struct Till;

impl ExtensionFactory for Till {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Till {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let valid = next.run(ctx).await?;
        if let Some(purse) = ctx.data_opt::<Purse>() {
            purse.pay_rest(valid.complexity).map_err(|error| vec![error])?;
        }
        Ok(valid)
    }

    /// Of a subscription, each event is executed by itself.
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let _turn = match ctx.data_opt::<Pace>() {
            Some(pace) => pace.turn(ctx.data_opt::<Purse>().map_or(0, Purse::paid)).await,
            None => None,
        };
        next.run(ctx, operation_name).await
    }
}
