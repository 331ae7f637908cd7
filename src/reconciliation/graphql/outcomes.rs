//! The agency's outcomes as they are sent.

use async_graphql::{Context, InputObject, Object, Result};
use entity::DiscrepancyId;

use super::discrepancy::Discrepancy;
use crate::applications::details::{LongText, ShortText};
use crate::applications::graphql::AgencyStatus;
use crate::error::{Acted, UserError, UserErrorCode};
use crate::reconciliation::actions::outcomes::{LINES_MAX, RecordOutcomes, SentLine, read_passport};
use crate::reconciliation::rules::outcomes::Said;
use crate::reconciliation::store::reading;
use crate::schema::payload::payload;
use crate::schema::scalars::{Date, DateTime, Nzbn};
use crate::schema::{self, idempotency};
use crate::values::slug::is_slug;

/// Of so many lines a point is paid, beside what is asked for.
const LINES_OF_A_POINT: usize = 5;
/// Faults of an input, and discrepancies, that are told one by one.
const MOST_TOLD: usize = 100;

/// What the agency says of one case.
#[derive(InputObject)]
pub struct AgencyOutcomeInput {
    /// The reference on the published release, e.g. NZT-7K4Q2H.
    reference: String,
    /// Where the case stands from `at` on. That a line was sent or acknowledged follows from releases.
    status: AgencyStatus,
    /// Since when: outcomes are ordered by it, in whatever order they come.
    at: DateTime,
    /// The agency's own number of the case.
    agency_reference: Option<String>,
    /// Absent where the agency gives none.
    reason: Option<String>,
    /// The worker's family name. It is kept with the message and not compared: names may be spelt otherwise.
    worker_family_name: Option<String>,
    /// The worker's date of birth, which has to agree.
    date_of_birth: Option<Date>,
    /// The three letters of the state that issued the passport, with its number.
    passport_issuing_state: Option<String>,
    /// The number of the passport, which has to agree. It is kept sealed and never shown again whole.
    passport_number: Option<String>,
    /// The employer's NZBN, which has to agree.
    employer_nzbn: Option<Nzbn>,
    /// Code of the occupation, which has to agree.
    occupation_code: Option<String>,
    /// The invitation's last day.
    expires_on: Option<Date>,
    /// The agency takes back what it said: the status stands even where the order of statuses would not allow it.
    #[graphql(default)]
    correction: bool,
}

/// A message of the agency.
#[derive(InputObject)]
pub struct RecordAgencyOutcomesInput {
    /// The same key and input answer the same again. It is not needed for safety: a message that comes twice acts once.
    idempotency_key: Option<String>,
    /// Slug of the class exception, e.g. specialist-tech.
    class_exception: String,
    /// The agency's own message id; a repeat changes nothing.
    message_id: String,
    /// At most 1,000.
    outcomes: Vec<AgencyOutcomeInput>,
}

payload! {
    /// What came of a message: each of its lines is counted once.
    RecordAgencyOutcomesPayload {
        /// Lines that their cases stand at from then on, or stood until a later line of the message.
        applied: i32,
        /// Lines that are older than where their case stands: they joined its history and changed nothing else.
        late: i32,
        /// Lines that were said before; all of them, where the message was taken in before.
        repeated: i32,
        /// Lines that do not fit: each is a discrepancy.
        disputed: i32,
        /// What does not fit, the first 100 of them: those that this message opened, and those that were open already and
        /// that it says again. Empty where the message was taken in before; `discrepancies` has all.
        discrepancies: Vec<Discrepancy>,
    }
}

/// What the agency records.
#[derive(Default)]
pub struct OutcomesMutation;

