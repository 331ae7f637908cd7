//! A line by the document that it carries, for an officer at the agency.

use async_graphql::{Context, Object, Result};

use super::approved_list::ApprovedListLine;
use crate::exceptions::graphql as exceptions;
use crate::releases::actions::MatchLine;
use crate::releases::loaders::{NewestLineOf, releases};
use crate::schema::scalars::Date;
use crate::schema::{self, bad_input};
use crate::tenancy::ListScope;
use crate::values::country::CountryCode;
use crate::values::passport::PassportNumber;

/// The root of it.
#[derive(Default)]
pub struct MatchQuery;

#[Object]
impl MatchQuery {
    /// For the agency: the line of the newest release that carries this document, as the body has it now, with the date of
    /// birth that the release says. Null where there is none, and to everybody else. Asking is put on record.
    async fn match_line(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the class exception, e.g. specialist-tech.")] class_exception: String,
        #[graphql(desc = "ICAO three-letter code of the state that issued the passport.")]
        passport_issuing_state: String,
        #[graphql(desc = "The passport's number, whole.")] passport_number: String,
        #[graphql(desc = "The day that the passport says its holder was born.")] date_of_birth: Date,
    ) -> Result<Option<ApprovedListLine>> {
        let Some(scope @ ListScope::Agency(_)) = schema::viewer(ctx).combined_list() else { return Ok(None) };
        let state = CountryCode::parse(&passport_issuing_state);
        let state = state.map_err(|why| bad_input(&format!("passportIssuingState: {why}")))?;
        let number = PassportNumber::parse(&passport_number);
        let number = number.map_err(|why| bad_input(&format!("passportNumber: {why}")))?;
        let Some(found) = exceptions::find(ctx, &class_exception).await? else { return Ok(None) };
        let app = schema::app(ctx);
        let command = MatchLine {
            app,
            scope: scope.clone(),
            exception: found.row.id,
            passport: (state, number),
            date_of_birth: date_of_birth.0,
        };
        let matched = app.db.perform(&scope, None, &command).await?;
        let Some(application) = matched else { return Ok(None) };
        let line = releases(ctx).load_one(NewestLineOf(application)).await?;
        Ok(line.map(|line| ApprovedListLine::of_release(line, &found, &scope)).transpose()?)
    }
}
