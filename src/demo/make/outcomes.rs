//! What the agency says of the demo's first release: cases at every step, a few refusals, and some lines that do not fit, for
//! people to look into.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{AgencyStatus, ReleaseId, release_line};

use super::releases::LOOKED_AT;
use super::{Maker, bad_row};
use crate::applications::details::ShortText;
use crate::clock::day_in_new_zealand;
use crate::error::Acted;
use crate::exceptions::store as exceptions;
use crate::reconciliation::actions::outcomes::{LINES_MAX, RecordOutcomes, SentLine};
use crate::reconciliation::actions::reconcile;
use crate::reconciliation::rules::outcomes::Said;
use crate::releases::store::lines;
use crate::tenancy::{CaseloadScope, ListScope, Permission};

/// Lines of a body's section that the agency says something of.
const SAID_OF: u64 = 300;
/// The steps of a case, in order.
const STEPS: [AgencyStatus; 6] = [
    AgencyStatus::TravelRequested,
    AgencyStatus::TravelApproved,
    AgencyStatus::Invited,
    AgencyStatus::VisaApplied,
    AgencyStatus::VisaGranted,
    AgencyStatus::Arrived,
];
/// Of so many lines in a row one is at each step, one is refused and one not begun.
const ROUND: usize = STEPS.len() + 2;
/// The invitation's days.
const INVITED_FOR: TimeDelta = TimeDelta::days(61);

impl Maker<'_> {
    /// The agency's messages on a release that it acknowledged at `since`, up to the clock's now; then a run that holds all
    /// records against each other.
    pub(super) async fn hear_the_agency(
        &mut self,
        exception: &str,
        (release, since): (ReleaseId, DateTime<Utc>),
    ) -> Acted<()> {
        let mut said = Vec::new();
        for section in self.sections(release).await? {
            let listed = self.listed(release, section.body_id).await?;
            for (index, line) in listed.iter().enumerate() {
                said.extend(self.course_of(index, line, since)?);
            }
        }
        let (app, text) = (self.app, |text: &str| ShortText::parse(text).map_err(bad_row));
        let scope = self.people.viewer("inz-officer")?.in_shared(Permission::RecordOutcomes)?;
        for (number, lines) in (1..).zip(said.chunks(LINES_MAX)) {
            let (exception, message_id) = (text(exception)?, text(&format!("INZ-{number:04}"))?);
            let command = RecordOutcomes { app, exception, message_id, lines: lines.to_vec() };
            app.db.perform(&scope, None, &command).await?;
            self.acts += 1;
        }
        Ok(())
    }

    /// The records are held against each other, by a lead.
    pub(super) async fn reconcile(&mut self, exception: &str) -> Acted<()> {
        let scope = self.people.viewer("nztech-lead")?.to_reconcile()?;
        let Some(found) = exceptions::find_by_slug(&self.app.db.read(&scope), exception).await? else {
            return Ok(());
        };
        reconcile(self.app, &scope, None, found.id).await?;
        self.acts += 1;
        Ok(())
    }

    /// Lines of a section behind those that are corrected and revoked.
    async fn listed(&self, release: ReleaseId, body: entity::BodyId) -> Acted<Vec<release_line::Model>> {
        let reader = CaseloadScope::Body(self.lead_of(body)?);
        let list = ListScope::Caseload(reader.clone());
        let after = i32::try_from(LOOKED_AT).map_err(bad_row)?;
        Ok(lines::piece_of_section(&self.app.db.read(&reader), &list, (release, body), after, SAID_OF)
            .await?)
    }

    /// What the agency says of one line.
    fn course_of(
        &self,
        index: usize,
        line: &release_line::Model,
        since: DateTime<Utc>,
    ) -> Acted<Vec<SentLine>> {
        let span = self.app.db.clock().now() - since;
        let at = |step: usize| since + span / 10 * i32::try_from(step + 1).unwrap_or(1);
        let (round, turn) = (index / ROUND, index % ROUND);
        let mut said = Vec::new();
        if turn < STEPS.len() {
            for (step, status) in STEPS.into_iter().enumerate().take(turn + 1) {
                said.push(sent(&line.reference, status, at(step))?);
            }
        }
        if turn == STEPS.len() && round.is_multiple_of(4) {
            said.push(sent(&line.reference, AgencyStatus::TravelRequested, at(0))?);
            let mut refused = sent(&line.reference, AgencyStatus::TravelDeclined, at(1))?;
            refused.said.reason = Some("The request was not complete.".into());
            said.push(refused);
        }
        said.extend(misfit(index, line, at(7))?);
        Ok(said)
    }
}

/// One line of each kind that does not fit.
fn misfit(index: usize, line: &release_line::Model, at: DateTime<Utc>) -> Acted<Option<SentLine>> {
    let fault = match index {
        7 => SentLine {
            date_of_birth: NaiveDate::from_ymd_opt(1970, 1, 1),
            ..sent(&line.reference, AgencyStatus::TravelRequested, at)?
        },
        12 => sent(&line.reference, AgencyStatus::TravelRequested, at)?,
        20 => sent("NZT-000000", AgencyStatus::TravelRequested, at)?,
        _ => return Ok(None),
    };
    Ok(Some(fault))
}

fn sent(reference: &str, status: AgencyStatus, at: DateTime<Utc>) -> Acted<SentLine> {
    let expires_on = (status == AgencyStatus::Invited).then(|| day_in_new_zealand(at + INVITED_FOR));
    let said = Said { status, at, agency_reference: None, reason: None, expires_on, correction: false };
    Ok(SentLine {
        reference: ShortText::parse(reference).map_err(bad_row)?,
        said,
        family_name: None,
        date_of_birth: None,
        passport: None,
        employer_nzbn: None,
        occupation_code: None,
    })
}
