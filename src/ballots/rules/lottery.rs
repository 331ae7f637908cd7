//! The seed, the tickets, and the order that they give.

use std::collections::BTreeSet;
use std::fmt::Write;

use sha2::Digest;

use super::{Entries, Scheme, Secret};
use crate::values::sha256::Sha256;

/// What one body puts into the seed; nothing where it did not reveal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The body's slug.
    pub body: String,
    /// Its secret.
    pub secret: Option<Secret>,
}

/// The seed: every body's term in order of slug, an empty one for who did not reveal, and the beacon's randomness.
#[must_use]
pub fn seed(scheme: &Scheme, entries_digest: &Sha256, terms: &[Term], randomness: Option<&Sha256>) -> Sha256 {
    let mut terms: Vec<_> = terms.iter().collect();
    terms.sort_by_key(|term| &term.body);
    let mut text = format!("ballot-seed-v1|{scheme}|{entries_digest}");
    for Term { body, secret } in terms {
        let _ = write!(text, "|{body}={}", told(secret.as_ref()));
    }
    let _ = write!(text, "|beacon={}", told(randomness));
    Sha256::of(text)
}

fn told(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// An entry with its ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket<'e> {
    /// The hash of seed and entry.
    pub ticket: Sha256,
    /// The entry.
    pub entry: &'e str,
}

/// Draws: every entry's ticket, the lowest first.
#[must_use]
pub fn draw<'e>(seed: &Sha256, entries: &'e Entries) -> Vec<Ticket<'e>> {
    // The same for every entry, and longer than a block: it is hashed once.
    let begun = sha2::Sha256::new_with_prefix(format!("ballot-ticket-v1|{seed}|"));
    let ticket = |entry: &'e String| {
        let hash: [u8; 32] = begun.clone().chain_update(entry).finalize().into();
        Ticket { ticket: hash.into(), entry }
    };
    let mut tickets: Vec<_> = entries.ids().iter().map(ticket).collect();
    // A hash's first half tells nearly all of them apart, in one step.
    tickets.sort_unstable_by(|one, other| {
        one.ticket.first_half().cmp(&other.ticket.first_half()).then_with(|| one.cmp(other))
    });
    tickets
}

/// A place in the order of the draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranked<'e> {
    /// Counts from 1.
    pub rank: u32,
    /// Whose.
    pub ticket: Ticket<'e>,
    /// Whether the rank is among as many as there were places.
    pub won: bool,
}

/// The order of those that are not struck; the order of the others does not change by it.
#[must_use]
pub fn rank<'e>(tickets: &[Ticket<'e>], struck: &BTreeSet<&str>, places: u32) -> Vec<Ranked<'e>> {
    let stand = tickets.iter().filter(|ticket| !struck.contains(ticket.entry));
    (1..).zip(stand).map(|(rank, ticket)| Ranked { rank, ticket: *ticket, won: rank <= places }).collect()
}
