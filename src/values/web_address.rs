//! The address of a web page: of a guide, of a source, of a piece of evidence.
//!
//! It is shown as a link and never fetched by the service. Only http and https are taken, so that
//! no link runs a script or opens a file, and none with a user's name or password in it.

use std::fmt;

use thiserror::Error;
use url::Url;

use super::is_invisible;

/// Characters that the address may have.
const CHARACTERS_MAX: usize = 2000;

/// An absolute http or https address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebAddress(Url);

/// Why a text is no web address, in a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WebAddressError {
    /// Nothing.
    #[error("Enter a web address that starts with https://.")]
    Empty,
    /// More than 2000 characters.
    #[error("A web address may have at most 2000 characters here: use a shorter one.")]
    TooLong,
    /// A space, or a character that cannot be seen.
    #[error(
        "A web address has no spaces and no characters that cannot be seen: copy it from the \
         browser again."
    )]
    Character,
    /// Another scheme, or none.
    #[error("A web address starts with https:// or http://: copy it from the browser whole.")]
    Scheme,
    /// It does not name a site.
    #[error(
        "This web address is not complete: copy it from the browser whole, as in \
         https://www.example.co.nz/guide."
    )]
    Incomplete,
    /// A user's name or a password before the site.
    #[error("This web address has a user name or a password in it: use one without.")]
    Credentials,
}

impl WebAddress {
    /// Reads an absolute address; spaces around it are left out.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(typed: &str) -> Result<Self, WebAddressError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(WebAddressError::Empty);
        }
        if typed.contains(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c)) {
            return Err(WebAddressError::Character);
        }
        if !["https://", "http://"].iter().any(|scheme| starts_with(typed, scheme)) {
            return Err(WebAddressError::Scheme);
        }
        let url = Url::parse(typed).map_err(|_| WebAddressError::Incomplete)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(WebAddressError::Credentials);
        }
        // Letters beyond ASCII grow when they are written out: the limit holds for what is kept.
        if url.as_str().len() > CHARACTERS_MAX { Err(WebAddressError::TooLong) } else { Ok(Self(url)) }
    }

    /// The address, in ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Whether the text starts with what is given, in capitals or not.
fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read() {
        for (typed, address) in [
            ("https://example.co.nz", "https://example.co.nz/"),
            (" HTTP://Example.co.nz/Guide?a=b#c\n", "http://example.co.nz/Guide?a=b#c"),
            ("https://example.co.nz/ā", "https://example.co.nz/%C4%81"),
            ("http://127.0.0.1:4000/x", "http://127.0.0.1:4000/x"),
        ] {
            assert_eq!(WebAddress::parse(typed).map(|a| a.to_string()), Ok(address.to_owned()), "{typed:?}");
        }
    }

    #[test]
    fn each_mistake_has_its_own_answer() {
        for (typed, error) in [
            ("", WebAddressError::Empty),
            ("www.example.co.nz", WebAddressError::Scheme),
            ("/guide", WebAddressError::Scheme),
            ("javascript:alert(1)", WebAddressError::Scheme),
            ("java\nscript:alert(1)", WebAddressError::Character),
            ("data:text/html,x", WebAddressError::Scheme),
            ("ftp://example.co.nz", WebAddressError::Scheme),
            ("file:///etc/passwd", WebAddressError::Scheme),
            ("https:example.co.nz", WebAddressError::Scheme),
            ("https://a b.nz", WebAddressError::Character),
            ("https://example.nz/\u{202E}x", WebAddressError::Character),
            ("https://", WebAddressError::Incomplete),
            ("https://example.nz:99999", WebAddressError::Incomplete),
            ("https://me@example.nz", WebAddressError::Credentials),
            ("https://:secret@example.nz", WebAddressError::Credentials),
        ] {
            assert_eq!(WebAddress::parse(typed), Err(error), "{typed:?}");
        }
    }

    #[test]
    fn the_limit_holds_on_both_sides() {
        let of = |length: usize| WebAddress::parse(&format!("{:x<length$}", "https://example.nz/"));
        assert!(of(2000).is_ok());
        assert_eq!(of(2001), Err(WebAddressError::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_panics(typed in "(?s).*|https?://.*") {
            if let Ok(address) = WebAddress::parse(&typed) {
                prop_assert!(address.as_str().starts_with("http"));
            }
        }
    }
}
