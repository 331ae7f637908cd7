//! Machines: access tokens by client credentials, from real providers.

use axum::http::StatusCode;
use entity::{IssuerTenant, membership};
use sea_orm::{EntityTrait, Set};
use serde_json::json;

use super::browser::Browser;
use super::provider::{itp, nztech};
use super::setting::{Added, add_issuer, bind, keep_time};
use crate::service::support::cast::{ITP, ITP_SERVICE, NZTECH_LEAD, NZTECH_SERVICE};
use crate::service::support::{Answer, World, post};

on_both_databases! {
    a_machine_uses_the_api_with_its_own_token,
    tokens_of_others_are_refused_alike,
    what_a_machine_may_holds_at_the_next_request,
}

const ASK: &str = "{ viewer { role service body { slug } } }";

async fn ask(world: &World, token: &str, more: &[(&str, &str)]) -> Answer {
    let mut request = post("/graphql").header("authorization", format!("Bearer {token}"));
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let body = json!({ "query": ASK }).to_string();
    world.call(request.body(body.into()).expect("a request")).await
}

async fn with_machines(world: &World) {
    keep_time(world);
    let tenant = IssuerTenant::Body;
    let issuer = add_issuer(world, Added { slug: "nztech", url: &nztech().issuer, tenant }).await;
    bind(world, issuer, "robot", &NZTECH_SERVICE).await;
    bind(world, issuer, "lead", &NZTECH_LEAD).await;
    let issuer = add_issuer(world, Added { slug: "itp", url: &itp().issuer, tenant }).await;
    bind(world, issuer, "robot", &ITP_SERVICE).await;
}

async fn a_machine_uses_the_api_with_its_own_token(world: World) {
    with_machines(&world).await;
    for (provider, slug, name) in
        [(nztech(), "nztech", NZTECH_SERVICE.name), (itp(), "itp", ITP_SERVICE.name)]
    {
        let token = provider.access_token("robot").await;
        let answer = ask(&world, &token, &[]).await.json();
        let viewer = json!({ "role": "SERVICE", "service": name, "body": { "slug": slug } });
        assert_eq!(answer, json!({ "data": { "viewer": viewer } }));
    }
}

async fn tokens_of_others_are_refused_alike(world: World) {
    with_machines(&world).await;
    let good = nztech().access_token("robot").await;
    let (head, signature) = good.rsplit_once('.').expect("three parts");
    let spoilt = format!("{head}.{}{signature}", if signature.starts_with('A') { "B" } else { "A" });
    let mut told = Vec::new();
    for token in
        [nztech().access_token("stranger").await, spoilt, format!("{good}x"), "a.b.c".into(), "..".into()]
    {
        let answer = ask(&world, &token, &[("x-request-id", "asked")]).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        told.push(answer.whole());
    }
    // A good one that a page sends, of whichever origin.
    for origin in ["https://desk.example.nz", super::provider::PUBLIC_URL, "null"] {
        let answer = ask(&world, &good, &[("x-request-id", "asked"), ("origin", origin)]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{origin}");
        told.push(answer.whole());
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(ask(&world, &good, &[]).await.status, StatusCode::OK);
    // A token and a cookie are two who ask at once.
    let mut browser = Browser::new(&world, "lead");
    browser.sign_in("/sign-in/nztech").await;
    let cookie = format!("session={}", browser.cookies["session"]);
    let both = ask(&world, &good, &[("cookie", &cookie), ("x-requested-with", "test")]).await;
    assert_eq!(both.status, StatusCode::BAD_REQUEST);
    // A token in a cookie is no sign-in.
    browser.cookies.insert("session".into(), good);
    assert_eq!(browser.ask(ASK).await.status, StatusCode::UNAUTHORIZED);
}

async fn what_a_machine_may_holds_at_the_next_request(world: World) {
    with_machines(&world).await;
    let token = nztech().access_token("robot").await;
    assert_eq!(ask(&world, &token, &[]).await.status, StatusCode::OK);
    let row = |change: membership::ActiveModel| membership::ActiveModel {
        id: Set(NZTECH_SERVICE.membership()),
        ..change
    };
    for change in [
        membership::ActiveModel { ends_at: Set(Some(world.now())), ..Default::default() },
        // Of another body its provider does not speak.
        membership::ActiveModel { ends_at: Set(None), body_id: Set(Some(ITP.id())), ..Default::default() },
        membership::ActiveModel { body_id: Set(None), ..Default::default() },
    ] {
        membership::Entity::update(row(change)).exec(world.conn()).await.expect("an update");
        assert_eq!(ask(&world, &token, &[]).await.status, StatusCode::UNAUTHORIZED);
    }
}
