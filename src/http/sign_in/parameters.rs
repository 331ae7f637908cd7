//! What stands behind the question mark.

use std::collections::BTreeMap;

use url::form_urlencoded;

use wire::Refusal;

/// Bytes of all of it.
const QUERY_MAX: usize = 8 * 1024;
/// Bytes of a path to go back to.
const PATH_MAX: usize = 1_000;

/// Parameters by name, each of them once.
#[derive(Debug, Default)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads them.
    ///
    /// # Errors
    /// 400 for one that stands twice: which of the two counts would be a guess. 400 where they are too long.
    pub(super) fn read(query: Option<&str>) -> Result<Self, Refusal> {
        let query = query.unwrap_or_default();
        if query.len() > QUERY_MAX {
            return Err(Refusal::bad_request("This address is too long: begin again at /sign-in."));
        }
        let mut all = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if all.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(Refusal::bad_request(
                    "Something stands twice in this address: begin again at /sign-in.",
                ));
            }
        }
        Ok(Self(all))
    }

    /// One of them; one that is empty counts as none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// Where the browser goes once somebody is signed in: a path of our own, by whoever wrote the link; the front page where
/// nobody says.
///
/// # Errors
/// 400 for anything that could lead elsewhere.
pub(super) fn path_back(sent: Option<&str>) -> Result<String, Refusal> {
    let path = sent.unwrap_or("/");
    // Browsers read // and /\ as the beginning of another host, and leave out tabs and line breaks before they look.
    let leads_elsewhere = !path.starts_with('/') || path[1..].starts_with(['/', '\\']);
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if leads_elsewhere || !is_plain || path.len() > PATH_MAX {
        return Err(Refusal::bad_request("`return` is a path of this site, such as /cases."));
    }
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(path_back(None).as_deref(), Ok("/"));
        for path in ["/", "/cases", "/cases?x=1&y=%2F#top", "/a//b"] {
            assert_eq!(path_back(Some(path)).as_deref(), Ok(path));
        }
        for path in [
            "cases",
            "//evil.example.nz",
            "/\\evil.example.nz",
            "/a\\b",
            "\\\\evil.example.nz",
            "https://evil.example.nz",
            "javascript:alert(1)",
            "/\t/evil.example.nz",
            "/\n/evil.example.nz",
            " /cases",
            "/\u{e9}",
            &format!("/{}", "a".repeat(PATH_MAX)),
        ] {
            assert!(path_back(Some(path)).is_err(), "{path:?}");
        }
    }

    #[test]
    fn what_stands_twice_is_refused() {
        let read = Parameters::read(Some("state=a&code=b%20c&empty=")).expect("parameters");
        assert_eq!((read.get("state"), read.get("code")), (Some("a"), Some("b c")));
        assert_eq!((read.get("empty"), read.get("iss")), (None, None));
        assert!(Parameters::read(Some("state=a&state=a")).is_err());
        assert!(Parameters::read(Some(&"a".repeat(QUERY_MAX + 1))).is_err());
    }
}
