//! Taking in what a body has on its own system.

use std::collections::HashMap;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use entity::ApplicationId;

use super::application::Application;
use super::inputs::{ImportApplicationsInput, ROWS_MAX};
use crate::applications::actions::{self, Outcome};
use crate::applications::store::caseload;
use crate::error::Acted;
use crate::schema::payload::payload;
use crate::schema::{self, UserError, idempotency, rows_cost};

/// What a row did; in a dry run, what it would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::applications::actions::ImportEffect")]
pub enum ImportEffect {
    /// It became an application, SUBMITTED as of its receipt.
    Created,
    /// It was taken in before and says the same: nothing was done.
    Unchanged,
    /// Nothing was done; `userErrors` say why.
    Refused,
}

/// What came of one row.
#[derive(SimpleObject)]
pub struct ImportResult {
    /// The reference that the row names itself by; empty where it names none.
    external_reference: String,
    /// What the row did; in a dry run, what it would do.
    effect: ImportEffect,
    /// The application that stands under this reference, as it is now. Null where there is none, as of a row that a dry
    /// run would create.
    application: Option<Application>,
    /// Everything that is wrong with the row; the paths begin within the row, e.g. worker, then dateOfBirth.
    user_errors: Vec<UserError>,
}

payload! {
    /// What came of an import.
    ImportApplicationsPayload {
        /// One for each row, in the order of the rows; empty where the import was refused whole.
        results: Vec<ImportResult>,
    }
}

/// What a body's leads and machines take in.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Takes in at most 500 rows from the system of the viewer's own body; every row is accepted or refused by itself,
    /// and sending it again is harmless. For leads and the body's own machines. Ask for little of each row: whatever is
    /// asked for counts once for every ten of them.
    #[graphql(complexity = "rows_cost(input.rows.len().min(ROWS_MAX), child_complexity)")]
    async fn import_applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rows, and whether it is only to be told what they would do.")]
        input: ImportApplicationsInput,
    ) -> Result<ImportApplicationsPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).to_import()?;
            let (app, keyed) = (schema::app(ctx), idempotency::keyed(ctx)?);
            let (exception, rows) = input.read(app.db.clock().now())?;
            let asked = (exception.as_str(), rows.as_slice(), input.dry_run);
            let outcomes = actions::import(app, scope, keyed.as_ref(), asked).await?;
            results(ctx, &input, outcomes).await
        };
        ImportApplicationsPayload::of(acted.await)
    }
}

/// The outcomes with the applications as the viewer may see them now, loaded for all rows at once.
async fn results(
    ctx: &Context<'_>,
    input: &ImportApplicationsInput,
    outcomes: Vec<Outcome>,
) -> Acted<Vec<ImportResult>> {
    let ids: Vec<ApplicationId> = outcomes.iter().filter_map(|outcome| outcome.application).collect();
    let mut applications = HashMap::new();
    if let Some(scope) = schema::viewer(ctx).caseload() {
        let rows = caseload::load_by_ids(&schema::app(ctx).db.read(&scope), &scope, &ids).await?;
        applications.extend(rows.into_iter().map(|row| (row.id, Application::of(row, scope.clone()))));
    }
    let result = |(row, outcome): (&super::inputs::ImportRow, Outcome)| ImportResult {
        external_reference: row.named(),
        effect: outcome.effect.into(),
        application: outcome.application.and_then(|id| applications.get(&id).cloned()),
        user_errors: outcome.errors.into_iter().map(Into::into).collect(),
    };
    Ok(input.rows.iter().zip(outcomes).map(result).collect())
}
