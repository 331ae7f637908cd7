//! An officer has a document in hand, and asks for the line that carries it. That it was asked is put on record, whether or
//! not there is one.

use chrono::NaiveDate;
use entity::{ApplicationId, EventKind, ExceptionId, ReleaseLineState, release_line};
use serde_json::json;

use super::open_line;
use crate::app::App;
use crate::db::{Command, Tx};
use crate::error::{Acted, Found};
use crate::history::{self, Event};
use crate::releases::store::lines;
use crate::tenancy::ListScope;
use crate::values::country::CountryCode;
use crate::values::passport::PassportNumber;

/// Finds the line on the newest release that the agency has, by a document and a date of birth.
#[derive(Clone, Debug)]
pub struct MatchLine<'a> {
    /// The service.
    pub app: &'a App,
    /// The agency.
    pub scope: ListScope,
    /// Under which class exception.
    pub exception: ExceptionId,
    /// The document: issuing state and number.
    pub passport: (CountryCode, PassportNumber),
    /// The date of birth in it, which has to agree with what the release says.
    pub date_of_birth: NaiveDate,
}

impl Command for MatchLine<'_> {
    type Answer = Option<ApplicationId>;
    const NAME: &'static str = "matchLine";

    async fn run(&self, tx: &Tx) -> Acted<Option<ApplicationId>> {
        let (state, number) = &self.passport;
        let fingerprint = self.app.keys.sealing(tx).await?.fingerprint(*state, number).hex;
        // Documents are no business of the agency's but this one, which it has in hand.
        let across = tx.across_tenants().await?;
        let carried = lines::newest_with(tx.conn(), &self.scope, self.exception, &fingerprint).await?;
        across.end().await?;
        let found = self.choose(&carried)?;
        // Whose line it was is kept with the question, and not in the timeline of the application.
        let detail = json!({ "application": found });
        let event = Event::of_exception(EventKind::LineAskedFor, self.exception).with(detail);
        history::record(tx, [event]).await?;
        Ok(found)
    }
}

impl MatchLine<'_> {
    /// Of lines with the document those with the date of birth, and of these one that still holds a place.
    fn choose(&self, carried: &[release_line::Model]) -> Found<Option<ApplicationId>> {
        let born = self.date_of_birth.to_string();
        let mut found = None;
        for line in carried {
            if open_line(self.app, line)?.is_none_or(|content| content.get("date_of_birth") != born) {
                continue;
            }
            match line.state {
                ReleaseLineState::Listed | ReleaseLineState::Suspended => {
                    return Ok(Some(line.application_id));
                }
                ReleaseLineState::Removed => found = Some(line.application_id),
            }
        }
        Ok(found)
    }
}
