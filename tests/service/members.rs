//! Who has access to a body, and who acts for an employer: let in, changed and removed by those whose it is.

mod employers;

use entity::{
    ApplicationStatus, FrontendId, IssuerTenant, StaffRole, frontend, frontend_client, frontend_origin,
    membership, session,
};
use nominations::error::Failure;
use nominations::jobs::{Job, run};
use nominations::people::actions::arrive;
use nominations::people::rules::issuers::Issuer;
use nominations::people::store::issuers;
use nominations::providers::Claims;
use nominations::schema::GlobalId;
use nominations::tenancy::SystemScope;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::sign_in::setting::{Added, add_issuer};
use super::support::acts::{act, document, send};
use super::support::caseload::{Caseload, Wanted};
use super::support::cast::{
    ITP, ITP_ASSESSOR, ITP_LEAD, KAURI_AGENT, Member, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SECOND,
    NZTECH_SERVICE, OBSERVER, OFFICER,
};
use super::support::{Caller, World};

on_both_databases! {
    a_lead_invites_and_is_told_the_same_link_under_the_same_key,
    an_invitation_that_was_taken_back_lets_nobody_in,
    whoever_is_no_lead_any_more_lets_nobody_in,
    a_removed_lead_does_not_let_themselves_in_again,
    two_accounts_with_one_address_are_not_two_members,
    leads_list_their_own_people_and_nobody_elses,
    a_changed_role_holds_at_once_and_a_body_keeps_a_lead,
    two_leads_who_end_each_other_leave_one,
    a_removed_member_hands_over,
    what_is_in_hand_goes_back_when_access_ends_by_its_date,
    nothing_is_handed_to_who_may_not_judge_it,
    machines_are_added_with_the_bodys_own_provider,
    sign_ins_are_listed_and_ended_by_their_owner,
}

async fn code(caller: &Caller, mutation: &str, input: Value) -> String {
    let payload = send(caller, mutation, &input).await;
    let error = &payload["userErrors"][0];
    let field: Vec<_> = error["field"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    format!("{} {}", error["code"].as_str().unwrap_or("none"), field.join(".")).trim().to_owned()
}

pub(super) async fn with_providers(world: &World) {
    for (slug, tenant) in
        [("nztech", IssuerTenant::Body), ("itp", IssuerTenant::Body), ("employers", IssuerTenant::Employers)]
    {
        add_issuer(world, Added { slug, url: &format!("https://{slug}.example.nz"), tenant }).await;
    }
}

pub(super) async fn issuer(world: &World, slug: &str) -> Issuer {
    let scope = SystemScope::of("test");
    issuers::find_by_slug(world.conn(), &scope, slug).await.expect("asked").expect("an issuer")
}

/// Somebody whose ID token was verified.
pub(super) fn claims(subject: &str) -> Claims {
    Claims {
        subject: subject.to_owned(),
        client: None,
        name: Some(format!("Name of {subject}")),
        email: None,
    }
}

/// The token in a link.
pub(super) fn token_of(link: &Value) -> String {
    let link = link.as_str().expect("a link");
    let found = link.strip_prefix("http://127.0.0.1:8080/sign-in?invitation=");
    found.unwrap_or_else(|| panic!("a link to sign in: {link}")).to_owned()
}

fn id(of: &Member) -> String {
    GlobalId::of(&of.membership()).to_string()
}

async fn a_lead_invites_and_is_told_the_same_link_under_the_same_key(world: World) {
    with_providers(&world).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let input =
        json!({ "idempotencyKey": "k", "name": "Ivy Newcomer", "role": "LEAD", "endsOn": "2022-03-31" });
    let first = act(&lead, "inviteMember", &input).await;
    assert_eq!(first, act(&lead, "inviteMember", &input).await);
    let token = token_of(&first["link"]);
    let nztech = issuer(&world, "nztech").await;
    // A token is nowhere in the database, and neither another body's people nor a made-up token come in by it.
    let refused = arrive(&world.app, &issuer(&world, "itp").await, &claims("ivy"), Some(&token)).await;
    assert!(refused.is_err());
    assert!(arrive(&world.app, &nztech, &claims("ivy"), Some("made-up")).await.is_err());
    arrive(&world.app, &nztech, &claims("ivy"), Some(&token)).await.expect("she is let in");
    assert!(arrive(&world.app, &nztech, &claims("mallory"), Some(&token)).await.is_err());
    let query = "{ members(last: 1) { totalCount nodes { role person { name } endsAt } }
        invitations(first: 5) { totalCount nodes { name role state usedBy { name } membershipEndsAt expiresAt } } }";
    let seen = lead.data(query, json!({})).await;
    let member =
        json!({ "role": "LEAD", "person": { "name": "Ivy Newcomer" }, "endsAt": "2022-03-31T11:00:00Z" });
    assert_eq!(seen["members"], json!({ "totalCount": 5, "nodes": [member] }));
    let invitation = json!({
        "name": "Ivy Newcomer", "role": "LEAD", "state": "USED", "usedBy": { "name": "Ivy Newcomer" },
        "membershipEndsAt": "2022-03-31T11:00:00Z", "expiresAt": "2022-03-08T00:00:00Z",
    });
    assert_eq!(seen["invitations"], json!({ "totalCount": 1, "nodes": [invitation] }));
    // She has access until the end, and not a moment longer.
    world.clock.move_to("2022-03-31T10:59:59Z".parse().expect("an instant"));
    let signed_in = arrive(&world.app, &nztech, &claims("ivy"), None).await.expect("she is in");
    let ivy = world.holding(signed_in.token);
    assert_eq!(ivy.data("{ viewer { role } }", json!({})).await["viewer"]["role"], "LEAD");
    world.clock.move_to("2022-03-31T11:00:00Z".parse().expect("an instant"));
    assert_eq!(
        ivy.graphql("{ viewer { role } }", json!({})).await["errors"][0]["extensions"]["code"],
        "UNAUTHENTICATED"
    );
}

