//! An application from its draft to its place, and what each side reads of it on the way.

use serde_json::{Value, json};

use super::support::World;
use super::support::casework::{
    SPECIALIST_TECH, application, apply, assessed, complete, current, done, endorsed, merged, payload,
    submitted, taken, worker,
};
use super::support::cast::{
    ITP_LEAD, KAURI, KAURI_AGENT, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SECOND, NZTECH_SERVICE, OBSERVER,
    OFFICER, RATA_AGENT,
};

on_both_databases! {
    an_application_goes_from_a_draft_to_a_place,
    an_employer_reads_nothing_of_how_the_body_works,
    a_caseload_is_its_own_and_pages_through,
    a_change_keeps_what_it_does_not_name,
    evidence_counts_where_it_belongs,
    those_that_are_due_learn_their_position,
    what_hangs_on_a_page_is_loaded_together,
}

async fn an_application_goes_from_a_draft_to_a_place(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;

    let case = done(&agent, "createApplication", complete()).await;
    let shown =
        application(&agent, &case, "status availableActions eligibility { outcome role { code } }").await;
    assert_eq!(shown["status"], "DRAFT");
    assert_eq!(
        shown["availableActions"],
        json!(["UPDATE", "ADD_EVIDENCE", "REMOVE_EVIDENCE", "SUBMIT", "WITHDRAW"])
    );
    assert_eq!(shown["eligibility"], json!({ "outcome": "REFER", "role": { "code": "2613" } }));
    assert_eq!(application(&lead, &case, "id").await, Value::Null);

    let case = done(&agent, "updateApplication", case.with(json!({ "region": "Otago" }))).await;
    let programme = json!({ "kind": "PROGRAMME", "title": "Summer of Tech", "ofEmployer": true });
    let case = done(&agent, "addEvidence", case.with(programme)).await;
    let case = done(&agent, "submitApplication", case.with(json!({ "declaration": true }))).await;
    let shown =
        application(&lead, &case, "status flags submittedAt region role { code } occupationCode").await;
    assert_eq!(
        shown,
        json!({
            "status": "SUBMITTED", "flags": ["EVIDENCE_MISSING"], "submittedAt": "2022-03-01T00:00:00Z",
            "region": "Otago", "role": { "code": "2613" }, "occupationCode": "261313",
        })
    );

    assert_eq!(taken(&assessor).await.id, case.id);
    let case = current(&assessor, &case).await;
    let case = endorsed(&assessor, case).await;
    assert_eq!(
        application(&assessor, &case, "availableActions").await["availableActions"],
        json!(["DECLARE_CONFLICT", "VERIFY_EVIDENCE"])
    );
    let case = done(&lead, "confirm", case.with(json!({ "note": "Agreed." }))).await;

    let shown = application(&lead, &case, "reference status flags place { number state } queuePosition availableActions nomination { number issuedAt validUntil } decision { outcome by { name } note } assessments { criterion } ballotEntry").await;
    let nomination =
        json!({ "number": shown["reference"], "issuedAt": "2022-03-01T00:00:00Z", "validUntil": null });
    assert_eq!(shown["status"], "NOMINATED");
    assert_eq!(shown["flags"], json!(["PRIORITY"]));
    assert_eq!(shown["place"], json!({ "number": 1, "state": "RESERVED" }));
    let actions = json!(["DECLARE_CONFLICT", "HOLD", "REVOKE", "AMEND"]);
    assert_eq!((&shown["queuePosition"], &shown["availableActions"]), (&Value::Null, &actions));
    assert_eq!(shown["nomination"], nomination);
    assert_eq!(
        shown["decision"],
        json!({ "outcome": "CONFIRMED", "by": { "name": NZTECH_LEAD.name }, "note": "Agreed." })
    );
    assert_eq!(shown["assessments"].as_array().map(Vec::len), Some(5));
    assert!(shown["ballotEntry"].is_string());

    let quota =
        "{ classException(slug: \"specialist-tech\") { quota { places available reserved waiting } } }";
    let quota = world.anybody().data(quota, json!({})).await["classException"]["quota"].take();
    assert_eq!(quota, json!({ "places": 600, "available": 599, "reserved": 1, "waiting": 0 }));
}

