//! A stretch of what is to be sealed anew and filled in, in one transaction. What somebody holds is passed over: nobody waits
//! for this, and this waits for nobody but the gate.

use entity::{AgencyMessageId, ApplicationId, DiscrepancyId, ExceptionId, ReleaseId, worker};
use serde::{Deserialize, Serialize};

use super::store::{self, Kept};
use crate::app::App;
use crate::applications::actions::passport_place;
use crate::db::{Command, Gate, Tx};
use crate::error::{Acted, Fault, Found};
use crate::keys::{PassportPlace, Sealing, TextPlace};
use crate::quota::store::add_fingerprints;
use crate::reconciliation::actions::{message_place, seal_anew, told_place};
use crate::releases::actions::{line_place, sealed_row};
use crate::values::country::CountryCode;

/// Rows of one stretch.
pub(super) const AT_ONCE: u64 = 200;

/// What is gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Passports of workers under an exception, those of corrections, what the agency told, and fingerprints.
    Workers(ExceptionId),
    /// What the sides of discrepancies say.
    Discrepancies,
    /// Lines of releases.
    Lines,
    /// Messages of the agency.
    Messages,
}

/// Where a stretch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Last {
    /// Of workers.
    Worker(ApplicationId),
    /// Of discrepancies.
    Discrepancy(DiscrepancyId),
    /// Of lines of releases.
    Line(ReleaseId, ApplicationId),
    /// Of messages of the agency.
    Message(AgencyMessageId),
}

/// Seals a stretch anew.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// The service.
    pub app: &'a App,
    /// Of what.
    pub part: Part,
    /// Where the stretch before ended.
    pub after: Option<Last>,
}

/// What came of a stretch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batched {
    /// What was sealed anew or filled in.
    pub changed: u64,
    /// What somebody else holds: it is left for the next pass.
    pub passed_over: u64,
    /// Where it ended; none where nothing is behind it.
    pub last: Option<Last>,
}

impl Command for Batch<'_> {
    type Answer = Batched;
    const NAME: &'static str = "sealAnew";

    async fn run(&self, tx: &Tx) -> Acted<Batched> {
        Ok(match self.part {
            Part::Workers(exception) => {
                let gate = tx.gate(exception).await?;
                let sealing = self.app.keys.sealing(tx).await?;
                self.workers(&gate, &sealing).await?
            }
            Part::Discrepancies => self.discrepancies(tx, &self.app.keys.sealing(tx).await?).await?,
            Part::Lines => self.lines(tx, &self.app.keys.sealing(tx).await?).await?,
            Part::Messages => self.messages(tx, &self.app.keys.sealing(tx).await?).await?,
        })
    }
}

