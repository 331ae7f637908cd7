//! What is done to a document before it is executed.
//!
//! The parser and the library's own limits walk a document without a bound, so its text is held against the limits before
//! it is parsed, and what it asks for, fragments spread out, before it is validated. An argument or input field that is
//! bound to an omitted variable is taken out: the library would pass it on as null, and a null in a change
//! erases what an absent field leaves alone.

use std::collections::HashSet;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, VariableDefinition,
};
use async_graphql::{Name, ServerError, Value, Variables};

use crate::limits::Limits;

mod bounds;
mod complete;
mod directives;
mod kept;
mod omitted;
mod order;
mod text;
mod weight;

pub use complete::Shapes;
pub use order::AnswerOrder;

/// A document that is fit for execution.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The document.
    pub document: ExecutableDocument,
    /// What the chosen operation does; a query where none can be told, which validation then refuses.
    pub operation: OperationType,
    /// The name of the chosen operation.
    pub name: Option<String>,
    /// Points that it costs to look whether it is valid, and to tell the schema where that is asked for.
    pub cost: usize,
}

/// Why a document is not executed.
#[derive(Debug)]
pub enum Unfit {
    /// It cannot be read.
    Unreadable(ServerError),
    /// It is larger than the limits allow, or is not what validation would let through.
    Refused(ServerError),
    /// It asks for the schema, which may not be asked for.
    Introspection,
}

/// Reads a document and makes it fit for execution.
///
/// # Errors
/// Where it is not GraphQL, too large, or asks for what may not be asked for.
pub fn prepare(
    text: &str,
    operation: Option<&str>,
    variables: &Variables,
    limits: &Limits,
) -> Result<Fit, Unfit> {
    bounds::check_text(text, limits)?;
    let mut document = parse_query(text).map_err(|error| Unfit::Unreadable(error.into()))?;
    let weight = bounds::check_document(&document, limits)?;
    directives::check_typenames(&document).map_err(Unfit::Refused)?;
    omitted::drop_omitted(&mut document, operation, variables);
    let found = chosen(&document.operations, operation);
    if let Some((_, operation)) = found {
        check_variables(operation, variables)?;
    }
    let kind = found.map_or(OperationType::Query, |(_, operation)| operation.ty);
    let name = found.and_then(|(name, _)| name).map(ToString::to_string);
    kept::keep_objects(&mut document).map_err(Unfit::Refused)?;
    Ok(Fit { document, operation: kind, name, cost: bounds::cost(weight) })
}

/// Whether all is there that the operation has to be told.
fn check_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), Unfit> {
    for definition in &operation.variable_definitions {
        let VariableDefinition { name, var_type, default_value, .. } = &definition.node;
        let told = variables.get(&name.node);
        let is_missing = if told.is_none() { default_value.is_none() } else { told == Some(&Value::Null) };
        if is_missing && !var_type.node.nullable {
            let message = format!("The variable ${} is missing: it is {}.", name.node, var_type.node);
            return Err(Unfit::Refused(ServerError::new(message, Some(definition.pos))));
        }
    }
    Ok(())
}

/// The names of variables, as sets of them are passed about here.
type Names = HashSet<Name>;

fn for_each_operation(
    operations: &mut DocumentOperations,
    mut each: impl FnMut(Option<&Name>, &mut OperationDefinition),
) {
    match operations {
        DocumentOperations::Single(operation) => each(None, &mut operation.node),
        DocumentOperations::Multiple(operations) => {
            for (name, operation) in operations {
                each(Some(name), &mut operation.node);
            }
        }
    }
}

