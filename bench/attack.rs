//! What it costs the service to refuse what is only meant to cost it something, and what honest callers notice of it.
//!
//! `cargo bench --bench attack`. A demo is served as a process of its own. Each attack is sent many times over, one request after
//! another, and the CPU time of the process is divided by their number: at most [`CPU_MOST`] each. Then a lead reads a page of the
//! caseload again and again, alone and beside each attack, which comes [`RATE`] times a second: the 99th of a hundred answers
//! comes at most [`WORSE_MOST`] times as late as alone. Slow senders have to be cut off. Ends with 1 where a bar is missed.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

/// CPU time that a refused request may cost.
const CPU_MOST: Duration = Duration::from_millis(50);
/// How much later the 99th of a hundred honest answers may come beside an attack.
const WORSE_MOST: f64 = 3.0;
/// Requests of an attack in a second.
const RATE: u32 = 20;
/// How often an attack is sent to see what it costs.
const TIMES: u32 = 40;
/// How long honest traffic is watched, and how often it asks in a second: as often as its budget allows.
const WATCHED: Duration = Duration::from_secs(10);
const HONEST_RATE: u32 = 10;
/// Senders that are slow at once, and until when all of them have to be gone.
const SLOW: usize = 50;
/// Bytes of a body that may not be sent to its end.
const LONG: usize = 1_000_000;
const SLOW_MOST: Duration = Duration::from_secs(40);
/// Ticks of the clock that /proc counts in, in a second: 100 on every Linux.
const TICKS: u64 = 100;

const HONEST: &str = "{ applications(filter: { status: [SUBMITTED, IN_ASSESSMENT] }, first: 25) {
    nodes { reference status jobTitle employer { legalName } worker { familyName } flags } pageInfo { endCursor } } }";

