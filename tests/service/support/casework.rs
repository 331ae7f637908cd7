//! An application on its way, as its people carry it: one valid default, and a step for each act. A test states
//! what differs.

use nominations::amendment::ApplyDefinition;
use nominations::exceptions::definition::Definition;
use nominations::tenancy::SystemScope;
use serde_json::{Value, json};

use super::cast::{KAURI, NZTECH};
use super::{Caller, World};

/// The class exception that the service comes with.
pub const SPECIALIST_TECH: &str = include_str!("../../../exceptions/specialist-tech.toml");
/// Another, which requires evidence.
pub const ADVANCED_MANUFACTURING: &str = include_str!("../../data/advanced-manufacturing.toml");
/// The criteria of the first.
pub const CRITERIA: [&str; 5] = ["role", "salary", "domestic-skills", "industry-body", "worker-offshore"];

/// An application, as far as it takes to act on it.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: String,
    pub version: i64,
}

impl Case {
    /// An input for it, with `more`.
    pub fn with(&self, more: Value) -> Value {
        merged(json!({ "id": self.id, "version": self.version }), more)
    }
}

/// `base` with the fields of `more` in it.
pub fn merged(mut base: Value, more: Value) -> Value {
    let (Value::Object(fields), Value::Object(more)) = (&mut base, more) else { panic!("two objects") };
    fields.extend(more);
    base
}

/// Loads a class exception.
pub async fn apply(world: &World, file: &str) {
    let definition = Definition::parse(file).expect("a definition");
    let command = ApplyDefinition { app: &world.app, definition, purge_now: false };
    world.app.db.perform(&SystemScope::of("test"), None, &command).await.expect("an exception");
}

/// A complete application to the first exception.
pub fn complete() -> Value {
    json!({
        "classException": "specialist-tech",
        "body": NZTECH.slug,
        "employerNzbn": KAURI.nzbn,
        "contactName": "Finn Gray",
        "contactEmail": "finn@example.nz",
        "jobTitle": "Software Engineer",
        "duties": "Builds the billing service.",
        "region": "Wellington",
        "remuneration": { "amount": "130000.00", "currency": "NZD", "period": "YEAR", "hoursPerWeek": "40" },
        "worker": worker("N1234567"),
    })
}

/// A complete worker with this passport.
pub fn worker(passport: &str) -> Value {
    json!({
        "familyName": "Ōkawa",
        "givenNames": "Mina",
        "dateOfBirth": "1990-04-23",
        "nationality": "JPN",
        "email": "mina@example.com",
        "passportIssuingState": "JPN",
        "passportNumber": passport,
        "passportExpiresOn": "2027-01-01",
        "offshore": true,
    })
}

/// The payload of a mutation. `selection` is what is asked of it beside `userErrors`.
pub async fn payload(caller: &Caller, mutation: &str, selection: &str, input: Value) -> Value {
    let name = mutation[..1].to_uppercase() + &mutation[1..];
    let document = format!(
        "mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ {selection} userErrors {{ code field message }} }} }}"
    );
    caller.data(&document, json!({ "input": input })).await[mutation].take()
}

/// Does something to an application that nothing stands against.
pub async fn done(caller: &Caller, mutation: &str, input: Value) -> Case {
    let payload = payload(caller, mutation, "application { id version }", input).await;
    assert_eq!(payload["userErrors"], json!([]), "{mutation}");
    let application = &payload["application"];
    Case {
        id: application["id"].as_str().expect("an id").to_owned(),
        version: application["version"].as_i64().expect("a version"),
    }
}

/// Tries something and answers with the codes and fields of the refusal.
pub async fn refusal(caller: &Caller, mutation: &str, input: Value) -> Vec<(String, Vec<String>)> {
    let selection = match mutation {
        "assignApplications" => "applications { id }",
        "verifyEvidence" => "evidence { id }",
        "registerInterest" => "interest { id }",
        _ => "application { id }",
    };
    let payload = payload(caller, mutation, selection, input).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let path = |value: &Value| value.as_array().into_iter().flatten().map(text).collect();
    let errors = payload["userErrors"].as_array().expect("a list").iter();
    errors.map(|error| (text(&error["code"]), path(&error["field"]))).collect()
}

/// The code of the only refusal.
pub async fn refused(caller: &Caller, mutation: &str, input: Value) -> String {
    let mut refusal = refusal(caller, mutation, input).await;
    assert_eq!(refusal.len(), 1, "{refusal:?}");
    refusal.remove(0).0
}

/// A complete application, handed in.
pub async fn submitted(agent: &Caller, input: Value) -> Case {
    let draft = done(agent, "createApplication", input).await;
    done(agent, "submitApplication", draft.with(json!({ "declaration": true }))).await
}

/// The application that is next in the queue of the first exception.
pub async fn taken(assessor: &Caller) -> Case {
    done(assessor, "takeNextApplication", json!({ "classException": "specialist-tech" })).await
}

/// Finds every criterion to be met.
pub async fn assessed(assessor: &Caller, mut case: Case) -> Case {
    for criterion in CRITERIA {
        let finding = json!({ "criterion": criterion, "outcome": "MET", "note": "Seen." });
        case = done(assessor, "recordAssessment", case.with(finding)).await;
    }
    case
}

/// Endorsed by the assessor, after all was found to be met.
pub async fn endorsed(assessor: &Caller, case: Case) -> Case {
    let case = assessed(assessor, case).await;
    done(assessor, "recommend", case.with(json!({ "outcome": "ENDORSE", "note": "A good one." }))).await
}

/// What a caller sees of an application.
pub async fn application(caller: &Caller, case: &Case, fields: &str) -> Value {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Application {{ {fields} }} }} }}");
    caller.data(&query, json!({ "id": case.id })).await["node"].take()
}

/// The application with the version that it has now.
pub async fn current(caller: &Caller, case: &Case) -> Case {
    let version = application(caller, case, "version").await["version"].as_i64().expect("a version");
    Case { id: case.id.clone(), version }
}
