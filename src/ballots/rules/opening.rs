//! When a ballot may be opened, with which deadlines, and who is on its list.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{AllocationMethod, BallotVoidCause, class_exception};

use super::{Beacon, Chain, Refusal};
use crate::exceptions::rules::{ClassExceptionStatus, Window};
use crate::quota::rules::giving_is_over;

/// How far away the last deadline may lie. No place is given meanwhile.
/// The shortest time for the commitments, and for the reveals after them: nobody opens a ballot that is over before the other
/// bodies have heard of it.
const SHORTEST: TimeDelta = TimeDelta::days(1);
const LONGEST: TimeDelta = TimeDelta::days(90);
/// How long after the reveals the beacon's round may come: a slip of a digit would keep everybody waiting.
const BEACON_WITHIN: TimeDelta = TimeDelta::days(7);

/// The deadlines and the beacon that a ballot is opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// First instant at which nobody commits any more.
    pub commit_by: DateTime<Utc>,
    /// First instant at which nobody reveals any more.
    pub reveal_by: DateTime<Utc>,
    /// The round that is mixed in.
    pub beacon: Option<Beacon>,
}

/// Whether a ballot may be opened under an exception as it stands. `has_live` tells that one is open.
///
/// # Errors
/// Why not.
pub fn may_open(
    exception: &class_exception::Model,
    has_live: bool,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let window =
        Window { opens_at: exception.opens_at, closes_at: exception.closes_at, paused: exception.paused };
    if exception.allocation != AllocationMethod::Ballot {
        return Err(Refusal::NotByBallot);
    }
    if exception.drawn_at.is_some() {
        return Err(Refusal::DrawnBefore);
    }
    if window.status(now) != ClassExceptionStatus::Closed {
        return Err(Refusal::WindowOpen);
    }
    if giving_is_over(exception, now) {
        return Err(Refusal::GivingOver);
    }
    if exception.paused {
        return Err(Refusal::Paused);
    }
    if has_live { Err(Refusal::BallotOpen) } else { Ok(()) }
}

impl Plan {
    /// Whether the deadlines follow one another, and the round comes after the last.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        let deadline = |field, why| Err(Refusal::Deadline { field, why });
        if self.commit_by < now + SHORTEST {
            return deadline("commitBy", "Give the bodies at least 24 hours for their commitments.");
        }
        if self.reveal_by < self.commit_by + SHORTEST {
            return deadline("revealBy", "Give the bodies at least 24 hours for their reveals after that.");
        }
        if self.reveal_by > now + LONGEST {
            return deadline(
                "revealBy",
                "The reveals have to end within 90 days: nobody is given a place meanwhile.",
            );
        }
        let Some(beacon) = self.beacon else { return Ok(()) };
        let first = beacon.chain.first_after(self.reveal_by);
        let last = beacon.chain.first_after(self.reveal_by + BEACON_WITHIN);
        if (first..=last).contains(&beacon.round) {
            return Ok(());
        }
        let why = format!(
            "The beacon's round has to come after the reveals have ended, and within seven days of that: name a round \
             from {first} to {last}."
        );
        Err(Refusal::Beacon { field: "beaconRound", is_missing: false, why })
    }
}

/// Reads a beacon as it is named: both its chain and its round, or neither.
///
/// # Errors
/// What is missing, or not known.
pub fn read_beacon(chain: Option<&str>, round: Option<i32>) -> Result<Option<Beacon>, Refusal> {
    let refused = |field, is_missing, why: &str| Err(Refusal::Beacon { field, is_missing, why: why.into() });
    let (chain, round) = match (chain, round) {
        (None, None) => return Ok(None),
        (Some(_), None) => return refused("beaconRound", true, "Name the round of the chain as well."),
        (None, Some(_)) => return refused("beaconChain", true, "Name the chain of the round as well."),
        (Some(chain), Some(round)) => (chain, round),
    };
    let Some(chain) = Chain::find(chain) else {
        let known: Vec<_> = Chain::ALL.iter().map(|chain| chain.hash()).collect();
        let why = format!("This chain is not known here. Known is drand's quicknet: {}.", known.join(", "));
        return Err(Refusal::Beacon { field: "beaconChain", is_missing: false, why });
    };
    match u32::try_from(round) {
        Ok(round) if round > 0 => Ok(Some(Beacon { chain, round })),
        Ok(_) | Err(_) => refused("beaconRound", false, "Rounds count from 1."),
    }
}

