//! What a rival body, another employer, the agency, the ministry and the public can learn of a caseload that is not
//! theirs, and what an employer can learn of how the body works on its own: by every route that the schema has.

use std::collections::{BTreeMap, BTreeSet};

use nominations::check::check;
use serde_json::{Value, json};

use super::support::World;
use super::support::acts::{MUTATIONS, Target, document, input};
use super::support::api::Api;
use super::support::cast::{EVERYBODY, ITP, KAURI, NZTECH, NZTECH_LEAD, RATA};

mod authorisation;
mod canaries;
mod inside;
mod interest;
mod marks;
mod probes;
mod roles;
mod rows;
mod secrets;
mod timing;
mod wall;

use probes::{nodes, reads, unknown, unknown_id, unknown_nzbn, unknown_reference, viewers};
use rows::{Row, Stage, settle};
use secrets::{leaked, prefix_of_firm, secrets};

on_both_databases! {
    nobody_reads_what_is_not_theirs_by_any_route,
    what_is_hidden_answers_exactly_like_what_does_not_exist,
    an_act_on_anothers_row_answers_exactly_like_one_on_nothing,
}

#[test]
fn every_member_of_the_schema_is_tried() {
    let api = Api::read();
    let asked = reads(&api, &[], &BTreeMap::new());
    let mut asked: BTreeSet<&str> = asked.iter().map(|read| read.member).collect();
    asked.extend(["application", "node", "nodes"]);
    assert_eq!(api.names("Query"), asked, "a query is new: add it to `reads` in probes.rs");
    let acts = MUTATIONS.into_iter().collect();
    assert_eq!(api.names("Mutation"), acts, "a mutation is new: add it to `MUTATIONS` and to `roles.rs`");
    let listened = BTreeSet::from(["applicationChanged", "quotaChanged", "releaseChanged"]);
    assert_eq!(
        api.names("Subscription"),
        listened,
        "a subscription is new: add it to authorisation/listening.rs"
    );
    let mutation_only = api.fields("Mutation").iter().all(|field| field.arguments.len() == 1);
    assert!(mutation_only, "every mutation takes its input, and nothing beside it");
}

async fn nobody_reads_what_is_not_theirs_by_any_route(world: World) {
    let (api, rows) = (Api::read(), settle(&world).await);
    let staff = world.sign_in(EVERYBODY[0]).await;
    let nodes = nodes((&staff, &world.sign_in(&NZTECH_LEAD).await), &rows).await;
    let tried: BTreeSet<&str> = nodes.keys().copied().collect();
    assert_eq!(api.nodes(), tried, "a type with an id is new: add it to `nodes` in probes.rs");
    let (reads, secrets) = (reads(&api, &rows, &nodes), secrets(&rows));
    let mut seen = BTreeSet::new();
    for (handle, caller) in viewers(&world).await {
        for read in &reads {
            let answer = caller.ask(&read.document, &read.variables).await;
            let whole = answer.whole();
            assert_eq!(answer.json().get("errors"), None, "{handle}: {} {}", read.document, read.variables);
            let leaks = leaked(&secrets, handle, &answer);
            assert!(leaks.is_empty(), "{handle} learned {leaks:?}\n{read:?}\n{whole}");
            let whole = whole.to_lowercase();
            seen.extend(secrets.iter().filter(|secret| whole.contains(&secret.text)).map(|one| &one.text));
        }
    }
    // Or nothing was looked for.
    let unseen: Vec<_> = secrets.iter().filter(|one| one.is_shown && !seen.contains(&one.text)).collect();
    assert!(unseen.is_empty(), "nobody was shown {unseen:?}");
}

async fn what_is_hidden_answers_exactly_like_what_does_not_exist(world: World) {
    let (api, rows) = (Api::read(), settle(&world).await);
    let staff = world.sign_in(EVERYBODY[0]).await;
    let nodes = nodes((&staff, &world.sign_in(&NZTECH_LEAD).await), &rows).await;
    let secrets = secrets(&rows);
    for (handle, caller) in viewers(&world).await {
        let hidden = |text: &str| {
            let found = secrets.iter().find(|secret| secret.text == text.to_lowercase());
            found.is_some_and(|secret| !secret.may_be_read_by(handle))
        };
        let mut pairs = Vec::new();
        for (kind, ids) in &nodes {
            let query = format!(
                "query($it: ID!) {{ node(id: $it) {{ id ... on {kind} {{ {} }} }} nodes(ids: [$it, $it]) {{ id }} }}",
                api.selection(kind, 1)
            );
            // Some of each kind: they are of all stages.
            let hidden: Vec<_> = ids.iter().filter(|id| hidden(id)).collect();
            for id in hidden.iter().step_by(hidden.len() / 8 + 1) {
                pairs.push((query.clone(), (*id).clone(), unknown_id(kind)));
            }
        }
        let by_reference = "query($it: String!) { application(reference: $it) { id version } }";
        for row in rows.iter().filter(|row| hidden(&row.id)) {
            pairs.push((by_reference.to_owned(), row.reference.clone(), unknown_reference()));
        }
        let by_number = "query($it: NZBN!) { employer(nzbn: $it) { id evidence { id } }
            applications(filter: { employer: $it }) { totalCount nodes { id } pageInfo { endCursor } } }";
        for firm in [&KAURI, &RATA].into_iter().filter(|firm| hidden(firm.nzbn)) {
            pairs.push((by_number.to_owned(), firm.nzbn.to_owned(), unknown_nzbn()));
        }
        for (query, hidden, unknown) in pairs {
            let there = caller.ask(&query, &json!({ "it": hidden })).await.whole();
            let absent = caller.ask(&query, &json!({ "it": unknown })).await.whole();
            assert_eq!(there, absent, "{handle}: {query}");
        }
    }
}

