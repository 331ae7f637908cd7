//! Short names in addresses, files and input: of class exceptions, bodies, criteria and identity providers.

/// Most characters of one.
const SLUG_MAX: usize = 50;

/// Whether a text is a slug: words of lower-case letters and digits of ASCII, joined by hyphens, and at most 50
/// characters. What is none is the name of nothing, and never reaches the database, which refuses some texts altogether.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.len() <= SLUG_MAX && text.split('-').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_joined_by_hyphens() {
        for slug in ["itp", "specialist-tech", "2022", "a-1-b", &"a".repeat(50)] {
            assert!(is_slug(slug), "{slug}");
        }
        for text in
            ["", "-", "a-", "-a", "a--b", "Specialist", "a b", "a_b", "a\0", "ā", "a/b", &"a".repeat(51)]
        {
            assert!(!is_slug(text), "{text}");
        }
    }
}
