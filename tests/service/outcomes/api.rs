//! What the agency's officers send and ask for through the API, and who reads of it.

use entity::{EventKind, history_event};
use nominations::schema::GlobalId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{AT, at};
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::casework::payload;
use crate::service::support::cast::{
    ITP_LEAD, KAURI_AGENT, NZTECH_ASSESSOR, NZTECH_LEAD, OBSERVER, OFFICER, RATA_AGENT,
};
use crate::service::support::{Caller, World};

on_both_databases! {
    a_message_is_taken_in_and_the_own_side_reads_the_case,
    what_cannot_follow_is_explained_by_what_can_be_done,
    what_cannot_be_read_is_refused_whole,
    a_document_in_hand_leads_to_its_line,
}

const COUNTS: &str = "applied late repeated disputed discrepancies { kind reference field ours theirs }";
const CASE: &str =
    "query($id: ID!) { node(id: $id) { ... on Application { agencyCase { status at agencyReference reason
    expiresOn placeKeptUntil history { status at reason correction } } } } }";

fn message(id: &str, outcomes: &Value) -> Value {
    json!({ "classException": "specialist-tech", "messageId": id, "outcomes": outcomes })
}

async fn what_cannot_follow_is_explained_by_what_can_be_done(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1234567")).await;
    let reference = world.application(id).await.reference;
    world.acknowledged().await;
    world.clock.move_to(at(AT));
    let officer = world.sign_in(&OFFICER).await;
    let mut said = Vec::new();
    for (number, (status, at, correction)) in [
        ("INVITED", "2032-03-05T00:00:00Z", false),
        ("INVITED", "2032-03-06T00:00:00Z", true),
        ("SENT", "2022-03-05T00:00:00Z", true),
        ("ACKNOWLEDGED", "2022-03-05T00:00:00Z", true),
        ("INVITED", "2022-03-06T00:00:00Z", false),
        ("TRAVEL_REQUESTED", "2022-03-07T00:00:00Z", false),
    ]
    .into_iter()
    .enumerate()
    {
        let line = json!([{ "reference": reference, "status": status, "at": at, "correction": correction }]);
        let answer = "disputed discrepancies { kind field explanation }";
        let message = message(&format!("m-{number}"), &line);
        said.push(payload(&officer, "recordAgencyOutcomes", answer, message).await);
    }
    let disputed: Vec<_> = said.iter().map(|answer| answer["disputed"].clone()).collect();
    assert_eq!(disputed, [1, 1, 1, 1, 0, 1].map(Value::from), "{said:#?}");
    for (number, field, told) in [
        (0, "at", "dates the status in the future"),
        (1, "at", "dates the status in the future"),
        (2, "status", "follows from our releases"),
        (3, "status", "It acknowledges the release"),
        (5, "status", "the agency sends it again as a correction"),
    ] {
        let one = &said[number]["discrepancies"][0];
        assert_eq!((&one["kind"], &one["field"]), (&json!("ILLEGAL_STATUS_CHANGE"), &json!(field)));
        let explanation = one["explanation"].as_str().expect("an explanation");
        assert!(explanation.contains(told), "{number}: {explanation}");
        assert_eq!(explanation.contains("sends it again as a correction"), number == 5, "{explanation}");
    }
}

async fn a_message_is_taken_in_and_the_own_side_reads_the_case(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1234567")).await;
    let reference = world.application(id).await.reference;
    let node = json!({ "id": GlobalId::of(&id) });
    let before = world.sign_in(&NZTECH_LEAD).await.data(CASE, node.clone()).await;
    assert_eq!(before["node"]["agencyCase"], json!(null));
    world.acknowledged().await;
    world.clock.move_to(at(AT));

    let officer = world.sign_in(&OFFICER).await;
    let sent = json!([
        { "reference": reference, "status": "TRAVEL_DECLINED", "at": "2022-03-08T00:00:00Z",
          "reason": "Not complete.", "agencyReference": "R-1", "dateOfBirth": "1990-06-01" },
        { "reference": reference, "status": "TRAVEL_REQUESTED", "at": "2022-03-05T00:00:00Z" },
        { "reference": reference, "status": "INVITED", "at": "2022-03-09T00:00:00Z", "dateOfBirth": "1991-06-01" },
        { "reference": "NZT-000000", "status": "INVITED", "at": "2022-03-09T00:00:00Z" },
    ]);
    let answer = payload(&officer, "recordAgencyOutcomes", COUNTS, message("m-1", &sent)).await;
    let mut found = answer["discrepancies"].as_array().expect("a list").clone();
    found.sort_by_key(|one| one["kind"].to_string());
    assert_eq!(
        found,
        [
            json!({ "kind": "DETAILS_DIFFER", "reference": reference, "field": "dateOfBirth", "ours": "1990-06-01",
                    "theirs": "1991-06-01" }),
            json!({ "kind": "UNKNOWN_REFERENCE", "reference": "NZT-000000", "field": null, "ours": null,
                    "theirs": null }),
        ]
    );
    let counts = ["applied", "late", "repeated", "disputed"].map(|count| answer[count].clone());
    assert_eq!((counts, &answer["userErrors"]), ([2, 0, 0, 2].map(Value::from), &json!([])));
    let again = payload(&officer, "recordAgencyOutcomes", COUNTS, message("m-1", &sent)).await;
    assert_eq!(
        (&again["applied"], &again["repeated"], &again["discrepancies"]),
        (&json!(0), &json!(4), &json!([]))
    );

    let case = json!({
        "status": "TRAVEL_DECLINED", "at": "2022-03-08T00:00:00Z", "agencyReference": "R-1", "reason": "Not complete.",
        "expiresOn": null, "placeKeptUntil": "2022-04-07T12:00:00Z",
        "history": [
            { "status": "TRAVEL_REQUESTED", "at": "2022-03-05T00:00:00Z", "reason": null, "correction": false },
            { "status": "TRAVEL_DECLINED", "at": "2022-03-08T00:00:00Z", "reason": "Not complete.",
              "correction": false },
        ],
    });
    for who in [&NZTECH_LEAD, &NZTECH_ASSESSOR, &KAURI_AGENT] {
        let seen = world.sign_in(who).await.data(CASE, node.clone()).await;
        assert_eq!(seen["node"]["agencyCase"], case, "{}", who.handle);
    }
    for who in [&ITP_LEAD, &RATA_AGENT, &OFFICER, &OBSERVER] {
        assert_eq!(world.sign_in(who).await.data(CASE, node.clone()).await, json!({ "node": null }));
    }
}

