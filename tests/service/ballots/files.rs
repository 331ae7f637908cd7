//! The published files, as somebody has them who trusts nobody: every byte counts.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;

use chrono::{DateTime, Utc};
use entity::{BallotIncident, BallotStatus, BallotStrikeCause, BallotVerifiability, BallotVoidCause};
use nominations::ballots::published::{
    Format, PublishedBallot, PublishedBeacon, PublishedDraw, PublishedIncident, PublishedPart,
    PublishedResult, PublishedStrike, PublishedVoid,
};
use nominations::ballots::rules::{
    Beacon, Chain, Entries, Scheme, Secret, Term, commitment, draw, rank, seed,
};
use nominations::ballots::verify::verify;

use super::super::cli::{output, said};

/// What drand's quicknet signed as round 657413, at 2023-09-15T11:00:03Z.
pub const SIGNATURE: &str =
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";

fn entries() -> Entries {
    Entries::new((1..=8).map(|number| format!("APP-{number:04}")).collect()).expect("entries")
}

/// ITP committed and never revealed; NZTech did both.
fn parts(scheme: &Scheme) -> Vec<PublishedPart> {
    let commits = |body: &str, secret| Some(commitment(scheme, body, &entries().digest(), secret));
    let (secret, kept) = (Secret::from_bytes([7; 32]), Secret::from_bytes([8; 32]));
    let committed_at = Some(at("2023-09-02T00:00:00Z"));
    vec![
        PublishedPart {
            body: "itp".into(),
            commitment: commits("itp", &kept),
            committed_at,
            secret: None,
            revealed_at: None,
        },
        PublishedPart {
            body: "nztech".into(),
            commitment: commits("nztech", &secret),
            committed_at,
            secret: Some(secret),
            revealed_at: Some(at("2023-09-11T00:00:00Z")),
        },
    ]
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// A drawn ballot with everything in it: a body that never revealed and tried a wrong secret, and a struck entry.
fn drawn() -> PublishedBallot {
    let entries = entries();
    let scheme = Scheme::parse("specialist-tech/1").expect("a scheme");
    let digest = entries.digest();
    let secret = Secret::from_bytes([7; 32]);
    let beacon = Beacon { chain: Chain::Quicknet, round: 657_413 };
    let randomness = beacon.verify(SIGNATURE).expect("the round's");
    let terms =
        [Term { body: "itp".into(), secret: None }, Term { body: "nztech".into(), secret: Some(secret) }];
    let seed = seed(&scheme, &digest, &terms, Some(&randomness));
    let tickets = draw(&seed, &entries);
    let result = |one: nominations::ballots::rules::Ranked| PublishedResult {
        rank: one.rank,
        entry: one.ticket.entry.to_owned(),
        ticket: one.ticket.ticket,
        won: one.won,
    };
    let results = rank(&tickets, &BTreeSet::from(["APP-0003"]), 3).into_iter().map(result).collect();
    PublishedBallot {
        format: Format::V1,
        scheme: scheme.to_string(),
        status: BallotStatus::Drawn,
        places: 4,
        entry_count: 8,
        entries_digest: digest,
        opened_at: at("2023-09-01T00:00:00Z"),
        opened_by: "itp".into(),
        commit_by: at("2023-09-10T00:00:00Z"),
        reveal_by: at("2023-09-15T00:00:00Z"),
        beacon: Some(PublishedBeacon {
            chain: beacon.chain.hash().into(),
            round: beacon.round,
            signature: Some(SIGNATURE.into()),
            randomness: Some(randomness),
        }),
        bodies: parts(&scheme),
        incidents: vec![
            PublishedIncident {
                kind: BallotIncident::WrongSecret,
                body: "itp".into(),
                at: at("2023-09-14T00:00:00Z"),
            },
            PublishedIncident {
                kind: BallotIncident::NeverRevealed,
                body: "itp".into(),
                at: at("2023-09-15T00:00:00Z"),
            },
        ],
        struck: vec![PublishedStrike {
            entry: "APP-0003".into(),
            cause: BallotStrikeCause::Mistake,
            reason: Some("It was confirmed under the wrong class exception.".into()),
            at: at("2023-09-12T00:00:00Z"),
        }],
        draw: Some(PublishedDraw {
            at: at("2023-09-15T11:05:00Z"),
            places: 3,
            seed,
            verifiability: BallotVerifiability::IndependentlyVerifiable,
            results,
        }),
        voided: None,
    }
}

/// One that was voided before anybody revealed.
fn voided() -> PublishedBallot {
    let mut ballot = drawn();
    ballot.status = BallotStatus::Void;
    (ballot.draw, ballot.struck, ballot.incidents) = (None, vec![], vec![]);
    let at = at("2023-09-11T00:00:00Z");
    (ballot.bodies[1].secret, ballot.bodies[1].revealed_at) = (None, None);
    let beacon = ballot.beacon.as_mut().expect("a beacon");
    (beacon.signature, beacon.randomness) = (None, None);
    let reason = "An entry was missing from the list.".into();
    ballot.voided =
        Some(PublishedVoid { at, by: "nztech".into(), cause: BallotVoidCause::NothingKnown, reason });
    ballot
}

fn differs(ballot: &PublishedBallot) -> Vec<String> {
    verify(ballot.file().as_bytes(), &entries().file()).differs
}

#[test]
fn what_was_published_holds_drawn_or_voided() {
    let report = verify(drawn().file().as_bytes(), &entries().file());
    assert_eq!(report.differs, Vec::<String>::new());
    assert!(report.holds.len() >= 10, "{:#?}", report.holds);
    assert_eq!(differs(&voided()), Vec::<String>::new());
}

#[test]
fn flipping_any_bit_of_any_published_file_is_found() {
    let (document, list) = (drawn().file().into_bytes(), entries().file());
    for bit in 0..document.len() * 8 {
        let mut flipped = document.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(verify(&flipped, &list).differs, Vec::<String>::new(), "bit {bit} of ballot.json");
    }
    for bit in 0..list.len() * 8 {
        let mut flipped = list.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(verify(&document, &flipped).differs, Vec::<String>::new(), "bit {bit} of entries.txt");
    }
}

#[test]
fn a_byte_too_many_or_too_few_is_found() {
    let (document, list) = (drawn().file().into_bytes(), entries().file());
    for cut in [0, 1, document.len() / 2, document.len() - 1] {
        assert_ne!(verify(&document[..cut], &list).differs, Vec::<String>::new());
    }
    for cut in [0, 1, list.len() - 9, list.len() - 1] {
        assert_ne!(verify(&document, &list[..cut]).differs, Vec::<String>::new());
    }
    assert_ne!(verify(&[&document[..], b"\n"].concat(), &list).differs, Vec::<String>::new());
    assert_ne!(verify(&document, &[&list[..], b"\n"].concat()).differs, Vec::<String>::new());
}

/// A lie, how it is written into the file, and what is said to it.
type Lie = (&'static str, fn(&mut PublishedBallot), &'static str);

/// Lies that come with a good hash: the publisher's own.
const LIES: [Lie; 20] = [
    ("another rank", |b| results(b).swap(0, 1), "rank 1"),
    ("an entry left out", |b| drop(results(b).pop()), "have a rank"),
    ("a place for a friend", |b| results(b)[5].won = true, "rank 6"),
    (
        "a ticket of one's own",
        |b| results(b)[0].ticket = nominations::values::sha256::Sha256::of(""),
        "rank 1",
    ),
    ("more places", |b| draw_of(b).places = 4, "rank 4"),
    ("another seed", |b| draw_of(b).seed = nominations::values::sha256::Sha256::of(""), "give the seed"),
    (
        "a false label",
        |b| draw_of(b).verifiability = BallotVerifiability::NotIndependentlyVerifiable,
        "label",
    ),
    ("a strike unsaid", |b| drop(b.struck.pop()), "have a rank"),
    ("a strike too soon", |b| b.struck[0].at = at("2023-09-10T12:00:00Z"), "could have been voided"),
    ("a strike of nobody", |b| b.struck[0].entry = "APP-0009".into(), "not on the list"),
    ("a strike without a reason", |b| b.struck[0].reason = None, "without the reason"),
    ("another round", |b| b.beacon.as_mut().expect("one").round += 1, "not the signature of the round"),
    (
        "another chain",
        |b| b.beacon.as_mut().expect("one").chain = "00".into(),
        "chain is not one that is known",
    ),
    ("no beacon at all", |b| b.beacon = None, "give the seed"),
    ("reveals after the round", |b| b.reveal_by += chrono::TimeDelta::days(1), "came before the deadline"),
    ("another secret", |b| b.bodies[1].secret = Some(Secret::from_bytes([9; 32])), "gives the commitment"),
    ("a late commitment", |b| b.bodies[0].committed_at = Some(b.commit_by), "within its deadline"),
    ("an incident unsaid", |b| drop(b.incidents.pop()), "the incidents are not"),
    ("an incident made up", |b| b.incidents[1].body = "nztech".into(), "the incidents are not"),
    ("a status of its own", |b| b.status = BallotStatus::Ready, "is not what the rest shows"),
];

fn draw_of(ballot: &mut PublishedBallot) -> &mut PublishedDraw {
    ballot.draw.as_mut().expect("a draw")
}

fn results(ballot: &mut PublishedBallot) -> &mut Vec<PublishedResult> {
    &mut draw_of(ballot).results
}

#[test]
fn a_publisher_who_lies_is_found_out_by_what_the_lie_is_about() {
    for (lie, tell, named) in LIES {
        let mut ballot = drawn();
        tell(&mut ballot);
        let differs = differs(&ballot);
        assert!(differs.iter().any(|sentence| sentence.contains(named)), "{lie}: {differs:#?}");
    }
}

#[test]
fn a_void_that_was_not_allowed_is_found_out() {
    let knowing =
        |b: &mut PublishedBallot| b.bodies = parts(&Scheme::parse("specialist-tech/1").expect("a scheme"));
    let lies: [Lie; 4] = [
        ("by nobody", |b| voiding(b).by = "acme".into(), "nobody who takes part"),
        ("before it was opened", |b| voiding(b).at = too_early(), "before it was opened"),
        ("without having waited", |b| voiding(b).cause = BallotVoidCause::NoSignature, "was not so then"),
        ("for want of a chance", |b| voiding(b).cause = BallotVoidCause::NoChance, "was not so then"),
    ];
    for (lie, tell, named) in lies {
        let mut ballot = voided();
        tell(&mut ballot);
        let differs = differs(&ballot);
        assert!(differs.iter().any(|sentence| sentence.contains(named)), "{lie}: {differs:#?}");
    }
    // After a secret was revealed somebody may know the result.
    let mut ballot = voided();
    knowing(&mut ballot);
    voiding(&mut ballot).at = at("2023-09-12T00:00:00Z");
    let differs = differs(&ballot);
    assert!(differs.iter().any(|sentence| sentence.contains("was not so then")), "{differs:#?}");
}

fn voiding(ballot: &mut PublishedBallot) -> &mut PublishedVoid {
    ballot.voided.as_mut().expect("a void")
}

/// A day before the ballot of these tests was opened.
fn too_early() -> DateTime<Utc> {
    at("2023-08-31T00:00:00Z")
}

fn run_verify(folder: &Path, files: &[&str]) -> Output {
    let files: Vec<_> = files.iter().map(|file| folder.join(file).display().to_string()).collect();
    let arguments: Vec<_> =
        ["ballot", "verify"].into_iter().chain(files.iter().map(String::as_str)).collect();
    output(&arguments)
}

#[test]
fn the_command_line_runs_a_ballot_again_and_names_what_differs() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("to write");
    write("ballot.json", drawn().file().as_bytes());
    write("entries.txt", &entries().file());
    let good = run_verify(folder.path(), &["entries.txt", "ballot.json"]);
    assert!(good.status.success(), "{}", said(&good));
    assert!(said(&good).contains("holds    the signature is that of round 657413"), "{}", said(&good));
    assert!(said(&good).ends_with("The ballot is what its files say.\n"), "{}", said(&good));

    write("entries.txt", b"APP-0001\nAPP-0002\n");
    let bad = run_verify(folder.path(), &["ballot.json", "entries.txt"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(said(&bad).contains("DIFFERS  entries.txt has the hash"), "{}", said(&bad));

    for files in [&["ballot.json"][..], &["entries.txt"], &["ballot.json", "absent.txt"]] {
        let refused = run_verify(folder.path(), files);
        assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    }
    let absent = run_verify(folder.path(), &["ballot.json", "absent.txt"]);
    assert!(said(&absent).contains("absent.txt: No such file"), "{}", said(&absent));
    write("entries.txt", b"");
    let empty = run_verify(folder.path(), &["ballot.json", "entries.txt"]);
    assert_eq!(empty.status.code(), Some(1), "{}", said(&empty));
    assert!(said(&empty).contains("entries.txt is empty"), "{}", said(&empty));
}

#[test]
fn a_ballot_that_goes_on_is_told_to_have_no_draw_yet() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = PublishedBallot { status: BallotStatus::Ready, draw: None, ..drawn() };
    fs::write(folder.path().join("ballot.json"), open.file()).expect("to write");
    fs::write(folder.path().join("entries.txt"), entries().file()).expect("to write");
    let told = run_verify(folder.path(), &["ballot.json", "entries.txt"]);
    assert!(told.status.success(), "{}", said(&told));
    assert!(said(&told).contains("say so far. There is no draw yet"), "{}", said(&told));
}

#[test]
fn a_secret_is_made_with_the_commitment_that_it_fits_and_never_twice_the_same() {
    let digest = entries().digest();
    let make = || {
        let digest = digest.to_string();
        let arguments = [
            "ballot",
            "secret",
            "--scheme",
            "specialist-tech/1",
            "--body",
            "itp",
            "--entries-digest",
            &digest,
        ];
        let made = said(&output(&arguments));
        let word = |name: &str| {
            let line = made.lines().find(|line| line.starts_with(name)).expect("its line");
            line.split_whitespace().last().expect("its value").to_owned()
        };
        (Secret::parse(&word("secret")).expect("a secret"), word("commitment"))
    };
    let (first, second) = (make(), make());
    assert_ne!(first.0, second.0);
    let scheme = Scheme::parse("specialist-tech/1").expect("a scheme");
    for (secret, said) in [first, second] {
        assert_eq!(commitment(&scheme, "itp", &digest, &secret).to_string(), said);
    }
    for wrong in [["specialist-tech", "itp"], ["specialist-tech/1", "I T P"]] {
        let [scheme, body] = wrong;
        let digest = digest.to_string();
        let refused =
            output(&["ballot", "secret", "--scheme", scheme, "--body", body, "--entries-digest", &digest]);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    }
}
