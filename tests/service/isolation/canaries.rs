//! Whatever is asked, by whomever: thousands of valid operations that the schema itself makes up, of reads, acts and files,
//! and nothing of another tenant in an answer, its headers, an error, the log or the history.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chrono::TimeDelta;
use entity::{history_event, release};
use nominations::check::check;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::probes::{nodes, viewers};
use super::rows::{Row, settle};
use super::secrets::{Secret, leaked, secrets};
use crate::service::support::api::Api;
use crate::service::support::cast::{EVERYBODY, NZTECH, NZTECH_LEAD};
use crate::service::support::log::Log;
use crate::service::support::{Answer, Caller, Kind, World, in_a_world};

mod acts;
mod dice;
mod operations;
mod pool;

use dice::Dice;
use operations::{Asked, Maker, Operation};
use pool::Pool;

/// Operations on each database with every test run, from one seed.
const A_FEW: usize = 1_000;
/// Operations from each of the seeds in `make test-long`: on both databases 50,000.
const MANY: usize = 5_000;
const SEEDS: [u64; 5] = [11, 12, 13, 14, 15];

/// Of a hundred members of the schema, and of secrets that are shown to somebody, those that have to be asked for and seen.
struct Floor {
    asked: usize,
    seen: usize,
}

const FEW_REACH: Floor = Floor { asked: 90, seen: 50 };
const MANY_REACH: Floor = Floor { asked: 100, seen: 90 };

/// What operations may be refused with; all else says that one was not valid, or that the service failed.
const REFUSALS: [&str; 3] = ["BAD_USER_INPUT", "FORBIDDEN", "UNAUTHENTICATED"];

/// Files that can be asked for, whoever may have them.
const FILES: [(&str, &str); 8] = [
    ("releases", "whole.json"),
    ("releases", "whole.csv"),
    ("releases", "nztech.json"),
    ("releases", "nztech.csv"),
    ("releases", "itp.json"),
    ("releases", "itp.csv"),
    ("ballots", "entries.txt"),
    ("ballots", "ballot.json"),
];

/// What stands in no log and in no history, beside what only some may read.
const PERSONAL: [&str; 4] = ["asha", "1990-06-01", "z0000001", "kiwiq"];

// One thread for each, so that all that it does logs to its own subscriber.
#[tokio::test]
async fn nothing_of_anothers_is_anywhere_on_sqlite() {
    ask_in_worlds(Kind::Sqlite, &SEEDS[..1], A_FEW, FEW_REACH).await;
}

#[tokio::test]
async fn nothing_of_anothers_is_anywhere_on_postgres() {
    ask_in_worlds(Kind::Postgres, &SEEDS[1..2], A_FEW, FEW_REACH).await;
}

#[tokio::test]
#[ignore = "takes minutes; make test-long runs it"]
async fn nothing_of_anothers_is_anywhere_on_sqlite_whatever_is_asked() {
    ask_in_worlds(Kind::Sqlite, &SEEDS, MANY, MANY_REACH).await;
}

#[tokio::test]
#[ignore = "takes minutes; make test-long runs it"]
async fn nothing_of_anothers_is_anywhere_on_postgres_whatever_is_asked() {
    ask_in_worlds(Kind::Postgres, &SEEDS, MANY, MANY_REACH).await;
}

/// What was done in all worlds.
#[derive(Default)]
struct Tally {
    asked: Asked,
    /// Secrets that somebody was shown who may see them.
    seen: BTreeSet<String>,
    /// Operations by what came of them.
    ends: BTreeMap<String, usize>,
}

/// A world for each seed, with so many operations in it.
async fn ask_in_worlds(kind: Kind, seeds: &[u64], operations: usize, floor: Floor) {
    let (log, _logging) = Log::record();
    let tally = Arc::new(Mutex::new(Tally::default()));
    for seed in seeds.iter().copied() {
        let (log, tally, floor) = (log.clone(), Arc::clone(&tally), floor.seen);
        let ask = move |world| async move {
            let before = std::mem::take(&mut *tally.lock().expect("nobody panicked"));
            let mut run = Run::new(world, seed, log, before).await;
            for number in 0..operations {
                run.one(number).await;
            }
            run.finish(floor).await;
            *tally.lock().expect("nobody panicked") = run.tally;
        };
        in_a_world(kind, ask).await;
    }
    let tally = tally.lock().expect("nobody panicked");
    println!("{kind:?}, seeds {seeds:?}, {operations} operations each: {:#?}", tally.ends);
    assert_all_is_asked(&tally.asked, floor.asked);
}

