//! What is sent to take an application back, to replace its worker, and to correct a nomination.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::draft::{read_job_title, read_pay};
use super::reader::Reader;
use super::today;
use super::worker::WorkerInput;
use crate::app::App;
use crate::applications::actions::{
    AmendNomination, ConfirmAmendment, ReplaceWorker, RevokeNomination, WithdrawApplication,
};
use crate::applications::details::{Changes, LongText, ShortText};
use crate::error::Acted;
use crate::exceptions::graphql::RemunerationInput;
use crate::tenancy::{BodyScope, EmployerScope};

/// An application that the employer takes back.
#[derive(InputObject)]
pub struct WithdrawApplicationInput {
    /// Makes it safe to send again: the same key and input withdraw it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Why; the body reads it.
    reason: String,
    /// Answers what it would set off, and does nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

impl WithdrawApplicationInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: EmployerScope) -> Acted<WithdrawApplication<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let reason = reader.need("reason", &self.reason, LongText::parse);
        let (id, reason) = reader.finish(id.zip(reason))?;
        Ok(WithdrawApplication { app, scope, id, version: self.version, reason })
    }
}

/// A confirmed application that the body takes back.
#[derive(InputObject)]
pub struct RevokeNominationInput {
    /// Makes it safe to send again: the same key and input revoke it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Why; the employer reads it.
    reason: String,
    /// Answers what it would set off, and does nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

impl RevokeNominationInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<RevokeNomination<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let reason = reader.need("reason", &self.reason, LongText::parse);
        let (id, reason) = reader.finish(id.zip(reason))?;
        Ok(RevokeNomination { app, scope, id, version: self.version, reason })
    }
}

/// Another worker for a nomination, in the same role.
#[derive(InputObject)]
pub struct ReplaceWorkerInput {
    /// Makes it safe to send again: the same key and input begin one application once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// The other worker.
    worker: WorkerInput,
    /// Why; the body reads it with the new application.
    reason: String,
}

impl ReplaceWorkerInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: EmployerScope) -> Acted<ReplaceWorker<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let worker = self.worker.read(&mut reader, today(app));
        let reason = reader.need("reason", &self.reason, LongText::parse);
        let ((id, worker), reason) = reader.finish(id.zip(worker).zip(reason))?;
        Ok(ReplaceWorker { app, scope, id, version: self.version, worker, reason })
    }
}

/// A correction of a nomination's facts. An absent field stays as it is.
#[derive(InputObject)]
pub struct AmendNominationInput {
    /// Makes it safe to send again: the same key and input propose it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Why, for the second person.
    reason: String,
    /// As it stands in the employment agreement.
    job_title: MaybeUndefined<String>,
    /// In the official classification of occupations, e.g. 261313 for a software engineer.
    occupation_code: MaybeUndefined<String>,
    /// Code of the approved role.
    role: MaybeUndefined<String>,
    /// Guaranteed pay, before tax; replaced whole.
    remuneration: MaybeUndefined<RemunerationInput>,
    /// The worker's details; replaced whole, but for what of the passport is absent.
    worker: MaybeUndefined<WorkerInput>,
}

impl AmendNominationInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<AmendNomination<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let reason = reader.need("reason", &self.reason, LongText::parse);
        let short = |typed: String| ShortText::parse(&typed);
        let job_title = reader.kept("jobTitle", self.job_title);
        let pay = reader.kept("remuneration", self.remuneration);
        let worker = reader.kept("worker", self.worker);
        let changes = Changes {
            role: reader.patch("role", self.role, short),
            job_title: job_title.and_then(|typed| read_job_title(&mut reader, &typed)),
            occupation_code: reader.patch("occupationCode", self.occupation_code, short),
            pay: pay.and_then(|pay| read_pay(&mut reader, &pay)),
            worker: worker.and_then(|worker| worker.read(&mut reader, today(app))),
            ..Changes::default()
        };
        let (id, reason) = reader.finish(id.zip(reason))?;
        Ok(AmendNomination { app, scope, id, version: self.version, reason, changes })
    }
}

/// The second person's decision on a correction.
#[derive(InputObject)]
pub struct ConfirmAmendmentInput {
    /// Makes it safe to send again: the same key and input decide it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Which correction.
    amendment: ID,
    /// True: the facts stand as it says. False: they stay.
    accept: bool,
    /// For colleagues; employers never read it.
    note: Option<String>,
}

impl ConfirmAmendmentInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<ConfirmAmendment<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let amendment = reader.id("amendment", &self.amendment);
        let note = reader.maybe("note", self.note.as_deref(), LongText::parse);
        let (id, amendment) = reader.finish(id.zip(amendment))?;
        Ok(ConfirmAmendment { app, scope, id, version: self.version, amendment, accept: self.accept, note })
    }
}
