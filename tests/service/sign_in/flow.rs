//! The good paths with a browser, and who may not enter.

use axum::http::StatusCode;
use entity::{IssuerTenant, StaffRole, invitation, membership, person, session};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};

use super::browser::Browser;
use super::provider::{itp, nztech};
use super::setting::{Added, add_issuer, bind, invite, keep_time};
use crate::service::support::World;
use crate::service::support::cast::{ITP, KAURI, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SERVICE};

on_both_databases! {
    a_member_signs_in_and_out,
    an_invitation_is_used_once,
    a_former_member_comes_back_by_a_new_invitation,
    nobody_enters_who_was_not_invited,
    employers_register_themselves_and_are_invited_by_colleagues,
    roles_and_ends_hold_at_the_next_request,
    a_sign_in_ends_the_one_before_in_the_same_browser,
    the_providers_are_listed,
    whose_name_was_not_known_is_called_by_it_at_the_next_sign_in,
}

fn body(slug: &'static str, url: &'static str) -> Added<'static> {
    Added { slug, url, tenant: IssuerTenant::Body }
}

async fn with_lead(world: &World) {
    keep_time(world);
    let issuer = add_issuer(world, body("nztech", &nztech().issuer)).await;
    bind(world, issuer, "cara", &NZTECH_LEAD).await;
    bind(world, issuer, "aroha", &NZTECH_ASSESSOR).await;
}

async fn a_member_signs_in_and_out(world: World) {
    with_lead(&world).await;
    let mut cara = Browser::new(&world, "cara");
    let answer = cara.sign_in("/sign-in/nztech?return=/cases%3Fx%3D1").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/cases?x=1"));
    assert!(answer.whole().contains("HttpOnly; SameSite=Lax"), "{}", answer.whole());
    assert_eq!(cara.cookies.keys().collect::<Vec<_>>(), ["session"], "the attempt has ended");
    let viewer = cara.viewer().await;
    assert_eq!((&viewer["role"], &viewer["body"]["slug"]), (&json!("LEAD"), &json!("nztech")));
    let rows = session::Entity::find().all(world.conn()).await.expect("rows");
    assert!(rows.len() == 1 && rows[0].issuer_id.is_some());

    let out = cara.sign_out().await;
    let next = out.json()["continueAt"].as_str().expect("an address").to_owned();
    assert!(next.starts_with(&format!("{}/session/end?client_id=nominations&", nztech().issuer)), "{next}");
    assert!(!next.contains("id_token"), "no token goes through the browser");
    assert!(
        !cara.is_signed_in() && session::Entity::find().all(world.conn()).await.expect("rows").is_empty()
    );
    assert_eq!(cara.viewer().await, Value::Null);
}

async fn an_invitation_is_used_once(world: World) {
    keep_time(&world);
    add_issuer(&world, body("nztech", &nztech().issuer)).await;
    add_issuer(&world, body("itp", &itp().issuer)).await;
    let token = invite(&world, StaffRole::Lead, Some(NZTECH.id()), None).await;
    let mut ivy = Browser::new(&world, "ivy");
    let page = ivy.get(&format!("/sign-in?invitation={token}")).await;
    let page = String::from_utf8(page.body).expect("a text");
    assert!(page.contains("/sign-in/nztech?invitation=") && !page.contains("/sign-in/itp"), "{page}");

    // Another body's provider speaks for nobody here, and uses nothing up.
    let way = format!("/sign-in/nztech?invitation={token}");
    let other = Browser::new(&world, "ivy").sign_in(&format!("/sign-in/itp?invitation={token}")).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    assert_eq!(ivy.sign_in(&way).await.status, StatusCode::SEE_OTHER);
    let viewer = ivy.viewer().await;
    assert_eq!(viewer["role"], "LEAD");
    // Called what whoever invited calls her.
    assert_eq!(viewer["person"], json!({ "name": "Ivy Newcomer", "email": "ivy@example.nz" }));
    let rows = invitation::Entity::find().all(world.conn()).await.expect("rows");
    assert!(rows[0].used_by.is_some() && rows[0].used_at == Some(world.now()));

    let mut mallory = Browser::new(&world, "mallory");
    assert_eq!(mallory.sign_in(&way).await.status, StatusCode::FORBIDDEN);
    assert!(!mallory.is_signed_in());
    assert_eq!(mallory.get(&format!("/sign-in?invitation={token}")).await.status, StatusCode::NOT_FOUND);
    // Whoever follows their own link again simply signs in.
    assert_eq!(ivy.sign_in(&way).await.status, StatusCode::SEE_OTHER);
    let again = Browser::new(&world, "ivy").sign_in("/sign-in/nztech").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
}