/// The operation that will be executed, where it can be told, with its name.
fn chosen<'d>(
    operations: &'d DocumentOperations,
    name: Option<&str>,
) -> Option<(Option<&'d Name>, &'d OperationDefinition)> {
    let mut all = operations.iter().map(|(name, operation)| (name, &operation.node));
    match name {
        Some(name) => all.find(|(found, _)| found.is_some_and(|found| found == name)),
        None => all.next().filter(|_| all.next().is_none()),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use serde_json::json;

    use super::*;

    #[test]
    fn which_of_several_operations_is_meant_has_to_be_told() {
        let kind = |name: Option<&str>| {
            let text = "query A { a } mutation B { b } subscription C { c }";
            let fit = prepare(text, name, &Variables::default(), &Limits::default()).expect("a document");
            (fit.operation, fit.name)
        };
        for _ in 0..20 {
            assert_eq!(kind(None), (OperationType::Query, None));
            assert_eq!(kind(Some("D")), (OperationType::Query, None));
            assert_eq!(kind(Some("B")), (OperationType::Mutation, Some("B".to_owned())));
        }
    }

    #[test]
    fn what_has_to_be_told_is() {
        let document = "query A($a: Int!, $b: Int! = 1, $c: Int) { a(a: $a, b: $b, c: $c) } query B { b }";
        let told = |variables: serde_json::Value, name: &str| {
            prepare(document, Some(name), &Variables::from_json(variables), &Limits::default())
        };
        for (variables, missing) in [
            (json!({ "a": 1 }), None),
            (json!({ "a": 1, "b": 2, "c": null }), None),
            (json!({}), Some("$a is missing: it is Int!")),
            (json!({ "a": null }), Some("$a")),
            (json!({ "a": 1, "b": null }), Some("$b")),
        ] {
            match (told(variables.clone(), "A"), missing) {
                (Ok(_), None) => {}
                (Err(Unfit::Refused(error)), Some(missing)) => {
                    assert!(error.message.contains(missing), "{error:?}");
                }
                (other, _) => panic!("{variables}: {other:?}"),
            }
        }
        assert!(told(json!({}), "B").is_ok());
    }

    #[test]
    fn the_schema_is_told_as_wide_as_it_is_and_no_wider() {
        let bomb = |levels: usize| {
            let (open, close) = ("possibleTypes { interfaces { ".repeat(levels), "} } ".repeat(levels));
            format!("{{ __type(name: \"Node\") {{ {open} name {close} }} }}")
        };
        assert!(prepared(&bomb(1)).is_ok());
        for levels in 2..7 {
            assert!(refusal(&bomb(levels)).contains("inside one another"), "{levels}");
        }
        let fields = "fields { type { fields { name description type { name ofType { name } } } } }";
        let wide = |count: usize| {
            let types: Vec<_> = (0..count).map(|number| format!("t{number}: types {{ {fields} }}")).collect();
            prepared(&format!("{{ __schema {{ {} }} }}", types.join(" ")))
        };
        let cost = |count: usize| wide(count).expect("a document").cost;
        assert!(cost(1) > 100 && cost(2) > 2 * cost(1) - 50, "{} {}", cost(1), cost(2));
        assert!(
            matches!(wide(12), Err(Unfit::Refused(error)) if error.message.contains("rows of the schema"))
        );
    }

    fn prepared(text: &str) -> Result<Fit, Unfit> {
        prepare(text, None, &Variables::default(), &Limits::default())
    }

    fn refusal(text: &str) -> String {
        match prepared(text) {
            Err(Unfit::Refused(error)) => error.message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_deep_document_is_refused_before_it_is_parsed() {
        for open in ["{a", "[", "{a(b:[", "{a(b:{c:"] {
            assert!(refusal(&open.repeat(50_000)).contains("up to"), "{open}");
        }
        // Behind strings whose end is easily mistaken.
        for string in [r#""""\""" """"#, r#""""\\""" """"#, r#"["""{"]"#, r#"["""\"""{"]"#, r#""\\""#] {
            let text = format!("{{a(b:{string}){}", "{a".repeat(50_000));
            assert!(refusal(&text).contains("up to"), "{string}");
        }
    }

    #[test]
    fn a_fragment_bomb_is_weighed_without_going_off() {
        let mut text = String::from("{ ...F0 } ");
        for level in 0..60 {
            let next = level + 1;
            write!(text, "fragment F{level} on Query {{ ...F{next} ...F{next} ...F{next} }} ")
                .expect("a text");
        }
        for last in ["__typename", "...Missing", "...F0"] {
            let text = format!("{text} fragment F60 on Query {{ {last} }}");
            assert!(refusal(&text).contains("fields"), "{last}");
        }
        let circle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A a }";
        assert!(prepared(circle).is_ok());
    }

    #[test]
    fn both_sides_of_every_limit() {
        let limits = Limits {
            tokens: 60,
            depth: 3,
            introspection_depth: 3,
            fields: 8,
            aliases: 2,
            directives: 2,
            mutations: 1,
            introspection: true,
        };
        let skip = "@skip(if: true)";
        for (fits, exceeds, word) in [
            ("{ a { b { c } } }".to_owned(), "{ a { b { c { d } } } }".to_owned(), "inside one another"),
            ("{ __schema { b { c } } }".into(), "{ __schema { b { c { d } } } }".into(), "of the schema"),
            ("{ x: a y: a }".into(), "{ x: a y: a z: a }".into(), "aliases"),
            (
                format!("{{ a {skip} b {skip} }}"),
                format!("{{ a {skip} ...F {skip} b {skip} }} fragment F on Q {{ c }}"),
                "directives",
            ),
            ("{ a b c d e f g h }".into(), "{ a b c d e f g h i }".into(), "fields"),
            (
                "{ a b c d e f g ...F } fragment F on Q { __typename }".replace(" a", ""),
                "{ a b c d e f g ...F } fragment F on Q { c }".into(),
                "fields",
            ),
            ("mutation { a }".into(), "mutation { a b }".into(), "acts"),
            (
                "mutation { ...F } fragment F on M { a }".into(),
                "mutation { ...F ...F } fragment F on M { a }".into(),
                "acts",
            ),
            (format!("{{ {} }}", "a, ".repeat(8)), format!("{{ {} }}", "a ".repeat(60)), "signs"),
        ] {
            let prepared = |text: &str| prepare(text, None, &Variables::default(), &limits);
            assert!(prepared(&fits).is_ok(), "{fits}");
            match prepared(&exceeds) {
                Err(Unfit::Refused(error)) => assert!(error.message.contains(word), "{exceeds}: {error:?}"),
                other => panic!("{exceeds}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_schema_is_asked_for_where_it_may_be() {
        let limits = Limits { introspection: false, ..Limits::default() };
        for text in [
            "{ __schema { types { name } } }",
            "{ a ...F } fragment F on Q { x: __type(name: \"A\") { name } }",
        ] {
            assert!(prepared(text).is_ok());
            let closed = prepare(text, None, &Variables::default(), &limits);
            assert!(matches!(closed, Err(Unfit::Introspection)), "{text}");
        }
        assert!(prepare("{ __typename }", None, &Variables::default(), &limits).is_ok());
    }

    #[test]
    fn directives_on_a_typename_are_looked_at() {
        for (directives, message) in [
            ("@skip(if: true) @include(if: $v)", None),
            ("@nothing", Some("Unknown directive")),
            ("@skip", Some("takes `if`")),
            ("@skip(if: 1)", Some("takes `if`")),
            ("@skip(if: $w)", Some("takes `if`")),
            ("@skip(if: true, of: 1)", Some("takes `if`")),
            ("@skip(if: true) @skip(if: true)", Some("Duplicate")),
        ] {
            for text in [
                format!("query($v: Boolean! = true) {{ a(b: $v) {{ __typename {directives} }} }}"),
                format!(
                    "query($v: Boolean! = true) {{ a(b: $v) ...F }} fragment F on Q {{ ... on Q {{ __typename {directives} }} }}"
                ),
            ] {
                match (prepared(&text), message) {
                    (Ok(_), None) => {}
                    (Err(Unfit::Refused(error)), Some(message)) => {
                        assert!(error.message.contains(message), "{error:?}");
                    }
                    (other, _) => panic!("{text}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn a_subscription_has_one_root() {
        assert!(prepared("subscription { a(b: 1) { c d } }").is_ok());
        for text in [
            "subscription { a b }",
            "subscription { ...F } fragment F on S { a }",
            "subscription { ... on S { a } }",
        ] {
            assert!(refusal(text).contains("one field"), "{text}");
        }
    }

    #[test]
    fn what_is_chosen_is_told() {
        let text = "query A { a } mutation B { b }";
        for (name, kind) in [("A", OperationType::Query), ("B", OperationType::Mutation)] {
            let fit =
                prepare(text, Some(name), &Variables::default(), &Limits::default()).expect("a document");
            assert_eq!((fit.operation, fit.name.as_deref()), (kind, Some(name)));
        }
    }

    #[test]
    fn no_alias_is_called_as_what_is_taken_out_of_answers() {
        for text in ["{ __kept: a }", "{ a { ...F } } fragment F on A { b { __kept: c } }"] {
            assert!(refusal(text).contains("call it something else"), "{text}");
        }
    }

    #[test]
    fn what_is_not_graphql_is_unreadable() {
        assert!(matches!(prepared("{ a"), Err(Unfit::Unreadable(_))));
    }
}