#[Object]
impl OutcomesMutation {
    /// Takes in what the agency says of cases: each line is applied, joins its case's history, was said before, or becomes a
    /// discrepancy; none is lost. Re-sending the same message changes nothing. For officers of the agency and its machines.
    #[graphql(complexity = "1 + input.outcomes.len().min(LINES_MAX) / LINES_OF_A_POINT + child_complexity")]
    async fn record_agency_outcomes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: RecordAgencyOutcomesInput,
    ) -> Result<RecordAgencyOutcomesPayload> {
        let acted = async {
            let scope = schema::viewer(ctx).to_record_outcomes()?;
            let (app, keyed) = (schema::app(ctx), idempotency::keyed(ctx)?);
            let (exception, message_id, lines) = input.read()?;
            let command = RecordOutcomes { app, exception, message_id, lines };
            let recorded = app.db.perform(&scope, keyed.as_ref(), &command).await?;
            let seen = first_of(ctx, &recorded.discrepancies).await?;
            Ok((recorded.applied, recorded.late, recorded.repeated, recorded.disputed, seen))
        };
        RecordAgencyOutcomesPayload::of(acted.await)
    }
}

/// The first of what does not fit, as the viewer sees it.
async fn first_of(ctx: &Context<'_>, ids: &[DiscrepancyId]) -> Acted<Vec<Discrepancy>> {
    let Some(scope) = schema::viewer(ctx).reconciliation() else { return Ok(Vec::new()) };
    let first = &ids[..ids.len().min(MOST_TOLD)];
    let mut seen = reading::load_by_ids(&schema::app(ctx).db.read(&scope), &scope, first).await?;
    seen.sort_unstable_by_key(|one| one.row.id);
    Ok(seen.into_iter().map(|one| Discrepancy::of(one, &scope)).collect())
}

impl RecordAgencyOutcomesInput {
    fn read(self) -> Acted<(ShortText, ShortText, Vec<SentLine>)> {
        let slug = ShortText::parse(&self.class_exception).ok();
        let slug = slug.filter(|slug| is_slug(slug.as_str()));
        let exception = slug.ok_or_else(|| UserError::no_such_exception("classException"))?;
        let code =
            if self.message_id.trim().is_empty() { UserErrorCode::Required } else { UserErrorCode::Invalid };
        let message_id = ShortText::parse(&self.message_id)
            .map_err(|why| UserError::at(code, "messageId", why.to_string()))?;
        if self.outcomes.len() > LINES_MAX {
            let message = format!("A message has at most {LINES_MAX} outcomes: send several.");
            return Err(UserError::at(UserErrorCode::TooMany, "outcomes", message).into());
        }
        let (mut lines, mut errors) = (Vec::new(), Vec::new());
        for (number, outcome) in self.outcomes.into_iter().enumerate() {
            match outcome.read(number) {
                Ok(line) => lines.push(line),
                Err(error) => errors.push(error),
            }
        }
        errors.truncate(MOST_TOLD);
        if errors.is_empty() { Ok((exception, message_id, lines)) } else { Err(errors.into()) }
    }
}

impl AgencyOutcomeInput {
    fn read(self, number: usize) -> Result<SentLine, UserError> {
        let at = |field: &str, why: String| {
            UserError::at(UserErrorCode::Invalid, &format!("outcomes.{number}.{field}"), why)
        };
        let short = |field: &str, typed: Option<String>| {
            let typed = typed.filter(|typed| !typed.trim().is_empty());
            typed.map(|typed| ShortText::parse(&typed).map_err(|why| at(field, why.to_string()))).transpose()
        };
        let reason = self.reason.filter(|typed| !typed.trim().is_empty());
        let reason = reason.map(|typed| LongText::parse(&typed).map_err(|why| at("reason", why.to_string())));
        let passport = read_passport(self.passport_issuing_state.as_deref(), self.passport_number.as_deref());
        let passport = passport.map_err(|(column, why)| {
            at(if column == "passport_number" { "passportNumber" } else { "passportIssuingState" }, why)
        })?;
        Ok(SentLine {
            reference: ShortText::parse(&self.reference).map_err(|why| at("reference", why.to_string()))?,
            said: Said {
                status: self.status.into(),
                at: self.at.0,
                agency_reference: short("agencyReference", self.agency_reference)?.map(String::from),
                reason: reason.transpose()?.map(String::from),
                expires_on: self.expires_on.map(|day| day.0),
                correction: self.correction,
            },
            family_name: short("workerFamilyName", self.worker_family_name)?,
            date_of_birth: self.date_of_birth.map(|day| day.0),
            passport,
            employer_nzbn: self.employer_nzbn.map(|nzbn| nzbn.0),
            occupation_code: short("occupationCode", self.occupation_code)?,
        })
    }
}
