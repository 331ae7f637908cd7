//! Frontends of others: pages of another origin that sign people in with a client of their own, and use the API by access
//! tokens. The pages are served, the providers are real, and what is sent is what a browser sends.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::{
    EventKind, IssuerTenant, StaffRole, frontend, frontend_client, frontend_origin, history_event,
    membership, session,
};
use nominations::error::Failure;
use nominations::http::{Face, serve};
use nominations::people::actions::{AddFrontend, RemoveFrontend};
use nominations::tenancy::SystemScope;
use nominations::values::text::Line;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::Url;

use super::browser::Browser;
use super::pages::pages;
use super::provider::{PUBLIC_URL, Provider, itp, nztech};
use super::setting::{Added, add_issuer, bind, keep_time};
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast::{ITP, ITP_LEAD, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SERVICE};
use crate::service::support::{Answer, World, post};

on_both_databases! {
    a_page_of_another_origin_signs_people_in_and_uses_the_api,
    a_token_that_is_not_for_the_page_and_the_api_is_refused,
    what_a_person_may_holds_at_the_next_request,
    a_page_that_is_not_listed_reads_nothing,
    a_cookie_is_no_way_in_for_a_page_of_another_origin,
    a_page_takes_the_file_of_a_release,
    a_frontend_is_kept_whole_and_on_record,
}

const ASK: &str = "{ viewer { role body { slug } person { name } } }";
/// An origin that nobody has listed.
const STRANGE: &str = "https://desk.example.org";
/// What browsers say of a page on another port of the same host.
const FROM_A_PAGE: [(&str, &str); 3] =
    [("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")];

/// Two bodies with their providers, a client of each listed for NZTech's desk, and people who are bound there.
async fn with_desk(world: &World) {
    keep_time(world);
    let tenant = IssuerTenant::Body;
    let issuer = add_issuer(world, Added { slug: "nztech", url: &nztech().issuer, tenant }).await;
    bind(world, issuer, "cara", &NZTECH_LEAD).await;
    bind(world, issuer, "aroha", &NZTECH_ASSESSOR).await;
    bind(world, issuer, "machine", &NZTECH_SERVICE).await;
    let issuer = add_issuer(world, Added { slug: "itp", url: &itp().issuer, tenant }).await;
    bind(world, issuer, "eve", &ITP_LEAD).await;
    // ITP's provider calls somebody what NZTech's calls its lead, and its own row binds another lead of NZTech's.
    bind(world, issuer, "ben", &NZTECH_ASSESSOR).await;
    world.be_in_production().await;
    add(world, "Desk", &[&pages().origin], &[("nztech", "desk")]).await.expect("a frontend");
}

/// Where nobody proves who they are there is no frontend.
async fn add(world: &World, name: &str, origins: &[&str], clients: &[(&str, &str)]) -> Result<(), Failure> {
    let command = AddFrontend {
        name: Line::parse(name).expect("a name"),
        origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        clients: clients.iter().map(|(issuer, id)| ((*issuer).to_owned(), (*id).to_owned())).collect(),
    };
    world.app.db.perform(&SystemScope::of("test"), None, &command).await.map(|_| ())
}

async fn remove(world: &World, name: &str) -> Result<(), Failure> {
    let command = RemoveFrontend { name: name.to_owned() };
    world.app.db.perform(&SystemScope::of("test"), None, &command).await.map(|_| ())
}

/// What a page holds once somebody has signed in there.
struct Tokens {
    access: String,
    id: String,
}

