//! The words of a text, for searching by how they begin.
//!
//! Texts and what people type are taken apart in the same way, so that whoever types a word of a text finds it: with
//! macrons or without, in any case. Like every folded form, words are never shown.

use super::fold::fold;

/// Letters of a word that count; of a longer one the first.
const LETTERS_MAX: usize = 40;

/// The folded words of a text, in its order: letters and digits that nothing but apostrophes stand between. O'Brien is one
/// word, and Smith-Jones are two.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = fold(text).replace('\'', "");
    let words: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LETTERS_MAX).collect())
        .collect();
    words.into_iter()
}

/// The first text, byte by byte, that comes after every word that begins with `start`.
#[must_use]
pub fn after_all_with(start: &str) -> String {
    // Nothing that is a letter comes after the last character of all.
    format!("{start}{}", char::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_falls_into_its_words() {
        for (text, expected) in [
            ("", vec![]),
            (" - / % ", vec![]),
            ("Kauri Software Limited", vec!["kauri", "software", "limited"]),
            ("Ōkawa, Mina", vec!["okawa", "mina"]),
            ("O’Brien-Smith", vec!["obrien", "smith"]),
            ("C++/C# (Node.js)", vec!["c", "c", "node", "js"]),
            ("NZT-7K4Q2H", vec!["nzt", "7k4q2h"]),
            ("東京 Straße", vec!["東京", "strasse"]),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
        assert_eq!(words(&"a".repeat(200)).collect::<Vec<_>>(), ["a".repeat(LETTERS_MAX)]);
    }

    proptest! {
        #[test]
        fn what_begins_a_word_finds_it_in_order_of_bytes(text in "(?s).*", letters in 1_usize..50) {
            for word in words(&text) {
                let start: String = word.chars().take(letters).collect();
                prop_assert!(start <= word && word < after_all_with(&start));
                prop_assert_eq!(words(&word).collect::<Vec<_>>(), vec![word]);
            }
        }

        #[test]
        fn nothing_else_is_found(one in "[a-zā0-9]{1,6}", other in "[a-zā0-9]{1,6}") {
            let found = one <= other && other < after_all_with(&one);
            prop_assert_eq!(found, other.starts_with(&one));
        }
    }
}
