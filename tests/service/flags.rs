//! What is to be noticed about applications: told of each, and asked for in a list. The two are written apart, as a rule
//! and as a condition of a query, and have to say the same of any rows whatever.

use std::collections::{BTreeMap, BTreeSet};

use entity::ApplicationStatus;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::support::cast::{ITP, ITP_ASSESSOR, ITP_LEAD, KAURI_AGENT, NZTECH, NZTECH_LEAD, RATA_AGENT};
use super::support::fiction::Fiction;
use super::support::{Caller, World};

on_both_databases! {
    a_filter_by_flags_finds_those_that_have_them,
    an_employer_learns_nothing_from_a_flag_that_is_the_bodys_alone,
    a_duplicate_is_told_to_both_bodies_and_to_no_employer,
    a_worker_has_to_have_been_told_from_the_day_of_the_law_on,
}

const FLAGS: [&str; 8] = [
    "OVERDUE",
    "POSSIBLE_DUPLICATE",
    "ON_HOLD",
    "PRIORITY",
    "CONFLICT_DECLARED",
    "EVIDENCE_MISSING",
    "EVIDENCE_EXPIRED",
    "QUESTION_EXPIRED",
];

/// How many applications are made up.
const APPLICATIONS: usize = 400;

async fn a_filter_by_flags_finds_those_that_have_them(world: World) {
    Fiction::new(&world).await.write(APPLICATIONS).await;
    let mut seen = BTreeMap::new();
    for member in [&NZTECH_LEAD, &ITP_ASSESSOR, &KAURI_AGENT, &RATA_AGENT] {
        let caller = world.sign_in(member).await;
        for exception in [Value::Null, json!("specialist-tech"), json!("advanced-manufacturing")] {
            let all = page(&caller, &exception, &json!({})).await;
            assert!(all.len() > 50, "{}", all.len());
            let having = |flags: &[&str]| -> BTreeSet<String> {
                let has = |own: &BTreeSet<String>| flags.iter().all(|flag| own.contains(*flag));
                all.iter().filter(|(_, own)| has(own)).map(|(id, _)| id.clone()).collect()
            };
            for (index, one) in FLAGS.iter().enumerate() {
                let other = FLAGS[(index + 3) % FLAGS.len()];
                for flags in [&[*one][..], &[one, other], &[one, one]] {
                    let found = page(&caller, &exception, &json!({ "flags": flags })).await;
                    let found: BTreeSet<String> = found.into_keys().collect();
                    let expected = having(flags);
                    assert_eq!(found, expected, "{} {exception} {flags:?}", member.handle);
                    let most = seen.entry((*one, member.body.is_some())).or_insert(0);
                    *most = (*most).max(expected.len());
                }
            }
        }
    }
    for ((flag, of_body), most) in seen {
        let alone = ["POSSIBLE_DUPLICATE", "ON_HOLD", "CONFLICT_DECLARED"].contains(&flag);
        assert_eq!(most > 0, of_body || !alone, "{flag} was tried on something");
    }
}

async fn an_employer_learns_nothing_from_a_flag_that_is_the_bodys_alone(world: World) {
    Fiction::new(&world).await.write(40).await;
    let query = "query($filter: ApplicationFilter) { applications(filter: $filter) { totalCount nodes { id } \
                 pageInfo { hasNextPage endCursor } } }";
    let agent = world.sign_in(&KAURI_AGENT).await;
    let nothing = json!({ "filter": { "submittedTo": "2001-01-01T00:00:00Z" } });
    let nothing = agent.ask(query, &nothing).await.whole();
    for flag in ["POSSIBLE_DUPLICATE", "ON_HOLD", "CONFLICT_DECLARED"] {
        let seen = agent.ask(query, &json!({ "filter": { "flags": [flag] } })).await.whole();
        assert_eq!(seen, nothing, "{flag}");
    }
}

async fn a_duplicate_is_told_to_both_bodies_and_to_no_employer(world: World) {
    let fiction = Fiction::new(&world).await;
    let mut rows = Vec::new();
    for (number, body) in [(1, &NZTECH), (2, &ITP)] {
        let mut row = fiction.application(number);
        (row.body_id, row.exception_id, row.status) =
            (body.id(), fiction.exceptions[0].0, ApplicationStatus::Submitted);
        (row.submitted_at, row.declared_at) = (Some(world.now()), Some(world.now()));
        rows.push(row);
    }
    let (live, ended) = (ApplicationStatus::Recommended, ApplicationStatus::Declined);
    for (second, exception, told) in [(live, 0, true), (ended, 0, false), (live, 1, false)] {
        (rows[1].status, rows[1].exception_id) = (second, fiction.exceptions[exception].0);
        fiction.put(&rows, &[("a", 1), ("a", 1)]).await;
        for (member, told) in
            [(&NZTECH_LEAD, told), (&ITP_LEAD, told), (&KAURI_AGENT, false), (&RATA_AGENT, false)]
        {
            let all = page(&world.sign_in(member).await, &Value::Null, &json!({})).await;
            let flagged = all.values().any(|flags| flags.contains("POSSIBLE_DUPLICATE"));
            assert_eq!(flagged, told, "{} {second:?} {exception}", member.handle);
        }
    }
}

/// The flags of every application that passes a filter, by its reference.
async fn page(caller: &Caller, exception: &Value, filter: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let query = "query($exception: String, $filter: ApplicationFilter, $after: String) {
        applications(classException: $exception, filter: $filter, first: 100, after: $after) {
            totalCount nodes { reference flags } pageInfo { hasNextPage endCursor } } }";
    let mut all = BTreeMap::new();
    let mut after = Value::Null;
    loop {
        let asked = json!({ "exception": exception, "filter": filter, "after": after });
        let mut page = caller.data(query, asked).await["applications"].take();
        for node in page["nodes"].as_array().expect("rows") {
            let flags = node["flags"].as_array().expect("flags").iter();
            let flags = flags.map(|flag| flag.as_str().expect("a word").to_owned()).collect();
            all.insert(node["reference"].as_str().expect("a reference").to_owned(), flags);
        }
        after = page["pageInfo"]["endCursor"].take();
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], json!(all.len()));
            return all;
        }
    }
}

async fn a_worker_has_to_have_been_told_from_the_day_of_the_law_on(world: World) {
    Fiction::new(&world).await.write(100).await;
    let told = "UPDATE worker SET told_on = '2026-03-01' \
                WHERE application_id IN (SELECT id FROM application WHERE status = 'SUBMITTED')";
    world.conn().execute_unprepared(told).await.expect("an update");
    // 1 May 2026 begins in New Zealand at noon of 30 April in UTC.
    for (now, is_law) in [("2026-04-30T11:59:00Z", false), ("2026-04-30T12:00:00Z", true)] {
        world.clock.move_to(now.parse().expect("an instant"));
        for member in [&NZTECH_LEAD, &KAURI_AGENT] {
            let caller = world.sign_in(member).await;
            let all = page(&caller, &Value::Null, &json!({})).await;
            let flagged: BTreeSet<String> = all
                .into_iter()
                .filter(|(_, own)| own.contains("WORKER_NOT_TOLD"))
                .map(|(id, _)| id)
                .collect();
            let found = page(&caller, &Value::Null, &json!({ "flags": ["WORKER_NOT_TOLD"] })).await;
            assert_eq!(found.into_keys().collect::<BTreeSet<_>>(), flagged, "{}", member.handle);
            assert_eq!(!flagged.is_empty(), is_law, "{} {now}", member.handle);
        }
    }
}
