//! How requests are taken and answers are shaped, whatever is asked for.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use nominations::http::{Face, Modes, serve};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use wire::Limits;
use wire::trusted::{Documents, id_of};

use super::support::api::Api;
use super::support::caseload::Caseload;
use super::support::cast::{ITP_LEAD, NZTECH_ASSESSOR, NZTECH_LEAD};
use super::support::{World, post};

on_both_databases! {
    the_service_is_alive_and_ready,
    only_json_is_taken,
    what_is_no_request_is_told_so,
    a_body_is_bounded_by_who_sends_it,
    credentials_that_do_not_hold_are_refused,
    errors_have_codes_and_the_id_of_the_request,
    a_request_error_has_no_data_and_a_status_where_asked,
    deep_and_wide_documents_are_refused,
    an_omitted_variable_is_no_null,
    fields_stand_in_the_order_of_the_document,
    what_failed_is_null_as_far_up_as_it_may_be,
    other_addresses_and_methods_answer_json,
    queries_come_by_get_and_nothing_else_does,
    what_the_caller_has_already_is_not_sent_again,
    answers_are_compressed_for_who_takes_it,
    what_is_spent_is_told_and_bounded,
    what_is_not_valid_is_paid_for,
    what_cannot_be_read_is_paid_for,
    whoever_takes_events_is_told_of_refusals_as_one,
    a_body_pays_for_all_its_clients,
    trusted_documents_go_by_role,
    where_the_schema_is_closed_no_name_is_learnt,
    a_running_service_answers_until_it_is_told_to_stop,
}

const ASK: &str = r#"{ "query": "{ viewer { role } }" }"#;

async fn the_service_is_alive_and_ready(world: World) {
    for path in ["/livez", "/readyz", "/"] {
        let answer = world.call(Request::get(path).body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.header("content-type").starts_with("text/plain"), "{path}");
    }
}

