//! Ballots over the API and as files: everybody reads the same, nobody learns whose an entry is, and a lead acts for the own
//! body.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use entity::BallotId;
use nominations::ballots::files;
use nominations::ballots::rules::{Scheme, Secret, commitment};
use nominations::ballots::verify::verify;
use nominations::schema::GlobalId;
use nominations::values::sha256::Sha256;
use serde_json::{Value, json};

use super::field::{COMMIT_BY, Field, REVEAL_BY, ROUND, ROUND_IS_THERE, at, secret};
use super::files::SIGNATURE;
use crate::service::support::acts::{act, send};
use crate::service::support::api::Api;
use crate::service::support::cast::{EVERYBODY, ITP_LEAD, Member, NZTECH_LEAD};
use crate::service::support::{Answer, Caller, World};

on_both_databases! {
    everybody_reads_the_same_and_nobody_learns_whose_an_entry_is,
    a_refused_secret_is_on_record_and_its_key_is_free,
    a_void_is_told_before_it_is_done,
    the_files_are_served_byte_for_byte_and_may_be_kept_once_they_stand,
}

/// Opens a ballot through the API.
async fn open(lead: &Caller) -> Value {
    let input = json!({
        "classException": "specialist-tech", "commitBy": COMMIT_BY, "revealBy": REVEAL_BY,
        "beaconChain": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", "beaconRound": ROUND,
    });
    act(lead, "openBallot", &input).await["ballot"]["id"].take()
}

/// What a lead's body commits to, worked out from what is public.
async fn commit(world: &World, ballot: &Value, member: &Member) {
    let lead = world.sign_in(member).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Ballot { scheme entriesDigest } } }";
    let public = &lead.data(query, json!({ "id": ballot })).await["node"];
    let scheme = Scheme::parse(public["scheme"].as_str().expect("a scheme")).expect("a scheme");
    let digest = Sha256::parse(public["entriesDigest"].as_str().expect("a hash")).expect("a hash");
    let commitment = commitment(&scheme, member.body.expect("a body").slug, &digest, &secret(member));
    act(&lead, "commitBallotSecret", &json!({ "ballot": ballot, "commitment": commitment })).await;
}

async fn reveal(world: &World, ballot: &Value, member: &Member) {
    let input = json!({ "ballot": ballot, "secret": secret(member).to_string() });
    act(&world.sign_in(member).await, "revealBallotSecret", &input).await;
}

async fn everybody_reads_the_same_and_nobody_learns_whose_an_entry_is(world: World) {
    let field = Field::of(&world, 4, 2).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let ballot = open(&lead).await;
    let id: BallotId =
        GlobalId::read(&async_graphql::ID(ballot.as_str().expect("an id").into())).expect("an id");
    let mut hidden = vec!["Rao".to_owned(), "Asha".to_owned()];
    for application in &field.ids {
        let row = field.cases.application(*application).await;
        hidden.extend([GlobalId::of(application).to_string(), application.to_string(), row.reference]);
    }
    for (step, shown) in [("COMMITTING", 0), ("REVEALING", 0), ("READY", 2), ("DRAWN", 2)] {
        match step {
            "REVEALING" => {
                commit(&world, &ballot, &ITP_LEAD).await;
                commit(&world, &ballot, &NZTECH_LEAD).await;
            }
            "READY" => {
                reveal(&world, &ballot, &NZTECH_LEAD).await;
                reveal(&world, &ballot, &ITP_LEAD).await;
            }
            "DRAWN" => {
                world.clock.move_to(at(ROUND_IS_THERE));
                let lead = world.sign_in(&ITP_LEAD).await;
                act(&lead, "drawBallot", &json!({ "ballot": ballot, "beaconSignature": SIGNATURE })).await;
            }
            _ => {}
        }
        let public = read_by(&world, &ballot).await;
        assert_eq!(public["status"], step);
        let secrets = [&ITP_LEAD, &NZTECH_LEAD].map(|member| secret(member).to_string());
        let told = public.to_string();
        assert_eq!(secrets.iter().filter(|secret| told.contains(secret.as_str())).count(), shown, "{step}");
        let files = [document(&world).await, entries(&world).await].map(|answer| answer.whole());
        for secret in hidden.iter().chain(secrets.iter().filter(|_| shown == 0)) {
            assert!(!told.contains(secret.as_str()), "{step}: {secret}");
            assert!(files.iter().all(|file| !file.contains(secret.as_str())), "{step}: {secret}");
        }
    }
    assert_eq!(read_by(&world, &ballot).await["results"]["totalCount"], 4);
    field.run_again(id).await;
    field.all_is_well().await;
}

/// The ballot as everybody reads it.
async fn read_by(world: &World, ballot: &Value) -> Value {
    let selection = Api::read().selection("Ballot", 1);
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Ballot {{ {selection} }} }} }}");
    let listed = r#"{ classException(slug: "specialist-tech") { ballots { id status } } }"#;
    let read = async |caller: Caller| {
        let mut found = caller.data(&query, json!({ "id": ballot })).await["node"].take();
        // Cursors are everybody's own.
        if let Some(results) = found["results"].as_object_mut() {
            results.remove("pageInfo");
        }
        let listed = caller.data(listed, json!({})).await["classException"]["ballots"].take();
        assert_eq!(listed, json!([{ "id": ballot, "status": found["status"] }]));
        found
    };
    let public = read(world.anybody()).await;
    for member in EVERYBODY {
        assert_eq!(read(world.sign_in(member).await).await, public, "{}", member.handle);
    }
    public
}

