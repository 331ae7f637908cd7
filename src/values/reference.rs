//! The reference of an application: NZT-7K4Q2H, say.
//!
//! The body's prefix, then five random characters and one that checks them. People read it over the
//! telephone and copy it from paper, so its alphabet has no I, L, O and U, and reading forgives
//! what is easily confused. It counts nothing: from two references nobody learns how many lie
//! between. A check finds a slip of the pen, never a forgery, and nothing may be granted for
//! knowing one.

use std::fmt;

use thiserror::Error;

use super::squeeze;

/// Digits and capitals without I, L, O, U: 32 that are not taken for one another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random characters of a reference; bytes that [`Reference::make`] takes.
pub const RANDOM_CHARACTERS: usize = 5;
/// Random characters and the check character.
const CODE_CHARACTERS: usize = RANDOM_CHARACTERS + 1;
const PREFIX_CHARACTERS_MIN: usize = 2;
const PREFIX_CHARACTERS_MAX: usize = 5;

/// What a body's references start with: 2 to 5 capital letters, such as NZT or ITP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    letters: [u8; PREFIX_CHARACTERS_MAX],
    length: usize,
}

/// An application's reference whose check character is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    prefix: Prefix,
    code: [u8; CODE_CHARACTERS],
}

/// Why a text is no reference, in a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReferenceError {
    /// Nothing.
    #[error("Enter the application's reference, such as NZT-7K4Q2H.")]
    Empty,
    /// Too short, too long, or with characters that no reference has.
    #[error(
        "A reference is 2 to 5 letters, a hyphen and six letters or digits, such as NZT-7K4Q2H: \
         compare it with the letter or the screen that has it."
    )]
    Shape,
    /// A prefix that is not 2 to 5 letters.
    #[error("The prefix of a body's references is 2 to 5 letters, such as NZT.")]
    Prefix,
    /// One of the six characters is not what was issued.
    #[error(
        "A character of the reference is wrong or missing, or two have changed places: compare it \
         with the letter or the screen that has it."
    )]
    CheckCharacter,
}

impl Prefix {
    /// Reads a body's prefix, in capitals or not.
    ///
    /// # Errors
    /// [`ReferenceError::Prefix`] when it is not 2 to 5 letters of A to Z.
    pub fn parse(typed: &str) -> Result<Self, ReferenceError> {
        let squeezed = squeeze(typed);
        let length = squeezed.len();
        if !(PREFIX_CHARACTERS_MIN..=PREFIX_CHARACTERS_MAX).contains(&length)
            || !squeezed.bytes().all(|b| b.is_ascii_uppercase())
        {
            return Err(ReferenceError::Prefix);
        }
        let mut letters = [0; PREFIX_CHARACTERS_MAX];
        letters[..length].copy_from_slice(squeezed.as_bytes());
        Ok(Self { letters, length })
    }
}

impl Reference {
    /// Makes a reference from random bytes, of which five bits each are used. Two in about 33
    /// million of a body are the same, so whoever stores it must be ready to make another.
    #[must_use]
    pub fn make(prefix: Prefix, random: [u8; RANDOM_CHARACTERS]) -> Self {
        let mut code = [0; CODE_CHARACTERS];
        for (place, byte) in code.iter_mut().zip(random) {
            *place = ALPHABET[usize::from(byte % 32)];
        }
        code[RANDOM_CHARACTERS] = check_character(random.map(|byte| byte % 32));
        Self { prefix, code }
    }

    /// Reads a reference as people type it: any case, with spaces or without the hyphen, and with I
    /// or L for 1 and O for 0 behind the hyphen.
    ///
    /// # Errors
    /// Says whether its shape is wrong or one of its characters.
    pub fn parse(typed: &str) -> Result<Self, ReferenceError> {
        let squeezed = squeeze(typed);
        if squeezed.is_empty() {
            return Err(ReferenceError::Empty);
        }
        if !squeezed.is_ascii() || squeezed.len() <= CODE_CHARACTERS {
            return Err(ReferenceError::Shape);
        }
        let (prefix, code) = squeezed.split_at(squeezed.len() - CODE_CHARACTERS);
        let prefix = Prefix::parse(prefix).map_err(|_| ReferenceError::Shape)?;
        let mut values = [0; CODE_CHARACTERS];
        for (value, typed) in values.iter_mut().zip(code.bytes()) {
            *value = value_of(typed).ok_or(ReferenceError::Shape)?;
        }
        let [random @ .., _] = values;
        let code = values.map(|value| ALPHABET[usize::from(value)]);
        if check_character(random) != code[RANDOM_CHARACTERS] {
            return Err(ReferenceError::CheckCharacter);
        }
        Ok(Self { prefix, code })
    }

    /// The body's prefix.
    #[must_use]
    pub fn prefix(&self) -> Prefix {
        self.prefix
    }
}

