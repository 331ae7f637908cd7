//! The keys change while the service is at work: every passport opens, no worker gets two places, and nothing that people
//! hold is lost.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use entity::{
    ApplicationStatus, DeploymentKeyState, application, deployment_key, place, worker, worker_fingerprint,
};
use nominations::applications::actions::passport_place;
use nominations::check::{Rule, check};
use nominations::keys::{Keys, add_key_to};
use nominations::rotation::{is_under_way, rotate, standing};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::support::acts::{act, input};
use super::support::caseload::{Caseload, Wanted};
use super::support::cast::{ITP, KAURI_AGENT, NZTECH, NZTECH_ASSESSOR, NZTECH_LEAD, OFFICER};
use super::support::{Caller, World};

on_both_databases! {
    the_keys_change_under_eight_writers_and_are_stopped_half_way,
    what_people_hold_goes_on_under_another_key,
    who_lacks_a_key_that_is_in_use_writes_nothing,
    whatever_is_sealed_is_sealed_anew,
}

/// The key file of the worlds here: its first key is that of all worlds.
fn key_file(folder: &Path) -> PathBuf {
    let path = folder.join("key");
    std::fs::write(&path, format!("nominations-key-v1 {}\n", STANDARD.encode([7; 32]))).expect("a file");
    path
}

/// The newest key of a file alone.
fn newest(path: &Path) -> Keys {
    let text = std::fs::read_to_string(path).expect("a file");
    Keys::from_text(text.trim_end().lines().last().expect("a line")).expect("a key")
}

fn silent(_: &str) {}

/// The agency's message is taken in.
async fn say(officer: &Caller, message: &Value) -> Value {
    let document = "mutation($input: RecordAgencyOutcomesInput!) { recordAgencyOutcomes(input: $input) {
        applied repeated userErrors { code message field } } }";
    let told = officer.data(document, json!({ "input": message })).await["recordAgencyOutcomes"].take();
    assert_eq!(told["userErrors"], json!([]));
    told
}

/// A process that reads its keys from a file.
async fn process(world: &World, seed: u64, path: &Path) -> World {
    world.with_keys(seed, Keys::load(path).expect("keys")).await
}

async fn workers(world: &World) -> Vec<worker::Model> {
    worker::Entity::find().all(world.conn()).await.expect("workers")
}

/// Every passport opens with these keys alone; answers how many there are.
async fn assert_all_open(world: &World, keys: &Keys) -> usize {
    let workers = workers(world).await;
    for worker in &workers {
        let sealed = worker.passport_sealed.as_deref().expect("a passport");
        keys.passport_open(sealed, &passport_place(worker)).expect("it opens");
    }
    workers.len()
}

