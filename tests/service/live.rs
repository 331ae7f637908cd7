//! What happens is told to those who listen: to its own side alone, at least once, wherever it happened.

mod multitude;

use axum::body::Body;
use axum::http::StatusCode;
use entity::membership;
use nominations::http::Face;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::support::caseload::{Caseload, Wanted};
use super::support::cast::{
    ITP, ITP_LEAD, KAURI_AGENT, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, OBSERVER, OFFICER, RATA, RATA_AGENT,
};
use super::support::events::Listener;
use super::support::{Caller, World};

on_both_databases! {
    what_happens_is_told_to_its_own_side_alone,
    what_was_missed_comes_first_and_once,
    events_are_paid_and_take_nothing_from_what_is_asked,
    what_another_process_does_is_told_here,
    who_is_no_longer_what_they_were_is_told_nothing_more,
    places_are_told_as_they_move,
    releases_are_told_to_who_may_see_them,
    who_has_no_caseload_has_nothing_to_listen_to,
    a_slow_listener_loses_nothing,
    nobody_takes_all_the_room_there_is,
}

const CHANGED: &str = "subscription($reference: String, $after: ID) {
    applicationChanged(reference: $reference, after: $after) {
        id kind actor application { id reference worker { familyName } }
    }
}";
const QUOTA: &str = r#"subscription { quotaChanged(classException: "specialist-tech") {
    available reserved waiting byBody { body { slug } reserved }
} }"#;
const RELEASE: &str =
    r#"subscription { releaseChanged(classException: "specialist-tech") { number status } }"#;

async fn listen(caller: &Caller) -> Listener {
    caller.listen(CHANGED, json!({})).await
}

/// The kinds of what was told, sorted: what happens in the same instant has no order, and a test's clock stands still. A draft
/// is the employer's alone, so whether a body is told that one was made goes by whether it was handed in meanwhile.
fn kinds(events: &[Value]) -> Vec<&str> {
    let mut kinds: Vec<_> = events
        .iter()
        .map(|event| event["data"]["applicationChanged"]["kind"].as_str().expect("a kind"))
        .filter(|kind| *kind != "CREATED")
        .collect();
    kinds.sort_unstable();
    kinds
}

/// By whom something was that was told.
fn actor_of<'e>(events: &'e [Value], kind: &str) -> &'e Value {
    let told = events.iter().map(|event| &event["data"]["applicationChanged"]);
    told.into_iter().find(|told| told["kind"] == kind).map(|told| &told["actor"]).expect("one of the kind")
}

async fn what_happens_is_told_to_its_own_side_alone(world: World) {
    let exception = Caseload::new(&world, |_| {}).await;
    let _attended = world.attended();
    let [lead, itp, kauri, rata] = [&NZTECH_LEAD, &ITP_LEAD, &KAURI_AGENT, &RATA_AGENT];
    let mut listeners = Vec::new();
    for who in [lead, itp, kauri, rata] {
        listeners.push(listen(&world.sign_in(who).await).await);
    }
    let of_kauri = exception.confirmed(&Wanted::new("N1000001")).await;
    let of_rata = Wanted { body: &ITP, firm: &RATA, ..Wanted::new("N1000002") };
    exception.submitted(&of_rata).await;

    let [mut lead, mut itp, mut kauri, mut rata] = <[_; 4]>::try_from(listeners).ok().expect("four");
    let told = lead.rest().await;
    let mut expected = vec!["ASSESSED"; 5];
    expected.extend(["ASSIGNED", "CONFIRMED", "NOMINATED", "RECOMMENDED", "SUBMITTED"]);
    assert_eq!(kinds(&told), expected);
    let reference = world.application(of_kauri).await.reference;
    for event in &told {
        assert_eq!(event["data"]["applicationChanged"]["application"]["reference"], reference.as_str());
    }
    assert_eq!(actor_of(&told, "ASSIGNED"), NZTECH_LEAD.name);
    assert_eq!(kinds(&itp.rest().await), ["SUBMITTED"]);
    // The employer is not told what goes on inside the body, and not by whom.
    let told = kauri.rest().await;
    assert_eq!(kinds(&told), ["CONFIRMED", "NOMINATED", "SUBMITTED"]);
    assert_eq!(actor_of(&told, "CONFIRMED"), NZTECH.name);
    assert_eq!(kinds(&rata.rest().await), ["SUBMITTED"]);
}

