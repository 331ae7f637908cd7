//! The words for class exceptions and eligibility, as the public schema describes them.

use async_graphql::Enum;

/// Where a class exception stands at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::exceptions::rules::ClassExceptionStatus")]
pub enum ClassExceptionStatus {
    /// Not open yet: drafts may be written, nothing may be submitted.
    Announced,
    /// Applications are taken in.
    Open,
    /// For now nothing is taken in and no place is given; work on what was submitted goes on.
    Paused,
    /// Nothing more is taken in; assessment, places and releases go on.
    Closed,
}

/// Who comes first when there are more good applications than places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::AllocationMethod")]
pub enum AllocationMethod {
    /// In order of the first complete submission.
    Order,
    /// Applications that met a priority criterion first; within each band, in order of submission.
    PriorityThenOrder,
    /// By a draw among all that are confirmed when the window closes.
    Ballot,
}

/// What an amount of pay is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::PayPeriod")]
pub enum PayPeriod {
    /// One hour of work; a year has 52 times the weekly hours of them.
    Hour,
    /// One week; a year has 52.
    Week,
    /// Two weeks; a year has 26.
    Fortnight,
    /// One calendar month; a year has 12.
    Month,
    /// A whole year, as salaries are usually agreed.
    Year,
}

/// How a criterion is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::exceptions::definition::CriterionKind")]
pub enum CriterionKind {
    /// Worked out from the job title and the occupation's code.
    Role,
    /// Worked out from the guaranteed pay and the hours.
    Pay,
    /// Shown by records of evidence, which a person verifies.
    Evidence,
    /// Met by the employer's word.
    Declaration,
}

/// What a criterion does to an application that does not meet it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::exceptions::definition::CriterionStrength")]
pub enum CriterionStrength {
    /// Fails the application by itself.
    Required,
    /// Refers the application to a person, who may accept it all the same.
    Expected,
}

/// How a criterion, or all of them together, come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::exceptions::rules::EligibilityOutcome")]
pub enum EligibilityOutcome {
    /// Meets what is asked, going by what was given.
    Eligible,
    /// A person must look; the machine neither accepts nor refuses.
    Refer,
    /// Does not meet what is required. It may be submitted all the same: people decide.
    Ineligible,
}

/// Why a criterion is not simply met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::exceptions::rules::EligibilityReason")]
pub enum EligibilityReason {
    /// The title is unknown, only close to a known one, or often used for other jobs too.
    TitleLowConfidence,
    /// The title means several things, or the title and the occupation's code disagree.
    TitleAmbiguous,
    /// The occupation is known, and the criteria neither name it nor leave it out.
    RoleNotNamed,
    /// The occupation is known and lies outside the criteria.
    RoleNotApproved,
    /// The guaranteed pay is less than the role's minimum.
    PayBelowThreshold,
    /// The pay is less than the minimum only because the hours are part-time.
    PartTimeBelowThreshold,
    /// The pay is in another currency, which is never converted.
    CurrencyNotNzd,
    /// The pay reaches the minimum only because the hours are long.
    HourlyRateLow,
    /// Nothing was given to show that the criterion is met.
    EvidenceMissing,
    /// What was given names a programme or body that the criterion does not name.
    EvidenceUnlisted,
    /// The employer has not declared it.
    DeclarationMissing,
}
