//! The rulings for hard cases, each by its name: questions, second thoughts, withdrawals and corrections, through the API,
//! and `check` at the end of each.

use nominations::applications::actions::keep_questions;
use nominations::check::check;
use nominations::tenancy::SystemScope;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::support::casework::{
    Case, SPECIALIST_TECH, application, apply, assessed, complete, current, done, endorsed, merged, payload,
    refusal, refused, submitted, taken, worker,
};
use super::support::cast::{ITP_LEAD, KAURI_AGENT, NZTECH_ASSESSOR, NZTECH_LEAD, NZTECH_SECOND, RATA_AGENT};
use super::support::{Caller, World};

on_both_databases! {
    advice_and_decision_who_disagrees_sends_back,
    questions_stop_the_clock_and_several_may_be_open,
    questions_are_reminded_of_and_expire_and_nothing_is_declined,
    a_returned_application_is_submitted_again_and_findings_before_that_do_not_stand,
    reconsideration_is_by_people_who_took_no_part_and_within_28_days,
    on_hold_comes_to_no_place_until_released,
    withdrawn_before_publication_the_place_is_the_next_ones_at_once,
    revoked_after_publication_the_place_is_returning,
    a_granted_visa_refuses_withdrawing_revoking_and_replacing,
    a_worker_is_replaced_and_the_place_passes_on_confirmation,
    an_invitation_refuses_the_replacement,
    facts_are_corrected_by_two_people_and_the_place_stays,
    corrections_in_a_row_make_no_other_worker,
    once_invited_a_new_passport_comes_alone,
    a_rehearsal_tells_what_the_act_does_and_changes_nothing,
    a_rehearsal_tells_nothing_of_whoever_the_act_would_unblock,
    what_the_employer_changed_since_its_return_is_submitted_again,
    a_replacement_on_hold_takes_nothing_over,
    one_replacement_stands_at_a_time_also_when_an_earlier_one_is_reconsidered,
    a_replacement_is_for_the_same_role,
    a_correction_by_somebody_with_a_conflict_is_not_accepted,
}

struct People {
    agent: Caller,
    assessor: Caller,
    lead: Caller,
}

async fn people(world: &World, places: &str) -> People {
    apply(world, &SPECIALIST_TECH.replace("places = 600", &format!("places = {places}"))).await;
    People {
        agent: world.sign_in(&KAURI_AGENT).await,
        assessor: world.sign_in(&NZTECH_ASSESSOR).await,
        lead: world.sign_in(&NZTECH_LEAD).await,
    }
}

impl People {
    async fn submitted(&self, world: &World, passport: &str) -> Case {
        world.wait_minutes(1);
        submitted(&self.agent, merged(complete(), json!({ "worker": worker(passport) }))).await
    }

    async fn in_assessment(&self, world: &World, passport: &str) -> Case {
        let case = self.submitted(world, passport).await;
        assert_eq!(taken(&self.assessor).await.id, case.id);
        current(&self.assessor, &case).await
    }

    async fn recommended(&self, world: &World, passport: &str) -> Case {
        let case = self.in_assessment(world, passport).await;
        endorsed(&self.assessor, case).await
    }

    async fn confirmed(&self, world: &World, passport: &str) -> Case {
        let case = self.recommended(world, passport).await;
        done(&self.lead, "confirm", case.with(json!({}))).await
    }
}

async fn seen(caller: &Caller, case: &Case, field: &str) -> Value {
    let name = field.split(' ').next().expect("a field");
    application(caller, case, field).await[name].take()
}

