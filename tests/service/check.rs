//! `check` finds nothing in what the service wrote, and names whatever was changed by hand.
//!
//! Each change is first tried as the database stands: those that it refuses by itself are marked so. They are then
//! made all the same, with its constraints taken away, as a restored backup or a repair would have them.

use std::collections::BTreeSet;

use entity::ApplicationStatus;
use nominations::applications::actions::{DeclareConflict, SubmitApplication};
use nominations::check::{Rule, check};
use nominations::db::Keyed;
use nominations::history::SealNext;
use nominations::tenancy::Permission;
use nominations::values::nzbn::Nzbn;
use nominations::values::text::Text;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr};

use super::support::caseload::{Caseload, Wanted, agent_scope, staff_scope};
use super::support::database::{Database, Kind};
use super::support::{World, cast};

mod ballots;
mod changes;
mod releases;

use changes::{CHANGES, Change, Loosened};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_caseload_is_clean_and_every_change_by_hand_is_named() {
    every_change_is_named(Kind::Sqlite, settle, CHANGES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_releases_are_clean_and_every_change_by_hand_is_named() {
    every_change_is_named(Kind::Sqlite, releases::settle, releases::CHANGES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_releases_are_clean_and_every_change_by_hand_is_named() {
    every_change_is_named(Kind::Postgres, releases::settle, releases::CHANGES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_caseload_is_clean_and_every_change_by_hand_is_named() {
    every_change_is_named(Kind::Postgres, settle, CHANGES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_ballots_are_clean_and_every_change_by_hand_is_named() {
    every_change_to_ballots_is_named(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_ballots_are_clean_and_every_change_by_hand_is_named() {
    every_change_to_ballots_is_named(Kind::Postgres).await;
}

async fn every_change_is_named(kind: Kind, settle: impl AsyncFn(&World), changes: &[Change]) {
    let database = Database::make(kind).await;
    let world = World::on(&database).await;
    settle(&world).await;
    each_is_named(kind, database, world, changes).await;
}

async fn every_change_to_ballots_is_named(kind: Kind) {
    let database = Database::make(kind).await;
    let world = World::on(&database).await;
    ballots::settle(&world).await;
    each_is_named(kind, database, world, ballots::CHANGES).await;
}

async fn each_is_named(kind: Kind, database: Database, world: World, changes: &[Change]) {
    assert_eq!(told(&world).await, Vec::<String>::new());
    world.close().await;
    let base = database.into_template();
    for change in changes {
        let copy = base.copy().await;
        let made = make(&copy, kind, change).await;
        if made {
            let world = World::on(&copy).await;
            let violations = check(&world.app).await.expect("a check");
            let named: BTreeSet<Rule> = violations.iter().map(|violation| violation.rule).collect();
            let expected: BTreeSet<Rule> = change.breaks.iter().copied().collect();
            assert_eq!(named, expected, "{}: {violations:#?}", change.sql);
            world.close().await;
        }
        copy.drop().await;
    }
    base.drop().await;
}

#[test]
fn a_change_by_hand_stands_here_for_every_rule() {
    let broken: BTreeSet<Rule> = CHANGES
        .iter()
        .chain(ballots::CHANGES)
        .chain(releases::CHANGES)
        .flat_map(|change| change.breaks.iter().copied())
        .collect();
    // Those of reconciliation are broken in a world of their own: see `reconciling::corrupt`.
    let elsewhere = [
        Rule::DiscrepancyFits,
        Rule::DiscrepancyOpen,
        Rule::DiscrepancyResolved,
        Rule::DiscrepancyAgreed,
        Rule::ToldApart,
        Rule::Runs,
        Rule::SignedOff,
    ];
    let known = |rule: &&Rule| broken.contains(rule) || elsewhere.contains(rule);
    let missing: Vec<_> = Rule::ALL.iter().filter(|rule| !known(rule)).collect();
    // It takes a thousand violations.
    assert_eq!(missing, [&Rule::NotListed]);
}

/// Three places: NZTech's two, of which one is given back and goes to the next, and ITP's; one waits, and of each
/// earlier status there is one.
async fn settle(world: &World) {
    let cases = Caseload::new(world, |definition| definition.settings.places = 3).await;
    let by_rata = |passport| Wanted { firm: &cast::RATA, ..Wanted::new(passport) };
    cases.confirmed(&Wanted { priority: true, ..Wanted::new("N0000001") }).await;
    cases.confirmed(&Wanted { body: &cast::ITP, ..by_rata("N0000002") }).await;
    let returned = cases.confirmed(&Wanted::new("N0000003")).await;
    let next = cases.confirmed(&by_rata("N0000004")).await;
    cases.confirmed(&Wanted { body: &cast::ITP, ..Wanted::new("N0000005") }).await;
    world.take_back(returned).await.expect("a place");
    assert_eq!(world.application(next).await.status, ApplicationStatus::Nominated);
    cases.recommended(&Wanted::new("N0000006")).await;
    cases.in_assessment(&Wanted::new("N0000007"), 2).await;
    let draft = cases.draft(&by_rata("N0000008")).await;
    submit_under_a_key(world, draft).await;
    cases.wait_minutes(1);
    declare_conflict(world, draft).await;
    world.by_itself(&SealNext).await.expect("a seal");
    let interest = Some(cases.interest(&cast::NZTECH, &cast::KAURI).await);
    cases.draft(&Wanted { interest, ..Wanted::new("N0000009") }).await;
    world.by_itself(&SealNext).await.expect("a seal");
}

async fn submit_under_a_key(world: &World, id: entity::ApplicationId) {
    let scope = agent_scope(&cast::RATA);
    let keyed = Keyed { key: "one".into(), request_hashes: vec![[1; 32]] };
    let command = SubmitApplication {
        app: &world.app,
        scope: scope.clone(),
        id,
        version: 1,
        declaration: true,
        told_on: None,
    };
    world.app.db.perform(&scope, Some(&keyed), &command).await.expect("a submission");
}

async fn declare_conflict(world: &World, id: entity::ApplicationId) {
    let scope = staff_scope(&cast::NZTECH_SECOND, Permission::Assess);
    let command = DeclareConflict {
        app: &world.app,
        scope: scope.clone(),
        id,
        employer: Nzbn::parse(cast::RATA.nzbn).expect("an NZBN"),
        reason: Text::parse("A sister works there.").expect("a text"),
    };
    world.app.db.perform(&scope, None, &command).await.expect("a declaration");
}

/// Makes a change by hand; false where the database cannot be talked into it.
async fn make(database: &Database, kind: Kind, change: &Change) -> bool {
    let mut options = ConnectOptions::new(database.settings().url);
    options.max_connections(1).sqlx_logging(false);
    let conn = sea_orm::Database::connect(options).await.expect("a connection");
    if kind == Kind::Sqlite {
        conn.execute_unprepared("PRAGMA foreign_keys = ON").await.expect("foreign keys");
    }
    let first = conn.execute_unprepared(change.sql).await;
    assert_eq!(first.is_err(), change.loosened != Loosened::Nothing, "{}: {first:?}", change.sql);
    let possible = match (change.loosened, kind) {
        (Loosened::Nothing | Loosened::Constraints, _) | (Loosened::UniqueColumn, Kind::Postgres) => true,
        // A unique column of an SQLite table cannot be loosened without making the table anew.
        (Loosened::UniqueColumn, Kind::Sqlite) => false,
    };
    if possible && first.is_err() {
        loosen(&conn, kind).await.expect("no constraints");
        conn.execute_unprepared(change.sql).await.expect(change.sql);
    }
    conn.close().await.expect("a closed connection");
    possible
}

/// Takes triggers, checks, foreign keys and unique indexes away, on SQLite as far as they can be.
async fn loosen(conn: &DatabaseConnection, kind: Kind) -> Result<(), DbErr> {
    let sql = match kind {
        Kind::Postgres => {
            "DO $$ DECLARE one record; BEGIN \
             FOR one IN SELECT tgrelid::regclass AS t, tgname AS name FROM pg_trigger WHERE NOT tgisinternal \
             LOOP EXECUTE format('DROP TRIGGER %I ON %s', one.name, one.t); END LOOP; \
             FOR one IN SELECT conrelid::regclass AS t, conname AS name FROM pg_constraint \
                 WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype IN ('c', 'f', 'u') \
                 ORDER BY contype <> 'f' \
             LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.t, one.name); END LOOP; END $$; \
             DROP INDEX one_place_for_a_worker; DROP INDEX one_live_release"
        }
        Kind::Sqlite => {
            "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; \
             DROP INDEX one_place_for_a_worker; DROP INDEX one_live_release; \
             DROP TRIGGER release_refuses_update; DROP TRIGGER release_section_refuses_update; \
             DROP TRIGGER release_line_refuses_update; DROP TRIGGER release_line_refuses_delete; \
             DROP TRIGGER attestation_refuses_delete; DROP TRIGGER place_movement_refuses_update; \
             DROP TRIGGER ballot_refuses_update; DROP TRIGGER ballot_refuses_delete; DROP TRIGGER ballot_entry_refuses_update; DROP TRIGGER ballot_entry_refuses_delete; DROP TRIGGER ballot_commitment_refuses_update; DROP TRIGGER ballot_commitment_refuses_delete; DROP TRIGGER ballot_secret_refuses_update; DROP TRIGGER ballot_secret_refuses_delete; DROP TRIGGER ballot_strike_refuses_update; DROP TRIGGER ballot_strike_refuses_delete; DROP TRIGGER ballot_end_refuses_update; DROP TRIGGER ballot_end_refuses_delete; DROP TRIGGER ballot_result_refuses_update; DROP TRIGGER ballot_result_refuses_delete; \
             DROP TRIGGER place_movement_refuses_delete; DROP TRIGGER history_event_refuses_delete; \
             DROP TRIGGER history_event_refuses_update; DROP TRIGGER history_event_waits_for_seal; \
             DROP TRIGGER sealed_event_refuses_update; DROP TRIGGER sealed_event_refuses_delete; \
             DROP TRIGGER seal_refuses_update; DROP TRIGGER seal_refuses_delete; \
             DROP TRIGGER installation_refuses_delete; DROP TRIGGER class_exception_revision_refuses_delete"
        }
    };
    conn.execute_unprepared(sql).await.map(|_| ())
}

async fn told(world: &World) -> Vec<String> {
    check(&world.app).await.expect("a check").iter().map(ToString::to_string).collect()
}
