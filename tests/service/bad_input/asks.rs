//! Good requests about things that are there, to be spoilt in one place at a time.

use std::collections::BTreeMap;

use entity::{ApplicationId, BallotId, EmployerId, InterestId};
use nominations::schema::GlobalId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::access::Access;
use super::{Caller, World};
use crate::service::support::acts::{MUTATIONS, Target, act, input};
use crate::service::support::api::Api;
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast::{KAURI, KAURI_AGENT, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, OFFICER};

/// The caseload, with everything that a list can be asked for.
pub const LIST: &str = "query($it: ApplicationFilter, $class: String, $order: ApplicationOrder, $first: Int,
    $after: String, $last: Int, $before: String) {
    applications(filter: $it, classException: $class, orderBy: $order, first: $first, after: $after, last: $last,
        before: $before) { totalCount pageInfo { endCursor } } }";

/// Who asks, and what about.
pub struct Asks {
    pub lead: Caller,
    agent: Caller,
    assessor: Caller,
    officer: Caller,
    targets: BTreeMap<&'static str, Target>,
}

/// An application at the stage that the mutation is for.
async fn made_for(mutation: &str, cases: &Caseload<'_>, wanted: &Wanted<'_>) -> ApplicationId {
    match mutation {
        "createApplication" | "updateApplication" | "addEvidence" | "removeEvidence"
        | "submitApplication" => cases.draft(wanted).await,
        "recordAssessment" | "verifyEvidence" => cases.in_assessment(wanted, 0).await,
        "requestInformation" | "answerInformationRequest" | "cancelInformationRequest" => {
            cases.in_assessment(wanted, 0).await
        }
        "recommend" | "decline" | "reconsider" => cases.in_assessment(wanted, 5).await,
        "confirm" | "sendBack" => cases.recommended(wanted).await,
        "replaceWorker" | "revokeNomination" | "amendNomination" | "confirmAmendment" => {
            cases.confirmed(wanted).await
        }
        _ => cases.submitted(wanted).await,
    }
}

impl Asks {
    /// An application at every stage that something can be done at.
    pub async fn new(world: &World) -> Self {
        let cases = Caseload::new(world, |_| {}).await;
        let agent = world.sign_in(&KAURI_AGENT).await;
        let people = (world.sign_in(&NZTECH_ASSESSOR).await, world.sign_in(&NZTECH_LEAD).await);
        let interest = GlobalId::of(&cases.interest(&NZTECH, &KAURI).await).to_string();
        let access = Access::new(world, &agent).await;
        let mut targets = BTreeMap::new();
        for mutation in MUTATIONS {
            let passport = format!("N00000{:02}", targets.len());
            let wanted = Wanted::new(&passport);
            let id = made_for(mutation, &cases, &wanted).await;
            let mut target = Target {
                body: NZTECH.slug.to_owned(),
                nzbn: KAURI.nzbn.to_owned(),
                application: GlobalId::of(&id).to_string(),
                reference: world.application(id).await.reference,
                version: world.application(id).await.version.into(),
                evidence: String::new(),
                person: GlobalId::of(&NZTECH_ASSESSOR.person()).to_string(),
                question: String::new(),
                amendment: String::new(),
                discrepancy: String::new(),
                reconciliation: String::new(),
                interest: interest.clone(),
                release: String::new(),
                ballot: GlobalId::of(&BallotId(Uuid::from_u128(9))).to_string(),
                word: "Good".to_owned(),
                passport: "Z0000001".to_owned(),
            };
            if matches!(mutation, "removeEvidence" | "verifyEvidence") {
                let made = act(&agent, "addEvidence", &input("addEvidence", &target)).await;
                target.version = made["application"]["version"].as_i64().expect("a version");
                let query = "query($id: ID!) { node(id: $id) { ... on Application { evidence { id } } } }";
                let found = agent.data(query, json!({ "id": target.application })).await;
                found["node"]["evidence"][0]["id"].as_str().expect("an id").clone_into(&mut target.evidence);
            }
            make_ready(&people, mutation, &mut target).await;
            if let Some(id) = access.of(mutation) {
                (target.application, target.version) = (id, 1);
            }
            if mutation == "signOffReconciliation" {
                let run = act(&people.1, "reconcile", &input("reconcile", &target)).await;
                run["reconciliation"]["id"].as_str().expect("an id").clone_into(&mut target.reconciliation);
            }
            if mutation == "resolveDiscrepancy" {
                cases.submitted(&wanted).await;
                target.discrepancy = discrepancy_of(&people.1).await;
            }
            targets.insert(mutation, target);
        }
        // So much casework takes hours of the clock: those who ask sign in anew.
        let (lead, assessor) = (world.sign_in(&NZTECH_LEAD).await, world.sign_in(&NZTECH_ASSESSOR).await);
        let agent = world.sign_in(&KAURI_AGENT).await;
        let release = GlobalId::of(&world.prepare(&NZTECH).await.expect("a release")).to_string();
        for target in targets.values_mut() {
            target.release.clone_from(&release);
        }
        let officer = world.sign_in(&OFFICER).await;
        Self { lead, agent, assessor, officer, targets }
    }

