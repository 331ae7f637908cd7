//! The number of a passport or other travel document.
//!
//! It is personal data of the worst kind to lose. The type has no `Display`, is never serialised,
//! and its `Debug` shows nothing; to get at the number one has to write `expose`, which reviewers
//! look for. It is never checked against a country's own pattern: patterns change, and refugees and
//! stateless people hold other documents.

use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::is_separator;

/// Characters in the number field of a passport's machine-readable zone.
const CHARACTERS_MAX: usize = 9;
/// Characters that screens may show.
const HINT_CHARACTERS: usize = 3;

/// The number of a travel document, as its machine-readable zone has it: 1 to 9 digits and
/// capitals.
#[derive(Clone, PartialEq, Eq)]
pub struct PassportNumber(String);

/// Why a text is no passport number, in a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PassportNumberError {
    /// Nothing, or nothing but spaces and hyphens.
    #[error("Enter the passport number as it is printed on the photo page.")]
    Empty,
    /// More characters than the field has.
    #[error(
        "A passport number has at most 9 letters and digits: type it as printed on the photo page, \
         without the country or a check digit. If it is longer there, ask the body that handles \
         the application."
    )]
    TooLong,
    /// A character that the field cannot hold.
    #[error(
        "A passport number has only the letters A to Z and digits: type it as printed in the \
         bottom lines of the photo page."
    )]
    OtherCharacter,
}

impl PassportNumber {
    /// Reads a number as people type it: spaces, hyphens and the filler `<` are left out, letters
    /// become capitals.
    ///
    /// # Errors
    /// Says what is wrong with it and how to type it.
    pub fn parse(typed: &str) -> Result<Self, PassportNumberError> {
        let number: String =
            typed.nfkc().filter(|c| !is_separator(*c) && *c != '<').map(|c| c.to_ascii_uppercase()).collect();
        if number.is_empty() {
            return Err(PassportNumberError::Empty);
        }
        if !number.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return Err(PassportNumberError::OtherCharacter);
        }
        if number.len() > CHARACTERS_MAX {
            return Err(PassportNumberError::TooLong);
        }
        Ok(Self(number))
    }

    /// The whole number. For sealing, fingerprinting and the agency's file only, and each reading
    /// that a person asked for is recorded in the history.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What screens may show: the last three characters, fewer of a number so short that three
    /// would be more than half of it.
    #[must_use]
    pub fn hint(&self) -> &str {
        let shown = HINT_CHARACTERS.min(self.0.len() / 2);
        // ASCII only, so that every index is a character's.
        &self.0[self.0.len() - shown..]
    }
}

impl fmt::Debug for PassportNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassportNumber(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_printed() {
        for (typed, number) in [
            ("L898902C3", "L898902C3"),
            ("L898902C<", "L898902C"),
            ("n 123-4567", "N1234567"),
            ("N\u{2011}123\u{2013}4567", "N1234567"),
            ("\u{FEFF}N1234567\u{00A0}", "N1234567"),
            ("ｎ１２３４５６７", "N1234567"),
            ("7", "7"),
            ("123456789", "123456789"),
        ] {
            assert_eq!(PassportNumber::parse(typed).map(|n| n.0), Ok(number.to_owned()), "{typed:?}");
        }
    }

    #[test]
    fn each_mistake_has_its_own_answer() {
        for (typed, error) in [
            ("", PassportNumberError::Empty),
            (" <<<-", PassportNumberError::Empty),
            ("1234567890", PassportNumberError::TooLong),
            ("N1234567/8", PassportNumberError::OtherCharacter),
            ("Ñ1234567", PassportNumberError::OtherCharacter),
            // Cyrillic, though it looks like an N in capitals and upper-cases to nothing of ours.
            ("И1234567", PassportNumberError::OtherCharacter),
            // Would become SS if letters were not compared as typed.
            ("ß1234567", PassportNumberError::OtherCharacter),
            ("N123456٧", PassportNumberError::OtherCharacter),
        ] {
            assert_eq!(PassportNumber::parse(typed), Err(error), "{typed:?}");
        }
    }

    #[test]
    fn the_hint_never_shows_more_than_half() {
        for (number, hint) in
            [("1", ""), ("12", "2"), ("123", "3"), ("12345", "45"), ("123456", "456"), ("L898902C3", "2C3")]
        {
            assert_eq!(PassportNumber::parse(number).unwrap().hint(), hint);
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", PassportNumber::parse("N1234567").unwrap()), "PassportNumber(redacted)");
    }

    proptest! {
        #[test]
        fn no_text_panics(typed in ".*") {
            let _ = PassportNumber::parse(&typed);
        }

        #[test]
        fn what_was_read_reads_the_same_again(typed in "[A-Za-z0-9 <-]{0,12}") {
            if let Ok(number) = PassportNumber::parse(&typed) {
                prop_assert_eq!(PassportNumber::parse(number.expose()), Ok(number.clone()));
                prop_assert!(number.hint().len() <= 3);
            }
        }
    }
}
