//! Ballots changed by hand.

use nominations::check::Rule;

use super::changes::{Change, refused, seen};
use crate::service::ballots::field::{Field, ROUND_IS_THERE, at};
use crate::service::ballots::files::SIGNATURE;
use crate::service::support::World;
use crate::service::support::cast::{ITP_LEAD, NZTECH_LEAD};

/// Three places for five entries of both bodies, of which one was struck, after a ballot that was voided.
pub(super) async fn settle(world: &World) {
    let field = Field::of(world, 6, 3).await;
    let first = field.open(true).await;
    field.void_by(first, &ITP_LEAD).await.expect("an end of the ballot");
    let second = field.open(true).await;
    field.both_act(second).await;
    let struck = field.entry(field.ids[0]).await;
    field.strike(second, &NZTECH_LEAD, &struck).await.expect("a strike");
    world.clock.move_to(at(ROUND_IS_THERE));
    field.draw(second, &NZTECH_LEAD, Some(SIGNATURE)).await.expect("a draw");
}

pub(super) const CHANGES: &[Change] = &[
    refused("UPDATE ballot SET entries_digest = replace(entries_digest, '1', '2')", &[Rule::BallotVerifies]),
    refused("UPDATE ballot SET entry_count = 5", &[Rule::BallotVerifies]),
    refused(
        "UPDATE ballot SET reveal_by = '2023-09-15T12:00:00+00:00' WHERE number = 2",
        &[Rule::BallotVerifies],
    ),
    refused(
        "DELETE FROM ballot_entry WHERE entry = (SELECT entry FROM ballot_result WHERE rank = 5)",
        &[Rule::BallotVerifies, Rule::BallotRanks, Rule::Dangling],
    ),
    refused(
        "UPDATE ballot_commitment SET commitment = replace(commitment, '1', '2')",
        &[Rule::BallotVerifies],
    ),
    refused("UPDATE ballot_secret SET secret = replace(secret, '0', '3')", &[Rule::BallotVerifies]),
    refused("DELETE FROM ballot_strike", &[Rule::BallotVerifies]),
    refused("UPDATE ballot_end SET seed = replace(seed, '1', '2')", &[Rule::BallotVerifies]),
    refused("UPDATE ballot_end SET places = 4 WHERE outcome = 'DRAWN'", &[Rule::BallotVerifies]),
    refused(
        "UPDATE ballot_end SET beacon_signature = replace(beacon_signature, '7', '8')",
        &[Rule::BallotVerifies],
    ),
    refused(
        "UPDATE ballot_end SET at = '2023-09-16T00:00:00+00:00' WHERE outcome = 'DRAWN'",
        &[Rule::DrawnOnce],
    ),
    refused("DELETE FROM ballot_end WHERE outcome = 'VOID'", &[Rule::BallotLive]),
    refused(
        "UPDATE ballot_result SET ticket = replace(ticket, '1', '2') WHERE rank = 4",
        &[Rule::BallotVerifies],
    ),
    refused("UPDATE ballot_result SET won = NOT won WHERE rank = 4", &[Rule::BallotVerifies]),
    refused("DELETE FROM ballot_result WHERE rank = 1", &[Rule::BallotVerifies]),
    seen("UPDATE queue_entry SET draw_rank = 9 WHERE draw_rank = 5", &[Rule::BallotRanks]),
    seen("UPDATE queue_entry SET draw_rank = NULL WHERE draw_rank = 4", &[Rule::BallotRanks]),
    seen("UPDATE class_exception SET drawn_at = NULL", &[Rule::DrawnOnce]),
    seen("INSERT INTO live_ballot SELECT exception_id, id FROM ballot WHERE number = 2", &[Rule::BallotLive]),
];