    /// Who sends a mutation, and a good input for it with every field in it.
    pub fn of(&self, mutation: &str) -> (&Caller, Value) {
        let mut input = input(mutation, &self.targets[mutation]);
        input["idempotencyKey"] = json!("a key");
        let caller = match mutation {
            "confirm"
            | "importApplications"
            | "assignApplications"
            | "decline"
            | "sendBack"
            | "returnApplication"
            | "reconsider"
            | "holdApplication"
            | "releaseHold"
            | "revokeNomination"
            | "inviteMember"
            | "revokeInvitation"
            | "changeMember"
            | "removeMember"
            | "addServiceAccount"
            | "decideEmployerClaim"
            | "confirmAmendment"
            | "prepareRelease"
            | "attestRelease"
            | "publishRelease"
            | "abandonRelease"
            | "openBallot"
            | "commitBallotSecret"
            | "revealBallotSecret"
            | "drawBallot"
            | "strikeBallotEntry"
            | "voidBallot"
            | "resolveDiscrepancy"
            | "reconcile"
            | "signOffReconciliation" => &self.lead,
            "acknowledgeRelease" | "recordAgencyOutcomes" => &self.officer,
            "takeNextApplication"
            | "declareConflict"
            | "recordAssessment"
            | "recommend"
            | "requestInformation"
            | "cancelInformationRequest"
            | "amendNomination"
            | "revealPassport"
            | "verifyEvidence" => &self.assessor,
            _ => &self.agent,
        };
        (caller, input)
    }