async fn an_employer_reads_nothing_of_how_the_body_works(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let second = world.sign_in(&NZTECH_SECOND).await;
    submitted(&agent, complete()).await;
    let case = taken(&assessor).await;
    let conflict = json!({ "id": case.id, "employer": KAURI.nzbn, "reason": "A cousin works there." });
    done(&second, "declareConflict", conflict).await;
    let case = endorsed(&assessor, case).await;
    let confirmed = done(&lead, "confirm", case.with(json!({ "note": "Agreed." }))).await;

    let fields = "status flags assessor { name } assessments { note } recommendation { note } \
                  decision { outcome reasons note by { name } } worker { familyName passportHint } \
                  timeline(first: 50) { nodes { kind actor summary } totalCount }";
    let seen = application(&agent, &confirmed, fields).await;
    assert_eq!((&seen["status"], &seen["flags"]), (&json!("NOMINATED"), &json!(["PRIORITY"])));
    for hidden in ["assessor", "assessments", "recommendation"] {
        assert_eq!(seen[hidden], Value::Null, "{hidden}");
    }
    assert_eq!(seen["decision"], json!({ "outcome": "CONFIRMED", "reasons": [], "note": null, "by": null }));
    assert_eq!(seen["worker"], json!({ "familyName": "Ōkawa", "passportHint": "567" }));
    let known = [
        ("CONFIRMED", "NZTech"),
        ("CREATED", "Finn Gray"),
        ("NOMINATED", "Service"),
        ("SUBMITTED", "Finn Gray"),
    ];
    assert_eq!(events(&seen), known.map(|(kind, actor)| format!("{kind} by {actor}")));
    assert_eq!(seen["timeline"]["totalCount"], 4);

    let seen = application(&lead, &confirmed, fields).await;
    assert_eq!(seen["assessor"], json!({ "name": NZTECH_ASSESSOR.name }));
    assert_eq!(seen["recommendation"], json!({ "note": "A good one." }));
    assert_eq!(seen["flags"], json!(["PRIORITY", "CONFLICT_DECLARED"]));
    assert_eq!(events(&seen).len(), 12);
    assert!(events(&seen).contains(&format!("TAKEN by {}", NZTECH_ASSESSOR.name)));
}

/// The events of a timeline, in order of the alphabet: the clock stands still.
fn events(seen: &Value) -> Vec<String> {
    let nodes = seen["timeline"]["nodes"].as_array().expect("events").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut events: Vec<_> =
        nodes.map(|event| format!("{} by {}", text(&event["kind"]), text(&event["actor"]))).collect();
    events.sort_unstable();
    events
}

