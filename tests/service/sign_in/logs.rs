//! Nothing of a sign-in is in the log: no token, no code, no verifier, no address of anybody.

use std::sync::Mutex;

use axum::http::StatusCode;
use entity::{IssuerTenant, StaffRole};
use serde_json::Value;
use url::Url;

use super::browser::Browser;
use super::provider::{Provider, nztech};
use super::setting::{Added, add_issuer, bind, invite, keep_time};
use crate::service::support::cast::{NZTECH, NZTECH_LEAD, NZTECH_SERVICE};
use crate::service::support::log::Log;
use crate::service::support::{Kind, World, in_a_world, post};

// One thread, so that all of the test logs to the one subscriber.
#[tokio::test]
async fn nothing_of_a_sign_in_is_logged() {
    tokio::task::spawn_blocking(nztech).await.expect("a provider");
    let (log, _logging) = Log::record();
    in_a_world(Kind::Sqlite, sign_in_every_way).await;
    let log = log.take();
    // Or nothing was looked at.
    assert!(log.contains("a sign-in does not fit") && log.contains("an access token is not taken"), "{log}");
    let secrets = SECRETS.lock().expect("nobody panicked").clone();
    assert!(secrets.len() > 15, "{secrets:?}");
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log:\n{log}");
    }
}

#[tokio::test]
async fn a_provider_that_refuses_our_client_is_for_whoever_runs_the_service() {
    let start = || Provider::start("nztech-forgot", Some("nobody told the service"));
    let provider = tokio::task::spawn_blocking(start).await.expect("a provider");
    let (log, _logging) = Log::record();
    in_a_world(Kind::Sqlite, async move |world: World| {
        keep_time(&world);
        let added = Added { slug: "nztech-forgot", url: &provider.issuer, tenant: IssuerTenant::Body };
        let issuer = add_issuer(&world, added).await;
        bind(&world, issuer, "lead", &NZTECH_LEAD).await;
        let mut browser = Browser::new(&world, "lead");
        let answer = browser.sign_in("/sign-in/nztech-forgot").await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{}", answer.whole());
        let words = "The identity provider refused us. Whoever runs this service finds why in its log.";
        assert!(answer.whole().contains(words), "{}", answer.whole());
        assert!(!browser.is_signed_in());
    })
    .await;
    let log = log.take();
    for part in ["WARN", "nztech-forgot", "401", "invalid_client", "CLIENT_SECRET_"] {
        assert!(log.contains(part), "{part}: {log}");
    }
}

/// What must not be logged; kept by the test as it goes.
static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn keep(secrets: impl IntoIterator<Item = String>) {
    SECRETS.lock().expect("nobody panicked").extend(secrets.into_iter().filter(|secret| secret.len() > 5));
}

async fn sign_in_every_way(world: World) {
    keep_time(&world);
    let tenant = IssuerTenant::Body;
    let issuer = add_issuer(&world, Added { slug: "nztech", url: &nztech().issuer, tenant }).await;
    bind(&world, issuer, "lead-of-nztech", &NZTECH_LEAD).await;
    bind(&world, issuer, "robot", &NZTECH_SERVICE).await;
    let invitation = invite(&world, StaffRole::Assessor, Some(NZTECH.id()), None).await;
    keep([
        "lead-of-nztech".into(),
        "ivy-newcomer@example.nz".into(),
        "Ivy Newcomer".into(),
        invitation.clone(),
    ]);
    keep(["nztech knows".into(), "nztech%20knows".into(), NZTECH_LEAD.email()]);
    for (account, way, spoilt) in [
        ("lead-of-nztech", "/sign-in/nztech".to_owned(), false),
        ("ivy-newcomer", format!("/sign-in/nztech?invitation={invitation}"), false),
        ("lead-of-nztech", "/sign-in/nztech".to_owned(), true),
        ("somebody-else", format!("/sign-in/nztech?invitation={invitation}"), false),
    ] {
        let mut browser = Browser::new(&world, account);
        let url = browser.begin(&way).await;
        keep_attempt(&world, &browser, &url);
        let back = browser.at_provider(url).await;
        let code = back.split(['=', '&']).nth(1).expect("a code").to_owned();
        keep([code]);
        let back = if spoilt { back.replace("state=", "state=x") } else { back };
        browser.get(&back).await;
        keep(browser.cookies.values().cloned());
        browser.viewer().await;
    }
    for client in ["robot", "stranger"] {
        let token = nztech().access_token(client).await;
        let request = post("/graphql").header("authorization", format!("Bearer {token}"));
        world.call(request.body("{\"query\":\"{ viewer { role } }\"}".into()).expect("a request")).await;
        keep(token.split('.').map(str::to_owned).chain([token.clone()]));
    }
}

fn keep_attempt(world: &World, browser: &Browser, url: &Url) {
    let sealed = &browser.cookies["sign-in"];
    let attempt = world.app.keys.attempt_open(sealed).expect("our own");
    let attempt: Value = serde_json::from_slice(&attempt).expect("JSON");
    let texts =
        ["state", "nonce", "verifier"].map(|field| attempt[field].as_str().expect("a text").to_owned());
    keep(texts.into_iter().chain([sealed.clone(), url.to_string()]));
}
