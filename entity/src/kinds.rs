//! The stored enums. Their words are the words of the public schema and of the database.

use sea_orm::{DeriveActiveEnum, EnumIter, Iterable};
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$vdoc:meta])+ $variant:ident,)+ })+) => {$(
        $(#[$doc])+
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name {
            $($(#[$vdoc])+ $variant,)+
        }

        impl $name {
            /// Every value, in the order of the declaration.
            #[must_use]
            pub fn all() -> Vec<Self> {
                Self::iter().collect()
            }

            /// The word that stands in the database and in the public schema.
            #[must_use]
            pub fn word(self) -> String {
                sea_orm::ActiveEnum::to_value(&self)
            }
        }
    )+};
}

kinds! {
    /// How places are given when there are more good applications than places.
    AllocationMethod {
        /// In order of the first complete submission.
        Order,
        /// The priority band first, in order within each band.
        PriorityThenOrder,
        /// By a draw among all that are confirmed when the window closes.
        Ballot,
    }

    /// What a person or a service account may be.
    StaffRole {
        /// Acts for one or more employers.
        Employer,
        /// Assesses a body's applications.
        Assessor,
        /// All that an assessor may, and decides.
        Lead,
        /// Immigration New Zealand.
        AgencyOfficer,
        /// The ministry: figures, never people.
        Observer,
        /// A machine of a body or of the agency: reads and imports, decides nothing.
        Service,
    }

    /// Whose people an identity provider knows.
    IssuerTenant {
        /// Those of one body.
        Body,
        /// Those of the agency and of the ministry.
        Agency,
        /// Those who act for employers.
        Employers,
    }

    /// Where a wish to act for an employer stands.
    EmployerClaimStatus {
        /// The body has not looked at it.
        Asked,
        /// A lead of the body approved it; those who act for the employer already have not let them in yet.
        Approved,
        /// Acts for the employer.
        Accepted,
        /// It was declined.
        Declined,
    }

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

    /// How many people an employer employs.
    EmployerSizeBand {
        /// Fewer than 6.
        #[sea_orm(string_value = "UNDER_6")]
        #[serde(rename = "UNDER_6")]
        Under6,
        /// 6 to 19.
        #[sea_orm(string_value = "FROM_6_TO_19")]
        #[serde(rename = "FROM_6_TO_19")]
        From6To19,
        /// 20 to 49.
        #[sea_orm(string_value = "FROM_20_TO_49")]
        #[serde(rename = "FROM_20_TO_49")]
        From20To49,
        /// 50 to 99.
        #[sea_orm(string_value = "FROM_50_TO_99")]
        #[serde(rename = "FROM_50_TO_99")]
        From50To99,
        /// 100 and more.
        #[sea_orm(string_value = "FROM_100")]
        #[serde(rename = "FROM_100")]
        From100,
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

    /// Where a place of the quota stands.
    PlaceState {
        /// Free.
        Available,
        /// Held by a nomination that no published release carries.
        Reserved,
        /// Held by a nomination on a published release.
        Listed,
        /// Used up: the visa was granted.
        Consumed,
        /// Given back, and not free yet.
        Returning,
        /// Gone, since the cap fell.
        Retired,
    }

    /// What moved a place.
    PlaceMovementKind {
        /// It came into being.
        Created,
        /// It was given to a nomination.
        Allocated,
        /// A published release carries it.
        Published,
        /// The visa was granted.
        Consumed,
        /// Given back, to be freed later.
        GivenBack,
        /// Listed again: what had been said of its holder is no more so.
        Restored,
        /// Free again.
        Freed,
        /// It went to the application that replaces its holder.
        Transferred,
        /// It left the quota, since the cap fell.
        Retired,
    }

    /// Where a release of the combined list stands.
    ReleaseStatus {
        /// Frozen; its bodies attest it.
        Prepared,
        /// Every body with lines has attested.
        Attested,
        /// The agency has it.
        Published,
        /// The agency has acknowledged it.
        Acknowledged,
        /// Given up before it was published.
        Abandoned,
    }

    /// Where a line of a release stands.
    ReleaseLineState {
        /// The nomination holds its place.
        Listed,
        /// Its place is on the way back.
        Suspended,
        /// It holds no place any more; the next release does not carry it.
        Removed,
    }

    /// What changed about a line against the release before.
    ReleaseChangeKind {
        /// It was not there.
        Added,
        /// Something that it says is another.
        Amended,
        /// Its place is on the way back.
        Suspended,
        /// It holds no place any more.
        Removed,
    }

    /// Why a release does not carry a nomination yet.
    HoldBackReason {
        /// A lead has put it on hold.
        OnHold,
        /// The evidence for a criterion has expired.
        EvidenceExpired,
        /// The evidence for a required criterion was not found genuine.
        EvidenceNotVerified,
        /// Its worker has another live application, and people have yet to say which stands.
        OpenDuplicate,
    }

    /// Why a confirmed application is not due a place.
    BlockedReason {
        /// The class exception is paused.
        Paused,
        /// The draw has not been held.
        BallotNotDrawn,
        /// A ballot is open: from its freeze to its draw nothing is given.
        BallotOpen,
        /// A lead has put it on hold.
        OnHold,
        /// The worker holds a place through another application.
        WorkerHoldsPlace,
        /// The employer holds as many places as it may.
        EmployerAtCap,
    }

    /// Where a ballot stands. Never stored: it follows from what was done and from the clock.
    BallotStatus {
        /// The bodies commit to their secrets.
        Committing,
        /// The bodies reveal their secrets.
        Revealing,
        /// Nothing is missing but the beacon's signature, where one was named, and the draw.
        Ready,
        /// The order stands.
        Drawn,
        /// Ended without a draw.
        Void,
    }

    /// What went wrong in a ballot, and did not stop it.
    BallotIncident {
        /// A body had not committed by the deadline: its term stays empty.
        NeverCommitted,
        /// A body had not revealed by the deadline: its term stays empty.
        NeverRevealed,
        /// A body revealed another secret than the one it had committed to.
        WrongSecret,
    }

    /// Why an entry is struck.
    BallotStrikeCause {
        /// It should not have been on the list: a lead struck it.
        Mistake,
        /// Its application did not wait for a place any more when it was drawn.
        NotWaiting,
    }

    /// What allowed a ballot to be voided.
    BallotVoidCause {
        /// No secret was revealed and the round had not come: nobody could know a result.
        NothingKnown,
        /// The round's signature was not there within the time that is waited for it.
        NoSignature,
        /// No secret was revealed and no beacon was named: there is no chance in it.
        NoChance,
        /// The giving of places is over.
        GivingOver,
    }

    /// How a ballot ended.
    BallotOutcome {
        /// By its draw.
        Drawn,
        /// By being voided.
        Void,
    }

    /// Whether anybody can tell that nobody steered a draw.
    BallotVerifiability {
        /// A beacon was named, so nobody could know the result while it could still be changed.
        IndependentlyVerifiable,
        /// No beacon was named: whoever revealed last could see the result before.
        NotIndependentlyVerifiable,
    }

    /// Whose hand an event is by.
    ActorKind {
        /// A person or a service account.
        Person,
        /// The service itself.
        System,
    }

    /// What a database is for; decided when it is made.
    InstallationKind {
        /// Real casework.
        Production,
        /// Invented people and a sign-in without passwords.
        Demo,
    }

    /// What a key is to the deployment.
    DeploymentKeyState {
        /// What is made anew is made with it; there is one.
        Current,
        /// Fingerprints are still written under it, and what it sealed is being sealed anew.
        Former,
        /// Nothing of workers is kept under it any more.
        Retired,
    }

    /// How a run of a job ended.
    JobOutcome {
        /// It did all that it found to do.
        Done,
        /// It did not; it is tried again at its next turn.
        Failed,
    }

    /// What a run of a job failed by. What exactly went wrong stands in the log.
    JobFailure {
        /// The database refused or was away.
        Database,
        /// Something stored cannot be read as what it should be.
        Stored,
        /// It lost a race again and again.
        Race,
        /// An act was refused that should not have been.
        Refused,
        /// A mistake of ours ended it.
        Panicked,
        /// It went on for too long.
        TimedOut,
    }

    /// In what way the records do not agree.
    DiscrepancyKind {
        /// Two live applications seem to be of one worker.
        SameWorker,
        /// A place is held, and what holds it is no nomination.
        PlaceWithoutNomination,
        /// A nomination holds no place.
        NominationWithoutPlace,
        /// What holds a listed place is on no published release.
        NotOnRelease,
        /// The agency names a reference that no published release has, or means another line by it.
        UnknownReference,
        /// The agency has said nothing of a line for longer than it should.
        MissingAtAgency,
        /// A field that must agree with the agency does not.
        DetailsDiffer,
        /// Where a case stands is not what the agency's own words lead to.
        StatusDiffers,
        /// The agency's status cannot follow the one before.
        IllegalStatusChange,
        /// The agency told the same line twice in one message.
        DuplicateLine,
        /// The agency acted on a line that was removed.
        RemovedLineActedOn,
        /// The agency has not acknowledged a release, or acted on a line before it did.
        NotAcknowledged,
    }

    /// How bad it is that something does not agree.
    Severity {
        /// A hint for a person.
        Low,
        /// It has to be mended.
        High,
        /// Somebody may be harmed by it: it has to be mended now.
        Critical,
    }

    /// Where a discrepancy stands.
    DiscrepancyStatus {
        /// It waits for people.
        Open,
        /// People resolved it, or it went away by itself.
        Resolved,
    }

    /// What people make of a discrepancy.
    Resolution {
        /// Our record is right.
        KeepOurs,
        /// The agency's is, and ours is corrected.
        TakeTheirs,
        /// The next release brings it right.
        CorrectInNextRelease,
        /// The worker named the application that stands.
        WorkerChose,
        /// The earlier application stands.
        EarlierStands,
        /// They are two workers.
        NotADuplicate,
        /// The agency was told, and mends its record.
        RaisedWithAgency,
    }

    /// Why a discrepancy went away by itself.
    ClosedBecause {
        /// The records agree again.
        Mended,
        /// An application that it is about has ended.
        CaseEnded,
    }

    /// What became of a line of the agency's.
    OutcomeFate {
        /// It is where the case stands from then on, or stood.
        Applied,
        /// Older than where the case stood: it joined the case's history.
        Late,
        /// It had been said before.
        Repeated,
        /// It does not fit: a discrepancy says why.
        Disputed,
    }

    /// Where a sealed record stands.
    RecordSource {
        /// An event of the history.
        History,
        /// A movement of a place.
        Ledger,
    }

    /// What an event of the history is about.
    EventKind {
        /// A class exception was loaded or amended from a file.
        ExceptionApplied,
        /// The employer began an application.
        Created,
        /// The employer changed it.
        Updated,
        /// A record of evidence was added.
        EvidenceAdded,
        /// A record of evidence was taken out.
        EvidenceRemoved,
        /// Declared and handed in.
        Submitted,
        /// An assessor took it.
        Taken,
        /// A lead gave it to an assessor, or took it from one.
        Assigned,
        /// One of the body's people declared a conflict of interest.
        ConflictDeclared,
        /// A criterion was assessed.
        Assessed,
        /// A record of evidence was looked at.
        EvidenceVerified,
        /// The assessor advised.
        Recommended,
        /// A second person agreed with the endorsement.
        Confirmed,
        /// It was given a place.
        Nominated,
        /// No place came before giving ended.
        Lapsed,
        /// The employer was asked something.
        InformationRequested,
        /// The employer answered.
        InformationAnswered,
        /// A question was taken back.
        InformationRequestCancelled,
        /// The last day for an answer is near.
        InformationReminded,
        /// The last day for an answer passed.
        InformationRequestExpired,
        /// A second person agreed with the advice to decline.
        Declined,
        /// A second person disagreed with the advice.
        SentBack,
        /// Sent back to the employer as incomplete.
        Returned,
        /// A lead sent it back from its end to assessment.
        Reconsidered,
        /// A lead put it on hold.
        Held,
        /// A lead released the hold.
        HoldReleased,
        /// The employer took it back.
        Withdrawn,
        /// The body took it back.
        Revoked,
        /// The employer began an application for another worker in its stead.
        ReplacementBegun,
        /// The application for another worker took its place over.
        Superseded,
        /// A correction of its facts was proposed.
        AmendmentProposed,
        /// A second person accepted the correction.
        AmendmentAccepted,
        /// A second person rejected the correction.
        AmendmentRejected,
        /// The body took it in from its own system, as it was handed in there.
        Imported,
        /// A ballot was opened, and its list frozen.
        BallotOpened,
        /// A body committed to its secret.
        BallotCommitted,
        /// A body revealed its secret.
        BallotRevealed,
        /// A body missed a deadline of a ballot, or revealed a wrong secret.
        BallotIncident,
        /// A lead struck an entry of a ballot.
        BallotEntryStruck,
        /// A ballot was drawn.
        BallotDrawn,
        /// A ballot was voided.
        BallotVoided,
        /// It ended since another application of its worker stands; nothing was decided about it.
        WithdrawnWithoutPrejudice,
        /// The agency said where its case stands.
        AgencySaid,
        /// A message of the agency was taken in.
        OutcomesRecorded,
        /// The agency asked for a line by a document.
        LineAskedFor,
        /// The records were found not to agree.
        DiscrepancyOpened,
        /// A body proposed what to make of it.
        ResolutionProposed,
        /// People resolved it.
        DiscrepancyResolved,
        /// It went away by itself.
        DiscrepancyClosed,
        /// The records were held against each other.
        Reconciled,
        /// A body signed the run.
        ReconciliationSigned,
        /// The next release of the combined list was frozen.
        ReleasePrepared,
        /// A body attested its section of a release.
        ReleaseAttested,
        /// A release was published.
        ReleasePublished,
        /// The agency acknowledged a release.
        ReleaseAcknowledged,
        /// A release was given up before it was published.
        ReleaseAbandoned,
        /// Somebody took the file of a release, or of a section of it.
        ReleaseRead,
        /// A published release says something new of it.
        Listed,
        /// The agency acknowledged a release that carries it.
        ListingAcknowledged,
        /// Its place came free after it had ended.
        PlaceFreed,
        /// Somebody read a worker's passport number whole.
        PassportRevealed,
        /// Everything that is held about a worker was given out.
        WorkerExported,
        /// What was held of people was deleted.
        PersonalDataPurged,
        /// Somebody was invited to become a member.
        MemberInvited,
        /// An invitation was taken back.
        InvitationRevoked,
        /// Somebody became a member by an invitation.
        MemberJoined,
        /// A machine became a member.
        ServiceAccountAdded,
        /// An identity provider was added: on its word people and machines are let in.
        IssuerAdded,
        /// Where an identity provider is, or by which client it knows us, changed.
        IssuerChanged,
        /// A frontend of others was added, with its origins and clients.
        FrontendAdded,
        /// A frontend of others was removed.
        FrontendRemoved,
        /// A member's role or end changed.
        MemberChanged,
        /// A membership was ended.
        MemberRemoved,
        /// Somebody asked to act for an employer.
        EmployerClaimed,
        /// A lead decided who may act for an employer.
        EmployerClaimDecided,
        /// Somebody who acts for an employer let a colleague in.
        EmployerClaimAccepted,
    }
}

impl From<BallotOutcome> for BallotStatus {
    fn from(outcome: BallotOutcome) -> Self {
        match outcome {
            BallotOutcome::Drawn => Self::Drawn,
            BallotOutcome::Void => Self::Void,
        }
    }
}