async fn an_act_on_anothers_row_answers_exactly_like_one_on_nothing(world: World) {
    let rows = settle(&world).await;
    let secrets = secrets(&rows);
    let viewers = viewers(&world).await;
    let before = world.count_rows().await;
    for (handle, caller) in &viewers {
        for row in rows.iter().filter(|row| !may_see(handle, row)) {
            let person = if handle.starts_with(NZTECH.slug) { &ITP } else { &NZTECH };
            let person =
                EVERYBODY.into_iter().find(|one| one.body.is_some_and(|body| body.slug == person.slug));
            let person = nominations::schema::GlobalId::of(&person.expect("somebody").person()).to_string();
            let hidden = row.target(&person, "Kiwiq");
            // These name no row, and are taken whatever is there already: see `interest`, `members` and `outcomes`.
            let asks = [
                "registerInterest",
                "prepareRelease",
                "registerEmployer",
                "reconcile",
                "recordAgencyOutcomes",
            ];
            for mutation in MUTATIONS.into_iter().filter(|mutation| !asks.contains(mutation)) {
                for (hidden, unknown) in pairs(mutation, &hidden, &rows, handle) {
                    let document = document(mutation);
                    let there = caller.ask(&document, &json!({ "input": hidden })).await;
                    let absent = caller.ask(&document, &json!({ "input": unknown })).await;
                    assert_eq!(there.whole(), absent.whole(), "{handle}: {mutation} {hidden}");
                    let leaks = leaked(&secrets, handle, &there);
                    assert!(leaks.is_empty(), "{handle} learned {leaks:?} by {mutation}");
                }
            }
        }
    }
    assert_eq!(world.count_rows().await, before);
    assert_eq!(check(&world.app).await.expect("a check").len(), 0);
}

fn may_see(handle: &str, row: &Row) -> bool {
    let is_bodys = row.stage > Stage::Draft && handle.starts_with(row.body.slug);
    is_bodys || handle.starts_with(prefix_of_firm(row.firm))
}

/// Inputs that name what is hidden, each with one that names nothing: all of it, and one thing beside the caller's
/// own.
fn pairs(mutation: &str, hidden: &Target, rows: &[Row], handle: &str) -> Vec<(Value, Value)> {
    let pair = |hidden: &Target, unknown: &Target| {
        let mut pair = (input(mutation, hidden), input(mutation, unknown));
        if mutation == "takeNextApplication" {
            // From a queue where nothing of the caller's own waits.
            pair.0["role"] = json!(["2612"]);
            pair.1["role"] = json!(["2612"]);
        }
        pair
    };
    let nothing = unknown(hidden);
    let mut all = vec![pair(hidden, &nothing)];
    let own = rows.iter().find(|row| {
        let is_agents = [&KAURI, &RATA].into_iter().any(|firm| handle.starts_with(prefix_of_firm(firm)));
        let stage = if is_agents { Stage::Draft } else { Stage::InAssessment };
        row.stage == stage && may_see(handle, row)
    });
    if let Some(own) = own {
        let beside = |target: &Target| Target {
            application: own.id.clone(),
            version: own.version,
            body: own.body.slug.to_owned(),
            nzbn: if mutation == "createApplication" {
                own.firm.nzbn.to_owned()
            } else {
                target.nzbn.clone()
            },
            ..target.clone()
        };
        match mutation {
            "removeEvidence" | "assignApplications" => all.push(pair(&beside(hidden), &beside(&nothing))),
            "createApplication" if !hidden.interest.is_empty() => {
                all.push(pair(&beside(hidden), &beside(&nothing)));
            }
            "declareConflict" if hidden.nzbn != own.firm.nzbn => {
                all.push(pair(&beside(hidden), &beside(&nothing)));
            }
            _ => {}
        }
    }
    all
}

#[test]
fn a_row_is_seen_by_its_employer_and_once_submitted_by_its_body() {
    let row = |stage| Row {
        body: &NZTECH,
        firm: &KAURI,
        stage,
        id: String::new(),
        reference: String::new(),
        version: 1,
        status: String::new(),
        evidence: vec![],
        questions: vec![],
        amendment: String::new(),
        discrepancy: String::new(),
        interest: None,
        events: vec![],
        events_inside: vec![],
    };
    for (handle, draft, submitted) in [
        ("nztech-lead", false, true),
        ("kauri-second", true, true),
        ("itp-lead", false, false),
        ("rata-agent", false, false),
        ("public", false, false),
    ] {
        assert_eq!(
            (may_see(handle, &row(Stage::Draft)), may_see(handle, &row(Stage::Submitted))),
            (draft, submitted)
        );
    }
}
