//! The binary as its user calls it: a demo is made, checked, served and stopped; a making that is killed leaves
//! nothing that stands in the way.

mod admin;
mod history;
mod jobs;
mod keys;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long anything here may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_mins(2);

fn nominations(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nominations"));
    command.args(arguments);
    for variable in [
        "DATABASE_URL",
        "LISTEN",
        "PUBLIC_URL",
        "KEY_FILE",
        "DEPLOYMENT_KEYS",
        "TRUST_FORWARDED_FOR",
        "CLIENT_SECRETS",
        "DOCUMENTS",
        "DOCUMENTS_MODE",
        "INTROSPECTION",
        "CONFIG",
        "METRICS",
        "OTLP",
        "LOG_FORMAT",
        "RUST_LOG",
    ] {
        command.env_remove(variable);
    }
    command
}

pub fn output(arguments: &[&str]) -> Output {
    nominations(arguments).output().expect("the binary runs")
}

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn make_demo(database: &Path, applications: &str) -> Output {
    let database = database.to_str().expect("a path of letters");
    output(&["demo", "--database", database, "--applications", applications])
}

fn url(database: &Path) -> String {
    format!("sqlite://{}", database.display())
}

fn check(database: &Path, key: &Path) -> Output {
    output(&[
        "check",
        "--database-url",
        &url(database),
        "--key-file",
        key.to_str().expect("a path of letters"),
    ])
}

#[test]
fn a_demo_is_whole_and_making_it_again_leaves_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("demo.db");
    let key = folder.path().join("demo.db.key");
    let made = make_demo(&database, "60");
    assert!(made.status.success(), "{}", said(&made));
    let serving = format!("`nominations serve --database-url {}` serves it.", url(&database));
    assert!(said(&made).contains(&serving), "{}", said(&made));
    let checked = check(&database, &key);
    assert!(checked.status.success(), "{}", said(&checked));
    let before = std::fs::read(&key).expect("a key");
    let again = make_demo(&database, "60");
    assert!(again.status.success() && said(&again).contains("is there already"), "{}", said(&again));
    assert!(said(&again).contains(&serving), "{}", said(&again));
    assert_eq!(std::fs::read(&key).expect("a key"), before);
    a_run_tells_whose_each_thing_is(&database);
}

fn a_run_tells_whose_each_thing_is(database: &Path) {
    let run = output(&["reconcile", "specialist-tech", "--database-url", &url(database)]);
    let told = said(&run);
    let open: Vec<_> = told.lines().filter_map(|line| line.strip_prefix("open: ")).collect();
    assert_eq!(run.status.code(), Some(i32::from(!open.is_empty())), "{told}");
    let mut groups: Vec<_> = open.iter().filter_map(|line| line.split_once(' ')).map(|(_, of)| of).collect();
    for group in &groups {
        let whose = group.split_once(", ").map(|(_, whose)| whose);
        assert!(
            whose.is_some_and(|whose| ["agency", "itp", "nztech", "itp and nztech"].contains(&whose)),
            "{told}"
        );
    }
    groups.dedup();
    assert_eq!(groups.len(), open.len(), "{told}");
}

