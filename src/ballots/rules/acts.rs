//! What may be done in a ballot, and when.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{BallotStatus, BallotVoidCause};

use super::{Beacon, Course, Part, Refusal, Secret};
use crate::values::sha256::Sha256;

/// How long a round's signature is waited for.
pub const WAITS_FOR_SIGNATURE: TimeDelta = TimeDelta::hours(72);

/// Whether an act changes anything: the same commitment or secret sent again does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is new.
    New,
    /// It is there already.
    Same,
}

/// Whether a body may commit.
///
/// # Errors
/// Why not.
pub fn may_commit(
    course: &Course,
    part: &Part,
    commitment: &Sha256,
    now: DateTime<Utc>,
) -> Result<Effect, Refusal> {
    match part.commitment {
        Some(before) if before == *commitment => Ok(Effect::Same),
        Some(_) => Err(Refusal::CommittedBefore),
        None if now >= course.commit_by => Err(Refusal::CommitmentsOver),
        None => Ok(Effect::New),
    }
}

/// Whether a body may reveal a secret; `fits` tells whether it is the one that was committed to.
///
/// # Errors
/// Why not; [`Refusal::WrongSecret`] goes on record.
pub fn may_reveal(
    course: &Course,
    part: &Part,
    secret: &Secret,
    fits: bool,
    now: DateTime<Utc>,
) -> Result<Effect, Refusal> {
    if part.secret.as_ref() == Some(secret) {
        return Ok(Effect::Same);
    }
    if course.phase(now) == BallotStatus::Committing {
        return Err(Refusal::CommitmentsOpen { from: course.commit_by });
    }
    if part.commitment.is_none() {
        return Err(Refusal::NotCommitted);
    }
    if now >= course.reveal_by {
        return Err(Refusal::RevealsOver);
    }
    if fits { Ok(Effect::New) } else { Err(Refusal::WrongSecret) }
}

/// Whether a ballot may be drawn with a signature; answers with the beacon's randomness, where one was named.
///
/// # Errors
/// Why not.
pub fn may_draw(
    course: &Course,
    signature: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<Sha256>, Refusal> {
    if course.phase(now) != BallotStatus::Ready {
        return Err(Refusal::NotReady { from: course.reveal_by });
    }
    if !course.has_chance() {
        return Err(Refusal::NoChance);
    }
    match (course.beacon, signature) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Refusal::NoBeacon),
        (Some(beacon), None) => Err(Refusal::SignatureMissing { round: beacon.round, at: beacon.at() }),
        (Some(beacon), Some(signature)) => Ok(Some(beacon.verify(signature)?)),
    }
}

/// What allows a ballot to be voided: that nobody can know a result, or that there can be none.
///
/// # Errors
/// Where somebody may know the result.
pub fn may_void(
    course: &Course,
    giving_is_over: bool,
    now: DateTime<Utc>,
) -> Result<BallotVoidCause, Refusal> {
    if giving_is_over {
        return Ok(BallotVoidCause::GivingOver);
    }
    if course.phase(now) == BallotStatus::Ready && !course.has_chance() {
        return Ok(BallotVoidCause::NoChance);
    }
    if !is_knowable(course, now) {
        return Ok(BallotVoidCause::NothingKnown);
    }
    let is_waited_out = |beacon: Beacon| now >= beacon.at() + WAITS_FOR_SIGNATURE;
    if course.beacon.is_some_and(is_waited_out) {
        Ok(BallotVoidCause::NoSignature)
    } else {
        Err(Refusal::NotVoidable)
    }
}

/// Whether an entry may be struck: only where voiding would let somebody choose.
///
/// # Errors
/// Where the ballot is to be voided instead.
pub fn may_strike(course: &Course, now: DateTime<Utc>) -> Result<(), Refusal> {
    if is_knowable(course, now) { Ok(()) } else { Err(Refusal::VoidInstead) }
}

/// Whether anybody may know more of the result than everybody did when the list was frozen.
fn is_knowable(course: &Course, now: DateTime<Utc>) -> bool {
    course.is_revealed() || course.beacon.is_some_and(|beacon| now >= beacon.at())
}

#[cfg(test)]
mod tests {
    use super::super::Chain;
    use super::*;

    const COMMITTING: &str = "2023-09-02T00:00:00Z";
    const REVEALING: &str = "2023-09-12T00:00:00Z";
    const READY: &str = "2023-09-15T11:00:02Z";
    const ROUND_IS_THERE: &str = "2023-09-15T11:00:03Z";
    const TOO_LONG: &str = "2023-09-18T11:00:03Z";

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn secret() -> Secret {
        Secret::from_bytes([7; 32])
    }