async fn an_invitation_that_was_taken_back_lets_nobody_in(world: World) {
    with_providers(&world).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let invited = act(&lead, "inviteMember", &json!({ "name": "Ivy", "role": "ASSESSOR" })).await;
    let revoke = json!({ "id": invited["invitation"]["id"] });
    let other = world.sign_in(&ITP_LEAD).await;
    assert_eq!(code(&other, "revokeInvitation", revoke.clone()).await, "NOT_FOUND id");
    assert_eq!(act(&lead, "revokeInvitation", &revoke).await["invitation"]["state"], "REVOKED");
    assert_eq!(code(&lead, "revokeInvitation", revoke).await, "WRONG_STATUS id");
    let (nztech, token) = (issuer(&world, "nztech").await, token_of(&invited["link"]));
    assert!(arrive(&world.app, &nztech, &claims("ivy"), Some(&token)).await.is_err());
    // One that ran out is as good as none.
    let invited = act(&lead, "inviteMember", &json!({ "name": "Ivy", "role": "ASSESSOR" })).await;
    let token = token_of(&invited["link"]);
    world.wait_minutes(7 * 24 * 60);
    assert!(arrive(&world.app, &nztech, &claims("ivy"), Some(&token)).await.is_err());
    assert_eq!(membership::Entity::find().all(world.conn()).await.expect("rows").len(), 12);
}

async fn whoever_is_no_lead_any_more_lets_nobody_in(world: World) {
    with_providers(&world).await;
    let (lead, nztech) = (world.sign_in(&NZTECH_LEAD).await, issuer(&world, "nztech").await);
    let second = world.sign_in(&NZTECH_SECOND).await;
    let becomes =
        |version: i32, role: &str| json!({ "id": id(&NZTECH_SECOND), "version": version, "role": role });
    act(&lead, "changeMember", &becomes(1, "LEAD")).await;
    let invited = act(&second, "inviteMember", &json!({ "name": "Mo", "role": "LEAD" })).await;
    act(&lead, "changeMember", &becomes(2, "ASSESSOR")).await;
    let query = "{ invitations(first: 5) { nodes { state } } }";
    let revoked = json!({ "nodes": [{ "state": "REVOKED" }] });
    assert_eq!(lead.data(query, json!({})).await["invitations"], revoked);
    // To be a lead again does not bring it back.
    act(&lead, "changeMember", &becomes(3, "LEAD")).await;
    let token = token_of(&invited["link"]);
    assert!(arrive(&world.app, &nztech, &claims("mo"), Some(&token)).await.is_err());
    // Nobody takes it back where access ends by its date, and it lets nobody in all the same.
    let invited = act(&second, "inviteMember", &json!({ "name": "Mo", "role": "LEAD" })).await;
    let ends = json!({ "id": id(&NZTECH_SECOND), "version": 4, "endsOn": "2022-03-02" });
    act(&lead, "changeMember", &ends).await;
    world.clock.move_to("2022-03-02T11:00:00Z".parse().expect("an instant"));
    let token = token_of(&invited["link"]);
    assert!(arrive(&world.app, &nztech, &claims("mo"), Some(&token)).await.is_err());
    assert_eq!(membership::Entity::find().all(world.conn()).await.expect("rows").len(), 12);
}

