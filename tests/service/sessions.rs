//! How long a sign-in holds, and that it is looked up anew at every request.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use entity::{StaffRole, membership, session};
use sea_orm::{EntityTrait, Set};
use serde_json::json;

use super::support::cast::{NZTECH_ASSESSOR, NZTECH_LEAD};
use super::support::{Caller, World};

on_both_databases! {
    half_an_hour_idle_ends_a_session,
    use_keeps_a_session_for_eight_hours_at_most,
    signing_out_ends_one_session_only,
    a_new_role_holds_from_the_next_request,
    the_token_is_not_in_the_database,
}

const ROLE: &str = r#"{ "query": "{ viewer { role } }" }"#;

async fn status(caller: &Caller) -> StatusCode {
    let answer = caller.post_graphql(ROLE).await;
    if answer.status != StatusCode::OK {
        assert_eq!(answer.code(), "UNAUTHENTICATED");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    answer.status
}

async fn half_an_hour_idle_ends_a_session(world: World) {
    let caller = world.sign_in(&NZTECH_ASSESSOR).await;
    world.wait_minutes(29);
    assert_eq!(status(&caller).await, StatusCode::OK);
    world.wait_minutes(29);
    assert_eq!(status(&caller).await, StatusCode::OK);
    world.wait_minutes(30);
    assert_eq!(status(&caller).await, StatusCode::UNAUTHORIZED);
}

async fn use_keeps_a_session_for_eight_hours_at_most(world: World) {
    let caller = world.sign_in(&NZTECH_ASSESSOR).await;
    for _ in 0..23 {
        world.wait_minutes(20);
        assert_eq!(status(&caller).await, StatusCode::OK);
    }
    world.wait_minutes(20);
    assert_eq!(status(&caller).await, StatusCode::UNAUTHORIZED);
}

async fn signing_out_ends_one_session_only(world: World) {
    let one = world.sign_in(&NZTECH_ASSESSOR).await;
    let other = world.sign_in(&NZTECH_ASSESSOR).await;
    for _ in 0..2 {
        let token = one.token.clone().expect("a token");
        let request = Request::post("/sign-out").header("authorization", format!("Bearer {token}"));
        let answer = world.call(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert!(
            answer.header("set-cookie").contains("session=; ")
                && answer.header("set-cookie").contains("Max-Age=0")
        );
    }
    assert_eq!(status(&one).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&other).await, StatusCode::OK);
}

async fn a_new_role_holds_from_the_next_request(world: World) {
    let caller = world.sign_in(&NZTECH_ASSESSOR).await;
    let row = membership::ActiveModel {
        id: Set(NZTECH_ASSESSOR.membership()),
        role: Set(StaffRole::Observer),
        body_id: Set(None),
        ..Default::default()
    };
    membership::Entity::update(row).exec(world.conn()).await.expect("an update");
    let data = caller.data("{ viewer { role body { slug } permissions } }", json!({})).await;
    let viewer = json!({ "role": "OBSERVER", "body": null, "permissions": ["VIEW_STATISTICS"] });
    assert_eq!(data, json!({ "viewer": viewer }));
}

async fn the_token_is_not_in_the_database(world: World) {
    let token = world.sign_in(&NZTECH_LEAD).await.token.expect("a token");
    let rows = session::Entity::find().all(world.conn()).await.expect("rows");
    assert_eq!(rows.len(), 1);
    assert!(rows[0].token_hash.len() == 64 && rows[0].token_hash != token);
}
