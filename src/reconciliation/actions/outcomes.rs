//! A message of the agency is taken in: one load, one fold, one save, under the gate, since it may move places. Nobody is
//! given a place here: what the agency refuses rests first.

mod ground;
mod keep;

use chrono::NaiveDate;
use entity::{AgencyMessageId, DiscrepancyId, DiscrepancyKind, EventKind, OutcomeFate, agency_message};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::discrepancies::{Opened, open_all};
use crate::app::App;
use crate::applications::details::ShortText;
use crate::db::{Command, Gate, Tx};
use crate::error::{Acted, Found, UserError, UserErrorCode};
use crate::exceptions::rules::is_purged;
use crate::exceptions::store as exceptions;
use crate::history::{self, Event};
use crate::keys::{Sealing, TextPlace};
use crate::reconciliation::rules::outcomes::{Outcome, Said, Told, Wrong, fold, order};
use crate::reconciliation::store::outcomes as store;
use crate::releases::store::acts::find_last_published;
use crate::values::country::CountryCode;
use crate::values::nzbn::Nzbn;
use crate::values::passport::PassportNumber;

/// Most lines of one message.
pub const LINES_MAX: usize = 1_000;

/// Said to who still tells of cases after the date.
const PURGED: &str = "What is held of people under this class exception was deleted on its date. Nothing more is taken in for it.";

/// A line of a message, read.
#[derive(Clone, Debug)]
pub struct SentLine {
    /// The reference as it was told.
    pub reference: ShortText,
    /// Where the case stands.
    pub said: Said,
    /// The worker's family name: kept with the message, and never compared, since it may be spelt otherwise.
    pub family_name: Option<ShortText>,
    /// The worker's date of birth.
    pub date_of_birth: Option<NaiveDate>,
    /// Issuing state and number of the worker's passport.
    pub passport: Option<(CountryCode, PassportNumber)>,
    /// The employer's NZBN.
    pub employer_nzbn: Option<Nzbn>,
    /// Code of the occupation.
    pub occupation_code: Option<ShortText>,
}

/// A passport by its issuing state and its number: both or neither.
///
/// # Errors
/// What is wrong, with the column of a file that says it.
pub fn read_passport(
    state: Option<&str>,
    number: Option<&str>,
) -> Result<Option<(CountryCode, PassportNumber)>, (&'static str, String)> {
    let there = |typed: Option<&str>| typed.is_some_and(|typed| !typed.trim().is_empty());
    if !there(state) && !there(number) {
        return Ok(None);
    }
    let (of_state, of_number) = ("passport_issuing_state", "passport_number");
    let state = CountryCode::parse(state.unwrap_or_default()).map_err(|why| (of_state, why.to_string()))?;
    let number =
        PassportNumber::parse(number.unwrap_or_default()).map_err(|why| (of_number, why.to_string()))?;
    Ok(Some((state, number)))
}

/// Takes in a message of the agency, by one of its officers or machines, or from a file.
#[derive(Clone, Debug)]
pub struct RecordOutcomes<'a> {
    /// The service.
    pub app: &'a App,
    /// Slug of the class exception.
    pub exception: ShortText,
    /// The agency's own id of the message.
    pub message_id: ShortText,
    /// At most [`LINES_MAX`].
    pub lines: Vec<SentLine>,
}

/// What came of a message: every line is in exactly one of the counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Lines that their cases stand at from then on, or stood.
    pub applied: i32,
    /// Lines that were older and joined the history of their cases.
    pub late: i32,
    /// Lines that were said before.
    pub repeated: i32,
    /// Lines that do not fit.
    pub disputed: i32,
    /// What became of each line, in their order; empty where the message was taken in before.
    pub fates: Vec<OutcomeFate>,
    /// In what way each line that does not fit does not; as long as `fates`.
    pub kinds: Vec<Option<DiscrepancyKind>>,
    /// The discrepancies of this message, each once.
    pub discrepancies: Vec<DiscrepancyId>,
}

impl Command for RecordOutcomes<'_> {
    type Answer = Recorded;
    const NAME: &'static str = "recordAgencyOutcomes";

    async fn run(&self, tx: &Tx) -> Acted<Recorded> {
        self.is_bounded()?;
        let found = exceptions::find_by_slug(tx.conn(), self.exception.as_str()).await?;
        let exception = found.ok_or_else(|| UserError::no_such_exception("classException"))?;
        if is_purged(&exception, tx.now()) {
            return Err(UserError::at(UserErrorCode::DeadlinePassed, "classException", PURGED).into());
        }
        let gate = tx.gate(exception.id).await?;
        // An id stands for one message, under whichever class exception it comes.
        tx.lock_limit("agency message", self.message_id.as_str()).await?;
        let content = keep::content(&exception.slug, &self.lines);
        let sealing = self.app.keys.sealing(tx).await?;
        if let Some(before) = store::find_message(tx, self.message_id.as_str()).await? {
            let keys = self.app.keys.all();
            let is_same = keys.iter().any(|key| before.digest == key.values_hash(content.as_bytes()));
            return again(&before, is_same);
        }
        let told = self.lines.iter().map(|line| ground::told(&sealing, line));
        let told: Vec<Told> = told.collect::<Found<_>>()?;
        let (named, mut ground) = ground::load(&gate, self.app, &sealing, &exception, &told).await?;
        let outcomes = fold(&told, &mut ground);
        let order = order(&told);
        let details = keep::told_of((&self.app.keys, &sealing), &named, &self.lines, &outcomes, &order)?;
        keep::save(&gate, &named, &ground, &details).await?;
        let (discrepancies, recorded) = self.count(&gate, &sealing, &told, &outcomes).await?;
        let message = self.message(&gate, &sealing, &content, &recorded);
        let rows = keep::rows(tx, message.id, &told, &outcomes, &order);
        tell(&gate, &message, &told, &outcomes).await?;
        store::insert(tx, message, rows).await?;
        Ok(Recorded { discrepancies, ..recorded })
    }
}

