//! What is refused, with the code that a program decides by; and that the same message acts once.

use serde_json::{Value, json};

use super::support::casework::{
    ADVANCED_MANUFACTURING, Case, SPECIALIST_TECH, apply, assessed, complete, done, endorsed, merged,
    payload, refusal, refused, submitted, taken, worker,
};
use super::support::cast::{
    ITP_ASSESSOR, KAURI, KAURI_AGENT, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SECOND, NZTECH_SERVICE, OBSERVER,
    RATA_AGENT,
};
use super::support::{Caller, World};

on_both_databases! {
    an_older_version_is_stale,
    the_same_key_acts_once_and_answers_the_same,
    everything_that_is_wrong_is_told_at_its_field,
    what_is_missing_is_told_at_once,
    an_endorsement_needs_every_criterion,
    two_people_decide_and_neither_has_a_conflict,
    the_window_opens_and_closes,
    a_role_does_only_what_is_its_own,
    what_is_not_ones_own_is_not_there,
    lists_are_bounded_and_all_or_none,
}

async fn an_older_version_is_stale(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let case = done(&agent, "createApplication", complete()).await;
    done(&agent, "updateApplication", case.with(json!({ "region": "Otago" }))).await;
    for (mutation, input) in [
        ("updateApplication", json!({ "region": "Nelson" })),
        ("addEvidence", json!({ "kind": "OTHER", "title": "A letter" })),
        ("submitApplication", json!({ "declaration": true })),
    ] {
        let refused = refusal(&agent, mutation, case.with(input)).await;
        assert_eq!(refused, [told("STALE", "version")], "{mutation}");
    }
}

async fn the_same_key_acts_once_and_answers_the_same(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let keyed = merged(complete(), json!({ "idempotencyKey": "begin-1" }));
    let first = done(&agent, "createApplication", keyed.clone()).await;
    let change = first.with(json!({ "idempotencyKey": "change-1", "region": "Otago" }));
    let changed = done(&agent, "updateApplication", change.clone()).await;
    assert_eq!(done(&agent, "updateApplication", change).await.version, changed.version);
    // The same application, as it stands now.
    let again = done(&agent, "createApplication", keyed.clone()).await;
    assert_eq!((again.id, again.version), (first.id, changed.version));
    let total = "{ applications { totalCount } }";
    assert_eq!(agent.data(total, json!({})).await["applications"]["totalCount"], 1);

    let other = merged(keyed.clone(), json!({ "jobTitle": "Developer Programmer" }));
    assert_eq!(refusal(&agent, "createApplication", other).await, [told("KEY_REUSED", "idempotencyKey")]);
    let long = merged(complete(), json!({ "idempotencyKey": "" }));
    assert_eq!(refusal(&agent, "createApplication", long).await, [told("INVALID", "idempotencyKey")]);

    // Nothing that was refused is remembered.
    let early = merged(complete(), json!({ "idempotencyKey": "begin-2", "body": "nobody" }));
    assert_eq!(refused(&agent, "createApplication", early).await, "NOT_FOUND");
    done(&agent, "createApplication", merged(complete(), json!({ "idempotencyKey": "begin-2" }))).await;
    // A key is its sender's own.
    let other = world.sign_in(&RATA_AGENT).await;
    assert_eq!(refusal(&other, "createApplication", keyed).await, [told("NOT_FOUND", "employerNzbn")]);
}

