//! Tags of answers: whoever has an answer already is told so instead of being sent it again.

use axum::http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};

/// The tag of these bytes. It is a weak one, since they may be sent compressed.
#[must_use]
pub fn of(bytes: &[u8]) -> String {
    let hash = hex::encode(&Sha256::digest(bytes)[..16]);
    format!("W/\"{hash}\"")
}

/// Whether the caller says that it has what this tag stands for (RFC 9110, 13.1.2).
#[must_use]
pub fn is_held(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(wanted) = tag.to_str().map(strong) else { return false };
    let held = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    held.flat_map(|value| value.split(',')).any(|held| held.trim() == "*" || strong(held) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_caller_has_is_found_among_all_that_it_names() {
        let tag = HeaderValue::from_static("W/\"a\"");
        for (held, expected) in [
            ("W/\"a\"", true),
            ("\"a\"", true),
            ("\"b\", W/\"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, held.parse().expect("a value"));
            assert_eq!(is_held(&headers, &tag), expected, "{held}");
        }
        assert!(!is_held(&HeaderMap::new(), &tag));
        assert_eq!(of(b"x"), of(b"x"));
        assert_ne!(of(b"x"), of(b"y"));
    }
}