impl RecordOutcomes<'_> {
    fn is_bounded(&self) -> Result<(), UserError> {
        let message = match self.lines.len() {
            0 => "A message has at least one outcome.".to_owned(),
            1..=LINES_MAX => return Ok(()),
            count => {
                format!("A message has at most {LINES_MAX} outcomes, and this one {count}: send several.")
            }
        };
        let code = if self.lines.is_empty() { UserErrorCode::Required } else { UserErrorCode::TooMany };
        Err(UserError::at(code, "outcomes", message))
    }

    /// Opens what does not fit, and counts the lines.
    async fn count(
        &self,
        gate: &Gate<'_>,
        sealing: &Sealing,
        told: &[Told],
        outcomes: &[Outcome],
    ) -> Found<(Vec<DiscrepancyId>, Recorded)> {
        let last = find_last_published(gate.tx().conn(), gate.exception()).await?;
        let newest = last.map(|state| state.number);
        let findings = keep::findings(gate.exception(), newest, self.message_id.as_str(), told, outcomes);
        let opened = open_all(gate.tx(), &self.app.keys, sealing, &findings).await?;
        let mut discrepancies: Vec<DiscrepancyId> = opened.into_iter().map(Opened::id).collect();
        discrepancies.sort_unstable();
        discrepancies.dedup();
        let mut recorded = Recorded::default();
        for outcome in outcomes {
            let count = match outcome.fate {
                OutcomeFate::Applied => &mut recorded.applied,
                OutcomeFate::Late => &mut recorded.late,
                OutcomeFate::Repeated => &mut recorded.repeated,
                OutcomeFate::Disputed => &mut recorded.disputed,
            };
            *count += 1;
            recorded.fates.push(outcome.fate);
            recorded.kinds.push(outcome.wrong.first().map(Wrong::kind));
        }
        Ok((discrepancies, recorded))
    }

    fn message(
        &self,
        gate: &Gate<'_>,
        sealing: &Sealing,
        content: &str,
        recorded: &Recorded,
    ) -> agency_message::Model {
        let tx = gate.tx();
        let id: AgencyMessageId = tx.new_id();
        let row = id.to_string();
        let place = message_place(&row);
        let Recorded { applied, late, repeated, disputed, .. } = *recorded;
        agency_message::Model {
            id,
            exception_id: gate.exception(),
            message_id: self.message_id.as_str().to_owned(),
            digest: sealing.values_hash(content.as_bytes()).to_vec(),
            content_sealed: sealing.text_seal(content, &place),
            lines: applied + late + repeated + disputed,
            applied,
            late,
            repeated,
            disputed,
            received_at: tx.now(),
            received_by: tx.actor().person,
        }
    }
}

/// Where the sealed text of a message stands.
#[must_use]
pub fn message_place(row: &str) -> TextPlace<'_> {
    TextPlace { table: "agency_message", column: "content_sealed", row }
}

/// The same message changes nothing; another under its id is a mistake.
fn again(before: &agency_message::Model, is_same: bool) -> Acted<Recorded> {
    if !is_same {
        let message = "This message id was used for another message. Use a new id for a new message.";
        return Err(UserError::at(UserErrorCode::KeyReused, "messageId", message).into());
    }
    Ok(Recorded { repeated: before.lines, ..Recorded::default() })
}

/// History tells each case that moved, and the class exception that a message came.
async fn tell(
    gate: &Gate<'_>,
    message: &agency_message::Model,
    told: &[Told],
    outcomes: &[Outcome],
) -> Found<()> {
    let said = |number: usize| {
        let (application, body) = outcomes[number].about?;
        let detail = json!({ "status": told[number].said.status, "message": message.id });
        let event = Event::of_exception(EventKind::AgencySaid, gate.exception()).with(detail);
        Some(Event { body: Some(body), application: Some(application), by_service: true, ..event })
    };
    let applied = |number: &usize| outcomes[*number].fate == OutcomeFate::Applied;
    let events: Vec<Event> = order(told).into_iter().filter(applied).filter_map(said).collect();
    for piece in events.chunks(keep::AT_ONCE) {
        history::record(gate.tx(), piece.to_vec()).await?;
    }
    let agency_message::Model { id, lines, applied, late, repeated, disputed, .. } = message;
    let counts = json!({
        "message": id, "lines": lines, "applied": applied, "late": late, "repeated": repeated, "disputed": disputed,
    });
    let event = Event::of_exception(EventKind::OutcomesRecorded, gate.exception()).with(counts);
    history::record(gate.tx(), [event]).await
}
