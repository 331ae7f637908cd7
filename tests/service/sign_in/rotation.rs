//! A provider changes its keys while people sign in and machines ask.

use axum::http::StatusCode;
use entity::IssuerTenant;
use futures_util::future::join_all;
use serde_json::json;

use super::browser::Browser;
use super::provider::Provider;
use super::setting::{Added, add_issuer, bind, keep_time};
use crate::service::support::cast::{NZTECH_LEAD, NZTECH_SERVICE};
use crate::service::support::{World, post};

on_both_databases! { keys_change_under_load_and_nobody_is_turned_away }

/// How many sign in at once.
const PEOPLE: usize = 8;

async fn keys_change_under_load_and_nobody_is_turned_away(world: World) {
    let provider =
        tokio::task::spawn_blocking(|| Provider::start("nztech-rotating", None)).await.expect("one");
    keep_time(&world);
    let tenant = IssuerTenant::Body;
    let issuer = add_issuer(&world, Added { slug: "nztech-rotating", url: &provider.issuer, tenant }).await;
    bind(&world, issuer, "lead", &NZTECH_LEAD).await;
    bind(&world, issuer, "robot", &NZTECH_SERVICE).await;
    let old = provider.access_token("robot").await;
    assert_eq!(asked(&world, &old).await, StatusCode::OK);
    for drop in [false, true] {
        // They are on their way, under the old key or the new one, while it changes.
        let people = join_all((0..PEOPLE).map(|_| signed_in(&world)));
        let machines = join_all((0..PEOPLE).map(|_| asked(&world, &old)));
        let (people, machines, ()) = tokio::join!(people, machines, provider.rotate(drop));
        assert_eq!(people, [StatusCode::SEE_OTHER; PEOPLE], "drop {drop}");
        assert_eq!(machines, [StatusCode::OK; PEOPLE], "drop {drop}");
        let new = provider.access_token("robot").await;
        assert_eq!(asked(&world, &new).await, StatusCode::OK, "drop {drop}");
        assert_eq!(signed_in(&world).await, StatusCode::SEE_OTHER, "drop {drop}");
        // For an unknown key the provider is asked once a minute.
        world.wait_minutes(1);
    }
    // What is no longer published is held for a day.
    assert_eq!(asked(&world, &old).await, StatusCode::OK);
}

async fn signed_in(world: &World) -> StatusCode {
    Browser::new(world, "lead").sign_in("/sign-in/nztech-rotating").await.status
}

async fn asked(world: &World, token: &str) -> StatusCode {
    let request = post("/graphql").header("authorization", format!("Bearer {token}"));
    let body = json!({ "query": "{ viewer { role } }" }).to_string();
    world.call(request.body(body.into()).expect("a request")).await.status
}
