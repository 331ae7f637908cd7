//! A draw over a million entries, held against the least that it could cost: hashing the same keys and sorting the hashes.
//!
//! `cargo bench --bench draw`. Both are run by turns in one process, and the best of each counts, so that what else the machine
//! does is left out. A draw has to keep the entries with their tickets, and to rank them.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use nominations::ballots::rules::{Entries, draw, rank};
use nominations::random::Random;
use nominations::values::sha256::Sha256;
use sha2::Digest;

/// Entries of the ballot.
const ENTRIES: usize = 1_000_000;
/// How often each is run.
const RUNS: usize = 5;
/// What the draw may cost, as a multiple of the least.
const MOST: f64 = 1.5;

fn main() {
    let random = Random::from_seed(1);
    let ids = (0..ENTRIES).map(|_| hex::encode(random.bytes::<16>())).collect();
    let entries = Entries::new(ids).expect("entries");
    let seed = Sha256::of("a seed");
    let keys = hash_and_sort(&seed, &entries);
    let (mut sorted, mut least, mut drawn) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        let mut shuffled = keys.clone();
        shuffled.sort_unstable_by_key(|key| key[31]);
        sorted = sorted.min(timed(|| {
            shuffled.sort_unstable();
            black_box(&shuffled).len()
        }));
        least = least.min(timed(|| black_box(hash_and_sort(&seed, &entries)).len()));
        drawn = drawn.min(timed(|| rank(&draw(&seed, black_box(&entries)), &BTreeSet::new(), 600).len()));
    }
    let ratio = drawn.as_secs_f64() / least.as_secs_f64();
    println!("{ENTRIES} entries, the best of {RUNS} runs");
    println!("sorting the hashes alone            {:>6} ms", sorted.as_millis());
    println!("hashing and sorting the keys alone  {:>6} ms", least.as_millis());
    println!("the draw, with entries and ranks    {:>6} ms", drawn.as_millis());
    println!("ratio                               {ratio:>9.2}  (at most {MOST} is wanted)");
}

/// The least: the same hashes, without what they are of.
fn hash_and_sort(seed: &Sha256, entries: &Entries) -> Vec<[u8; 32]> {
    let begun = sha2::Sha256::new_with_prefix(format!("ballot-ticket-v1|{seed}|"));
    let hash = |entry: &String| begun.clone().chain_update(entry).finalize().into();
    let mut keys: Vec<[u8; 32]> = entries.ids().iter().map(hash).collect();
    keys.sort_unstable();
    keys
}

fn timed(run: impl FnOnce() -> usize) -> Duration {
    let started = Instant::now();
    assert_eq!(black_box(run()), ENTRIES);
    started.elapsed()
}
