//! What anybody reads of class exceptions, the quota and the combined list.

use entity::{EmployerId, StaffRole};
use serde_json::{Value, json};
use uuid::Uuid;

use super::house::{House, NOW};
use crate::tenancy::Viewer;

#[tokio::test]
async fn everybody_reads_the_terms_and_the_totals() {
    let house = House::build().await;
    let query = "{ classExceptions { id slug status closesAt guideUrl bodies { slug } facts { source }
        roles { code minimumPay jobTitles { title } } criteria { code kind strength priority }
        quota { places excess available reserved listed consumed returning waiting blocked
            byBody { reserved } movements { totalCount }
            history { date available reserved } } }
        classException(slug: \"no-such\") { id } odd: classException(slug: \"\\u0000\") { id }
        approvedList(classException: \"specialist-tech\") { totalCount } }";
    let read = house.ask(&Viewer::public(), query).await;
    assert_eq!(
        (&read["classException"], &read["odd"], &read["approvedList"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let exception = &read["classExceptions"][0];
    assert_eq!(exception["status"], "OPEN");
    assert_eq!(exception["closesAt"], "2022-07-31T12:00:00Z");
    assert_eq!(exception["bodies"].as_array().map(Vec::len), Some(2));
    assert_eq!(exception["roles"][0]["minimumPay"], "120000.00");
    assert!(exception["roles"][0]["jobTitles"].as_array().is_some_and(|titles| titles.len() > 5));
    let quota = json!({
        "places": 600, "excess": 0, "available": 598, "reserved": 2, "listed": 0, "consumed": 0, "returning": 0,
        "waiting": 0, "blocked": 1, "byBody": null, "movements": null,
        "history": [
            { "date": "2022-02-28", "available": 600, "reserved": 0 },
            { "date": "2022-03-01", "available": 598, "reserved": 2 },
        ],
    });
    assert_eq!(exception["quota"], quota);
    let id = exception["id"].as_str().expect("an id");
    let node = format!("{{ node(id: \"{id}\") {{ id ... on ClassException {{ slug }} }} }}");
    let again = house.ask(&Viewer::public(), &node).await;
    assert_eq!(again["node"], json!({ "id": id, "slug": "specialist-tech" }));
}

#[tokio::test]
async fn a_history_beyond_its_bounds_is_refused() {
    let house = House::build().await;
    for (arguments, said) in
        [("from: \"2020-01-01\"", "400 days"), ("from: \"2022-02-02\", to: \"2022-02-01\"", "swap")]
    {
        let query = format!(
            "{{ classException(slug: \"specialist-tech\") {{ quota {{ history({arguments}) {{ date }} }} }} }}"
        );
        let answer = house.answer(&Viewer::public(), &query).await;
        assert!(answer.errors[0].message.contains(said), "{:?}", answer.errors);
    }
}

const LEDGER: &str = "{ classException(slug: \"specialist-tech\") { quota {
    byBody { body { slug } reserved waiting blocked }
    movements(first: 2) { totalCount nodes { place from to kind body { slug } reference reason actor } } } } }";

#[tokio::test]
async fn the_ledger_shows_each_body_its_own_references() {
    let house = House::build().await;
    let lead = House::member(StaffRole::Lead, Some(house.bodies[0]), &[]);
    let quota = &house.ask(&lead, LEDGER).await["classException"]["quota"];
    let by_body = json!([
        { "body": { "slug": "itp" }, "reserved": 1, "waiting": 0, "blocked": 0 },
        { "body": { "slug": "nztech" }, "reserved": 1, "waiting": 0, "blocked": 1 },
    ]);
    assert_eq!(quota["byBody"], by_body);
    let movement = |place, body: &str, reference: Value, actor: Value| {
        json!({ "place": place, "from": "AVAILABLE", "to": "RESERVED", "kind": "ALLOCATED", "body": { "slug": body },
            "reference": reference, "reason": null, "actor": actor })
    };
    assert_eq!(quota["movements"]["totalCount"], 602);
    let nodes = json!([
        movement(2, "nztech", Value::Null, Value::Null),
        movement(1, "itp", json!("REF-1"), json!("Service")),
    ]);
    assert_eq!(quota["movements"]["nodes"], nodes);

    let observer = House::member(StaffRole::Observer, None, &[]);
    let quota = &house.ask(&observer, LEDGER).await["classException"]["quota"];
    assert_eq!(quota["byBody"], by_body);
    assert_eq!(quota["movements"]["nodes"][1], movement(1, "itp", Value::Null, Value::Null));

    let employer = House::member(StaffRole::Employer, None, &[EmployerId(Uuid::from_u128(1))]);
    let quota = &house.ask(&employer, LEDGER).await["classException"]["quota"];
    assert_eq!(quota, &json!({ "byBody": null, "movements": null }));
}

#[tokio::test]
async fn the_ledger_is_paged_and_refetched() {
    let house = House::build().await;
    let lead = House::member(StaffRole::Lead, Some(house.bodies[0]), &[]);
    let page = |arguments: &str| {
        format!(
            "{{ classException(slug: \"specialist-tech\") {{ quota {{ movements({arguments}) {{
                pageInfo {{ hasNextPage endCursor }} nodes {{ id place }} }} }} }} }}"
        )
    };
    let first = house.ask(&lead, &page("first: 1")).await;
    let first = &first["classException"]["quota"]["movements"];
    let cursor = first["pageInfo"]["endCursor"].as_str().expect("a cursor");
    let second = house.ask(&lead, &page(&format!("first: 1, after: \"{cursor}\""))).await;
    let second = &second["classException"]["quota"]["movements"]["nodes"][0];
    assert_eq!((&first["nodes"][0]["place"], &second["place"]), (&json!(2), &json!(1)));
    let node = format!("{{ node(id: {}) {{ ... on PlaceMovement {{ place }} }} }}", second["id"]);
    assert_eq!(house.ask(&lead, &node).await["node"], json!({ "place": 1 }));
    assert_eq!(house.ask(&Viewer::public(), &node).await["node"], Value::Null);
}

