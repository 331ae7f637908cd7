//! The words of applications, and of how they are judged.

use sea_orm::{DeriveActiveEnum, EnumIter, Iterable};
use serde::{Deserialize, Serialize};

kinds! {
    /// The period that an amount of pay is for.
    PayPeriod {
        /// An hour.
        Hour,
        /// A week.
        Week,
        /// Two weeks.
        Fortnight,
        /// A calendar month.
        Month,
        /// A year.
        Year,
    }

    /// Where an application stands with its body.
    ApplicationStatus {
        /// The employer is writing it.
        Draft,
        /// Complete and declared; nobody has taken it yet.
        Submitted,
        /// An assessor works on it.
        InAssessment,
        /// The employer has been asked something.
        InformationRequested,
        /// The assessor has advised.
        Recommended,
        /// Two people agree; no place yet.
        Confirmed,
        /// Holds a place.
        Nominated,
        /// Two people agree that it does not meet the criteria.
        Declined,
        /// Sent back as incomplete; no verdict.
        Returned,
        /// Taken back by the employer.
        Withdrawn,
        /// Taken back by the body.
        Revoked,
        /// No place came before giving ended, or its place returned.
        Lapsed,
        /// Replaced by an application for another worker.
        Superseded,
    }

    /// Where a question to the employer stands.
    InformationRequestStatus {
        /// Waits for the answer.
        Open,
        /// Answered.
        Answered,
        /// Taken back by the body.
        Cancelled,
        /// Its last day passed without an answer.
        Expired,
    }

    /// Where a lead turned a case back to.
    TurnBackKind {
        /// From the second person to assessment.
        SentBack,
        /// To the employer, as incomplete.
        Returned,
        /// From its end to assessment, in a new round.
        Reconsidered,
    }

    /// Where a correction of a nomination's facts stands.
    AmendmentStatus {
        /// Waits for the second person.
        Proposed,
        /// The facts stand as it says.
        Accepted,
        /// The second person disagreed.
        Rejected,
        /// The nomination ended first.
        Dropped,
    }

    /// Where a case stands at the agency, in the agency's words.
    AgencyStatus {
        /// On no published release.
        NotSent,
        /// On a published release.
        Sent,
        /// The agency has acknowledged the release.
        Acknowledged,
        /// The employer asked for travel.
        TravelRequested,
        /// Travel was approved.
        TravelApproved,
        /// Travel was declined.
        TravelDeclined,
        /// The request for travel was withdrawn.
        TravelWithdrawn,
        /// The worker was invited to apply.
        Invited,
        /// The invitation ran out.
        InvitationExpired,
        /// The worker applied for the visa.
        VisaApplied,
        /// The visa was granted.
        VisaGranted,
        /// The visa was declined.
        VisaDeclined,
        /// The application for the visa was withdrawn.
        VisaWithdrawn,
        /// The worker has arrived.
        Arrived,
    }

    /// What a record of evidence is.
    EvidenceKind {
        /// Part in a programme for domestic skills.
        Programme,
        /// Membership of an industry body.
        Membership,
        /// The employment agreement or offer.
        EmploymentAgreement,
        /// The job description.
        JobDescription,
        /// Proof of pay.
        Pay,
        /// A qualification or registration of the worker.
        Qualification,
        /// Anything else.
        Other,
    }

    /// An assessor's finding on one criterion.
    AssessmentOutcome {
        /// The criterion is met.
        Met,
        /// The criterion is not met.
        NotMet,
        /// What is there does not decide it.
        NotClear,
    }

    /// An assessor's advice.
    RecommendationOutcome {
        /// It meets the criteria.
        Endorse,
        /// It does not.
        Decline,
    }

    /// A second person's decision.
    DecisionOutcome {
        /// Agreed with the advice to endorse.
        Confirmed,
        /// Agreed with the advice to decline.
        Declined,
    }

    /// Why an application is advised or decided against.
    DecisionReason {
        /// The role is outside the class exception.
        RoleNotApproved,
        /// The guaranteed pay is below the threshold.
        PayBelowThreshold,
        /// The evidence does not show what it should.
        EvidenceInsufficient,
        /// The evidence is not genuine.
        EvidenceNotGenuine,
        /// A declaration is untrue.
        DeclarationUntrue,
        /// The worker has another application.
        Duplicate,
        /// Another reason, told in the note.
        Other,
    }
}
