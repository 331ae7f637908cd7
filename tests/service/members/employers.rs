//! Acting for an employer: asked for, approved, and let in by those who act for it already.

use entity::{employer, employer_agent, employer_claim};
use nominations::people::actions::arrive;
use nominations::providers::Claims;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{claims, code, issuer, token_of, with_providers};
use crate::service::import::target;
use crate::service::support::acts::{Target, act, document, received};
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::casework::{SPECIALIST_TECH, apply};
use crate::service::support::cast::{
    ITP_LEAD, KAURI, KAURI_AGENT, KAURI_SECOND, Member, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SERVICE, RATA,
    RATA_AGENT,
};
use crate::service::support::{Caller, World};

on_both_databases! {
    the_first_of_an_employer_is_approved_by_a_lead,
    the_next_is_let_in_by_those_who_act_for_it,
    every_body_that_has_something_of_the_employer_says_yes,
    bodies_and_those_who_act_for_the_employer_all_say_yes,
    a_body_is_told_the_same_whoever_acts_for_the_employer,
    whoever_said_yes_takes_it_back,
    a_colleagues_yes_does_not_outlive_what_it_was_said_to,
    a_lead_with_a_conflict_decides_on_nobody_of_the_employer,
    asking_tells_nobody_whom_the_service_knows,
    colleagues_are_invited_to_ones_own_employer_alone,
    a_colleagues_access_ends_with_their_invitation,
    who_was_invited_is_known_by_name_and_keeps_their_address,
    requests_are_few_and_each_stands_once,
}

/// An employer that nobody acts for yet.
const RIMU: &str = "9429900000032";
/// Two of which nothing but an interest is known.
const MIRO: &str = "9429900000049";
const HINAU: &str = "9429900000056";
const CLAIMS: &str =
    "{ employerClaims(first: 10) { totalCount nodes { id nzbn legalName status claimant reason } } }";

/// Somebody new, who has signed in with the employers' provider.
async fn newcomer(world: &World, name: &str) -> Caller {
    let signed_in = arrive(&world.app, &issuer(world, "employers").await, &claims(name), None).await;
    world.holding(signed_in.expect("signed in").token)
}

fn ask(nzbn: &str, body: &str) -> Value {
    json!({ "nzbn": nzbn, "legalName": "Rimu Robotics Limited", "body": body })
}

async fn employers_of(caller: &Caller) -> Value {
    caller.data("{ viewer { employers { nzbn } } }", json!({})).await["viewer"]["employers"].take()
}

/// Somebody says to a body that an employer is interested.
async fn interested(world: &World, nzbn: &str, body: &str) {
    let interest = json!({
        "classException": "specialist-tech", "body": body, "legalName": "Miro Limited", "nzbn": nzbn,
        "contactEmail": "interest@example.nz", "expectedWorkers": 3, "roles": ["2613"],
    });
    act(&world.anybody(), "registerInterest", &interest).await;
}

/// Where one's own requests stand, in the order of the words.
async fn status_of(caller: &Caller) -> Value {
    let seen = caller.data(CLAIMS, json!({})).await;
    let claims = seen["employerClaims"]["nodes"].as_array().expect("a list");
    let mut words: Vec<_> = claims.iter().filter_map(|claim| claim["status"].as_str()).collect();
    words.sort_unstable();
    json!(words)
}

/// The lead of a body approves somebody's request, and is told so.
async fn approve(world: &World, lead: &Member, asked: &Value) {
    let lead = world.sign_in(lead).await;
    let id = &asked["employerClaim"]["id"];
    let decision = json!({ "id": id, "approve": true });
    assert_eq!(act(&lead, "decideEmployerClaim", &decision).await["employerClaim"]["status"], "APPROVED");
    let seen = lead.data(CLAIMS, json!({})).await;
    let mut claims = seen["employerClaims"]["nodes"].as_array().expect("a list").iter();
    assert!(claims.any(|claim| claim["id"] == *id && claim["status"] == "APPROVED"), "{seen}");
}

