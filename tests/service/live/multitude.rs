//! Many who listen at two processes, one of which is killed in the middle: each is told all that it may know, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use entity::{EventKind, application, history_event, membership};
use futures_util::{SinkExt, StreamExt};
use nominations::clock::Clock;
use nominations::schema::GlobalId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::{QUOTA, RELEASE};
use crate::service::support::World;
use crate::service::support::acts::document;
use crate::service::support::caseload::{Caseload, Wanted};
use crate::service::support::cast::{
    Firm, ITP_ASSESSOR, ITP_LEAD, KAURI, KAURI_AGENT, KAURI_SECOND, Member, NZTECH, NZTECH_ASSESSOR,
    NZTECH_LEAD, NZTECH_SECOND, RATA, RATA_AGENT, Tenant,
};
use crate::service::support::command::{Deployment, Serving};
use crate::service::support::database::{Database, Kind};

/// Everybody who has a caseload to listen to.
const STAFF_AND_AGENTS: [&Member; 8] = [
    &NZTECH_LEAD,
    &NZTECH_ASSESSOR,
    &NZTECH_SECOND,
    &ITP_LEAD,
    &ITP_ASSESSOR,
    &KAURI_AGENT,
    &KAURI_SECOND,
    &RATA_AGENT,
];
/// As little as tells one event from another: what hangs on them is loaded for each who asks for it.
const CHANGED: &str = "subscription($after: ID) { applicationChanged(after: $after) { id } }";
/// How long everything may take to be told.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long whoever may not go on may be left listening: "at once" is the next look of the process, five times a second.
const AT_ONCE: Duration = Duration::from_secs(1);