async fn everything_that_is_wrong_is_told_at_its_field(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let wrong = json!({
        "contactEmail": "finn", "region": "", "jobTitle": " ", "duties": "a\u{0000}b",
        "remuneration": { "amount": "0", "currency": "nzd", "period": "YEAR", "hoursPerWeek": "200" },
        "worker": merged(worker("N/1?"), json!({
            "familyName": "", "dateOfBirth": "2010-01-01", "nationality": "Japan", "email": "x",
            "passportExpiresOn": "2022-02-28",
        })),
    });
    let refused = refusal(&agent, "createApplication", merged(complete(), wrong)).await;
    assert_eq!(
        refused,
        [
            told("INVALID", "contactEmail"),
            told("INVALID", "duties"),
            told("INVALID", "region"),
            told("REQUIRED", "jobTitle"),
            told("INVALID", "remuneration.amount"),
            told("INVALID", "remuneration.currency"),
            told("INVALID", "remuneration.hoursPerWeek"),
            told("REQUIRED", "worker.familyName"),
            told("INVALID", "worker.dateOfBirth"),
            told("INVALID", "worker.nationality"),
            told("INVALID", "worker.email"),
            told("INVALID", "worker.passportNumber"),
            told("INVALID", "worker.passportExpiresOn"),
        ]
    );
    let codes = json!({ "role": "9999", "occupationCode": "000000" });
    let refused = refusal(&agent, "createApplication", merged(complete(), codes)).await;
    assert_eq!(refused, [told("INVALID", "role"), told("INVALID", "occupationCode")]);
    let nowhere = merged(complete(), json!({ "classException": "nothing\u{0000}" }));
    assert_eq!(refusal(&agent, "createApplication", nowhere).await, [told("NOT_FOUND", "classException")]);

    let case = done(&agent, "createApplication", complete()).await;
    let emptied =
        case.with(json!({ "jobTitle": null, "remuneration": null, "worker": null, "region": null }));
    assert_eq!(
        refusal(&agent, "updateApplication", emptied).await,
        [told("REQUIRED", "jobTitle"), told("REQUIRED", "remuneration"), told("REQUIRED", "worker")]
    );
    let expired = case.with(json!({ "kind": "PAY", "title": "A slip", "expiresOn": "2022-02-28" }));
    assert_eq!(refusal(&agent, "addEvidence", expired).await, [told("INVALID", "expiresOn")]);
}

async fn what_is_missing_is_told_at_once(world: World) {
    let opened = ADVANCED_MANUFACTURING.replace("2022-03-13T11:00:00Z", "2022-02-13T11:00:00Z");
    apply(&world, &opened.replace("2022-03-14", "2022-02-14")).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let trade = json!({
        "classException": "advanced-manufacturing", "body": "ema", "jobTitle": "Toolmaker",
        "contactName": null, "duties": null,
        "remuneration": { "amount": "35.00", "currency": "NZD", "period": "HOUR", "hoursPerWeek": "40" },
    });
    let case = done(&agent, "createApplication", merged(complete(), trade)).await;
    assert_eq!(
        refusal(&agent, "submitApplication", case.with(json!({ "declaration": false }))).await,
        [
            told("REQUIRED", "contactName"),
            told("REQUIRED", "duties"),
            told("REQUIRED", "declaration"),
            ("EVIDENCE_MISSING".to_owned(), vec![]),
        ]
    );
    let case =
        done(&agent, "updateApplication", case.with(json!({ "contactName": "Finn", "duties": "Tools." })))
            .await;
    let declared = json!({ "declaration": true });
    assert_eq!(refused(&agent, "submitApplication", case.with(declared.clone())).await, "EVIDENCE_MISSING");
    let certificate = json!({ "kind": "QUALIFICATION", "title": "Trade certificate" });
    let case = done(&agent, "addEvidence", case.with(certificate)).await;
    done(&agent, "submitApplication", case.with(declared)).await;
}

async fn an_endorsement_needs_every_criterion(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    submitted(&agent, complete()).await;
    let case = taken(&assessor).await;
    let endorse = json!({ "outcome": "ENDORSE" });
    let incomplete = "ASSESSMENT_INCOMPLETE";
    assert_eq!(refused(&assessor, "recommend", case.with(endorse.clone())).await, incomplete);
    let case = assessed(&assessor, case).await;
    let find = |outcome: &str| json!({ "criterion": "salary", "outcome": outcome });
    let case = done(&assessor, "recordAssessment", case.with(find("NOT_CLEAR"))).await;
    assert_eq!(refused(&assessor, "recommend", case.with(endorse.clone())).await, incomplete);
    let case = done(&assessor, "recordAssessment", case.with(find("NOT_MET"))).await;
    assert_eq!(refused(&assessor, "recommend", case.with(endorse)).await, "NOT_ELIGIBLE");

    let decline = case.with(json!({ "outcome": "DECLINE" }));
    assert_eq!(refusal(&assessor, "recommend", decline.clone()).await, [told("REQUIRED", "reasons")]);
    let many = merged(decline, json!({ "reasons": vec!["OTHER"; 21] }));
    assert_eq!(refusal(&assessor, "recommend", many).await, [told("TOO_MANY", "reasons")]);
    let unknown = case.with(json!({ "criterion": "height", "outcome": "MET" }));
    assert_eq!(refusal(&assessor, "recordAssessment", unknown).await, [told("INVALID", "criterion")]);
    let decline = json!({ "outcome": "DECLINE", "reasons": ["PAY_BELOW_THRESHOLD"] });
    let case = done(&assessor, "recommend", case.with(decline)).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    assert_eq!(refused(&lead, "confirm", case.with(json!({}))).await, "WRONG_STATUS");
}

