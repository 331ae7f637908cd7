//! What is done to a document before it is executed.
//!
//! The parser and the library's own limits walk a document without a bound, so its nesting is checked before it
//! is parsed, and its fields, fragments spread out, before it is validated. An argument or input field that is
//! bound to an omitted variable is taken out: the library would pass it on as null, and a null in a change
//! erases what an absent field leaves alone.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, ServerError, Variables};

mod omitted;
mod order;

pub use order::Order;

/// Brackets of any kind inside one another. The deepest of the standard introspection query are 16.
const NESTING_MAX: usize = 40;
/// Fields of a document, those of a fragment counted at every spread.
const FIELDS_MAX: usize = 2_000;

/// Why a document is not executed.
#[derive(Debug)]
pub enum Unfit {
    /// It cannot be read.
    Unreadable(ServerError),
    /// It is larger than the limits allow.
    TooLarge(ServerError),
}

/// Reads a document and makes it fit for execution.
///
/// # Errors
/// Where it is not GraphQL, or too large.
pub fn prepare(
    text: &str,
    operation: Option<&str>,
    variables: &Variables,
) -> Result<ExecutableDocument, Unfit> {
    if nesting(text) > NESTING_MAX {
        return Err(too_large(format!("A document may nest {NESTING_MAX} brackets deep.")));
    }
    let mut document = parse_query(text).map_err(|error| Unfit::Unreadable(error.into()))?;
    if fields(&document) > FIELDS_MAX {
        return Err(too_large(format!("A document may ask for {FIELDS_MAX} fields, fragments spread out.")));
    }
    omitted::drop_omitted(&mut document, operation, variables);
    Ok(document)
}

fn too_large(message: String) -> Unfit {
    Unfit::TooLarge(ServerError::new(message, None))
}

/// How deep brackets nest in a document, those in strings and comments left out.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = match c {
            '"' => after_string(rest),
            '#' => rest.find(['\n', '\r']).map_or("", |end| &rest[end..]),
            _ => &rest[c.len_utf8()..],
        };
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
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

/// The fields of all operations. Each fragment is walked once: a spread adds what is known of it.
fn fields(document: &ExecutableDocument) -> usize {
    let mut known = HashMap::new();
    document
        .operations
        .iter()
        .map(|(_, operation)| fields_of(document, &operation.node.selection_set.node, &mut known))
        .fold(0, usize::saturating_add)
}

fn fields_of<'d>(
    document: &'d ExecutableDocument,
    selection: &'d SelectionSet,
    known: &mut HashMap<&'d Name, usize>,
) -> usize {
    let mut sum = 0_usize;
    for item in &selection.items {
        sum = sum.saturating_add(match &item.node {
            Selection::Field(field) => 1 + fields_of(document, &field.node.selection_set.node, known),
            Selection::InlineFragment(fragment) => {
                fields_of(document, &fragment.node.selection_set.node, known)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                fields_of_fragment(document, name, known)
            }
        });
    }
    sum
}

fn fields_of_fragment<'d>(
    document: &'d ExecutableDocument,
    name: &Name,
    known: &mut HashMap<&'d Name, usize>,
) -> usize {
    let Some((name, fragment)) = document.fragments.get_key_value(name) else { return 0 };
    if let Some(count) = known.get(name) {
        return *count;
    }
    // One that spreads itself ends here; validation refuses it with a better sentence.
    known.insert(name, 0);
    let count = fields_of(document, &fragment.node.selection_set.node, known);
    known.insert(name, count);
    count
}

/// The names of variables, as sets of them are passed about here.
type Names = HashSet<Name>;

/// The operation that will be executed, where it can be told.
fn chosen<'d>(
    operations: &'d DocumentOperations,
    name: Option<&str>,
) -> Option<&'d async_graphql::parser::types::OperationDefinition> {
    let mut all = operations.iter();
    match name {
        Some(name) => all
            .find(|(found, _)| found.is_some_and(|found| found == name))
            .map(|(_, operation)| &operation.node),
        None => all.next().map(|(_, operation)| &operation.node),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_do_not_nest() {
        for (text, depth) in [
            ("{ a { b(c: [1]) } }", 4),
            (r#"{ a(b: "{{{\"{{{") }"#, 2),
            (r#"{ a(b: """{{{ " {{{ \""" {{{""") }"#, 2),
            ("{ a # {{{{\n }", 1),
            ("{ a # {{{{", 1),
            (r#"{ a(b: "ā\ā{") "#, 2),
            (r#"{ a(b: "\"#, 2),
            ("}}}{", 1),
        ] {
            assert_eq!(nesting(text), depth, "{text}");
        }
    }

    #[test]
    fn a_deep_document_is_refused_before_it_is_parsed() {
        for open in ["{a", "[", "{a(b:[", "{a(b:{c:"] {
            let text = open.repeat(50_000);
            assert!(matches!(prepare(&text, None, &Variables::default()), Err(Unfit::TooLarge(_))), "{open}");
        }
    }

    #[test]
    fn a_fragment_bomb_is_counted_without_going_off() {
        use std::fmt::Write;
        let mut text = String::from("{ ...F0 } ");
        for level in 0..60 {
            let next = level + 1;
            write!(text, "fragment F{level} on Query {{ ...F{next} ...F{next} ...F{next} }} ")
                .expect("a text");
        }
        text.push_str("fragment F60 on Query { __typename }");
        assert!(matches!(prepare(&text, None, &Variables::default()), Err(Unfit::TooLarge(_))));
        let circle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A a }";
        assert!(prepare(circle, None, &Variables::default()).is_ok());
    }

    #[test]
    fn what_is_not_graphql_is_unreadable() {
        assert!(matches!(prepare("{ a", None, &Variables::default()), Err(Unfit::Unreadable(_))));
    }
}
