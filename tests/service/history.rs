//! The sealed history: positions without gaps, one chain whoever seals, and every change of the past is told.

use std::sync::Arc;

use entity::{EventKind, PlaceMovementKind, history_event, place_movement, seal, sealed_event, unsealed};
use nominations::check::check;
use nominations::history::seal::Flaw;
use nominations::history::{SealNext, Verified, find_by_head, head, verify};
use nominations::jobs::Job;
use nominations::jobs::runner::{Runner, Turn};
use nominations::tenancy::SystemScope;
use nominations::values::sha256::Sha256;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, QueryOrder, Statement};
use tokio::sync::Barrier;

use super::support::World;
use super::support::caseload::{Caseload, Wanted};
use super::support::cast::NZTECH;

on_both_databases! {
    everything_that_is_written_is_sealed_once_and_in_order,
    two_processes_seal_one_chain,
    a_sealing_that_is_undone_leaves_nothing,
    what_is_committed_late_gets_a_later_position,
    every_change_of_the_past_is_told_with_its_place,
    a_head_that_was_published_gives_away_a_chain_that_was_made_anew,
    a_release_carries_the_head_of_its_time,
    sealing_and_looking_again_are_linear,
}

async fn flaws(world: &World) -> (Vec<Flaw>, Verified) {
    let snapshot = world.app.db.snapshot(&SystemScope::of("test")).await.expect("a snapshot");
    let mut flaws = Vec::new();
    let verified = verify(&snapshot, |flaw| flaws.push(flaw)).await.expect("an answer");
    snapshot.end().await.expect("an end");
    (flaws, verified)
}

async fn seal_all(world: &World) -> usize {
    let mut sealed = 0;
    loop {
        match world.by_itself(&SealNext).await.expect("a sealing") {
            0 => return sealed,
            more => sealed += more,
        }
    }
}

async fn count(world: &World) -> usize {
    let events = history_event::Entity::find().count(world.conn()).await.expect("a count");
    let movements = place_movement::Entity::find().count(world.conn()).await.expect("a count");
    usize::try_from(events + movements).expect("a number")
}

async fn positions(world: &World) -> Vec<i64> {
    let rows = sealed_event::Entity::find().order_by_asc(sealed_event::Column::Position);
    rows.all(world.conn()).await.expect("rows").iter().map(|row| row.position).collect()
}

async fn seals(world: &World) -> Vec<seal::Model> {
    seal::Entity::find().order_by_asc(seal::Column::Number).all(world.conn()).await.expect("seals")
}

async fn by_hand(world: &World, sql: &str) {
    world.conn().execute_unprepared(sql).await.expect(sql);
}

/// A class exception with some cases; what came of them is not sealed yet.
async fn settle(world: &World) -> Caseload<'_> {
    let cases = Caseload::new(world, |file| file.settings.places = 5).await;
    cases.confirmed(&Wanted::new("N1")).await;
    cases.confirmed(&Wanted::new("N2")).await;
    cases
}

async fn everything_that_is_written_is_sealed_once_and_in_order(world: World) {
    assert_eq!(head(world.conn()).await.expect("an answer"), None);
    let cases = settle(&world).await;
    let runner = Runner::new(Arc::clone(&world.app));
    let Turn::Done(done) = runner.take_turn(Job::Seal).await.expect("a turn") else { panic!("not done") };
    let first = count(&world).await;
    assert_eq!(done.to_string(), format!("{first} sealed"));
    // Nothing new, no new seal.
    assert_eq!(seal_all(&world).await, 0);
    cases.draft(&Wanted::new("N3")).await;
    assert_eq!(seal_all(&world).await, 1);
    let all = i64::try_from(count(&world).await).expect("a number");
    assert_eq!(positions(&world).await, (1..=all).collect::<Vec<_>>());
    assert_eq!(unsealed::Entity::find().count(world.conn()).await.expect("a count"), 0);
    let [one, other] = &seals(&world).await[..] else { panic!("two seals") };
    assert_eq!((one.first_position, one.last_position, one.previous_head.as_str()), (1, all - 1, ""));
    assert_eq!((other.first_position, other.last_position, &other.previous_head), (all, all, &one.head));
    assert_eq!(head(world.conn()).await.expect("an answer").as_ref(), Some(&other.head));
    let verified = Verified { seals: 2, records: all, waiting: 0, head: other.head.clone() };
    assert_eq!(flaws(&world).await, (vec![], verified));
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

/// Writes many records of the ledger at once, which nobody else does.
async fn write_many(world: &World, count: usize) {
    let movement =
        place_movement::Entity::find().one(world.conn()).await.expect("a query").expect("a movement");
    let sql = match world.app.db.backend() {
        sea_orm::DbBackend::Postgres => format!(
            "INSERT INTO place_movement SELECT gen_random_uuid(), exception_id, place_number, 100 + n, to_state, to_state, \
                 'PUBLISHED', application_id, body_id, reason, actor_kind, actor_id, at, on_day \
             FROM place_movement, generate_series(1, {count}) AS n WHERE place_movement.id = $1"
        ),
        _ => format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
             INSERT INTO place_movement SELECT randomblob(16), exception_id, place_number, 100 + n, to_state, to_state, \
                 'PUBLISHED', application_id, body_id, reason, actor_kind, actor_id, at, on_day \
             FROM place_movement, numbers WHERE place_movement.id = $1"
        ),
    };
    let statement = Statement::from_sql_and_values(world.app.db.backend(), sql, [movement.id.into()]);
    world.conn().execute_raw(statement).await.expect("many records");
}

