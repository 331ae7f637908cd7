//! What is told of places, queues, jobs, seals and connections is what the database has, and is asked of it seldom.

use std::sync::Arc;

use nominations::jobs::Job;
use nominations::jobs::runner::Runner;
use nominations::watch::Scraper;

use crate::service::support::World;
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast::{ITP, NZTECH_LEAD};
use crate::service::support::database::{Database, Kind};

on_both_databases! {
    places_and_queues_are_those_of_the_caseload,
    jobs_are_told_by_their_last_run,
    connections_are_told_by_door,
}

/// How many statements it takes to tell how things stand, however much there is.
const STATEMENTS: usize = 5;

async fn places_and_queues_are_those_of_the_caseload(world: World) {
    let caseload = Caseload::new(&world, |file| file.settings.places = 2).await;
    let told = world.scrape().await;
    assert_eq!(told.value(r#"places{exception="specialist-tech",state="AVAILABLE"}"#), 2);
    assert_eq!(told.value(r#"queue_oldest_seconds{exception="specialist-tech",body="itp"}"#), 0);
    for passport in ["N1", "N2", "N3"] {
        caseload.confirmed(&Wanted::new(passport)).await;
    }
    caseload.confirmed(&Wanted { body: &ITP, ..Wanted::new("N4") }).await;
    let submitted = world.now();
    world.wait_minutes(90);
    let told = world.scrape().await;
    for (state, count) in [("AVAILABLE", 0), ("RESERVED", 2), ("LISTED", 0), ("RETIRED", 0)] {
        assert_eq!(told.value(&format!(r#"places{{exception="specialist-tech",state="{state}"}}"#)), count);
    }
    for (body, standing, count) in
        [("nztech", "due", 1), ("itp", "due", 1), ("nztech", "blocked", 0), ("itp", "blocked", 0)]
    {
        let series =
            format!(r#"queue_length{{exception="specialist-tech",body="{body}",standing="{standing}"}}"#);
        assert_eq!(told.value(&series), count, "{series}");
    }
    let waited = told.value(r#"queue_oldest_seconds{exception="specialist-tech",body="itp"}"#);
    let since = (world.now() - submitted).num_seconds();
    assert!(waited >= since && waited < since + 120, "{waited}");
    assert!(told.value("history_unsealed") > 0);
    Runner::new(Arc::clone(&world.app)).run_at_once(Job::Seal).await.expect("a turn");
    assert_eq!(world.scrape().await.value("history_unsealed"), 0);
}

async fn jobs_are_told_by_their_last_run(world: World) {
    let began = world.now();
    Runner::new(Arc::clone(&world.app)).run_at_once(Job::Purge).await.expect("a turn");
    world.wait_minutes(5);
    let told = world.scrape().await;
    let at = began.timestamp();
    assert_eq!(told.value(r#"job_last_run_timestamp_seconds{job_name="purge"}"#), at);
    assert_eq!(told.value(r#"job_last_success_timestamp_seconds{job_name="purge"}"#), at);
    assert_eq!(told.value(r#"job_failures_in_a_row{job_name="purge"}"#), 0);
    for (status, is) in [("DONE", 1), ("FAILED", 0), ("LOST", 0), ("RUNNING", 0)] {
        assert_eq!(told.value(&format!(r#"job_last_run{{job_name="purge",status="{status}"}}"#)), is);
    }
    let failing = Runner {
        work: Arc::new(|_, _| Box::pin(async { Err(nominations::error::Failure::Unauthenticated) })),
        ..Runner::new(Arc::clone(&world.app))
    };
    failing.run_at_once(Job::Purge).await.expect("a turn");
    let told = world.scrape().await;
    assert_eq!(told.value(r#"job_last_run{job_name="purge",status="FAILED"}"#), 1);
    assert_eq!(told.value(r#"job_last_run{job_name="purge",status="DONE"}"#), 0);
    assert_eq!(told.value(r#"job_failures_in_a_row{job_name="purge"}"#), 1);
    assert_eq!(told.value(r#"job_last_success_timestamp_seconds{job_name="purge"}"#), at);
}

async fn connections_are_told_by_door(world: World) {
    let lead = world.sign_in(&NZTECH_LEAD).await;
    Caseload::new(&world, |_| {}).await;
    lead.data("{ applications { totalCount } }", serde_json::json!({})).await;
    let told = world.scrape().await;
    assert_eq!(told.value("database_up"), 1);
    let door = match world.app.db.backend() {
        sea_orm::DbBackend::Postgres => r#"door="body",body="nztech""#,
        _ => r#"door="all",body="""#,
    };
    assert_eq!(told.value(&format!("database_connections_most{{{door}}}")), 10);
    let open = ["in_use", "idle"]
        .map(|state| told.value(&format!(r#"database_connections{{{door},state="{state}"}}"#)));
    assert!((1..=10).contains(&open.iter().sum::<i64>()), "{open:?}");
}

/// However often a scraper comes, and however much there is.
#[tokio::test]
async fn the_database_is_asked_in_a_few_statements_and_seldom() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let database = Database::make(kind).await;
        let (world, statements) = World::watched(database.settings()).await;
        let caseload = Caseload::new(&world, |file| file.settings.places = 1).await;
        let mut counts = Vec::new();
        for passport in ["N1", "N2"] {
            statements.take();
            let scraper = Scraper::new(Arc::clone(&world.app));
            for _ in 0..20 {
                scraper.scrape().await.expect("a text");
            }
            counts.push(statements.take().len());
            caseload.confirmed(&Wanted::new(passport)).await;
        }
        assert_eq!(counts, [STATEMENTS; 2], "{kind:?}");
        drop(world);
        database.drop().await;
    }
}

/// What a process has counted itself is told all the same.
#[tokio::test]
async fn a_database_that_is_away_is_told_so() {
    let database = Database::make(Kind::Postgres).await;
    let world = World::on(&database).await;
    world.anybody().post_graphql(r#"{ "query": "{ viewer { role } }" }"#).await;
    database.drop().await;
    let told = world.scrape().await;
    assert_eq!(told.value("database_up"), 0);
    assert_eq!(told.value(r#"operations_total{type="query",document="untrusted",code="OK"}"#), 1);
    assert!(!told.names().contains("nominations_places"), "nothing is told that nobody knows");
}
