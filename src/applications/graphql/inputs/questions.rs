//! Questions to the employer, as the body asks them and the employer answers.

use async_graphql::{ID, InputObject};

use super::reader::Reader;
use super::today;
use crate::app::App;
use crate::applications::actions::{AnswerInformationRequest, CancelInformationRequest, RequestInformation};
use crate::applications::details::LongText;
use crate::error::{Acted, UserErrorCode};
use crate::schema::scalars::Date;
use crate::tenancy::{BodyScope, EmployerScope};

/// Most days that an employer is given for an answer.
const DAYS_MAX: u64 = 90;

/// A question to the employer. The body's clock stands still until it is answered.
#[derive(InputObject)]
pub struct RequestInformationInput {
    /// Makes it safe to send again: the same key and input ask once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Code of the criterion that it is about, where it is about one.
    criterion: Option<String>,
    /// The question; the employer reads it.
    question: String,
    /// The last day for the answer, in New Zealand: from tomorrow to 90 days ahead. Where absent, the class exception's usual working days from now.
    due_on: Option<Date>,
}

impl RequestInformationInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<RequestInformation<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let question = reader.need("question", &self.question, LongText::parse);
        let due_on = self.due_on.map(|day| day.0);
        let today = today(app);
        let last = today.checked_add_days(chrono::Days::new(DAYS_MAX));
        if due_on.is_some_and(|day| day <= today || last.is_some_and(|last| day > last)) {
            let message = "Give a day from tomorrow to 90 days ahead, or none for the usual one.";
            reader.refuse(UserErrorCode::Invalid, "dueOn", message);
        }
        let (id, question) = reader.finish(id.zip(question))?;
        Ok(RequestInformation {
            app,
            scope,
            id,
            version: self.version,
            criterion: self.criterion,
            question,
            due_on,
        })
    }
}

/// A question that the body takes back.
#[derive(InputObject)]
pub struct CancelInformationRequestInput {
    /// Makes it safe to send again: the same key and input cancel it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Which question.
    request: ID,
    /// Why; the employer reads it.
    reason: String,
}

impl CancelInformationRequestInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: BodyScope) -> Acted<CancelInformationRequest<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let request = reader.id("request", &self.request);
        let reason = reader.need("reason", &self.reason, LongText::parse);
        let ((id, request), reason) = reader.finish(id.zip(request).zip(reason))?;
        Ok(CancelInformationRequest { app, scope, id, version: self.version, request, reason })
    }
}

/// The employer's answer to a question.
#[derive(InputObject)]
pub struct AnswerInformationRequestInput {
    /// Makes it safe to send again: the same key and input answer it once.
    idempotency_key: Option<String>,
    /// Which application.
    id: ID,
    /// The version that was read; an older one is refused as STALE.
    version: i32,
    /// Which question.
    request: ID,
    /// The answer, in up to 4,000 characters. Documents are added as evidence.
    answer: String,
}

impl AnswerInformationRequestInput {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that cannot be taken, each with its field.
    pub fn command(self, app: &App, scope: EmployerScope) -> Acted<AnswerInformationRequest<'_>> {
        let mut reader = Reader::default();
        let id = reader.id("id", &self.id);
        let request = reader.id("request", &self.request);
        let answer = reader.need("answer", &self.answer, LongText::parse);
        let ((id, request), answer) = reader.finish(id.zip(request).zip(answer))?;
        Ok(AnswerInformationRequest { app, scope, id, version: self.version, request, answer })
    }
}
