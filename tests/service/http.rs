//! How requests are taken and answers are shaped, whatever is asked for.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use nominations::http::{Peers, serve};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::support::cast::{NZTECH_ASSESSOR, NZTECH_LEAD};
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
    other_addresses_and_methods_answer_json,
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
        ("subscription { x }", "GRAPHQL_VALIDATION_FAILED"),
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

async fn other_addresses_and_methods_answer_json(world: World) {
    let nothing = world.call(Request::get("/nothing").body(Body::empty()).expect("a request")).await;
    assert_eq!((nothing.status, nothing.code().as_str()), (StatusCode::NOT_FOUND, "NOT_FOUND"));
    let other =
        world.call(Request::get("/graphql?query={viewer{role}}").body(Body::empty()).expect("one")).await;
    assert_eq!(other.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!((other.code().as_str(), other.header("allow")), ("METHOD_NOT_ALLOWED", "POST"));
}

async fn a_running_service_answers_until_it_is_told_to_stop(world: World) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async { stopped.await.unwrap_or_default() };
    let serving = tokio::spawn(serve(world.app.clone(), listener, Peers::Clients, shutdown));

    let mut connection = TcpStream::connect(address).await.expect("a connection");
    let request = b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    connection.write_all(request).await.expect("a sent request");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("alive\n"), "{answer}");

    stop.send(()).expect("a running service");
    serving.await.expect("an end").expect("a good end");
}
