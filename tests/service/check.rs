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
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

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
    let mut astray = Vec::new();
    for change in changes {
        let copy = base.copy().await;
        let made = make(&copy, kind, change).await;
        if made {
            let world = World::on(&copy).await;
            let violations = check(&world.app).await.expect("a check");
            let named: BTreeSet<Rule> = violations.iter().map(|violation| violation.rule).collect();
            let expected: BTreeSet<Rule> = change.breaks.iter().copied().collect();
            if named != expected {
                astray.push(format!(
                    "{}\nis expected to break {expected:?} and broke {violations:#?}",
                    change.sql
                ));
            }
            world.close().await;
        }
        copy.drop().await;
    }
    assert!(astray.is_empty(), "{}", astray.join("\n\n"));
    base.drop().await;
}

on_both_databases! { terms_and_guards_are_held_as_well }

/// What is said otherwise in each database's own words.
async fn terms_and_guards_are_held_as_well(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    cases
        .apply(super::support::caseload::definition(|file| file.terms.roles.truncate(3)))
        .await
        .expect("terms");
    assert_eq!(told(&world).await, Vec::<String>::new());
    let on = |table: &str| match world.app.db.backend() {
        DbBackend::Postgres => format!(" ON {table}"),
        _ => String::new(),
    };
    let drop =
        format!("DROP TRIGGER class_exception_revision_refuses_update{}", on("class_exception_revision"));
    let change = "UPDATE class_exception_revision SET terms = (SELECT later.terms FROM class_exception_revision AS later \
                  WHERE later.revision = 2) WHERE revision = 1";
    for sql in [drop.as_str(), change] {
        world.conn().execute_unprepared(sql).await.expect(sql);
    }
    // It has the old terms still in hand: another process reads what stands there.
    let told = told(&world.another().await).await;
    assert_eq!(
        told,
        [
            "trigger class_exception_revision_refuses_update: it is not there, or does nothing (guards-stand)",
            "specialist-tech: the terms of revision 1 are not those that were applied (revisions)",
        ]
    );
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
    // Triggers are taken away above; the other takes a thousand violations.
    assert_eq!(missing, [&Rule::Guards, &Rule::NotListed]);
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
        by_force(&conn, kind, change.sql).await.expect(change.sql);
    }
    conn.close().await.expect("a closed connection");
    possible
}

/// As whoever owns the database makes a change: past its triggers and foreign keys, which stand again afterwards, and past
/// its checks and unique indexes.
async fn by_force(conn: &DatabaseConnection, kind: Kind, sql: &str) -> Result<(), DbErr> {
    match kind {
        Kind::Postgres => {
            let loosen = "DO $$ DECLARE one record; BEGIN \
                FOR one IN SELECT conrelid::regclass AS t, conname AS name FROM pg_constraint AS held \
                    WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype IN ('c', 'u') \
                    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE refobjid = held.conindid AND deptype = 'n') \
                LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.t, one.name); END LOOP; END $$; \
                DROP INDEX one_place_for_a_worker; DROP INDEX one_live_release; \
                SET session_replication_role = replica";
            conn.execute_unprepared(loosen).await?;
            conn.execute_unprepared(sql).await?;
        }
        Kind::Sqlite => {
            let triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'";
            let triggers = conn.query_all_raw(Statement::from_string(DbBackend::Sqlite, triggers)).await?;
            let loosen = "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; \
                DROP INDEX one_place_for_a_worker; DROP INDEX one_live_release";
            conn.execute_unprepared(loosen).await?;
            for trigger in &triggers {
                let name: String = trigger.try_get("", "name")?;
                conn.execute_unprepared(&format!("DROP TRIGGER {name}")).await?;
            }
            conn.execute_unprepared(sql).await?;
            for trigger in &triggers {
                conn.execute_unprepared(&trigger.try_get::<String>("", "sql")?).await?;
            }
        }
    }
    Ok(())
}

async fn told(world: &World) -> Vec<String> {
    check(&world.app).await.expect("a check").iter().map(ToString::to_string).collect()
}
