//! Text that people write: one line (a name, a job title) or several (duties, a reason).
//!
//! It is trimmed, in Unicode's composed form, and bounded in characters. Macrons, apostrophes and
//! every script's letters are kept; what cannot be seen is refused, because two names that look the
//! same must be the same. `Debug` shows only the length: most of these are about a person.

use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::is_invisible;

/// One line of at most `MAX` characters, and at least one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line<const MAX: usize>(String);

/// One or more lines, of at most `MAX` characters together, and at least one. Lines end with `\n`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

/// Why a text is not taken, in a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing, or nothing but spaces.
    #[error("Enter some text: this is empty.")]
    Empty,
    /// More characters than the field takes.
    #[error("This has {found} characters and may have at most {max}: shorten it.")]
    TooLong {
        /// The characters that were found.
        found: usize,
        /// The characters that are taken.
        max: usize,
    },
    /// Several lines where one is asked for.
    #[error("This goes on one line: remove the line break.")]
    LineBreak,
    /// A control character, a direction mark or override, a zero-width character.
    #[error(
        "Character {at} cannot be seen (U+{code:04X}) and is not taken: type the text anew instead \
         of pasting it."
    )]
    Invisible {
        /// Which character of what was typed, counted from 1.
        at: usize,
        /// Its number in Unicode.
        code: u32,
    },
    /// What programs put for a character that they could not read.
    #[error("Character {at} was lost before the text came here (U+FFFD): type it again.")]
    Lost {
        /// Which character of what was typed, counted from 1.
        at: usize,
    },
}

impl<const MAX: usize> Line<MAX> {
    /// Reads one line. A tab counts as a space.
    ///
    /// # Errors
    /// Says what to change when it is empty, too long, of several lines, or has what cannot be
    /// seen.
    pub fn parse(typed: &str) -> Result<Self, TextError> {
        let line = typed.trim();
        if line.contains(is_line_break) {
            return Err(TextError::LineBreak);
        }
        checked(typed, line, MAX).map(Self)
    }

    /// The line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Text<MAX> {
    /// Reads one or more lines. Every kind of line break becomes `\n`, and a tab counts as a space.
    ///
    /// # Errors
    /// Says what to change when it is empty, too long, or has what cannot be seen.
    pub fn parse(typed: &str) -> Result<Self, TextError> {
        let lines = typed.trim().replace("\r\n", "\n").replace(is_line_break, "\n");
        checked(typed, &lines, MAX).map(Self)
    }

    /// The lines.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{000B}' | '\u{000C}' | '\u{0085}' | '\u{2028}' | '\u{2029}')
}

/// The trimmed text in composed form, if all of it can be seen and it is not too long.
fn checked(typed: &str, trimmed: &str, max: usize) -> Result<String, TextError> {
    if let Some(refusal) = typed.chars().zip(1..).find_map(|(c, at)| refusal_of(c, at)) {
        return Err(refusal);
    }
    // Trimmed again: what is composed or replaced may end in a space.
    let text: String = trimmed.replace('\t', " ").trim().nfc().collect();
    match text.chars().count() {
        0 => Err(TextError::Empty),
        found if found > max => Err(TextError::TooLong { found, max }),
        _ => Ok(text),
    }
}

fn refusal_of(c: char, at: usize) -> Option<TextError> {
    if c == char::REPLACEMENT_CHARACTER {
        return Some(TextError::Lost { at });
    }
    let is_unseen = is_invisible(c) || (c.is_control() && c != '\t' && !is_line_break(c));
    is_unseen.then_some(TextError::Invisible { at, code: u32::from(c) })
}

macro_rules! shown {
    ($($name:ident)+) => {$(
        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<const MAX: usize> fmt::Debug for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} characters)"), self.0.chars().count())
            }
        }

        impl<const MAX: usize> From<$name<MAX>> for String {
            fn from(text: $name<MAX>) -> Self {
                text.0
            }
        }
    )+};
}

