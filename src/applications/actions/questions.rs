//! Questions to the employer: asked, answered, taken back; reminded of and expired by the clock.
//!
//! While one is open the application is `INFORMATION_REQUESTED` and the body's clock stands still; with the last one it is
//! back in assessment. Several may be open.

use chrono::{Days, NaiveDate};
use entity::{
    ApplicationId, ApplicationStatus, EventKind, InformationRequestId, InformationRequestStatus,
    information_request,
};
use serde_json::json;

use super::{Opened, clocks, nothing_more, open, save};
use crate::app::App;
use crate::applications::details::LongText;
use crate::applications::rules::{Action, clock};
use crate::applications::store::{case, questions};
use crate::clock::day_in_new_zealand;
use crate::db::{Command, Tx};
use crate::error::{Acted, Failure, Found, UserError, UserErrorCode};
use crate::history::{self, Event};
use crate::tenancy::{BodyScope, CaseloadScope, EmployerScope, SystemScope};

/// An assessor asks the employer something.
#[derive(Clone, Debug)]
pub struct RequestInformation<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Code of the criterion that it is about, where it is about one.
    pub criterion: Option<String>,
    /// The question; the employer reads it.
    pub question: LongText,
    /// The last day for the answer; the usual one where absent.
    pub due_on: Option<NaiveDate>,
}

impl Command for RequestInformation<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "requestInformation";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        opened.may(tx, Action::RequestInformation)?;
        if let Some(code) = &self.criterion {
            opened.criterion(code)?;
        }
        if questions::count_open(tx, self.id).await? >= questions::MOST_OPEN {
            let message =
                format!("There can be at most {} open questions. Cancel one first.", questions::MOST_OPEN);
            return Err(UserError::new(UserErrorCode::TooMany, message).into());
        }
        let usual = clocks::question_due_on(&opened.application, &opened.known.terms, tx.now());
        let due_on = self.due_on.unwrap_or(usual);
        let question = information_request::Model {
            id: tx.new_id(),
            application_id: self.id,
            body_id: self.scope.body(),
            round: opened.application.round,
            criterion: self.criterion.clone(),
            question: self.question.as_str().to_owned(),
            answer: None,
            status: InformationRequestStatus::Open,
            due_on,
            asked_by: self.scope.person(),
            created_at: tx.now(),
            reminded_at: None,
            closed_at: None,
            cancel_reason: None,
        };
        questions::insert(tx, question).await?;
        clocks::pause(&mut opened.application, tx.now());
        opened.moves(Action::RequestInformation, ApplicationStatus::InformationRequested);
        Ok(opened.save(tx, EventKind::InformationRequested, json!({ "dueOn": due_on })).await?.id)
    }
}

/// The employer answers a question.
#[derive(Clone, Debug)]
pub struct AnswerInformationRequest<'a> {
    /// The service.
    pub app: &'a App,
    /// For whom.
    pub scope: EmployerScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Which question.
    pub request: InformationRequestId,
    /// The answer.
    pub answer: LongText,
}

impl Command for AnswerInformationRequest<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "answerInformationRequest";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Employers(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        let question = open_question(tx, &opened, self.request, Action::Answer).await?;
        let answered = information_request::Model {
            status: InformationRequestStatus::Answered,
            answer: Some(self.answer.as_str().to_owned()),
            ..question
        };
        close(tx, &mut opened, answered, Action::Answer).await?;
        Ok(opened.save(tx, EventKind::InformationAnswered, nothing_more()).await?.id)
    }
}

/// One of the body's people takes a question back.
#[derive(Clone, Debug)]
pub struct CancelInformationRequest<'a> {
    /// The service.
    pub app: &'a App,
    /// In whose caseload, and who.
    pub scope: BodyScope,
    /// Which application.
    pub id: ApplicationId,
    /// The version that was read.
    pub version: i32,
    /// Which question.
    pub request: InformationRequestId,
    /// Why; the employer reads it.
    pub reason: LongText,
}

impl Command for CancelInformationRequest<'_> {
    type Answer = ApplicationId;
    const NAME: &'static str = "cancelInformationRequest";

    async fn run(&self, tx: &Tx) -> Acted<ApplicationId> {
        let scope = CaseloadScope::Body(self.scope.clone());
        let mut opened = open(tx, self.app, &scope, self.id, Some(self.version)).await?;
        let question = open_question(tx, &opened, self.request, Action::CancelInformationRequest).await?;
        let cancelled = information_request::Model {
            status: InformationRequestStatus::Cancelled,
            cancel_reason: Some(self.reason.as_str().to_owned()),
            ..question
        };
        close(tx, &mut opened, cancelled, Action::CancelInformationRequest).await?;
        Ok(opened.save(tx, EventKind::InformationRequestCancelled, nothing_more()).await?.id)
    }
}

/// The question that an act is about, where it may be done and the question is open.
async fn open_question(
    tx: &Tx,
    opened: &Opened,
    id: InformationRequestId,
    action: Action,
) -> Acted<information_request::Model> {
    let question = questions::find(tx, opened.application.id, id).await?;
    let question = question.ok_or_else(|| UserError::not_found("request", "question"))?;
    opened.may(tx, action)?;
    if question.status == InformationRequestStatus::Open {
        return Ok(question);
    }
    let message = format!("This question is {} already.", question.status.word());
    Err(UserError::at(UserErrorCode::WrongStatus, "request", message).into())
}