async fn two_people_decide_and_neither_has_a_conflict(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let second = world.sign_in(&NZTECH_SECOND).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    submitted(&agent, complete()).await;
    let case = taken(&lead).await;
    let case = endorsed(&lead, case).await;
    assert_eq!(refused(&lead, "confirm", case.with(json!({}))).await, "SAME_PERSON");

    submitted(&agent, merged(complete(), json!({ "worker": worker("N7654321") }))).await;
    let case = taken(&second).await;
    let conflict = json!({ "id": case.id, "employer": KAURI.nzbn, "reason": "A cousin works there." });
    let other = merged(conflict.clone(), json!({ "employer": "9429900000025" }));
    assert_eq!(refusal(&second, "declareConflict", other).await, [told("INVALID", "employer")]);
    let case = done(&second, "declareConflict", conflict).await;
    let finding = json!({ "criterion": "salary", "outcome": "MET" });
    // It went back to the queue, and the queue passes it over.
    assert_eq!(refused(&second, "recordAssessment", case.with(finding)).await, "WRONG_STATUS");
    let next = json!({ "classException": "specialist-tech" });
    assert_eq!(
        payload(&second, "takeNextApplication", "application { id }", next).await["application"],
        Value::Null
    );
    let assign = json!({ "ids": [case.id], "assessor": person(&second).await });
    assert_eq!(refusal(&lead, "assignApplications", assign).await, [told("CONFLICT_OF_INTEREST", "ids.0")]);
    let case = taken(&assessor).await;
    let finding = json!({ "criterion": "salary", "outcome": "MET" });
    assert_eq!(refused(&second, "recordAssessment", case.with(finding)).await, "CONFLICT_OF_INTEREST");
}

async fn the_window_opens_and_closes(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let submit = json!({ "declaration": true });
    world.clock.move_to("2022-02-13T10:59:59Z".parse().expect("an instant"));
    let agent = world.sign_in(&KAURI_AGENT).await;
    let case = done(&agent, "createApplication", complete()).await;
    assert_eq!(refused(&agent, "submitApplication", case.with(submit.clone())).await, "TOO_EARLY");
    world.clock.move_to("2022-07-31T12:00:00Z".parse().expect("an instant"));
    let agent = world.sign_in(&KAURI_AGENT).await;
    for (mutation, input) in [
        ("submitApplication", case.with(submit)),
        ("updateApplication", case.with(json!({ "region": "Otago" }))),
        ("addEvidence", case.with(json!({ "kind": "OTHER", "title": "A letter" }))),
        ("createApplication", complete()),
    ] {
        assert_eq!(refused(&agent, mutation, input).await, "WINDOW_CLOSED", "{mutation}");
    }
}