async fn what_cannot_be_read_is_refused_whole(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1234567")).await;
    world.acknowledged().await;
    world.clock.move_to(at(AT));
    let reference = world.application(id).await.reference;
    let good = json!({ "reference": reference, "status": "INVITED", "at": "2022-03-09T00:00:00Z" });
    let with = |field: &str, value: Value| {
        let mut line = good.clone();
        line[field] = value;
        json!([good, line])
    };
    let officer = world.sign_in(&OFFICER).await;
    for (outcomes, code, field) in [
        (json!([]), "REQUIRED", "outcomes"),
        (Value::from(vec![good.clone(); 1_001]), "TOO_MANY", "outcomes"),
        (with("reference", json!(" ")), "INVALID", "outcomes.1.reference"),
        (with("passportNumber", json!("N1234567")), "INVALID", "outcomes.1.passportIssuingState"),
        (with("passportIssuingState", json!("IND")), "INVALID", "outcomes.1.passportNumber"),
        (with("occupationCode", json!("a\u{0}b")), "INVALID", "outcomes.1.occupationCode"),
        (with("reason", json!("x".repeat(100_000))), "INVALID", "outcomes.1.reason"),
    ] {
        let answer = payload(&officer, "recordAgencyOutcomes", COUNTS, message("m-1", &outcomes)).await;
        let error = &answer["userErrors"][0];
        let path: Vec<_> = field.split('.').collect();
        assert_eq!((&error["code"], &error["field"]), (&json!(code), &json!(path)), "{error}");
        assert_eq!(answer["applied"], 0);
    }
    assert_eq!(entity::agency_message::Entity::find().all(world.conn()).await.expect("rows"), []);
    // Nobody else records anything.
    for who in [&NZTECH_LEAD, &KAURI_AGENT, &OBSERVER] {
        let caller = world.sign_in(who).await;
        let answer =
            payload(&caller, "recordAgencyOutcomes", COUNTS, message("m-1", &json!([good.clone()]))).await;
        assert_eq!(answer["userErrors"][0]["code"], "NOT_PERMITTED", "{}", who.handle);
    }
}

const LINE: &str = "query($state: String!, $number: String!, $born: Date!) {
    matchLine(classException: \"specialist-tech\", passportIssuingState: $state, passportNumber: $number,
        dateOfBirth: $born) { reference agencyStatus worker { familyName passportHint } } }";

async fn found(caller: &Caller, state: &str, number: &str, born: &str) -> Value {
    let asked = json!({ "state": state, "number": number, "born": born });
    caller.data(LINE, asked).await["matchLine"].take()
}

async fn a_document_in_hand_leads_to_its_line(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1234567")).await;
    cases.confirmed(&Wanted::new("N7654321")).await;
    world.acknowledged().await;
    cases.confirmed(&Wanted::new("N0000001")).await;
    let reference = world.application(id).await.reference;
    let officer = world.sign_in(&OFFICER).await;
    let line = json!({ "reference": reference, "agencyStatus": "ACKNOWLEDGED",
                       "worker": { "familyName": "Rao", "passportHint": "567" } });
    assert_eq!(found(&officer, "IND", "N1234567", "1990-06-01").await, line);
    assert_eq!(found(&officer, "ind", "n 123-4567", "1990-06-01").await, line);
    for (state, number, born) in [
        ("IND", "N1234567", "1990-06-02"),
        ("PAK", "N1234567", "1990-06-01"),
        ("IND", "N1234568", "1990-06-01"),
        // It holds a place and is on no release.
        ("IND", "N0000001", "1990-06-01"),
    ] {
        assert_eq!(found(&officer, state, number, born).await, json!(null), "{state} {number} {born}");
    }
    for who in [&NZTECH_LEAD, &ITP_LEAD, &KAURI_AGENT, &OBSERVER] {
        let caller = world.sign_in(who).await;
        assert_eq!(found(&caller, "IND", "N1234567", "1990-06-01").await, json!(null), "{}", who.handle);
    }
    // Each time that the agency asked is on record, by whom, without the document.
    let asked = history_event::Entity::find()
        .filter(history_event::Column::Kind.eq(EventKind::LineAskedFor))
        .all(world.conn())
        .await
        .expect("rows");
    assert_eq!(asked.len(), 6);
    assert!(asked.iter().all(|event| event.actor_id == Some(OFFICER.person())));
    assert_eq!(asked.iter().filter(|event| event.detail["application"] == json!(id)).count(), 2);
    assert!(asked.iter().all(|event| !event.detail.to_string().contains("1234567")));
}