/// Closes a question; with the last open one, the application goes back to assessment and the clock goes on.
async fn close(
    tx: &Tx,
    opened: &mut Opened,
    question: information_request::Model,
    action: Action,
) -> Found<()> {
    questions::close(tx, information_request::Model { closed_at: Some(tx.now()), ..question }).await?;
    if questions::count_open(tx, opened.application.id).await? == 0 {
        clocks::resume(&mut opened.application, tx.now());
        opened.moves(action, ApplicationStatus::InAssessment);
    }
    Ok(())
}

/// The service reminds an employer that the last day for an answer is near; whether it did.
#[derive(Clone, Debug)]
pub struct RemindOfQuestion {
    /// The service's own hand.
    pub scope: SystemScope,
    /// Which question.
    pub question: information_request::Model,
}

impl Command for RemindOfQuestion {
    type Answer = bool;
    const NAME: &'static str = "remindOfQuestion";

    async fn run(&self, tx: &Tx) -> Acted<bool> {
        let Some(application) =
            case::lock_for_the_clock(tx, &self.scope, self.question.application_id).await?
        else {
            return Ok(false);
        };
        let (due_on, today) = (self.question.due_on, day_in_new_zealand(tx.now()));
        if !clock::reminder_is_due(due_on, today, clocks::region(&application))
            || !questions::mark_reminded(tx, self.question.id).await?
        {
            return Ok(false);
        }
        case::touch(tx, application.id).await?;
        let event = Event::of_application(EventKind::InformationReminded, &application);
        history::record(tx, [event.with(json!({ "dueOn": due_on }))]).await?;
        Ok(true)
    }
}

/// The service closes a question whose last day has passed; whether it did. The case goes on without the answer, and
/// nothing is decided by that.
#[derive(Clone, Debug)]
pub struct ExpireQuestion {
    /// The service's own hand.
    pub scope: SystemScope,
    /// Which question.
    pub question: information_request::Model,
}

impl Command for ExpireQuestion {
    type Answer = bool;
    const NAME: &'static str = "expireQuestion";

    async fn run(&self, tx: &Tx) -> Acted<bool> {
        let Some(mut application) =
            case::lock_for_the_clock(tx, &self.scope, self.question.application_id).await?
        else {
            return Ok(false);
        };
        let question = questions::find(tx, application.id, self.question.id).await?;
        let question = question.filter(|one| one.status == InformationRequestStatus::Open);
        let Some(question) = question else { return Ok(false) };
        if !clock::question_is_expired(question.due_on, day_in_new_zealand(tx.now())) {
            return Ok(false);
        }
        let (status, closed_at) = (InformationRequestStatus::Expired, Some(tx.now()));
        questions::close(tx, information_request::Model { status, closed_at, ..question }).await?;
        if questions::count_open(tx, application.id).await? == 0 {
            clocks::resume(&mut application, tx.now());
            application.status = ApplicationStatus::InAssessment;
        }
        save(tx, application, EventKind::InformationRequestExpired, nothing_more()).await?;
        Ok(true)
    }
}

/// How many questions one turn looks at: the next goes on from there.
const AT_ONCE: u64 = 500;
/// Calendar days within which two working days lie, whatever holidays fall among them.
const REMINDER_DAYS_MOST: u64 = 14;

/// What the clock did with questions in one turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reminded {
    /// Employers that were reminded.
    pub reminded: usize,
    /// Questions whose last day had passed.
    pub expired: usize,
}

/// Reminds of questions that are nearly due, and closes those whose last day has passed, whoever's they are. Each is an act
/// of its own that looks again, so that several processes may do it at once and a crash leaves nothing half done.
///
/// # Errors
/// Where the database does not answer.
pub async fn keep_questions(app: &App, scope: &SystemScope) -> Acted<Reminded> {
    let today = day_in_new_zealand(app.db.clock().now());
    let (yesterday, soon) = (today.pred_opt(), today.checked_add_days(Days::new(REMINDER_DAYS_MOST)));
    let mut done = Reminded::default();
    // One that cannot be kept keeps nobody from the others, and is what the turn fails by.
    let mut failed = None;
    if let Some(until) = yesterday {
        for question in questions::load_due(&app.db.read(scope), scope, until, false, AT_ONCE).await? {
            let command = ExpireQuestion { scope: scope.clone(), question };
            done.expired += count(app.db.perform(scope, None, &command).await, &mut failed);
        }
    }
    if let Some(until) = soon {
        for question in questions::load_due(&app.db.read(scope), scope, until, true, AT_ONCE).await? {
            let command = RemindOfQuestion { scope: scope.clone(), question };
            done.reminded += count(app.db.perform(scope, None, &command).await, &mut failed);
        }
    }
    match failed {
        Some(failure) => Err(failure),
        None => Ok(done),
    }
}

/// Whether something was done, as a number; the first failure is kept.
fn count(done: Acted<bool>, failed: &mut Option<Failure>) -> usize {
    match done {
        Ok(done) => usize::from(done),
        Err(failure) => {
            tracing::error!(error = %failure, "a question was not kept");
            failed.get_or_insert(failure);
            0
        }
    }
}
