//! What this slice adds to employers: their evidence and their applications.

use async_graphql::{ComplexObject, Context, Result};

use super::evidence::{self, Evidence};
use super::list::{self, ApplicationConnection, ApplicationFilter, ApplicationOrder};
use super::loaders::{EvidenceOfEmployer, cases, there};
use crate::people::graphql::Employer;
use crate::schema::{self, Global, PageArgs, page_cost};

#[ComplexObject]
impl Employer {
    /// Held once for all of its applications to a body, oldest first. A body's staff see what is held for their
    /// body, and those who act for the employer see all of it. Null to everybody else.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Option<Vec<Evidence>>> {
        let records = cases(ctx).load_one(EvidenceOfEmployer(self.key)).await?;
        Ok(records.map(evidence::shown).transpose()?)
    }

    /// Those of its applications that the viewer may see, the newest first.
    #[graphql(complexity = "10 + page_cost(first, last, child_complexity)")]
    async fn applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many rows from the start, or after `after`; at most 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page begins after.")] after: Option<String>,
        #[graphql(desc = "How many rows from the end, or before `before`; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor of the row that the page ends before.")] before: Option<String>,
    ) -> Result<ApplicationConnection> {
        // Whoever was shown an employer has a caseload.
        let scope = there("caseload", schema::viewer(ctx).caseload())?;
        let name = format!("Employer:{}.applications", self.key.key());
        let own = (None, ApplicationFilter::of_employer(self.nzbn));
        let args = PageArgs { first, after, last, before };
        list::page(ctx, scope, &name, own, ApplicationOrder::default(), &args).await
    }
}
