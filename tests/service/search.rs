//! A caseload is searched by the beginnings of words: what is found, by whom, and that it keeps in step.

use std::collections::{BTreeMap, BTreeSet};

use entity::{application, application_word, employer, worker};
use nominations::applications::actions::FillViews;
use nominations::applications::rules::{words_of, words_to_find};
use nominations::check::check;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::support::caseload::{Caseload, Wanted};
use super::support::casework::{SPECIALIST_TECH, apply, complete, done, merged, submitted, worker as person};
use super::support::cast::{ITP_LEAD, KAURI_AGENT, NZTECH_ASSESSOR, NZTECH_LEAD, RATA, RATA_AGENT};
use super::support::{Caller, World};

on_both_databases! {
    every_word_that_is_typed_begins_a_word_of_what_is_found,
    what_is_found_is_the_viewers_own,
    a_change_is_found_and_what_stood_there_is_not,
    what_is_searched_for_is_bounded,
    applications_from_before_words_were_kept_are_filled_in,
}

/// Names and titles with what sorts and folds in unusual ways.
const NAMES: [(&str, &str, &str); 8] = [
    ("Ōkawa", "Mina", "Software Engineer"),
    ("O’Brien-Smith", "Zoë", "Softwareentwickler"),
    ("Zz", "zzz", "C++ Programmer"),
    ("東京", "京", "ICT Manager"),
    ("Đặng", "Łukasz", "Analyst Programmer"),
    ("Straße", "Σίσυφος", "Developer (Node.js)"),
    ("\u{10FFFD}", "ZZ", "Tester"),
    ("a", "A2 ABC", "aa"),
];

async fn every_word_that_is_typed_begins_a_word_of_what_is_found(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    for (number, (family, given, title)) in NAMES.into_iter().enumerate() {
        let (agent, firm) = if number % 2 == 0 {
            (&KAURI_AGENT, json!({}))
        } else {
            (&RATA_AGENT, json!({ "employerNzbn": RATA.nzbn }))
        };
        let name = json!({ "familyName": family, "givenNames": given });
        let worker = merged(person(&format!("N000000{number}")), name);
        let input = merged(merged(complete(), firm), json!({ "jobTitle": title, "worker": worker }));
        submitted(&world.sign_in(agent).await, input).await;
    }
    let words = all_words(&world).await;
    let mut typed: BTreeSet<String> =
        ["", "%", "_", "zz zz", "kauri soft", "a a2", "o’bri rata"].map(Into::into).into();
    for word in words.values().flatten() {
        let letters: Vec<char> = word.chars().collect();
        typed.extend((1..=letters.len().min(4)).map(|length| letters[..length].iter().collect()));
        typed.extend([word.to_uppercase(), format!("{word} k"), format!("{word}a")]);
    }
    let references: Vec<_> = words.keys().cloned().collect();
    typed.extend(references.iter().flat_map(|one| [one.clone(), one.replace('-', ""), one[..7].to_owned()]));
    let lead = world.sign_in(&NZTECH_LEAD).await;
    for typed in typed {
        let is_found = |own: &BTreeSet<String>| {
            words_to_find(&typed).iter().all(|start| own.iter().any(|word| word.starts_with(start.as_str())))
        };
        let expected: BTreeSet<String> =
            words.iter().filter(|(_, own)| is_found(own)).map(|(reference, _)| reference.clone()).collect();
        assert_eq!(found(&lead, &typed).await, expected, "{typed:?}");
    }
    for reference in references {
        assert_eq!(found(&lead, &reference.to_lowercase()).await, BTreeSet::from([reference]));
    }
    assert_eq!(found(&lead, "okawa kauri engineer").await.len(), 1);
}

async fn what_is_found_is_the_viewers_own(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    submitted(&agent, complete()).await;
    submitted(&agent, merged(complete(), json!({ "body": "itp" }))).await;
    done(&agent, "createApplication", complete()).await;
    for (member, count) in [(&KAURI_AGENT, 3), (&NZTECH_ASSESSOR, 1), (&ITP_LEAD, 1), (&RATA_AGENT, 0)] {
        let caller = world.sign_in(member).await;
        for typed in ["okawa", "kauri", "softw engi"] {
            assert_eq!(found(&caller, typed).await.len(), count, "{} {typed}", member.handle);
        }
    }
}

