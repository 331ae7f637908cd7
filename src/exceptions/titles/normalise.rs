//! One spelling for every way to write a title.
//!
//! Case, compatibility forms, accents and macrons are folded; dots, hyphens and other marks part words. Letters of
//! every script stay, as do `+` and `#`, which tell C, C++ and C# apart. Nothing is translated.

use crate::values::fold::fold as fold_text;
use crate::values::is_invisible;

/// A text's words in their one spelling, joined by single spaces. Normalising twice changes nothing.
#[must_use]
pub fn normalise(text: &str) -> String {
    words_of(text).join(" ")
}

/// The words of [`normalise`].
pub(super) fn words_of(text: &str) -> Vec<String> {
    split(&fold(text))
}

/// The words outside brackets, where the text has brackets with something before or after them.
pub(super) fn words_outside_brackets(text: &str) -> Option<Vec<String>> {
    let folded = fold(text);
    let mut depth = 0_usize;
    let mut outside = String::new();
    for letter in folded.chars() {
        match letter {
            '(' | '[' | '{' => {
                depth += 1;
                outside.push(' ');
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            other if depth == 0 => outside.push(other),
            _inside => {}
        }
    }
    let words = split(&outside);
    (!words.is_empty() && words != split(&folded)).then_some(words)
}

/// The words inside brackets, as another name for what stands outside.
pub(super) fn words_inside_brackets(text: &str) -> Vec<String> {
    let folded = fold(text);
    let inside =
        folded.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
    split(inside)
}

/// Words in the singular, run together: "Full-stack", "full stack" and "Fullstack" are one.
pub(super) fn key_of(words: &[String]) -> String {
    words.iter().map(|word| singular(word)).collect()
}

/// The word without a plural's s. It need not be English's singular, only the same for both.
pub(super) fn singular(word: &str) -> &str {
    let keeps_its_s = ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    if word.len() < 4 || keeps_its_s { word } else { word.strip_suffix('s').unwrap_or(word) }
}

/// The text as it is compared everywhere, without characters that nobody sees.
fn fold(text: &str) -> String {
    fold_text(text).chars().filter(|&letter| !is_invisible(letter)).collect()
}

fn split(folded: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    // Letters since the last mark: a dot after a single one belongs to initials, "C.I.O.", and parts nothing.
    let mut run = 0_usize;
    for letter in folded.chars() {
        if letter.is_alphanumeric() || letter == '+' || letter == '#' {
            word.push(letter);
            run += 1;
        } else if is_apostrophe(letter) {
            // "Driver's" is one word.
        } else if letter == '.' && run == 1 {
            run = 0;
        } else {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            run = 0;
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

const fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | 'ʼ' | '`')
}
