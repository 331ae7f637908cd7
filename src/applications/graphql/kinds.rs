//! The words of an application's life, as the public schema describes them.

use async_graphql::Enum;

/// Where an application stands with its body. What became of it at the agency is told elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::ApplicationStatus")]
pub enum ApplicationStatus {
    /// The employer is writing it; the body cannot see it.
    Draft,
    /// Complete and declared; nobody at the body has taken it yet.
    Submitted,
    /// In the hands of an assessor.
    InAssessment,
    /// The employer has been asked something, and the clock stands still until it answers.
    InformationRequested,
    /// The assessor has advised; a second person has to agree.
    Recommended,
    /// Two people agree that it meets the criteria. It holds no place yet.
    Confirmed,
    /// It holds a place: the nomination stands.
    Nominated,
    /// Two people agree that it does not meet the criteria.
    Declined,
    /// Sent back as incomplete, without a verdict; it may be changed and submitted again.
    Returned,
    /// Taken back by the employer.
    Withdrawn,
    /// Taken back by the body after it was nominated.
    Revoked,
    /// No place came before the giving of places ended, or its place went back.
    Lapsed,
    /// Another worker's application took its place.
    Superseded,
}

/// What is to be noticed about an application beside its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::applications::rules::Flag")]
pub enum ApplicationFlag {
    /// The instant at which the body's decision was due has passed, and the body has it undecided. Never while the clock
    /// stands still.
    Overdue,
    /// It may still come to a place, or has one, and so does another application for the same worker under the class
    /// exception, to whichever body. Nothing else of that one is told. Shown to the body only.
    PossibleDuplicate,
    /// A lead has put it on hold. Shown to the body only.
    OnHold,
    /// A criterion that gives priority was found to be met; this was frozen when it was confirmed.
    Priority,
    /// One of the body's people has declared a conflict of interest with the employer. Shown to that body only.
    ConflictDeclared,
    /// A criterion asks for evidence, and there is no record for it. Stands until the decision.
    EvidenceMissing,
    /// The last day of a record of evidence has passed. Stands until the decision.
    EvidenceExpired,
    /// The last day of a question in the current round passed without an answer. Stands until the decision.
    QuestionExpired,
    /// Nobody has put on record when the worker was told that these details are held, which has to be done since
    /// 1 May 2026.
    WorkerNotTold,
}

/// An act on an application. More may come: show nothing for one that you do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::applications::rules::Action")]
pub enum ApplicationAction {
    /// Change what the application says, by `updateApplication`.
    Update,
    /// Add a record of evidence, by `addEvidence`.
    AddEvidence,
    /// Take out a record that the body has not looked at, by `removeEvidence`.
    RemoveEvidence,
    /// Declare it to be true and hand it in, by `submitApplication`.
    Submit,
    /// Take it back, by `withdrawApplication`.
    Withdraw,
    /// Begin an application for another worker in its stead, by `replaceWorker`.
    ReplaceWorker,
    /// Answer a question of the body, by `answerInformationRequest`.
    Answer,
    /// Take it to assess it. `takeNextApplication` gives the next in order.
    Take,
    /// Give it to an assessor or back to the queue, by `assignApplications`.
    Assign,
    /// Declare a conflict of interest with its employer, by `declareConflict`.
    DeclareConflict,
    /// Record a finding on a criterion, by `recordAssessment`.
    Assess,
    /// Say whether a record of evidence is genuine, by `verifyEvidence`.
    VerifyEvidence,
    /// Ask the employer something, by `requestInformation`.
    RequestInformation,
    /// Take a question back, by `cancelInformationRequest`.
    CancelInformationRequest,
    /// Advise to endorse or to decline it, by `recommend`.
    Recommend,
    /// Agree with an endorsement as the second person, by `confirm`.
    Confirm,
    /// Agree with the advice to decline as the second person, by `decline`.
    Decline,
    /// Disagree with the advice as the second person, by `sendBack`.
    SendBack,
    /// Return it to the employer as incomplete, by `returnApplication`.
    Return,
    /// Send it from its end back to assessment, in a new round, by `reconsider`.
    Reconsider,
    /// Put it on hold, by `holdApplication`.
    Hold,
    /// Release the hold, by `releaseHold`.
    ReleaseHold,
    /// Take back what the body has confirmed, by `revokeNomination`.
    Revoke,
    /// Propose a correction of a nomination's facts, by `amendNomination`.
    Amend,
    /// Decide on a proposed correction, by `confirmAmendment`.
    ConfirmAmendment,
}

/// What a record of evidence is. It tells which criteria the record is for, where it does not say so itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::EvidenceKind")]
pub enum EvidenceKind {
    /// The employer's part in a programme that grows skills in New Zealand.
    Programme,
    /// The employer's membership of an industry body.
    Membership,
    /// The agreement between employer and worker, or the offer of one.
    EmploymentAgreement,
    /// What the job is, in the employer's own document.
    JobDescription,
    /// What shows the guaranteed pay.
    Pay,
    /// A certificate, degree or registration of the worker.
    Qualification,
    /// Anything else; say in `criterion` what it is for.
    Other,
}

/// An assessor's finding on one criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::AssessmentOutcome")]
pub enum AssessmentOutcome {
    /// What is there shows it.
    Met,
    /// What is there speaks against it. A required criterion that is not met stands against any endorsement.
    NotMet,
    /// What is there does not decide it. A required criterion has to be decided before an endorsement.
    NotClear,
}

/// What an assessor advises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::RecommendationOutcome")]
pub enum RecommendationOutcome {
    /// It meets the criteria: nominate it.
    Endorse,
    /// It does not meet them; at least one reason goes with it.
    Decline,
}

/// What the second person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::DecisionOutcome")]
pub enum DecisionOutcome {
    /// Agreed with the advice to endorse.
    Confirmed,
    /// Agreed with the advice to decline.
    Declined,
}

/// Why an application is advised or decided against, in the words that letters to employers use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::DecisionReason")]
pub enum DecisionReason {
    /// The job is none of the approved roles.
    RoleNotApproved,
    /// The guaranteed pay is less than the role asks for.
    PayBelowThreshold,
    /// The evidence does not show what it should.
    EvidenceInsufficient,
    /// A record of evidence is not what it says it is.
    EvidenceNotGenuine,
    /// Something that the employer declared is not so.
    DeclarationUntrue,
    /// The worker has another application that stands.
    Duplicate,
    /// None of these; the note says what.
    Other,
}

/// Where a question to the employer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::InformationRequestStatus")]
pub enum InformationRequestStatus {
    /// Waits for the employer's answer.
    Open,
    /// Answered by the employer.
    Answered,
    /// Taken back by the body, or closed since the application ended.
    Cancelled,
    /// Its last day passed without an answer. The case goes on without one.
    Expired,
}

/// What a caseload can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ApplicationOrderField {
    /// The instant at which the employer began it.
    CreatedAt,
    /// The instant at which it was handed in; an employer's drafts count as later than everything.
    SubmittedAt,
    /// The instant at which the body's decision is due; those without one count as later than everything.
    DueAt,
    /// Guaranteed pay a year, as a number: currencies are never converted.
    Salary,
}

/// Which end of an order comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// The smallest or oldest first.
    Asc,
    /// The largest or newest first.
    Desc,
}