async fn a_role_does_only_what_is_its_own(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let case = Case { id: "nothing".to_owned(), version: 1 };
    let of_employers = [
        ("createApplication", complete()),
        ("updateApplication", case.with(json!({}))),
        ("addEvidence", case.with(json!({ "kind": "OTHER", "title": "" }))),
        ("removeEvidence", case.with(json!({ "evidence": "nothing" }))),
        ("submitApplication", case.with(json!({ "declaration": true }))),
    ];
    let of_assessors = [
        ("takeNextApplication", json!({ "classException": "specialist-tech" })),
        ("declareConflict", json!({ "id": "nothing", "employer": KAURI.nzbn, "reason": "" })),
        ("recordAssessment", case.with(json!({ "criterion": "role", "outcome": "MET" }))),
        ("recommend", case.with(json!({ "outcome": "ENDORSE" }))),
        ("verifyEvidence", json!({ "evidence": "nothing", "genuine": true })),
    ];
    let of_leads = [("assignApplications", json!({ "ids": [] })), ("confirm", case.with(json!({})))];
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let others = [world.sign_in(&OBSERVER).await, world.sign_in(&NZTECH_SERVICE).await];
    let of_employers = of_employers.map(|act| (act, vec![&assessor, &others[0], &others[1]]));
    let of_assessors = of_assessors.map(|act| (act, vec![&agent, &others[0], &others[1]]));
    let of_leads = of_leads.map(|act| (act, vec![&assessor, &agent, &others[0], &others[1]]));
    for ((mutation, input), callers) in of_employers.into_iter().chain(of_assessors).chain(of_leads) {
        for caller in callers {
            // Before anything that is wrong with the input.
            assert_eq!(refused(caller, mutation, input.clone()).await, "NOT_PERMITTED", "{mutation}");
        }
        let name = mutation[..1].to_uppercase() + &mutation[1..];
        let document = format!(
            "mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
        );
        let answer = world.anybody().graphql(&document, json!({ "input": input })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{mutation}");
    }
}

async fn what_is_not_ones_own_is_not_there(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let draft = done(&agent, "createApplication", complete()).await;
    let other = world.sign_in(&RATA_AGENT).await;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let elsewhere = world.sign_in(&ITP_ASSESSOR).await;
    let change = draft.with(json!({ "region": "Otago" }));
    assert_eq!(refusal(&other, "updateApplication", change).await, [told("NOT_FOUND", "id")]);
    let finding = json!({ "criterion": "role", "outcome": "MET" });
    for caller in [&assessor, &elsewhere] {
        let refused = refusal(caller, "recordAssessment", draft.with(finding.clone())).await;
        assert_eq!(refused, [told("NOT_FOUND", "id")]);
    }
    let person = person(&assessor).await;
    let wrong = json!({ "id": person, "version": 1, "region": "Otago" });
    assert_eq!(refusal(&agent, "updateApplication", wrong).await, [told("NOT_FOUND", "id")]);
    let case = done(&agent, "submitApplication", draft.with(json!({ "declaration": true }))).await;
    let refused = refusal(&elsewhere, "recordAssessment", case.with(finding)).await;
    assert_eq!(refused, [told("NOT_FOUND", "id")]);
}

async fn lists_are_bounded_and_all_or_none(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let case = submitted(&agent, complete()).await;
    let draft = done(&agent, "createApplication", complete()).await;
    let assessor = person(&world.sign_in(&NZTECH_ASSESSOR).await).await;
    let assign = |ids: Value| json!({ "ids": ids, "assessor": assessor });
    assert_eq!(refusal(&lead, "assignApplications", assign(json!([]))).await, [told("REQUIRED", "ids")]);
    let many = assign(json!(vec![case.id.as_str(); 101]));
    assert_eq!(refusal(&lead, "assignApplications", many).await, [told("TOO_MANY", "ids")]);
    let some = assign(json!([case.id, draft.id]));
    assert_eq!(refusal(&lead, "assignApplications", some).await, [told("NOT_FOUND", "ids.1")]);
    let agents = json!({ "ids": [case.id], "assessor": person(&agent).await });
    assert_eq!(refusal(&lead, "assignApplications", agents).await, [told("NOT_FOUND", "assessor")]);
    let query = "query($id: ID!) { node(id: $id) { ... on Application { status version } } }";
    let seen = lead.data(query, json!({ "id": case.id })).await;
    assert_eq!(seen["node"], json!({ "status": "SUBMITTED", "version": case.version }));
    let roles = json!({ "classException": "specialist-tech", "role": vec!["2613"; 21] });
    assert_eq!(refusal(&lead, "takeNextApplication", roles).await, [told("TOO_MANY", "role")]);
    let roles = json!({ "classException": "specialist-tech", "role": ["2613", "9999"] });
    assert_eq!(refusal(&lead, "takeNextApplication", roles).await, [told("INVALID", "role.1")]);
    let unknown = json!({ "classException": "specialist-technology" });
    let refused =
        payload(&lead, "takeNextApplication", "application { id }", unknown).await["userErrors"][0].take();
    assert_eq!(refused["code"], "NOT_FOUND");
    assert!(refused["message"].as_str().expect("a message").ends_with("from their list."), "{refused}");
}

fn told(code: &str, field: &str) -> (String, Vec<String>) {
    (code.to_owned(), field.split('.').map(str::to_owned).collect())
}

/// The id of the person who calls.
async fn person(caller: &Caller) -> String {
    let data = caller.data("{ viewer { person { id } } }", json!({})).await;
    data["viewer"]["person"]["id"].as_str().expect("an id").to_owned()
}
