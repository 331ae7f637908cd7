//! How near two titles are when they are not the same.
//!
//! Two measures, of which the better counts: words in common, each allowed a slip of the keyboard; and the text as a
//! whole. Neither ever reaches 1, which is kept for the title itself.

use super::normalise::singular;
use strsim::{jaro_winkler, normalized_damerau_levenshtein};

/// Words that are this alike count as one word, misspelt.
const SAME_WORD: f64 = 0.9;
/// Words of a text beyond this many do not take part: nobody's title needs them, and the work would grow with them.
pub(super) const MOST_WORDS: usize = 12;
/// What is not the title itself can't score more.
const MOST: f64 = 0.99;

/// From 0 to 0.99.
pub(super) fn nearness(text: &[String], title: &[String]) -> f64 {
    let text = &text[..text.len().min(MOST_WORDS)];
    let title = &title[..title.len().min(MOST_WORDS)];
    if text.is_empty() || title.is_empty() {
        return 0.0;
    }
    let joined = normalized_damerau_levenshtein(&text.concat(), &title.concat());
    shared_words(text, title).max(joined).min(MOST)
}

/// Dice's measure over words, where a word that is nearly the same counts for as much as it is the same.
fn shared_words(text: &[String], title: &[String]) -> f64 {
    let mut free: Vec<&str> = title.iter().map(|word| singular(word)).collect();
    let mut shared = 0.0;
    for word in text {
        let alike = free.iter().enumerate().map(|(at, other)| (at, likeness(singular(word), other)));
        let Some((at, best)) = alike.max_by(|a, b| a.1.total_cmp(&b.1)) else { break };
        if best >= SAME_WORD {
            shared += best;
            free.swap_remove(at);
        }
    }
    2.0 * shared / small(text.len() + title.len())
}

fn likeness(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    // Short words differ by a letter and mean something else: "cto" and "cfo".
    if one.len().min(other.len()) < 5 { 0.0 } else { jaro_winkler(one, other) }
}

fn small(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