    /// Every query with a text among its arguments, and good arguments for it.
    pub fn queries(&self) -> Vec<(&Caller, &'static str, Value)> {
        let Target { application, evidence, person, .. } = &self.targets["verifyEvidence"];
        let pay = json!({ "amount": "130000", "currency": "NZD", "period": "YEAR", "hoursPerWeek": "40" });
        let job = json!({
            "classException": "specialist-tech", "jobTitle": "Developer", "occupationCode": "261313",
            "remuneration": pay, "met": ["worker-offshore"],
        });
        let filter = json!({
            "status": ["SUBMITTED"], "role": ["2613"], "assessor": person, "employer": KAURI.nzbn,
            "submittedFrom": "2022-01-01T00:00:00Z", "submittedTo": "2023-01-01T00:00:00Z",
        });
        let order = json!({ "field": "SALARY", "direction": "ASC" });
        let role = role_id();
        let mut all: Vec<_> = QUERIES
            .iter()
            .map(|(query, variables)| (&self.lead, *query, serde_json::from_str(variables).expect("JSON")))
            .collect();
        all.extend([
            (&self.lead, LIST, json!({ "it": filter, "class": "specialist-tech", "order": order })),
            (
                &self.agent,
                "query($it: CheckEligibilityInput!) { checkEligibility(input: $it) { outcome } }",
                json!({ "it": job }),
            ),
            (
                &self.lead,
                "query($it: [ID!]!) { nodes(ids: $it) { id } }",
                json!({ "it": [application, evidence, person, role] }),
            ),
            (
                &self.lead,
                "query($it: ID!, $after: String) { node(id: $it) { ... on Application {
                    timeline(after: $after) { totalCount } } } }",
                json!({ "it": application, "after": "cursor" }),
            ),
            (
                &self.officer,
                "query($class: String!, $state: String!, $number: String!, $born: Date!) {
                    matchLine(classException: $class, passportIssuingState: $state, passportNumber: $number,
                        dateOfBirth: $born) { reference } }",
                json!({ "class": "specialist-tech", "state": "IND", "number": "N0000001", "born": "1990-06-01" }),
            ),
        ]);
        all
    }

    /// Ids that are not of what stands at this place of an input.
    pub fn wrong_ids(&self, pointer: &str) -> Vec<String> {
        let nobody = Uuid::from_u128(0x017f_0000_0000_7000_8000_0000_0000_0009);
        let Target { application, evidence, person, .. } = &self.targets["verifyEvidence"];
        let others = match pointer {
            "/evidence" => [application, person],
            "/assessor" | "/ballot" | "/handOverTo" => [application, evidence],
            _ => [evidence, person],
        };
        let mut all: Vec<String> = others.into_iter().cloned().collect();
        all.extend(["", "garbage", "QXBwbGljYXRpb246", "0", "../../etc/passwd", "null"].map(str::to_owned));
        all.push(GlobalId::of(&EmployerId(nobody)).to_string());
        all.push(role_id());
        all.push(GlobalId::of(&InterestId(nobody)).to_string());
        if pointer == "/id" || pointer == "/ids/0" {
            all.push(GlobalId::of(&ApplicationId(nobody)).to_string());
            all.push(format!("{application}="));
        }
        all
    }
}

/// What the lead has to say of one worker who was handed in twice.
async fn discrepancy_of(lead: &Caller) -> String {
    let query = r#"{ discrepancies(classException: "specialist-tech", filter: { status: [OPEN] }) { nodes { id field } } }"#;
    let found = lead.data(query, json!({})).await;
    let all = found["discrepancies"]["nodes"].as_array().expect("rows").iter();
    let mut twins = all.filter(|one| one["field"] == "passportNumber");
    twins.next().expect("one worker twice")["id"].as_str().expect("an id").to_owned()
}

fn role_id() -> String {
    let role = nominations::schema::global_id::ApprovedRoleId {
        exception: "specialist\0tech".to_owned(),
        code: "26\0".to_owned(),
    };
    GlobalId::of(&role).to_string()
}

/// Queries that need nothing of the caseload, with their variables.
const QUERIES: [(&str, &str); 12] = [
    ("query($it: String!) { application(reference: $it) { id } }", r#"{ "it": "NZT-000000" }"#),
    ("query($it: String!) { classException(slug: $it) { id } }", r#"{ "it": "specialist-tech" }"#),
    (
        "query($it: String!, $class: String!) { searchJobTitles(classException: $class, query: $it) { score } }",
        r#"{ "it": "developer", "class": "specialist-tech" }"#,
    ),
    (
        "query($it: ApprovedListFilter, $class: String!) {
            approvedList(classException: $class, filter: $it) { totalCount } }",
        r#"{ "class": "specialist-tech", "it": { "body": ["itp"], "role": ["2613"], "search": "kauri" } }"#,
    ),
    (
        "query($it: String) { approvedList(classException: \"specialist-tech\", before: $it) { totalCount } }",
        r#"{ "it": "cursor" }"#,
    ),
    (
        "query($it: NZBN!, $after: String) { employer(nzbn: $it) { applications(after: $after) { totalCount } } }",
        r#"{ "it": "9429900000018", "after": "cursor" }"#,
    ),
    (
        "query($it: String, $from: Date, $to: Date) { classException(slug: \"specialist-tech\") { quota {
            movements(after: $it) { totalCount } history(from: $from, to: $to) { date } } } }",
        r#"{ "it": "cursor", "from": "2022-02-01", "to": "2022-02-02" }"#,
    ),
    (
        "query($it: String, $after: String) { interests(classException: $it, after: $after) { totalCount } }",
        r#"{ "it": "specialist-tech", "after": "cursor" }"#,
    ),
    (
        "query($it: String!) { release(classException: $it, number: 1) { id } }",
        r#"{ "it": "specialist-tech" }"#,
    ),
    (
        "query($it: String) { classException(slug: \"specialist-tech\") { releases(after: $it) { totalCount } } }",
        r#"{ "it": "cursor" }"#,
    ),
    (
        "query($it: String!, $after: String, $filter: DiscrepancyFilter) {
            discrepancies(classException: $it, after: $after, filter: $filter) { totalCount } }",
        r#"{ "it": "specialist-tech", "after": "cursor", "filter": { "kind": ["SAME_WORKER"] } }"#,
    ),
    ("query($it: String) { applications(before: $it) { totalCount } }", r#"{ "it": "cursor" }"#),
];