async fn a_former_member_comes_back_by_a_new_invitation(world: World) {
    with_lead(&world).await;
    end(&world, NZTECH_LEAD.membership()).await;
    let refused = Browser::new(&world, "cara").sign_in("/sign-in/nztech").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.whole().contains("Your access has ended"), "{}", refused.whole());
    let token = invite(&world, StaffRole::Assessor, Some(NZTECH.id()), None).await;
    let mut cara = Browser::new(&world, "cara");
    cara.sign_in(&format!("/sign-in/nztech?invitation={token}")).await;
    let viewer = cara.viewer().await;
    assert_eq!((&viewer["role"], &viewer["person"]["name"]), (&json!("ASSESSOR"), &json!(NZTECH_LEAD.name)));
}

async fn nobody_enters_who_was_not_invited(world: World) {
    with_lead(&world).await;
    let nztech_id = add_issuer(&world, body("itp", &itp().issuer)).await;
    bind(&world, nztech_id, "robot-person", &NZTECH_SERVICE).await;
    for (account, way, words) in [
        ("stranger", "/sign-in/nztech", "no access here yet"),
        // The same name at another provider is somebody else.
        ("cara", "/sign-in/itp", "no access here yet"),
        ("robot-person", "/sign-in/itp", "machine"),
        ("stranger", "/sign-in/nztech?invitation=made-up", "not valid here"),
    ] {
        let mut browser = Browser::new(&world, account);
        let answer = browser.sign_in(way).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{account}: {}", answer.whole());
        assert!(answer.whole().contains(words), "{account}: {}", answer.whole());
        assert!(!browser.is_signed_in(), "{account}");
    }
}