/// Somebody signs in with a page: it sends the browser to the provider, and exchanges what comes back by itself. `resource`
/// is the API that the token is to be for, where it is another than ours.
async fn sign_in(
    world: &World,
    provider: &Provider,
    (account, client): (&str, &str),
    resource: Option<&str>,
) -> Tokens {
    let mut browser = Browser::new(world, account);
    let home = &pages().origin;
    let web = reqwest::Client::new();
    assert!(web.get(home).send().await.expect("the page").status().is_success());
    let (callback, verifier) = (format!("{home}/callback"), "0123456789-page-".repeat(4));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let mut url = Url::parse(&format!("{}/auth", provider.issuer)).expect("an address");
    url.query_pairs_mut()
        .extend_pairs([("response_type", "code"), ("client_id", client), ("redirect_uri", &*callback)])
        .extend_pairs([("scope", "openid"), ("state", "s-1"), ("nonce", "n-1")])
        .extend_pairs([("code_challenge", &*challenge), ("code_challenge_method", "S256")])
        .extend_pairs(resource.map(|resource| ("resource", resource)));
    let back = browser.through_provider(url, home).await;
    let back = Url::parse(home).and_then(|home| home.join(&back)).expect("an address");
    assert!(web.get(back.clone()).send().await.expect("the page").status().is_success());
    let found =
        |name: &str| back.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned());
    assert_eq!(found("state").as_deref(), Some("s-1"), "{back}");

    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("grant_type", "authorization_code"), ("client_id", client)])
        .extend_pairs([("redirect_uri", &*callback), ("code_verifier", &*verifier)])
        .append_pair("code", &found("code").expect("a code"))
        .finish();
    let request = web
        .post(format!("{}/token", provider.issuer))
        .header("origin", home)
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(form).send().await.expect("an answer");
    let allowed = answer.headers().get("access-control-allow-origin").cloned();
    assert_eq!(allowed.expect("an answer to the page").to_str().ok(), Some(home.as_str()));
    let told: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");
    let token = |name: &str| told[name].as_str().unwrap_or_else(|| panic!("{name}: {told}")).to_owned();
    Tokens { access: token("access_token"), id: token("id_token") }
}

/// A page of `origin` asks the API.
async fn ask(world: &World, origin: Option<&str>, token: &str, more: &[(&str, &str)]) -> Answer {
    let mut request = post("/graphql").header("authorization", format!("Bearer {token}"));
    if let Some(origin) = origin {
        request = FROM_A_PAGE
            .iter()
            .fold(request.header("origin", origin), |it, (name, value)| it.header(*name, *value));
    }
    let request = more.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let body = json!({ "query": ASK }).to_string();
    world.call(request.body(body.into()).expect("a request")).await
}

/// A browser asks whether a page of `origin` may send.
async fn may_send(world: &World, path: &str, origin: &str, (method, headers): (&str, &str)) -> Answer {
    let request = Request::options(path)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", headers);
    let request = FROM_A_PAGE.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    world.call(request.body(Body::empty()).expect("a request")).await
}

/// The headers that say what pages of other origins may do.
fn shared(answer: &Answer) -> Vec<&str> {
    let names = answer.headers.keys().map(axum::http::HeaderName::as_str);
    names.filter(|name| name.starts_with("access-control-")).collect()
}

fn lead(slug: &str, name: &str) -> Value {
    json!({ "data": { "viewer": { "role": "LEAD", "body": { "slug": slug }, "person": { "name": name } } } })
}

async fn a_page_of_another_origin_signs_people_in_and_uses_the_api(world: World) {
    with_desk(&world).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let api = format!("http://{}/graphql", listener.local_addr().expect("an address"));
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async { stopped.await.unwrap_or_default() };
    let serving = tokio::spawn(serve(world.app.clone(), listener, Face::default(), shutdown));
    let tokens = sign_in(&world, nztech(), ("cara", "desk"), None).await;

    let (origin, web) = (&pages().origin, reqwest::Client::new());
    let asked = web
        .request(reqwest::Method::OPTIONS, &api)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    let asked = asked.send().await.expect("an answer");
    assert!(asked.status().is_success());
    let said = |answer: &reqwest::Response, name: &str| {
        let values = answer.headers().get_all(name).iter().map(|value| value.to_str().expect("a text"));
        values.collect::<Vec<_>>().join(",")
    };
    for (name, value) in [
        ("access-control-allow-origin", origin.as_str()),
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "authorization,content-type,x-request-id"),
        ("access-control-allow-credentials", ""),
        ("access-control-max-age", "3600"),
        ("vary", "origin"),
    ] {
        assert_eq!(said(&asked, name), value, "{name}");
    }
    let request = web
        .post(&api)
        .header("origin", origin)
        .header("authorization", format!("Bearer {}", tokens.access))
        .header("content-type", "application/json")
        .body(json!({ "query": ASK }).to_string());
    let answer = request.send().await.expect("an answer");
    for (name, value) in [
        ("access-control-allow-origin", origin.as_str()),
        ("access-control-allow-credentials", ""),
        (
            "access-control-expose-headers",
            "x-request-id,retry-after,ratelimit,ratelimit-policy,etag,content-disposition",
        ),
        ("vary", "accept,origin,accept-encoding"),
        ("cache-control", "no-store"),
        ("set-cookie", ""),
    ] {
        assert_eq!(said(&answer, name), value, "{name}");
    }
    let told: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");
    assert_eq!(told, lead("nztech", NZTECH_LEAD.name));
    stop.send(()).expect("a running service");
    serving.await.expect("an end");

    // A frontend's own server sends no origin, and no cookie comes of any of it.
    assert_eq!(ask(&world, None, &tokens.access, &[]).await.json(), lead("nztech", NZTECH_LEAD.name));
    assert!(session::Entity::find().all(world.conn()).await.expect("rows").is_empty());
}