async fn the_first_of_an_employer_is_approved_by_a_lead(world: World) {
    with_providers(&world).await;
    let zoe = newcomer(&world, "zoe").await;
    let asked = act(&zoe, "registerEmployer", &ask(RIMU, "nztech")).await;
    assert_eq!(asked["employerClaim"]["status"], "ASKED");
    let decide = |approve: bool| json!({ "id": asked["employerClaim"]["id"], "approve": approve });
    for (member, expected) in
        [(&ITP_LEAD, "NOT_FOUND id"), (&KAURI_AGENT, "NOT_FOUND id"), (&NZTECH_ASSESSOR, "NOT_PERMITTED")]
    {
        let caller = world.sign_in(member).await;
        assert_eq!(code(&caller, "decideEmployerClaim", decide(true)).await, expected, "{}", member.handle);
        let seen = caller.data(CLAIMS, json!({})).await;
        assert_ne!(seen["employerClaims"]["totalCount"], 1, "{}", member.handle);
    }
    assert_eq!(code(&zoe, "decideEmployerClaim", decide(true)).await, "SAME_PERSON id");
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let seen = lead.data(CLAIMS, json!({})).await;
    assert_eq!(seen["employerClaims"]["nodes"][0]["claimant"], "Name of zoe");
    assert_eq!(employers_of(&zoe).await, json!([]));
    assert_eq!(act(&lead, "decideEmployerClaim", &decide(true)).await["employerClaim"]["status"], "APPROVED");
    assert_eq!(status_of(&zoe).await, json!(["ACCEPTED"]));
    assert_eq!(employers_of(&zoe).await, json!([{ "nzbn": RIMU }]));
    assert_eq!(code(&lead, "decideEmployerClaim", decide(true)).await, "WRONG_STATUS id");
    let rows = employer::Entity::find().all(world.conn()).await.expect("rows");
    assert!(rows.iter().any(|row| row.nzbn == RIMU && row.legal_name == "Rimu Robotics Limited"));
}

async fn the_next_is_let_in_by_those_who_act_for_it(world: World) {
    with_providers(&world).await;
    let (zoe, yan) = (newcomer(&world, "zoe").await, newcomer(&world, "yan").await);
    let (lead, agent) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&KAURI_AGENT).await);
    let before = employer_agent::Entity::find().all(world.conn()).await.expect("rows").len();
    for (who, approve) in [(&zoe, true), (&yan, false)] {
        let asked = act(who, "registerEmployer", &ask(KAURI.nzbn, "nztech")).await;
        let id = &asked["employerClaim"]["id"];
        // Before a lead has looked at it, it is nothing to those who act for the employer.
        assert_eq!(
            code(&agent, "decideEmployerClaim", json!({ "id": id, "approve": true })).await,
            "NOT_FOUND id"
        );
        let approved = act(&lead, "decideEmployerClaim", &json!({ "id": id, "approve": true })).await;
        assert_eq!(approved["employerClaim"]["status"], "APPROVED");
        assert_eq!(employers_of(who).await, json!([]), "a lead alone opens no employer that others act for");
        assert_eq!(
            code(&lead, "decideEmployerClaim", json!({ "id": id, "approve": true })).await,
            "WRONG_STATUS id"
        );
        let stranger = world.sign_in(&RATA_AGENT).await;
        assert_eq!(
            code(&stranger, "decideEmployerClaim", json!({ "id": id, "approve": true })).await,
            "NOT_FOUND id"
        );
        let mut decision = json!({ "id": id, "approve": approve });
        if !approve {
            decision["reason"] = json!("Nobody here knows him.");
        }
        act(&agent, "decideEmployerClaim", &decision).await;
    }
    assert_eq!(employers_of(&zoe).await, json!([{ "nzbn": KAURI.nzbn }]));
    assert_eq!(employers_of(&yan).await, json!([]));
    let seen = yan.data(CLAIMS, json!({})).await;
    let declined = &seen["employerClaims"]["nodes"][0];
    assert_eq!(
        (&declined["status"], &declined["reason"]),
        (&json!("DECLINED"), &json!("Nobody here knows him."))
    );
    assert_eq!(employer_agent::Entity::find().all(world.conn()).await.expect("rows").len(), before + 1);
    assert!(nominations::check::check(&world.app).await.expect("a check").is_empty());
}

