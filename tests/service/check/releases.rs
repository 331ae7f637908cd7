//! Changes by hand to releases and to what follows from them.

use nominations::check::Rule;

use super::changes::{Change, refused, seen};
use crate::service::support::World;
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast;

/// Release 1 is acknowledged: NZTech's place 1 and ITP's place 2. Release 2 is published: place 1 as before, place 2
/// suspended, place 3 added. Release 3 is being prepared.
pub async fn settle(world: &World) {
    let cases = Caseload::new(world, |definition| definition.settings.places = 3).await;
    cases.confirmed(&Wanted::new("N0000001")).await;
    let theirs = Wanted { body: &cast::ITP, firm: &cast::RATA, ..Wanted::new("N0000002") };
    let theirs = cases.confirmed(&theirs).await;
    world.acknowledged().await;
    world.take_back(theirs).await.expect("a revocation");
    cases.confirmed(&Wanted { firm: &cast::RATA, ..Wanted::new("N0000003") }).await;
    world.published().await;
    world.prepare(&cast::ITP).await.expect("a release");
}

pub const CHANGES: &[Change] = &[
    refused(
        "UPDATE release SET digest = '0000000000000000000000000000000000000000000000000000000000000000' \
         WHERE number = 2",
        &[Rule::ReleaseDigests],
    ),
    refused(
        "UPDATE release_section SET digest = '0000000000000000000000000000000000000000000000000000000000000000' \
         WHERE release_id = (SELECT id FROM release WHERE number = 1)",
        &[Rule::ReleaseDigests, Rule::ReleaseAttested],
    ),
    refused(
        "UPDATE release_line SET place_number = place_number + 1 WHERE change = 'SUSPENDED'",
        &[Rule::ReleaseDigests],
    ),
    refused(
        "UPDATE release_line SET reason = 'WITHDRAWN' WHERE change = 'SUSPENDED'",
        &[Rule::ReleaseDigests],
    ),
    seen(
        "UPDATE release_line SET content_sealed = (SELECT content_sealed FROM release_line AS other \
             WHERE other.change = 'SUSPENDED') WHERE change IS NULL AND section_row = 1",
        &[Rule::ReleaseDigests],
    ),
    // Gone before the class exception's date.
    seen("UPDATE release_line SET content_sealed = substr(content_sealed, 1, 0)", &[Rule::ReleaseDigests]),
    refused(
        "DELETE FROM release_line WHERE change = 'SUSPENDED'",
        &[Rule::ReleaseAddsUp, Rule::ReleaseDigests, Rule::ListedOnRelease],
    ),
    refused("UPDATE release SET line_count = line_count + 1 WHERE number = 2", &[Rule::ReleaseAddsUp]),
    refused("DELETE FROM attestation", &[Rule::ReleaseAttested]),
    refused(
        "UPDATE release_state SET attested_at = NULL WHERE status = 'PUBLISHED'",
        &[Rule::ReleaseAttested],
    ),
    refused(
        "UPDATE release_state SET status = 'ATTESTED', published_at = NULL, published_by = NULL WHERE number = 2",
        &[Rule::OneLiveRelease, Rule::ListedOnRelease, Rule::PublishedMovement, Rule::AgencyCase],
    ),
    seen("UPDATE place SET state = 'RESERVED' WHERE number = 1", &[Rule::ListedOnRelease, Rule::Ledger]),
    refused(
        "UPDATE place_movement SET kind = 'ALLOCATED' WHERE kind = 'PUBLISHED' AND place_number = 1",
        &[Rule::PublishedMovement, Rule::Ledger],
    ),
    seen(
        "DELETE FROM agency_case WHERE application_id = (SELECT application_id FROM place WHERE number = 1)",
        &[Rule::AgencyCase],
    ),
    seen(
        "UPDATE agency_case SET body_id = (SELECT id FROM body WHERE slug = 'itp') \
         WHERE application_id = (SELECT application_id FROM place WHERE number = 1)",
        &[Rule::AgencyCase],
    ),
];
