//! Who learns of an expression of interest, of what comes of it, and whether anybody learns what the service knows
//! of an employer by registering one.

use nominations::schema::GlobalId;
use serde_json::{Value, json};

use super::probes::{unknown_nzbn, viewers};
use super::rows::text;
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast::{
    EVERYBODY, ITP, ITP_LEAD, KAURI, KAURI_AGENT, KAURI_SECOND, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, RATA,
};
use crate::service::support::{Caller, World};

on_both_databases! {
    it_is_read_by_its_body_and_by_its_employer,
    registering_tells_nobody_whether_a_number_is_known,
    the_body_learns_of_applications_and_not_of_drafts,
}

const SEEN: &str = "query($it: ID!) { node(id: $it) { ... on Interest { id contactEmail } }
    interests { totalCount nodes { id } } }";

async fn it_is_read_by_its_body_and_by_its_employer(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let named = GlobalId::of(&cases.interest(&NZTECH, &KAURI).await).to_string();
    let other = GlobalId::of(&cases.interest(&ITP, &RATA).await).to_string();
    let unnamed = register(&world.anybody(), "itp", &Value::Null).await;
    let unnamed = text(&unnamed["interest"]["id"]);
    for (handle, caller) in viewers(&world).await {
        let mut expected: Vec<&String> = match handle {
            its if its.starts_with("nztech-") || its.starts_with("kauri-") => vec![&named],
            its if its.starts_with("itp-") => vec![&other, &unnamed],
            "rata-agent" => vec![&other],
            _ => vec![],
        };
        for id in [&named, &other, &unnamed] {
            let seen = caller.data(SEEN, json!({ "it": id })).await;
            assert_eq!(seen["node"].is_object(), expected.contains(&id), "{handle}");
        }
        let list = caller.data(SEEN, json!({ "it": named })).await["interests"].take();
        let has_list = !["public", "inz-officer", "mbie-observer"].contains(&handle);
        assert_eq!(list.is_object(), has_list, "{handle}");
        let listed: Vec<String> =
            list["nodes"].as_array().into_iter().flatten().map(|one| text(&one["id"])).collect();
        let mut listed: Vec<&String> = listed.iter().collect();
        listed.sort_unstable();
        expected.sort_unstable();
        assert_eq!(listed, expected, "{handle}");
        if has_list {
            assert_eq!(list["totalCount"], json!(expected.len()), "{handle}");
        }
    }
}

async fn registering_tells_nobody_whether_a_number_is_known(world: World) {
    let _exception = Caseload::new(&world, |_| {}).await;
    let unknown = unknown_nzbn();
    for member in [None].into_iter().chain(EVERYBODY.map(Some)) {
        // Or they would pass the limits together.
        world.wait_minutes(24 * 60);
        let (handle, caller) = match member {
            None => ("public", world.anybody()),
            Some(member) => (member.handle, world.sign_in(member).await),
        };
        let mut answers = Vec::new();
        for nzbn in [KAURI.nzbn, RATA.nzbn, &unknown] {
            let mut answer = register(&caller, "nztech", &json!(nzbn)).await;
            let interest = &mut answer["interest"];
            assert_eq!(interest["nzbn"], json!(nzbn), "{handle}");
            // What differs from one to the next, whatever they name.
            for own in ["id", "nzbn", "createdAt"] {
                interest[own].take();
            }
            answers.push(answer);
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{handle}: {answers:#?}");
    }
}

async fn the_body_learns_of_applications_and_not_of_drafts(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.interest(&NZTECH, &KAURI).await;
    let wanted = Wanted { interest: Some(id), ..Wanted::new("N0000001") };
    let id = GlobalId::of(&id).to_string();
    let callers = [
        world.sign_in(&KAURI_AGENT).await,
        world.sign_in(&KAURI_SECOND).await,
        world.sign_in(&NZTECH_LEAD).await,
        world.sign_in(&NZTECH_ASSESSOR).await,
    ];
    cases.draft(&wanted).await;
    assert_eq!(counts(&callers, &id).await, [1, 1, 0, 0]);
    cases.submitted(&Wanted { passport: "N0000002", ..wanted }).await;
    assert_eq!(counts(&callers, &id).await, [2, 2, 1, 1]);
    let itp = world.sign_in(&ITP_LEAD).await;
    assert_eq!(itp.data(SEEN, json!({ "it": id })).await["node"], Value::Null);
}

/// How many applications each of them sees to have come of it.
async fn counts(callers: &[Caller], id: &str) -> Vec<i64> {
    let query = "query($it: ID!) { node(id: $it) { ... on Interest { applications } } }";
    let mut counts = Vec::new();
    for caller in callers {
        let seen = caller.data(query, json!({ "it": id })).await;
        counts.push(seen["node"]["applications"].as_i64().expect("a number"));
    }
    counts
}

/// All that is answered to whoever registers.
async fn register(caller: &Caller, body: &str, nzbn: &Value) -> Value {
    let input = json!({
        "classException": "specialist-tech", "body": body, "legalName": "Somebody Limited", "nzbn": nzbn,
        "contactEmail": "somebody@example.nz", "expectedWorkers": 2, "roles": [],
    });
    let query = "mutation($input: RegisterInterestInput!) { registerInterest(input: $input) {
        interest { id legalName nzbn contactEmail expectedWorkers createdAt applications roles { id }
            body { slug } classException { slug } }
        userErrors { code field message } } }";
    let mut answer = caller.data(query, json!({ "input": input })).await;
    assert_eq!(answer["registerInterest"]["userErrors"], json!([]));
    answer["registerInterest"].take()
}