async fn every_body_that_has_something_of_the_employer_says_yes(world: World) {
    with_providers(&world).await;
    apply(&world, SPECIALIST_TECH).await;
    // NZTech has an application that it took in, and an expression of interest: nobody acts for either employer.
    let row = received(&Target { nzbn: RIMU.to_owned(), ..target() });
    let taken_in = json!({ "classException": "specialist-tech", "rows": [row], "dryRun": false });
    act(&world.sign_in(&NZTECH_SERVICE).await, "importApplications", &taken_in).await;
    interested(&world, MIRO, "nztech").await;
    for nzbn in [RIMU, MIRO] {
        let zoe = newcomer(&world, &format!("zoe-{nzbn}")).await;
        let asked = act(&zoe, "registerEmployer", &ask(nzbn, "itp")).await;
        approve(&world, &ITP_LEAD, &asked).await;
        assert_eq!(status_of(&zoe).await, json!(["APPROVED"]), "another body has something of it");
        assert_eq!(employers_of(&zoe).await, json!([]));
        // She asks the other body as well, whose yes is the last.
        assert_eq!(code(&zoe, "registerEmployer", ask(nzbn, "itp")).await, "DUPLICATE nzbn");
        let asked = act(&zoe, "registerEmployer", &ask(nzbn, "nztech")).await;
        assert_eq!(employers_of(&zoe).await, json!([]));
        approve(&world, &NZTECH_LEAD, &asked).await;
        assert_eq!(status_of(&zoe).await, json!(["ACCEPTED", "ACCEPTED"]));
        assert_eq!(employers_of(&zoe).await, json!([{ "nzbn": nzbn }]));
    }
    // A body that alone has something of an employer says yes alone.
    interested(&world, HINAU, "itp").await;
    let yan = newcomer(&world, "yan").await;
    let asked = act(&yan, "registerEmployer", &ask(HINAU, "itp")).await;
    approve(&world, &ITP_LEAD, &asked).await;
    assert_eq!(status_of(&yan).await, json!(["ACCEPTED"]));
    assert!(nominations::check::check(&world.app).await.expect("a check").is_empty());
}

async fn bodies_and_those_who_act_for_the_employer_all_say_yes(world: World) {
    with_providers(&world).await;
    let cases = Caseload::new(&world, |_| {}).await;
    cases.submitted(&Wanted::new("N0000001")).await;
    let (zoe, agent) = (newcomer(&world, "zoe").await, world.sign_in(&KAURI_AGENT).await);
    let asked = act(&zoe, "registerEmployer", &ask(KAURI.nzbn, "itp")).await;
    approve(&world, &ITP_LEAD, &asked).await;
    let decision = json!({ "id": asked["employerClaim"]["id"], "approve": true });
    let let_in = act(&agent, "decideEmployerClaim", &decision).await;
    assert_eq!(let_in["employerClaim"]["status"], "APPROVED", "NZTech has not said yes");
    assert_eq!(code(&agent, "decideEmployerClaim", decision).await, "WRONG_STATUS id");
    assert_eq!(employers_of(&zoe).await, json!([]));
    let asked = act(&zoe, "registerEmployer", &ask(KAURI.nzbn, "nztech")).await;
    approve(&world, &NZTECH_LEAD, &asked).await;
    assert_eq!(employers_of(&zoe).await, json!([{ "nzbn": KAURI.nzbn }]));
}