/// How much of it.
#[derive(Clone, Copy)]
struct Scale {
    /// Subscriptions of each member's to its caseload.
    each: usize,
    /// Subscriptions to figures, and to releases.
    figures: usize,
    /// Acts, and how many rows each takes in.
    acts: usize,
    rows: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dozen_are_told_all_of_a_hundred_changes() {
    hear_it_all(Scale { each: 1, figures: 2, acts: 10, rows: 10 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes: make test-long"]
async fn two_hundred_are_told_all_of_five_thousand_changes() {
    hear_it_all(Scale { each: 20, figures: 20, acts: 50, rows: 100 }).await;
}

/// What one subscription was told.
#[derive(Default)]
struct Heard {
    /// Ids of events of the caseload.
    ids: BTreeSet<String>,
    /// The last answer of any kind.
    last: Value,
    /// What no listener wants to be told.
    errors: Vec<Value>,
    /// How often it had to begin anew.
    begun: usize,
}

/// One who listens: who, to what, and over what.
#[derive(Clone)]
struct Subscriber {
    number: usize,
    who: Option<&'static Member>,
    token: Option<String>,
    query: &'static str,
    by_socket: bool,
    heard: Arc<Mutex<Heard>>,
}

/// Where the processes are, and whether those who are cut off come back.
#[derive(Clone)]
struct Shared {
    addresses: Arc<Mutex<Vec<String>>>,
    comes_back: watch::Receiver<bool>,
}

async fn hear_it_all(scale: Scale) {
    let database = Database::make(Kind::Postgres).await;
    let world = World::on(&database).await;
    let cases = Caseload::new(&world, |definition| {
        definition.settings.closes_at = None;
        definition.settings.allocation_ends_at = None;
    })
    .await;
    let waiting = cases.recommended(&Wanted::new("N9000001")).await;
    world.be_in_production().await;
    world.clock.move_to(Clock::system().now());
    let deployment = Deployment::of(&database);
    let mut processes = vec![deployment.serve(), deployment.serve()];
    for process in &mut processes {
        up(process).await;
    }
    let (leave, comes_back) = watch::channel(true);
    let addresses = processes.iter().map(|process| process.address.clone()).collect();
    let shared = Shared { addresses: Arc::new(Mutex::new(addresses)), comes_back };
    let (subscribers, mut tasks) = begin(&world, scale, &shared).await;

    let importing = Importing { world: &world, shared: shared.clone() };
    let tokens = [importing.token(&NZTECH_LEAD).await, importing.token(&ITP_LEAD).await];
    importing.until_all_have_begun(&tokens, &subscribers).await;
    let before = Known::of(&world).await;
    let first = Instant::now();
    for act in 0..scale.acts {
        if act == scale.acts / 2 {
            // Without a word to anybody: SIGKILL.
            drop(processes.remove(0));
            shared.addresses.lock().expect("addresses").remove(0);
        }
        importing.take_in(&tokens, act, &format!("act-{act}"), scale.rows).await;
    }
    println!("taken in after {:.0} s", first.elapsed().as_secs_f64());
    world.clock.move_to(Clock::system().now());
    world.confirm(&world.application(waiting).await).await.expect("a confirmation");
    world.prepare(&NZTECH).await.expect("a release");

    let known = Known::of(&world).await.since(&before);
    let begun = Instant::now();
    while let Some(missing) = subscribers.iter().find_map(|one| one.misses(&known.must)) {
        assert!(begun.elapsed() < PATIENCE, "{missing}");
        sleep(Duration::from_millis(100)).await;
    }
    let changes = scale.acts * scale.rows;
    for one in &subscribers {
        one.was_told_nothing_else(&known.may);
    }
    let moved = subscribers.iter().filter(|one| one.heard.lock().expect("heard").begun > 1).count();
    assert!(moved >= subscribers.len() / 3, "{moved} of {} came back elsewhere", subscribers.len());
    println!(
        "{} were told all of {changes} changes, {moved} after they came back, {:.0} s after the last",
        subscribers.len(),
        begun.elapsed().as_secs_f64()
    );

    leave.send_replace(false);
    ends_at_once(&world, &shared, &subscribers, &mut tasks).await;
    tasks.shutdown().await;
    drop(processes);
    world.close().await;
    database.drop().await;
}

async fn up(process: &mut Serving) {
    let ready = format!("http://{}/readyz", process.address);
    let begun = Instant::now();
    while !reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success()) {
        assert!(process.goes_on() && begun.elapsed() < PATIENCE, "the process does not come up");
        sleep(Duration::from_millis(100)).await;
    }
}

/// Everybody sits down, by turns at each process and over each kind of connection. Each task ends with its subscriber's number.
async fn begin(world: &World, scale: Scale, shared: &Shared) -> (Vec<Subscriber>, JoinSet<usize>) {
    let mut wanted: Vec<(Option<&'static Member>, &'static str)> = Vec::new();
    for member in STAFF_AND_AGENTS {
        wanted.extend(std::iter::repeat_n((Some(member), CHANGED), scale.each));
    }
    wanted.extend(std::iter::repeat_n((None, QUOTA), scale.figures));
    wanted.extend(std::iter::repeat_n((Some(&NZTECH_LEAD), RELEASE), scale.figures));
    let (mut subscribers, mut tasks) = (Vec::new(), JoinSet::new());
    for (number, (who, query)) in wanted.into_iter().enumerate() {
        let token = match who {
            Some(member) => world.sign_in(member).await.token,
            None => None,
        };
        let by_socket = number % 4 < 2;
        let one = Subscriber { number, who, token, query, by_socket, heard: Arc::default() };
        tasks.spawn(one.clone().listen(shared.clone()));
        subscribers.push(one);
    }
    (subscribers, tasks)
}

impl Subscriber {
    /// Listens, and comes back behind what was told last when it is cut off, wherever there is still a process.
    async fn listen(self, mut shared: Shared) -> usize {
        loop {
            let address = {
                let addresses = shared.addresses.lock().expect("addresses");
                addresses[self.number % addresses.len()].clone()
            };
            let variables =
                if self.query == CHANGED { json!({ "after": self.last_id() }) } else { json!({}) };
            let (sender, mut told) = mpsc::channel(16);
            self.heard.lock().expect("heard").begun += 1;
            // How a connection ends is nothing to who comes back.
            let connection = async {
                if self.by_socket {
                    drop(self.by_socket(&address, variables, sender).await);
                } else {
                    drop(self.by_events(&address, variables, sender).await);
                }
            };
            let taking = async {
                while let Some(answer) = told.recv().await {
                    self.take(answer);
                }
            };
            tokio::join!(connection, taking);
            if !*shared.comes_back.borrow_and_update() {
                return self.number;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// The event that was told last; none before the first.
    fn last_id(&self) -> Value {
        self.heard.lock().expect("heard").last["data"]["applicationChanged"]["id"].clone()
    }

    fn take(&self, answer: Value) {
        let mut heard = self.heard.lock().expect("heard");
        if answer.get("errors").is_some() {
            heard.errors.push(answer);
            return;
        }
        heard.ids.extend(answer["data"]["applicationChanged"]["id"].as_str().map(str::to_owned));
        heard.last = answer;
    }

    /// Over server-sent events, until they end.
    async fn by_events(
        &self,
        address: &str,
        variables: Value,
        told: mpsc::Sender<Value>,
    ) -> Result<(), reqwest::Error> {
        let mut request = reqwest::Client::new()
            .post(format!("http://{address}/graphql"))
            .header("accept", "text/event-stream")
            .header("content-type", "application/json");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let body = json!({ "query": self.query, "variables": variables }).to_string();
        let mut answer = request.body(body).send().await?.error_for_status()?;
        let mut text = String::new();
        while let Some(chunk) = answer.chunk().await? {
            text.push_str(&String::from_utf8_lossy(&chunk));
            while let Some((event, rest)) = text.split_once("\n\n") {
                let data = event
                    .strip_prefix("event: next\n")
                    .and_then(|event| event.lines().find_map(|line| line.strip_prefix("data: ")));
                if let Some(data) = data {
                    drop(told.send(serde_json::from_str(data).expect("JSON")).await);
                }
                text = rest.to_owned();
            }
        }
        Ok(())
    }

    /// Over a WebSocket, until it is closed.
    async fn by_socket(
        &self,
        address: &str,
        variables: Value,
        told: mpsc::Sender<Value>,
    ) -> Result<(), tokio_tungstenite::tungstenite::Error> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a value"));
        if let Some(token) = &self.token {
            headers.insert("authorization", format!("Bearer {token}").parse().expect("a value"));
        }
        let (mut socket, _) = connect_async(request).await?;
        let payload = json!({ "query": self.query, "variables": variables });
        for message in [
            json!({ "type": "connection_init" }),
            json!({ "type": "subscribe", "id": "1", "payload": payload }),
        ] {
            socket.send(Message::text(message.to_string())).await?;
        }
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message? else { continue };
            let mut message: Value = serde_json::from_str(&text).expect("JSON");
            match message["type"].as_str() {
                Some("next") => drop(told.send(message["payload"].take()).await),
                Some("error") => drop(told.send(json!({ "errors": message["payload"] })).await),
                Some("complete") => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    /// What it was not told yet, in a word.
    fn misses(&self, expected: &BTreeMap<&'static str, BTreeSet<String>>) -> Option<String> {
        let heard = self.heard.lock().expect("heard");
        let is_missing = match self.query {
            CHANGED => expected[self.who.expect("a member").handle].difference(&heard.ids).count(),
            QUOTA => usize::from(heard.last["data"]["quotaChanged"]["reserved"] != 1),
            _ => usize::from(heard.last["data"]["releaseChanged"]["number"] == Value::Null),
        };
        (is_missing > 0).then(|| {
            let handle = self.who.map_or("anybody", |member| member.handle);
            format!("{} ({handle}): {is_missing} not told; {:?}", self.number, heard.errors)
        })
    }

    /// Of nobody else's caseload, and no errors.
    fn was_told_nothing_else(&self, may: &BTreeMap<&'static str, BTreeSet<String>>) {
        let heard = self.heard.lock().expect("heard");
        assert_eq!(heard.errors, Vec::<Value>::new());
        if let (CHANGED, Some(member)) = (self.query, self.who) {
            let foreign: Vec<_> = heard.ids.difference(&may[member.handle]).take(3).collect();
            assert!(foreign.is_empty(), "{}: {foreign:?}", member.handle);
        }
    }
}

/// Rows taken in through the API of whichever process is there.
struct Importing<'w> {
    world: &'w World,
    shared: Shared,
}

impl Importing<'_> {
    async fn token(&self, lead: &Member) -> String {
        self.world.sign_in(lead).await.token.expect("a token")
    }

    /// Takes rows in until everybody has been told of one: from then on, all is to be told.
    async fn until_all_have_begun(&self, tokens: &[String; 2], subscribers: &[Subscriber]) {
        let begun = Instant::now();
        let mut act = 0;
        while subscribers
            .iter()
            .any(|one| one.heard.lock().expect("heard").last.is_null() && one.query != RELEASE)
        {
            assert!(begun.elapsed() < PATIENCE, "somebody hears nothing");
            self.take_in(tokens, act, &format!("first-{act}"), 4).await;
            act += 1;
            sleep(Duration::from_millis(500)).await;
        }
    }

    /// By turns of NZTech and of ITP, at each process, half of it of each employer.
    async fn take_in(&self, tokens: &[String; 2], act: usize, name: &str, rows: usize) {
        let firms = [&KAURI, &RATA];
        for (body, token) in tokens.iter().enumerate() {
            // Each body takes half of the rows in; the one that has the odd act takes the odd row.
            let mine = rows / 2 + usize::from(!rows.is_multiple_of(2) && act % 2 == body);
            let rows: Vec<_> =
                (0..mine).map(|row| Self::row(firms[row % 2], &format!("{name}-{body}-{row}"))).collect();
            let input = json!({ "classException": "specialist-tech", "rows": rows, "dryRun": false });
            let address = {
                let addresses = self.shared.addresses.lock().expect("addresses");
                addresses[act % addresses.len()].clone()
            };
            let body = json!({ "query": document("importApplications"), "variables": { "input": input } });
            let answer = reqwest::Client::new()
                .post(format!("http://{address}/graphql"))
                .header("content-type", "application/json")
                .bearer_auth(token)
                .body(body.to_string())
                .send();
            let answer = answer.await.expect("an answer").text().await.expect("a text");
            let answer: Value = serde_json::from_str(&answer).expect("JSON");
            let results = answer["data"]["importApplications"]["results"].as_array().expect("results");
            assert!(results.iter().all(|row| row["effect"] == "CREATED"), "{answer}");
            assert_eq!(results.len(), mine);
        }
    }

    fn row(firm: &Firm, name: &str) -> Value {
        let number: u32 = name.bytes().fold(7, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        json!({
            "externalReference": name, "receivedAt": "2022-03-01T00:00:00Z", "declared": true,
            "employerNzbn": firm.nzbn, "employerName": firm.name, "contactEmail": "people@example.nz",
            "role": "2613", "jobTitle": "Software Engineer", "occupationCode": "261313", "region": "Otago",
            "remuneration": { "amount": "130000.00", "currency": "NZD", "period": "YEAR", "hoursPerWeek": "40" },
            "worker": {
                "familyName": format!("Rao {name}"), "givenNames": "Asha", "offshore": true,
                "dateOfBirth": "1990-06-01", "nationality": "IND", "email": "asha@example.com",
                "passportIssuingState": "IND", "passportNumber": format!("P{:08}", number % 100_000_000),
                "passportExpiresOn": "2030-06-01",
            },
        })
    }
}

/// What each member is to be told of, and what they may be, by what stands in the tables: a body's people of its applications,
/// those who act for an employer of the employer's.
struct Known {
    must: BTreeMap<&'static str, BTreeSet<String>>,
    may: BTreeMap<&'static str, BTreeSet<String>>,
}

/// What happens inside a body, of which an employer is told nothing.
const INSIDE: [EventKind; 6] = [
    EventKind::Taken,
    EventKind::Assigned,
    EventKind::ConflictDeclared,
    EventKind::Assessed,
    EventKind::EvidenceVerified,
    EventKind::Recommended,
];

impl Known {
    async fn of(world: &World) -> Self {
        let told = history_event::Entity::find().filter(history_event::Column::ApplicationId.is_not_null());
        let events = told.all(world.conn()).await.expect("events");
        let applications = application::Entity::find().all(world.conn()).await.expect("applications");
        let firm_of: BTreeMap<_, _> = applications.into_iter().map(|row| (row.id, row.employer_id)).collect();
        let is_theirs = |member: &Member, event: &history_event::Model| match (member.body, member.firm) {
            (Some(body), _) => event.body_id == Some(Tenant::id(body)),
            (None, Some(firm)) => event.application_id.is_some_and(|id| firm_of[&id] == firm.id()),
            (None, None) => false,
        };
        let of = |member: &Member, must: bool| {
            let theirs = events.iter().filter(|event| is_theirs(member, event));
            let told = theirs.filter(|event| {
                let is_row = event.kind == EventKind::Imported;
                is_row || !must && (member.body.is_some() || !INSIDE.contains(&event.kind))
            });
            told.map(|event| GlobalId::of(&event.id).to_string()).collect()
        };
        let all =
            |must| STAFF_AND_AGENTS.into_iter().map(|member| (member.handle, of(member, must))).collect();
        Self { must: all(true), may: all(false) }
    }

    /// Without what they had to hear before.
    fn since(mut self, before: &Self) -> Self {
        for (member, ids) in &mut self.must {
            ids.retain(|id| !before.must[member].contains(id));
        }
        self
    }
}

/// A sign-in that ends and a role that is another take those away at once who listen by them, and nobody else.
async fn ends_at_once(
    world: &World,
    shared: &Shared,
    subscribers: &[Subscriber],
    tasks: &mut JoinSet<usize>,
) {
    let of = |member: &Member| -> BTreeSet<usize> {
        let own = subscribers.iter().filter(|one| one.who.is_some_and(|who| who.handle == member.handle));
        own.map(|one| one.number).collect()
    };
    let address = shared.addresses.lock().expect("addresses")[0].clone();
    let signed_out =
        subscribers.iter().find(|one| one.who.is_some_and(|who| who.handle == KAURI_AGENT.handle));
    let signed_out = signed_out.expect("an agent");
    let out = reqwest::Client::new().post(format!("http://{address}/sign-out"));
    let out = out.bearer_auth(signed_out.token.as_deref().expect("a token")).send().await.expect("an answer");
    assert!(out.status().is_success());
    assert_eq!(gone(tasks, 1).await, BTreeSet::from([signed_out.number]));

    let role = membership::Entity::update_many()
        .col_expr(membership::Column::Role, Expr::value("LEAD"))
        .filter(membership::Column::Id.eq(ITP_ASSESSOR.membership()));
    role.exec(world.conn()).await.expect("another role");
    let theirs = of(&ITP_ASSESSOR);
    assert_eq!(gone(tasks, theirs.len()).await, theirs);
    assert!(timeout(AT_ONCE, tasks.join_next()).await.is_err(), "somebody left who may go on");
}

/// Who leaves, in time.
async fn gone(tasks: &mut JoinSet<usize>, count: usize) -> BTreeSet<usize> {
    let mut gone = BTreeSet::new();
    let all = async {
        while gone.len() < count {
            gone.insert(tasks.join_next().await.expect("somebody").expect("no panic"));
        }
    };
    timeout(AT_ONCE, all).await.expect("at once");
    gone
}
