//! What an employer sends to begin, change and submit an application.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::reader::Reader;
use super::today;
use super::worker::WorkerInput;
use crate::app::App;
use crate::applications::actions::{CreateApplication, SubmitApplication, UpdateApplication};
use crate::applications::details::{Changes, LongText, Patch, ShortText};
use crate::error::{Acted, UserErrorCode};
use crate::exceptions::graphql::RemunerationInput;
use crate::exceptions::rules::QuestionError;
use crate::schema::scalars::{Date, Nzbn};
use crate::tenancy::EmployerScope;
use crate::values::email::Email;
use crate::values::pay::Pay;

/// A new application. It is a draft that only the employer sees until it is submitted.
#[derive(InputObject)]
pub struct CreateApplicationInput {
    /// Makes it safe to send again: the same key and input begin one application.
    idempotency_key: Option<String>,
    /// Slug of the class exception, e.g. specialist-tech.
    class_exception: String,
    /// Slug of the body that shall assess it, e.g. nztech. It cannot be changed later.
    body: String,
    /// An employer that the viewer acts for.
    employer_nzbn: Nzbn,
    /// The expression of interest that this comes of: in the same class exception, to the same body, with the same
    /// NZBN. Its contact is taken where none is named here.
    interest: Option<ID>,
    /// Who answers the body's questions.
    contact_name: Option<String>,
    /// Where the body writes to.
    contact_email: Option<String>,
    /// Code of the approved role, where it is known; otherwise it is found by the job's title.
    role: Option<String>,
    /// As it stands in the employment agreement.
    job_title: String,
    /// Code of the occupation, where it is known.
    occupation_code: Option<String>,
    /// What the worker will do, in up to 4,000 characters.
    duties: Option<String>,
    /// Where in New Zealand the job is.
    region: Option<String>,
    /// Guaranteed pay, before tax.
    remuneration: RemunerationInput,
    /// Whom it is for.
    worker: WorkerInput,
}

impl CreateApplicationInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: EmployerScope) -> Acted<CreateApplication<'_>> {
        let mut reader = Reader::default();
        let changes = Changes {
            contact_name: Patch::of(reader.maybe(
                "contactName",
                self.contact_name.as_deref(),
                ShortText::parse,
            )),
            contact_email: Patch::of(reader.maybe(
                "contactEmail",
                self.contact_email.as_deref(),
                Email::parse,
            )),
            role: Patch::of(reader.maybe("role", self.role.as_deref(), ShortText::parse)),
            occupation_code: Patch::of(reader.maybe(
                "occupationCode",
                self.occupation_code.as_deref(),
                ShortText::parse,
            )),
            duties: Patch::of(reader.maybe("duties", self.duties.as_deref(), LongText::parse)),
            region: Patch::of(reader.maybe("region", self.region.as_deref(), ShortText::parse)),
            ..Changes::default()
        };
        let job_title = read_job_title(&mut reader, &self.job_title);
        let pay = read_pay(&mut reader, &self.remuneration);
        let worker = self.worker.read(&mut reader, today(app));
        let exception = reader.exception(self.class_exception);
        let body = reader.slug("body", self.body, "body");
        let interest = self.interest.and_then(|id| reader.id("interest", &id));
        let read = exception.zip(body).zip(job_title).zip(pay).zip(worker);
        let ((((exception, body), job_title), pay), worker) = reader.finish(read)?;
        Ok(CreateApplication {
            app,
            scope,
            exception,
            body,
            employer: self.employer_nzbn.0,
            interest,
            changes,
            job_title,
            pay,
            worker,
        })
    }
}

