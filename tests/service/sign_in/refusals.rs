//! Answers that do not belong to their attempt, with a real provider on the other side.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use entity::{IssuerTenant, session};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use url::Url;

use super::browser::Browser;
use super::provider::{itp, nztech};
use super::setting::{Added, add_issuer, bind, keep_time};
use crate::service::support::World;
use crate::service::support::cast::{ITP_LEAD, NZTECH_LEAD};

on_both_databases! {
    what_does_not_fit_its_attempt_is_refused,
    a_code_is_exchanged_once,
    a_provider_takes_no_attempt_without_pkce,
    an_answer_of_another_issuer_is_refused,
}

async fn two_bodies(world: &World) {
    keep_time(world);
    for (slug, url, lead) in [("nztech", &nztech().issuer, &NZTECH_LEAD), ("itp", &itp().issuer, &ITP_LEAD)] {
        let issuer = add_issuer(world, Added { slug, url, tenant: IssuerTenant::Body }).await;
        bind(world, issuer, "lead", lead).await;
    }
}

/// Changes what the browser holds, or where it is sent back to.
type Spoiler<'s> = &'s (dyn Fn(&mut Browser, String) -> String + Sync);

/// The path with one parameter changed, or left out.
fn with(path: &str, name: &str, value: Option<&str>) -> String {
    let mut url = Url::parse("http://127.0.0.1:8080").and_then(|base| base.join(path)).expect("a path");
    let kept: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(found, _)| found != name).collect();
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(value.map(|value| (name, value)));
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

/// The browser's attempt with one thing in it changed, as nobody without the keys could.
fn reseal(world: &World, browser: &mut Browser, field: &str, value: Value) {
    let sealed = browser.cookies.get_mut("sign-in").expect("an attempt");
    let plain = world.app.keys.attempt_open(sealed).expect("our own");
    let mut attempt: Value = serde_json::from_slice(&plain).expect("JSON");
    attempt[field] = value;
    *sealed = world.app.keys.attempt_seal(attempt.to_string().as_bytes());
}

async fn is_refused(world: &World, browser: &mut Browser, back: &str) {
    let answer = browser.get(back).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.whole());
    assert!(answer.whole().contains("Begin again"), "{}", answer.whole());
    assert!(browser.cookies.is_empty(), "no sign-in, and the attempt has ended");
    assert!(session::Entity::find().all(world.conn()).await.expect("rows").is_empty());
}

async fn what_does_not_fit_its_attempt_is_refused(world: World) {
    two_bodies(&world).await;
    let made_up = URL_SAFE_NO_PAD.encode([1; 32]);
    let spoilers: [(&str, Spoiler<'_>); 8] = [
        ("another state", &|_, back| with(&back, "state", Some(&made_up))),
        ("no state", &|_, back| with(&back, "state", None)),
        ("no code", &|_, back| with(&back, "code", None)),
        ("another code", &|_, back| with(&back, "code", Some(&made_up))),
        ("another verifier", &|browser, back| {
            reseal(&world, browser, "verifier", json!(made_up));
            back
        }),
        ("another nonce", &|browser, back| {
            reseal(&world, browser, "nonce", json!(made_up));
            back
        }),
        ("an attempt that nobody sealed", &|browser, back| {
            browser.cookies.insert("sign-in".into(), made_up.clone());
            back
        }),
        ("an attempt that ran out", &|browser, back| {
            reseal(&world, browser, "ends_at", json!(world.now() - TimeDelta::seconds(1)));
            back
        }),
    ];
    for (what, spoil) in spoilers {
        let mut browser = Browser::new(&world, "lead");
        let url = browser.begin("/sign-in/nztech").await;
        let back = browser.at_provider(url).await;
        let back = spoil(&mut browser, back);
        println!("{what}");
        is_refused(&world, &mut browser, &back).await;
    }
    // A nonce that somebody changes on the way to the provider.
    let mut browser = Browser::new(&world, "lead");
    let url = browser.begin("/sign-in/nztech").await;
    let path = with(&url[url::Position::BeforePath..], "nonce", Some("other"));
    let back = browser.at_provider(url.join(&path).expect("an address")).await;
    is_refused(&world, &mut browser, &back).await;
    // The answer in another browser than the one that asked: nobody is signed in as somebody else by a link.
    let mut asked = Browser::new(&world, "lead");
    let url = asked.begin("/sign-in/nztech").await;
    let back = asked.at_provider(url).await;
    is_refused(&world, &mut Browser::new(&world, "other"), &back).await;
}

async fn a_code_is_exchanged_once(world: World) {
    two_bodies(&world).await;
    let mut browser = Browser::new(&world, "lead");
    let url = browser.begin("/sign-in/nztech").await;
    let attempt = browser.cookies["sign-in"].clone();
    let back = browser.at_provider(url).await;
    assert_eq!(browser.get(&back).await.status, StatusCode::SEE_OTHER);
    let mut thief = Browser::new(&world, "thief");
    assert_eq!(thief.get(&back).await.status, StatusCode::BAD_REQUEST);
    thief.cookies.insert("sign-in".into(), attempt);
    assert_eq!(thief.get(&back).await.status, StatusCode::BAD_REQUEST);
    assert!(!thief.is_signed_in());
    assert_eq!(session::Entity::find().all(world.conn()).await.expect("rows").len(), 1);
}

async fn a_provider_takes_no_attempt_without_pkce(world: World) {
    two_bodies(&world).await;
    for (name, value) in
        [("code_challenge", None), ("code_challenge_method", Some("plain")), ("code_challenge_method", None)]
    {
        let mut browser = Browser::new(&world, "lead");
        let url = browser.begin("/sign-in/nztech").await;
        let path = with(&url[url::Position::BeforePath..], name, value);
        let back = browser.at_provider(url.join(&path).expect("an address")).await;
        assert!(back.contains("error=invalid_request"), "{back}");
        let answer = browser.get(&back).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.whole());
        assert!(browser.cookies.is_empty());
    }
}

async fn an_answer_of_another_issuer_is_refused(world: World) {
    two_bodies(&world).await;
    // The attempt was with NZTech's provider, and ITP's answers, with a good code of its own.
    let mut browser = Browser::new(&world, "lead");
    let to_itp = browser.begin("/sign-in/itp").await;
    let from_itp = browser.at_provider(to_itp).await;
    let at_nztech = from_itp.replace("/sign-in/itp/", "/sign-in/nztech/");
    is_refused(&world, &mut browser, &at_nztech).await;
    for named in [Some(itp().issuer.as_str()), None] {
        let mut browser = Browser::new(&world, "lead");
        let to_itp = browser.begin("/sign-in/itp").await;
        let from_itp = browser.at_provider(to_itp).await;
        browser.begin("/sign-in/nztech").await;
        let state = world.app.keys.attempt_open(&browser.cookies["sign-in"]).expect("our own");
        let state: Value = serde_json::from_slice(&state).expect("JSON");
        let mixed = from_itp.replace("/sign-in/itp/", "/sign-in/nztech/");
        let mixed = with(&with(&mixed, "state", state["state"].as_str()), "iss", named);
        is_refused(&world, &mut browser, &mixed).await;
    }
    // A good answer that does not say whose it is, where its provider always does.
    let mut browser = Browser::new(&world, "lead");
    let url = browser.begin("/sign-in/nztech").await;
    let back = browser.at_provider(url).await;
    is_refused(&world, &mut browser, &with(&back, "iss", None)).await;
}
