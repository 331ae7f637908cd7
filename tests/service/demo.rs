//! The sign-in without a password, which exists in a demo only.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;

use super::support::cast::{EVERYBODY, KAURI};
use super::support::{Answer, World, post};

on_both_databases! {
    the_demo_is_offered_on_sqlite_only,
}

async fn sign_in(world: &World, body: &str) -> Answer {
    world.call(post("/demo/sign-in").body(Body::from(body.to_owned())).expect("a request")).await
}

async fn the_demo_is_offered_on_sqlite_only(world: World) {
    let people = world.call(Request::get("/demo/people").body(Body::empty()).expect("a request")).await;
    let signed_in = sign_in(&world, r#"{"person": "nztech-assessor"}"#).await;
    if world.app.demo {
        assert_eq!((people.status, signed_in.status), (StatusCode::OK, StatusCode::OK));
        a_demo_lists_its_people(&people);
        a_demo_signs_in(&world, &signed_in).await;
    } else {
        assert_eq!((people.status, signed_in.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    }
}

fn a_demo_lists_its_people(people: &Answer) {
    let people = people.json();
    assert_eq!(people["people"].as_array().map(Vec::len), Some(EVERYBODY.len()));
    let agent = json!({
        "handle": "kauri-agent", "name": "Finn Gray", "role": "EMPLOYER", "body": null, "employers": [KAURI.name],
    });
    assert_eq!(people["people"][4], agent);
}

async fn a_demo_signs_in(world: &World, signed_in: &Answer) {
    assert_eq!(signed_in.json()["expiresAt"], "2022-03-01T08:00:00Z");
    let token = signed_in.json()["token"].as_str().expect("a token").to_owned();
    let cookie = signed_in.header("set-cookie");
    assert_eq!(cookie, format!("session={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=28800"));

    let ask = r#"{ "query": "{ viewer { person { name } } }" }"#;
    for (name, value) in
        [("authorization", format!("Bearer {token}")), ("cookie", format!("session={token}"))]
    {
        let request = post("/graphql").header(name, value).header("sec-fetch-site", "same-origin");
        let answer = world.call(request.body(Body::from(ask)).expect("a request")).await;
        assert_eq!(answer.json()["data"]["viewer"]["person"]["name"], "Aroha Bell");
    }
    for (body, status) in [
        (r#"{"person": "nobody"}"#, StatusCode::NOT_FOUND),
        (r#"{"who": "nobody"}"#, StatusCode::BAD_REQUEST),
        ("{", StatusCode::BAD_REQUEST),
        (&" ".repeat(5_000), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let refused = sign_in(world, body).await;
        assert_eq!(refused.status, status, "{body}");
        assert_eq!(refused.headers.get("set-cookie"), None);
    }
    let unknown = sign_in(world, r#"{"person": "nobody"}"#).await.json();
    assert!(unknown["errors"][0]["message"].as_str().is_some_and(|text| text.contains("GET /demo/people")));
}
