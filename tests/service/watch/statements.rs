//! A statement of a request is given up after a while on PostgreSQL; one of a job is not.

use std::time::{Duration, Instant};

use entity::ApplicationStatus;
use nominations::db::DbSettings;
use nominations::tenancy::{SystemScope, Viewer};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, TransactionTrait};
use serde_json::json;

use crate::service::support::World;
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast::NZTECH_LEAD;
use crate::service::support::database::{Database, Kind};

/// Long enough for every statement that waits for nobody.
const STATEMENT_TIME: Duration = Duration::from_secs(1);

async fn hurried() -> (Database, World) {
    let database = Database::make(Kind::Postgres).await;
    let settings = DbSettings { statement_time: Some(STATEMENT_TIME), ..database.settings() };
    let world = World::with(settings).await;
    (database, world)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_waits_too_long_for_a_lock_is_told_so_and_nothing_is_half_done() {
    let (database, world) = hurried().await;
    let caseload = Caseload::new(&world, |_| {}).await;
    let id = caseload.recommended(&Wanted::new("N1")).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let version = world.application(id).await.version;
    let act = "mutation($input: ConfirmInput!) { confirm(input: $input) { application { status } userErrors { code } } }";
    let global = lead.data("{ applications { nodes { id } } }", json!({})).await["applications"]["nodes"][0]
        ["id"]
        .take();
    let input = json!({ "input": { "id": global, "version": version, "idempotencyKey": "again" } });

    let before = world.count_rows().await;
    let held = hold_applications(&world).await;
    let began = Instant::now();
    let answer = lead.graphql(act, input.clone()).await;
    let took = began.elapsed();
    held.rollback().await.expect("let go");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "TIMEOUT", "{answer}");
    assert!(answer["errors"][0]["extensions"]["requestId"].is_string());
    assert!(took >= STATEMENT_TIME && took < 10 * STATEMENT_TIME, "{took:?}");
    assert_eq!(world.count_rows().await, before);
    assert_eq!(world.application(id).await.status, ApplicationStatus::Recommended);
    let seen = r#"operations_total{type="mutation",document="untrusted",code="TIMEOUT"}"#;
    assert_eq!(world.scrape().await.value(seen), 1);

    let done = lead.data(act, input).await;
    assert_eq!(done["confirm"]["application"]["status"], "NOMINATED", "the key is not used up");
    drop(world);
    database.drop().await;
}

/// Somebody holds every application, and does not let go.
#[expect(clippy::disallowed_methods, reason = "raw SQL past the service, to be in its way")]
async fn hold_applications(world: &World) -> DatabaseTransaction {
    let tx = world.conn().begin().await.expect("a transaction");
    tx.execute_unprepared("SELECT id FROM application FOR UPDATE").await.expect("locks");
    tx
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_take_as_long_as_they_take() {
    let (database, world) = hurried().await;
    let seconds = STATEMENT_TIME.as_secs_f64() * 1.5;
    let sleep = || Statement::from_string(DbBackend::Postgres, format!("SELECT pg_sleep({seconds})"));
    let db = &world.app.db;
    let patient = db.read(&SystemScope::of_job("test")).query_one_raw(sleep()).await;
    patient.expect("a job waits");
    for hurried in [
        db.read(&SystemScope::of("test")).query_one_raw(sleep()).await,
        db.read(&Viewer::public().in_public()).query_one_raw(sleep()).await,
    ] {
        let error = hurried.expect_err("too long");
        assert!(nominations::db::is_out_of_time(&error), "{error}");
    }
    // Who serves is hurried, and commands are not.
    assert_eq!(DbSettings::to_serve("sqlite://x").statement_time, Some(Duration::from_secs(3)));
    assert_eq!(DbSettings::new("sqlite://x").statement_time, None);
    drop(world);
    database.drop().await;
}
