//! Tokens that no real provider would issue. They are made here, signed with keys of the test's own that it serves as an
//! issuer on loopback, or with none of them.

mod forge;

use axum::http::StatusCode;
use entity::{IssuerTenant, session};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use self::forge::{Forge, Signer};
use super::browser::Browser;
use super::provider::AUDIENCE;
use super::setting::{Added, add_issuer, bind, keep_time};
use crate::service::support::cast::{NZTECH_LEAD, NZTECH_SERVICE};
use crate::service::support::{World, post};

on_both_databases! {
    good_tokens_of_every_algorithm_are_taken,
    hostile_id_tokens_sign_nobody_in,
    hostile_access_tokens_open_nothing,
    what_a_provider_answers_is_bounded,
}

async fn with_forge(world: &World) -> Forge {
    let forge = Forge::start().await;
    keep_time(world);
    let tenant = IssuerTenant::Body;
    let issuer = add_issuer(world, Added { slug: "nztech-forge", url: &forge.issuer, tenant }).await;
    bind(world, issuer, "cara", &NZTECH_LEAD).await;
    bind(world, issuer, "robot", &NZTECH_SERVICE).await;
    forge
}

fn id_claims(world: &World, forge: &Forge) -> Value {
    let now = world.now().timestamp();
    json!({ "iss": forge.issuer, "sub": "cara", "aud": "nominations", "iat": now, "exp": now + 300, "name": "Cara" })
}

fn access_claims(world: &World, forge: &Forge) -> Value {
    let now = world.now().timestamp();
    json!({ "iss": forge.issuer, "sub": "robot", "client_id": "robot", "aud": AUDIENCE, "iat": now, "exp": now + 300 })
}

/// One thing about a token that is not as it should be.
#[derive(Clone)]
struct Case {
    what: &'static str,
    header: Value,
    claims: Value,
    signer: Signer,
}

impl Case {
    fn of(what: &'static str, (header, claims): (Value, Value), signer: Signer) -> Self {
        Self { what, header, claims, signer }
    }

    fn token(&self, forge: &Forge, own: &Value, typ: &str) -> String {
        let mut header = json!({ "typ": typ });
        merge(&mut header, &self.signer.header());
        merge(&mut header, &self.header);
        let mut claims = own.clone();
        merge(&mut claims, &self.claims);
        forge.sign(&self.signer, &header, &claims)
    }
}

/// Null takes a member out.
fn merge(into: &mut Value, from: &Value) {
    let into = into.as_object_mut().expect("an object");
    for (name, value) in from.as_object().into_iter().flatten() {
        if value.is_null() {
            into.remove(name);
        } else {
            into.insert(name.clone(), value.clone());
        }
    }
}

/// What is wrong with a token of either kind.
fn hostile(world: &World, forge: &Forge) -> Vec<Case> {
    let now = world.now().timestamp();
    let header = |value: Value| (value, json!({}));
    let claims = |value: Value| (json!({}), value);
    let nothing = || (json!({}), json!({}));
    vec![
        Case::of("alg none", header(json!({ "alg": "none", "kid": null })), Signer::None),
        Case::of("alg None", header(json!({ "alg": "None" })), Signer::None),
        Case::of(
            "no signature under a real algorithm",
            header(json!({ "alg": "RS256", "kid": "rsa" })),
            Signer::None,
        ),
        Case::of("HS256 with the modulus", nothing(), Signer::Shared(forge.modulus())),
        Case::of(
            "HS256 with the published key",
            nothing(),
            Signer::Shared(forge.published_key().into_bytes()),
        ),
        Case::of("an algorithm that is not listed", nothing(), Signer::Rs512),
        Case::of("a key of another kind", header(json!({ "kid": "rsa" })), Signer::Es256),
        Case::of("the algorithm of another key", header(json!({ "alg": "ES256" })), Signer::Rs256),
        Case::of("another's key under our name", nothing(), Signer::Stranger),
        Case::of(
            "a key that comes with the token",
            header(json!({ "jwk": forge.strangers_key(), "kid": null })),
            Signer::Stranger,
        ),
        Case::of(
            "a key that is said to be elsewhere",
            header(json!({ "jku": "http://127.0.0.1:1/", "kid": "x" })),
            Signer::Stranger,
        ),
        Case::of("a key that nobody knows", header(json!({ "kid": "unknown" })), Signer::Rs256),
        Case::of("something critical", header(json!({ "crit": ["b64"], "b64": false })), Signer::Rs256),
        Case::of("expired", claims(json!({ "exp": now - 60 })), Signer::Rs256),
        Case::of("without an end", claims(json!({ "exp": null })), Signer::Rs256),
        Case::of("not begun", claims(json!({ "nbf": now + 61 })), Signer::Rs256),
        Case::of("from the future", claims(json!({ "iat": now + 61 })), Signer::Rs256),
        Case::of("without an issuer", claims(json!({ "iss": null })), Signer::Rs256),
        Case::of("without a subject", claims(json!({ "sub": null })), Signer::Rs256),
        Case::of("for another", claims(json!({ "aud": "another" })), Signer::Rs256),
        Case::of("for nobody", claims(json!({ "aud": null })), Signer::Rs256),
        Case::of(
            "for others too",
            claims(json!({ "aud": ["nominations", AUDIENCE, "another"] })),
            Signer::Rs256,
        ),
    ]
}