async fn two_processes_seal_one_chain(world: World) {
    settle(&world).await;
    write_many(&world, 6_000).await;
    let processes = [world.clone(), world.another().await, world.another().await];
    let start = Arc::new(Barrier::new(processes.len()));
    let hands = processes.map(|process| {
        let start = Arc::clone(&start);
        tokio::spawn(async move {
            start.wait().await;
            seal_all(&process).await
        })
    });
    let mut sealed = 0;
    for hand in hands {
        sealed += hand.await.expect("no panic");
    }
    assert_eq!(sealed, count(&world).await);
    let (flaws, verified) = flaws(&world).await;
    assert_eq!((flaws, verified.seals, verified.waiting), (vec![], 7, 0));
}

/// A process that is killed half-way leaves what a transaction that is undone leaves.
async fn a_sealing_that_is_undone_leaves_nothing(world: World) {
    settle(&world).await;
    let before = world.count_rows().await;
    let rehearsed = world.app.db.rehearse(&SystemScope::of("test"), &SealNext).await.expect("a rehearsal");
    assert_eq!((rehearsed, world.count_rows().await), (count(&world).await, before));
    assert_eq!(seal_all(&world).await, rehearsed);
    assert_eq!(flaws(&world).await.0, []);
}

/// A record with a small id that comes after others were sealed, as a transaction that took long leaves it.
async fn what_is_committed_late_gets_a_later_position(world: World) {
    settle(&world).await;
    seal_all(&world).await;
    let last = *positions(&world).await.last().expect("a position");
    let event = history_event::Entity::find().order_by_asc(history_event::Column::Id).one(world.conn());
    let event = event.await.expect("a query").expect("an event");
    let mut late: history_event::ActiveModel = event.into();
    let id = entity::EventId(uuid::Uuid::from_u128(7));
    late.id = sea_orm::Set(id);
    history_event::Entity::insert(late).exec_without_returning(world.conn()).await.expect("a late event");
    assert_eq!(seal_all(&world).await, 1);
    let row = sealed_event::Entity::find_by_id(last + 1).one(world.conn()).await.expect("a query");
    assert_eq!(row.expect("a position").record_id, id.0);
    assert_eq!(flaws(&world).await.0, []);
}

async fn every_change_of_the_past_is_told_with_its_place(world: World) {
    settle(&world).await;
    seal_all(&world).await;
    take_guards_away(&world).await;
    let event = history_event::Entity::find().all(world.conn()).await.expect("events");
    let event = event.iter().find(|one| one.kind == EventKind::Nominated).expect("a nomination").clone();
    let movement = place_movement::Entity::find().all(world.conn()).await.expect("movements");
    let movement =
        movement.iter().find(|one| one.kind == PlaceMovementKind::Allocated).expect("a gift").clone();
    let (of_event, of_movement) =
        (position_of(&world, event.id.0).await, position_of(&world, movement.id.0).await);

    by_hand(&world, "UPDATE history_event SET kind = 'LAPSED' WHERE kind = 'NOMINATED'").await;
    let told = flaws(&world).await.0;
    assert_eq!(told.len(), 2);
    assert!(
        told.iter().any(|flaw| matches!(flaw, Flaw::Changed { record, position }
        if record.id == event.id.0 && *position == of_event)),
        "{told:?}"
    );
    by_hand(&world, "UPDATE history_event SET kind = 'NOMINATED' WHERE kind = 'LAPSED'").await;
    assert_eq!(flaws(&world).await.0, []);

    let id = movement.id;
    place_movement::Entity::delete_by_id(id).exec(world.conn()).await.expect("a deletion");
    let told = flaws(&world).await.0;
    let [Flaw::Gone { record, position }] = told[..] else { panic!("{told:?}") };
    assert_eq!((record.id, position), (id.0, of_movement));
    place_movement::Entity::insert(place_movement::ActiveModel::from(movement))
        .exec_without_returning(world.conn())
        .await
        .expect("the same again");
    assert_eq!(flaws(&world).await.0, []);

    let mut added: history_event::ActiveModel = event.into();
    added.id = sea_orm::Set(entity::EventId(uuid::Uuid::from_u128(9)));
    history_event::Entity::insert(added).exec_without_returning(world.conn()).await.expect("an insertion");
    let told = flaws(&world).await.0;
    let [Flaw::PastTheSeals { record }] = told[..] else { panic!("{told:?}") };
    assert_eq!(record.id, uuid::Uuid::from_u128(9));
}

