//! A million of the agency's lines folded into their cases, and a million applications held against three records, each
//! beside sorting the same lines once.
//!
//! `cargo bench --bench reconciliation`. Each is run by turns with a tenth of it in one process, and the best of each counts:
//! what is linear takes ten times as long.

use std::collections::{HashMap, HashSet};
use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    AgencyStatus, ApplicationId, ApplicationStatus, BodyId, ExceptionId, OutcomeFate, PlaceState,
    ReleaseLineState,
};
use nominations::reconciliation::rules::outcomes::{Case, Details, Ground, Said, Told, fold};
use nominations::reconciliation::rules::{self, AtAgency, Frame, Held, Line, Published, Stretch, Tally};
use uuid::Uuid;

/// Lines.
const MANY: usize = 1_000_000;
/// Lines of one message.
const MESSAGE: usize = 1_000;
/// How often each is run.
const RUNS: usize = 3;
/// What is wanted of the rules, in lines a second.
const LEAST: f64 = 200_000.0;

const BODY: BodyId = BodyId(Uuid::from_u128(1));

fn main() {
    for (what, run) in [("outcomes folded", folded as fn(usize) -> Duration), ("applications judged", judged)]
    {
        let (mut tenth, mut whole) = (Duration::MAX, Duration::MAX);
        for _ in 0..RUNS {
            tenth = tenth.min(run(MANY / 10));
            whole = whole.min(run(MANY));
        }
        let sorted = (0..RUNS).map(|_| sorted()).min().unwrap_or_default();
        let speed = f64::from(u32::try_from(MANY).expect("a small number")) / whole.as_secs_f64();
        println!("{MANY} {what}, the best of {RUNS} runs");
        println!("in all                    {:>9} ms", whole.as_millis());
        println!("lines a second            {speed:>9.0}     (at least {LEAST:.0} are wanted)");
        println!("ten times a tenth         {:>9.2}", whole.as_secs_f64() / (tenth.as_secs_f64() * 10.0));
        println!("sorting them by reference {:>9.2}", whole.as_secs_f64() / sorted.as_secs_f64());
    }
}

fn start() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

fn id(number: usize) -> ApplicationId {
    ApplicationId(Uuid::from_u128(number as u128))
}

/// The order in which lines come: not that of their references.
fn shuffled(number: usize, of: usize) -> usize {
    (number * 7_919) % of
}

fn reference(number: usize) -> String {
    format!("NZT-{number:07}")
}

fn sorted() -> Duration {
    let mut references: Vec<String> = (0..MANY).map(|number| reference(shuffled(number, MANY))).collect();
    let started = Instant::now();
    references.sort_unstable();
    let _ = black_box(references);
    started.elapsed()
}

/// Two lines for each case, in messages of a thousand.
fn folded(lines: usize) -> Duration {
    let cases = lines / 2;
    let mut ground = Ground {
        cases: (0..cases).map(|number| (reference(number), case(number))).collect(),
        documents: HashMap::new(),
        now: start() + TimeDelta::days(90),
        returning_days: 28,
    };
    let said = |status, days| Said {
        status,
        at: start() + TimeDelta::days(days),
        agency_reference: None,
        reason: None,
        expires_on: None,
        correction: false,
    };
    let steps = [said(AgencyStatus::Invited, 10), said(AgencyStatus::VisaGranted, 20)];
    let told: Vec<Told> = steps
        .iter()
        .flat_map(|said| {
            (0..cases).map(|number| Told {
                reference: reference(shuffled(number, cases)),
                said: said.clone(),
                details: Details::default(),
            })
        })
        .collect();
    let started = Instant::now();
    let mut applied = 0;
    for message in told.chunks(MESSAGE) {
        let outcomes = fold(message, &mut ground);
        applied += outcomes.iter().filter(|outcome| outcome.fate == OutcomeFate::Applied).count();
    }
    let took = started.elapsed();
    assert_eq!(applied, told.len());
    took
}

fn case(number: usize) -> Case {
    Case {
        application: id(number),
        body: BODY,
        is_nominated: true,
        place: Some(PlaceState::Listed),
        line: Some(ReleaseLineState::Listed),
        stands: Said {
            status: AgencyStatus::Acknowledged,
            at: start(),
            agency_reference: None,
            reason: None,
            expires_on: None,
            correction: false,
        },
        hold_until: None,
        details: Details::default(),
        released: None,
        before: HashSet::new(),
    }
}

/// Three records that agree.
fn judged(applications: usize) -> Duration {
    let all = || 0..applications;
    let place = |number: usize| i32::try_from(number + 1).expect("a place");
    let cases: Vec<_> = all()
        .map(|number| rules::Case {
            application: id(number),
            body: BODY,
            status: ApplicationStatus::Nominated,
        })
        .collect();
    let held: Vec<_> = all()
        .map(|number| Held {
            application: id(number),
            body: BODY,
            place: place(number),
            state: PlaceState::Listed,
        })
        .collect();
    let lines: Vec<_> = all()
        .map(|number| Line {
            application: id(number),
            body: BODY,
            place: place(number),
            state: ReleaseLineState::Listed,
        })
        .collect();
    let agency: Vec<_> = all()
        .map(|number| AtAgency {
            application: id(number),
            body: BODY,
            status: AgencyStatus::Invited,
            at: start(),
        })
        .collect();
    let frame = Frame {
        exception: ExceptionId(Uuid::from_u128(9)),
        now: start() + TimeDelta::days(30),
        release: Some(Published { number: 1, at: start(), is_acknowledged: true }),
    };
    let started = Instant::now();
    let mut tally = Tally::default();
    for one in (Stretch { cases: &cases, held: &held, lines: &lines, agency: &agency }) {
        let agrees = frame.judge(&one).is_empty();
        tally.count(&one, agrees);
    }
    let took = started.elapsed();
    assert_eq!(usize::try_from(tally.matched), Ok(applications));
    took
}