async fn a_refused_secret_is_on_record_and_its_key_is_free(world: World) {
    let _field = Field::of(&world, 1, 1).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let ballot = open(&lead).await;
    commit(&world, &ballot, &NZTECH_LEAD).await;
    commit(&world, &ballot, &ITP_LEAD).await;
    let input =
        |secret: Secret| json!({ "idempotencyKey": "one", "ballot": ballot, "secret": secret.to_string() });
    let refused = send(&lead, "revealBallotSecret", &input(secret(&ITP_LEAD))).await;
    assert_eq!(refused["userErrors"][0]["code"], "COMMITMENT_MISMATCH");
    assert_eq!(refused["userErrors"][0]["field"], json!(["secret"]));
    let query = "query($id: ID!) { node(id: $id) { ... on Ballot {
        incidents { kind body { slug } } contributions { body { slug } secret } } } }";
    let seen = &world.anybody().data(query, json!({ "id": ballot })).await["node"];
    assert_eq!(seen["incidents"], json!([{ "kind": "WRONG_SECRET", "body": { "slug": "nztech" } }]));
    assert_eq!(seen["contributions"][1], json!({ "body": { "slug": "nztech" }, "secret": null }));
    act(&lead, "revealBallotSecret", &input(secret(&NZTECH_LEAD))).await;
    let seen = &world.anybody().data(query, json!({ "id": ballot })).await["node"];
    assert_eq!(seen["contributions"][1]["secret"], secret(&NZTECH_LEAD).to_string());
    assert_eq!(seen["contributions"][0], json!({ "body": { "slug": "itp" }, "secret": null }));
}

async fn a_void_is_told_before_it_is_done(world: World) {
    let _field = Field::of(&world, 2, 1).await;
    let lead = world.sign_in(&ITP_LEAD).await;
    let ballot = open(&lead).await;
    let input = |dry_run: bool| json!({ "ballot": ballot, "reason": "One is missing.", "dryRun": dry_run });
    let told = act(&lead, "voidBallot", &input(true)).await;
    assert_eq!(
        (&told["ballot"]["status"], &told["impact"]["placesReturned"]),
        (&json!("COMMITTING"), &json!(0))
    );
    let done = act(&lead, "voidBallot", &input(false)).await;
    assert_eq!(done["ballot"]["status"], "VOID");
    assert_eq!(done["impact"], told["impact"]);
    let query =
        "query($id: ID!) { node(id: $id) { ... on Ballot { voidCause voidReason voidedAt seed verifiability
        results { totalCount } } } }";
    assert_eq!(
        world.anybody().data(query, json!({ "id": ballot })).await["node"],
        json!({
            "voidCause": "NOTHING_KNOWN", "voidReason": "One is missing.", "voidedAt": "2023-09-01T00:00:00Z",
            "seed": null, "verifiability": null, "results": null,
        })
    );
}

async fn get(world: &World, path: &str, known: Option<&str>) -> Answer {
    let mut request = Request::get(path);
    if let Some(tag) = known {
        request = request.header("if-none-match", tag);
    }
    world.call(request.body(Body::empty()).expect("a request")).await
}

async fn document(world: &World) -> Answer {
    get(world, "/ballots/specialist-tech/1/ballot.json", None).await
}

async fn entries(world: &World) -> Answer {
    get(world, "/ballots/specialist-tech/1/entries.txt", None).await
}

async fn the_files_are_served_byte_for_byte_and_may_be_kept_once_they_stand(world: World) {
    let field = Field::of(&world, 3, 1).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    let ballot = open(&lead).await;
    let id: BallotId =
        GlobalId::read(&async_graphql::ID(ballot.as_str().expect("an id").into())).expect("an id");
    let query =
        "query($id: ID!) { node(id: $id) { ... on Ballot { entriesUrl documentUrl entriesDigest } } }";
    let public = &world.anybody().data(query, json!({ "id": ballot })).await["node"];
    assert_eq!(public["entriesUrl"], "http://127.0.0.1:8080/ballots/specialist-tech/1/entries.txt");
    assert_eq!(public["documentUrl"], "http://127.0.0.1:8080/ballots/specialist-tech/1/ballot.json");
    let (list, going_on) = (entries(&world).await, document(&world).await);
    assert_eq!(list.body, files::entries(world.conn(), id).await.expect("a list"));
    assert_eq!(public["entriesDigest"], Sha256::of(&list.body).to_string());
    assert_eq!(list.header("content-type"), "text/plain; charset=utf-8");
    // Anybody may verify, with a page of any origin.
    for answer in [&list, &going_on] {
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    assert_eq!(list.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(going_on.header("cache-control"), "public, no-cache");
    assert_eq!(verify(&going_on.body, &list.body).differs, Vec::<String>::new());

    field.void_by(id, &ITP_LEAD).await.expect("an end of the ballot");
    let ended = document(&world).await;
    assert_ne!(ended.header("etag"), going_on.header("etag"));
    assert_eq!(ended.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(verify(&ended.body, &list.body).differs, Vec::<String>::new());
    let again = get(&world, "/ballots/specialist-tech/1/ballot.json", Some(ended.header("etag"))).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    for path in [
        "specialist-tech/2",
        "specialist-tech/0",
        "specialist-tech/01",
        "specialist-tech/x",
        "nothing/1",
        "%00/1",
        "%FF/1",
        "specialist-tech/%FF",
    ] {
        for name in ["entries.txt", "ballot.json"] {
            let nothing = get(&world, &format!("/ballots/{path}/{name}"), None).await;
            assert_eq!(
                (nothing.status, nothing.code().as_str()),
                (StatusCode::NOT_FOUND, "NOT_FOUND"),
                "{path}"
            );
        }
    }
}