async fn a_token_that_is_not_for_the_page_and_the_api_is_refused(world: World) {
    with_desk(&world).await;
    add(&world, "Another", &[STRANGE], &[("itp", "desk")]).await.expect("a frontend");
    let origin = pages().origin.as_str();
    let cara = sign_in(&world, nztech(), ("cara", "desk"), None).await;
    assert_eq!(ask(&world, Some(origin), &cara.access, &[]).await.status, StatusCode::OK);
    let unlisted = sign_in(&world, nztech(), ("cara", "unlisted"), None).await;
    let elsewhere = sign_in(&world, nztech(), ("cara", "desk"), Some("urn:another-api")).await;
    let stranger = sign_in(&world, nztech(), ("stranger", "desk"), None).await;
    let machine = sign_in(&world, nztech(), ("machine", "desk"), None).await;
    let eve = sign_in(&world, itp(), ("eve", "desk"), None).await;
    let ben = sign_in(&world, itp(), ("ben", "desk"), None).await;
    let (head, signature) = cara.access.rsplit_once('.').expect("three parts");
    let spoilt = format!("{head}.{}{signature}", if signature.starts_with('A') { "B" } else { "A" });
    let mut told = Vec::new();
    for (what, origin, token) in [
        ("a client that is not listed", Some(origin), &unlisted.access),
        ("another API's", Some(origin), &elsewhere.access),
        ("an ID token", Some(origin), &cara.id),
        ("nobody's", Some(origin), &stranger.access),
        ("an account that is a machine's", Some(origin), &machine.access),
        ("a changed one", Some(origin), &spoilt),
        ("another frontend's", Some(origin), &eve.access),
        ("one from a page that is not the client's", Some(STRANGE), &cara.access),
        ("one from a page without an origin", Some("null"), &cara.access),
        ("one from our own pages, which have a cookie", Some(PUBLIC_URL), &cara.access),
        ("another issuer's for a member of NZTech", Some(STRANGE), &ben.access),
        ("the same without a page", None, &ben.access),
    ] {
        let answer = ask(&world, origin, token, &[("x-request-id", "asked")]).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
            "{what}"
        );
        let listed = origin.filter(|origin| [STRANGE, pages().origin.as_str()].contains(origin));
        // A page may read why it is refused.
        assert_eq!(answer.header("access-control-allow-origin"), listed.unwrap_or_default(), "{what}");
        told.push(String::from_utf8(answer.body).expect("a text"));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    // Whose it is comes from the issuer, whatever is said beside the token.
    let tenant = [("x-tenant", "nztech"), ("x-body", "nztech")];
    assert_eq!(ask(&world, Some(STRANGE), &eve.access, &tenant).await.json(), lead("itp", ITP_LEAD.name));
    // In time it ends by itself.
    world.wait_minutes(9 * 60);
    assert_eq!(ask(&world, Some(origin), &cara.access, &[]).await.status, StatusCode::UNAUTHORIZED);
}