async fn a_change_is_found_and_what_stood_there_is_not(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let agent = world.sign_in(&KAURI_AGENT).await;
    let draft = done(&agent, "createApplication", complete()).await;
    let name = merged(person("N1234567"), json!({ "familyName": "Tamahori" }));
    let draft = done(&agent, "updateApplication", draft.with(json!({ "worker": name }))).await;
    done(&agent, "updateApplication", draft.with(json!({ "jobTitle": "Web Designer" }))).await;
    for (typed, count) in
        [("tamahori web", 1), ("mina desi", 1), ("okawa", 0), ("software", 1), ("engineer", 0)]
    {
        assert_eq!(found(&agent, typed).await.len(), count, "{typed}");
    }
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

async fn what_is_searched_for_is_bounded(world: World) {
    apply(&world, SPECIALIST_TECH).await;
    let lead = world.sign_in(&NZTECH_LEAD).await;
    for (typed, taken) in [
        ("a b c d e f g h".to_owned(), true),
        ("a b c d e f g h i".to_owned(), false),
        ("a".repeat(200), true),
        ("a".repeat(201), false),
        ("\u{0}\u{FFFF}' OR 1".to_owned(), true),
    ] {
        let answer = lead.graphql(SEARCH, json!({ "typed": typed })).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(*code, if taken { Value::Null } else { json!("BAD_USER_INPUT") }, "{typed:?}");
    }
}

async fn applications_from_before_words_were_kept_are_filled_in(world: World) {
    let cases = Caseload::new(&world, |_| {}).await;
    cases.draft(&Wanted::new("N0000001")).await;
    let decided = cases.recommended(&Wanted::new("N0000002")).await;
    cases.wait_minutes(60 * 24 * 2);
    cases.confirm(&cases.application(decided).await).await.expect("a confirmation");
    assert_eq!(cases.application(decided).await.days_to_decision, Some(2));
    let conn = world.conn();
    application_word::Entity::delete_many().exec(conn).await.expect("no words");
    application::Entity::update_many()
        .col_expr(application::Column::DaysToDecision, Expr::value(None::<i32>))
        .exec(conn)
        .await
        .expect("no days");
    let before = check(&world.app).await.expect("a check");
    assert_eq!(before.len(), 3, "{before:#?}");
    let last = world.by_itself(&FillViews { shelf: &world.app.shelf, after: None }).await.expect("filled in");
    assert!(last.is_some());
    assert_eq!(
        world.by_itself(&FillViews { shelf: &world.app.shelf, after: last }).await.expect("nothing to do"),
        None
    );
    assert_eq!(
        world.by_itself(&FillViews { shelf: &world.app.shelf, after: None }).await.expect("nothing to do"),
        None
    );
    assert_eq!(check(&world.app).await.expect("a check"), []);
}

const SEARCH: &str = "query($typed: String) { applications(first: 100, filter: { search: $typed }) {
    totalCount nodes { reference } } }";

/// The references of what a caller finds.
async fn found(caller: &Caller, typed: &str) -> BTreeSet<String> {
    let seen = caller.data(SEARCH, json!({ "typed": typed })).await["applications"].take();
    let nodes = seen["nodes"].as_array().expect("rows").iter();
    let found: BTreeSet<_> = nodes.map(|node| node["reference"].as_str().expect("one").to_owned()).collect();
    assert_eq!(seen["totalCount"], json!(found.len()));
    found
}

/// By reference, the words that each application says.
async fn all_words(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for row in application::Entity::find().all(world.conn()).await.expect("applications") {
        let employer = employer::Entity::find_by_id(row.employer_id).one(world.conn()).await;
        let worker =
            worker::Entity::find().filter(worker::Column::ApplicationId.eq(row.id)).one(world.conn()).await;
        let (employer, worker) = (employer.expect("a query"), worker.expect("a query"));
        let words = words_of(&row, &employer.expect("an employer"), &worker.expect("a worker"));
        all.insert(row.reference, words);
    }
    all
}