/// A change of a draft, or of an application that was returned. An absent field stays as it is; a null empties
/// it, where it may be empty.
#[derive(InputObject)]
pub struct UpdateApplicationInput {
    /// Makes it safe to send again: the same key and input change it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Who answers the body's questions.
    contact_name: MaybeUndefined<String>,
    /// Where the body writes to.
    contact_email: MaybeUndefined<String>,
    /// Code of the approved role.
    role: MaybeUndefined<String>,
    /// As it stands in the employment agreement. It cannot be emptied.
    job_title: MaybeUndefined<String>,
    /// In the official classification of occupations, e.g. 261313 for a software engineer.
    occupation_code: MaybeUndefined<String>,
    /// What the worker will do, in up to 4,000 characters.
    duties: MaybeUndefined<String>,
    /// Where in New Zealand the job is.
    region: MaybeUndefined<String>,
    /// Guaranteed pay, before tax. It is replaced whole and cannot be emptied.
    remuneration: MaybeUndefined<RemunerationInput>,
    /// Whom it is for. It cannot be emptied.
    worker: MaybeUndefined<WorkerInput>,
}

impl UpdateApplicationInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: EmployerScope) -> Acted<UpdateApplication<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let short = |typed: String| ShortText::parse(&typed);
        let job_title = reader.kept("jobTitle", self.job_title);
        let pay = reader.kept("remuneration", self.remuneration);
        let worker = reader.kept("worker", self.worker);
        let changes = Changes {
            contact_name: reader.patch("contactName", self.contact_name, short),
            contact_email: reader.patch("contactEmail", self.contact_email, |typed| Email::parse(&typed)),
            role: reader.patch("role", self.role, short),
            job_title: job_title.and_then(|typed| read_job_title(&mut reader, &typed)),
            occupation_code: reader.patch("occupationCode", self.occupation_code, short),
            duties: reader.patch("duties", self.duties, |typed| LongText::parse(&typed)),
            region: reader.patch("region", self.region, short),
            pay: pay.and_then(|pay| read_pay(&mut reader, &pay)),
            worker: worker.and_then(|worker| worker.read(&mut reader, today(app))),
        };
        let id = reader.finish(id)?;
        Ok(UpdateApplication { app, scope, id, version: self.version, changes })
    }
}

/// The employer hands an application in.
#[derive(InputObject)]
pub struct SubmitApplicationInput {
    /// Makes it safe to send again: the same key and input submit it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// The employer states that the worker knows of this and that it is true. Without it nothing is submitted.
    declaration: bool,
    /// The day on which the employer told the worker that the body and the agency hold these details. Needed from
    /// 1 May 2026 on, by principle 3A of the Privacy Act 2020; who submits puts it on record.
    worker_told_on: Option<Date>,
}

impl SubmitApplicationInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Where the id is no application's.
    pub fn command(self, app: &App, scope: EmployerScope) -> Acted<SubmitApplication<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let today = today(app);
        let told_on = self.worker_told_on.map(|day| day.0);
        if told_on.is_some_and(|day| day > today) {
            let message = "This day has not come yet: give the day on which the worker was told.";
            reader.refuse(UserErrorCode::Invalid, "workerToldOn", message);
        }
        let id = reader.finish(id)?;
        Ok(SubmitApplication {
            app,
            scope,
            id,
            version: self.version,
            declaration: self.declaration,
            told_on,
        })
    }
}

/// A title has to say something: the check reads its words.
pub(super) fn read_job_title(reader: &mut Reader, typed: &str) -> Option<ShortText> {
    let title = reader.need("jobTitle", typed, ShortText::parse)?;
    if title.as_str().chars().any(char::is_alphanumeric) {
        return Some(title);
    }
    reader.refuse(UserErrorCode::Invalid, "jobTitle", &QuestionError::TitleBlank.to_string());
    None
}

pub(super) fn read_pay(reader: &mut Reader, sent: &RemunerationInput) -> Option<Pay> {
    match sent.pay() {
        Ok(pay) => Some(pay),
        Err(errors) => {
            for error in errors {
                let field = format!("remuneration.{}", error.field());
                reader.refuse(UserErrorCode::Invalid, &field, &error.to_string());
            }
            None
        }
    }
}