async fn only_json_is_taken(world: World) {
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = Request::post("/graphql").header("content-type", content_type);
        let answer = world.call(request.body(Body::from(ASK)).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
        assert_eq!(answer.code(), "UNSUPPORTED_MEDIA_TYPE");
    }
    let without = Request::post("/graphql").body(Body::from(ASK)).expect("a request");
    assert_eq!(world.call(without).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

async fn what_is_no_request_is_told_so(world: World) {
    for body in ["", "{", "[]", "\"x\"", "{}", r#"[{"query": "{ viewer { role } }"}]"#] {
        let answer = world.anybody().post_graphql(body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{body}");
    }
    let more = r#"{ "query": "{ viewer { role } }", "clientName": "x", "extensions": {"y": 1} }"#;
    assert_eq!(world.anybody().post_graphql(more).await.json(), json!({ "data": { "viewer": null } }));
}

async fn a_body_is_bounded_by_who_sends_it(world: World) {
    let of = |length: usize| ASK.to_owned() + &" ".repeat(length - ASK.len());
    let (short, long) = (256 * 1024, 4 * 1024 * 1024);
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    for (caller, limit) in [(&world.anybody(), short), (&assessor, short), (&lead, long)] {
        assert_eq!(caller.post_graphql(of(limit)).await.status, StatusCode::OK);
        let answer = caller.post_graphql(of(limit + 1)).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(
            answer.json()["errors"][0]["message"]
                .as_str()
                .is_some_and(|text| text.contains(&limit.to_string()))
        );
    }
}

async fn credentials_that_do_not_hold_are_refused(world: World) {
    let token = world.sign_in(&NZTECH_LEAD).await.token.expect("a token");
    let (bearer, cookie) = (format!("Bearer {token}"), format!("session={token}"));
    let ours = ("sec-fetch-site", "same-origin");
    for (sent, status, code) in [
        (vec![("authorization", "Bearer x")], StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
        (vec![("cookie", "session=x"), ours], StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
        (
            vec![("authorization", &bearer), ("cookie", &cookie), ours],
            StatusCode::BAD_REQUEST,
            "BAD_USER_INPUT",
        ),
        (vec![("cookie", &*cookie)], StatusCode::FORBIDDEN, "FORBIDDEN"),
        (vec![("cookie", &cookie), ("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN, "FORBIDDEN"),
    ] {
        let request =
            sent.iter().fold(post("/graphql"), |request, (name, value)| request.header(*name, *value));
        let answer = world.call(request.body(Body::from(ASK)).expect("a request")).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{sent:?}");
        assert!(!String::from_utf8_lossy(&answer.body).contains(&token));
    }
    let stale = post("/graphql").header("cookie", "session=x").header("sec-fetch-site", "none");
    let answer = world.call(stale.body(Body::from(ASK)).expect("a request")).await;
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
}

async fn errors_have_codes_and_the_id_of_the_request(world: World) {
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (r#"{ employer(nzbn: "9429900000019") { id } }"#, "BAD_USER_INPUT"),
    ] {
        let body = json!({ "query": query }).to_string();
        let request = post("/graphql").header("x-request-id", "from-outside.1").body(Body::from(body));
        let answer = world.call(request.expect("a request")).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::OK, code), "{query}");
        assert_eq!(answer.json()["errors"][0]["extensions"]["requestId"], "from-outside.1");
        assert_eq!(answer.header("x-request-id"), "from-outside.1");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let request = post("/graphql").header("x-request-id", "not harmless").body(Body::from(ASK));
    let made = world.call(request.expect("a request")).await.header("x-request-id").to_owned();
    assert_eq!(made.len(), 24);
}

async fn a_request_error_has_no_data_and_a_status_where_asked(world: World) {
    for (accept, status) in
        [("application/json", StatusCode::OK), ("application/graphql-response+json", StatusCode::BAD_REQUEST)]
    {
        let body = json!({ "query": "{ nothing }" }).to_string();
        let request = post("/graphql").header("accept", accept).body(Body::from(body)).expect("a request");
        let answer = world.call(request).await;
        assert_eq!((answer.status, answer.header("content-type")), (status, accept));
        assert_eq!(answer.json().get("data"), None);
    }
}

async fn deep_and_wide_documents_are_refused(world: World) {
    let deep = "{a".repeat(100_000);
    let wide = format!("{{ {} }}", "viewer { role } ".repeat(1_500));
    let long_walk = format!("{{ viewer {{ {} }} }}", "person { name } ".repeat(501));
    for query in [deep, wide, long_walk] {
        let answer = world.anybody().graphql(&query, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    }
}

async fn an_omitted_variable_is_no_null(world: World) {
    // `ids` may not be null; an omitted `$ids` leaves the argument out, and that is what is told.
    let query = "query($ids: [ID!]) { nodes(ids: $ids) { id } }";
    let answer = world.anybody().graphql(query, json!({})).await;
    let message = answer["errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains("is required") && !message.contains("null"), "{message}");
    assert_eq!(answer.get("data"), None::<&Value>);
}

async fn fields_stand_in_the_order_of_the_document(world: World) {
    // The later ones are found without the database, and so before the first.
    let query = "{ z: classExceptions { id } viewer { role } ...F } fragment F on Query { __typename }";
    let answer = world.anybody().post_graphql(json!({ "query": query }).to_string()).await;
    let text = String::from_utf8(answer.body).expect("a text");
    assert_eq!(text, r#"{"data":{"z":[],"viewer":null,"__typename":"Query"}}"#);
}

/// The library leaves a field out that failed, and passes no null up.
async fn what_failed_is_null_as_far_up_as_it_may_be(world: World) {
    Caseload::new(&world, |_| {}).await;
    // Both ends of a page at once is nothing that can be answered.
    let failing = "releases(first: 1, last: 1) { totalCount }";
    let caller = world.anybody();
    for (query, expected) in [
        (format!("{{ classExceptions {{ slug {failing} }} rateLimit {{ limit }} }}"), json!(null)),
        (format!("{{ classExceptions {{ {failing} }} }}"), json!(null)),
        (
            format!(
                "{{ classException(slug: \"specialist-tech\") {{ slug {failing} }} classExceptions {{ slug }} }}"
            ),
            json!({ "classException": null, "classExceptions": [{ "slug": "specialist-tech" }] }),
        ),
        (
            format!(
                "{{ x: classException(slug: \"specialist-tech\") {{ ...F }} }} fragment F on ClassException {{ y: {failing} }}"
            ),
            json!({ "x": null }),
        ),
    ] {
        let answer = caller.graphql(&query, json!({})).await;
        assert_eq!(answer["data"], expected, "{answer}");
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "{answer}");
    }
}

async fn other_addresses_and_methods_answer_json(world: World) {
    // Of bytes that are no text, others as well.
    for address in ["/nothing", "/%FF", "/sign-in/%FF", "/sign-in/%FF/callback", "/releases/a/1/%FF.csv"] {
        let nothing = world.call(Request::get(address).body(Body::empty()).expect("a request")).await;
        let told = (nothing.status, nothing.code());
        assert_eq!(told, (StatusCode::NOT_FOUND, "NOT_FOUND".to_owned()), "{address}");
    }
    let other = world.call(Request::put("/graphql").body(Body::empty()).expect("a request")).await;
    assert_eq!(other.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!((other.code().as_str(), other.header("allow")), ("METHOD_NOT_ALLOWED", "GET,HEAD,POST"));
}

async fn queries_come_by_get_and_nothing_else_does(world: World) {
    let get =
        |address: &str| Request::get(format!("/graphql?{address}")).body(Body::empty()).expect("a request");
    let asked = "query=query($id:ID!){node(id:$id){id}viewer{role}}&variables=%7B%22id%22:%22x%22%7D";
    let answer = world.call(get(asked)).await;
    assert_eq!(answer.json(), json!({ "data": { "node": null, "viewer": null } }));
    for (address, status) in [
        ("query=mutation{signOut}", StatusCode::METHOD_NOT_ALLOWED),
        ("query=subscription{quotaChanged(classException:%22x%22){places}}", StatusCode::METHOD_NOT_ALLOWED),
        ("query={viewer{role}}&query={viewer{role}}", StatusCode::BAD_REQUEST),
        ("", StatusCode::BAD_REQUEST),
    ] {
        let answer = world.call(get(address)).await;
        assert_eq!(answer.status, status, "{address}");
        let allow = if status == StatusCode::METHOD_NOT_ALLOWED { "POST" } else { "" };
        assert_eq!(answer.header("allow"), allow, "{address}");
    }
    let request = Request::get("/graphql?query={viewer{role}}").header("accept", "text/html");
    let answer = world.call(request.body(Body::empty()).expect("a request")).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE"));
    // A cookie comes with it from any page, so here too it has to come from our own.
    let token = world.sign_in(&NZTECH_LEAD).await.token.expect("a token");
    for (proof, status) in [("same-origin", StatusCode::OK), ("cross-site", StatusCode::FORBIDDEN)] {
        let request = Request::get("/graphql?query={viewer{role}}")
            .header("cookie", format!("session={token}"))
            .header("sec-fetch-site", proof);
        assert_eq!(world.call(request.body(Body::empty()).expect("one")).await.status, status, "{proof}");
    }
}

async fn what_the_caller_has_already_is_not_sent_again(world: World) {
    let lead = world.sign_in(&NZTECH_LEAD).await.token.expect("a token");
    let asked = "/graphql?query={classExceptions{slug}viewer{role}}";
    let get = |token: Option<&str>, held: &str| {
        let mut request = Request::get(asked).header("if-none-match", held);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.body(Body::empty()).expect("a request")
    };
    let mut tags = Vec::new();
    for (token, keep) in [(None, "public, no-cache"), (Some(lead.as_str()), "private, no-cache")] {
        let answer = world.call(get(token, "\"x\"")).await;
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, keep));
        let vary = answer.headers.get_all("vary").iter().map(|value| value.to_str().expect("a text"));
        let vary = vary.collect::<Vec<_>>().join(", ");
        assert!(
            ["accept", "authorization", "cookie", "origin"].iter().all(|name| vary.contains(name)),
            "{vary}"
        );
        let tag = answer.header("etag").to_owned();
        let held = world.call(get(token, &format!("\"x\", {tag}"))).await;
        assert_eq!((held.status, held.body.len(), held.header("etag")), (StatusCode::NOT_MODIFIED, 0, &*tag));
        tags.push(tag);
    }
    assert_ne!(tags[0], tags[1]);
    let wrong = Request::get("/graphql?query={nothing}").body(Body::empty()).expect("a request");
    let wrong = world.call(wrong).await;
    assert_eq!((wrong.header("etag"), wrong.header("cache-control")), ("", "no-store"));
}

async fn answers_are_compressed_for_who_takes_it(world: World) {
    let ask = json!({ "query": "{ __schema { types { name description } } }" }).to_string();
    let plain = world.anybody().post_graphql(ask.clone()).await;
    for encoding in ["gzip", "br", "zstd"] {
        let request = post("/graphql").header("accept-encoding", encoding).body(Body::from(ask.clone()));
        let answer = world.call(request.expect("a request")).await;
        assert_eq!(answer.header("content-encoding"), encoding);
        assert!(answer.body.len() * 3 < plain.body.len(), "{encoding}: {}", answer.body.len());
    }
    let events = json!({ "query": "subscription { applicationChanged { kind } }" }).to_string();
    let request = post("/graphql").header("accept-encoding", "gzip").header("accept", "text/event-stream");
    let answer = world.call(request.body(Body::from(events)).expect("a request")).await;
    assert_eq!((answer.header("content-type"), answer.header("content-encoding")), ("text/event-stream", ""));
}

async fn what_is_spent_is_told_and_bounded(world: World) {
    let world = world.with_face(Face { client_points: 10, ..Face::default() });
    let ask = "{ rateLimit { cost limit remaining } viewer { role } }";
    let anybody = world.anybody();
    let answer = anybody.post_graphql(json!({ "query": ask }).to_string()).await;
    assert_eq!(answer.json()["data"]["rateLimit"], json!({ "cost": 6, "limit": 10, "remaining": 4 }));
    assert_eq!(answer.header("ratelimit-policy"), "\"client\";q=10;w=60");
    assert!(answer.header("ratelimit").starts_with("\"client\";r=4;t="), "{}", answer.header("ratelimit"));
    let refused = anybody.post_graphql(json!({ "query": ask }).to_string()).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(refused.json().get("data"), None);
    // Another client has a budget of its own.
    let lead = world.sign_in(&NZTECH_LEAD).await;
    assert_eq!(lead.post_graphql(json!({ "query": ask }).to_string()).await.status, StatusCode::OK);
}

async fn what_is_not_valid_is_paid_for(world: World) {
    let world = world.with_face(Face { client_points: 100, ..Face::default() });
    let wrong =
        format!("{{ {} }}", (0..60).map(|number| format!("no{number} ")).collect::<Vec<_>>().concat());
    for code in ["GRAPHQL_VALIDATION_FAILED", "RATE_LIMITED"] {
        let answer = world.anybody().post_graphql(json!({ "query": wrong }).to_string()).await;
        assert_eq!(answer.code(), code, "{}", answer.whole());
        assert!(!answer.header("ratelimit").is_empty(), "{}", answer.whole());
    }
}

async fn what_cannot_be_read_is_paid_for(world: World) {
    let world = world.with_face(Face { client_points: 20, ..Face::default() });
    let garbage = json!({ "query": format!("{{ a(b: \"{}\") ", "x".repeat(70_000)) }).to_string();
    for (status, code) in [
        (StatusCode::OK, "GRAPHQL_PARSE_FAILED"),
        (StatusCode::OK, "GRAPHQL_PARSE_FAILED"),
        (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"),
    ] {
        let answer = world.anybody().post_graphql(garbage.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.whole());
        assert!(!answer.header("ratelimit").is_empty(), "{}", answer.whole());
    }
    // What costs less than is left is taken.
    let ask = json!({ "query": "{ viewer { role } }" }).to_string();
    assert_eq!(world.anybody().post_graphql(ask).await.status, StatusCode::OK);
}

/// Before anything of it is executed as after.
async fn whoever_takes_events_is_told_of_refusals_as_one(world: World) {
    for (query, code) in [
        ("{ viewer", "GRAPHQL_PARSE_FAILED"),
        (
            "subscription($slug: String!) { quotaChanged(classException: $slug) { available } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let request = post("/graphql").header("accept", "text/event-stream");
        let body = Body::from(json!({ "query": query }).to_string());
        let answer = world.call(request.body(body).expect("a request")).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/event-stream"));
        let text = String::from_utf8(answer.body.clone()).expect("text");
        assert!(text.starts_with("event: next\n") && text.contains(code), "{text}");
        assert!(text.contains("event: complete\n"), "{text}");
    }
}

async fn a_body_pays_for_all_its_clients(world: World) {
    let world = world.with_face(Face { tenant_points: 10, ..Face::default() });
    let ask = json!({ "query": "{ rateLimit { cost limit remaining } viewer { role } }" }).to_string();
    let (lead, assessor) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&NZTECH_ASSESSOR).await);
    assert_eq!(lead.post_graphql(ask.clone()).await.status, StatusCode::OK);
    let refused = assessor.post_graphql(ask.clone()).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
    assert!(refused.header("ratelimit-policy").starts_with("\"body\""));
    assert_eq!(world.sign_in(&ITP_LEAD).await.post_graphql(ask).await.status, StatusCode::OK);
}

async fn trusted_documents_go_by_role(world: World) {
    let known = "{ viewer { role } }";
    let mut documents = Documents::default();
    let manifest = json!({ id_of(known): known }).to_string();
    documents.add("web", &manifest).expect("a manifest");
    let modes = Modes::read("log,public=enforce,assessor=warn").expect("modes");
    let world = world.with_face(Face { documents, modes, ..Face::default() });
    let (anybody, lead, assessor) =
        (world.anybody(), world.sign_in(&NZTECH_LEAD).await, world.sign_in(&NZTECH_ASSESSOR).await);
    let by_id = json!({ "documentId": format!("sha256:{}", id_of(known)) }).to_string();
    assert_eq!(anybody.post_graphql(by_id.clone()).await.json(), json!({ "data": { "viewer": null } }));
    let address = format!("/graphql?documentId={}", id_of(known));
    let answer = world.call(Request::get(address).body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.json(), json!({ "data": { "viewer": null } }));
    let other = json!({ "query": "{ viewer { permissions } }" }).to_string();
    assert_eq!(anybody.post_graphql(other.clone()).await.code(), "PERSISTED_QUERY_REQUIRED");
    let unknown = json!({ "documentId": "sha256:0" }).to_string();
    assert_eq!(lead.post_graphql(unknown).await.code(), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(lead.post_graphql(other.clone()).await.json().get("extensions"), None);
    let warned = assessor.post_graphql(other).await.json();
    assert!(warned["extensions"]["warning"].is_string() && warned["data"]["viewer"].is_object(), "{warned}");
    assert_eq!(assessor.post_graphql(by_id).await.json().get("extensions"), None);
}

/// Names that are nearly right, in every place where one can be guessed: no answer has a name in it that was not asked with.
async fn where_the_schema_is_closed_no_name_is_learnt(world: World) {
    let limits = Limits { introspection: false, ..Limits::default() };
    let world = world.with_face(Face { limits: limits.clone(), ..super::support::generous() });
    let lead = world.sign_in(&NZTECH_LEAD).await;
    for query in ["{ __schema { types { name } } }", "{ __type(name: \"Quota\") { name } }"] {
        assert_eq!(
            lead.graphql(query, json!({})).await["errors"][0]["extensions"]["code"],
            "INTROSPECTION_DISABLED"
        );
    }
    let api = Api::read();
    let names: BTreeSet<&str> = api.objects().flat_map(|of| api.names(of).into_iter().chain([of])).collect();
    let nearly = |name: &str| name[..name.len() - 1].to_owned();
    let mut asked = vec![
        "query($id: I) { node(id: $id) { id } }".to_owned(),
        "{ node { id } }".to_owned(),
        "{ node(id: 1) }".to_owned(),
        "{ node(id: \"x\") { ... on Applicatio { id } } }".to_owned(),
        "mutation { confirm(input: { id: 1 }) { userErrors { code } } }".to_owned(),
        "mutation { confirm(input: {}) { userErrors { code } } }".to_owned(),
        "{ applications(filter: { statu: [DRAFT] }) { totalCount } }".to_owned(),
        "{ applications(filter: { status: [DRAF] }) { totalCount } }".to_owned(),
        "{ applications(firs: 1) { totalCount } }".to_owned(),
    ];
    for field in api.fields("Query") {
        asked.push(format!("{{ {} }}", nearly(&field.name)));
        asked.push(format!("{{ {} }}", field.name));
    }
    for field in api.fields("Mutation") {
        asked.push(format!("mutation {{ {}(input: {{}}) {{ x }} }}", field.name));
        asked.push(format!("mutation {{ {} {{ x }} }}", nearly(&field.name)));
    }
    // An argument of a wrong kind is as wrong as one that is not there.
    for (right, wrong) in [
        ("mutation { confirm(input: 5) { __typename } }", "mutation { confirn(input: 5) { __typename } }"),
        ("{ applications(filter: 5) { totalCount } }", "{ applications(filtre: 5) { totalCount } }"),
        ("{ node(id: {}) { id } }", "{ node(ib: {}) { id } }"),
    ] {
        let mut told = Vec::new();
        for query in [right, wrong] {
            let caller = world
                .with_face(Face { limits: limits.clone(), ..Face::default() })
                .sign_in(&NZTECH_LEAD)
                .await;
            let sent = caller.post_graphql(json!({ "query": query }).to_string()).await;
            let (left, mut answer) =
                (sent.header("ratelimit").split(';').nth(1).map(str::to_owned), sent.json());
            answer["errors"][0]["extensions"]["requestId"].take();
            // What is left of the budget tells nothing either.
            answer["left"] = json!(left.expect("what is left"));
            told.push(answer);
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(told[0].get("data"), None);
    }
    // What went wrong beside something else is told all the same: without an error, null is what does not exist.
    let two = r#"{ a: applications(after: "x") { totalCount } b: applications(after: "y") { totalCount } }"#;
    let answer = lead.graphql(two, json!({})).await;
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(2), "{answer}");
    for query in asked {
        let answer = lead.graphql(&query, json!({})).await;
        for error in answer["errors"].as_array().into_iter().flatten() {
            let message = error["message"].as_str().expect("a message");
            let words = message.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let learnt: Vec<_> = words
                .filter(|word| word.len() > 3 && names.contains(word) && !query.contains(word))
                .filter(|word| !ORDINARY.contains(word))
                .collect();
            assert!(learnt.is_empty(), "{query}: {message}");
        }
    }
}

/// Names of the schema that are words of every sentence.
const ORDINARY: [&str; 3] = ["schema", "service", "this"];

async fn a_running_service_answers_until_it_is_told_to_stop(world: World) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async { stopped.await.unwrap_or_default() };
    let serving = tokio::spawn(serve(world.app.clone(), listener, Face::default(), shutdown));

    let mut connection = TcpStream::connect(address).await.expect("a connection");
    let request = b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    connection.write_all(request).await.expect("a sent request");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("alive\n"), "{answer}");

    stop.send(()).expect("a running service");
    serving.await.expect("an end");
}
