//! How a body works is for the body alone, and what an employer has not handed in is for the employer alone.

use async_graphql::ID;
use entity::{ApplicationId, EventId};
use nominations::history::{count_timeline, find_in_timeline, page_of_timeline};
use nominations::page::PageRequest;
use nominations::schema::GlobalId;
use serde_json::{Value, json};

use super::rows::{Row, Stage, list, row, settle, text};
use crate::service::support::World;
use crate::service::support::api::Api;
use crate::service::support::cast::{
    ITP_ASSESSOR, KAURI, KAURI_AGENT, KAURI_SECOND, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SERVICE,
    RATA, RATA_AGENT,
};

on_both_databases! {
    an_employer_reads_nothing_of_how_the_body_works,
    the_bodys_people_read_all_of_it,
    a_draft_is_nothing_to_the_body,
    a_timeline_is_read_in_the_scope_of_who_asks,
}

/// What happens inside the body, as the timeline names it.
const INSIDE: [&str; 6] =
    ["TAKEN", "ASSIGNED", "CONFLICT_DECLARED", "ASSESSED", "EVIDENCE_VERIFIED", "RECOMMENDED"];

async fn an_employer_reads_nothing_of_how_the_body_works(world: World) {
    let (api, rows) = (Api::read(), settle(&world).await);
    for (member, firm) in [(&KAURI_AGENT, &KAURI), (&KAURI_SECOND, &KAURI), (&RATA_AGENT, &RATA)] {
        let caller = world.sign_in(member).await;
        for row in rows.iter().filter(|row| row.firm.nzbn == firm.nzbn) {
            let seen = seen(&api, &caller, row).await;
            for field in ["assessments", "recommendation", "assessor"] {
                assert_eq!(seen[field], Value::Null, "{field}");
            }
            let decision = &seen["decision"];
            assert_eq!((&decision["by"], &decision["note"]), (&Value::Null, &Value::Null));
            assert_eq!(decision.is_object(), row.stage == Stage::Confirmed);
            assert!(!list(&seen["flags"]).contains(&json!("CONFLICT_DECLARED")));
            let events = list(&seen["timeline"]["nodes"]);
            let kinds: Vec<String> = events.iter().map(|event| text(&event["kind"])).collect();
            assert!(kinds.iter().all(|kind| !INSIDE.contains(&kind.as_str())), "{kinds:?}");
            assert_eq!(seen["timeline"]["totalCount"], json!(events.len()));
            for event in events {
                let by = text(&event["actor"]);
                let agents = [KAURI_AGENT.name, KAURI_SECOND.name, RATA_AGENT.name];
                assert!(agents.contains(&by.as_str()) || by == row.body.name || by == "Service", "{by}");
            }
        }
    }
    // Nor by asking the list for it.
    let agent = world.sign_in(&KAURI_AGENT).await;
    let all = count(&agent, json!({})).await;
    for filter in [
        json!({ "assessor": GlobalId::of(&NZTECH_ASSESSOR.person()) }),
        json!({ "unassigned": true }),
        json!({ "unassigned": false }),
    ] {
        assert_eq!(count(&agent, filter).await, all);
    }
}

async fn the_bodys_people_read_all_of_it(world: World) {
    let (api, rows) = (Api::read(), settle(&world).await);
    for member in [&NZTECH_ASSESSOR, &NZTECH_LEAD, &NZTECH_SERVICE] {
        let caller = world.sign_in(member).await;
        let confirmed = seen(&api, &caller, row(&rows, &NZTECH, &KAURI, Stage::Confirmed)).await;
        assert_eq!(list(&confirmed["assessments"]).len(), 5);
        assert_eq!(confirmed["recommendation"]["note"], "Moreporkq advice");
        assert_eq!(confirmed["decision"]["by"]["name"], NZTECH_LEAD.name);
        let robin = seen(&api, &caller, row(&rows, &NZTECH, &RATA, Stage::Submitted)).await;
        assert!(list(&robin["flags"]).contains(&json!("CONFLICT_DECLARED")), "{robin}");
        let kinds: Vec<_> =
            list(&robin["timeline"]["nodes"]).iter().map(|event| text(&event["kind"])).collect();
        assert!(kinds.contains(&"CONFLICT_DECLARED".to_owned()), "{kinds:?}");
    }
}

async fn a_draft_is_nothing_to_the_body(world: World) {
    let rows = settle(&world).await;
    let draft = row(&rows, &NZTECH, &KAURI, Stage::Draft);
    let submitted =
        rows.iter().filter(|row| row.body.slug == NZTECH.slug && row.stage > Stage::Draft).count();
    for member in [&NZTECH_ASSESSOR, &NZTECH_LEAD, &NZTECH_SERVICE] {
        let caller = world.sign_in(member).await;
        assert_eq!(count(&caller, json!({})).await, json!(submitted));
        assert_eq!(count(&caller, json!({ "status": ["DRAFT"] })).await, json!(0));
        let ids: Vec<&String> = [&draft.id].into_iter().chain(&draft.events).collect();
        let query = "query($ids: [ID!]!, $reference: String!) { nodes(ids: $ids) { id }
            application(reference: $reference) { id } }";
        let data = caller.data(query, json!({ "ids": ids, "reference": draft.reference })).await;
        assert!(list(&data["nodes"]).iter().all(Value::is_null), "{data}");
        assert_eq!(data["application"], Value::Null);
        let employer = "query($nzbn: NZBN!) { employer(nzbn: $nzbn) { applications { totalCount nodes { reference } } } }";
        let data = caller.data(employer, json!({ "nzbn": KAURI.nzbn })).await;
        assert!(!data.to_string().contains(&draft.reference));
    }
}

/// Whoever has an application's id alone, without having loaded it in their own scope before, reads nothing of what
/// happened to it: neither as a page nor one by one, and no count of it.
async fn a_timeline_is_read_in_the_scope_of_who_asks(world: World) {
    let rows = settle(&world).await;
    let confirmed = row(&rows, &NZTECH, &KAURI, Stage::Confirmed);
    let application: ApplicationId = GlobalId::read(&ID::from(&confirmed.id)).expect("an application's id");
    let event: EventId = GlobalId::read(&ID::from(&confirmed.events[0])).expect("an event's id");
    for (member, reads) in
        [(&NZTECH_ASSESSOR, true), (&ITP_ASSESSOR, false), (&KAURI_AGENT, true), (&RATA_AGENT, false)]
    {
        let scope = member.viewer().caseload().expect("a caseload");
        let conn = world.app.db.read(&scope);
        let page =
            page_of_timeline(&conn, &scope, application, &PageRequest::first(100)).await.expect("a page");
        let found = find_in_timeline(&conn, &scope, event).await.expect("an answer");
        let counted = count_timeline(&conn, &scope, application).await.expect("a count");
        let told = (!page.rows.is_empty(), found.is_some(), counted > 0);
        assert_eq!(told, (reads, reads, reads), "{}", member.handle);
    }
}

async fn seen(api: &Api, caller: &crate::service::support::Caller, row: &Row) -> Value {
    let selection = api.selection("Application", 2);
    let query = format!("query($it: ID!) {{ node(id: $it) {{ ... on Application {{ {selection} }} }} }}");
    caller.data(&query, json!({ "it": row.id })).await["node"].take()
}

async fn count(caller: &crate::service::support::Caller, filter: Value) -> Value {
    let query = "query($filter: ApplicationFilter) { applications(filter: $filter) { totalCount } }";
    caller.data(query, json!({ "filter": filter })).await["applications"]["totalCount"].take()
}
