//! The New Zealand Business Number: thirteen digits that name an employer.
//!
//! It is a GS1 number that starts with 9429, and its last digit checks the others. The check finds
//! any single wrong digit, but not every swap (4 and 9 side by side may be exchanged unnoticed),
//! and it never tells whether the number was issued or to whom: only the register knows that.

use std::fmt;

use thiserror::Error;

use super::squeeze;

/// Digits in an NZBN.
const DIGITS: usize = 13;
/// What GS1 gave New Zealand's register to start its numbers with.
const PREFIX: &str = "9429";
/// A Companies Office number has at most so many digits.
const COMPANY_NUMBER_DIGITS: usize = 8;

/// A New Zealand Business Number whose check digit is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nzbn(u64);

/// Why a text is no NZBN, in a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NzbnError {
    /// Nothing, or nothing but spaces and hyphens.
    #[error("Enter the employer's NZBN: 13 digits that start with 9429.")]
    Empty,
    /// Something that is no digit.
    #[error(
        "An NZBN has digits only: enter the 13 digits that start with 9429, without letters or \
         signs."
    )]
    NotDigits,
    /// So few digits that it will be the Companies Office number.
    #[error(
        "That looks like a company number. Enter the NZBN instead: 13 digits that start with 9429, \
         shown next to it on the register."
    )]
    CompanyNumber,
    /// Another number of digits.
    #[error("An NZBN has 13 digits and this has {found}: compare it with the register.")]
    Length {
        /// The digits that were found.
        found: usize,
    },
    /// Another country's number, or not a business number at all.
    #[error(
        "An NZBN starts with 9429, and this does not: check that it is a New Zealand Business \
         Number."
    )]
    Prefix,
    /// A digit is wrong, or two have changed places.
    #[error("A digit of this NZBN is wrong, or two have changed places: compare it with the register.")]
    CheckDigit,
}

impl Nzbn {
    /// Reads an NZBN as people type it: spaces, hyphens and a leading "NZBN:" are left out.
    ///
    /// # Errors
    /// Says what is wrong with it and what to enter.
    pub fn parse(typed: &str) -> Result<Self, NzbnError> {
        let squeezed = squeeze(typed);
        let rest = squeezed.strip_prefix("NZBN").unwrap_or(&squeezed);
        let digits = rest.strip_prefix(':').unwrap_or(rest);
        if digits.is_empty() {
            return Err(NzbnError::Empty);
        }
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NzbnError::NotDigits);
        }
        match digits.len() {
            1..=COMPANY_NUMBER_DIGITS => return Err(NzbnError::CompanyNumber),
            DIGITS => {}
            found => return Err(NzbnError::Length { found }),
        }
        if !digits.starts_with(PREFIX) {
            return Err(NzbnError::Prefix);
        }
        if !check_digit_is_right(digits) {
            return Err(NzbnError::CheckDigit);
        }
        digits.parse().map(Self).map_err(|_| NzbnError::NotDigits)
    }
}

/// GS1: digits weighted 1, 3, 1, 3, … from the left, the check digit included, sum to a multiple of
/// ten.
fn check_digit_is_right(digits: &str) -> bool {
    let sum: u32 = digits.bytes().zip([1, 3].into_iter().cycle()).map(|(d, w)| u32::from(d - b'0') * w).sum();
    sum.is_multiple_of(10)
}

impl fmt::Display for Nzbn {
    /// The thirteen digits, without spaces: the stored and the exported form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_the_register_are_read() {
        for number in ["9429049541410", "9429041535134", "9429044650421", "9429046393920", "9429050294954"] {
            assert_eq!(Nzbn::parse(number).map(|n| n.to_string()), Ok(number.to_owned()));
        }
    }

    #[test]
    fn numbers_of_the_range_for_demos_are_read() {
        for number in [
            "9429900000018",
            "9429900000025",
            "9429900000032",
            "9429900000100",
            "9429900000421",
            "9429900007772",
            "9429912345671",
            "9429999999996",
        ] {
            assert_eq!(Nzbn::parse(number).map(|n| n.to_string()), Ok(number.to_owned()));
        }
    }

    #[test]
    fn spaces_hyphens_and_the_word_are_left_out() {
        for typed in [
            "942 904 954 1410",
            "9429-0495-4141-0",
            "9429\u{2011}0495\u{2013}4141\u{2015}0",
            "NZBN: 9429049541410 ",
            "nzbn 9429049541410",
            ": 9429049541410",
            "\u{200B}9429049541410\u{00A0}",
            "\u{FEFF}9429049541410\r\n",
            "９４２９０４９５４１４１０",
            "ＮＺＢＮ：９４２９０４９５４１４１０",
        ] {
            assert_eq!(Nzbn::parse(typed), Ok(Nzbn(9_429_049_541_410)), "{typed:?}");
        }
    }

    #[test]
    fn each_mistake_has_its_own_answer() {
        for (typed, error) in [
            ("", NzbnError::Empty),
            (" \u{200B}-", NzbnError::Empty),
            ("NZBN:", NzbnError::Empty),
            ("942904465042A", NzbnError::NotDigits),
            ("NZBN NZBN 9429049541410", NzbnError::NotDigits),
            ("+9429049541410", NzbnError::NotDigits),
            // Digits of another script are not the register's.
            ("٩٤٢٩٠٤٩٥٤١٤١٠", NzbnError::NotDigits),
            ("1", NzbnError::CompanyNumber),
            ("1830488", NzbnError::CompanyNumber),
            ("12345678", NzbnError::CompanyNumber),
            ("123456789", NzbnError::Length { found: 9 }),
            ("51824753556", NzbnError::Length { found: 11 }),
            ("942904465042", NzbnError::Length { found: 12 }),
            ("94290446504212", NzbnError::Length { found: 14 }),
            ("0000000000000", NzbnError::Prefix),
            ("9310072000003", NzbnError::Prefix),
            ("9412312341235", NzbnError::Prefix),
            ("9429044650420", NzbnError::CheckDigit),
            ("9429034581661", NzbnError::CheckDigit),
        ] {
            assert_eq!(Nzbn::parse(typed), Err(error), "{typed:?}");
        }
    }

    #[test]
    fn a_swap_of_four_and_nine_is_not_found() {
        assert!(Nzbn::parse("9429094541410").is_ok());
    }

    #[test]
    fn every_single_wrong_digit_is_found() {
        let right = "9429049541410";
        for (at, was) in right.char_indices() {
            for digit in ('0'..='9').filter(|d| *d != was) {
                let mut wrong = right.to_owned();
                wrong.replace_range(at..=at, &digit.to_string());
                assert!(Nzbn::parse(&wrong).is_err(), "{wrong}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(typed in ".*") {
            let _ = Nzbn::parse(&typed);
        }

        #[test]
        fn of_ten_last_digits_one_is_right(middle in 0..100_000_000_u64) {
            let is_right = |last: &u8| Nzbn::parse(&format!("9429{middle:08}{last}")).is_ok();
            let right = (0..10).filter(is_right).count();
            prop_assert_eq!(right, 1);
        }

        #[test]
        fn what_is_shown_is_read_again(number in 9_429_000_000_000..9_430_000_000_000_u64) {
            if let Ok(nzbn) = Nzbn::parse(&number.to_string()) {
                prop_assert_eq!(Nzbn::parse(&nzbn.to_string()), Ok(nzbn));
            }
        }
    }
}