async fn events_are_paid_and_take_nothing_from_what_is_asked(world: World) {
    let fields = "id kind actor";
    let cost = 4;
    let world = world.with_face(Face { event_points: 3 * cost + 1, ..Face::default() });
    let exception = Caseload::new(&world, |_| {}).await;
    let _attended = world.attended();
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let listens = format!("subscription {{ applicationChanged {{ {fields} }} }}");
    let remaining = async || {
        let told = lead.data("{ rateLimit { remaining } }", json!({})).await;
        told["rateLimit"]["remaining"].as_i64().expect("points")
    };
    let before = remaining().await;
    let of_the_question = before - remaining().await;
    let mut listener = lead.listen(&listens, json!({})).await;
    for number in 1..6 {
        exception.submitted(&Wanted::new(&format!("N100000{number}"))).await;
    }
    assert_eq!(listener.rest().await.len(), 3, "the others come in a minute");
    let paid = before - remaining().await - 2 * of_the_question;
    assert_eq!(paid, i64::try_from(cost).expect("few"), "the question alone");
}

async fn what_was_missed_comes_first_and_once(world: World) {
    let exception = Caseload::new(&world, |_| {}).await;
    let _attended = world.attended();
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let mut listener = listen(&lead).await;
    exception.submitted(&Wanted::new("N1000001")).await;
    let one = next_submitted(&mut listener).await;
    let second = exception.submitted(&Wanted::new("N1000002")).await;
    let last = next_submitted(&mut listener).await;
    drop(listener);
    let wanted = Wanted::new("N1000003");
    let third = exception.submitted(&wanted).await;
    exception.endorse(third, &wanted).await;
    let mut listener = lead.listen(CHANGED, json!({ "after": last })).await;
    let missed = [vec!["ASSESSED"; 5], vec!["ASSIGNED", "RECOMMENDED", "SUBMITTED"]].concat();
    assert_eq!(kinds(&listener.rest().await), missed);
    exception.submitted(&Wanted::new("N1000004")).await;
    assert_eq!(kinds(&listener.rest().await), ["SUBMITTED"]);

    // One application alone, by its reference as people type it.
    let reference = world.application(second).await.reference.to_lowercase().replace('-', "");
    let of_one = json!({ "reference": reference, "after": one });
    let told = lead.listen(CHANGED, of_one).await.rest().await;
    let told: Vec<_> = told.iter().map(|event| &event["data"]["applicationChanged"]).collect();
    let told: Vec<_> =
        told.into_iter().filter(|told| told["kind"] != "CREATED").map(|told| &told["id"]).collect();
    assert_eq!(told, [&last]);

    // Another's event, another's reference and none at all are one.
    let itp = world.sign_in(&ITP_LEAD).await;
    for (variables, word) in [
        (json!({ "after": last }), "`after`"),
        (json!({ "after": "bm90aGluZw" }), "`after`"),
        (json!({ "reference": reference }), "reference"),
        (json!({ "reference": "ITP-AAAAAA" }), "reference"),
    ] {
        let mut listener = itp.listen(CHANGED, variables).await;
        let told = listener.next().await.expect("an error");
        let message = told["errors"][0]["message"].as_str().expect("a message");
        assert!(
            message.contains(word) && told["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT",
            "{told}"
        );
        assert_eq!(listener.next().await, None);
    }
}

async fn what_another_process_does_is_told_here(world: World) {
    let exception = Caseload::new(&world, |_| {}).await;
    let other = world.another().await;
    let (_here, _there) = (world.attended(), other.attended());
    let mut here = listen(&world.sign_in(&NZTECH_LEAD).await).await;
    let mut there = listen(&other.sign_in(&NZTECH_LEAD).await).await;
    let elsewhere = Caseload { world: &other, exception: exception.exception };
    for number in 0..5 {
        let caseload = if number % 2 == 0 { &exception } else { &elsewhere };
        caseload.submitted(&Wanted::new(&format!("N100000{number}"))).await;
    }
    for listener in [&mut here, &mut there] {
        assert_eq!(kinds(&listener.rest().await), ["SUBMITTED"; 5]);
    }
}

async fn who_is_no_longer_what_they_were_is_told_nothing_more(world: World) {
    let exception = Caseload::new(&world, |_| {}).await;
    let _attended = world.attended();
    let change = |column: membership::Column, value: Expr| {
        membership::Entity::update_many()
            .col_expr(column, value)
            .filter(membership::Column::Id.eq(NZTECH_LEAD.membership()))
    };
    let assessor = membership::Column::Role;
    for end in 0..3 {
        let lead = world.sign_in(&NZTECH_LEAD).await;
        let mut listener = listen(&lead).await;
        // What came before them and waited for a position.
        listener.rest().await;
        match end {
            0 => {
                let request = super::support::post("/sign-out")
                    .header("authorization", format!("Bearer {}", lead.token.expect("a token")));
                let answer = world.call(request.body("".into()).expect("a request")).await;
                assert_eq!(answer.status, StatusCode::NO_CONTENT);
            }
            1 => drop(change(assessor, Expr::value("ASSESSOR")).exec(world.conn()).await.expect("a change")),
            _ => {
                let over = change(membership::Column::EndsAt, Expr::value(world.now()));
                over.exec(world.conn()).await.expect("a change");
            }
        }
        exception.submitted(&Wanted::new(&format!("N100000{end}"))).await;
        assert_eq!(listener.next().await, None, "{end}");
        change(assessor, Expr::value("LEAD")).exec(world.conn()).await.expect("a change");
    }
}

async fn places_are_told_as_they_move(world: World) {
    let exception = Caseload::new(&world, |definition| definition.settings.places = 2).await;
    let _attended = world.attended();
    let mut public = world.anybody().listen(QUOTA, json!({})).await;
    let mut observer = world.sign_in(&OBSERVER).await.listen(QUOTA, json!({})).await;
    let now = public.data().await;
    assert_eq!(
        (&now["quotaChanged"]["available"], &now["quotaChanged"]["byBody"]),
        (&json!(2), &Value::Null)
    );
    let shown = observer.data().await;
    assert_eq!(shown["quotaChanged"]["byBody"].as_array().map(Vec::len), Some(2));
    // What moves no place and changes no figure is nothing to who reads figures: that a body has work is not theirs to know.
    exception.submitted(&Wanted::new("N1000001")).await;
    assert_eq!((public.rest().await, observer.rest().await), (vec![], vec![]));
    exception.confirmed(&Wanted::new("N1000002")).await;
    for listener in [&mut public, &mut observer] {
        let told = listener.rest().await;
        assert!((1..=2).contains(&told.len()), "{told:?}");
        let last = &told[told.len() - 1]["data"]["quotaChanged"];
        assert_eq!((&last["available"], &last["reserved"]), (&json!(1), &json!(1)));
    }
}

async fn releases_are_told_to_who_may_see_them(world: World) {
    let exception = Caseload::new(&world, |_| {}).await;
    exception.confirmed(&Wanted::new("N1000001")).await;
    let _attended = world.attended();
    let mut lead = world.sign_in(&ITP_LEAD).await.listen(RELEASE, json!({})).await;
    let mut officer = world.sign_in(&OFFICER).await.listen(RELEASE, json!({})).await;
    exception.acknowledged().await;
    let told = |events: Vec<Value>| {
        let status =
            |event: &Value| event["data"]["releaseChanged"]["status"].as_str().expect("one").to_owned();
        let mut all: Vec<_> = events.iter().map(status).collect();
        all.dedup();
        all
    };
    let (lead, officer) = (told(lead.rest().await), told(officer.rest().await));
    assert_eq!(lead.last().map(String::as_str), Some("ACKNOWLEDGED"));
    assert_eq!(officer.last().map(String::as_str), Some("ACKNOWLEDGED"));
    assert!(
        officer.iter().all(|status| matches!(status.as_str(), "PUBLISHED" | "ACKNOWLEDGED")),
        "{officer:?}"
    );
}

async fn who_has_no_caseload_has_nothing_to_listen_to(world: World) {
    let _attended = world.attended();
    for (caller, code) in [
        (world.anybody(), "UNAUTHENTICATED"),
        (world.sign_in(&OBSERVER).await, "FORBIDDEN"),
        (world.sign_in(&OFFICER).await, "FORBIDDEN"),
    ] {
        let told = listen(&caller).await.next().await.expect("an error");
        assert_eq!(told["errors"][0]["extensions"]["code"], code);
    }
    let lead = world.sign_in(&NZTECH_ASSESSOR).await;
    for query in [QUOTA, RELEASE] {
        let told = lead.listen(query, json!({})).await.next().await.expect("an error");
        assert_eq!(told["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
    // By other ways than events and sockets there is no subscription.
    let answer = lead.post_graphql(json!({ "query": QUOTA }).to_string()).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE"));
}

async fn nobody_takes_all_the_room_there_is(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    let world = world.with_face(Face {
        listeners: 3,
        strangers_who_listen: 5,
        listeners_of_one: 2,
        ..Face::default()
    });
    let _attended = world.attended();
    let ask = async |caller: &Caller| {
        let mut request = super::support::post("/graphql").header("accept", "text/event-stream");
        if let Some(token) = &caller.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = json!({ "query": QUOTA }).to_string();
        world
            .router
            .clone()
            .oneshot(request.body(Body::from(body)).expect("a request"))
            .await
            .expect("an answer")
    };
    let (public, lead) = (world.anybody(), world.sign_in(&NZTECH_LEAD).await);
    let (one, two) = (ask(&public).await, ask(&public).await);
    let refused = ask(&public).await;
    assert_eq!(
        (one.status(), two.status(), refused.status()),
        (StatusCode::OK, StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE)
    );
    assert!(refused.headers().contains_key("retry-after"));
    // A client is a member, by however many sign-ins.
    let again = world.sign_in(&NZTECH_LEAD).await;
    let (three, four) = (ask(&lead).await, ask(&again).await);
    assert_eq!((three.status(), four.status()), (StatusCode::OK, StatusCode::OK));
    assert_eq!(ask(&lead).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let last = ask(&world.sign_in(&ITP_LEAD).await).await;
    assert_eq!(last.status(), StatusCode::OK);
    assert_eq!(
        ask(&world.sign_in(&OFFICER).await).await.status(),
        StatusCode::SERVICE_UNAVAILABLE,
        "all is taken"
    );
    drop(one);
    assert_eq!(ask(&public).await.status(), StatusCode::OK, "what is given back is there again");
}

async fn a_slow_listener_loses_nothing(world: World) {
    let exception = Caseload::new(&world, |_| {}).await;
    let _attended = world.attended();
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let (mut slow, mut quick) = (listen(&lead).await, listen(&lead).await);
    // More than is kept for who is behind: the quick one has each told by itself.
    let mut expected = Vec::new();
    for number in 0..70 {
        exception.submitted(&Wanted::new(&format!("N10000{number:02}"))).await;
        expected.push(next_submitted(&mut quick).await);
        // A minute passes with each; a sign-in that is not used ends, and listening is no use.
        lead.data("{ viewer { role } }", json!({})).await;
    }
    let mut heard = Vec::new();
    for _ in 0..70 {
        heard.push(next_submitted(&mut slow).await);
    }
    assert_eq!(heard, expected);
}

/// The next event of a submission.
async fn next_submitted(listener: &mut Listener) -> Value {
    loop {
        let told = listener.data().await["applicationChanged"].take();
        if told["kind"] == "SUBMITTED" {
            return told["id"].clone();
        }
    }
}