/// A character's place in the alphabet, with what is easily confused forgiven.
fn value_of(typed: u8) -> Option<u8> {
    let meant = match typed {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    ALPHABET.iter().zip(0_u8..).find_map(|(character, value)| (*character == meant).then_some(value))
}

/// ISO 7064's hybrid system, modulus 33 and 32: it finds every single wrong character.
fn check_character(values: [u8; RANDOM_CHARACTERS]) -> u8 {
    let product = values.into_iter().fold(32_u8, |product, value| {
        let sum = (product + value) % 32;
        (if sum == 0 { 32 } else { sum }) * 2 % 33
    });
    ALPHABET[usize::from((33 - product) % 32)]
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.letters[..self.length].iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl fmt::Display for Reference {
    /// The stored, shown and exported form: prefix, hyphen, six characters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.prefix)?;
        self.code.iter().try_for_each(|character| write!(f, "{}", char::from(*character)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nzt(random: [u8; RANDOM_CHARACTERS]) -> Reference {
        Reference::make(Prefix::parse("NZT").unwrap(), random)
    }

    #[test]
    fn a_reference_is_made_from_its_random_bytes_alone() {
        for (random, shown) in [
            ([0, 0, 0, 0, 0], "NZT-000000"),
            ([0, 0, 0, 0, 1], "NZT-00001Y"),
            ([31, 31, 31, 31, 31], "NZT-ZZZZZW"),
            ([7, 19, 4, 23, 2], "NZT-7K4Q2H"),
            // Only five bits of a byte count.
            ([7 + 32, 19 + 64, 4 + 96, 23 + 128, 2 + 224], "NZT-7K4Q2H"),
        ] {
            assert_eq!(nzt(random).to_string(), shown);
        }
    }

    #[test]
    fn reading_forgives_what_is_easily_confused() {
        let (round, straight) = (nzt([0, 0, 0, 0, 0]), nzt([1, 1, 1, 1, 1]));
        for typed in [
            "NZT-000000",
            "nzt-oooooo",
            " NZT - 000 00O ",
            "NZTOOOOOO",
            "ＮＺＴ－００００ｏｏ",
            "NZT\u{2013}000000",
        ] {
            assert_eq!(Reference::parse(typed), Ok(round), "{typed:?}");
        }
        let confused = straight.to_string().replace("-11111", "-ilIL1");
        assert_eq!(Reference::parse(&confused), Ok(straight), "{confused}");
        assert_eq!(Reference::parse("itp-7k4q2h").map(|r| r.prefix().to_string()), Ok("ITP".to_owned()));
    }

    #[test]
    fn each_mistake_has_its_own_answer() {
        for (typed, error) in [
            ("", ReferenceError::Empty),
            (" - ", ReferenceError::Empty),
            ("Z-000000", ReferenceError::Shape),
            ("ABCDEF-000000", ReferenceError::Shape),
            ("000000", ReferenceError::Shape),
            ("N2T-000000", ReferenceError::Shape),
            ("NZT-00000U", ReferenceError::Shape),
            ("NZT/000000", ReferenceError::Shape),
            ("ÑZT-000000", ReferenceError::Shape),
            // Read as NZ and T00000: one is missing.
            ("NZT-00000", ReferenceError::CheckCharacter),
            ("NZT-000001", ReferenceError::CheckCharacter),
            ("NZT-K74Q2M", ReferenceError::CheckCharacter),
        ] {
            assert_eq!(Reference::parse(typed), Err(error), "{typed:?}");
        }
        for typed in ["", "N", "ABCDEF", "N1", "NÉ"] {
            assert_eq!(Prefix::parse(typed), Err(ReferenceError::Prefix), "{typed:?}");
        }
        for typed in ["ab", "ABCDE"] {
            assert_eq!(Prefix::parse(typed).map(|p| p.to_string()), Ok(typed.to_uppercase()));
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(typed in ".*") {
            let _ = Reference::parse(&typed);
        }

        #[test]
        fn what_is_shown_is_read_again(prefix in "[A-Z]{2,5}", random: [u8; RANDOM_CHARACTERS]) {
            let made = Reference::make(Prefix::parse(&prefix).unwrap(), random);
            prop_assert_eq!(Reference::parse(&made.to_string()), Ok(made));
        }

        #[test]
        fn every_single_wrong_character_is_found(
            random: [u8; RANDOM_CHARACTERS],
            at in 0..CODE_CHARACTERS,
        ) {
            let right = nzt(random);
            for wrong in ALPHABET.iter().filter(|c| **c != right.code[at]) {
                let mut code = right.code;
                code[at] = *wrong;
                let typed = Reference { code, ..right }.to_string();
                prop_assert_eq!(Reference::parse(&typed), Err(ReferenceError::CheckCharacter));
            }
        }
    }

    /// About two swaps in a thousand slip through: the modulus 33 is no prime.
    #[test]
    fn most_swapped_neighbours_are_found() {
        let (mut swaps, mut unnoticed) = (0, 0);
        for number in 0_u64..20_000 {
            // Spread over all codes, and the same each time.
            let bytes = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
            let right = nzt(std::array::from_fn(|at| bytes[at]));
            for at in 1..CODE_CHARACTERS {
                let mut code = right.code;
                code.swap(at - 1, at);
                let typed = Reference { code, ..right }.to_string();
                swaps += usize::from(code != right.code);
                unnoticed += usize::from(code != right.code && Reference::parse(&typed).is_ok());
            }
        }
        assert!(unnoticed * 1_000 <= 3 * swaps, "{unnoticed} of {swaps}");
    }
}