async fn what_a_person_may_holds_at_the_next_request(world: World) {
    with_desk(&world).await;
    let origin = pages().origin.as_str();
    let token = sign_in(&world, nztech(), ("cara", "desk"), None).await.access;
    let row = |role, body_id, ends_at| membership::ActiveModel {
        id: Set(NZTECH_LEAD.membership()),
        role: Set(role),
        body_id: Set(body_id),
        ends_at: Set(ends_at),
        ..Default::default()
    };
    let (nztech, itp, now) = (Some(NZTECH.id()), Some(ITP.id()), world.now());
    for (role, body, ends_at, expected) in [
        (StaffRole::Assessor, nztech, None, json!("ASSESSOR")),
        (StaffRole::Lead, nztech, Some(now), Value::Null),
        // Of these its provider does not speak, whatever the tables come to say.
        (StaffRole::Lead, itp, None, Value::Null),
        (StaffRole::Observer, None, None, Value::Null),
        (StaffRole::Lead, nztech, None, json!("LEAD")),
    ] {
        membership::Entity::update(row(role, body, ends_at)).exec(world.conn()).await.expect("an update");
        let answer = ask(&world, Some(origin), &token, &[]).await;
        let status = if expected == Value::Null { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
        assert_eq!((answer.status, &answer.json()["data"]["viewer"]["role"]), (status, &expected));
    }
    let _attended = world.attended();
    let listening = "subscription { applicationChanged { kind } }";
    let mut listener = world.holding(token.clone()).listen(listening, json!({})).await;
    assert!(listener.rest().await.is_empty());
    remove(&world, "Desk").await.expect("a frontend that was there");
    assert_eq!(listener.next().await, None, "who listens through it is cut off as well");
    let answer = ask(&world, Some(origin), &token, &[]).await;
    assert_eq!((answer.status, shared(&answer)), (StatusCode::UNAUTHORIZED, vec![]));
}

async fn a_page_that_is_not_listed_reads_nothing(world: World) {
    with_desk(&world).await;
    let origin = pages().origin.as_str();
    let token = sign_in(&world, nztech(), ("cara", "desk"), None).await.access;
    let wants = ("POST", "authorization,content-type");
    for strange in [
        STRANGE,
        "null",
        "*",
        "",
        PUBLIC_URL,
        &format!("{origin}/"),
        &origin.replace("http:", "https:"),
        &format!("{origin}0"),
    ] {
        for path in ["/graphql", "/releases/specialist-tech/1/whole.json"] {
            let asked = may_send(&world, path, strange, wants).await;
            assert_eq!(shared(&asked), Vec::<&str>::new(), "{strange}: {path}");
            assert_eq!((asked.status, asked.header("vary")), (StatusCode::METHOD_NOT_ALLOWED, "origin"));
        }
        let answer = ask(&world, Some(strange), &token, &[]).await;
        assert_eq!((answer.status, shared(&answer)), (StatusCode::UNAUTHORIZED, vec![]), "{strange}");
        assert_eq!(answer.header("vary"), "origin");
    }
    // A page that is listed comes to the API and the files, and to nothing else.
    for path in ["/sign-in", "/sign-in/nztech", "/sign-out", "/readyz", "/", "/demo/sign-in", "/nothing"] {
        let asked = may_send(&world, path, origin, wants).await;
        assert_eq!(shared(&asked), Vec::<&str>::new(), "{path}");
        let request = Request::get(path).header("origin", origin).body(Body::empty()).expect("a request");
        assert_eq!(shared(&world.call(request).await), Vec::<&str>::new(), "{path}");
    }
    // What is published of a ballot anybody may read, and no page with credentials.
    let path = "/ballots/specialist-tech/1/entries.txt";
    let asked = may_send(&world, path, STRANGE, ("GET", "")).await;
    let allowed = (asked.header("access-control-allow-origin"), asked.header("access-control-allow-methods"));
    assert_eq!((asked.status, allowed), (StatusCode::OK, ("*", "GET")));
    assert_eq!((asked.header("access-control-allow-credentials"), asked.header("vary")), ("", ""));
}

async fn a_cookie_is_no_way_in_for_a_page_of_another_origin(world: World) {
    with_desk(&world).await;
    let origin = pages().origin.as_str();
    let token = sign_in(&world, nztech(), ("cara", "desk"), None).await.access;
    let mut browser = Browser::new(&world, "cara");
    browser.sign_in("/sign-in/nztech").await;
    let cookie = format!("session={}", browser.cookies["session"]);
    let body = json!({ "query": ASK }).to_string();
    for origin in [origin, STRANGE] {
        for site in ["same-site", "cross-site"] {
            for more in [None, Some(("x-requested-with", "desk"))] {
                for path in ["/graphql", "/sign-out"] {
                    let request = post(path).header("cookie", &cookie).header("origin", origin);
                    let request = request.header("sec-fetch-site", site);
                    let request = more.iter().fold(request, |it, (name, value)| it.header(*name, *value));
                    let answer = world.call(request.body(body.clone().into()).expect("a request")).await;
                    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "FORBIDDEN"));
                }
            }
        }
    }
    // No browser sends it: with credentials nothing is allowed, and neither is the header that old ones would prove it by.
    let asked = may_send(&world, "/graphql", origin, ("POST", "content-type,x-requested-with")).await;
    assert!(!asked.header("access-control-allow-headers").contains("requested"));
    assert_eq!(asked.header("access-control-allow-credentials"), "");
    let both = ask(&world, Some(origin), &token, &[("cookie", &cookie)]).await;
    assert_eq!((both.status, both.code().as_str()), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"));
    assert_eq!(browser.viewer().await["role"], "LEAD", "its own page goes on");
}

