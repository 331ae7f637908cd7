//! What each mutation answers.

use super::application::Application;
use super::evidence::Evidence;
use super::impact::Impact;
use crate::schema::payload::payload;

payload! {
    /// What came of beginning an application.
    CreateApplicationPayload {
        /// The new draft, with its reference; null where none was begun.
        application: Option<Application>,
    }
}

payload! {
    /// What came of changing an application.
    UpdateApplicationPayload {
        /// The application as it stands now, with its new version; null where nothing was changed.
        application: Option<Application>,
    }
}

payload! {
    /// What came of adding a record of evidence.
    AddEvidencePayload {
        /// The application with the record among its `evidence`, and its new version; null where none was added.
        application: Option<Application>,
    }
}

payload! {
    /// What came of taking out a record of evidence.
    RemoveEvidencePayload {
        /// The application without the record, and its new version; null where nothing was taken out.
        application: Option<Application>,
    }
}

payload! {
    /// What came of submitting an application.
    SubmitApplicationPayload {
        /// The application, with what the check said at its submission; null where it was not submitted.
        application: Option<Application>,
    }
}

payload! {
    /// What came of assigning applications.
    AssignApplicationsPayload {
        /// All that were named, each once and in their order; empty where none was assigned.
        applications: Vec<Application>,
    }
}

payload! {
    /// What came of asking for work.
    TakeNextApplicationPayload {
        /// The application that is now in the viewer's hands; null without errors where none waits.
        application: Option<Application>,
    }
}

payload! {
    /// What came of declaring a conflict of interest.
    DeclareConflictPayload {
        /// The application that it came up with, back in the queue if the viewer had it; null where nothing was
        /// declared.
        application: Option<Application>,
    }
}

payload! {
    /// What came of recording a finding.
    RecordAssessmentPayload {
        /// The application with the finding, and its new version; null where none was recorded.
        application: Option<Application>,
    }
}

payload! {
    /// What came of advising.
    RecommendPayload {
        /// The application with the advice, waiting for the second person; null where no advice was taken.
        application: Option<Application>,
    }
}

payload! {
    /// What came of confirming.
    ConfirmPayload {
        /// NOMINATED with its place, or CONFIRMED with its position in the queue; null where nothing was confirmed.
        application: Option<Application>,
    }
}

payload! {
    /// What came of looking at a record of evidence.
    VerifyEvidencePayload {
        /// The record, as it counts now; null where nothing was recorded.
        evidence: Option<Evidence>,
    }
}

payload! {
    /// What came of answering.
    AnswerInformationRequestPayload {
        /// The application with the answer, and its new version; null where nothing was answered.
        application: Option<Application>,
    }
}

payload! {
    /// What came of replacing a worker.
    ReplaceWorkerPayload {
        /// The new draft, linked to the nomination; null where none was begun.
        application: Option<Application>,
    }
}

payload! {
    /// What came of asking.
    RequestInformationPayload {
        /// The application with the question, and its new version; null where nothing was asked.
        application: Option<Application>,
    }
}

payload! {
    /// What came of taking a question back.
    CancelInformationRequestPayload {
        /// The application without the open question, and its new version; null where nothing was taken back.
        application: Option<Application>,
    }
}

payload! {
    /// What came of declining.
    DeclinePayload {
        /// The application, DECLINED with its reasons; null where nothing was declined.
        application: Option<Application>,
    }
}

payload! {
    /// What came of disagreeing.
    SendBackPayload {
        /// The application, back in assessment; null where nothing was sent back.
        application: Option<Application>,
    }
}

payload! {
    /// What came of returning an application.
    ReturnApplicationPayload {
        /// The application, RETURNED to its employer; null where nothing was returned.
        application: Option<Application>,
    }
}

payload! {
    /// What came of reconsidering.
    ReconsiderPayload {
        /// The application, in assessment in a new round and in nobody's hands; null where nothing was reconsidered.
        application: Option<Application>,
    }
}

payload! {
    /// What came of a hold.
    HoldApplicationPayload {
        /// The application, on hold; null where nothing was held.
        application: Option<Application>,
    }
}

payload! {
    /// What came of releasing a hold.
    ReleaseHoldPayload {
        /// The application without the hold, with a place where one was free for it; null where nothing was released.
        application: Option<Application>,
    }
}

payload! {
    /// What came of proposing a correction.
    AmendNominationPayload {
        /// The nomination with the correction that waits; null where none was proposed.
        application: Option<Application>,
    }
}

payload! {
    /// What came of deciding on a correction.
    ConfirmAmendmentPayload {
        /// The nomination as it stands after the decision; null where nothing was decided.
        application: Option<Application>,
    }
}

payload! {
    /// What came of withdrawing, or would come of it.
    WithdrawApplicationPayload {
        /// The application as it stands now; null where nothing was done but for a refusal.
        application: Option<Application>,
        /// What it sets off beyond the application itself; null where it was refused.
        impact: Option<Impact>,
    }
}

payload! {
    /// What came of revoking, or would come of it.
    RevokeNominationPayload {
        /// The application as it stands now; null where nothing was done but for a refusal.
        application: Option<Application>,
        /// What it sets off beyond the application itself; null where it was refused.
        impact: Option<Impact>,
    }
}
