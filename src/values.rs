//! Values that are parsed once, where they come in, and cannot be wrong from there on.
//!
//! Every type here has a `parse` that answers with the value or with a sentence for the person who
//! typed it: what is the matter, and what to type instead. The sentences never repeat what was
//! typed, so they may be shown and logged. Nothing here reads a clock, a file or the database.

pub mod country;
pub mod dates;
pub mod decimal;
pub mod email;
pub mod fold;
pub mod mrz;
pub mod network;
pub mod nzbn;
pub mod passport;
pub mod patch;
pub mod pay;
pub mod reference;
pub mod sha256;
pub mod slug;
pub mod text;
pub mod web_address;
pub mod words;

use unicode_normalization::UnicodeNormalization;

/// What people type or paste between the characters that count: spaces of every width, and hyphens.
pub(crate) fn is_separator(c: char) -> bool {
    c.is_whitespace() || is_hyphen(c) || is_invisible(c)
}

/// Hyphens, dashes and the minus sign, as keyboards and word processors put them.
fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{058A}' | '\u{05BE}' | '\u{1806}' | '\u{2010}'
            ..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
    )
}

/// Characters that take no room on the screen: zero-width spaces and joiners, direction marks and
/// overrides, soft hyphens, blank letters, tags. Two texts that differ by these look the same.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180E}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
    )
}

/// The characters that count in a number or a code: compatibility forms resolved (full-width digits
/// become digits), capitals, and no separators.
pub(crate) fn squeeze(typed: &str) -> String {
    typed.nfkc().filter(|c| !is_separator(*c)).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_the_characters_is_dropped() {
        for (typed, squeezed) in [
            ("", ""),
            (" a b\u{00A0}c\u{2009}\u{3000}\t", "ABC"),
            ("a-b\u{2010}c\u{2011}d\u{2013}e\u{2014}f\u{2212}g\u{FF0D}h", "ABCDEFGH"),
            ("\u{FEFF}1\u{200B}2\u{200D}3\u{202E}", "123"),
            ("９４２９", "9429"),
            ("é_ß", "é_ß"),
        ] {
            assert_eq!(squeeze(typed), squeezed, "{typed:?}");
        }
    }

    #[test]
    fn letters_marks_and_spaces_are_visible() {
        assert!(!"Tāmaki O’Brien, 東京 \u{0101}a\u{0304} \u{00A0}".chars().any(is_invisible));
    }
}