async fn a_removed_lead_does_not_let_themselves_in_again(world: World) {
    with_providers(&world).await;
    let (lead, nztech) = (world.sign_in(&NZTECH_LEAD).await, issuer(&world, "nztech").await);
    let invite = json!({ "name": "Ivy", "role": "LEAD" });
    let invited = act(&lead, "inviteMember", &invite).await;
    let token = token_of(&invited["link"]);
    let signed_in = arrive(&world.app, &nztech, &claims("ivy"), Some(&token)).await.expect("she is let in");
    let ivy = world.holding(signed_in.token);
    let hers = token_of(&act(&ivy, "inviteMember", &invite).await["link"]);
    let members = lead.data("{ members(last: 1) { nodes { id version } } }", json!({})).await;
    let her = &members["members"]["nodes"][0];
    act(&lead, "removeMember", &json!({ "id": her["id"], "version": her["version"] })).await;
    for subject in ["ivy", "ivys-other-account"] {
        assert!(arrive(&world.app, &nztech, &claims(subject), Some(&hers)).await.is_err(), "{subject}");
    }
    // Somebody who is a lead lets her in again.
    let token = token_of(&act(&lead, "inviteMember", &invite).await["link"]);
    arrive(&world.app, &nztech, &claims("ivy"), Some(&token)).await.expect("she is let in again");
}

async fn two_accounts_with_one_address_are_not_two_members(world: World) {
    with_providers(&world).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let (nztech, itp) = (issuer(&world, "nztech").await, issuer(&world, "itp").await);
    let known =
        |subject: &str| Claims { email: Some("NZTech-Assessor@Example.nz".into()), ..claims(subject) };
    let invite = json!({ "name": "Ivy", "role": "LEAD" });
    let token = token_of(&act(&lead, "inviteMember", &invite).await["link"]);
    let refused = arrive(&world.app, &nztech, &known("second-account"), Some(&token)).await;
    let Err(Failure::Refused(errors)) = refused else { panic!("somebody has that address") };
    assert!(errors[0].message.contains("e-mail address"), "{errors:?}");
    // Another body's people are others, and the invitation is still there for whom it is for.
    let others = act(&world.sign_in(&ITP_LEAD).await, "inviteMember", &invite).await;
    arrive(&world.app, &itp, &known("at-itp"), Some(&token_of(&others["link"]))).await.expect("let in");
    act(&lead, "removeMember", &json!({ "id": id(&NZTECH_ASSESSOR), "version": 1 })).await;
    arrive(&world.app, &nztech, &known("second-account"), Some(&token))
        .await
        .expect("nobody has it any more");
    // Who was a member does not come back beside their other account.
    let members = lead.data("{ members(last: 1) { nodes { id version } } }", json!({})).await;
    let first = &members["members"]["nodes"][0];
    act(&lead, "removeMember", &json!({ "id": first["id"], "version": first["version"] })).await;
    for (subject, comes) in [("third-account", true), ("second-account", false)] {
        let token = token_of(&act(&lead, "inviteMember", &invite).await["link"]);
        let arrived = arrive(&world.app, &nztech, &known(subject), Some(&token)).await;
        assert_eq!(arrived.is_ok(), comes, "{subject}");
    }
}

async fn leads_list_their_own_people_and_nobody_elses(world: World) {
    let query =
        "{ members(first: 10) { nodes { role service person { name } } } invitations { totalCount } }";
    let seen = world.sign_in(&ITP_LEAD).await.data(query, json!({})).await;
    assert_eq!(
        seen["members"]["nodes"],
        json!([
            { "role": "ASSESSOR", "service": null, "person": { "name": "Dev Evans" } },
            { "role": "LEAD", "service": null, "person": { "name": "Eve Fox" } },
            { "role": "SERVICE", "service": "ITP's system", "person": null },
        ])
    );
    for member in [&NZTECH_ASSESSOR, &NZTECH_SERVICE, &KAURI_AGENT, &OFFICER, &OBSERVER] {
        let seen = world.sign_in(member).await.data("{ members { totalCount } }", json!({})).await;
        assert_eq!(seen["members"], Value::Null, "{}", member.handle);
    }
    assert_eq!(world.anybody().data(query, json!({})).await, json!({ "members": null, "invitations": null }));
}

