//! The mutations as callers send them: a document for each, and an input that has every field in it.

use serde_json::{Value, json};

use super::Caller;

/// Every mutation, to be held against the schema.
pub const MUTATIONS: [&str; 53] = [
    "createApplication",
    "updateApplication",
    "addEvidence",
    "removeEvidence",
    "submitApplication",
    "assignApplications",
    "takeNextApplication",
    "declareConflict",
    "recordAssessment",
    "recommend",
    "confirm",
    "verifyEvidence",
    "answerInformationRequest",
    "withdrawApplication",
    "replaceWorker",
    "requestInformation",
    "cancelInformationRequest",
    "decline",
    "sendBack",
    "returnApplication",
    "reconsider",
    "holdApplication",
    "releaseHold",
    "revokeNomination",
    "amendNomination",
    "confirmAmendment",
    "importApplications",
    "registerInterest",
    "recordAgencyOutcomes",
    "prepareRelease",
    "attestRelease",
    "publishRelease",
    "abandonRelease",
    "acknowledgeRelease",
    "openBallot",
    "commitBallotSecret",
    "revealBallotSecret",
    "drawBallot",
    "strikeBallotEntry",
    "voidBallot",
    "inviteMember",
    "inviteColleague",
    "revokeInvitation",
    "changeMember",
    "removeMember",
    "addServiceAccount",
    "registerEmployer",
    "decideEmployerClaim",
    "endSession",
    "resolveDiscrepancy",
    "reconcile",
    "signOffReconciliation",
    "revealPassport",
];

/// What an input names.
#[derive(Clone, Debug)]
pub struct Target {
    /// Slug of the body.
    pub body: String,
    pub nzbn: String,
    pub application: String,
    /// Of the application.
    pub reference: String,
    pub version: i64,
    pub evidence: String,
    pub person: String,
    /// A question to the employer.
    pub question: String,
    /// A correction of a nomination.
    pub amendment: String,
    /// Something that does not agree.
    pub discrepancy: String,
    /// A run that held the records against each other.
    pub reconciliation: String,
    /// Empty where an application comes of none.
    pub interest: String,
    /// A release of the combined list.
    pub release: String,
    pub ballot: String,
    /// Stands in every text.
    pub word: String,
    pub passport: String,
}

/// The document of a mutation.
pub fn document(mutation: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let done = match mutation {
        "assignApplications" => "applications { id version status reference }",
        "verifyEvidence" => "evidence { id }",
        "importApplications" => {
            "results { externalReference effect application { id version status reference }
                userErrors { code field message } }"
        }
        "registerInterest" => "interest { id }",
        "recordAgencyOutcomes" => "applied late repeated disputed discrepancies { id }",
        "inviteMember" | "inviteColleague" => "invitation { id state } link",
        "revokeInvitation" => "invitation { id state }",
        "changeMember" | "removeMember" | "addServiceAccount" => "member { id role version endsAt }",
        "registerEmployer" | "decideEmployerClaim" => "employerClaim { id status }",
        "endSession" => "ended",
        "abandonRelease" => "release { id } impact { summary }",
        _ if mutation.ends_with("Release") => "release { id }",
        "openBallot" | "commitBallotSecret" | "revealBallotSecret" | "drawBallot" | "strikeBallotEntry" => {
            "ballot { id number status }"
        }
        "voidBallot" => "ballot { id number status } impact { placesReturned nextInLine summary }",
        "resolveDiscrepancy" => "discrepancy { id status }",
        "revealPassport" => "passport { number issuingState expiresOn }",
        "reconcile" | "signOffReconciliation" => "reconciliation { id }",
        _ => "application { id version status reference }",
    };
    format!(
        "mutation($input: {}{rest}Input!) {{ {mutation}(input: $input) {{ {done} userErrors {{ code field message }} }} }}",
        first.to_uppercase()
    )
}