impl Batch<'_> {
    /// Under the gate nobody else holds what is confirmed or nominated, and whatever else is held here is held by itself.
    async fn workers(&self, gate: &Gate<'_>, sealing: &Sealing) -> Found<Batched> {
        let after = match self.after {
            Some(Last::Worker(id)) => Some(id),
            Some(Last::Discrepancy(_) | Last::Line(..) | Last::Message(_)) | None => None,
        };
        let current = sealing.current();
        let stale = store::stale_workers(gate, &current.id().bytes(), current.number(), after).await?;
        let held = store::lock_free(gate, &stale).await?;
        let mut batched = Batched {
            passed_over: missing(stale.len(), held.len()),
            last: stale.last().map(|id| Last::Worker(*id)),
            ..Batched::default()
        };
        for worker in store::load_workers(gate, &held).await? {
            batched.changed += self.worker(gate, sealing, worker).await?;
        }
        for (id, place, sealed) in store::load_amended(gate, &held).await? {
            let anew = self.passport(sealing, &place, &sealed)?;
            batched.changed += store::save_sealed(gate, (Kept::Correction, id.0), &sealed, anew).await?;
        }
        for (id, sealed) in store::load_told(gate, &held).await? {
            let row = id.to_string();
            let text = self.text(&sealed, &told_place(&row))?;
            let anew = sealing.text_seal(&text, &told_place(&row));
            batched.changed += store::save_sealed(gate, (Kept::Told, id.0), &sealed, anew).await?;
        }
        store::tell_apart_anew(gate, current.number()).await?;
        Ok(batched)
    }

    async fn worker(&self, gate: &Gate<'_>, sealing: &Sealing, worker: worker::Model) -> Found<u64> {
        let Some(sealed) = worker.passport_sealed.clone() else { return Ok(0) };
        let place = passport_place(&worker);
        let number = self.app.keys.passport_open(&sealed, &place);
        let number = number.map_err(|why| Fault::stored("passport", why))?;
        let state = CountryCode::parse(worker.passport_state.as_deref().unwrap_or_default())
            .map_err(|why| Fault::stored("passport's state", why))?;
        let added =
            add_fingerprints(gate, worker.application_id, &sealing.fingerprints(state, &number)).await?;
        let anew = sealing.passport_seal(&number, &place);
        let which = (Kept::Passport, worker.application_id.0);
        Ok(added + store::save_sealed(gate, which, &sealed, anew).await?)
    }

    fn passport(&self, sealing: &Sealing, place: &PassportPlace, sealed: &[u8]) -> Found<Vec<u8>> {
        let number = self.app.keys.passport_open(sealed, place);
        let number = number.map_err(|why| Fault::stored("passport of a correction", why))?;
        Ok(sealing.passport_seal(&number, place))
    }

    async fn discrepancies(&self, tx: &Tx, sealing: &Sealing) -> Found<Batched> {
        let after = match self.after {
            Some(Last::Discrepancy(id)) => Some(id),
            Some(Last::Worker(_) | Last::Line(..) | Last::Message(_)) | None => None,
        };
        let ids = store::discrepancies_after(tx, after).await?;
        let held = store::lock_discrepancies(tx, &ids).await?;
        let mut batched = Batched {
            passed_over: missing(ids.len(), held.len()),
            last: ids.last().map(|id| Last::Discrepancy(*id)),
            ..Batched::default()
        };
        for row in held {
            let anew = seal_anew(&self.app.keys, sealing, row.clone());
            if anew != row {
                store::save_discrepancy(tx, anew).await?;
                batched.changed += 1;
            }
        }
        Ok(batched)
    }

    async fn lines(&self, tx: &Tx, sealing: &Sealing) -> Found<Batched> {
        let after = match self.after {
            Some(Last::Line(release, application)) => Some((release, application)),
            Some(Last::Worker(_) | Last::Discrepancy(_) | Last::Message(_)) | None => None,
        };
        let lines = store::stale_lines(tx, &sealing.current().id().bytes(), after).await?;
        let mut batched = Batched {
            last: lines.last().map(|line| Last::Line(line.release_id, line.application_id)),
            ..Batched::default()
        };
        for line in lines {
            let row = sealed_row(line.release_id, line.application_id, line.body_id);
            let text = self.text(&line.content_sealed, &line_place(&row))?;
            batched.changed +=
                store::save_line(tx, &line, sealing.text_seal(&text, &line_place(&row))).await?;
        }
        Ok(batched)
    }

    async fn messages(&self, tx: &Tx, sealing: &Sealing) -> Found<Batched> {
        let after = match self.after {
            Some(Last::Message(id)) => Some(id),
            Some(Last::Worker(_) | Last::Discrepancy(_) | Last::Line(..)) | None => None,
        };
        let messages = store::stale_messages(tx, &sealing.current().id().bytes(), after).await?;
        let last = messages.last().map(|message| Last::Message(message.id));
        let mut batched = Batched { last, ..Batched::default() };
        for message in messages {
            let row = message.id.to_string();
            let text = self.text(&message.content_sealed, &message_place(&row))?;
            let digest = sealing.values_hash(text.as_bytes()).to_vec();
            let sealed = sealing.text_seal(&text, &message_place(&row));
            batched.changed += store::save_message(tx, &message, sealed, digest).await?;
        }
        Ok(batched)
    }

    fn text(&self, sealed: &[u8], place: &TextPlace<'_>) -> Found<String> {
        self.app.keys.text_open(sealed, place).map_err(|why| Fault::stored(place.table, why))
    }
}

fn missing(all: usize, held: usize) -> u64 {
    u64::try_from(all.saturating_sub(held)).unwrap_or(u64::MAX)
}