#[tokio::test]
async fn the_list_shows_pay_of_own_lines_alone() {
    let house = House::build().await;
    let query =
        "{ approvedList(classException: \"specialist-tech\") { totalCount nodes { reference place state
        body { slug } role { code title } employerName employerNzbn nominatedAt annualPay } } }";
    let lead = House::member(StaffRole::Lead, Some(house.bodies[0]), &[]);
    let list = house.ask(&lead, query).await;
    let line = |number: u32, body: &str, nzbn: &str, pay: Value| {
        json!({ "reference": format!("REF-{number}"), "place": number, "state": "NOT_YET_RELEASED",
            "body": { "slug": body }, "role": { "code": "2613", "title": "Software and Applications Programmers" },
            "employerName": format!("Employer {number}"), "employerNzbn": nzbn, "nominatedAt": NOW, "annualPay": pay })
    };
    let pay = json!("130000.00");
    let (one, two) = ("9429049541410", "9429049541427");
    let lines = json!([line(1, "itp", one, pay.clone()), line(2, "nztech", two, Value::Null)]);
    assert_eq!(list["approvedList"], json!({ "totalCount": 2, "nodes": lines }));

    let employer = House::member(StaffRole::Employer, None, &[EmployerId(Uuid::from_u128(2))]);
    let list = house.ask(&employer, query).await;
    assert_eq!(list["approvedList"]["nodes"], json!([line(2, "nztech", two, pay)]));

    let agency = House::member(StaffRole::AgencyOfficer, None, &[]);
    assert_eq!(house.ask(&agency, query).await["approvedList"], json!({ "totalCount": 0, "nodes": [] }));
    let observer = House::member(StaffRole::Observer, None, &[]);
    assert_eq!(house.ask(&observer, query).await["approvedList"], Value::Null);
    assert_eq!(
        house.ask(&lead, &query.replace("specialist-tech", "no-such")).await["approvedList"],
        Value::Null
    );

    let filtered =
        query.replace("tech\")", "tech\", filter: { body: [\"nztech\"], search: \"employer 2\" })");
    assert_eq!(house.ask(&lead, &filtered).await["approvedList"]["nodes"][0]["place"], 2);
    let nothing = query.replace("tech\")", "tech\", filter: { listed: true })");
    assert_eq!(house.ask(&lead, &nothing).await["approvedList"]["totalCount"], 0);
}