/// An input with every field but the key in it, as far as `target` has something for it.
pub fn input(mutation: &str, target: &Target) -> Value {
    let Target { body, nzbn, application: id, version, evidence, person, word, .. } = target;
    match mutation {
        "createApplication" => {
            let mut input = details(target);
            input["classException"] = json!("specialist-tech");
            input["body"] = json!(body);
            input["employerNzbn"] = json!(nzbn);
            if !target.interest.is_empty() {
                input["interest"] = json!(target.interest);
            }
            input
        }
        "updateApplication" => {
            let mut input = details(target);
            input["id"] = json!(id);
            input["version"] = json!(version);
            input
        }
        "addEvidence" => json!({
            "id": id, "version": version, "kind": "PROGRAMME", "criterion": "domestic-skills",
            "title": format!("{word} programme"), "issuer": format!("{word} issuer"),
            "reference": format!("{word} number"), "url": format!("https://{}.example.nz/", word.to_lowercase()),
            "validFrom": "2021-06-01", "expiresOn": "2023-06-01", "ofEmployer": false,
        }),
        "removeEvidence" => json!({ "id": id, "version": version, "evidence": evidence }),
        "recordAgencyOutcomes" => json!({
            "classException": "specialist-tech", "messageId": format!("{word} message"),
            "outcomes": [{
                "reference": "NZT-000000", "status": "INVITED", "at": "2022-02-20T00:00:00Z",
                "agencyReference": format!("{word} number"), "reason": format!("{word} reason"),
                "workerFamilyName": format!("{word} name"), "dateOfBirth": "1990-06-01",
                "passportIssuingState": "IND", "passportNumber": target.passport, "employerNzbn": nzbn,
                "occupationCode": "261313", "expiresOn": "2022-06-01", "correction": false,
            }],
        }),
        "submitApplication" => json!({
            "id": id, "version": version, "declaration": true, "workerToldOn": "2022-02-01",
        }),
        "assignApplications" => json!({ "ids": [id], "assessor": person }),
        "takeNextApplication" => json!({ "classException": "specialist-tech", "role": ["2613"] }),
        "declareConflict" => json!({ "id": id, "employer": nzbn, "reason": format!("{word} reason") }),
        "recordAssessment" => json!({
            "id": id, "version": version, "criterion": "role", "outcome": "MET", "role": "2613",
            "occupationCode": "261313", "note": format!("{word} finding"),
        }),
        "recommend" => json!({
            "id": id, "version": version, "outcome": "ENDORSE", "reasons": ["OTHER"],
            "note": format!("{word} advice"),
        }),
        "confirm" => json!({ "id": id, "version": version, "note": format!("{word} decision") }),
        "verifyEvidence" => json!({
            "evidence": evidence, "genuine": true, "expiresOn": "2023-05-01", "note": format!("{word} look"),
        }),
        "registerInterest" => json!({
            "classException": "specialist-tech", "body": body, "legalName": format!("{word} Limited"), "nzbn": nzbn,
            "contactEmail": format!("{}.interest@example.nz", word.to_lowercase()), "expectedWorkers": 3,
            "roles": ["2613"],
        }),
        // A rehearsal: it is for everybody to send, and leaves nothing behind.
        "importApplications" => json!({
            "classException": "specialist-tech", "rows": [received(target)], "dryRun": true,
        }),
        _ => further_input(mutation, target),
    }
}

/// Of the acts beside the straight way from a draft to a place.
fn further_input(mutation: &str, target: &Target) -> Value {
    let Target { application: id, version, question, amendment, word, release, .. } = target;
    match mutation {
        "answerInformationRequest" => json!({
            "id": id, "version": version, "request": question, "answer": format!("{word} answer"),
        }),
        "requestInformation" => json!({
            "id": id, "version": version, "criterion": "role", "question": format!("{word} question"),
            "dueOn": "2022-03-20",
        }),
        "cancelInformationRequest" => json!({
            "id": id, "version": version, "request": question, "reason": format!("{word} reason"),
        }),
        "withdrawApplication" | "revokeNomination" => json!({
            "id": id, "version": version, "reason": format!("{word} reason"), "dryRun": false,
        }),
        "holdApplication" => json!({ "id": id, "version": version, "reason": format!("{word} reason") }),
        "sendBack" | "returnApplication" | "reconsider" | "releaseHold" => {
            json!({ "id": id, "version": version, "note": format!("{word} note") })
        }
        "decline" => json!({
            "id": id, "version": version, "reasons": ["OTHER"], "note": format!("{word} decision"),
        }),
        "replaceWorker" => json!({
            "id": id, "version": version, "worker": details(target)["worker"], "reason": format!("{word} reason"),
        }),
        "amendNomination" => {
            let details = details(target);
            json!({
                "id": id, "version": version, "reason": format!("{word} reason"), "jobTitle": details["jobTitle"],
                "occupationCode": details["occupationCode"], "role": details["role"],
                "remuneration": details["remuneration"], "worker": details["worker"],
            })
        }
        "resolveDiscrepancy" => json!({
            "id": target.discrepancy, "resolution": "WORKER_CHOSE", "chosen": "NZT-7K4Q2H", "note": format!("{word} note"),
        }),
        "reconcile" | "prepareRelease" => json!({ "classException": "specialist-tech" }),
        "signOffReconciliation" => json!({ "id": target.reconciliation }),
        "revealPassport" => json!({ "reference": target.reference }),
        "confirmAmendment" => json!({
            "id": id, "version": version, "amendment": amendment, "accept": true, "note": format!("{word} note"),
        }),
        "attestRelease" | "acknowledgeRelease" => json!({ "release": release, "digest": "0f".repeat(32) }),
        "publishRelease" => json!({ "release": release }),
        "abandonRelease" => {
            json!({ "release": release, "reason": format!("{word} reason"), "dryRun": false })
        }
        "openBallot" | "commitBallotSecret" | "revealBallotSecret" | "drawBallot" | "strikeBallotEntry"
        | "voidBallot" => ballot_input(mutation, target),
        _ => input_on_people(mutation, target),
    }
}

