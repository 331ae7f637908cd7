//! What each mutation answers.

use super::application::Application;
use super::evidence::Evidence;
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
