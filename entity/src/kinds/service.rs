//! The words of the service itself.

use sea_orm::{DeriveActiveEnum, EnumIter, Iterable};
use serde::{Deserialize, Serialize};

kinds! {
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
}