/// A world that is asked.
struct Run {
    world: World,
    api: Api,
    dice: Dice,
    pool: Pool,
    rows: Vec<Row>,
    secrets: Vec<Secret>,
    viewers: Vec<(&'static str, Caller)>,
    log: Log,
    seed: u64,
    tally: Tally,
}

/// What was sent, as it can be sent again, and what came back.
struct Sent {
    number: usize,
    handle: &'static str,
    what: String,
    answer: Answer,
}

impl Run {
    async fn new(world: World, seed: u64, log: Log, tally: Tally) -> Self {
        let rows = settle(&world).await;
        attest(&world).await;
        let (staff, lead) = (world.sign_in(EVERYBODY[0]).await, world.sign_in(&NZTECH_LEAD).await);
        let nodes = nodes((&staff, &lead), &rows).await;
        let (secrets, viewers) = (secrets(&rows), viewers(&world).await);
        let (pool, dice) = (Pool::new(&rows, &nodes), Dice::new(seed));
        log.take();
        // What another world showed has other ids.
        let tally = Tally { seen: BTreeSet::new(), ..tally };
        Self { world, api: Api::read(), dice, pool, rows, secrets, viewers, log, seed, tally }
    }

    /// One operation, by anybody.
    async fn one(&mut self, number: usize) {
        let (handle, caller) = self.dice.pick(&self.viewers).clone();
        match self.dice.below(20) {
            0 => self.take_file(number, handle, &caller).await,
            1..=3 => self.act(number, handle, &caller).await,
            _ => {
                let made = Maker::new(&self.api, &self.dice, &self.pool, &mut self.tally.asked).query();
                self.ask(number, handle, &caller, &made).await;
            }
        }
    }

    async fn act(&mut self, number: usize, handle: &'static str, caller: &Caller) {
        // What is declared after a finding does not stand against it.
        self.world.clock.move_to(self.world.now() + TimeDelta::seconds(1));
        let act = acts::choose(&self.dice, &self.pool, &self.rows, (handle, caller)).await;
        let maker = Maker::new(&self.api, &self.dice, &self.pool, &mut self.tally.asked);
        let made = maker.mutation(act.mutation, &act.input);
        let answer = self.ask(number, handle, caller, &made).await;
        let payload = &answer["data"][act.mutation];
        if payload["userErrors"].as_array().is_some_and(Vec::is_empty) {
            self.end(format!("done: {}", act.mutation));
        }
    }

    async fn ask(
        &mut self,
        number: usize,
        handle: &'static str,
        caller: &Caller,
        made: &Operation,
    ) -> serde_json::Value {
        let answer = caller.ask(&made.document, &made.variables).await;
        let json = answer.json();
        let sent = Sent { number, handle, what: format!("{} {}", made.document, made.variables), answer };
        let errors = json["errors"].as_array();
        for error in errors.into_iter().flatten() {
            let code = error["extensions"]["code"].as_str().unwrap_or_default();
            let is_refusal = sent.answer.status == StatusCode::OK && REFUSALS.contains(&code);
            assert!(is_refusal, "{}", self.told(&sent, "an operation is not valid, or was not answered"));
            self.end(format!("{code}: {}", error["message"]));
        }
        if errors.is_none() {
            self.end("answered".to_owned());
        }
        self.look_into(&sent, |_| false);
        self.pool.keep(&self.dice, &json["data"]);
        json
    }

    /// A file of a release or of a ballot. A body's own section has whole passports in it.
    async fn take_file(&mut self, number: usize, handle: &'static str, caller: &Caller) {
        let (of, name) = *self.dice.pick(&FILES);
        let number_of_file = self.dice.pick(&[1, 1, 1, 0, 2]);
        let path = format!("/{of}/specialist-tech/{number_of_file}/{name}");
        let mut request = Request::get(&path).header("x-request-id", "asked");
        if let Some(token) = &caller.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let answer = self.world.call(request.body(Body::empty()).expect("a request")).await;
        let is_whole = name.split_once('.').is_some_and(|(body, _)| handle.starts_with(body));
        self.end(format!("a file: {}", answer.status));
        let sent = Sent { number, handle, what: path, answer };
        self.look_into(&sent, |secret| is_whole && secret.of.is_empty());
    }

