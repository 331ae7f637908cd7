//! A statement of a request is given up after a while on PostgreSQL; one of a job is not.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use entity::ApplicationStatus;
use futures_util::future::join_all;
use nominations::db::DbSettings;
use nominations::http::Face;
use nominations::schema::GlobalId;
use nominations::tenancy::{SystemScope, Viewer};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, TransactionTrait};
use serde_json::json;

use crate::service::support::World;
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast::{ITP_LEAD, NZTECH_LEAD};
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

/// Whose acts wait for a lock has no turns left, and nobody else is any the worse.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_body_waits_for_takes_no_turns_of_another() {
    let database = Database::make(Kind::Postgres).await;
    let settings = DbSettings { statement_time: Some(Duration::from_secs(10)), ..database.settings() };
    let world = World::with(settings).await.with_face(Face { in_flight_of_one: 2, ..Face::default() });
    let caseload = Caseload::new(&world, |_| {}).await;
    let (lead, itp) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&ITP_LEAD).await);
    let act =
        "mutation($input: HoldApplicationInput!) { holdApplication(input: $input) { userErrors { code } } }";
    let mut acts = Vec::new();
    for number in 1..3 {
        let id = caseload.recommended(&Wanted::new(&format!("N{number}"))).await;
        let version = world.application(id).await.version;
        let id = GlobalId::of(&id);
        acts.push(json!({ "input": { "id": id, "version": version, "reason": "We wait." } }));
    }
    let held = hold_applications(&world).await;
    let ask = json!({ "query": "{ viewer { role } }" }).to_string();
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let answers = (lead.post_graphql(ask.clone()).await, itp.post_graphql(ask).await);
        held.rollback().await.expect("let go");
        answers
    };
    let acts = join_all(acts.into_iter().map(|input| lead.graphql(act, input)));
    let (acts, (own, others)) = tokio::join!(acts, meanwhile);
    assert_eq!((own.status, own.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED"));
    assert_eq!(others.status, StatusCode::OK, "{}", others.whole());
    for act in acts {
        assert_eq!(act["data"]["holdApplication"]["userErrors"], json!([]), "{act}");
    }
    drop((lead, itp, world));
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
