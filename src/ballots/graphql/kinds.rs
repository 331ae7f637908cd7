//! The words for ballots, as the public schema describes them.

use async_graphql::Enum;

/// Where a ballot stands at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::BallotStatus")]
pub enum BallotStatus {
    /// The list is frozen, and the bodies commit to their secrets.
    Committing,
    /// All bodies have committed, or their time is over: the bodies reveal their secrets.
    Revealing,
    /// All that committed have revealed, or their time is over: it can be drawn, once the beacon's round is there where one
    /// was named.
    Ready,
    /// The order stands for good.
    Drawn,
    /// It ended without a draw. It stays visible with its reason.
    Void,
}

/// What went wrong in a ballot. None of it stops or steers the draw: the body's part of the seed stays empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::BallotIncident")]
pub enum BallotIncidentKind {
    /// The body had not committed by the deadline.
    NeverCommitted,
    /// The body had committed, and had not revealed by the deadline.
    NeverRevealed,
    /// The body sent another secret than the one that it had committed to. The right one may have followed.
    WrongSecret,
}

/// What allowed a ballot to be voided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::BallotVoidCause")]
pub enum BallotVoidCause {
    /// No secret was revealed and the beacon's round had not come, so nobody could know a result. The next ballot has a new
    /// list.
    NothingKnown,
    /// The round's signature was not there for 72 hours. The next ballot has the same list.
    NoSignature,
    /// No beacon was named and no body revealed, so there was no chance in it. The next ballot has the same list.
    NoChance,
    /// The giving of places is over.
    GivingOver,
}

/// Whether anybody can tell that nobody steered a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::BallotVerifiability")]
pub enum BallotVerifiability {
    /// A beacon was named before anybody could know it: while anything could still be chosen, nobody could know the result.
    IndependentlyVerifiable,
    /// No beacon was named: whoever revealed last could see the result before. Anybody can still check that the order is what
    /// the secrets give.
    NotIndependentlyVerifiable,
}
