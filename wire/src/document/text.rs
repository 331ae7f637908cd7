//! A document's text, looked at before it is parsed: the parser takes whatever it is given, however deep.

/// What a text is made of, as far as it was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Names, numbers, strings and signs.
    pub tokens: usize,
    /// Brackets of any kind inside one another.
    pub nesting: usize,
    /// Letters of the longest name or number.
    pub longest: usize,
}

/// Looks at a text until it has more than `tokens_max` tokens.
pub fn look(text: &str, tokens_max: usize) -> Text {
    let mut seen = Text::default();
    let mut depth = 0_usize;
    let (mut rest, mut do_blocks_end) = (text, true);
    while let Some(c) = rest.chars().next() {
        let after = match c {
            '"' => after_string(rest, &mut do_blocks_end),
            '#' => rest.find(['\n', '\r']).map_or("", |end| &rest[end..]),
            _ if is_of_a_word(c) => {
                let after = rest.trim_start_matches(is_of_a_word);
                seen.longest = seen.longest.max(rest.len() - after.len());
                after
            }
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

/// What a block string begins and ends with.
const BLOCK: &str = "\"\"\"";
/// What ends no block string though it looks like it.
const ESCAPED_BLOCK: &str = "\\\"\"\"";

/// What follows the string that `text` begins with. Once a block was found that does not end, none behind it does: the parser then
/// takes two of its quotation marks for an empty string.
fn after_string<'t>(text: &'t str, do_blocks_end: &mut bool) -> &'t str {
    if *do_blocks_end && let Some(block) = text.strip_prefix(BLOCK) {
        if let Some(after) = after_block(block) {
            return after;
        }
        *do_blocks_end = false;
    }
    after_line(&text[1..])
}

/// What follows a block, in which nothing is escaped but its end.
fn after_block(mut rest: &str) -> Option<&str> {
    loop {
        let found = &rest[rest.find(['"', '\\'])?..];
        if let Some(after) = found.strip_prefix(BLOCK) {
            return Some(after);
        }
        rest = found.strip_prefix(ESCAPED_BLOCK).unwrap_or(&found[1..]);
    }
}

/// What follows a string within a line, in which a backslash escapes whatever comes after it.
fn after_line(text: &str) -> &str {
    let mut is_escaped = false;
    let end = text.find(|c| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    });
    end.map_or("", |end| &text[end + 1..])
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::{DocumentOperations, Selection};
    use async_graphql_value::Value;

    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_do_not_nest() {
        for (text, tokens, nesting) in [
            ("{ a { b(c: [1]) } }", 13, 4),
            (r#"{ a(b: "{{{\"{{{") }"#, 8, 2),
            (r#"{ a(b: """{{{ " {{{ \""" {{{""") }"#, 8, 2),
            ("{ a # {{{{\n }", 3, 1),
            ("{ a # {{{{", 2, 1),
            (r#"{a(b:"""\""" """){a{a"#, 11, 3),
            (r#"{a(b:"""\\""" """){a{a"#, 11, 3),
            (r#"{a(b:"""\\""" ){a{a"#, 13, 3),
            (r#"{ a(b: "ā\ā{") "#, 7, 2),
            (r#"{ a(b: "\"#, 6, 2),
            ("}}}{", 4, 1),
            ("{ ...F, ...on T { a_1 } }", 10, 2),
        ] {
            let seen = look(text, 1_000);
            assert_eq!((seen.tokens, seen.nesting), (tokens, nesting), "{text}");
        }
    }

    /// All texts of so many pieces.
    fn texts(pieces: usize) -> impl Iterator<Item = String> {
        const PIECES: [&str; 7] = ["\"\"\"", "\"", "\\", "{", " ", "\n", "#"];
        let count = PIECES.len().pow(u32::try_from(pieces).expect("few"));
        (0..count).map(move |number| {
            let digits = std::iter::successors(Some(number), |rest| Some(rest / PIECES.len()));
            digits.take(pieces).map(|digit| PIECES[digit % PIECES.len()]).collect()
        })
    }

    #[test]
    fn strings_end_where_they_end_for_the_parser() {
        let document = |list: &str| format!("{{a(b:[{list}]){{c{{d{{e{{f}}}}}}}}}}");
        let alone = look(&document(""), 1_000);
        let mut kinds = [0; 4];
        for list in (1..=6).flat_map(texts) {
            let text = document(&list);
            let Ok(parsed) = parse_query(&text) else { continue };
            let DocumentOperations::Single(operation) = parsed.operations else { panic!("{text}") };
            let Some(Selection::Field(root)) =
                operation.node.selection_set.node.items.first().map(|item| &item.node)
            else {
                panic!("{text}")
            };
            let Some((_, Value::List(strings))) =
                root.node.arguments.first().map(|(name, value)| (name, &value.node))
            else {
                panic!("{text}")
            };
            kinds[strings.len().min(3)] += 1;
            let seen = Text { tokens: alone.tokens + strings.len(), ..alone };
            assert_eq!(look(&text, 1_000), seen, "{text}");
        }
        assert!(kinds.iter().all(|kind| *kind > 100), "{kinds:?}");
    }

    #[test]
    fn blocks_that_do_not_end_are_looked_for_once() {
        let text = format!("{{a(b:{}", "\"\"\"x\"\\".repeat(100_000));
        assert_eq!(look(&text, usize::MAX).tokens, 5 + 300_000);
    }

    #[test]
    fn the_longest_name_counts() {
        assert_eq!(look("{ ab(c: \"defghi\") abc # defghi\n }", 1_000).longest, 3);
    }

    #[test]
    fn nobody_looks_further_than_the_limit() {
        assert_eq!(look(&"a ".repeat(1_000_000), 10).tokens, 11);
    }
}
