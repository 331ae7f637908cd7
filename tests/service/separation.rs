//! Who may judge what: nobody twice, nobody with a conflict, and no body that has left.

use nominations::schema::GlobalId;
use serde_json::{Value, json};

use super::support::World;
use super::support::acts::{act, send};
use super::support::casework::{
    Case, SPECIALIST_TECH, application, apply, assessed, complete, done, endorsed, refused, submitted, taken,
};
use super::support::cast::{KAURI, KAURI_AGENT, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SECOND};

on_both_databases! {
    whoever_found_something_does_not_confirm_though_a_colleague_found_it_anew,
    whoever_advised_does_not_decide_though_a_colleague_found_it_all,
    advice_does_not_rest_on_findings_of_somebody_with_a_conflict,
    whoever_looked_at_the_evidence_does_not_decide,
    advice_does_not_rest_on_a_look_of_somebody_with_a_conflict,
    a_lead_with_a_conflict_gives_nobody_the_employers_applications,
    a_draft_is_not_handed_in_to_a_body_that_has_left,
}

async fn whoever_found_something_does_not_confirm_though_a_colleague_found_it_anew(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let (agent, assessor) = (world.sign_in(&KAURI_AGENT).await, world.sign_in(&NZTECH_ASSESSOR).await);
    let lead = world.sign_in(&NZTECH_LEAD).await;
    submitted(&agent, complete()).await;
    let case = taken(&assessor).await;
    let finding =
        json!({ "criterion": "role", "outcome": "MET", "role": "2613", "occupationCode": "261313" });
    let case = done(&lead, "recordAssessment", case.with(finding)).await;
    // The assessor finds everything anew and advises: of the lead's finding only its record is left.
    let case = endorsed(&assessor, assessed(&assessor, case).await).await;
    let seen = "query($id: ID!) { node(id: $id) { ... on Application { assessments { criterion assessor { name } } availableActions } } }";
    let told = lead.data(seen, json!({ "id": case.id })).await;
    let assessments = told["node"]["assessments"].as_array().expect("a list");
    assert_eq!(assessments.len(), 5, "{assessments:?}");
    assert!(assessments.iter().all(|one| one["assessor"]["name"] == NZTECH_ASSESSOR.name), "{assessments:?}");
    assert_eq!(refused(&lead, "confirm", case.with(json!({}))).await, "SAME_PERSON");
    let actions = told["node"]["availableActions"].as_array().expect("a list");
    assert!(!actions.contains(&json!("CONFIRM")), "{actions:?}");
}

async fn whoever_advised_does_not_decide_though_a_colleague_found_it_all(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let (agent, assessor) = (world.sign_in(&KAURI_AGENT).await, world.sign_in(&NZTECH_ASSESSOR).await);
    let lead = world.sign_in(&NZTECH_LEAD).await;
    submitted(&agent, complete()).await;
    let case = assessed(&assessor, taken(&assessor).await).await;
    let case = done(&lead, "recommend", case.with(json!({ "outcome": "ENDORSE" }))).await;
    let told = application(&lead, &case, "assessments { assessor { name } } availableActions").await;
    let assessments = told["assessments"].as_array().expect("a list");
    assert!(assessments.iter().all(|one| one["assessor"]["name"] == NZTECH_ASSESSOR.name), "{assessments:?}");
    assert_eq!(refused(&lead, "confirm", case.with(json!({}))).await, "SAME_PERSON");
    let actions = told["availableActions"].as_array().expect("a list");
    assert!(!actions.contains(&json!("CONFIRM")), "{actions:?}");
}

async fn advice_does_not_rest_on_findings_of_somebody_with_a_conflict(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let (agent, assessor) = (world.sign_in(&KAURI_AGENT).await, world.sign_in(&NZTECH_ASSESSOR).await);
    let (second, lead) = (world.sign_in(&NZTECH_SECOND).await, world.sign_in(&NZTECH_LEAD).await);
    submitted(&agent, complete()).await;
    let case = assessed(&assessor, taken(&assessor).await).await;
    let conflict = json!({ "id": case.id, "employer": KAURI.nzbn, "reason": "A cousin works there." });
    done(&assessor, "declareConflict", conflict).await;
    // It went back to the queue; whoever takes it next has to find everything anew.
    let case = taken(&second).await;
    let finding = json!({ "criterion": "salary", "outcome": "MET" });
    let refused_to_judge = refused(&assessor, "recordAssessment", case.with(finding)).await;
    assert_eq!(refused_to_judge, "CONFLICT_OF_INTEREST");
    let endorse = json!({ "outcome": "ENDORSE" });
    assert_eq!(refused(&second, "recommend", case.with(endorse)).await, "ASSESSMENT_INCOMPLETE");
    let case = endorsed(&second, assessed(&second, case).await).await;
    done(&lead, "confirm", case.with(json!({}))).await;
}

