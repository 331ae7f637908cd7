//! Whether a name that somebody wrote is one that a criterion names.
//!
//! Strict on purpose: a name that is not found is looked at by a person, a name found by mistake is not.

use super::normalise::{words_inside_brackets, words_of, words_outside_brackets};

/// Whether `text` is, or in its words contains, the example or one of its two names: "IT Professionals NZ (ITP)" is
/// named as "ITP" and in "Member of IT Professionals New Zealand" too.
#[must_use]
pub fn is_named_in(example: &str, text: &str) -> bool {
    let names = [
        words_outside_brackets(example).unwrap_or_else(|| words_of(example)),
        words_inside_brackets(example),
    ];
    let text = with_short_country(words_of(text));
    let found = |name: Vec<String>| {
        let name = with_short_country(name);
        !name.is_empty() && text.windows(name.len()).any(|run| run == name)
    };
    names.into_iter().any(found) || words_of(example).concat() == text.concat()
}

/// The country is written in two ways in the names of bodies.
fn with_short_country(words: Vec<String>) -> Vec<String> {
    let mut short: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        if word == "zealand" && short.last().is_some_and(|last| last == "new") {
            short.pop();
            short.push("nz".to_owned());
        } else {
            short.push(word);
        }
    }
    short
}
