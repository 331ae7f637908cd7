//! An application for one worker.

use sea_orm::entity::prelude::*;

use crate::{
    ApplicationId, ApplicationStatus, BodyId, EmployerId, ExceptionId, InterestId, PayPeriod, PersonId,
};

/// An application for one worker.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "application")]
#[expect(missing_docs, reason = "the names of the columns say it; what does not is said beside them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApplicationId,
    pub exception_id: ExceptionId,
    /// Revision of the terms it is held against: the current one until it is submitted.
    pub terms_revision: i32,
    pub body_id: BodyId,
    pub employer_id: EmployerId,
    /// The expression of interest that it came of.
    pub interest_id: Option<InterestId>,
    pub reference: String,
    /// Moves with every edit and every change of status.
    pub version: i32,
    /// Moves with anything below the application as well.
    pub revision: i64,
    pub status: ApplicationStatus,
    pub round: i32,
    pub contact_name: Option<String>,
    pub contact_email: Option<String>,
    pub role_code: Option<String>,
    pub job_title: String,
    pub occupation_code: Option<String>,
    pub duties: Option<String>,
    pub region: Option<String>,
    pub pay_cents: i64,
    pub pay_currency: String,
    pub pay_period: PayPeriod,
    /// Hundredths of hours a week.
    pub pay_hours_hundredths: i32,
    /// For ordering only: cut to the cent, in `pay_currency`.
    pub annual_cents: i64,
    /// What the check said when it was submitted.
    pub eligibility: Option<Json>,
    pub assessor_id: Option<PersonId>,
    pub declared_at: Option<DateTimeUtc>,
    /// First complete submission, or the newest after it was returned.
    pub submitted_at: Option<DateTimeUtc>,
    /// Frozen when it is confirmed.
    pub priority: Option<bool>,
    pub confirmed_at: Option<DateTimeUtc>,
    pub ballot_entry: Option<String>,
    pub nominated_at: Option<DateTimeUtc>,
    pub valid_until: Option<Date>,
    /// First instant at which the body is late; none while the clock stands still, and once it is decided.
    pub due_at: Option<DateTimeUtc>,
    /// Working days that were left when the clock stopped for a question to the employer.
    pub days_left: Option<i32>,
    /// When it came to where it ended, or to RETURNED.
    pub ended_at: Option<DateTimeUtc>,
    /// Why it was withdrawn or revoked.
    pub end_reason: Option<String>,
    /// Why a lead has put it on hold; none while it is not.
    pub hold_reason: Option<String>,
    /// The nomination whose place it is to take over, for another worker.
    pub supersedes_id: Option<ApplicationId>,
    /// Why the worker is replaced.
    pub supersedes_reason: Option<String>,
    /// Calendar days in New Zealand from its submission to its latest decision.
    pub days_to_decision: Option<i32>,
    /// When what it holds of people was purged.
    pub purged_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// None: what belongs together is loaded by the store that knows whose it is.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