shown! { Line Text }

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(typed: &str) -> Result<String, TextError> {
        Line::<10>::parse(typed).map(String::from)
    }

    fn text(typed: &str) -> Result<String, TextError> {
        Text::<10>::parse(typed).map(String::from)
    }

    #[test]
    fn lines_are_trimmed_and_composed() {
        for (typed, read) in [
            ("Whangārei", "Whangārei"),
            ("  Aroha \u{00A0}", "Aroha"),
            ("a\u{0304}e\u{0304}", "āē"),
            ("O’Brien", "O’Brien"),
            ("Ng\u{0303}oc", "Ng\u{0303}oc"),
            ("a\tb\t", "a b"),
            ("Anna\n", "Anna"),
            ("東京", "東京"),
            ("1234567890", "1234567890"),
            // Twenty code points as typed, ten characters when composed.
            (
                "a\u{0304}a\u{0304}a\u{0304}a\u{0304}a\u{0304}a\u{0304}a\u{0304}a\u{0304}a\u{0304}a\u{0304}",
                "āāāāāāāāāā",
            ),
        ] {
            assert_eq!(line(typed), Ok(read.to_owned()), "{typed:?}");
            assert_eq!(text(typed), Ok(read.to_owned()), "{typed:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_refused_with_its_place() {
        for (typed, at, code) in [
            ("a\0", 2, 0),
            ("\u{1B}[1m", 1, 0x1B),
            ("ab\u{7F}", 3, 0x7F),
            ("a\u{200B}b", 2, 0x200B),
            ("a\u{200D}b", 2, 0x200D),
            ("\u{FEFF}ab", 1, 0xFEFF),
            ("a\u{202E}b", 2, 0x202E),
            ("a\u{2066}b", 2, 0x2066),
            ("a\u{00AD}b", 2, 0xAD),
            ("ā\u{E0041}", 2, 0xE0041),
        ] {
            assert_eq!(line(typed), Err(TextError::Invisible { at, code }), "{typed:?}");
            assert_eq!(text(typed), Err(TextError::Invisible { at, code }), "{typed:?}");
        }
        assert_eq!(line("a\u{FFFD}"), Err(TextError::Lost { at: 2 }));
    }

    #[test]
    fn empty_long_and_broken_lines_have_their_own_answers() {
        for typed in ["", " ", "\t\n", "\u{3000}"] {
            assert_eq!(
                (line(typed), text(typed)),
                (Err(TextError::Empty), Err(TextError::Empty)),
                "{typed:?}"
            );
        }
        let long = TextError::TooLong { found: 11, max: 10 };
        assert_eq!((line("ā234567890b"), text("ā234567890b")), (Err(long), Err(long)));
        for (typed, lines) in [("a\nb", "a\nb"), ("a\r\nb\rc", "a\nb\nc"), ("a\u{2028}b\u{0B}c", "a\nb\nc")] {
            assert_eq!(
                (line(typed), text(typed)),
                (Err(TextError::LineBreak), Ok(lines.to_owned())),
                "{typed:?}"
            );
        }
    }

    #[test]
    fn debug_shows_the_length_only() {
        assert_eq!(format!("{:?}", Line::<10>::parse("Aroha").unwrap()), "Line(5 characters)");
        assert_eq!(format!("{:?}", Text::<10>::parse("Aroha").unwrap()), "Text(5 characters)");
    }

    proptest! {
        #[test]
        fn no_text_panics(typed in ".*|(?s).*") {
            let _ = (line(&typed), text(&typed));
        }

        #[test]
        fn what_was_read_reads_the_same_again(
            typed in "[ -~\\n\\tāēīōū\u{0300}-\u{0310}\u{00A0}]{0,12}",
        ) {
            if let Ok(read) = line(&typed) {
                prop_assert_eq!(line(&read), Ok(read.clone()));
            }
            if let Ok(read) = text(&typed) {
                prop_assert_eq!(text(&read), Ok(read.clone()));
            }
        }
    }
}