async fn all_holds(world: &World) {
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn plant(world: &World, sql: &str) {
    let statement = Statement::from_string(world.app.db.backend(), sql);
    world.conn().execute_raw(statement).await.expect("a change by hand");
}

async fn advice_and_decision_who_disagrees_sends_back(world: World) {
    let people = people(&world, "600").await;
    let (assessor, lead) = (&people.assessor, &people.lead);
    let case = people.recommended(&world, "N1000001").await;
    assert_eq!(refused(lead, "decline", case.with(json!({ "reasons": ["OTHER"] }))).await, "WRONG_STATUS");
    let case = done(lead, "sendBack", case.with(json!({ "note": "The pay is not shown." }))).await;
    assert_eq!(seen(assessor, &case, "status").await, "IN_ASSESSMENT");
    assert_eq!(seen(assessor, &case, "sendBackNote").await, "The pay is not shown.");
    assert_eq!(seen(&people.agent, &case, "sendBackNote").await, Value::Null);
    assert_eq!(seen(assessor, &case, "recommendation { outcome }").await, Value::Null);
    let decline = json!({ "outcome": "DECLINE", "reasons": ["PAY_BELOW_THRESHOLD"] });
    let case = done(assessor, "recommend", case.with(decline)).await;
    assert_eq!(refused(lead, "confirm", case.with(json!({}))).await, "WRONG_STATUS");
    assert_eq!(refused(lead, "decline", case.with(json!({ "reasons": [] }))).await, "REQUIRED");
    let reasons = json!({ "reasons": ["PAY_BELOW_THRESHOLD"], "note": "Below." });
    let case = done(lead, "decline", case.with(reasons)).await;
    let told = application(&people.agent, &case, "status decision { outcome reasons note }").await;
    assert_eq!(told["status"], "DECLINED");
    let decision = json!({ "outcome": "DECLINED", "reasons": ["PAY_BELOW_THRESHOLD"], "note": null });
    assert_eq!(told["decision"], decision);
    all_holds(&world).await;
}

async fn questions_stop_the_clock_and_several_may_be_open(world: World) {
    let people = people(&world, "600").await;
    let (agent, assessor) = (&people.agent, &people.assessor);
    let case = people.in_assessment(&world, "N1000001").await;
    // Twenty working days after Tuesday 1 March.
    assert_eq!(seen(agent, &case, "dueAt").await, "2022-03-29T11:00:00Z");
    let case = assessed(assessor, case).await;
    let case = done(assessor, "requestInformation", case.with(json!({ "question": "Which?" }))).await;
    world.wait_minutes(1);
    let asked = json!({ "criterion": "salary", "question": "How much?", "dueOn": "2022-03-10" });
    let case = done(assessor, "requestInformation", case.with(asked)).await;
    let shown =
        application(agent, &case, "status dueAt informationRequests { id question dueOn status }").await;
    assert_eq!((&shown["status"], &shown["dueAt"]), (&json!("INFORMATION_REQUESTED"), &Value::Null));
    let first = &shown["informationRequests"][0];
    // Ten working days.
    assert_eq!((&first["question"], &first["dueOn"]), (&json!("Which?"), &json!("2022-03-15")));
    assert_eq!(
        refused(assessor, "recommend", case.with(json!({ "outcome": "ENDORSE" }))).await,
        "OPEN_QUESTION"
    );
    // Two working days pass.
    world.wait_minutes(2 * 24 * 60);
    let (agent, assessor) = (&world.sign_in(&KAURI_AGENT).await, &world.sign_in(&NZTECH_ASSESSOR).await);
    let answer = json!({ "request": first["id"], "answer": "This one." });
    let case = done(agent, "answerInformationRequest", case.with(answer.clone())).await;
    assert_eq!(seen(agent, &case, "status").await, "INFORMATION_REQUESTED");
    assert_eq!(refused(agent, "answerInformationRequest", case.with(answer)).await, "WRONG_STATUS");
    let cancel =
        json!({ "request": shown["informationRequests"][1]["id"], "reason": "It is in the agreement." });
    let case = done(assessor, "cancelInformationRequest", case.with(cancel)).await;
    let shown =
        application(agent, &case, "status dueAt informationRequests { status answer cancelReason }").await;
    assert_eq!(
        (&shown["status"], &shown["dueAt"]),
        (&json!("IN_ASSESSMENT"), &json!("2022-03-31T11:00:00Z"))
    );
    assert_eq!(shown["informationRequests"][0]["answer"], "This one.");
    assert_eq!(shown["informationRequests"][1]["cancelReason"], "It is in the agreement.");
    done(assessor, "recommend", case.with(json!({ "outcome": "ENDORSE" }))).await;
    all_holds(&world).await;
}

async fn questions_are_reminded_of_and_expire_and_nothing_is_declined(world: World) {
    let people = people(&world, "600").await;
    let case = people.in_assessment(&world, "N1000001").await;
    let asked = json!({ "question": "Which?", "dueOn": "2022-03-10" });
    let case = done(&people.assessor, "requestInformation", case.with(asked)).await;
    let scope = SystemScope::of("test");
    let turn = async || {
        let done = keep_questions(&world.app, &scope).await.expect("a turn");
        (done.reminded, done.expired)
    };
    world.clock.move_to("2022-03-07T10:59:59Z".parse().expect("an instant"));
    assert_eq!(turn().await, (0, 0));
    // Tuesday 8 March begins: two working days before Thursday 10.
    world.clock.move_to("2022-03-07T11:00:00Z".parse().expect("an instant"));
    assert_eq!((turn().await, turn().await), ((1, 0), (0, 0)));
    world.clock.move_to("2022-03-10T10:59:59Z".parse().expect("an instant"));
    assert_eq!(turn().await, (0, 0));
    world.clock.move_to("2022-03-10T11:00:00Z".parse().expect("an instant"));
    assert_eq!((turn().await, turn().await), ((0, 1), (0, 0)));
    let shown = application(
        &world.sign_in(&KAURI_AGENT).await,
        &case,
        "status dueAt informationRequests { status remindedAt }",
    )
    .await;
    assert_eq!(shown["status"], "IN_ASSESSMENT");
    assert_eq!(shown["informationRequests"][0]["status"], "EXPIRED");
    assert_eq!(shown["informationRequests"][0]["remindedAt"], "2022-03-07T11:00:00Z");
    assert!(shown["dueAt"].is_string());
    all_holds(&world).await;
}

async fn a_returned_application_is_submitted_again_and_findings_before_that_do_not_stand(world: World) {
    let people = people(&world, "600").await;
    let (agent, assessor) = (&people.agent, &people.assessor);
    let case = people.in_assessment(&world, "N1000001").await;
    let case = assessed(assessor, case).await;
    let case = done(assessor, "requestInformation", case.with(json!({ "question": "Which?" }))).await;
    let case = done(&people.lead, "returnApplication", case.with(json!({ "note": "No duties." }))).await;
    let shown = application(agent, &case, "status returnNote dueAt informationRequests { status }").await;
    assert_eq!((&shown["status"], &shown["returnNote"]), (&json!("RETURNED"), &json!("No duties.")));
    assert_eq!(shown["informationRequests"][0]["status"], "CANCELLED");
    let case = done(agent, "updateApplication", case.with(json!({ "duties": "Writes software." }))).await;
    world.wait_minutes(10);
    let case = done(agent, "submitApplication", case.with(json!({ "declaration": true }))).await;
    assert_eq!(taken(assessor).await.id, case.id);
    let case = current(assessor, &case).await;
    let shown = application(assessor, &case, "submittedAt assessments { criterion }").await;
    assert_eq!((&shown["submittedAt"], &shown["assessments"]), (&json!("2022-03-01T00:11:00Z"), &json!([])));
    let endorse = case.with(json!({ "outcome": "ENDORSE" }));
    assert_eq!(refused(assessor, "recommend", endorse).await, "ASSESSMENT_INCOMPLETE");
    endorsed(assessor, case).await;
    all_holds(&world).await;
}

async fn reconsideration_is_by_people_who_took_no_part_and_within_28_days(world: World) {
    let people = people(&world, "600").await;
    let case = people.in_assessment(&world, "N1000001").await;
    let decline = json!({ "outcome": "DECLINE", "reasons": ["OTHER"] });
    let case = done(&people.assessor, "recommend", case.with(decline)).await;
    let case = done(&people.lead, "decline", case.with(json!({ "reasons": ["OTHER"] }))).await;
    let again = json!({ "note": "New facts." });
    assert_eq!(refused(&people.lead, "reconsider", case.with(again.clone())).await, "SAME_PERSON");
    // A colleague becomes a lead.
    plant(&world, "UPDATE membership SET role = 'LEAD' WHERE person_id = (SELECT id FROM person WHERE handle = 'nztech-second')").await;
    let too_late = "2022-03-29T11:00:00Z".parse().expect("an instant");
    world.clock.move_to(too_late);
    let late = world.sign_in(&NZTECH_SECOND).await;
    assert_eq!(refused(&late, "reconsider", case.with(again.clone())).await, "DEADLINE_PASSED");
    world.clock.move_to(too_late - chrono::TimeDelta::microseconds(1));
    let second = world.sign_in(&NZTECH_SECOND).await;
    let case = done(&second, "reconsider", case.with(again)).await;
    let shown =
        application(&second, &case, "status assessor { name } submittedAt assessments { criterion }").await;
    assert_eq!((&shown["status"], &shown["assessor"]), (&json!("IN_ASSESSMENT"), &Value::Null));
    assert_eq!(shown["submittedAt"], "2022-03-01T00:01:00Z");
    for took_part in [&NZTECH_ASSESSOR, &NZTECH_LEAD] {
        let caller = world.sign_in(took_part).await;
        let finding = case.with(json!({ "criterion": "salary", "outcome": "MET" }));
        assert_eq!(refused(&caller, "recordAssessment", finding).await, "SAME_PERSON");
    }
    all_holds(&world).await;
}

async fn on_hold_comes_to_no_place_until_released(world: World) {
    let people = people(&world, "1").await;
    let case = people.recommended(&world, "N1000001").await;
    let reason = json!({ "reason": "A complaint." });
    let case = done(&people.lead, "holdApplication", case.with(reason.clone())).await;
    assert_eq!(refused(&people.lead, "holdApplication", case.with(reason)).await, "WRONG_STATUS");
    assert_eq!(seen(&people.assessor, &case, "holdReason").await, "A complaint.");
    assert_eq!(seen(&people.agent, &case, "holdReason").await, Value::Null);
    let case = done(&people.lead, "confirm", case.with(json!({}))).await;
    let shown = application(&people.lead, &case, "status place { number } queuePosition").await;
    assert_eq!(shown, json!({ "status": "CONFIRMED", "place": null, "queuePosition": null }));
    let other = people.confirmed(&world, "N1000002").await;
    assert_eq!(seen(&people.lead, &other, "status").await, "NOMINATED");
    let case = done(&people.lead, "releaseHold", case.with(json!({ "note": "Settled." }))).await;
    assert_eq!(seen(&people.lead, &case, "status").await, "CONFIRMED");
    done(&people.agent, "withdrawApplication", other.with(json!({ "reason": "No more." }))).await;
    assert_eq!(seen(&people.lead, &case, "status").await, "NOMINATED");
    all_holds(&world).await;
}

async fn withdrawn_before_publication_the_place_is_the_next_ones_at_once(world: World) {
    let people = people(&world, "1").await;
    let case = people.confirmed(&world, "N1000001").await;
    let next = people.confirmed(&world, "N1000002").await;
    let reference = seen(&people.agent, &next, "reference").await;
    let impact =
        "application { status endReason } impact { placesReturned releaseLinesRemoved nextInLine summary }";
    let reason = json!({ "reason": "The worker declined the offer." });
    let told = payload(&people.agent, "withdrawApplication", impact, case.with(reason)).await;
    assert_eq!(told["userErrors"], json!([]));
    assert_eq!(told["application"]["status"], "WITHDRAWN");
    assert_eq!(told["application"]["endReason"], "The worker declined the offer.");
    assert_eq!(told["impact"]["placesReturned"], 1);
    assert_eq!(told["impact"]["releaseLinesRemoved"], 0);
    assert_eq!(told["impact"]["nextInLine"], reference);
    let shown = application(&people.lead, &next, "status place { number state }").await;
    assert_eq!(shown, json!({ "status": "NOMINATED", "place": { "number": 1, "state": "RESERVED" } }));
    all_holds(&world).await;
}

async fn revoked_after_publication_the_place_is_returning(world: World) {
    let people = people(&world, "1").await;
    let case = people.confirmed(&world, "N1000001").await;
    let next = people.confirmed(&world, "N1000002").await;
    world.published().await;
    let impact =
        "application { status place { state } } impact { placesReturned releaseLinesRemoved nextInLine }";
    let told =
        payload(&people.lead, "revokeNomination", impact, case.with(json!({ "reason": "Untrue." }))).await;
    assert_eq!(told["application"], json!({ "status": "REVOKED", "place": { "state": "RETURNING" } }));
    let one_line = json!({ "placesReturned": 1, "releaseLinesRemoved": 1, "nextInLine": null });
    assert_eq!(told["impact"], one_line);
    assert_eq!(seen(&people.lead, &next, "status").await, "CONFIRMED");
    all_holds(&world).await;
}

async fn a_granted_visa_refuses_withdrawing_revoking_and_replacing(world: World) {
    let people = people(&world, "1").await;
    let case = people.confirmed(&world, "N1000001").await;
    agency_says(&world, "VISA_GRANTED").await;
    let reason = json!({ "reason": "No more." });
    assert_eq!(
        refused(&people.agent, "withdrawApplication", case.with(reason.clone())).await,
        "VISA_GRANTED"
    );
    assert_eq!(refused(&people.lead, "revokeNomination", case.with(reason)).await, "VISA_GRANTED");
    let other = json!({ "worker": worker("N1000009"), "reason": "Another." });
    assert_eq!(refused(&people.agent, "replaceWorker", case.with(other)).await, "VISA_GRANTED");
}

async fn agency_says(world: &World, status: &str) {
    let sql = format!(
        "INSERT INTO agency_case (application_id, body_id, status, at) SELECT id, body_id, '{status}', updated_at \
         FROM application WHERE status = 'NOMINATED'"
    );
    plant(world, &sql).await;
}

async fn a_worker_is_replaced_and_the_place_passes_on_confirmation(world: World) {
    let people = people(&world, "1").await;
    let agent = &people.agent;
    let old = people.confirmed(&world, "N1000001").await;
    let same = json!({ "worker": worker("N1000001"), "reason": "A typo." });
    let expected = [("INVALID".to_owned(), vec!["worker".to_owned(), "passportNumber".to_owned()])];
    assert_eq!(refusal(agent, "replaceWorker", old.with(same)).await, expected);
    // It goes on when the window is closed; sessions have ended by then.
    world.clock.move_to("2022-08-02T00:00:00Z".parse().expect("an instant"));
    let (agent, assessor, lead) = (
        &world.sign_in(&KAURI_AGENT).await,
        &world.sign_in(&NZTECH_ASSESSOR).await,
        &world.sign_in(&NZTECH_LEAD).await,
    );
    let other = json!({ "worker": worker("N1000009"), "reason": "The first one declined." });
    let new = done(agent, "replaceWorker", old.with(other.clone())).await;
    assert_ne!(new.id, old.id);
    assert_eq!(refused(agent, "replaceWorker", old.with(other)).await, "DUPLICATE");
    assert_eq!(seen(lead, &old, "supersededBy { id }").await, Value::Null, "the body sees no draft");
    let new = done(agent, "submitApplication", new.with(json!({ "declaration": true }))).await;
    assert_eq!(taken(assessor).await.id, new.id);
    let new = endorsed(assessor, current(assessor, &new).await).await;
    assert_eq!(seen(lead, &old, "status").await, "NOMINATED");
    let new = done(lead, "confirm", new.with(json!({}))).await;
    let fields = "status place { number state } supersedes { id } supersededBy { id }";
    let shown = application(lead, &new, fields).await;
    assert_eq!(shown["place"], json!({ "number": 1, "state": "RESERVED" }));
    assert_eq!((&shown["status"], &shown["supersedes"]["id"]), (&json!("NOMINATED"), &json!(old.id)));
    let shown = application(lead, &old, fields).await;
    assert_eq!((&shown["status"], &shown["place"]), (&json!("SUPERSEDED"), &Value::Null));
    assert_eq!(shown["supersededBy"]["id"], new.id);
    all_holds(&world).await;
}

async fn an_invitation_refuses_the_replacement(world: World) {
    let people = people(&world, "1").await;
    let case = people.confirmed(&world, "N1000001").await;
    agency_says(&world, "INVITED").await;
    let other = json!({ "worker": worker("N1000009"), "reason": "Another." });
    assert_eq!(refused(&people.agent, "replaceWorker", case.with(other)).await, "INVITATION_ISSUED");
    done(&people.agent, "withdrawApplication", case.with(json!({ "reason": "No more." }))).await;
}

async fn facts_are_corrected_by_two_people_and_the_place_stays(world: World) {
    let people = people(&world, "2").await;
    let (assessor, lead) = (&people.assessor, &people.lead);
    let case = people.confirmed(&world, "N1000001").await;
    let blocked = people.confirmed(&world, "N1000001").await;
    assert_eq!(seen(lead, &blocked, "status").await, "CONFIRMED", "its worker holds a place");
    let nothing = json!({ "reason": "None.", "jobTitle": "Software Engineer" });
    assert_eq!(refused(assessor, "amendNomination", case.with(nothing)).await, "INVALID");
    let change = json!({ "reason": "The passport was renewed.", "worker": worker("N7654321") });
    let case = done(assessor, "amendNomination", case.with(change.clone())).await;
    assert_eq!(refused(assessor, "amendNomination", case.with(change)).await, "WRONG_STATUS");
    let pending = seen(lead, &case, "pendingAmendment { id reason changes { field before after } }").await;
    let changes = json!([{ "field": "worker.passportNumber", "before": "…001", "after": "…321" }]);
    assert_eq!(pending["changes"], changes);
    assert_eq!(seen(&people.agent, &case, "pendingAmendment { id }").await, Value::Null);
    let accept = json!({ "amendment": pending["id"], "accept": true });
    let case = done(lead, "confirmAmendment", case.with(accept)).await;
    let shown =
        application(lead, &case, "status place { number } worker { passportHint } pendingAmendment { id }")
            .await;
    assert_eq!((&shown["status"], &shown["place"]["number"]), (&json!("NOMINATED"), &json!(1)));
    assert_eq!((&shown["worker"]["passportHint"], &shown["pendingAmendment"]), (&json!("321"), &Value::Null));
    assert_eq!(seen(lead, &blocked, "status").await, "NOMINATED", "nobody holds a place by the old passport");
    all_holds(&world).await;
}

/// A correction of the worker by the assessor that the lead accepts.
async fn corrected(people: &People, case: Case, worker: &Value) -> Case {
    let change = json!({ "reason": "A typo.", "worker": worker });
    let case = done(&people.assessor, "amendNomination", case.with(change)).await;
    let pending = seen(&people.lead, &case, "pendingAmendment { id }").await;
    let accept = json!({ "amendment": pending["id"], "accept": true });
    done(&people.lead, "confirmAmendment", case.with(accept)).await
}

/// How a correction of the worker is refused.
async fn not_corrected(people: &People, case: &Case, worker: &Value) -> String {
    let change = json!({ "reason": "A typo.", "worker": worker });
    let mut refusal = refusal(&people.assessor, "amendNomination", case.with(change)).await;
    let (code, field) = refusal.remove(0);
    assert_eq!(field, ["worker"]);
    code
}

async fn corrections_in_a_row_make_no_other_worker(world: World) {
    let people = people(&world, "2").await;
    let another = || merged(worker("N7654321"), json!({ "familyName": "Mori", "dateOfBirth": "1988-01-02" }));
    // At once, by the passport first, and by the passport last.
    let case = people.confirmed(&world, "N1000001").await;
    assert_eq!(not_corrected(&people, &case, &another()).await, "INVALID");
    let case = corrected(&people, case, &worker("N7654321")).await;
    let case = corrected(&people, case, &merged(worker("N7654321"), json!({ "familyName": "Mori" }))).await;
    assert_eq!(not_corrected(&people, &case, &another()).await, "INVALID");
    let case = people.confirmed(&world, "N1000002").await;
    let named = merged(another(), json!({ "passportNumber": "N1000002" }));
    let case = corrected(&people, case, &named).await;
    let renewed = merged(another(), json!({ "passportNumber": "N8888888" }));
    assert_eq!(not_corrected(&people, &case, &renewed).await, "INVALID");
    // What was changed back was not changed.
    let back = merged(another(), json!({ "passportNumber": "N1000002", "dateOfBirth": "1990-04-23" }));
    let case = corrected(&people, case, &back).await;
    corrected(&people, case, &merged(back, json!({ "passportNumber": "N8888888" }))).await;
    all_holds(&world).await;
}

async fn once_invited_a_new_passport_comes_alone(world: World) {
    let people = people(&world, "2").await;
    let named = json!({ "givenNames": "Minako" });
    let renewed = people.confirmed(&world, "N1000001").await;
    let waiting = people.confirmed(&world, "N1000002").await;
    // One correction waits while the agency invites the worker.
    let both = json!({ "reason": "Typos.", "worker": merged(worker("N7000002"), named.clone()) });
    let waiting = done(&people.assessor, "amendNomination", waiting.with(both)).await;
    agency_says(&world, "INVITED").await;
    let pending = seen(&people.lead, &waiting, "pendingAmendment { id }").await;
    let accept = waiting.with(json!({ "amendment": pending["id"], "accept": true }));
    assert_eq!(refused(&people.lead, "confirmAmendment", accept).await, "INVITATION_ISSUED");
    let reject = waiting.with(json!({ "amendment": pending["id"], "accept": false }));
    let waiting = done(&people.lead, "confirmAmendment", reject).await;
    corrected(&people, waiting, &merged(worker("N1000002"), named.clone())).await;
    // A renewed passport is corrected, and nothing else of the worker from then on.
    let renewed = corrected(&people, renewed, &worker("N7000001")).await;
    let code = not_corrected(&people, &renewed, &merged(worker("N7000001"), named)).await;
    assert_eq!(code, "INVITATION_ISSUED");
    let born = merged(worker("N7000001"), json!({ "dateOfBirth": "1990-04-24" }));
    assert_eq!(not_corrected(&people, &renewed, &born).await, "INVITATION_ISSUED");
}

async fn a_rehearsal_tells_what_the_act_does_and_changes_nothing(world: World) {
    let people = people(&world, "1").await;
    let case = people.confirmed(&world, "N1000001").await;
    let rata = world.sign_in(&RATA_AGENT).await;
    world.wait_minutes(1);
    let input = json!({ "employerNzbn": super::support::cast::RATA.nzbn, "worker": worker("N1000002") });
    let next = submitted(&rata, merged(complete(), input)).await;
    assert_eq!(taken(&people.assessor).await.id, next.id);
    let next = endorsed(&people.assessor, current(&people.assessor, &next).await).await;
    done(&people.lead, "confirm", next.with(json!({}))).await;
    let rows = world.count_rows().await;
    let selection = "impact { placesReturned releaseLinesRemoved nextInLine summary }";
    let dry = case.with(json!({ "reason": "No more.", "dryRun": true }));
    let told = payload(&people.agent, "withdrawApplication", selection, dry).await;
    assert_eq!(world.count_rows().await, rows);
    assert_eq!(seen(&people.agent, &case, "status").await, "NOMINATED");
    assert_eq!(told["impact"]["nextInLine"], Value::Null, "it is another employer's");
    let wet = case.with(json!({ "reason": "No more." }));
    let done = payload(&people.agent, "withdrawApplication", selection, wet).await;
    assert_eq!(done["impact"], told["impact"]);
    let itp = world.sign_in(&ITP_LEAD).await;
    let revoke = next.with(json!({ "reason": "Untrue.", "dryRun": true }));
    let hidden = payload(&itp, "revokeNomination", "impact { placesReturned }", revoke).await;
    assert_eq!(hidden["userErrors"][0]["code"], "NOT_FOUND");
    assert_eq!(hidden["impact"], Value::Null);
    all_holds(&world).await;
}

async fn a_rehearsal_tells_nothing_of_whoever_the_act_would_unblock(world: World) {
    let people = people(&world, "2").await;
    let case = people.confirmed(&world, "N1000001").await;
    let dry = case.with(json!({ "reason": "No more.", "dryRun": true }));
    let summary = "impact { nextInLine summary }";
    let before = payload(&people.agent, "withdrawApplication", summary, dry.clone()).await;
    // The same worker, through another employer: confirmed, and blocked.
    let rata = world.sign_in(&RATA_AGENT).await;
    world.wait_minutes(1);
    let input = json!({ "employerNzbn": super::support::cast::RATA.nzbn, "worker": worker("N1000001") });
    let twin = submitted(&rata, merged(complete(), input)).await;
    assert_eq!(taken(&people.assessor).await.id, twin.id);
    let twin = endorsed(&people.assessor, current(&people.assessor, &twin).await).await;
    done(&people.lead, "confirm", twin.with(json!({}))).await;
    assert_eq!(payload(&people.agent, "withdrawApplication", summary, dry.clone()).await, before);
    let own = seen(&people.lead, &twin, "reference").await;
    let told = payload(&people.lead, "revokeNomination", summary, dry).await;
    assert_eq!(told["impact"]["nextInLine"], own, "the body knows its own");
}

async fn what_the_employer_changed_since_its_return_is_submitted_again(world: World) {
    let people = people(&world, "600").await;
    let case = people.in_assessment(&world, "N1000001").await;
    let case = done(&people.lead, "returnApplication", case.with(json!({ "note": "No duties." }))).await;
    world.wait_minutes(1);
    let case = done(&people.agent, "updateApplication", case.with(json!({ "jobTitle": "Barista" }))).await;
    plant(&world, "UPDATE membership SET role = 'LEAD' WHERE person_id = (SELECT id FROM person WHERE handle = 'nztech-second')").await;
    let second = world.sign_in(&NZTECH_SECOND).await;
    assert_eq!(refused(&second, "reconsider", case.with(json!({ "note": "New." }))).await, "WRONG_STATUS");
}

/// An application in a nomination's stead, endorsed.
async fn replacement(people: &People, old: &Case, passport: &str) -> Case {
    let other = json!({ "worker": worker(passport), "reason": "Another." });
    let new = done(&people.agent, "replaceWorker", old.with(other)).await;
    let new = done(&people.agent, "submitApplication", new.with(json!({ "declaration": true }))).await;
    assert_eq!(taken(&people.assessor).await.id, new.id);
    current(&people.assessor, &new).await
}

async fn a_replacement_on_hold_takes_nothing_over(world: World) {
    let people = people(&world, "1").await;
    let old = people.confirmed(&world, "N1000001").await;
    let new = replacement(&people, &old, "N1000009").await;
    let new = endorsed(&people.assessor, new).await;
    let new = done(&people.lead, "holdApplication", new.with(json!({ "reason": "A complaint." }))).await;
    assert_eq!(refused(&people.lead, "confirm", new.with(json!({}))).await, "WRONG_STATUS");
    let new = done(&people.lead, "releaseHold", new.with(json!({}))).await;
    done(&people.lead, "confirm", new.with(json!({}))).await;
    assert_eq!(seen(&people.lead, &old, "status").await, "SUPERSEDED");
    all_holds(&world).await;
}

async fn one_replacement_stands_at_a_time_also_when_an_earlier_one_is_reconsidered(world: World) {
    let people = people(&world, "1").await;
    let old = people.confirmed(&world, "N1000001").await;
    let first = replacement(&people, &old, "N1000008").await;
    let decline = json!({ "outcome": "DECLINE", "reasons": ["OTHER"] });
    let first = done(&people.assessor, "recommend", first.with(decline)).await;
    let first = done(&people.lead, "decline", first.with(json!({ "reasons": ["OTHER"] }))).await;
    replacement(&people, &old, "N1000009").await;
    plant(&world, "UPDATE membership SET role = 'LEAD' WHERE person_id = (SELECT id FROM person WHERE handle = 'nztech-second')").await;
    let second = world.sign_in(&NZTECH_SECOND).await;
    assert_eq!(refused(&second, "reconsider", first.with(json!({ "note": "New." }))).await, "DUPLICATE");
    all_holds(&world).await;
}

async fn a_replacement_is_for_the_same_role(world: World) {
    let people = people(&world, "1").await;
    let old = people.confirmed(&world, "N1000001").await;
    let other = json!({ "worker": worker("N1000009"), "reason": "Another." });
    let new = done(&people.agent, "replaceWorker", old.with(other)).await;
    let change = json!({ "role": "2621", "jobTitle": "ICT Security Specialist", "occupationCode": null });
    let new = done(&people.agent, "updateApplication", new.with(change)).await;
    let refusal = refusal(&people.agent, "submitApplication", new.with(json!({ "declaration": true }))).await;
    assert_eq!(refusal, [("INVALID".to_owned(), vec!["role".to_owned()])]);
}

async fn a_correction_by_somebody_with_a_conflict_is_not_accepted(world: World) {
    let people = people(&world, "1").await;
    let (assessor, lead) = (&people.assessor, &people.lead);
    let case = people.confirmed(&world, "N1000001").await;
    let change = json!({ "reason": "A typo.", "jobTitle": "Programmer" });
    let case = done(assessor, "amendNomination", case.with(change)).await;
    let conflict = json!({
        "id": case.id, "employer": super::support::cast::KAURI.nzbn, "reason": "A sister works there.",
    });
    world.wait_minutes(1);
    done(assessor, "declareConflict", conflict).await;
    let pending = seen(lead, &case, "pendingAmendment { id }").await;
    let accept = case.with(json!({ "amendment": pending["id"], "accept": true }));
    assert_eq!(refused(lead, "confirmAmendment", accept).await, "CONFLICT_OF_INTEREST");
    let reject = case.with(json!({ "amendment": pending["id"], "accept": false }));
    done(lead, "confirmAmendment", reject).await;
    all_holds(&world).await;
}