async fn employers_register_themselves_and_are_invited_by_colleagues(world: World) {
    keep_time(&world);
    let employers = Added { slug: "employers", url: &itp().issuer, tenant: IssuerTenant::Employers };
    // The provider knows one callback: this issuer takes ITP's place in this test.
    add_issuer(&world, Added { slug: "itp", ..employers }).await;
    let mut zoe = Browser::new(&world, "zoe");
    assert_eq!(zoe.sign_in("/sign-in/itp").await.status, StatusCode::SEE_OTHER);
    let viewer = zoe.viewer().await;
    assert_eq!((&viewer["role"], &viewer["employers"]), (&json!("EMPLOYER"), &json!([])));
    assert_eq!(viewer["person"]["name"], "Name of zoe");
    let token = invite(&world, StaffRole::Employer, None, Some(KAURI.id())).await;
    assert_eq!(zoe.sign_in(&format!("/sign-in/itp?invitation={token}")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(zoe.viewer().await["employers"], json!([{ "nzbn": KAURI.nzbn }]));
    let persons = membership::Entity::find().all(world.conn()).await.expect("rows");
    let agents = persons.iter().filter(|member| member.role == StaffRole::Employer).count();
    assert_eq!(agents, 4, "the cast's three, and Zoe once");
}

async fn whose_name_was_not_known_is_called_by_it_at_the_next_sign_in(world: World) {
    keep_time(&world);
    add_issuer(&world, Added { slug: "itp", url: &itp().issuer, tenant: IssuerTenant::Employers }).await;
    let mut zoe = Browser::new(&world, "zoe");
    zoe.sign_in("/sign-in/itp").await;
    assert_eq!(zoe.viewer().await["person"], json!({ "name": "Name of zoe", "email": "zoe@example.nz" }));
    let called = async |name: &str| {
        let rename = person::Entity::update_many()
            .col_expr(person::Column::Name, Expr::value(name))
            .filter(person::Column::Email.eq("zoe@example.nz"));
        assert_eq!(rename.exec(world.conn()).await.expect("an update").rows_affected, 1);
    };
    for (before, after) in [("Name not known", "Name of zoe"), ("Zoe Zimmer", "Zoe Zimmer")] {
        called(before).await;
        zoe.sign_in("/sign-in/itp").await;
        assert_eq!(zoe.viewer().await["person"]["name"], after);
    }
}

async fn roles_and_ends_hold_at_the_next_request(world: World) {
    with_lead(&world).await;
    let mut cara = Browser::new(&world, "cara");
    cara.sign_in("/sign-in/nztech").await;
    let role = |role, body| membership::ActiveModel {
        id: Set(NZTECH_LEAD.membership()),
        role: Set(role),
        body_id: Set(body),
        ..Default::default()
    };
    membership::Entity::update(role(StaffRole::Assessor, Some(NZTECH.id())))
        .exec(world.conn())
        .await
        .expect("one");
    assert_eq!(cara.viewer().await["role"], "ASSESSOR");
    end(&world, NZTECH_LEAD.membership()).await;
    assert_eq!(cara.ask("{ viewer { role } }").await.status, StatusCode::UNAUTHORIZED);
    // A provider speaks for its own body only, whatever the tables come to say.
    let elsewhere =
        membership::ActiveModel { ends_at: Set(None), ..role(StaffRole::Assessor, Some(ITP.id())) };
    membership::Entity::update(elsewhere).exec(world.conn()).await.expect("one");
    let refused = Browser::new(&world, "cara").sign_in("/sign-in/nztech").await;
    assert!(refused.status == StatusCode::FORBIDDEN && refused.whole().contains("does not speak"));
    assert_eq!(cara.ask("{ viewer { role } }").await.status, StatusCode::UNAUTHORIZED);
}

async fn a_sign_in_ends_the_one_before_in_the_same_browser(world: World) {
    with_lead(&world).await;
    let mut browser = Browser::new(&world, "cara");
    browser.sign_in("/sign-in/nztech").await;
    let former = browser.cookies["session"].clone();
    browser.sign_in("/sign-in/nztech").await;
    assert_ne!(browser.cookies["session"], former);
    assert_eq!(session::Entity::find().all(world.conn()).await.expect("rows").len(), 1);
}

async fn the_providers_are_listed(world: World) {
    let mut anybody = Browser::new(&world, "anybody");
    with_lead(&world).await;
    let page = anybody.get("/sign-in?return=/cases").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    let request = axum::http::Request::get("/sign-in?return=/cases").body(axum::body::Body::empty());
    let listed = world.call(request.expect("a request")).await.json();
    assert_eq!(
        listed["providers"],
        json!([{ "slug": "nztech", "name": "People <nztech>", "for": "the people of a body",
            "address": "/sign-in/nztech?return=%2Fcases" }])
    );
    for (path, status) in [
        ("/sign-in/nobody", StatusCode::NOT_FOUND),
        ("/sign-in/Nztech", StatusCode::NOT_FOUND),
        ("/sign-in/nztech?return=//evil.example.nz", StatusCode::BAD_REQUEST),
        ("/sign-in?return=https://evil.example.nz", StatusCode::BAD_REQUEST),
        ("/sign-in?invitation=made-up", StatusCode::NOT_FOUND),
        ("/sign-in/nztech/callback", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(anybody.get(path).await.status, status, "{path}");
    }
}

async fn end(world: &World, member: entity::MembershipId) {
    let row =
        membership::ActiveModel { id: Set(member), ends_at: Set(Some(world.now())), ..Default::default() };
    membership::Entity::update(row).exec(world.conn()).await.expect("an update");
}