async fn a_body_is_told_the_same_whoever_acts_for_the_employer(world: World) {
    with_providers(&world).await;
    let mut told = Vec::new();
    for (name, nzbn) in [("zoe", KAURI.nzbn), ("yan", RIMU)] {
        let caller = newcomer(&world, name).await;
        let lead = world.sign_in(&ITP_LEAD).await;
        let asked = act(&caller, "registerEmployer", &ask(nzbn, "itp")).await;
        let id = asked["employerClaim"]["id"].as_str().expect("an id").to_owned();
        let variables = json!({ "input": { "id": id, "approve": true } });
        let answer = lead.ask(&document("decideEmployerClaim"), &variables).await;
        told.push(answer.whole().replace(&id, "id"));
        if nzbn == KAURI.nzbn {
            // What the employer's own people make of it is not the body's to know.
            let agent = world.sign_in(&KAURI_AGENT).await;
            let decision = json!({ "id": id, "approve": false, "reason": "Nobody here knows her." });
            act(&agent, "decideEmployerClaim", &decision).await;
        }
        let again = lead.graphql(&document("decideEmployerClaim"), variables).await;
        told.push(again.to_string());
        let mut seen = lead.data(CLAIMS, json!({})).await;
        let row = seen["employerClaims"]["nodes"][0].take().to_string();
        told.push(row.replace(&id, "id").replace(name, "name").replace(nzbn, "nzbn"));
    }
    assert_eq!(told[..3], told[3..]);
}

async fn whoever_said_yes_takes_it_back(world: World) {
    with_providers(&world).await;
    apply(&world, SPECIALIST_TECH).await;
    interested(&world, MIRO, "nztech").await;
    let zoe = newcomer(&world, "zoe").await;
    let itps = act(&zoe, "registerEmployer", &ask(MIRO, "itp")).await;
    let nztechs = act(&zoe, "registerEmployer", &ask(MIRO, "nztech")).await;
    approve(&world, &ITP_LEAD, &itps).await;
    approve(&world, &NZTECH_LEAD, &nztechs).await;
    assert_eq!(employers_of(&zoe).await, json!([{ "nzbn": MIRO }]));
    let colleague = json!({ "employerNzbn": MIRO, "name": "Xia" });
    let hers = token_of(&act(&zoe, "inviteColleague", &colleague).await["link"]);
    let back = |asked: &Value| json!({ "id": asked["employerClaim"]["id"], "approve": false, "reason": "She has left the company." });
    // Nobody takes back what another body has said.
    let (nztech, itp) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&ITP_LEAD).await);
    assert_eq!(code(&itp, "decideEmployerClaim", back(&nztechs)).await, "NOT_FOUND id");
    let told = act(&nztech, "decideEmployerClaim", &back(&nztechs)).await;
    assert_eq!(told["employerClaim"]["status"], "DECLINED");
    assert_eq!(code(&nztech, "decideEmployerClaim", back(&nztechs)).await, "WRONG_STATUS id");
    assert_eq!(employers_of(&zoe).await, json!([]));
    assert_eq!(status_of(&zoe).await, json!(["APPROVED", "DECLINED"]));
    let employers = issuer(&world, "employers").await;
    assert!(arrive(&world.app, &employers, &claims("xia"), Some(&hers)).await.is_err());
    // The other body's yes stands, and takes up where it was once NZTech says yes again.
    let again = act(&zoe, "registerEmployer", &ask(MIRO, "nztech")).await;
    approve(&world, &NZTECH_LEAD, &again).await;
    assert_eq!(employers_of(&zoe).await, json!([{ "nzbn": MIRO }]));
    // Somebody else who acts for the employer takes it back as well.
    let yan = newcomer(&world, "yan").await;
    for (body, lead) in [("itp", &ITP_LEAD), ("nztech", &NZTECH_LEAD)] {
        let asked = act(&yan, "registerEmployer", &ask(MIRO, body)).await;
        approve(&world, lead, &asked).await;
        if body == "itp" {
            let let_in = json!({ "id": asked["employerClaim"]["id"], "approve": true });
            act(&zoe, "decideEmployerClaim", &let_in).await;
        }
    }
    assert_eq!(employers_of(&yan).await, json!([{ "nzbn": MIRO }]));
    act(&yan, "decideEmployerClaim", &back(&itps)).await;
    assert_eq!(employers_of(&zoe).await, json!([]));
    assert_eq!(code(&yan, "registerEmployer", ask(MIRO, "itp")).await, "DUPLICATE nzbn");
    assert!(nominations::check::check(&world.app).await.expect("a check").is_empty());
}