/// An application that waits for the draw and for nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate<A> {
    /// Which.
    pub application: A,
    /// Its id in lists.
    pub entry: String,
    /// Of its worker, one for each version of the key.
    pub fingerprints: Vec<(i32, String)>,
}

/// One entry for each worker: of one worker's applications, which come in the queue's order, the first.
#[must_use]
pub fn one_for_each_worker<A>(candidates: Vec<Candidate<A>>) -> Vec<Candidate<A>> {
    let mut seen = HashSet::new();
    let is_first = |candidate: &Candidate<A>| {
        let known = candidate.fingerprints.iter().any(|one| seen.contains(one));
        seen.extend(candidate.fingerprints.iter().cloned());
        !known
    };
    candidates.into_iter().filter(is_first).collect::<Vec<_>>()
}

/// Whether what follows a ballot that was voided takes over its list: where nothing was wrong with the list.
#[must_use]
pub fn keeps_list(cause: BallotVoidCause) -> bool {
    match cause {
        BallotVoidCause::NoSignature | BallotVoidCause::NoChance => true,
        BallotVoidCause::NothingKnown | BallotVoidCause::GivingOver => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn of_one_workers_applications_the_first_takes_part() {
        let candidate = |application, fingerprints: &[(i32, &str)]| Candidate {
            application,
            entry: format!("entry {application}"),
            fingerprints: fingerprints.iter().map(|(key, hash)| (*key, (*hash).to_owned())).collect(),
        };
        let all = vec![
            candidate(1, &[(1, "a")]),
            candidate(2, &[(1, "b")]),
            candidate(3, &[(1, "a"), (2, "A")]),
            candidate(4, &[(2, "A")]),
            // Another key's hash that looks the same is another worker's.
            candidate(5, &[(2, "b")]),
            candidate(6, &[]),
            candidate(7, &[]),
        ];
        let kept: Vec<_> = one_for_each_worker(all).into_iter().map(|one| one.application).collect();
        assert_eq!(kept, [1, 2, 5, 6, 7]);
    }

    #[test]
    fn deadlines_follow_one_another_and_the_round_comes_after_the_last() {
        let now = at("2023-09-01T00:00:00Z");
        let plan = |commit_by, reveal_by, round: Option<u32>| Plan {
            commit_by: at(commit_by),
            reveal_by: at(reveal_by),
            beacon: round.map(|round| Beacon { chain: Chain::Quicknet, round }),
        };
        let field = |plan: Plan| match plan.check(now) {
            Ok(()) => "good",
            Err(Refusal::Deadline { field, .. } | Refusal::Beacon { field, .. }) => field,
            Err(other) => panic!("{other:?}"),
        };
        let (commit, reveal) = ("2023-09-10T00:00:00Z", "2023-09-15T11:00:00Z");
        // Round 657412 comes at the very instant of the deadline.
        for (plan, expected) in [
            (plan(commit, reveal, None), "good"),
            (plan(commit, reveal, Some(657_413)), "good"),
            (plan(commit, reveal, Some(657_412)), "beaconRound"),
            (plan(commit, reveal, Some(657_413 + 7 * 24 * 1_200)), "good"),
            (plan(commit, reveal, Some(657_414 + 7 * 24 * 1_200)), "beaconRound"),
            (plan("2023-09-01T00:00:00Z", reveal, None), "commitBy"),
            (plan(commit, commit, None), "revealBy"),
            (plan(commit, "2023-11-30T00:00:00Z", None), "good"),
            (plan(commit, "2023-11-30T00:00:00.000001Z", None), "revealBy"),
        ] {
            assert_eq!(field(plan), expected, "{plan:?}");
        }
    }

    #[test]
    fn a_beacon_is_named_whole_or_not_at_all() {
        let quicknet = Chain::Quicknet.hash();
        assert_eq!(read_beacon(None, None), Ok(None));
        assert!(read_beacon(Some(quicknet), Some(1)).is_ok_and(|beacon| beacon.is_some()));
        for (chain, round, code) in [
            (Some(quicknet), None, "Required"),
            (None, Some(1), "Required"),
            (Some(quicknet), Some(0), "Invalid"),
            (Some(quicknet), Some(-1), "Invalid"),
            (Some("8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce"), Some(1), "Invalid"),
        ] {
            let refused = read_beacon(chain, round).expect_err("a refusal");
            assert_eq!(format!("{:?}", refused.code()), code, "{refused}");
        }
    }
}