    fn course(beacon: bool, committed: bool, revealed: bool) -> Course {
        Course {
            commit_by: at("2023-09-10T00:00:00Z"),
            reveal_by: at("2023-09-15T11:00:00Z"),
            beacon: beacon.then_some(Beacon { chain: Chain::Quicknet, round: 657_413 }),
            parts: vec![Part {
                body: "itp".into(),
                commitment: committed.then(|| Sha256::of("c")),
                secret: revealed.then(secret),
            }],
        }
    }

    #[test]
    fn a_body_commits_once_and_in_time() {
        let commits = |course: &Course, text: &str, now| {
            may_commit(course, &course.parts[0], &Sha256::of(text), at(now))
        };
        assert_eq!(commits(&course(true, false, false), "c", COMMITTING), Ok(Effect::New));
        assert_eq!(
            commits(&course(true, false, false), "c", "2023-09-10T00:00:00Z"),
            Err(Refusal::CommitmentsOver)
        );
        assert_eq!(commits(&course(true, true, false), "c", TOO_LONG), Ok(Effect::Same));
        assert_eq!(commits(&course(true, true, false), "d", COMMITTING), Err(Refusal::CommittedBefore));
    }

    #[test]
    fn a_body_reveals_what_it_committed_to_in_time() {
        let reveals =
            |course: &Course, fits, now| may_reveal(course, &course.parts[0], &secret(), fits, at(now));
        let open = course(true, true, false);
        assert_eq!(reveals(&open, true, REVEALING), Ok(Effect::New));
        assert_eq!(reveals(&open, false, REVEALING), Err(Refusal::WrongSecret));
        assert_eq!(reveals(&open, true, "2023-09-15T11:00:00Z"), Err(Refusal::RevealsOver));
        assert_eq!(reveals(&open, false, "2023-09-15T11:00:00Z"), Err(Refusal::RevealsOver));
        assert_eq!(reveals(&course(true, true, true), true, TOO_LONG), Ok(Effect::Same));
        assert_eq!(reveals(&course(true, false, false), true, REVEALING), Err(Refusal::NotCommitted));
        let from = open.commit_by;
        assert_eq!(
            reveals(&course(true, false, false), true, COMMITTING),
            Err(Refusal::CommitmentsOpen { from })
        );
    }

    #[test]
    fn a_draw_waits_for_everybody_or_for_the_deadline_and_needs_chance() {
        let from = at("2023-09-15T11:00:00Z");
        let draws = |course: &Course, now| may_draw(course, None, at(now));
        assert_eq!(draws(&course(false, true, false), REVEALING), Err(Refusal::NotReady { from }));
        assert_eq!(draws(&course(false, true, true), REVEALING), Ok(None));
        assert_eq!(draws(&course(false, true, false), READY), Err(Refusal::NoChance));
        let missing = Refusal::SignatureMissing { round: 657_413, at: at(ROUND_IS_THERE) };
        assert_eq!(draws(&course(true, true, false), READY), Err(missing));
        assert_eq!(may_draw(&course(false, true, true), Some(""), at(READY)), Err(Refusal::NoBeacon));
    }

    #[test]
    fn a_ballot_is_voided_only_while_nobody_can_know_or_when_nobody_ever_will() {
        use BallotVoidCause::{GivingOver, NoChance, NoSignature, NothingKnown};
        for (beacon, revealed, now, expected) in [
            (true, false, COMMITTING, Ok(NothingKnown)),
            (true, false, READY, Ok(NothingKnown)),
            (true, false, ROUND_IS_THERE, Err(Refusal::NotVoidable)),
            (true, true, REVEALING, Err(Refusal::NotVoidable)),
            (true, true, "2023-09-18T11:00:02Z", Err(Refusal::NotVoidable)),
            (true, true, TOO_LONG, Ok(NoSignature)),
            (false, false, REVEALING, Ok(NothingKnown)),
            (false, false, READY, Ok(NoChance)),
            (false, true, READY, Err(Refusal::NotVoidable)),
            (false, true, TOO_LONG, Err(Refusal::NotVoidable)),
        ] {
            let course = course(beacon, true, revealed);
            assert_eq!(may_void(&course, false, at(now)), expected, "{beacon} {revealed} {now}");
            assert_eq!(may_void(&course, true, at(now)), Ok(GivingOver));
            let known = revealed || (beacon && at(now) >= at(ROUND_IS_THERE));
            assert_eq!(may_strike(&course, at(now)).is_ok(), known, "{beacon} {revealed} {now}");
        }
    }
}