/// An application with a record of evidence, in the assessor's hands, and the record.
async fn with_a_record(world: &World, of_employer: bool) -> (Case, Value) {
    let (agent, assessor) = (world.sign_in(&KAURI_AGENT).await, world.sign_in(&NZTECH_ASSESSOR).await);
    let draft = done(&agent, "createApplication", complete()).await;
    let record = json!({ "kind": "PROGRAMME", "title": "Summer of Tech", "ofEmployer": of_employer });
    let draft = done(&agent, "addEvidence", draft.with(record)).await;
    let evidence = application(&agent, &draft, "evidence { id }").await["evidence"][0]["id"].take();
    done(&agent, "submitApplication", draft.with(json!({ "declaration": true }))).await;
    (taken(&assessor).await, evidence)
}

async fn whoever_looked_at_the_evidence_does_not_decide(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let (assessor, lead) = (world.sign_in(&NZTECH_ASSESSOR).await, world.sign_in(&NZTECH_LEAD).await);
    for of_employer in [false, true] {
        let (case, evidence) = with_a_record(&world, of_employer).await;
        let look = json!({ "evidence": evidence, "genuine": true });
        act(&lead, "verifyEvidence", &look).await;
        let case = endorsed(&assessor, case).await;
        assert_eq!(refused(&lead, "confirm", case.with(json!({}))).await, "SAME_PERSON");
        let actions = application(&lead, &case, "availableActions").await;
        assert!(
            !actions["availableActions"].as_array().expect("a list").contains(&json!("CONFIRM")),
            "{actions}"
        );
        // Once a colleague has looked, the lead's look counts no more.
        act(&world.sign_in(&NZTECH_SECOND).await, "verifyEvidence", &look).await;
        done(&lead, "confirm", case.with(json!({}))).await;
    }
}

async fn advice_does_not_rest_on_a_look_of_somebody_with_a_conflict(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let (assessor, lead) = (world.sign_in(&NZTECH_ASSESSOR).await, world.sign_in(&NZTECH_LEAD).await);
    let (case, evidence) = with_a_record(&world, false).await;
    let look = json!({ "evidence": evidence, "genuine": true });
    act(&world.sign_in(&NZTECH_SECOND).await, "verifyEvidence", &look).await;
    let case = endorsed(&assessor, case).await;
    world.conflict(&NZTECH_SECOND, &KAURI).await;
    assert_eq!(refused(&lead, "confirm", case.with(json!({}))).await, "CONFLICT_OF_INTEREST");
    act(&assessor, "verifyEvidence", &look).await;
    done(&lead, "confirm", case.with(json!({}))).await;
}

async fn a_lead_with_a_conflict_gives_nobody_the_employers_applications(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let (agent, lead) = (world.sign_in(&KAURI_AGENT).await, world.sign_in(&NZTECH_LEAD).await);
    let case = submitted(&agent, complete()).await;
    assert_eq!(taken(&world.sign_in(&NZTECH_ASSESSOR).await).await.id, case.id);
    world.conflict(&NZTECH_LEAD, &KAURI).await;
    let second = GlobalId::of(&NZTECH_SECOND.person()).to_string();
    for assessor in [json!(second), json!(null)] {
        let assign = json!({ "ids": [case.id], "assessor": assessor });
        assert_eq!(refused(&lead, "assignApplications", assign).await, "CONFLICT_OF_INTEREST");
    }
    let actions = application(&lead, &case, "availableActions").await;
    assert!(!actions["availableActions"].as_array().expect("a list").contains(&json!("ASSIGN")), "{actions}");
    // Nor to whom a member hands over; but access is ended all the same, and what was in hand goes back to the queue.
    let member = GlobalId::of(&NZTECH_ASSESSOR.membership()).to_string();
    let remove = json!({ "id": member, "version": 1, "handOverTo": second });
    let refused = send(&lead, "removeMember", &remove).await;
    assert_eq!(refused["userErrors"][0]["code"], "CONFLICT_OF_INTEREST", "{refused}");
    act(&lead, "removeMember", &json!({ "id": member, "version": 1 })).await;
    let left = application(&lead, &case, "status assessor { name }").await;
    assert_eq!(left, json!({ "status": "SUBMITTED", "assessor": null }));
}

async fn a_draft_is_not_handed_in_to_a_body_that_has_left(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let draft = done(&agent, "createApplication", complete()).await;
    let left = SPECIALIST_TECH.replacen("prefix = \"NZT\"", "prefix = \"NZT\"\nends_on = \"2022-02-27\"", 1);
    apply(&world, &left).await;
    let submit = json!({ "declaration": true });
    assert_eq!(refused(&agent, "submitApplication", draft.with(submit.clone())).await, "WINDOW_CLOSED");
    assert_eq!(refused(&agent, "createApplication", complete()).await, "NOT_FOUND");
    apply(&world, &left.replace("2022-02-27", "2022-12-31")).await;
    done(&agent, "submitApplication", draft.with(submit)).await;
}
