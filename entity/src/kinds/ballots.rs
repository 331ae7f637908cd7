//! The words of ballots.

use sea_orm::{DeriveActiveEnum, EnumIter, Iterable};
use serde::{Deserialize, Serialize};

kinds! {
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
}

impl From<BallotOutcome> for BallotStatus {
    fn from(outcome: BallotOutcome) -> Self {
        match outcome {
            BallotOutcome::Drawn => Self::Drawn,
            BallotOutcome::Void => Self::Void,
        }
    }
}