async fn a_page_takes_the_file_of_a_release(world: World) {
    let cases = Caseload::new(&world, |file| file.settings.places = 2).await;
    cases.confirmed(&Wanted::new("N0000001")).await;
    world.published().await;
    with_desk(&world).await;
    let origin = pages().origin.as_str();
    let path = "/releases/specialist-tech/1/nztech.json";
    let asked = may_send(&world, path, origin, ("GET", "authorization")).await;
    let allowed = (asked.header("access-control-allow-origin"), asked.header("access-control-allow-methods"));
    assert_eq!(allowed, (origin, "GET"));
    let take = async |path: &str, account: &str| {
        let token = sign_in(&world, nztech(), (account, "desk"), None).await.access;
        let request =
            Request::get(path).header("origin", origin).header("authorization", format!("Bearer {token}"));
        world.call(request.body(Body::empty()).expect("a request")).await
    };
    let file = take(path, "cara").await;
    assert_eq!((file.status, file.header("access-control-allow-origin")), (StatusCode::OK, origin));
    assert!(file.header("access-control-expose-headers").contains("content-disposition"));
    let others = take("/releases/specialist-tech/1/itp.json", "cara").await;
    assert_eq!(
        (others.status, others.header("access-control-allow-origin")),
        (StatusCode::NOT_FOUND, origin)
    );
}

async fn a_frontend_is_kept_whole_and_on_record(world: World) {
    assert!(add(&world, "Early", &[STRANGE], &[("nztech", "desk")]).await.is_err(), "a demo has none");
    with_desk(&world).await;
    let other = add_issuer(
        &world,
        Added { slug: "employers", url: "https://e.example.nz", tenant: IssuerTenant::Employers },
    )
    .await;
    for (name, origins, clients, words) in [
        ("Desk", [STRANGE], [("nztech", "other")], "already"),
        ("Other", [pages().origin.as_str()], [("nztech", "other")], "already"),
        ("Other", [STRANGE], [("nztech", "desk")], "already"),
        ("Other", [STRANGE], [("nobody", "other")], "no such provider"),
        ("Other", [STRANGE], [("nztech", "nominations")], "our own client"),
        ("Other", [STRANGE], [("employers", "other")], "--audience"),
        ("Other", [STRANGE], [("nztech", "two words")], "a word"),
        ("Other", ["https://*.example.nz"], [("nztech", "other")], "An origin is"),
        ("Other", ["http://desk.example.nz"], [("nztech", "other")], "An origin is"),
    ] {
        let told = add(&world, name, &origins, &clients).await.expect_err(words);
        assert!(format!("{told:?}").contains(words), "{told:?}");
    }
    let client = |issuer_id| frontend_client::ActiveModel {
        issuer_id: Set(issuer_id),
        client_id: Set("x".to_owned()),
        frontend_id: Set(entity::FrontendId(uuid::Uuid::from_u128(7))),
    };
    let kept = frontend_client::Entity::insert(client(other)).exec_without_returning(world.conn()).await;
    assert!(kept.is_err(), "a client of no frontend");
    for origin in ["*", "https://*", "https://a.example.nz/", "desk.example.nz"] {
        let desk = frontend::Entity::find().one(world.conn()).await.expect("a query").expect("a row");
        let row = frontend_origin::ActiveModel { origin: Set(origin.to_owned()), frontend_id: Set(desk.id) };
        assert!(
            frontend_origin::Entity::insert(row).exec_without_returning(world.conn()).await.is_err(),
            "{origin}"
        );
    }
    remove(&world, "Desk").await.expect("a frontend that was there");
    assert!(remove(&world, "Desk").await.is_err(), "it is gone");
    for table in ["frontend", "frontend_origin", "frontend_client"] {
        let rows = world.count_rows().await.into_iter().find(|(name, _)| name == table);
        assert_eq!(rows, Some((table.to_owned(), 0)));
    }
    let kinds = [EventKind::FrontendAdded, EventKind::FrontendRemoved];
    let events = history_event::Entity::find().filter(history_event::Column::Kind.is_in(kinds));
    let events = events.all(world.conn()).await.expect("rows");
    assert_eq!(
        events.iter().map(|event| event.kind).collect::<Vec<_>>(),
        kinds,
        "what was refused left nothing"
    );
    assert_eq!(events[0].detail["origins"], json!([pages().origin]));
    assert_eq!(events[0].detail["clients"], json!(["nztech=desk"]));
    assert!(world.conn().execute_unprepared("UPDATE history_event SET detail = '{}'").await.is_err());
}
