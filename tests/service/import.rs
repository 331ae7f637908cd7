//! What a body has on its own system is taken in: each row by itself, once, and at its own place in the order.

use std::collections::BTreeSet;

use entity::{ApplicationStatus, application, employer};
use nominations::check::check;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::support::acts::{Target, received};
use super::support::casework::{
    ADVANCED_MANUFACTURING, SPECIALIST_TECH, apply, complete, merged, payload, submitted,
};
use super::support::cast::{
    ITP, ITP_LEAD, ITP_SERVICE, KAURI, KAURI_AGENT, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SERVICE,
    RATA, RATA_AGENT,
};
use super::support::{Caller, World};

mod bad_rows;
mod command;
mod once;

on_both_databases! {
    a_row_becomes_what_its_submission_would_have_become,
    a_row_takes_its_place_in_the_order_by_its_receipt,
    the_same_row_acts_once_and_another_under_its_reference_does_nothing,
    a_dry_run_says_what_each_row_would_do_and_does_nothing,
    the_window_is_that_of_the_receipt,
    a_body_takes_in_what_came_on_its_own_days,
    what_one_body_takes_in_is_nothing_to_the_other,
    an_employer_that_is_there_stays_as_it_is,
    a_key_answers_the_same_and_remembers_nothing_that_was_refused_or_rehearsed,
    required_evidence_may_be_in_the_bodys_own_files,
    little_is_asked_of_each_of_many_rows,
}

/// A good row under this reference, received on 20 February 2022.
pub fn row(reference: &str) -> Value {
    let target = Target {
        passport: format!(
            "N{:07}",
            reference.bytes().fold(0_u32, |sum, byte| sum * 31 % 9_999_991 + u32::from(byte))
        ),
        ..target()
    };
    merged(received(&target), json!({ "externalReference": reference }))
}

/// What names NZTech and Kauri, and nothing that is there.
pub fn target() -> Target {
    Target {
        body: NZTECH.slug.to_owned(),
        nzbn: KAURI.nzbn.to_owned(),
        application: String::new(),
        reference: String::new(),
        version: 0,
        evidence: String::new(),
        person: String::new(),
        question: String::new(),
        amendment: String::new(),
        discrepancy: String::new(),
        reconciliation: String::new(),
        interest: String::new(),
        release: String::new(),
        ballot: String::new(),
        word: "Tui".to_owned(),
        passport: "N1234567".to_owned(),
    }
}

/// The same with `more` in it.
fn row_with(reference: &str, more: Value) -> Value {
    merged(row(reference), more)
}

/// What came of each row.
pub async fn taken_in(caller: &Caller, rows: &[Value]) -> Vec<Value> {
    results(caller, json!({ "rows": rows })).await
}

async fn results(caller: &Caller, input: Value) -> Vec<Value> {
    let mut payload = asked(caller, input).await;
    assert_eq!(payload["userErrors"], json!([]));
    let Value::Array(results) = payload["results"].take() else { panic!("a list") };
    results
}

async fn asked(caller: &Caller, input: Value) -> Value {
    let selection = "results { externalReference effect application { id reference version status }
        userErrors { code field message } }";
    let input = merged(json!({ "classException": "specialist-tech" }), input);
    payload(caller, "importApplications", selection, input).await
}

/// The effect of each row, with the code of its first error.
fn effects(results: &[Value]) -> Vec<String> {
    let told = |result: &Value| {
        let code = result["userErrors"][0]["code"].as_str().unwrap_or_default();
        format!("{} {code}", result["effect"].as_str().expect("an effect")).trim_end().to_owned()
    };
    results.iter().map(told).collect()
}

async fn look(caller: &Caller, id: &Value, fields: &str) -> Value {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Application {{ {fields} }} }} }}");
    caller.data(&query, json!({ "id": id })).await["node"].take()
}

