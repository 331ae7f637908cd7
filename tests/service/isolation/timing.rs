//! How long an answer takes tells as little as what it says: what is hidden is looked for on the same way as what was never
//! there.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;

use super::probes::unknown;
use super::rows::{Row, Stage, row, settle};
use crate::service::support::acts::{Target, document, input};
use crate::service::support::cast::{ITP_LEAD, KAURI, NZTECH};
use crate::service::support::{Caller, Kind, World, in_a_world};
use entity::ApplicationId;
use nominations::schema::GlobalId;
use nominations::values::reference::{Prefix, Reference};

/// Pairs of questions, of something hidden and of nothing.
const PAIRS: usize = 2_000;
/// By how much of the one the medians may differ.
const MOST: f64 = 0.05;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "asks 24,000 questions: make test-long"]
async fn what_is_hidden_takes_as_long_as_nothing_on_sqlite() {
    in_a_world(Kind::Sqlite, the_medians_are_the_same).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "asks 24,000 questions: make test-long"]
async fn what_is_hidden_takes_as_long_as_nothing_on_postgres() {
    in_a_world(Kind::Postgres, the_medians_are_the_same).await;
}

async fn the_medians_are_the_same(world: World) {
    let rows = settle(&world).await;
    let lead = world.sign_in(&ITP_LEAD).await;
    let hidden = row(&rows, &NZTECH, &KAURI, Stage::InAssessment);
    for door in [by_reference, by_id, by_act] {
        let (mut there, mut absent) = (Vec::with_capacity(PAIRS), Vec::with_capacity(PAIRS));
        for number in 0..PAIRS {
            // By turns, so that whatever else the machine does falls on both.
            let one = door(&hidden.target("", "Kiwiq"));
            let other = door(&nothing(hidden, number));
            if number % 2 == 0 {
                there.push(took(&lead, &one).await);
                absent.push(took(&lead, &other).await);
            } else {
                absent.push(took(&lead, &other).await);
                there.push(took(&lead, &one).await);
            }
        }
        let (there, absent) = (median(there), median(absent));
        let differ = (there.as_secs_f64() / absent.as_secs_f64() - 1.0).abs();
        println!(
            "{}: hidden {there:?}, absent {absent:?}, {:.1} % apart",
            door(&hidden.target("", "")).0,
            differ * 100.0
        );
        assert!(differ < MOST, "hidden {there:?}, absent {absent:?}");
    }
}

/// A document with its variables.
type Asked = (String, Value);

fn by_reference(target: &Target) -> Asked {
    let query = "query($it: String!) { application(reference: $it) { id version } }";
    (query.to_owned(), json!({ "it": target.reference }))
}

fn by_id(target: &Target) -> Asked {
    let query = "query($it: ID!) { node(id: $it) { id ... on Application { version } } }";
    (query.to_owned(), json!({ "it": target.application }))
}

fn by_act(target: &Target) -> Asked {
    (document("confirm"), json!({ "input": input("confirm", target) }))
}

/// Something of which there is nothing, another each time.
fn nothing(like: &Row, number: usize) -> Target {
    let number = u128::try_from(number).expect("a number");
    let id = ApplicationId(Uuid::from_u128(0x017f_0000_0000_7000_8000_0000_0001_0000 + number));
    let prefix = Prefix::parse(NZTECH.prefix).expect("a prefix");
    let digits = [
        31,
        30,
        29,
        16 + u8::try_from(number / 32 % 16).expect("a digit"),
        u8::try_from(number % 32).expect("a digit"),
    ];
    Target {
        application: GlobalId::of(&id).to_string(),
        reference: Reference::make(prefix, digits).to_string(),
        ..unknown(&like.target("", "Kiwiq"))
    }
}

async fn took(lead: &Caller, (query, variables): &Asked) -> Duration {
    let began = Instant::now();
    let answer = lead.ask(query, variables).await;
    let took = began.elapsed();
    assert_eq!(answer.json().get("errors"), None);
    took
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all[all.len() / 2]
}