async fn a_caseload_is_its_own_and_pages_through(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    for (number, pay) in [(1, "130000.00"), (2, "150000.00"), (3, "140000.00")] {
        world.wait_minutes(1);
        let differs = json!({
            "worker": worker(&format!("N000000{number}")),
            "remuneration": { "amount": pay, "currency": "NZD", "period": "YEAR", "hoursPerWeek": "40" },
        });
        submitted(&agent, merged(complete(), differs)).await;
    }
    done(&agent, "createApplication", complete()).await;

    let count = "{ applications { totalCount } }";
    for (who, rows) in [
        (&KAURI_AGENT, json!(4)),
        (&NZTECH_ASSESSOR, json!(3)),
        (&NZTECH_SERVICE, json!(3)),
        (&ITP_LEAD, json!(0)),
        (&RATA_AGENT, json!(0)),
        (&OFFICER, Value::Null),
        (&OBSERVER, Value::Null),
    ] {
        let seen = world.sign_in(who).await.data(count, json!({})).await;
        assert_eq!(seen["applications"]["totalCount"], rows, "{}", who.handle);
    }
    assert_eq!(world.anybody().data(count, json!({})).await["applications"], Value::Null);

    let lead = world.sign_in(&NZTECH_LEAD).await;
    let query = "query($after: String) { applications(first: 2, after: $after, classException: \"specialist-tech\", \
                 filter: { status: [SUBMITTED], unassigned: true }, orderBy: { field: SALARY, direction: DESC }) \
                 { nodes { remuneration { annual } } pageInfo { hasNextPage endCursor } } }";
    let pay = |page: &Value| -> Vec<Value> {
        let nodes = page["applications"]["nodes"].as_array().expect("rows");
        nodes.iter().map(|row| row["remuneration"]["annual"].clone()).collect()
    };
    let first = lead.data(query, json!({})).await;
    assert_eq!(pay(&first), ["150000.00", "140000.00"]);
    let cursor = &first["applications"]["pageInfo"]["endCursor"];
    let next = lead.data(query, json!({ "after": cursor })).await;
    assert_eq!(pay(&next), ["130000.00"]);
    assert_eq!(next["applications"]["pageInfo"]["hasNextPage"], false);
    let unknown =
        lead.graphql("{ applications(classException: \"nothing\") { totalCount } }", json!({})).await;
    assert_eq!(unknown["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

async fn a_change_keeps_what_it_does_not_name(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let case = done(&agent, "createApplication", complete()).await;
    world.wait_minutes(1);
    let mut person = worker("unused");
    for kept in ["passportNumber", "passportIssuingState", "email"] {
        person.as_object_mut().expect("fields").remove(kept);
    }
    person["passportExpiresOn"] = Value::Null;
    person["givenNames"] = json!("");
    let change = json!({ "duties": null, "jobTitle": "Developer Programmer", "worker": person });
    let case = done(&agent, "updateApplication", case.with(change)).await;
    let fields = "version jobTitle duties region worker { givenNames email passportHint passportExpiresOn } \
                  timeline(first: 5) { nodes { summary } }";
    let shown = application(&agent, &case, fields).await;
    assert_eq!(
        shown,
        json!({
            "version": 2, "jobTitle": "Developer Programmer", "duties": null, "region": "Wellington",
            "worker": {
                "givenNames": null, "email": "mina@example.com", "passportHint": "567",
                "passportExpiresOn": null,
            },
            "timeline": { "nodes": [
                { "summary": "The application was begun." },
                { "summary": "Changed: jobTitle, duties, worker." },
            ] },
        })
    );
}

async fn evidence_counts_where_it_belongs(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let case = done(&agent, "createApplication", complete()).await;
    let other = done(&agent, "createApplication", complete()).await;
    let elsewhere = merged(complete(), json!({ "body": "itp" }));
    let elsewhere = done(&agent, "createApplication", elsewhere).await;
    let member =
        json!({ "kind": "MEMBERSHIP", "title": "NZRise", "ofEmployer": true, "expiresOn": "2022-03-31" });
    let case = done(&agent, "addEvidence", case.with(member)).await;
    world.wait_minutes(1);
    let case =
        done(&agent, "addEvidence", case.with(json!({ "kind": "PROGRAMME", "title": "TechHub" }))).await;
    let titles = |shown: &Value| shown["evidence"].as_array().map(Vec::len);
    let fields = "flags evidence { id title ofEmployer verifiedAt }";
    assert_eq!(titles(&application(&agent, &case, fields).await), Some(2));
    assert_eq!(titles(&application(&agent, &other, fields).await), Some(1));
    assert_eq!(titles(&application(&agent, &elsewhere, fields).await), Some(0));

    let case = done(&agent, "submitApplication", case.with(json!({ "declaration": true }))).await;
    let seen = application(&assessor, &case, fields).await;
    assert_eq!(seen["flags"], json!([]));
    let membership = &seen["evidence"][0]["id"];
    let look = json!({ "evidence": membership, "genuine": false, "note": "Not on the register." });
    let looked = payload(&assessor, "verifyEvidence", "evidence { title verifiedAt }", look).await;
    assert_eq!(looked["evidence"], json!({ "title": "NZRise", "verifiedAt": "2022-03-01T00:01:00Z" }));
    assert_eq!(application(&assessor, &case, "flags").await["flags"], json!(["EVIDENCE_MISSING"]));
    // What was found stays with the body until it decides.
    assert_eq!(application(&agent, &case, "flags").await["flags"], json!([]));

    world.clock.move_to("2022-04-01T00:00:00Z".parse().expect("an instant"));
    let agent = world.sign_in(&KAURI_AGENT).await;
    assert_eq!(application(&agent, &case, "flags").await["flags"], json!(["OVERDUE", "EVIDENCE_EXPIRED"]));
    let query = "query($nzbn: NZBN!) { employer(nzbn: $nzbn) { evidence { title } applications(first: 10) { totalCount } } }";
    let seen = agent.data(query, json!({ "nzbn": KAURI.nzbn })).await;
    let employer = json!({ "evidence": [{ "title": "NZRise" }], "applications": { "totalCount": 3 } });
    assert_eq!(seen["employer"], employer);
}

async fn those_that_are_due_learn_their_position(world: World) {
    // One place, so that the second and the third wait for it.
    apply(&world, &SPECIALIST_TECH.replace("places = 600", "places = 1")).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let mut cases = Vec::new();
    for number in 1..=3 {
        world.wait_minutes(1);
        let person = json!({ "worker": worker(&format!("N000000{number}")) });
        submitted(&agent, merged(complete(), person)).await;
        let case = taken(&assessor).await;
        let case = endorsed(&assessor, case).await;
        cases.push(done(&lead, "confirm", case.with(json!({}))).await);
    }
    for (case, status, position) in [
        (&cases[0], "NOMINATED", Value::Null),
        (&cases[1], "CONFIRMED", json!(1)),
        (&cases[2], "CONFIRMED", json!(2)),
    ] {
        for caller in [&agent, &lead] {
            let shown = application(caller, case, "status queuePosition").await;
            assert_eq!(shown, json!({ "status": status, "queuePosition": position }));
        }
    }
    let nothing = payload(
        &assessor,
        "takeNextApplication",
        "application { id }",
        json!({ "classException": "specialist-tech" }),
    )
    .await;
    assert_eq!(nothing, json!({ "application": null, "userErrors": [] }));
}

async fn what_hangs_on_a_page_is_loaded_together(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let mut ids = Vec::new();
    for number in 1..=3 {
        world.wait_minutes(1);
        let person = json!({ "worker": worker(&format!("N000000{number}")) });
        ids.push(submitted(&agent, merged(complete(), person)).await.id);
    }
    let first = taken(&assessor).await;
    assessed(&assessor, first).await;
    let named = json!({ "ids": [ids[1], ids[1], ids[2]], "assessor": null });
    let assigned = payload(&lead, "assignApplications", "applications { id }", named).await;
    assert_eq!(assigned["applications"], json!([{ "id": ids[1] }, { "id": ids[2] }]));

    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Application { reference flags availableActions \
                 role { title } worker { familyName } employer { legalName } body { slug } evidence { id } \
                 assessments { criterion assessor { name } } eligibility { outcome } classException { slug } } } }";
    let seen = lead.data(query, json!({ "ids": ids })).await;
    let nodes = seen["nodes"].as_array().expect("nodes");
    assert_eq!(nodes[0]["assessments"].as_array().map(Vec::len), Some(5));
    assert_eq!(nodes[1]["assessments"], json!([]));
    for node in nodes {
        assert_eq!(node["classException"]["slug"], "specialist-tech");
        assert_eq!(node["worker"]["familyName"], "Ōkawa");
        let query = "query($r: String!) { application(reference: $r) { body { slug } } }";
        let typed = node["reference"].as_str().expect("a reference").to_lowercase().replace('-', " ");
        let found = lead.data(query, json!({ "r": typed })).await;
        assert_eq!(found["application"], json!({ "body": { "slug": "nztech" } }));
    }
    let hidden = world.sign_in(&ITP_LEAD).await.data(query, json!({ "ids": ids })).await;
    assert_eq!(hidden["nodes"], json!([null, null, null]));
}