async fn a_colleagues_yes_does_not_outlive_what_it_was_said_to(world: World) {
    with_providers(&world).await;
    let cases = Caseload::new(&world, |_| {}).await;
    cases.submitted(&Wanted::new("N0000001")).await;
    let (zoe, agent) = (newcomer(&world, "zoe").await, world.sign_in(&KAURI_AGENT).await);
    let nztech = world.sign_in(&NZTECH_LEAD).await;
    let asks = async |body: &str| act(&zoe, "registerEmployer", &ask(KAURI.nzbn, body)).await;
    let decided = |asked: &Value, approve: bool| {
        let reason = (!approve).then_some("She has left the company.");
        json!({ "id": asked["employerClaim"]["id"], "approve": approve, "reason": reason })
    };
    let (itps, nztechs) = (asks("itp").await, asks("nztech").await);
    approve(&world, &ITP_LEAD, &itps).await;
    act(&agent, "decideEmployerClaim", &decided(&itps, true)).await;
    approve(&world, &NZTECH_LEAD, &nztechs).await;
    assert_eq!(employers_of(&zoe).await, json!([{ "nzbn": KAURI.nzbn }]));

    act(&nztech, "decideEmployerClaim", &decided(&nztechs, false)).await;
    let again = asks("nztech").await;
    approve(&world, &NZTECH_LEAD, &again).await;
    assert_eq!(employers_of(&zoe).await, json!([]), "her colleague is asked anew");
    act(&agent, "decideEmployerClaim", &decided(&again, true)).await;
    assert_eq!(employers_of(&zoe).await, json!([{ "nzbn": KAURI.nzbn }]));
    // What she says to a request that stands holds for the one that another body has yet to decide.
    act(&nztech, "decideEmployerClaim", &decided(&again, false)).await;
    act(&agent, "decideEmployerClaim", &decided(&itps, true)).await;
    let third = asks("nztech").await;
    approve(&world, &NZTECH_LEAD, &third).await;
    assert_eq!(employers_of(&zoe).await, json!([{ "nzbn": KAURI.nzbn }]));
    assert!(nominations::check::check(&world.app).await.expect("a check").is_empty());
}

async fn a_lead_with_a_conflict_decides_on_nobody_of_the_employer(world: World) {
    with_providers(&world).await;
    world.conflict(&ITP_LEAD, &KAURI).await;
    let (zoe, lead) = (newcomer(&world, "zoe").await, world.sign_in(&ITP_LEAD).await);
    for (nzbn, expected) in [(KAURI.nzbn, "CONFLICT_OF_INTEREST id"), (RATA.nzbn, "none")] {
        let asked = act(&zoe, "registerEmployer", &ask(nzbn, "itp")).await;
        let id = &asked["employerClaim"]["id"];
        let decline = json!({ "id": id, "approve": false, "reason": "Not by phone." });
        assert_eq!(code(&lead, "decideEmployerClaim", decline).await, expected);
        if nzbn == KAURI.nzbn {
            let approve = json!({ "id": id, "approve": true });
            assert_eq!(code(&lead, "decideEmployerClaim", approve).await, expected);
        }
    }
}

