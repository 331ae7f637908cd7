//! A name as the machine-readable zone of a travel document writes it, to match by.

use unicode_normalization::UnicodeNormalization;

use super::fold::fold;

/// Characters of the name field of a passport's upper line.
const CHARACTERS_MAX: usize = 39;

/// The family name, two fillers, the given names: A to Z and `<`, at most 39 characters. None where a name has letters
/// that have no fixed form in that field; a document's own upper line is needed there.
#[must_use]
pub fn name(family: &str, given: &str) -> Option<String> {
    let (family, given) = (part(family)?, part(given)?);
    let name = if given.is_empty() { family } else { format!("{family}<<{given}") };
    let cut: String = name.chars().take(CHARACTERS_MAX).collect();
    Some(cut.trim_end_matches('<').to_owned())
}

/// Apostrophes and full stops are left out, and what stands between words becomes a filler, as ICAO Doc 9303 has it.
fn part(name: &str) -> Option<String> {
    let spelt: String = name.nfc().map(spelt).collect();
    let mut written = String::new();
    for letter in fold(&spelt).chars() {
        match letter {
            'a'..='z' => written.push(letter.to_ascii_uppercase()),
            '\'' | '.' => {}
            ' ' | '-' | '\u{2010}' | '\u{2011}' | ',' => {
                if !written.is_empty() && !written.ends_with('<') {
                    written.push('<');
                }
            }
            _ => return None,
        }
    }
    Some(written.trim_end_matches('<').to_owned())
}

/// The letters that Doc 9303 spells with two others, and folding does not.
fn spelt(letter: char) -> String {
    match letter {
        'Å' | 'å' => "aa".into(),
        'Ø' | 'ø' => "oe".into(),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_documents_write_them() {
        for (family, given, written) in [
            ("Ngā", "Hemi Tāne", Some("NGA<<HEMI<TANE")),
            ("O'Connor", "Enya Siobhan", Some("OCONNOR<<ENYA<SIOBHAN")),
            ("Smith-Jones", "Susie Margaret", Some("SMITH<JONES<<SUSIE<MARGARET")),
            ("Ågren", "Bjørn", Some("AAGREN<<BJOERN")),
            ("Weiß", "Jürgen", Some("WEISS<<JURGEN")),
            ("Arkfreith", "", Some("ARKFREITH")),
            (
                "Nilavadhanananda",
                "Chayapa Dejthamrong Krasuang",
                Some("NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"),
            ),
            ("Иванов", "Пётр", None),
            ("Rao", "आशा", None),
        ] {
            assert_eq!(name(family, given).as_deref(), written, "{family}, {given}");
        }
    }
}
