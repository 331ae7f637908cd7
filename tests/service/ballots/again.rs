//! A thousand random ballots, drawn here and by another language's own hashes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use nominations::ballots::rules::{Entries, Scheme, Secret, Term, commitment, draw, rank, seed};
use nominations::random::Random;
use nominations::values::sha256::Sha256;
use serde_json::{Value, json};

/// What a random ballot is made of.
struct Made {
    scheme: Scheme,
    entries: Vec<String>,
    secrets: BTreeMap<String, Option<Secret>>,
    signature: Option<Vec<u8>>,
    struck: BTreeSet<String>,
    places: u32,
}

impl Made {
    fn random(random: &Random) -> Self {
        let small = |end| u32::try_from(random.below(end)).expect("a small number");
        let entries: Vec<_> = (0..=random.below(60)).map(|_| hex::encode(random.bytes::<16>())).collect();
        let slugs = ["itp", "nztech", "a-third", "z9"].iter().take(1 + random.below(4));
        let secret = || (random.below(4) > 0).then(|| Secret::from_bytes(random.bytes()));
        Self {
            scheme: Scheme { exception: format!("exception-{}", small(9)), number: 1 + small(20) },
            secrets: slugs.map(|slug| ((*slug).to_owned(), secret())).collect(),
            signature: (random.below(4) > 0).then(|| random.bytes::<48>().to_vec()),
            struck: entries.iter().filter(|_| random.below(10) == 0).cloned().collect(),
            places: small(70),
            entries,
        }
    }

    fn told(&self) -> Value {
        let secrets: BTreeMap<_, _> = self
            .secrets
            .iter()
            .map(|(body, secret)| (body, secret.map(|secret| secret.to_string())))
            .collect();
        json!({
            "scheme": self.scheme.to_string(), "entries": self.entries, "secrets": secrets,
            "signature": self.signature.as_ref().map(hex::encode), "struck": self.struck, "places": self.places,
        })
    }

    fn drawn(&self) -> Value {
        let entries = Entries::new(self.entries.clone()).expect("entries");
        let digest = entries.digest();
        let terms: Vec<_> = self
            .secrets
            .iter()
            .rev()
            .map(|(body, secret)| Term { body: body.clone(), secret: *secret })
            .collect();
        let randomness = self.signature.as_ref().map(Sha256::of);
        let seed = seed(&self.scheme, &digest, &terms, randomness.as_ref());
        let struck: BTreeSet<_> = self.struck.iter().map(String::as_str).collect();
        let results = rank(&draw(&seed, &entries), &struck, self.places).into_iter().map(|one| {
            json!({ "rank": one.rank, "entry": one.ticket.entry, "ticket": one.ticket.ticket, "won": one.won })
        });
        let committed = self.secrets.iter().filter_map(|(body, secret)| {
            secret.as_ref().map(|secret| (body, commitment(&self.scheme, body, &digest, secret)))
        });
        json!({
            "digest": digest, "seed": seed, "results": results.collect::<Vec<_>>(),
            "commitments": committed.collect::<BTreeMap<_, _>>(),
        })
    }
}

/// What Python makes of the same ballots.
fn by_python(ballots: &[Value]) -> Vec<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/service/ballots/again.py");
    let mut python =
        Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect(
            "python3 is needed for this test: install it, the second implementation is written in it",
        );
    let mut input = python.stdin.take().expect("its input");
    input.write_all(json!(ballots).to_string().as_bytes()).expect("to be read");
    drop(input);
    let output = python.wait_with_output().expect("its output");
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_thousand_random_ballots_are_drawn_the_same_by_another_language() {
    let random = Random::from_seed(657_413);
    let ballots: Vec<_> = (0..1_000).map(|_| Made::random(&random)).collect();
    let theirs = by_python(&ballots.iter().map(Made::told).collect::<Vec<_>>());
    assert_eq!(theirs.len(), ballots.len());
    for (ballot, theirs) in ballots.iter().zip(theirs) {
        assert_eq!(ballot.drawn(), theirs, "{}", ballot.told());
    }
}
