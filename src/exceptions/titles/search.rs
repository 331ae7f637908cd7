//! Type-ahead: what somebody who has typed this much may be after, best first.
//!
//! The same text over the same index always gives the same list.

use super::nearness::{MOST_WORDS, nearness};
use super::normalise::{key_of, words_of};
use super::{Entry, JobTitleMatch, TitleIndex};
use crate::exceptions::definition::Standing;

/// Most matches that are given, whatever is asked for.
pub const MOST_MATCHES: usize = 50;
/// What is less near is left out.
const LEAST: f64 = 0.5;
/// Letters of a text beyond this many are not looked at.
const MOST_LETTERS: usize = 200;
/// Being near counts for less than beginning with what was typed.
const NEAR_WEIGHS: f64 = 0.8;

/// The titles and occupations that match a text, best first, `first` of them at most.
#[must_use]
pub fn search(index: &TitleIndex, query: &str, first: usize) -> Vec<JobTitleMatch> {
    let query: String = query.chars().take(MOST_LETTERS).collect();
    let mut typed = words_of(&query);
    typed.truncate(MOST_WORDS);
    if typed.is_empty() {
        return Vec::new();
    }
    let mut readings = vec![typed.clone()];
    for reading in index.words.readings(&typed).each {
        readings.push(index.words.without_seniority(&reading));
        readings.push(reading);
    }
    readings.sort();
    readings.dedup();
    let readings: Vec<_> = readings.into_iter().map(Typed::new).collect();
    let score = |entry: &Entry| readings.iter().map(|reading| score_of(reading, entry)).fold(0.0, f64::max);
    let mut found: Vec<_> = index.entries.iter().map(|entry| (entry, score(entry))).collect();
    found.retain(|(_, score)| *score >= LEAST);
    found.sort_by(|(a, a_score), (b, b_score)| {
        b_score.total_cmp(a_score).then_with(|| order_of(a).cmp(&order_of(b)))
    });
    found.truncate(first.min(MOST_MATCHES));
    found.into_iter().map(|(entry, score)| entry.to_match(score)).collect()
}

/// Among equals: what is approved first, then the shorter, then the alphabet.
fn order_of(entry: &Entry) -> (u8, usize, &str, &str) {
    let standing = match entry.standing {
        Standing::Named => 0,
        Standing::Unsettled => 1,
        Standing::NotApproved => 2,
    };
    let title = &entry.job_title;
    (standing, title.title.len(), &title.title, &title.occupation_code)
}

/// One reading of what was typed.
struct Typed {
    words: Vec<String>,
    /// The words run together as they are.
    joined: String,
    /// The same in the singular, as titles are keyed.
    key: String,
}

impl Typed {
    fn new(words: Vec<String>) -> Self {
        Self { joined: words.concat(), key: key_of(&words), words }
    }

    /// At least three digits that the occupation's code begins with.
    fn is_code_of(&self, entry: &Entry) -> bool {
        let is_number = self.joined.len() >= 3 && self.joined.bytes().all(|byte| byte.is_ascii_digit());
        is_number && entry.job_title.occupation_code.starts_with(&self.joined)
    }
}

fn score_of(typed: &Typed, entry: &Entry) -> f64 {
    let begins_a_word = |word: &String| entry.words.iter().any(|other| other.starts_with(word));
    if typed.key == entry.key {
        1.0
    } else if entry.key.starts_with(&typed.joined) {
        0.95
    } else if typed.is_code_of(entry) {
        0.9
    } else if typed.words.iter().all(begins_a_word) {
        0.85
    } else {
        nearness(&typed.words, &entry.words) * NEAR_WEIGHS
    }
}