/// Of the acts on people. What is acted on, such as a membership, stands where an application does in the others.
fn input_on_people(mutation: &str, target: &Target) -> Value {
    let Target { application: id, version, body, nzbn, person, word, .. } = target;
    match mutation {
        "inviteMember" => {
            json!({ "name": format!("{word} Member"), "role": "ASSESSOR", "endsOn": "2030-06-30" })
        }
        "inviteColleague" => json!({ "employerNzbn": nzbn, "name": format!("{word} Colleague") }),
        "revokeInvitation" | "endSession" => json!({ "id": id }),
        "changeMember" => json!({ "id": id, "version": version, "role": "ASSESSOR", "endsOn": "2030-06-30" }),
        "removeMember" => json!({ "id": id, "version": version, "handOverTo": person }),
        "addServiceAccount" => json!({
            "name": format!("{word} machine"), "issuer": body, "clientId": format!("{word}-machine"),
            "endsOn": "2030-06-30",
        }),
        "registerEmployer" => json!({ "nzbn": nzbn, "legalName": format!("{word} Limited"), "body": body }),
        "decideEmployerClaim" => json!({ "id": id, "approve": false, "reason": format!("{word} reason") }),
        _ => panic!("{mutation} is new: give it an input here and a place in MUTATIONS"),
    }
}

/// Of what leads do in a ballot.
fn ballot_input(mutation: &str, target: &Target) -> Value {
    let Target { ballot, word, .. } = target;
    match mutation {
        "openBallot" => json!({
            "classException": "specialist-tech", "commitBy": "2023-09-10T00:00:00Z", "revealBy": "2023-09-15T11:00:00Z",
            "beaconChain": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", "beaconRound": 657_413,
        }),
        "commitBallotSecret" => json!({ "ballot": ballot, "commitment": "0".repeat(64) }),
        "revealBallotSecret" => json!({ "ballot": ballot, "secret": "0".repeat(64) }),
        "drawBallot" => json!({ "ballot": ballot, "beaconSignature": "0".repeat(96) }),
        "strikeBallotEntry" => {
            json!({ "ballot": ballot, "entry": "0".repeat(32), "reason": format!("{word} reason") })
        }
        _ => json!({ "ballot": ballot, "reason": format!("{word} reason"), "dryRun": false }),
    }
}

fn details(target: &Target) -> Value {
    let Target { word, passport, .. } = target;
    let small = word.to_lowercase();
    json!({
        "contactName": format!("{word} Contact"), "contactEmail": format!("{small}.contact@example.nz"),
        "role": "2613", "jobTitle": format!("{word} Software Engineer"), "occupationCode": "261313",
        "duties": format!("{word} duties"), "region": format!("{word} region"),
        "remuneration": { "amount": "130000.00", "currency": "NZD", "period": "YEAR", "hoursPerWeek": "40" },
        "worker": {
            "familyName": format!("{word}-Rao"), "givenNames": format!("{word} Asha"), "offshore": true,
            "dateOfBirth": "1990-06-01", "nationality": "IND", "email": format!("{small}.worker@example.com"),
            "passportIssuingState": "IND", "passportNumber": passport, "passportExpiresOn": "2030-06-01",
        },
    })
}

/// A row of a body's own system with every field in it.
pub fn received(target: &Target) -> Value {
    let mut row = details(target);
    let fields = row.as_object_mut().expect("an object");
    fields.remove("duties");
    row["externalReference"] = json!(format!("{} 1", target.word));
    row["receivedAt"] = json!("2022-02-20T00:00:00Z");
    row["declared"] = json!(true);
    row["employerNzbn"] = json!(target.nzbn);
    row["employerName"] = json!(format!("{} Limited", target.word));
    row
}

/// Sends a mutation, and answers its payload.
pub async fn send(caller: &Caller, mutation: &str, input: &Value) -> Value {
    let mut answer = caller.data(&document(mutation), json!({ "input": input })).await;
    answer[mutation].take()
}

/// Sends a mutation that is done, and answers its payload.
pub async fn act(caller: &Caller, mutation: &str, input: &Value) -> Value {
    let payload = send(caller, mutation, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{mutation}");
    payload
}