async fn asking_tells_nobody_whom_the_service_knows(world: World) {
    with_providers(&world).await;
    let mut told = Vec::new();
    for (name, nzbn) in [("zoe", KAURI.nzbn), ("yan", RIMU)] {
        let caller = newcomer(&world, name).await;
        let employers = employer::Entity::find().all(world.conn()).await.expect("rows").len();
        let variables = json!({ "input": ask(nzbn, "nztech") });
        let answer = caller.ask(&document("registerEmployer"), &variables).await;
        let payload = &answer.json()["data"]["registerEmployer"];
        let id = payload["employerClaim"]["id"].as_str().expect("an id").to_owned();
        told.push(answer.whole().replace(&id, "id"));
        let seen = caller.data(CLAIMS, json!({})).await.to_string();
        told.push(seen.replace(&id, "id").replace(name, "name").replace(nzbn, "nzbn"));
        assert_eq!(employer::Entity::find().all(world.conn()).await.expect("rows").len(), employers);
    }
    assert_eq!(told[..2], told[2..]);
}

async fn colleagues_are_invited_to_ones_own_employer_alone(world: World) {
    with_providers(&world).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let input = |nzbn: &str| json!({ "employerNzbn": nzbn, "name": "Xia" });
    assert_eq!(code(&agent, "inviteColleague", input(RATA.nzbn)).await, "NOT_FOUND employerNzbn");
    assert_eq!(code(&agent, "inviteColleague", input(RIMU)).await, "NOT_FOUND employerNzbn");
    let invited = act(&agent, "inviteColleague", &input(KAURI.nzbn)).await;
    let stranger = world.sign_in(&RATA_AGENT).await;
    let revoke = json!({ "id": invited["invitation"]["id"] });
    assert_eq!(code(&stranger, "revokeInvitation", revoke).await, "NOT_FOUND id");
    for (member, count) in [(&KAURI_AGENT, 1), (&RATA_AGENT, 0), (&NZTECH_LEAD, 0), (&ITP_LEAD, 0)] {
        let caller = world.sign_in(member).await;
        let seen = caller.data("{ invitations { totalCount nodes { employer { nzbn } } } }", json!({})).await;
        assert_eq!(seen["invitations"]["totalCount"], count, "{}", member.handle);
    }
    let token = token_of(&invited["link"]);
    let signed_in =
        arrive(&world.app, &issuer(&world, "employers").await, &claims("xia"), Some(&token)).await;
    let xia = world.holding(signed_in.expect("signed in").token);
    assert_eq!(employers_of(&xia).await, json!([{ "nzbn": KAURI.nzbn }]));
    let name = xia.data("{ viewer { person { name } } }", json!({})).await;
    assert_eq!(name["viewer"]["person"]["name"], "Xia");
}

