//! Who sees whom: the viewer themselves, persons, bodies, employers.

use chrono::TimeDelta;
use entity::{ApplicationId, ApplicationStatus, ExceptionId, application, class_exception};
use nominations::schema::GlobalId;
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use super::support::cast::{
    EVERYBODY, Firm, ITP_ASSESSOR, KAURI, KAURI_AGENT, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SECOND,
    NZTECH_SERVICE, OBSERVER, OFFICER, RATA, RATA_AGENT, Tenant,
};
use super::support::{Caller, World};

on_both_databases! {
    the_viewer_is_null_for_the_public,
    everybody_learns_their_own_role,
    an_assessor_learns_body_and_permissions,
    a_service_account_is_no_person,
    colleagues_see_each_other_and_nobody_else_does,
    an_employer_is_hidden_until_it_submits_to_the_body,
    an_agent_sees_their_own_employer_only,
    an_id_of_nothing_is_null_whatever_is_wrong_with_it,
    nodes_keep_the_order_of_the_ids,
}

async fn the_viewer_is_null_for_the_public(world: World) {
    let data = world.anybody().data("{ viewer { role } }", json!({})).await;
    assert_eq!(data, json!({ "viewer": null }));
}

async fn everybody_learns_their_own_role(world: World) {
    for member in EVERYBODY {
        let caller = world.sign_in(member).await;
        let data = caller.data("{ viewer { role person { name email } body { slug } } }", json!({})).await;
        let viewer = &data["viewer"];
        assert_eq!(viewer["role"], member.role.word());
        assert_eq!(viewer["body"]["slug"].as_str(), member.body.map(|body| body.slug));
        if member.role != entity::StaffRole::Service {
            assert_eq!(viewer["person"], json!({ "name": member.name, "email": member.email() }));
        }
    }
}

async fn an_assessor_learns_body_and_permissions(world: World) {
    let query = "{ viewer { service employers { nzbn } permissions body { name prefix } } }";
    let data = world.sign_in(&NZTECH_ASSESSOR).await.data(query, json!({})).await;
    let body = json!({ "name": "NZTech", "prefix": "NZT" });
    let permissions = ["ASSESS", "VIEW_STATISTICS"];
    let viewer = json!({ "service": null, "employers": [], "permissions": permissions, "body": body });
    assert_eq!(data, json!({ "viewer": viewer }));
}

async fn a_service_account_is_no_person(world: World) {
    let data =
        world.sign_in(&NZTECH_SERVICE).await.data("{ viewer { service person { name } } }", json!({})).await;
    assert_eq!(data, json!({ "viewer": { "service": "NZTech's system", "person": null } }));
}

async fn colleagues_see_each_other_and_nobody_else_does(world: World) {
    let second = GlobalId::of(&NZTECH_SECOND.person());
    let known = json!({ "name": NZTECH_SECOND.name, "email": NZTECH_SECOND.email() });
    for member in EVERYBODY {
        let caller = world.sign_in(member).await;
        let seen = node(&caller, second.as_str(), "... on Person { name email }").await;
        let is_near = member.body.is_some_and(|body| body.slug == NZTECH.slug);
        assert_eq!(seen, if is_near { known.clone() } else { Value::Null }, "{}", member.handle);
    }
    assert_eq!(node(&world.anybody(), second.as_str(), "id").await, Value::Null);
    // Agents have no colleagues, and are nobody's.
    let agent = GlobalId::of(&KAURI_AGENT.person());
    let caller = world.sign_in(&KAURI_AGENT).await;
    assert_eq!(node(&caller, agent.as_str(), "id").await, json!({ "id": agent.as_str() }));
    assert_eq!(node(&world.sign_in(&RATA_AGENT).await, agent.as_str(), "id").await, Value::Null);
    assert_eq!(node(&world.sign_in(&NZTECH_LEAD).await, agent.as_str(), "id").await, Value::Null);
}

async fn an_employer_is_hidden_until_it_submits_to_the_body(world: World) {
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    assert_eq!(seen_employer(&assessor, &KAURI).await, Value::Null);
    lodge(&world, 1, &NZTECH, &KAURI, ApplicationStatus::Draft).await;
    assert_eq!(seen_employer(&assessor, &KAURI).await, Value::Null);
    lodge(&world, 2, &NZTECH, &KAURI, ApplicationStatus::Submitted).await;
    assert_eq!(seen_employer(&assessor, &KAURI).await, json!(KAURI.name));
    assert_eq!(seen_employer(&world.sign_in(&NZTECH_SERVICE).await, &KAURI).await, json!(KAURI.name));

    assert_eq!(seen_employer(&assessor, &RATA).await, Value::Null);
    for member in [&ITP_ASSESSOR, &OFFICER, &OBSERVER, &RATA_AGENT] {
        let caller = world.sign_in(member).await;
        assert_eq!(seen_employer(&caller, &KAURI).await, Value::Null, "{}", member.handle);
    }
    assert_eq!(seen_employer(&world.anybody(), &KAURI).await, Value::Null);
}