struct Attack {
    name: &'static str,
    body: Vec<u8>,
}

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if runtime.block_on(measure(&served)) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn measure(served: &Served) -> bool {
    served.is_up().await;
    let lead = served.sign_in("nztech-lead").await;
    let alone = honest(served, &lead).await;
    println!("honest traffic alone: p50 {:.1} ms, p99 {:.1} ms", ms(alone.0), ms(alone.1));
    println!("{:<48} {:>10} {:>12} {:>8}", "attack", "CPU each", "honest p99", "ratio");
    let mut holds = true;
    for attack in attacks() {
        let each = cost(served, &attack).await;
        let beside = beside(served, &lead, &attack).await;
        let ratio = beside.as_secs_f64() / alone.1.as_secs_f64();
        let is_good = each <= CPU_MOST && ratio <= WORSE_MOST;
        holds &= is_good;
        let word = if is_good { "" } else { "  MISSED" };
        println!("{:<48} {:>7.1} ms {:>9.1} ms {ratio:>7.2}x{word}", attack.name, ms(each), ms(beside));
    }
    for (name, begins) in [
        ("slow heads", "POST /graphql HTTP/1.1\r\nhost: here\r\nx-slow: "),
        (
            "slow bodies",
            "POST /graphql HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{",
        ),
    ] {
        let (before, began) = (served.cpu(), Instant::now());
        let senders: Vec<_> = (0..SLOW).map(|_| tokio::spawn(slow(served.address.clone(), begins))).collect();
        let answered = honest(served, &lead).await.1;
        let mut cut = 0;
        for sender in senders {
            cut += usize::from(sender.await.expect("no panic"));
        }
        let ratio = answered.as_secs_f64() / alone.1.as_secs_f64();
        let is_good = cut == SLOW && ratio <= WORSE_MOST;
        holds &= is_good;
        let word = if is_good { "" } else { "  MISSED" };
        println!(
            "{SLOW} {name}: {cut} cut off after at most {:.0} s, {:.1} ms of CPU each, honest p99 {ratio:.2}x{word}",
            began.elapsed().as_secs_f64(),
            ms(served.cpu().saturating_sub(before) / u32::try_from(SLOW).expect("few")),
        );
    }
    holds
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// What is known to bring servers of GraphQL down.
fn attacks() -> Vec<Attack> {
    let query = |text: String| json!({ "query": text }).to_string().into_bytes();
    let repeated = |count: usize, one: &dyn Fn(usize) -> String| {
        (0..count).fold(String::new(), |mut all, number| {
            all.push_str(&one(number));
            all
        })
    };
    // Each fragment spreads the next one twice: what is asked for doubles with each.
    let bomb = |levels: usize| {
        let mut text = "query { ...F0 } ".to_owned();
        for level in 0..levels {
            let next = level + 1;
            let _ = write!(text, "fragment F{level} on Query {{ ...F{next} ...F{next} }} ");
        }
        let _ = write!(text, "fragment F{levels} on Query {{ __typename }}");
        text
    };
    let deep = |levels: usize| format!("{{ {} id {} }}", "a { ".repeat(levels), "} ".repeat(levels));
    vec![
        Attack { name: "fragment bomb, 20 levels", body: query(bomb(20)) },
        Attack { name: "fragment bomb, 300 levels", body: query(bomb(300)) },
        Attack {
            name: "fragments that spread each other",
            body: query("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned()),
        },
        Attack {
            name: "10,000 aliases",
            body: query(format!("{{ {} }}", repeated(10_000, &|number| format!("a{number}: __typename ")))),
        },
        Attack {
            name: "50,000 directives",
            body: query(format!("{{ __typename {} }}", "@a ".repeat(50_000))),
        },
        Attack { name: "10,000 levels", body: query(deep(10_000)) },
        Attack {
            name: "10,000 levels of a list",
            body: query(format!("{{ a(b: {}{}) }}", "[".repeat(10_000), "]".repeat(10_000))),
        },
        Attack {
            name: "10,000 levels behind a string",
            body: query(format!(r#"{{ a(b: """\""" """) {}"#, "{ a ".repeat(10_000))),
        },
        Attack {
            name: "10,000 levels behind a string that does not end",
            body: query(format!(r#"{{ a(b: ["""{{"]) {}"#, "{ a ".repeat(10_000))),
        },
        Attack {
            name: "a schema that multiplies itself",
            body: query(format!(
                "{{ __type(name: \"Node\") {{ {} name {} }} }}",
                "possibleTypes { interfaces { ".repeat(6),
                "} } ".repeat(6)
            )),
        },
        Attack {
            name: "450 fields that are not there",
            body: query(format!(
                "{{ {} }}",
                repeated(450, &|number| format!("{}{number} ", "aplicatoins".repeat(8)))
            )),
        },
        Attack {
            name: "a batch of 1,000",
            body: format!("[{}]", vec![r#"{"query":"{ __typename }"}"#; 1_000].join(",")).into_bytes(),
        },
        Attack { name: "a body of 20 MB", body: vec![b' '; 20_000_000] },
        Attack { name: "JSON of 100,000 levels", body: "[".repeat(100_000).into_bytes() },
    ]
}

/// CPU time of the process for one request of an attack.
async fn cost(served: &Served, attack: &Attack) -> Duration {
    let client = reqwest::Client::new();
    let before = served.cpu();
    for _ in 0..TIMES {
        send(&client, served, &attack.body).await;
    }
    served.cpu().saturating_sub(before) / TIMES
}

/// Sends it. An answer that comes before all is sent may end the connection under it, where there is so much to send.
async fn send(client: &reqwest::Client, served: &Served, body: &[u8]) {
    let request = client.post(served.url("graphql")).header("content-type", "application/json");
    match request.body(body.to_vec()).send().await {
        Ok(answer) => {
            let status = answer.status();
            let text = answer.text().await.unwrap_or_default();
            let is_refused = status.is_client_error() || text.contains("\"errors\"");
            assert!(is_refused, "it was answered: {status} {}", text.chars().take(300).collect::<String>());
        }
        Err(why) => assert!(body.len() > LONG, "it was not answered: {why}"),
    }
}

/// The 99th of a hundred honest answers while an attack goes on.
async fn beside(served: &Served, lead: &str, attack: &Attack) -> Duration {
    let attacking = async {
        let client = reqwest::Client::new();
        let mut ticks = interval(Duration::from_secs(1) / RATE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            ticks.tick().await;
            send(&client, served, &attack.body).await;
        }
    };
    tokio::select! {
        (_, p99) = honest(served, lead) => p99,
        () = attacking => unreachable!("it goes on"),
    }
}

/// The median and the 99th of a hundred answers to what a lead reads.
async fn honest(served: &Served, lead: &str) -> (Duration, Duration) {
    let client = reqwest::Client::new();
    let body = json!({ "query": HONEST }).to_string();
    let mut ticks = interval(Duration::from_secs(1) / HONEST_RATE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (began, mut took) = (Instant::now(), Vec::new());
    while began.elapsed() < WATCHED {
        ticks.tick().await;
        let asked = Instant::now();
        let request = client.post(served.url("graphql")).header("content-type", "application/json");
        let answer = request.bearer_auth(lead).body(body.clone()).send().await.expect("an answer");
        let text = answer.text().await.expect("a text");
        took.push(asked.elapsed());
        assert!(text.contains("\"nodes\""), "{text}");
    }
    took.sort_unstable();
    (took[took.len() / 2], took[took.len() * 99 / 100])
}

/// Sends a byte a second; whether it was cut off in time.
async fn slow(address: String, begins: &'static str) -> bool {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(begins.as_bytes()).await.expect("its beginning");
    let (mut reads, mut writes) = stream.split();
    let writing = async {
        while writes.write_all(b"x").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    };
    let mut answer = Vec::new();
    let both = async {
        tokio::select! {
            () = writing => {}
            read = reads.read_to_end(&mut answer) => drop(read),
        }
    };
    timeout(SLOW_MOST, both).await.is_ok()
}

/// A demo, served until it is dropped.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(folder: &Path) -> Self {
        let path = folder.join("demo.db").display().to_string();
        let database = format!("sqlite://{path}");
        let nominations = |words: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_nominations"));
            command.env_clear().env("RUST_LOG", "off").args(words);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let made = nominations(&["demo", "--applications", "600", "--database", &path]).status();
        assert!(made.expect("the program runs").success(), "no demo was made");
        let address = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port");
        let address = address.to_string();
        let child = nominations(&["serve", "--listen", &address, "--database-url", &database])
            .spawn()
            .expect("the program runs");
        Self { child, address }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    async fn is_up(&self) {
        for _ in 0..200 {
            if reqwest::get(self.url("readyz")).await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("the service does not come up");
    }

    async fn sign_in(&self, person: &str) -> String {
        let request = reqwest::Client::new().post(self.url("demo/sign-in"));
        let body = json!({ "person": person }).to_string();
        let answer = request.header("content-type", "application/json").body(body).send().await;
        let text = answer.expect("an answer").text().await.expect("a text");
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        answer["token"].as_str().expect("a token").to_owned()
    }

    /// CPU time of the process since its start, its own and the system's for it.
    fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("/proc");
        // After the name, which may have spaces in it, come the state and the numbers from the fourth on.
        let (_, numbers) = stat.rsplit_once(") ").expect("its numbers");
        let ticks = numbers.split(' ').skip(11).take(2);
        let ticks: u64 = ticks.map(|ticks| ticks.parse::<u64>().expect("a number")).sum();
        Duration::from_millis(ticks * 1_000 / TICKS)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
