//! Decimal numbers as text: exact or refused.

use rust_decimal::Decimal;
use thiserror::Error;

/// Digits that a decimal may have, on both sides of the point together: what `rust_decimal` holds exactly.
const DIGITS_MAX: usize = 28;

/// A text that is no decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("Send a number of at most {DIGITS_MAX} digits, with a point before its fraction, such as 120000.00.")]
pub struct NotDecimal;

/// Reads digits, at most one point between them, at most one sign: no exponent, no spaces, nothing rounded.
///
/// # Errors
/// [`NotDecimal`] for anything else.
pub fn parse_decimal(typed: &str) -> Result<Decimal, NotDecimal> {
    let digits = typed.strip_prefix('-').unwrap_or(typed);
    let mut parts = digits.splitn(2, '.');
    let are_numbers = parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    if !are_numbers || count > DIGITS_MAX {
        return Err(NotDecimal);
    }
    Decimal::from_str_exact(typed).map_err(|_| NotDecimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_exact_or_refused() {
        for taken in ["0", "120000.00", "-1.5", "1234567890123456789012345678"] {
            assert_eq!(parse_decimal(taken).map(|number| number.to_string()), Ok(taken.to_owned()));
        }
        for refused in
            ["", "-", ".5", "5.", "1e5", "1,000", " 1", "+1", "1_000", "12345678901234567890123456789"]
        {
            assert_eq!(parse_decimal(refused), Err(NotDecimal), "{refused}");
        }
    }
}