#[test]
fn a_making_that_is_killed_leaves_what_passes_the_check_and_the_next_one_finishes() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("demo.db");
    let key = folder.path().join("demo.db.key");
    let making = folder.path().join("demo.db.making");
    let arguments =
        ["demo", "--database", database.to_str().expect("a path of letters"), "--applications", "1800"];
    let mut child =
        nominations(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    let begun = Instant::now();
    // A megabyte is well into the acts, and a dozenth of the whole.
    let wal = folder.path().join("demo.db.making-wal");
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    while size(&making) + size(&wal) < 4_000_000 {
        assert!(begun.elapsed() < PATIENCE, "the making does not get on");
        assert!(child.try_wait().expect("its state").is_none(), "the making ended by itself");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("its end");
    assert!(!database.exists(), "half a demo stands at the place of a whole one");
    let checked = check(&making, &key);
    assert!(checked.status.success(), "{}", said(&checked));
    let finished = make_demo(&database, "60");
    assert!(finished.status.success(), "{}", said(&finished));
    assert!(!making.exists());
    let checked = check(&database, &key);
    assert!(checked.status.success(), "{}", said(&checked));
}

#[test]
fn a_class_exception_is_rehearsed_then_applied_then_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("new.db");
    let url = url(&database);
    let migrated = output(&["migrate", "--database-url", &url]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/exceptions/specialist-tech.toml");
    let apply = |more: &[&str]| {
        let fixed = ["exception", "apply", file, "--database-url", &url];
        let all: Vec<_> = fixed.iter().chain(more).copied().collect();
        said(&output(&all))
    };
    assert!(apply(&["--dry-run"]).contains("600 places are created"));
    assert!(apply(&[]).contains("600 places are created"));
    assert!(apply(&["--dry-run"]).contains("Nothing changes"));
    let checked = check(&database, &folder.path().join("new.db.key"));
    assert!(checked.status.success(), "{}", said(&checked));
}

#[test]
fn what_cannot_be_done_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let absent = url(&folder.path().join("absent.db"));
    let refused = output(&["check", "--database-url", &absent]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("nominations demo"), "{}", said(&refused));
    assert!(!folder.path().join("absent.db").exists(), "looking made a database");
    let wrong = output(&["demo", "--applications", "0"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said(&wrong).contains("1800"), "{}", said(&wrong));
}

#[test]
fn a_demo_is_served_on_this_machine_alone_and_stops_when_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("demo.db");
    assert!(make_demo(&database, "30").status.success());
    let beyond = output(&["serve", "--database-url", &url(&database), "--listen", "0.0.0.0:0"]);
    assert_eq!(beyond.status.code(), Some(1), "{}", said(&beyond));
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let listen = taken.local_addr().expect("its address").to_string();
    let refused = output(&["serve", "--database-url", &url(&database), "--listen", &listen]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("name another address with --listen"), "{}", said(&refused));
    let mut served = Served::start(&database, &[]);
    let answer = served.ask();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let terminated =
        Command::new("kill").args(["-TERM", &served.child.id().to_string()]).status().expect("kill");
    assert!(terminated.success());
    assert!(served.child.wait().expect("its end").success());
    let mut rest = String::new();
    let out = served.child.stdout.take().expect("its output");
    BufReader::new(out).read_to_string(&mut rest).expect("its words");
    assert!(rest.lines().last().is_some_and(|line| line == "Stopped."), "{rest}");
}

/// The service, served as a process of its own until it is dropped.
pub struct Served {
    child: Child,
    port: u16,
}

impl Served {
    /// A small demo, made in `folder` and served.
    pub fn demo(folder: &Path, applications: &str) -> Self {
        Self::demo_with(folder, applications, &[])
    }

    /// The same, with more settings.
    pub fn demo_with(folder: &Path, applications: &str, settings: &[&str]) -> Self {
        let database = folder.join("demo.db");
        let made = make_demo(&database, applications);
        assert!(made.status.success(), "{}", said(&made));
        let mut served = Self::start(&database, settings);
        served.ask();
        served
    }

    /// Where it is served.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn start(database: &Path, settings: &[&str]) -> Self {
        let port = free_port();
        let listen = format!("127.0.0.1:{port}");
        let child = nominations(&["serve", "--database-url", &url(database), "--listen", &listen])
            .args(settings)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        Self { child, port }
    }

    /// Asks whether it is ready, once it listens.
    fn ask(&mut self) -> String {
        let begun = Instant::now();
        let mut stream = loop {
            match TcpStream::connect(("127.0.0.1", self.port)) {
                Ok(stream) => break stream,
                Err(why) => assert!(begun.elapsed() < PATIENCE, "{why}"),
            }
            assert!(self.child.try_wait().expect("its state").is_none(), "the service ended by itself");
            std::thread::sleep(Duration::from_millis(20));
        };
        let request = b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request).expect("to be heard");
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).expect("an answer");
        line
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}