async fn an_agent_sees_their_own_employer_only(world: World) {
    let caller = world.sign_in(&KAURI_AGENT).await;
    assert_eq!(seen_employer(&caller, &KAURI).await, json!(KAURI.name));
    assert_eq!(seen_employer(&caller, &RATA).await, Value::Null);
    let query =
        "{ viewer { employers { nzbn legalName tradingName region sizeBand } permissions body { id } } }";
    let kauri = json!({
        "nzbn": KAURI.nzbn, "legalName": KAURI.name, "tradingName": null,
        "region": "Wellington", "sizeBand": "FROM_6_TO_19",
    });
    let viewer = json!({ "employers": [kauri], "permissions": ["APPLY"], "body": null });
    assert_eq!(caller.data(query, json!({})).await, json!({ "viewer": viewer }));
}

async fn an_id_of_nothing_is_null_whatever_is_wrong_with_it(world: World) {
    let caller = world.sign_in(&NZTECH_LEAD).await;
    let unknown = GlobalId::of(&entity::BodyId(Uuid::from_u128(999)));
    for id in [unknown.as_str(), "", "garbage", "Qm9keTo", "0", "../../etc"] {
        assert_eq!(node(&caller, id, "id").await, Value::Null, "{id}");
    }
}

async fn nodes_keep_the_order_of_the_ids(world: World) {
    let ids = [
        GlobalId::of(&NZTECH_LEAD.person()),
        GlobalId::of(&NZTECH.id()),
        GlobalId::of(&ITP_ASSESSOR.person()),
        GlobalId::of(&NZTECH.id()),
    ];
    let caller = world.sign_in(&NZTECH_ASSESSOR).await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Body { slug } } }";
    let data = caller.data(query, json!({ "ids": ids })).await;
    let body = json!({ "__typename": "Body", "slug": "nztech" });
    assert_eq!(data["nodes"], json!([{ "__typename": "Person" }, body, null, body]));

    let many = vec![ids[1].as_str(); 101];
    let refused = caller.graphql(query, json!({ "ids": many })).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

async fn node(caller: &Caller, id: &str, selection: &str) -> Value {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ {selection} }} }}");
    caller.data(&query, json!({ "id": id })).await["node"].take()
}

/// An employer's name by its number, after it was made sure that its id tells the same.
async fn seen_employer(caller: &Caller, firm: &Firm) -> Value {
    let query = "query($nzbn: NZBN!) { employer(nzbn: $nzbn) { legalName } }";
    let by_number = caller.data(query, json!({ "nzbn": firm.nzbn })).await["employer"]["legalName"].take();
    let id = GlobalId::of(&firm.id());
    let by_id = node(caller, id.as_str(), "... on Employer { legalName }").await["legalName"].take();
    assert_eq!(by_number, by_id);
    by_number
}

/// Puts an application there, as far as this slice looks at it.
async fn lodge(world: &World, number: u128, body: &Tenant, firm: &Firm, status: ApplicationStatus) {
    let exception_id = ExceptionId(Uuid::from_u128(100));
    let now = world.now();
    if number == 1 {
        let exception = class_exception::ActiveModel {
            id: Set(exception_id),
            slug: Set("specialist-tech".into()),
            title: Set("Specialist tech workers".into()),
            agency: Set("Immigration New Zealand".into()),
            places: Set(600),
            allocation: Set(entity::AllocationMethod::Order),
            opens_at: Set(now),
            paused: Set(false),
            revision: Set(1),
            ..Default::default()
        };
        class_exception::Entity::insert(exception).exec_without_returning(world.conn()).await.expect("a row");
    }
    let is_submitted = status != ApplicationStatus::Draft;
    let row = application::ActiveModel {
        id: Set(ApplicationId(Uuid::from_u128(200 + number))),
        exception_id: Set(exception_id),
        terms_revision: Set(1),
        body_id: Set(body.id()),
        employer_id: Set(firm.id()),
        reference: Set(format!("{}-{number:06}", body.prefix)),
        version: Set(1),
        revision: Set(1),
        status: Set(status),
        round: Set(1),
        job_title: Set("Developer".into()),
        pay_cents: Set(12_000_000),
        pay_currency: Set("NZD".into()),
        pay_period: Set(entity::PayPeriod::Year),
        pay_hours_hundredths: Set(4_000),
        annual_cents: Set(12_000_000),
        declared_at: Set(is_submitted.then_some(now)),
        submitted_at: Set(is_submitted.then_some(now + TimeDelta::seconds(1))),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    application::Entity::insert(row).exec_without_returning(world.conn()).await.expect("an application");
}