#[test]
fn every_field_of_every_input_is_spoilt() {
    let api = Api::read();
    let target = Target {
        body: String::new(),
        nzbn: String::new(),
        application: String::new(),
        reference: String::new(),
        version: 1,
        evidence: String::new(),
        person: String::new(),
        question: String::new(),
        amendment: String::new(),
        discrepancy: String::new(),
        reconciliation: String::new(),
        interest: "of something".to_owned(),
        release: String::new(),
        ballot: String::new(),
        word: String::new(),
        passport: String::new(),
    };
    for field in api.fields("Mutation") {
        let mut input = input(&field.name, &target);
        input["idempotencyKey"] = json!("");
        assert_is_whole(&api, &field.arguments[0].of, &input);
    }
}

fn assert_is_whole(api: &Api, of: &str, value: &Value) {
    let value = value.get(0).unwrap_or(value);
    for field in api.input(of).expect("an input") {
        let sent = &value[&field.name];
        assert!(!sent.is_null(), "{of}.{} is new: add it to `input` in support/acts.rs", field.name);
        if api.input(&field.of).is_some() {
            assert_is_whole(api, &field.of, sent);
        }
    }
}

/// Brings an application to where a mutation starts from.
async fn make_ready((assessor, lead): &(Caller, Caller), mutation: &str, target: &mut Target) {
    let ask = |what: &'static str| {
        let query =
            format!("query($id: ID!) {{ node(id: $id) {{ ... on Application {{ version {what} }} }} }}");
        let variables = json!({ "id": target.application });
        async move { assessor.data(&query, variables).await["node"].take() }
    };
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    match mutation {
        "answerInformationRequest" | "cancelInformationRequest" => {
            act(assessor, "requestInformation", &input("requestInformation", target)).await;
            let found = ask("informationRequests { id }").await;
            target.question = text(&found["informationRequests"][0]["id"]);
            target.version = found["version"].as_i64().expect("a version");
        }
        "decline" | "reconsider" => {
            let advice = json!({
                "id": target.application, "version": target.version, "outcome": "DECLINE", "reasons": ["OTHER"],
            });
            act(assessor, "recommend", &advice).await;
            target.version += 1;
            if mutation == "reconsider" {
                act(lead, "decline", &input("decline", target)).await;
                target.version += 1;
            }
        }
        "releaseHold" => {
            act(lead, "holdApplication", &input("holdApplication", target)).await;
            target.version += 1;
        }
        "confirmAmendment" => {
            let change = json!({
                "id": target.application, "version": target.version, "reason": "A typo.", "jobTitle": "Programmer",
            });
            act(assessor, "amendNomination", &change).await;
            let found = ask("pendingAmendment { id }").await;
            target.amendment = text(&found["pendingAmendment"]["id"]);
            target.version = found["version"].as_i64().expect("a version");
        }
        _ => {}
    }
}
