//! An e-mail address that a message can be sent to.
//!
//! The check is what catches slips and nothing more: only a message that arrives proves an address.
//! What the standards allow and nobody has (quotes, comments, addresses by number) is refused, and
//! so is all that could end a header early. `Debug` shows nothing: an address is a person's.

use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::is_invisible;

/// Bytes that a mail server takes for an address.
const BYTES_MAX: usize = 254;
/// Bytes before the @.
const LOCAL_BYTES_MAX: usize = 64;
/// Bytes of each part of the domain.
const LABEL_BYTES_MAX: usize = 63;

/// An e-mail address: the part before the @ as typed, the domain in small letters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

/// Why a text is no e-mail address, in a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EmailError {
    /// Nothing.
    #[error("Enter an e-mail address, such as name@example.co.nz.")]
    Empty,
    /// None, or more than one.
    #[error("An e-mail address has one @, as in name@example.co.nz: enter one address.")]
    AtSign,
    /// A space or a sign that no address has.
    #[error(
        "This e-mail address has a space or a sign that cannot stand there: type it as in \
         name@example.co.nz."
    )]
    Character,
    /// What stands before the @.
    #[error(
        "What stands before the @ is empty, too long, or has a dot too many: check the e-mail \
         address."
    )]
    Local,
    /// What stands behind the @.
    #[error(
        "What stands behind the @ is not complete: it needs a name, a dot and an ending, as in \
         example.co.nz."
    )]
    Domain,
    /// Longer than mail servers take.
    #[error("An e-mail address has at most 254 characters: check that this is one address.")]
    TooLong,
}

impl Email {
    /// Reads an address; spaces around it are left out.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        let address: String = typed.trim().nfc().collect();
        if address.is_empty() {
            return Err(EmailError::Empty);
        }
        if address.len() > BYTES_MAX {
            return Err(EmailError::TooLong);
        }
        if address.contains(is_refused) {
            return Err(EmailError::Character);
        }
        let (local, domain) = address.split_once('@').ok_or(EmailError::AtSign)?;
        if domain.contains('@') {
            return Err(EmailError::AtSign);
        }
        if local.len() > LOCAL_BYTES_MAX || local.split('.').any(str::is_empty) {
            return Err(EmailError::Local);
        }
        // Small letters may be longer than the capitals: the limit holds for what is kept.
        let domain = domain.to_lowercase();
        if !is_domain(&domain) {
            return Err(EmailError::Domain);
        }
        let address = format!("{local}@{domain}");
        if address.len() > BYTES_MAX { Err(EmailError::TooLong) } else { Ok(Self(address)) }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_refused(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_invisible(c) || "\"<>()[]\\,;:\u{FFFD}".contains(c)
}

/// Two labels or more, of letters, digits and inner hyphens; the last is no number.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_BYTES_MAX).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c == '-' || c.is_alphanumeric() || !c.is_ascii())
    };
    domain.split('.').all(is_label)
        && domain.rsplit_once('.').is_some_and(|(_, ending)| ending.chars().any(char::is_alphabetic))
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read() {
        for (typed, address) in [
            ("aroha@example.co.nz", "aroha@example.co.nz"),
            (" Aroha.Ngata+visa@EXAMPLE.co.NZ\n", "Aroha.Ngata+visa@example.co.nz"),
            ("o'brien@example.ie", "o'brien@example.ie"),
            ("a@b.c", "a@b.c"),
            ("info@māori.nz", "info@māori.nz"),
            ("x@1-2.example9", "x@1-2.example9"),
        ] {
            assert_eq!(Email::parse(typed).map(|e| e.to_string()), Ok(address.to_owned()), "{typed:?}");
        }
    }

    #[test]
    fn each_mistake_has_its_own_answer() {
        for (typed, error) in [
            ("", EmailError::Empty),
            ("  ", EmailError::Empty),
            ("aroha.example.nz", EmailError::AtSign),
            ("a@b@example.nz", EmailError::AtSign),
            ("a b@example.nz", EmailError::Character),
            ("a@example.nz, b@example.nz", EmailError::Character),
            ("a@example.nz\r\nBcc:b@example.nz", EmailError::Character),
            ("Aroha<a@example.nz>", EmailError::Character),
            ("a\u{200B}@example.nz", EmailError::Character),
            ("a@[127.0.0.1]", EmailError::Character),
            ("@example.nz", EmailError::Local),
            (".a@example.nz", EmailError::Local),
            ("a..b@example.nz", EmailError::Local),
            ("a@", EmailError::Domain),
            ("a@localhost", EmailError::Domain),
            ("a@example.", EmailError::Domain),
            ("a@.nz", EmailError::Domain),
            ("a@-x.nz", EmailError::Domain),
            ("a@x_y.nz", EmailError::Domain),
            ("a@127.0.0.1", EmailError::Domain),
        ] {
            assert_eq!(Email::parse(typed), Err(error), "{typed:?}");
        }
    }

    #[test]
    fn the_limits_hold_on_both_sides() {
        let of = |local: usize, label: usize, ending: usize| {
            let domain = format!("{}.{}.{}", "d".repeat(label), "d".repeat(label), "d".repeat(ending));
            Email::parse(&format!("{}@{domain}", "l".repeat(local)))
        };
        assert!(of(64, 63, 61).is_ok());
        assert_eq!(of(65, 63, 60), Err(EmailError::Local));
        assert_eq!(of(64, 64, 10), Err(EmailError::Domain));
        assert!(Email::parse(&format!("{}@{}.nz", "l".repeat(62), ["d"; 94].join("."))).is_ok());
        assert_eq!(
            Email::parse(&format!("{}@{}.nz", "l".repeat(64), ["d"; 94].join("."))),
            Err(EmailError::TooLong)
        );
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Email::parse("a@example.nz").unwrap()), "Email(redacted)");
    }

    proptest! {
        #[test]
        fn no_text_panics(typed in "(?s).*|.{0,9}@.{0,9}\\..{0,9}") {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
            }
        }
    }
}