async fn a_row_becomes_what_its_submission_would_have_become(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let (agent, lead) = (world.sign_in(&KAURI_AGENT).await, world.sign_in(&NZTECH_LEAD).await);
    let native = submitted(&agent, complete()).await;
    let same = json!({
        "contactName": "Finn Gray", "contactEmail": "finn@example.nz", "region": "Wellington",
        "jobTitle": "Software Engineer", "role": null, "occupationCode": null,
        "remuneration": { "amount": "130000.00", "currency": "NZD", "period": "YEAR", "hoursPerWeek": "40" },
    });
    let results = taken_in(&lead, &[row_with("M-1", same)]).await;
    assert_eq!(effects(&results), ["CREATED"]);
    let imported = &results[0]["application"];
    assert_eq!((&imported["status"], &imported["version"]), (&json!("SUBMITTED"), &json!(1)));
    let fields = "status jobTitle occupationCode role { code } flags remuneration { annual }
        eligibility { outcome occupationCode role { code } criteria { criterion outcome reasons message } annualPay }
        employer { nzbn legalName } contactName contactEmail region assessor { name }";
    let native_seen = look(&lead, &json!(native.id), fields).await;
    assert_eq!(look(&lead, &imported["id"], fields).await, native_seen);
    assert_eq!(native_seen["role"]["code"], "2613", "the check settles it, or the test shows little");
    let own =
        "submittedAt createdAt updatedAt duties worker { familyName givenNames dateOfBirth nationality email
        passportIssuingState passportHint offshore noticeGivenAt }
        timeline { nodes { kind summary at actor } }";
    let seen = look(&lead, &imported["id"], own).await;
    let received_at = json!("2022-02-20T00:00:00Z");
    assert_eq!((&seen["submittedAt"], &seen["createdAt"]), (&received_at, &received_at));
    assert_eq!((&seen["updatedAt"], &seen["duties"]), (&json!("2022-03-01T00:00:00Z"), &Value::Null));
    assert_eq!(seen["worker"]["noticeGivenAt"], received_at);
    assert_eq!(seen["worker"]["email"], "tui.worker@example.com");
    let event = json!({
        "kind": "IMPORTED", "summary": "The body took it in from its own system, where it was handed in.",
        "at": "2022-03-01T00:00:00Z", "actor": NZTECH_LEAD.name,
    });
    assert_eq!(seen["timeline"]["nodes"], json!([event]));
    // The employer has it among its own, and reads which body did it, and of whom in it nothing.
    let by = look(&agent, &imported["id"], "timeline { nodes { actor } }").await;
    assert_eq!(by["timeline"]["nodes"], json!([{ "actor": NZTECH.name }]));
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn a_row_takes_its_place_in_the_order_by_its_receipt(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let native = submitted(&agent, complete()).await;
    world.wait_minutes(1);
    let service = world.sign_in(&NZTECH_SERVICE).await;
    let rows = [
        row_with("M-2", json!({ "receivedAt": "2022-02-20T00:00:00.000001Z" })),
        row_with("M-1", json!({ "receivedAt": "2022-02-20T13:00:00+13:00" })),
        row_with("M-3", json!({ "receivedAt": "2022-03-01T00:01:00Z" })),
    ];
    let results = taken_in(&service, &rows).await;
    assert_eq!(effects(&results), ["CREATED"; 3]);
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let id = |at: usize| results[at]["application"]["id"].clone();
    for expected in [id(1), id(0), json!(native.id), id(2)] {
        let next = json!({ "classException": "specialist-tech" });
        let next = payload(&assessor, "takeNextApplication", "application { id }", next).await;
        assert_eq!(next["application"]["id"], expected);
    }
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn the_same_row_acts_once_and_another_under_its_reference_does_nothing(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let first = taken_in(&lead, &[row("M-1"), row("M-2")]).await;
    let before = world.count_rows().await;
    // However it is typed.
    let typed_otherwise = row_with(
        "M-1",
        json!({ "receivedAt": "2022-02-20T13:00:00.000+13:00", "employerNzbn": "9429 9000 00018",
            "remuneration": { "amount": "130000", "currency": "NZD", "period": "YEAR", "hoursPerWeek": "40.00" } }),
    );
    let again = taken_in(&lead, &[typed_otherwise, row("M-2"), row("M-2")]).await;
    assert_eq!(effects(&again), ["UNCHANGED"; 3]);
    for (at, first) in [(0, &first[0]), (1, &first[1]), (2, &first[1])] {
        assert_eq!(again[at]["application"], first["application"]);
    }
    let reference = first[0]["application"]["reference"].as_str().expect("a reference");
    for other in [
        json!({ "jobTitle": "Developer Programmer" }),
        json!({ "receivedAt": "2022-02-20T00:00:01Z" }),
        json!({ "employerNzbn": RATA.nzbn }),
        json!({ "region": null }),
        json!({ "worker": merged(row("M-1")["worker"].clone(), json!({ "passportNumber": "Z7654321" })) }),
        json!({ "worker": merged(row("M-1")["worker"].clone(), json!({ "offshore": false })) }),
    ] {
        let refused = taken_in(&lead, &[row_with("M-1", other.clone())]).await;
        assert_eq!(effects(&refused), ["REFUSED DUPLICATE"], "{other}");
        assert_eq!(refused[0]["application"], first[0]["application"]);
        let error = &refused[0]["userErrors"][0];
        assert_eq!(error["field"], json!(["externalReference"]));
        let message = format!(
            "This reference was taken in before, as {reference}, and the row said something else then. Return that application to \
             its employer for the correction, or amend it once it is nominated; if this \
             is another application, send it under another reference."
        );
        assert_eq!(error["message"], json!(message));
    }
    assert_eq!(world.count_rows().await, before);
    // What has become of the application since does not matter to its row.
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    payload(
        &assessor,
        "takeNextApplication",
        "application { id }",
        json!({ "classException": "specialist-tech" }),
    )
    .await;
    let again = taken_in(&lead, &[row("M-1")]).await;
    assert_eq!(
        (effects(&again)[0].as_str(), &again[0]["application"]["status"]),
        ("UNCHANGED", &json!("IN_ASSESSMENT"))
    );
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn a_dry_run_says_what_each_row_would_do_and_does_nothing(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    taken_in(&lead, &[row("M-1"), row("M-2")]).await;
    let rows = json!([
        row("M-1"),
        row_with("M-2", json!({ "region": "Otago" })),
        row_with("M-3", json!({ "employerNzbn": "9429900000032" })),
        row_with("M-3", json!({ "employerNzbn": "9429900000032" })),
        row_with("M-3", json!({ "region": "Otago" })),
        row_with("M-4", json!({ "role": "9999" })),
        row("M-4"),
    ]);
    let expected = [
        "UNCHANGED",
        "REFUSED DUPLICATE",
        "CREATED",
        "UNCHANGED",
        "REFUSED DUPLICATE",
        "REFUSED INVALID",
        "CREATED",
    ];
    let before = world.count_rows().await;
    let told = results(&lead, json!({ "rows": rows, "dryRun": true })).await;
    assert_eq!(effects(&told), expected);
    let is_there: Vec<bool> = told.iter().map(|result| !result["application"].is_null()).collect();
    assert_eq!(is_there, [true, true, false, false, false, false, false]);
    assert_eq!(world.count_rows().await, before);
    let done = results(&lead, json!({ "rows": rows })).await;
    assert_eq!(effects(&done), expected);
    let is_there: Vec<bool> = done.iter().map(|result| !result["application"].is_null()).collect();
    assert_eq!(is_there, [true, true, true, true, true, false, true]);
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn the_window_is_that_of_the_receipt(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let at = |reference: &str, instant: &str| row_with(reference, json!({ "receivedAt": instant }));
    let edges = [
        at("M-1", "2022-02-13T10:59:59.999999Z"),
        at("M-2", "2022-02-13T11:00:00Z"),
        at("M-3", "2022-03-01T00:00:00Z"),
        at("M-4", "2022-03-01T00:00:00.000001Z"),
    ];
    let expected = ["REFUSED TOO_EARLY", "CREATED", "CREATED", "REFUSED INVALID"];
    assert_eq!(effects(&taken_in(&lead, &edges).await), expected);

    // Closed meanwhile: what came in time is taken in, and a passport may have expired since.
    world.clock.move_to("2022-08-15T00:00:00Z".parse().expect("an instant"));
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let mut worker = row("M-6")["worker"].clone();
    worker["passportExpiresOn"] = json!("2022-07-31");
    let edges = [
        at("M-5", "2022-07-31T11:59:59.999999Z"),
        row_with("M-6", json!({ "receivedAt": "2022-07-31T11:59:00Z", "worker": worker })),
        at("M-7", "2022-07-31T12:00:00Z"),
        at("M-8", "2022-08-15T00:00:00Z"),
    ];
    let results = taken_in(&lead, &edges).await;
    assert_eq!(effects(&results), ["CREATED", "CREATED", "REFUSED WINDOW_CLOSED", "REFUSED WINDOW_CLOSED"]);
    assert_eq!(results[2]["userErrors"][0]["field"], json!(["receivedAt"]));

    // Paused: not now, whenever it came; but what was taken in before stays so.
    world.clock.move_to("2022-07-01T00:00:00Z".parse().expect("an instant"));
    let lead = world.sign_in(&NZTECH_LEAD).await;
    apply(&world, &SPECIALIST_TECH.replace("places = 600", "places = 600\npaused = true")).await;
    let rows = [
        at("M-9", "2022-02-20T00:00:00Z"),
        at("M-2", "2022-02-13T11:00:00Z"),
        at("M-1", "2022-02-13T10:59:59Z"),
    ];
    let results = taken_in(&lead, &rows).await;
    assert_eq!(effects(&results), ["REFUSED WINDOW_CLOSED", "UNCHANGED", "REFUSED TOO_EARLY"]);
    assert_eq!(results[0]["userErrors"][0]["field"], Value::Null);
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn a_body_takes_in_what_came_on_its_own_days(world: World) {
    let nztech = "slug = \"nztech\"";
    let dated = SPECIALIST_TECH
        .replace(nztech, &format!("{nztech}\nstarts_on = \"2022-02-16\"\nends_on = \"2022-02-20\""));
    apply(&world, &dated).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let at = |reference: &str, instant: &str| row_with(reference, json!({ "receivedAt": instant }));
    let rows = [
        at("M-1", "2022-02-15T10:59:59Z"),
        at("M-2", "2022-02-15T11:00:00Z"),
        at("M-3", "2022-02-20T10:59:59Z"),
        at("M-4", "2022-02-20T11:00:00Z"),
    ];
    let closed = "REFUSED WINDOW_CLOSED";
    let results = taken_in(&lead, &rows).await;
    assert_eq!(effects(&results), [closed, "CREATED", "CREATED", closed]);
    let message = "Your body took no applications on this day. Check the instant.";
    assert_eq!(
        results[3]["userErrors"][0],
        json!({ "code": "WINDOW_CLOSED", "field": ["receivedAt"], "message": message })
    );

    // One that nominates under another class exception only takes nothing in at all.
    apply(&world, ADVANCED_MANUFACTURING).await;
    let elsewhere = json!({ "classException": "advanced-manufacturing", "rows": [row("M-5")] });
    let refused = asked(&lead, elsewhere).await;
    assert_eq!(refused["results"], json!([]));
    let error = &refused["userErrors"][0];
    assert_eq!((&error["code"], &error["field"]), (&json!("NOT_FOUND"), &json!(["classException"])));
}

async fn what_one_body_takes_in_is_nothing_to_the_other(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let (nztech, itp) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&ITP_LEAD).await);
    let first = taken_in(&nztech, &[row("M-1")]).await;
    let (id, reference) = (&first[0]["application"]["id"], &first[0]["application"]["reference"]);
    let query = "query($id: ID!, $reference: String!, $nzbn: NZBN!) { node(id: $id) { id }
        application(reference: $reference) { id } applications { totalCount } employer(nzbn: $nzbn) { id } }";
    let seen = itp.data(query, json!({ "id": id, "reference": reference, "nzbn": KAURI.nzbn })).await;
    let nothing =
        json!({ "node": null, "application": null, "applications": { "totalCount": 0 }, "employer": null });
    assert_eq!(seen, nothing);
    // The same reference is another body's own, whatever it says there; rehearsed or not, nothing tells of the other.
    let other = row_with("M-1", json!({ "region": "Otago" }));
    for (machine, input) in [
        (&ITP_SERVICE, json!({ "rows": [other], "dryRun": true })),
        (&ITP_SERVICE, json!({ "rows": [other] })),
        (&ITP_LEAD, json!({ "rows": [other] })),
    ] {
        let caller = world.sign_in(machine).await;
        let done = results(&caller, input.clone()).await;
        assert_eq!(done[0]["userErrors"], json!([]), "{input}");
        assert_ne!(&done[0]["application"]["id"], id);
    }
    let all = application::Entity::find().all(world.conn()).await.expect("rows");
    assert!(all.iter().all(|one| one.status == ApplicationStatus::Submitted));
    let bodies: BTreeSet<_> = all.iter().map(|one| one.body_id).collect();
    assert_eq!((all.len(), bodies), (2, BTreeSet::from([NZTECH.id(), ITP.id()])));
    // Another employer's agents have none of it.
    let rata = world.sign_in(&RATA_AGENT).await;
    assert_eq!(
        rata.data("{ applications { totalCount } }", json!({})).await["applications"]["totalCount"],
        0
    );
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn an_employer_that_is_there_stays_as_it_is(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let unknown = "9429900000032";
    let rows = [
        row_with("M-1", json!({ "employerName": "Kauri, spelt otherwise" })),
        row_with("M-2", json!({ "employerNzbn": unknown, "employerName": "Mānuka Studios Limited" })),
        row_with("M-3", json!({ "employerNzbn": unknown, "employerName": "Manuka Studios" })),
    ];
    assert_eq!(effects(&taken_in(&lead, &rows).await), ["CREATED"; 3]);
    let employers = employer::Entity::find().all(world.conn()).await.expect("rows");
    assert_eq!(employers.len(), 3);
    let name = |nzbn: &str| {
        let found = employers.iter().find(|one| one.nzbn == nzbn).expect("an employer");
        (found.legal_name.clone(), found.folded_name.clone())
    };
    assert_eq!(name(KAURI.nzbn).0, KAURI.name);
    assert_eq!(name(unknown), ("Mānuka Studios Limited".to_owned(), "manuka studios limited".to_owned()));
}

async fn a_key_answers_the_same_and_remembers_nothing_that_was_refused_or_rehearsed(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let keyed = |rows: Value, more: Value| merged(json!({ "idempotencyKey": "night 1", "rows": rows }), more);
    let bad = row_with("M-0", json!({ "role": "9999" }));
    // Neither of these is remembered.
    results(&lead, keyed(json!([row("M-1")]), json!({ "dryRun": true }))).await;
    assert_eq!(effects(&results(&lead, keyed(json!([bad]), json!({}))).await), ["REFUSED INVALID"]);
    let input = keyed(json!([bad, row("M-1")]), json!({}));
    let first = asked(&lead, input.clone()).await;
    assert_eq!(effects(first["results"].as_array().expect("a list")), ["REFUSED INVALID", "CREATED"]);
    let before = world.count_rows().await;
    assert_eq!(asked(&lead, input.clone()).await, first);
    let other = asked(&lead, keyed(json!([row("M-2")]), json!({}))).await;
    assert_eq!(other["results"], json!([]));
    assert_eq!(other["userErrors"][0]["code"], "KEY_REUSED");
    assert_eq!(world.count_rows().await, before);
    // A rehearsal looks at no key, and a key is its sender's own.
    let rehearsed = results(&lead, keyed(json!([row("M-2")]), json!({ "dryRun": true }))).await;
    assert_eq!(effects(&rehearsed), ["CREATED"]);
    let service = world.sign_in(&NZTECH_SERVICE).await;
    let again = asked(&service, input).await;
    assert_eq!(effects(again["results"].as_array().expect("a list")), ["REFUSED INVALID", "UNCHANGED"]);
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn required_evidence_may_be_in_the_bodys_own_files(world: World) {
    let opened = ADVANCED_MANUFACTURING.replace("2022-03-13T11:00:00Z", "2022-02-13T11:00:00Z");
    let opened = opened.replace("2022-03-14", "2022-02-14").replace("slug = \"ema\"", "slug = \"nztech\"");
    let opened = opened.replace("prefix = \"EMA\"", "prefix = \"NZT\"");
    apply(&world, &opened).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let trade = json!({
        "jobTitle": "Toolmaker", "role": null, "occupationCode": null, "contactName": null, "region": "",
        "remuneration": { "amount": "35.00", "currency": "NZD", "period": "HOUR", "hoursPerWeek": "40" },
    });
    let rows = json!({ "classException": "advanced-manufacturing", "rows": [row_with("M-1", trade)] });
    let done = results(&lead, rows).await;
    assert_eq!(effects(&done), ["CREATED"], "{done:?}");
    let seen = look(&lead, &done[0]["application"]["id"], "flags contactName region duties").await;
    let open = json!({ "flags": ["EVIDENCE_MISSING"], "contactName": null, "region": null, "duties": null });
    assert_eq!(seen, open);
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn little_is_asked_of_each_of_many_rows(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let asked = |count: usize, of_each: &str| {
        let query = format!(
            "mutation($input: ImportApplicationsInput!) {{ importApplications(input: $input) {{
                results {{ effect application {{ {of_each} }} }} userErrors {{ code }} }} }}"
        );
        let input =
            json!({ "classException": "specialist-tech", "rows": vec![row("M-1"); count], "dryRun": true });
        let lead = lead.clone();
        async move { lead.graphql(&query, json!({ "input": input })).await }
    };
    let (little, much) = ("id reference version", "timeline(first: 100) { nodes { id summary } }");
    for (count, of_each, fits) in [(500, little, true), (10, much, true), (500, much, false)] {
        let answer = asked(count, of_each).await;
        let told = answer["errors"][0]["extensions"]["code"].as_str();
        assert_eq!(told, (!fits).then_some("GRAPHQL_VALIDATION_FAILED"), "{count} {of_each}");
    }
}
