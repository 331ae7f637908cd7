//! What the body asks the employer. Both sides read all of it.

use async_graphql::{Context, ID, Result, SimpleObject};
use entity::information_request;

use super::kinds::InformationRequestStatus;
use super::loaders::cases;
use crate::schema::GlobalId;
use crate::schema::scalars::{Date, DateTime};

/// A question of the body to the employer. While one is open, the body's clock stands still.
#[derive(Clone, Debug, SimpleObject)]
pub struct InformationRequest {
    /// Global id of the question.
    #[graphql(owned)]
    pub id: ID,
    /// Code of the criterion that it is about; null where it is about none.
    criterion: Option<String>,
    /// The question, as the body put it.
    question: String,
    /// The employer's answer; null before there is one.
    answer: Option<String>,
    /// Where it stands.
    status: InformationRequestStatus,
    /// The last day for an answer, in New Zealand.
    due_on: Date,
    /// When it was asked.
    created_at: DateTime,
    /// When the employer was reminded; null before that.
    reminded_at: Option<DateTime>,
    /// When it was answered; null where it was not.
    answered_at: Option<DateTime>,
    /// Why it was taken back; null where it was not.
    cancel_reason: Option<String>,
}

impl From<information_request::Model> for InformationRequest {
    fn from(row: information_request::Model) -> Self {
        let is_answered = row.status == entity::InformationRequestStatus::Answered;
        Self {
            id: GlobalId::of(&row.id),
            criterion: row.criterion,
            question: row.question,
            answer: row.answer,
            status: row.status.into(),
            due_on: row.due_on.into(),
            created_at: row.created_at.into(),
            reminded_at: row.reminded_at.map(DateTime),
            answered_at: row.closed_at.filter(|_| is_answered).map(DateTime),
            cancel_reason: row.cancel_reason,
        }
    }
}

/// A question by its global id; none where the viewer may not see it.
pub(crate) async fn find_question(ctx: &Context<'_>, id: &ID) -> Result<Option<InformationRequest>> {
    let Some(id) = GlobalId::read::<entity::InformationRequestId>(id) else { return Ok(None) };
    Ok(cases(ctx).load_one(id).await?.map(InformationRequest::from))
}
