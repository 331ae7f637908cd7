//! Our cookies: the one with a sign-in's token, and the one that an attempt to sign in travels in.
//!
//! Both are bound to this host, kept from scripts, and not sent along by other sites but with a link that is followed.

use axum::http::{HeaderMap, HeaderValue, header};
use url::Url;

use crate::error::{Fault, Found};

/// One of our cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The token of a sign-in.
    Session,
    /// An attempt to sign in, sealed.
    Attempt,
}

impl Cookie {
    /// Browsers take a `__Host-` cookie over https only; on this machine it does without.
    fn name(self, public_url: &Url) -> &'static str {
        match (self, is_https(public_url)) {
            (Self::Session, true) => "__Host-session",
            (Self::Session, false) => "session",
            (Self::Attempt, true) => "__Host-sign-in",
            (Self::Attempt, false) => "sign-in",
        }
    }

    /// The header that sets it, for so many seconds.
    ///
    /// # Errors
    /// Where the value is no text for a header.
    pub fn set(self, public_url: &Url, value: &str, seconds: i64) -> Found<HeaderValue> {
        let name = self.name(public_url);
        let secure = if is_https(public_url) { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        HeaderValue::try_from(cookie).map_err(|why| Fault::stored("cookie", why))
    }

    /// The header that takes it away.
    ///
    /// # Errors
    /// As [`Cookie::set`].
    pub fn clear(self, public_url: &Url) -> Found<HeaderValue> {
        self.set(public_url, "", 0)
    }

    /// What was sent under its name; one that is empty counts as none.
    pub fn all(self, headers: &HeaderMap, public_url: &Url) -> impl Iterator<Item = String> {
        let name = self.name(public_url);
        let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = all.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let values = pairs.filter(move |(found, value)| *found == name && !value.is_empty());
        values.map(|(_, value)| value.to_owned()).collect::<Vec<_>>().into_iter()
    }
}

fn is_https(public_url: &Url) -> bool {
    public_url.scheme() == "https"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_https_cookies_are_bound_to_the_host() {
        let url = |text: &str| Url::parse(text).expect("a URL");
        let made = |cookie: Cookie, of: &str| cookie.set(&url(of), "a", 60).expect("a cookie");
        let rest = "Path=/; HttpOnly; SameSite=Lax; Max-Age=60";
        assert_eq!(
            made(Cookie::Session, "https://n.example.nz"),
            format!("__Host-session=a; {rest}; Secure")
        );
        assert_eq!(
            made(Cookie::Attempt, "https://n.example.nz"),
            format!("__Host-sign-in=a; {rest}; Secure")
        );
        assert_eq!(made(Cookie::Attempt, "http://127.0.0.1:8080"), format!("sign-in=a; {rest}"));
    }
}