async fn a_changed_role_holds_at_once_and_a_body_keeps_a_lead(world: World) {
    let (lead, second) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&NZTECH_SECOND).await);
    let me = json!({ "id": id(&NZTECH_LEAD), "version": 1, "role": "ASSESSOR" });
    assert_eq!(code(&lead, "changeMember", me.clone()).await, "NOT_PERMITTED id");
    let ending = json!({ "id": id(&NZTECH_LEAD), "version": 1, "endsOn": "2022-12-31" });
    assert_eq!(code(&lead, "changeMember", ending.clone()).await, "NOT_PERMITTED id");
    assert_eq!(
        code(&lead, "removeMember", json!({ "id": id(&NZTECH_LEAD), "version": 1 })).await,
        "NOT_PERMITTED id"
    );
    assert_eq!(
        code(&lead, "changeMember", json!({ "id": id(&ITP_ASSESSOR), "version": 1 })).await,
        "NOT_FOUND id"
    );
    let other = json!({ "id": id(&NZTECH_SECOND), "version": 1, "role": "LEAD" });
    let changed = act(&lead, "changeMember", &other).await;
    assert_eq!((&changed["member"]["role"], &changed["member"]["version"]), (&json!("LEAD"), &json!(2)));
    assert_eq!(second.data("{ viewer { role } }", json!({})).await["viewer"]["role"], "LEAD");
    assert_eq!(code(&lead, "changeMember", other).await, "STALE version");
    act(&second, "changeMember", &me).await;
    assert_eq!(lead.data("{ viewer { role } }", json!({})).await["viewer"]["role"], "ASSESSOR");
    assert_eq!(code(&lead, "changeMember", ending).await, "NOT_PERMITTED");
    // An end can be taken away again.
    let set = json!({ "id": id(&NZTECH_LEAD), "version": 2, "endsOn": "2022-12-31" });
    assert_eq!(act(&second, "changeMember", &set).await["member"]["endsAt"], "2022-12-31T11:00:00Z");
    let cleared = json!({ "id": id(&NZTECH_LEAD), "version": 3, "endsOn": null });
    assert_eq!(act(&second, "changeMember", &cleared).await["member"]["endsAt"], Value::Null);
}

async fn two_leads_who_end_each_other_leave_one(world: World) {
    let lead = world.sign_in(&NZTECH_LEAD).await;
    act(&lead, "changeMember", &json!({ "id": id(&NZTECH_SECOND), "version": 1, "role": "LEAD" })).await;
    let second = world.sign_in(&NZTECH_SECOND).await;
    let (one, other) = (
        json!({ "input": { "id": id(&NZTECH_SECOND), "version": 2 } }),
        json!({ "input": { "id": id(&NZTECH_LEAD), "version": 1 } }),
    );
    let document = document("removeMember");
    let (one, other) = tokio::join!(lead.graphql(&document, one), second.graphql(&document, other));
    let rows = membership::Entity::find().all(world.conn()).await.expect("rows");
    let leads = rows.iter().filter(|row| {
        row.body_id == Some(NZTECH.id()) && row.role == StaffRole::Lead && row.ends_at.is_none()
    });
    assert_eq!(leads.count(), 1, "{one} {other}");
}