fn check(title: &str, pay: &str, met: &str) -> String {
    format!(
        "{{ checkEligibility(input: {{ classException: \"specialist-tech\", jobTitle: \"{title}\", met: [{met}],
            remuneration: {{ amount: \"{pay}\", currency: \"NZD\", period: YEAR, hoursPerWeek: \"40\" }} }}) {{
            outcome role {{ id code }} occupationCode annualPay criteria {{ criterion outcome reasons }}
            suggestions {{ score jobTitle {{ title }} }} }} }}"
    )
}

#[tokio::test]
async fn anybody_checks_eligibility() {
    let house = House::build().await;
    let met = "\"domestic-skills\", \"industry-body\", \"worker-offshore\"";
    let read = house.ask(&Viewer::public(), &check("Software Engineer", "120000.00", met)).await;
    let result = &read["checkEligibility"];
    assert_eq!(
        (&result["outcome"], &result["role"]["code"]),
        (&json!("ELIGIBLE"), &json!("2613")),
        "{result}"
    );
    assert_eq!(result["annualPay"], "120000.00");
    let node =
        format!("{{ node(id: {}) {{ ... on ApprovedRole {{ minimumPayPeriod }} }} }}", result["role"]["id"]);
    let role = house.ask(&Viewer::public(), &node).await;
    assert_eq!(role["node"]["minimumPayPeriod"], "YEAR");
    let low = house.ask(&Viewer::public(), &check("Software Engineer", "119999.99", met)).await;
    assert_eq!(low["checkEligibility"]["outcome"], "INELIGIBLE");

    let found =
        "{ searchJobTitles(classException: \"specialist-tech\", query: \"softw\", first: 3) { score jobTitle { title }
        role { code } } }";
    let found = house.ask(&Viewer::public(), found).await;
    assert_eq!(found["searchJobTitles"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_question_that_cannot_be_asked_says_what_to_mend() {
    let house = House::build().await;
    let search = |slug: &str, query: &str, first: i32| {
        format!(
            "{{ searchJobTitles(classException: \"{slug}\", query: \"{query}\", first: {first}) {{ score }} }}"
        )
    };
    let long = "x".repeat(201);
    for (query, field) in [
        (check("Software Engineer", "0", ""), json!(["remuneration", "amount"])),
        (check("...", "120000", ""), json!(["jobTitle"])),
        (check(&long, "120000", ""), json!(["jobTitle"])),
        (check("Software Engineer", "120000", "\"no-such\""), json!(["met"])),
        (check("Software Engineer", "120000", &"\"a\",".repeat(21)), json!(["met"])),
        (check("x", "1", "").replace("specialist-tech", "no-such"), json!(["classException"])),
        (search("specialist-tech", "x", 0), json!(["first"])),
        (search("specialist-tech", "x", 51), json!(["first"])),
        (search("specialist-tech", &long, 5), json!(["query"])),
        (search("no-such", "x", 5), json!(["classException"])),
    ] {
        let answer = house.answer(&Viewer::public(), &query).await;
        let error = serde_json::to_value(&answer.errors[0]).expect("JSON");
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{query}");
        assert_eq!(error["extensions"]["field"], field, "{query}");
        assert_eq!(error["extensions"]["errors"][0]["field"], field, "{query}");
        assert_eq!(answer.errors.len(), 1, "{query}");
    }
}