async fn the_keys_change_under_eight_writers_and_are_stopped_half_way(world: World) {
    const EACH: usize = 6;
    let folder = tempfile::tempdir().expect("a folder");
    let path = key_file(folder.path());
    let exception = Caseload::new(&world, |definition| definition.settings.places = 20).await.exception;
    let (mut writers, done) = (JoinSet::new(), std::sync::Arc::new(AtomicUsize::new(0)));
    for writer in 0..8_usize {
        let world = process(&world, 10 + writer as u64, &path).await;
        let done = std::sync::Arc::clone(&done);
        writers.spawn(async move {
            let cases = Caseload { world: &world, exception };
            for number in 0..EACH {
                // The two bodies are handed the same workers, at about the same time.
                let passport = format!("W{}X{number}", writer / 2);
                let body = if writer % 2 == 0 { &NZTECH } else { &ITP };
                cases.confirmed(&Wanted { body, ..Wanted::new(&passport) }).await;
                done.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    let mut stopped = 0;
    for round in 0..3_u64 {
        while done.load(Ordering::SeqCst) < 8 * EACH / 4 * usize::try_from(round).expect("a number") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        add_key_to(&path).expect("a key");
        // Killed again and again, a little later each time, until it is through.
        for patience in 1_u64.. {
            let process = process(&world, 100 + patience, &path).await;
            let limit = Duration::from_millis(patience * 4);
            if let Ok(rotated) = tokio::time::timeout(limit, rotate(&process.app, &silent)).await {
                assert_eq!(
                    rotated.expect("a change of keys").current,
                    i32::try_from(round).expect("a number") + 2
                );
                break;
            }
            stopped += usize::from(is_under_way(&process.app).await.expect("an answer"));
        }
    }
    while let Some(writer) = writers.join_next().await {
        writer.expect("a writer");
    }
    assert!(stopped > 0, "it was never stopped half-way");
    let last = process(&world, 1_000, &path).await;
    // The one clock moves on while acts of other processes are under way, so that some carry an instant from before.
    let mut wrong = check(&last.app).await.expect("a check");
    wrong.retain(|violation| violation.rule != Rule::Times);
    assert_eq!(wrong, []);
    assert_eq!(assert_all_open(&last, &newest(&path)).await, 8 * EACH);
    one_place_for_a_worker(&last, &newest(&path)).await;
    let prints = worker_fingerprint::Entity::find().all(last.conn()).await.expect("fingerprints");
    assert!(prints.len() == 8 * EACH && prints.iter().all(|one| one.key_version == 4), "{}", prints.len());
}

async fn one_place_for_a_worker(world: &World, keys: &Keys) {
    let places = place::Entity::find().all(world.conn()).await.expect("places");
    let workers = workers(world).await;
    let mut held: HashMap<String, usize> = HashMap::new();
    for holder in places.into_iter().filter_map(|place| place.application_id) {
        let worker = workers.iter().find(|worker| worker.application_id == holder).expect("a worker");
        let sealed = worker.passport_sealed.as_deref().expect("a passport");
        let number = keys.passport_open(sealed, &passport_place(worker)).expect("it opens");
        *held.entry(number.expose().to_owned()).or_default() += 1;
    }
    assert!(held.len() == 20 && held.values().all(|places| *places == 1), "{held:?}");
}

async fn what_people_hold_goes_on_under_another_key(world: World) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = key_file(folder.path());
    let cases = Caseload::new(&world, |_| {}).await;
    for number in 0..3 {
        cases.submitted(&Wanted::new(&format!("N111111{number}"))).await;
    }
    let serving = process(&world, 3, &path).await;
    let lead = serving.sign_in(&NZTECH_LEAD).await;
    let list = "query($after: String) { applications(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } }";
    let page = lead.data(list, json!({})).await;
    let cursor = page["applications"]["pageInfo"]["endCursor"].clone();
    let interest = json!({ "classException": "specialist-tech", "idempotencyKey": "once" });
    let first = act(&lead, "reconcile", &interest).await;
    add_key_to(&path).expect("a key");
    rotate(&process(&world, 4, &path).await.app, &silent).await.expect("a change of keys");
    // The sign-in, the cursor and the idempotency key are from before.
    let next = lead.data(list, json!({ "after": cursor })).await;
    assert_ne!(next["applications"]["nodes"][0]["id"], page["applications"]["nodes"][0]["id"]);
    assert_eq!(act(&lead, "reconcile", &interest).await, first);
    let again = Caseload { world: &serving, exception: cases.exception };
    let id = again.draft(&Wanted::new("N2222222")).await;
    let row = worker::Entity::find_by_id(id).one(world.conn()).await.expect("a query").expect("a worker");
    assert!(
        newest(&path)
            .passport_open(row.passport_sealed.as_deref().expect("a seal"), &passport_place(&row))
            .is_ok()
    );
    // Under the new key alone nothing of what was sealed is lost; those who are signed in have to sign in again.
    let alone = world.with_keys(5, newest(&path)).await;
    assert_eq!(check(&alone.app).await.expect("a check"), []);
    let late = alone.holding(lead.token.expect("a token")).graphql("{ viewer { role } }", json!({})).await;
    assert_eq!(late["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

async fn who_lacks_a_key_that_is_in_use_writes_nothing(world: World) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = key_file(folder.path());
    let cases = Caseload::new(&world, |_| {}).await;
    cases.submitted(&Wanted::new("N1111111")).await;
    add_key_to(&path).expect("a key");
    rotate(&process(&world, 3, &path).await.app, &silent).await.expect("a change of keys");
    // This world has its one key from nowhere, and cannot read another.
    let before = application::Entity::find().all(world.conn()).await.expect("rows").len();
    let agent = world.sign_in(&KAURI_AGENT).await;
    let target = super::import::target();
    let answer = agent
        .graphql(
            &super::support::acts::document("createApplication"),
            json!({ "input": input("createApplication", &target) }),
        )
        .await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL");
    let after = application::Entity::find().all(world.conn()).await.expect("rows").len();
    assert_eq!(before, after);
    assert!(check(&world.app).await.is_err());
    let keys = standing(&world.app).await.expect("keys");
    let seen: Vec<_> = keys.iter().map(|key| (key.number, key.state, key.is_here, key.seals)).collect();
    let (retired, current) = (Some(DeploymentKeyState::Retired), Some(DeploymentKeyState::Current));
    assert_eq!(seen, [(1, retired, true, 0), (2, current, false, 1)]);
}

async fn whatever_is_sealed_is_sealed_anew(world: World) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = key_file(folder.path());
    let cases = Caseload::new(&world, |_| {}).await;
    let id = cases.confirmed(&Wanted::new("N1111111")).await;
    world.acknowledged().await;
    // A correction that waits, and what the agency says otherwise.
    let assessor = world.sign_in(&NZTECH_ASSESSOR).await;
    let application = world.application(id).await;
    assert_eq!(application.status, ApplicationStatus::Nominated);
    let correction = json!({
        "id": nominations::schema::GlobalId::of(&id).to_string(), "version": application.version, "reason": "A typo.",
        "worker": { "familyName": "Rao", "givenNames": "Asha", "dateOfBirth": "1990-06-01", "nationality": "IND",
            "passportIssuingState": "IND", "passportNumber": "N7654322", "offshore": true },
    });
    act(&assessor, "amendNomination", &correction).await;
    let officer = world.sign_in(&OFFICER).await;
    let outcome = json!({ "reference": application.reference, "status": "TRAVEL_REQUESTED", "at": "2022-03-01T00:00:00Z",
        "passportIssuingState": "IND", "passportNumber": "N9999999" });
    let message = json!({ "classException": "specialist-tech", "messageId": "m-1", "outcomes": [outcome] });
    assert_eq!(say(&officer, &message).await["applied"], 0);
    add_key_to(&path).expect("a key");
    let serving = process(&world, 3, &path).await;
    let rotated = rotate(&serving.app, &silent).await.expect("a change of keys");
    // The passport with its fingerprint, the correction's, what the agency told, a discrepancy, a line and a message.
    assert_eq!((rotated.changed, rotated.retired), (7, vec![1]));
    let alone = world.with_keys(4, newest(&path)).await;
    assert_eq!(check(&alone.app).await.expect("a check"), []);
    let discrepancies = r#"{ discrepancies(classException: "specialist-tech") { nodes { ours theirs } } }"#;
    let officer = alone.sign_in(&OFFICER).await;
    let seen = officer.data(discrepancies, json!({})).await;
    assert_eq!(seen["discrepancies"]["nodes"][0], json!({ "ours": "111", "theirs": "999" }));
    let read = act(&officer, "revealPassport", &json!({ "reference": application.reference })).await;
    assert_eq!(read["passport"]["number"], "N1111111");
    // The same message changes nothing, and what it says is the same discrepancy.
    let again = say(&officer, &message).await;
    assert_eq!(again["repeated"], 1);
    let lead = alone.sign_in(&NZTECH_LEAD).await;
    // Held against the caseload again by the new key alone, it is what it was.
    act(&lead, "reconcile", &json!({ "classException": "specialist-tech" })).await;
    let seen = officer.data(discrepancies, json!({})).await;
    assert_eq!(seen["discrepancies"]["nodes"], json!([{ "ours": "111", "theirs": "999" }]));
    let pending = "query($it: String!) { application(reference: $it) { version pendingAmendment { id } } }";
    let pending = lead.data(pending, json!({ "it": application.reference })).await["application"].take();
    let accept = json!({ "id": nominations::schema::GlobalId::of(&id).to_string(), "version": pending["version"],
        "amendment": pending["pendingAmendment"]["id"], "accept": true });
    act(&lead, "confirmAmendment", &accept).await;
    assert_eq!(check(&alone.app).await.expect("a check"), []);
    let keys =
        deployment_key::Entity::find().order_by_asc(deployment_key::Column::Number).all(alone.conn()).await;
    let states: Vec<_> = keys.expect("keys").into_iter().map(|key| key.state).collect();
    assert_eq!(states, [DeploymentKeyState::Retired, DeploymentKeyState::Current]);
}