async fn a_colleagues_access_ends_with_their_invitation(world: World) {
    with_providers(&world).await;
    let (agent, employers) = (world.sign_in(&KAURI_AGENT).await, issuer(&world, "employers").await);
    let invite = |name: &str| json!({ "employerNzbn": KAURI.nzbn, "name": name });
    // She has asked a body first, which has said yes, and uses her colleague's link as well.
    let xia = newcomer(&world, "xia").await;
    let asked = act(&xia, "registerEmployer", &ask(KAURI.nzbn, "nztech")).await;
    approve(&world, &NZTECH_LEAD, &asked).await;
    let let_in = json!({ "id": asked["employerClaim"]["id"], "approve": true });
    act(&agent, "decideEmployerClaim", &let_in).await;
    let invited = act(&agent, "inviteColleague", &invite("Xia")).await;
    let signed_in = arrive(&world.app, &employers, &claims("xia"), Some(&token_of(&invited["link"]))).await;
    let xia = world.holding(signed_in.expect("signed in").token);
    let hers = token_of(&act(&xia, "inviteColleague", &invite("Yan")).await["link"]);
    assert_eq!(employers_of(&xia).await, json!([{ "nzbn": KAURI.nzbn }]));

    let revoke = json!({ "id": invited["invitation"]["id"] });
    for stranger in [&RATA_AGENT, &NZTECH_LEAD] {
        let caller = world.sign_in(stranger).await;
        assert_eq!(code(&caller, "revokeInvitation", revoke.clone()).await, "NOT_FOUND id");
    }
    let told = act(&agent, "revokeInvitation", &revoke).await;
    assert_eq!(told["invitation"]["state"], "REVOKED");
    assert_eq!(code(&agent, "revokeInvitation", revoke).await, "WRONG_STATUS id");
    assert_eq!((employers_of(&xia).await, status_of(&xia).await), (json!([]), json!(["APPROVED"])));
    for (account, link) in [("xia", token_of(&invited["link"])), ("yan", hers)] {
        let refused = arrive(&world.app, &employers, &claims(account), Some(&link)).await;
        assert!(refused.is_err(), "{account} comes in by a link that is dead");
    }
    assert!(nominations::check::check(&world.app).await.expect("a check").is_empty());
}

async fn who_was_invited_is_known_by_name_and_keeps_their_address(world: World) {
    with_providers(&world).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let input = json!({ "employerNzbn": KAURI.nzbn, "name": "Xia" });
    let token = token_of(&act(&agent, "inviteColleague", &input).await["link"]);
    let claims = Claims { email: Some("xia@example.nz".into()), ..claims("xia") };
    let signed_in = arrive(&world.app, &issuer(&world, "employers").await, &claims, Some(&token)).await;
    let xia = world.holding(signed_in.expect("signed in").token);
    let own = xia.data("{ viewer { person { name email } } }", json!({})).await;
    assert_eq!(own["viewer"]["person"], json!({ "name": "Xia", "email": "xia@example.nz" }));
    for member in [&KAURI_AGENT, &KAURI_SECOND] {
        let caller = world.sign_in(member).await;
        let seen = caller.data("{ invitations { nodes { usedBy { name email } } } }", json!({})).await;
        let expected = json!([{ "usedBy": { "name": "Xia", "email": null } }]);
        assert_eq!(seen["invitations"]["nodes"], expected, "{}", member.handle);
    }
}

async fn requests_are_few_and_each_stands_once(world: World) {
    with_providers(&world).await;
    let zoe = newcomer(&world, "zoe").await;
    let nzbns: Vec<String> = (0..100)
        .map(|tail| format!("94299000001{tail:02}"))
        .filter(|typed| nominations::values::nzbn::Nzbn::parse(typed).is_ok())
        .take(6)
        .collect();
    for nzbn in &nzbns[..5] {
        act(&zoe, "registerEmployer", &ask(nzbn, "nztech")).await;
        assert_eq!(code(&zoe, "registerEmployer", ask(nzbn, "nztech")).await, "DUPLICATE nzbn");
    }
    assert_eq!(code(&zoe, "registerEmployer", ask(&nzbns[0], "itp")).await, "TOO_MANY");
    assert_eq!(code(&zoe, "registerEmployer", ask(&nzbns[5], "nztech")).await, "TOO_MANY");
    let seen = zoe.data("{ employerClaims(first: 1) { totalCount nodes { id } } }", json!({})).await;
    let id = &seen["employerClaims"]["nodes"][0]["id"];
    let lead = world.sign_in(&NZTECH_LEAD).await;
    act(&lead, "decideEmployerClaim", &json!({ "id": id, "approve": false, "reason": "Not by phone." }))
        .await;
    act(&zoe, "registerEmployer", &ask(&nzbns[5], "nztech")).await;
    assert_eq!(employer_claim::Entity::find().all(world.conn()).await.expect("rows").len(), 6);
}
