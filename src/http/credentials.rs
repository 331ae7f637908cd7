//! Who asks: a token from the `Authorization` header or from the session's cookie, never both. In the header it is that of
//! a sign-in, or an access token that a provider has signed: a machine's own, or a person's.
//!
//! A token that is no sign-in is refused, not overlooked: else somebody whose session ended would be shown the
//! public's view without a word. A cookie alone proves nothing about who made the request, so a request that
//! comes with one must show that it is of our own pages.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use super::cookies::Cookie;
use super::{access, origins, refusals};
use crate::app::App;
use crate::people::actions;
use crate::schema::errors::FORBIDDEN;
use crate::tenancy::Viewer;
use wire::Refusal;

/// What a request has to show who it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// Nothing: anybody.
    Nothing,
    /// A token in the `Authorization` header.
    Bearer(String),
    /// A token in the session's cookie.
    Cookie(String),
}

impl Given {
    /// The token, whichever way it came.
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Bearer(token) | Self::Cookie(token) => Some(token),
        }
    }
}

/// What a request has to show who it is from.
///
/// # Errors
/// 400 for two at once, 401 for another scheme than Bearer, 403 for a cookie on another site's request.
pub fn given(headers: &HeaderMap, public_url: &Url) -> Result<Given, Refusal> {
    read(headers, public_url, || check_is_of_our_pages(headers))
}

/// The same for who opens a socket. Not all browsers say of a page that opens one what they say of one that sends a request,
/// but all tell its origin, which was looked at.
///
/// # Errors
/// As [`given`].
pub fn given_at_socket(headers: &HeaderMap, public_url: &Url, by_our_page: bool) -> Result<Given, Refusal> {
    read(headers, public_url, || if by_our_page { Ok(()) } else { check_is_of_our_pages(headers) })
}

fn read(
    headers: &HeaderMap,
    public_url: &Url,
    check_cookie: impl FnOnce() -> Result<(), Refusal>,
) -> Result<Given, Refusal> {
    let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
    let mut cookies = Cookie::Session.all(headers, public_url);
    let found = (authorizations.next(), cookies.next());
    if authorizations.next().is_some() || cookies.next().is_some() || matches!(found, (Some(_), Some(_))) {
        return Err(Refusal::bad_request("Send either one bearer token or one session cookie, not both."));
    }
    match found {
        (Some(authorization), _) => bearer(authorization).map(Given::Bearer),
        (None, Some(cookie)) => {
            check_cookie()?;
            Ok(Given::Cookie(cookie))
        }
        (None, None) => Ok(Given::Nothing),
    }
}

/// Who a request is from.
///
/// # Errors
/// 401 for a token that is no sign-in, or no longer; the cookie that held it is cleared.
pub async fn viewer(app: &App, given: &Given, headers: &HeaderMap) -> Result<Viewer, Refusal> {
    let Some(token) = given.token() else { return Ok(Viewer::public()) };
    // Our own tokens have no dots, and those of providers have two.
    if matches!(given, Given::Bearer(_)) && token.contains('.') {
        return access::viewer(app, token, origins::origin(headers)).await;
    }
    if let Some(viewer) = actions::viewer_of(app, token).await? {
        return Ok(viewer);
    }
    let refusal = refusals::no_longer_signed_in();
    Err(match given {
        Given::Cookie(_) => refusal.with(header::SET_COOKIE, Cookie::Session.clear(&app.public_url)?),
        Given::Bearer(_) | Given::Nothing => refusal,
    })
}

fn bearer(authorization: &HeaderValue) -> Result<String, Refusal> {
    let found = authorization.to_str().ok().and_then(|text| text.split_once(' '));
    match found {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => {
            Ok(token.trim().to_owned())
        }
        _ => Err(refusals::unreadable_token()),
    }
}

/// A page of another origin can have our cookie sent along, but can say neither of these two. What a browser says of the page
/// goes before what the page says.
fn check_is_of_our_pages(headers: &HeaderMap) -> Result<(), Refusal> {
    let is_ours = match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(site) => matches!(site, b"same-origin" | b"none"),
        None => headers.contains_key("x-requested-with"),
    };
    if is_ours {
        return Ok(());
    }
    let message = "A request with a session cookie has to come from this site's own pages: send the header \
                   X-Requested-With, or use a bearer token.";
    Err(Refusal::new(StatusCode::FORBIDDEN, FORBIDDEN, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(public_url: &str, sent: &[(&'static str, &str)]) -> Result<Given, u16> {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, value.parse().expect("a value"));
        }
        let public_url = Url::parse(public_url).expect("a URL");
        given(&headers, &public_url).map_err(|refusal| refusal.status.as_u16())
    }

    #[test]
    fn a_token_comes_one_way_only() {
        let token = || "t0k".to_owned();
        let ours = ("sec-fetch-site", "same-origin");
        for (sent, expected) in [
            (vec![], Ok(Given::Nothing)),
            (vec![("authorization", "Bearer t0k")], Ok(Given::Bearer(token()))),
            (vec![("authorization", "bearer  t0k")], Ok(Given::Bearer(token()))),
            (vec![("authorization", "Bearer ")], Err(401)),
            (vec![("authorization", "Basic eA==")], Err(401)),
            (vec![("authorization", "Bearer a"), ("authorization", "Bearer b")], Err(400)),
            (vec![("authorization", "Bearer a"), ("cookie", "session=b"), ours], Err(400)),
            (vec![("cookie", "a=b; session=t0k; c=d"), ours], Ok(Given::Cookie(token()))),
            (vec![("cookie", "session=a"), ("cookie", "session=b"), ours], Err(400)),
            (vec![("cookie", "session=a; session=b"), ours], Err(400)),
            (vec![("cookie", "other=a"), ours], Ok(Given::Nothing)),
            (vec![("cookie", "session="), ours], Ok(Given::Nothing)),
        ] {
            assert_eq!(read("http://127.0.0.1:8080", &sent), expected, "{sent:?}");
        }
    }

    #[test]
    fn a_cookie_needs_proof_of_our_own_pages() {
        let cookie = ("cookie", "session=t0k");
        let said = ("x-requested-with", "nominations");
        for (proof, is_taken) in [
            (vec![], false),
            (vec![("sec-fetch-site", "cross-site")], false),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "none")], true),
            (vec![said], true),
            (vec![("sec-fetch-site", "cross-site"), said], false),
            (vec![("sec-fetch-site", "same-site"), said], false),
        ] {
            let sent = [vec![cookie], proof].concat();
            assert_eq!(read("http://127.0.0.1:8080", &sent).is_ok(), is_taken, "{sent:?}");
        }
    }

    #[test]
    fn over_https_the_cookie_is_bound_to_the_host() {
        let ours = ("sec-fetch-site", "same-origin");
        let public_url = "https://nominations.example.nz";
        assert_eq!(read(public_url, &[("cookie", "session=a"), ours]), Ok(Given::Nothing));
        assert!(matches!(read(public_url, &[("cookie", "__Host-session=a"), ours]), Ok(Given::Cookie(_))));
    }
}
