//! What a token has to say, whoever signed it. Signatures, keys and algorithms are tried over the wire, in
//! `tests/service/sign_in`.

use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_646_092_800;
const ISSUER: &str = "https://login.example.nz/t";
const ID: Expected<'static> = Expected { issuer: ISSUER, kind: Kind::Id { client_id: "web", nonce: "n" } };
const ACCESS: Expected<'static> =
    Expected { issuer: ISSUER, kind: Kind::Access { audience: "api", persons_seconds: 600 } };

fn id_claims() -> Value {
    json!({ "iss": ISSUER, "sub": "ana", "aud": "web", "exp": NOW + 300, "iat": NOW, "nonce": "n", "name": "Ana" })
}

fn access_claims() -> Value {
    json!({ "iss": ISSUER, "sub": "robot", "client_id": "robot", "aud": "api", "exp": NOW + 300, "iat": NOW })
}

fn checked(claims: Value, expected: &Expected<'_>) -> Result<String, TokenRefusal> {
    let body = serde_json::from_value(claims).map_err(|_| TokenRefusal::Claims)?;
    let now = DateTime::from_timestamp(NOW, 0).expect("an instant");
    check_claims(body, expected, now).map(|claims| claims.subject)
}

#[test]
fn each_claim_is_held_against_what_is_expected() {
    assert_eq!(checked(id_claims(), &ID), Ok("ana".to_owned()));
    assert_eq!(checked(access_claims(), &ACCESS), Ok("robot".to_owned()));
    for (expected, field, value, refusal) in [
        (&ID, "iss", json!("https://login.example.nz/t/"), TokenRefusal::Issuer),
        (&ID, "iss", json!("HTTPS://login.example.nz/t"), TokenRefusal::Issuer),
        (&ID, "aud", json!("api"), TokenRefusal::Audience),
        (&ID, "aud", json!(["web", "api"]), TokenRefusal::Audience),
        (&ID, "aud", json!([]), TokenRefusal::Audience),
        (&ID, "azp", json!("other"), TokenRefusal::Audience),
        (&ID, "nonce", json!("m"), TokenRefusal::Nonce),
        (&ID, "nonce", Value::Null, TokenRefusal::Nonce),
        (&ID, "sub", json!(""), TokenRefusal::Claims),
        (&ID, "sub", json!("x".repeat(256)), TokenRefusal::Claims),
        (&ID, "sub", json!(7), TokenRefusal::Claims),
        (&ID, "exp", Value::Null, TokenRefusal::Claims),
        (&ID, "exp", json!("soon"), TokenRefusal::Claims),
        (&ACCESS, "aud", json!("web"), TokenRefusal::Audience),
        (&ACCESS, "client_id", json!(""), TokenRefusal::Client),
        (&ACCESS, "azp", json!("web"), TokenRefusal::Client),
        (&ACCESS, "client_id", Value::Null, TokenRefusal::Client),
    ] {
        let mut claims = if matches!(expected.kind, Kind::Id { .. }) { id_claims() } else { access_claims() };
        claims[field] = value.clone();
        assert_eq!(checked(claims, expected), Err(refusal), "{field} {value}");
    }
}

#[test]
fn a_persons_access_token_names_its_client_and_is_not_old() {
    let with = |more: Value| {
        let mut claims = access_claims();
        for (name, value) in more.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        let body = serde_json::from_value(claims).expect("claims");
        let now = DateTime::from_timestamp(NOW, 0).expect("an instant");
        check_claims(body, &ACCESS, now).map(|claims| (claims.subject, claims.client))
    };
    let anas = Ok(("ana".to_owned(), Some("desk".to_owned())));
    assert_eq!(with(json!({})), Ok(("robot".to_owned(), None)), "a machine's own");
    for (more, expected) in [
        (json!({}), anas.clone()),
        (json!({ "azp": "desk" }), anas.clone()),
        (json!({ "azp": "web" }), Err(TokenRefusal::Client)),
        (json!({ "client_id": null }), Err(TokenRefusal::Client)),
        (json!({ "iat": NOW - 599 }), anas),
        (json!({ "iat": NOW - 600 }), Err(TokenRefusal::Expired)),
        (json!({ "iat": null }), Err(TokenRefusal::Claims)),
    ] {
        let mut sent = json!({ "sub": "ana", "client_id": "desk" });
        for (name, value) in more.as_object().expect("an object") {
            sent[name] = value.clone();
        }
        assert_eq!(with(sent), expected, "{more}");
    }
    // A machine's own lasts for as long as its provider says.
    assert!(with(json!({ "iat": NOW - 86_400 })).is_ok());
}

#[test]
fn one_kind_of_token_is_never_the_other() {
    assert_eq!(checked(access_claims(), &ID), Err(TokenRefusal::Audience));
    assert_eq!(checked(id_claims(), &ACCESS), Err(TokenRefusal::Audience));
    for (typ, is_id, is_access) in [
        (None, true, false),
        (Some("JWT"), true, false),
        (Some("at+jwt"), false, true),
        (Some("application/at+jwt"), false, true),
        (Some("logout+jwt"), false, false),
    ] {
        assert_eq!(check_kind(typ, ID.kind).is_ok(), is_id, "{typ:?}");
        assert_eq!(check_kind(typ, ACCESS.kind).is_ok(), is_access, "{typ:?}");
    }
}

#[test]
fn clocks_may_differ_by_a_minute() {
    let with = |field: &str, seconds: i64| {
        let mut claims = id_claims();
        claims[field] = json!(NOW + seconds);
        checked(claims, &ID).err()
    };
    assert_eq!(with("exp", -59), None);
    assert_eq!(with("exp", -60), Some(TokenRefusal::Expired));
    for field in ["nbf", "iat"] {
        assert_eq!(with(field, 60), None);
        assert_eq!(with(field, 61), Some(TokenRefusal::NotYet));
    }
}

#[test]
fn an_address_counts_where_the_provider_has_made_sure_of_it() {
    let email = |verified: Value| {
        let mut claims = id_claims();
        claims["email"] = json!("ana@example.nz");
        claims["email_verified"] = verified;
        let now = DateTime::from_timestamp(NOW, 0).expect("an instant");
        check_claims(serde_json::from_value(claims).expect("claims"), &ID, now).expect("a token").email
    };
    assert_eq!(email(json!(true)).as_deref(), Some("ana@example.nz"));
    assert_eq!(email(json!(false)), None);
}

#[test]
fn what_is_no_token_is_refused_before_anything_is_looked_for() {
    let now = DateTime::from_timestamp(NOW, 0).expect("an instant");
    for token in ["", "a", "a.b", "a.b.c", "....", &"a".repeat(TOKEN_MAX + 1)] {
        assert_eq!(verify(token, &ID, &KeyRing::default(), now), Err(TokenRefusal::NotAToken), "{token:.9}");
        assert_eq!(issuer_named_in(token), None, "{token:.9}");
    }
}