async fn position_of(world: &World, id: uuid::Uuid) -> i64 {
    let rows = sealed_event::Entity::find().all(world.conn()).await.expect("rows");
    rows.iter().find(|row| row.record_id == id).expect("a position").position
}

/// Whoever has the whole database in hand can take its guards away.
async fn take_guards_away(world: &World) {
    for table in ["history_event", "place_movement", "sealed_event", "seal"] {
        let guards = ["refuses_update", "refuses_delete", "waits_for_seal"];
        for guard in guards.iter().filter(|one| **one != "waits_for_seal" || !table.starts_with("seal")) {
            let on = if world.app.db.backend() == sea_orm::DbBackend::Postgres {
                format!(" ON {table}")
            } else {
                String::new()
            };
            by_hand(world, &format!("DROP TRIGGER {table}_{guard}{on}")).await;
        }
    }
}

async fn a_head_that_was_published_gives_away_a_chain_that_was_made_anew(world: World) {
    settle(&world).await;
    seal_all(&world).await;
    let published = head(world.conn()).await.expect("an answer").expect("a head");
    take_guards_away(&world).await;
    for sql in [
        "DELETE FROM seal",
        "DELETE FROM sealed_event",
        "UPDATE history_event SET detail = '{}' WHERE kind = 'NOMINATED'",
        "INSERT INTO unsealed SELECT 'HISTORY', id FROM history_event",
        "INSERT INTO unsealed SELECT 'LEDGER', id FROM place_movement",
    ] {
        by_hand(&world, sql).await;
    }
    seal_all(&world).await;
    assert_eq!(flaws(&world).await.0, []);
    let snapshot = world.app.db.snapshot(&SystemScope::of("test")).await.expect("a snapshot");
    let published = Sha256::parse(&published).expect("a head");
    assert_eq!(find_by_head(&snapshot, &published).await.expect("an answer"), None);
    let own = head(world.conn()).await.expect("an answer").expect("a head");
    let own = Sha256::parse(&own).expect("a head");
    assert!(find_by_head(&snapshot, &own).await.expect("an answer").is_some());
    snapshot.end().await.expect("an end");
}

async fn a_release_carries_the_head_of_its_time(world: World) {
    let cases = settle(&world).await;
    seal_all(&world).await;
    let first = head(world.conn()).await.expect("an answer");
    let release = world.prepare(&NZTECH).await.expect("a release");
    cases.draft(&Wanted::new("N3")).await;
    seal_all(&world).await;
    assert_eq!(world.release(release).await.history_head, first);
    assert_ne!(head(world.conn()).await.expect("an answer"), first);
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

/// Counted in statements: each batch takes as many as the one before, whatever was sealed already.
async fn sealing_and_looking_again_are_linear(world: World) {
    settle(&world).await;
    write_many(&world, 5_000).await;
    let (watched, statements) = World::watched(world.settings.clone()).await;
    statements.take();
    let mut per_batch = Vec::new();
    while watched.by_itself(&SealNext).await.expect("a sealing") == 1_000 {
        per_batch.push(statements.take().len());
    }
    assert_eq!(per_batch.len(), 5);
    assert!(per_batch.iter().all(|count| *count == per_batch[0]), "{per_batch:?}");
    statements.take();
    flaws(&watched).await;
    let pieces = count(&world).await / 1_000 + 1;
    let looked = statements.take().len();
    assert!(looked <= 3 * pieces + 10, "{looked} statements for {pieces} pieces");
}