    /// All that came back, and all that was logged meanwhile.
    fn look_into(&mut self, sent: &Sent, may: impl Fn(&Secret) -> bool) {
        let mut leaks = leaked(&self.secrets, sent.handle, &sent.answer);
        leaks.retain(|secret| !may(secret));
        assert!(leaks.is_empty(), "{}", self.told(sent, &format!("{} learned {leaks:?}", sent.handle)));
        let log = self.log.take().to_lowercase();
        assert!(log.contains("answered"), "{}", self.told(sent, "nothing was logged"));
        let texts = self.secrets.iter().map(|secret| secret.text.as_str());
        let logged = texts.chain(PERSONAL).find(|text| log.contains(text));
        assert_eq!(logged, None, "{}\n{log}", self.told(sent, "it is in the log"));
        let whole = sent.answer.whole().to_lowercase();
        let seen = self.secrets.iter().filter(|one| one.is_shown && whole.contains(&one.text));
        self.tally.seen.extend(seen.map(|one| one.text.clone()));
    }

    /// What it takes to see it again.
    fn told(&self, sent: &Sent, fault: &str) -> String {
        let Sent { number, handle, what, answer } = sent;
        let seed = self.seed;
        format!("{fault}\nseed {seed}, operation {number}, by {handle}: {what}\n{}", answer.whole())
    }

    fn end(&mut self, end: String) {
        *self.tally.ends.entry(end).or_default() += 1;
    }

    async fn finish(&self, floor: usize) {
        let shown: BTreeSet<&String> =
            self.secrets.iter().filter(|one| one.is_shown).map(|one| &one.text).collect();
        let seen = shown.iter().filter(|text| self.tally.seen.contains(**text)).count();
        println!("seed {}: {seen} of {} secrets were seen", self.seed, shown.len());
        assert!(seen * 100 >= shown.len() * floor, "{seen} of {} secrets were seen", shown.len());
        assert_nothing_is_in_the_history(&self.world).await;
        let found = check(&self.world.app).await.expect("a check");
        assert!(found.is_empty(), "{found:?}");
    }
}

/// One body answers for its section: the name of who does is its own.
async fn attest(world: &World) {
    let release = release::Entity::find().one(world.conn()).await.expect("a query").expect("a release");
    let digest = world.section_digest(release.id, &NZTECH).await;
    world.attest(&NZTECH, release.id, &digest).await.expect("an attestation");
}

/// Words, pay, names and numbers; ids may stand there.
async fn assert_nothing_is_in_the_history(world: &World) {
    let texts = secrets(&[]).into_iter().map(|secret| secret.text);
    let texts: Vec<String> = texts.filter(|text| Uuid::try_parse(text).is_err()).collect();
    let history = history_event::Entity::find().all(world.conn()).await.expect("the history");
    assert!(history.len() > 100, "{} events", history.len());
    for event in history {
        let detail = event.detail.to_string().to_lowercase();
        let found = texts.iter().map(String::as_str).chain(PERSONAL).find(|text| detail.contains(text));
        assert_eq!(found, None, "{event:?}");
    }
}

/// Or nothing was looked for.
fn assert_all_is_asked(asked: &Asked, floor: usize) {
    let api = Api::read();
    // What can be listened to is asked for by authorisation/listening.rs and live.rs.
    let mut members = api.members();
    members.retain(|(of, _)| *of != "Subscription");
    let is_asked = |(of, field): &&(&str, &str)| asked.contains_key(&((*of).to_owned(), (*field).to_owned()));
    let missing: Vec<_> = members.iter().filter(|member| !is_asked(member)).collect();
    let reached = members.len() - missing.len();
    println!("{reached} of {} members of the schema were asked for", members.len());
    assert!(reached * 100 >= members.len() * floor, "nobody asked for {missing:?}");
}