async fn a_removed_member_hands_over(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let first = cases.in_assessment(&Wanted::new("N0000001"), 0).await;
    let second = cases.in_assessment(&Wanted::new("N0000002"), 5).await;
    let advised = cases.recommended(&Wanted::new("N0000003")).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    for to in [ITP_ASSESSOR.person(), NZTECH_SERVICE.person(), NZTECH_ASSESSOR.person()] {
        let to = json!({ "id": id(&NZTECH_ASSESSOR), "version": 1, "handOverTo": GlobalId::of(&to) });
        assert_eq!(code(&lead, "removeMember", to).await, "NOT_FOUND handOverTo");
    }
    let to = GlobalId::of(&NZTECH_SECOND.person());
    let remove = json!({ "id": id(&NZTECH_ASSESSOR), "version": 1, "handOverTo": to });
    let removed = act(&lead, "removeMember", &remove).await;
    let ended = removed["member"]["endsAt"].as_str().expect("an instant");
    assert_eq!(ended.parse::<chrono::DateTime<chrono::Utc>>().expect("an instant"), world.now());
    for application in [first, second] {
        let row = world.application(application).await;
        assert_eq!(
            (row.assessor_id, row.status),
            (Some(NZTECH_SECOND.person()), ApplicationStatus::InAssessment)
        );
    }
    assert_eq!(world.application(advised).await.status, ApplicationStatus::Recommended);
    let told = assessor.graphql("{ viewer { role } }", json!({})).await;
    assert_eq!(told["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let left = session::Entity::find().all(world.conn()).await.expect("rows");
    assert!(left.iter().all(|row| row.membership_id != NZTECH_ASSESSOR.membership()));
    // What nobody takes over goes back to the queue.
    act(&lead, "removeMember", &json!({ "id": id(&NZTECH_SECOND), "version": 1 })).await;
    let row = world.application(first).await;
    assert_eq!((row.assessor_id, row.status), (None, ApplicationStatus::Submitted));
    assert_eq!(
        code(&lead, "removeMember", json!({ "id": id(&NZTECH_SECOND), "version": 2 })).await,
        "WRONG_STATUS id"
    );
    let assign = json!({ "ids": [GlobalId::of(&first)], "assessor": GlobalId::of(&NZTECH_SECOND.person()) });
    assert_eq!(code(&lead, "assignApplications", assign).await, "NOT_FOUND assessor");
    assert!(nominations::check::check(&world.app).await.expect("a check").is_empty());
}

async fn what_is_in_hand_goes_back_when_access_ends_by_its_date(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let left = cases.in_assessment(&Wanted::new("N0000001"), 0).await;
    let others = cases.in_assessment(&Wanted { body: &ITP, ..Wanted::new("N0000002") }, 0).await;
    let advised = cases.recommended(&Wanted::new("N0000003")).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let ends = json!({ "id": id(&NZTECH_ASSESSOR), "version": 1, "endsOn": "2022-03-02" });
    act(&lead, "changeMember", &ends).await;
    let put_back = async || run(Job::Hands, &world.app).await.expect("a run").to_string();
    assert_eq!(put_back().await, "nothing to do");
    world.clock.move_to("2022-03-02T11:00:00Z".parse().expect("an instant"));
    assert_eq!(put_back().await, "1 put back");
    assert_eq!(put_back().await, "nothing to do");
    let row = world.application(left).await;
    assert_eq!((row.assessor_id, row.status), (None, ApplicationStatus::Submitted));
    assert_eq!(world.application(others).await.status, ApplicationStatus::InAssessment);
    assert_eq!(world.application(advised).await.status, ApplicationStatus::Recommended);
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let query =
        "query($it: String!) { application(reference: $it) { timeline(last: 1) { nodes { kind actor } } } }";
    let told = lead.data(query, json!({ "it": row.reference })).await;
    let newest = &told["application"]["timeline"]["nodes"][0];
    assert_eq!((&newest["kind"], &newest["actor"]), (&json!("ASSIGNED"), &json!("Service")), "{told}");
    // A colleague takes it up, and nobody takes it out of those hands.
    let taken = json!({ "ids": [GlobalId::of(&left)], "assessor": GlobalId::of(&NZTECH_SECOND.person()) });
    act(&lead, "assignApplications", &taken).await;
    assert_eq!(put_back().await, "nothing to do");
    assert!(nominations::check::check(&world.app).await.expect("a check").is_empty());
}

async fn nothing_is_handed_to_who_may_not_judge_it(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    let application = cases.in_assessment(&Wanted::new("N0000001"), 0).await;
    let second = world.sign_in(&NZTECH_SECOND).await;
    let nzbn = super::support::cast::KAURI.nzbn;
    let conflict =
        json!({ "id": GlobalId::of(&application), "employer": nzbn, "reason": "A sister works there." });
    act(&second, "declareConflict", &conflict).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let to = GlobalId::of(&NZTECH_SECOND.person());
    let remove = json!({ "id": id(&NZTECH_ASSESSOR), "version": 1, "handOverTo": to });
    assert_eq!(code(&lead, "removeMember", remove).await, "CONFLICT_OF_INTEREST handOverTo");
    // All of it or nothing: the member is still there.
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    assert_eq!(assessor.data("{ viewer { role } }", json!({})).await["viewer"]["role"], "ASSESSOR");
    assert_eq!(world.application(application).await.assessor_id, Some(NZTECH_ASSESSOR.person()));
}

async fn machines_are_added_with_the_bodys_own_provider(world: World) {
    with_providers(&world).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let machine = |issuer: &str| json!({ "name": "The importer", "issuer": issuer, "clientId": "importer" });
    for issuer in ["itp", "employers", "nobody", "NZTECH"] {
        assert_eq!(code(&lead, "addServiceAccount", machine(issuer)).await, "NOT_FOUND issuer", "{issuer}");
    }
    // A demo, as this world is one, has no frontends.
    let frontend_id = FrontendId(uuid::Uuid::from_u128(1));
    let nztech_id = issuer(&world, "nztech").await.id;
    let desk = frontend::Model { id: frontend_id, name: "The desk".into(), added_at: world.now() };
    let origin = frontend_origin::Model { origin: "https://desk.example.nz".into(), frontend_id };
    let client = frontend_client::Model { issuer_id: nztech_id, client_id: "desk".into(), frontend_id };
    let conn = world.conn();
    frontend::Entity::insert(desk.into_active_model()).exec_without_returning(conn).await.expect("a row");
    let row = frontend_origin::Entity::insert(origin.into_active_model());
    row.exec_without_returning(conn).await.expect("a row");
    let row = frontend_client::Entity::insert(client.into_active_model());
    row.exec_without_returning(conn).await.expect("a row");
    for client in ["desk", &issuer(&world, "nztech").await.client_id] {
        let mut machine = machine("nztech");
        machine["clientId"] = json!(client);
        assert_eq!(code(&lead, "addServiceAccount", machine).await, "INVALID clientId", "{client}");
    }
    let added = act(&lead, "addServiceAccount", &machine("nztech")).await;
    assert_eq!(added["member"]["role"], "SERVICE");
    assert_eq!(code(&lead, "addServiceAccount", machine("nztech")).await, "DUPLICATE clientId");
    let nztech = issuer(&world, "nztech").await;
    let machine_of = || nominations::people::actions::machine_of(&world.app, &nztech, "importer");
    let viewer = machine_of().await.expect("asked").expect("a machine");
    assert_eq!(viewer.member().and_then(|member| member.body), Some(NZTECH.id()));
    // Nobody signs in as a machine.
    assert!(arrive(&world.app, &nztech, &claims("importer"), None).await.is_err());
    let member = &added["member"];
    let change = json!({ "id": member["id"], "version": 1, "role": "LEAD" });
    assert_eq!(code(&lead, "changeMember", change).await, "INVALID role");
    act(&lead, "removeMember", &json!({ "id": member["id"], "version": 1 })).await;
    assert!(machine_of().await.expect("asked").is_none());
    act(&lead, "addServiceAccount", &machine("nztech")).await;
    assert!(machine_of().await.expect("asked").is_some(), "it is let in again");
}

async fn sign_ins_are_listed_and_ended_by_their_owner(world: World) {
    let (one, other) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&NZTECH_LEAD).await);
    let stranger = world.sign_in(&ITP_LEAD).await;
    let query = "{ viewer { sessions { id provider createdAt isCurrent } } }";
    let seen = one.data(query, json!({})).await;
    let sessions = seen["viewer"]["sessions"].as_array().expect("a list");
    assert_eq!(sessions.len(), 2);
    let current: Vec<_> = sessions.iter().filter(|session| session["isCurrent"] == true).collect();
    assert!(current.len() == 1 && current[0]["provider"] == Value::Null);
    let elsewhere = sessions.iter().find(|session| session["isCurrent"] == false).expect("the other");
    let end = json!({ "id": elsewhere["id"] });
    assert_eq!(code(&stranger, "endSession", end.clone()).await, "NOT_FOUND id");
    assert_eq!(act(&one, "endSession", &end).await["ended"], elsewhere["id"]);
    assert_eq!(code(&one, "endSession", end).await, "NOT_FOUND id");
    let told = other.graphql("{ viewer { role } }", json!({})).await;
    assert_eq!(told["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(one.data("{ viewer { role } }", json!({})).await["viewer"]["role"], "LEAD");
}