async fn come_back(
    world: &World,
    forge: &Forge,
    token: &(dyn Fn(&str) -> String + Sync),
) -> (StatusCode, bool) {
    let mut browser = Browser::new(world, "cara");
    let url = browser.begin("/sign-in/nztech-forge").await;
    let sent = |name: &str| url.query_pairs().find(|(found, _)| found == name).expect(name).1.into_owned();
    forge.answers(token(&sent("nonce")));
    let back = format!("/sign-in/nztech-forge/callback?code=x&state={}", sent("state"));
    let answer = browser.get(&back).await;
    (answer.status, browser.is_signed_in())
}

async fn good_tokens_of_every_algorithm_are_taken(world: World) {
    let forge = with_forge(&world).await;
    for signer in [Signer::Rs256, Signer::Ps256, Signer::Es256, Signer::EdDsa] {
        let good = Case::of("good", (json!({}), json!({})), signer);
        let token = |nonce: &str| {
            let mut claims = id_claims(&world, &forge);
            claims["nonce"] = json!(nonce);
            good.token(&forge, &claims, "JWT")
        };
        assert_eq!(
            come_back(&world, &forge, &token).await,
            (StatusCode::SEE_OTHER, true),
            "{:?}",
            good.signer
        );
        let token = good.token(&forge, &access_claims(&world, &forge), "at+jwt");
        assert_eq!(ask(&world, &token).await, StatusCode::OK, "{:?}", good.signer);
    }
}

async fn hostile_id_tokens_sign_nobody_in(world: World) {
    let forge = with_forge(&world).await;
    let claims = |value: Value| (json!({}), value);
    let mut cases = hostile(&world, &forge);
    cases.extend([
        Case::of(
            "an access token",
            (json!({ "typ": "at+jwt" }), access_claims(&world, &forge)),
            Signer::Rs256,
        ),
        Case::of("marked as an access token", (json!({ "typ": "at+jwt" }), json!({})), Signer::Rs256),
        Case::of("without a nonce", claims(json!({ "nonce": null })), Signer::Rs256),
        Case::of("another nonce", claims(json!({ "nonce": "another" })), Signer::Rs256),
        Case::of("by another client", claims(json!({ "azp": "another" })), Signer::Rs256),
        Case::of("of another issuer", claims(json!({ "iss": "https://login.example.nz" })), Signer::Rs256),
    ]);
    for case in cases {
        let token = |nonce: &str| {
            let mut own = id_claims(&world, &forge);
            own["nonce"] = json!(nonce);
            case.token(&forge, &own, "JWT")
        };
        assert_eq!(
            come_back(&world, &forge, &token).await,
            (StatusCode::BAD_REQUEST, false),
            "{}",
            case.what
        );
    }
    for text in ["", "null", "a.b.c", "e30.e30."] {
        assert!(!come_back(&world, &forge, &|_| text.to_owned()).await.1, "{text}");
    }
    assert!(session::Entity::find().all(world.conn()).await.expect("rows").is_empty());
}

async fn hostile_access_tokens_open_nothing(world: World) {
    let (forge, other) = (with_forge(&world).await, Forge::start().await);
    let claims = |value: Value| (json!({}), value);
    let mut cases = hostile(&world, &forge);
    let mut id = id_claims(&world, &forge);
    merge(&mut id, &json!({ "sub": "robot", "client_id": null }));
    cases.extend([
        Case::of("an ID token", (json!({ "typ": "JWT" }), id.clone()), Signer::Rs256),
        Case::of("an ID token marked as an access token", claims(id), Signer::Rs256),
        Case::of("marked as an ID token", (json!({ "typ": "JWT" }), json!({})), Signer::Rs256),
        Case::of("not marked", (json!({ "typ": null }), json!({})), Signer::Rs256),
        Case::of(
            "a person's access token",
            claims(json!({ "sub": "cara", "client_id": "nominations" })),
            Signer::Rs256,
        ),
        Case::of(
            "a person who calls herself a client",
            claims(json!({ "sub": "cara", "client_id": "cara" })),
            Signer::Rs256,
        ),
        Case::of(
            "a client that is no member",
            claims(json!({ "sub": "x", "client_id": "x" })),
            Signer::Rs256,
        ),
        Case::of("of an issuer that is not known", claims(json!({ "iss": other.issuer })), Signer::Rs256),
    ]);
    for case in cases {
        let token = case.token(&forge, &access_claims(&world, &forge), "at+jwt");
        assert_eq!(ask(&world, &token).await, StatusCode::UNAUTHORIZED, "{}", case.what);
    }
    // Signed by another issuer's keys, in our issuer's name.
    let good = Case::of("good", (json!({}), json!({})), Signer::Rs256);
    let token = good.token(&other, &access_claims(&world, &forge), "at+jwt");
    assert_eq!(ask(&world, &token).await, StatusCode::UNAUTHORIZED);
    assert!(forge.asked_for_keys() <= 2, "an unknown key is asked for once a minute");
}

async fn what_a_provider_answers_is_bounded(world: World) {
    let forge = with_forge(&world).await;
    forge.pads(300 * 1024);
    let mut browser = Browser::new(&world, "cara");
    let answer = browser.get("/sign-in/nztech-forge").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.whole());
    world.wait_minutes(1);
    forge.pads(0);
    forge.redirects(true);
    assert_eq!(browser.get("/sign-in/nztech-forge").await.status, StatusCode::SERVICE_UNAVAILABLE);
    world.wait_minutes(1);
    forge.redirects(false);
    assert_eq!(browser.get("/sign-in/nztech-forge").await.status, StatusCode::SEE_OTHER);
}

async fn ask(world: &World, token: &str) -> StatusCode {
    let request = post("/graphql").header("authorization", format!("Bearer {token}"));
    let body = json!({ "query": "{ viewer { role } }" }).to_string();
    world.call(request.body(body.into()).expect("a request")).await.status
}
