//! A document's text, looked at before it is parsed: the parser takes whatever it is given, however deep.

/// What a text is made of, as far as it was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Names, numbers, strings and signs.
    pub tokens: usize,
    /// Brackets of any kind inside one another.
    pub nesting: usize,
}

/// Looks at a text until it has more than `tokens_max` tokens.
pub fn look(text: &str, tokens_max: usize) -> Text {
    let mut seen = Text::default();
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = match c {
            '"' => after_string(rest),
            '#' => rest.find(['\n', '\r']).map_or("", |end| &rest[end..]),
            _ if is_of_a_word(c) => rest.trim_start_matches(is_of_a_word),
            '.' => rest.trim_start_matches('.'),
            _ => &rest[c.len_utf8()..],
        };
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        seen.nesting = seen.nesting.max(depth);
        if !matches!(c, '#' | ' ' | '\t' | '\n' | '\r' | ',' | '\u{feff}') {
            seen.tokens += 1;
            if seen.tokens > tokens_max {
                break;
            }
        }
        rest = after;
    }
    seen
}

/// Whether it is of a name or a number; a number's point and sign count as signs of their own.
fn is_of_a_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// What follows the string that `text` begins with.
fn after_string(text: &str) -> &str {
    let quote = if text.starts_with("\"\"\"") { "\"\"\"" } else { "\"" };
    let mut rest = &text[quote.len()..];
    while let Some(at) = rest.find(['"', '\\']) {
        let found = &rest[at..];
        if let Some(after) = found.strip_prefix(quote) {
            return after;
        }
        // A backslash and what it escapes, or a quotation mark within a block.
        let skipped = found.chars().take(if found.starts_with('\\') { 2 } else { 1 });
        rest = &found[skipped.map(char::len_utf8).sum::<usize>()..];
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_do_not_nest() {
        for (text, tokens, nesting) in [
            ("{ a { b(c: [1]) } }", 13, 4),
            (r#"{ a(b: "{{{\"{{{") }"#, 8, 2),
            (r#"{ a(b: """{{{ " {{{ \""" {{{""") }"#, 8, 2),
            ("{ a # {{{{\n }", 3, 1),
            ("{ a # {{{{", 2, 1),
            (r#"{ a(b: "ā\ā{") "#, 7, 2),
            (r#"{ a(b: "\"#, 6, 2),
            ("}}}{", 4, 1),
            ("{ ...F, ...on T { a_1 } }", 10, 2),
        ] {
            assert_eq!(look(text, 1_000), Text { tokens, nesting }, "{text}");
        }
    }

    #[test]
    fn nobody_looks_further_than_the_limit() {
        assert_eq!(look(&"a ".repeat(1_000_000), 10).tokens, 11);
    }
}
