//! Takes out arguments and input fields that are bound to a variable which the caller left out.

use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Positioned, Variables};
use async_graphql_value::Value;

use super::{Names, chosen, for_each_operation};

/// Takes out of the chosen operation and of the fragments what is bound to a variable that the operation declares as nullable
/// and without default, and that the caller left out. A null that the caller wrote stays.
pub fn drop_omitted(document: &mut ExecutableDocument, operation: Option<&str>, variables: &Variables) {
    let Some((name, chosen)) = chosen(&document.operations, operation) else { return };
    let name = name.cloned();
    let omitted: Names = chosen
        .variable_definitions
        .iter()
        .map(|definition| &definition.node)
        .filter(|definition| definition.default_value.is_none() && definition.var_type.node.nullable)
        .map(|definition| definition.name.node.clone())
        .filter(|name| !variables.contains_key(name))
        .collect();
    if omitted.is_empty() {
        return;
    }
    let mut fragments = Sweep::of(omitted.clone());
    for fragment in document.fragments.values_mut() {
        fragments.directives(&fragment.node.directives);
        fragments.selection(&mut fragment.node.selection_set.node);
    }
    for_each_operation(&mut document.operations, |own_name, operation| {
        let is_chosen = own_name == name.as_ref();
        let mut own = Sweep::of(if is_chosen { omitted.clone() } else { Names::new() });
        own.directives(&operation.directives);
        own.selection(&mut operation.selection_set.node);
        // A variable that nothing uses any more would be refused as unused.
        operation.variable_definitions.retain(|definition| {
            let both = [&fragments, &own];
            let name = &definition.node.name.node;
            !both.iter().any(|sweep| sweep.dropped.contains(name))
                || both.iter().any(|sweep| sweep.kept.contains(name))
        });
    });
}

/// One pass over a part of a document.
struct Sweep {
    omitted: Names,
    dropped: Names,
    /// Variables that are in use.
    kept: Names,
}

impl Sweep {
    fn of(omitted: Names) -> Self {
        Self { omitted, dropped: Names::new(), kept: Names::new() }
    }

    fn selection(&mut self, selection: &mut SelectionSet) {
        for item in &mut selection.items {
            self.directives(item.node.directives());
            match &mut item.node {
                Selection::Field(field) => {
                    field.node.arguments.retain_mut(|(_, value)| self.keeps(&mut value.node));
                    self.selection(&mut field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    self.selection(&mut fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    /// Whether an argument or a field stays; what is inside it is swept.
    fn keeps(&mut self, value: &mut Value) -> bool {
        match value {
            Value::Variable(name) if self.omitted.contains(name) => {
                self.dropped.insert(name.clone());
                return false;
            }
            Value::Object(fields) => {
                let kept = std::mem::take(fields).into_iter();
                *fields = kept.filter_map(|(n, mut v)| self.keeps(&mut v).then_some((n, v))).collect();
            }
            // An item of a list has no absence: it is null, and its variable is used.
            Value::List(items) => items.iter_mut().for_each(|item| self.item(item)),
            Value::Variable(name) => drop(self.kept.insert(name.clone())),
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => {}
        }
        true
    }

    fn item(&mut self, value: &mut Value) {
        if let Value::Variable(name) = value {
            self.kept.insert(name.clone());
        } else {
            self.keeps(value);
        }
    }

    /// Directives are left as they are; their variables are in use.
    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for (_, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
            if let Value::Variable(name) = &value.node {
                self.kept.insert(name.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{
        EmptyMutation, EmptySubscription, InputObject, MaybeUndefined, Object, Request, Schema, Variables,
    };
    use serde_json::json;

    use crate::Limits;
    use crate::document::prepare;

    #[derive(InputObject)]
    struct Change {
        title: MaybeUndefined<String>,
        inner: Option<Box<Change>>,
    }

    impl Change {
        fn told(&self) -> String {
            let inner = self.inner.as_ref().map_or("-".into(), |inner| inner.told());
            match &self.title {
                MaybeUndefined::Undefined => format!("absent/{inner}"),
                MaybeUndefined::Null => format!("null/{inner}"),
                MaybeUndefined::Value(title) => format!("{title}/{inner}"),
            }
        }
    }

    struct Query;

    #[Object]
    impl Query {
        async fn change(&self, input: Change) -> String {
            input.told()
        }

        async fn must(&self, title: String, of: Option<Vec<String>>) -> String {
            format!("{title} of {of:?}")
        }

        async fn rows(&self, #[graphql(default = 10)] first: i32, of: Option<Vec<Option<i32>>>) -> String {
            format!("{first} of {of:?}")
        }
    }

    async fn answer(query: &str, variables: serde_json::Value) -> String {
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let variables = Variables::from_json(variables);
        let document = prepare(query, None, &variables, &Limits::default()).expect("a document").document;
        let mut request = Request::new(query).variables(variables);
        request.set_parsed_query(document);
        let answer = schema.execute(request).await;
        assert_eq!(answer.errors, [], "{query}");
        let data = answer.data.into_json().expect("JSON");
        data["a"].as_str().expect("an answer").to_owned()
    }

    #[tokio::test]
    async fn what_is_left_out_is_absent_and_null_is_null() {
        let change = "query($t: String) { a: change(input: { title: $t }) }";
        let inside =
            "query($t: String, $u: String) { a: change(input: { title: $u, inner: { title: $t } }) }";
        let spread = "query($t: String) { ...F } fragment F on Query { a: change(input: { title: $t }) }";
        for (query, variables, expected) in [
            (change, json!({}), "absent/-"),
            (change, json!({ "t": null }), "null/-"),
            (change, json!({ "t": "x" }), "x/-"),
            (inside, json!({}), "absent/absent/-"),
            (inside, json!({ "u": "x" }), "x/absent/-"),
            (inside, json!({ "t": null }), "absent/null/-"),
            (spread, json!({}), "absent/-"),
            ("query($t: String = \"d\") { a: change(input: { title: $t }) }", json!({}), "d/-"),
            ("query($t: String = null) { a: change(input: { title: $t }) }", json!({}), "null/-"),
            ("query($f: Int) { a: rows(first: $f) }", json!({}), "10 of None"),
            ("query($i: Int) { a: rows(of: [1, $i]) }", json!({}), "10 of Some([Some(1), None])"),
        ] {
            assert_eq!(answer(query, variables).await, expected, "{query}");
        }
    }

    #[tokio::test]
    async fn a_variable_that_is_used_elsewhere_stays_declared() {
        let query = "query($f: Int, $t: String) {
            a: change(input: { title: $t })
            b: rows(first: $f, of: [$f])
        }";
        assert_eq!(answer(query, json!({})).await, "absent/-");
    }

    #[tokio::test]
    async fn operations_that_are_not_executed_do_not_matter() {
        let one = "query One($t: String) { a: change(input: { title: $t }) }";
        let first = "query One($f: Int) { ...F } fragment F on Query { a: rows(first: $f) }";
        for query in [
            format!("{one} query Two($t: String!) {{ a: change(input: {{ title: $t }}) }}"),
            // Without its argument it would not be valid.
            format!("{one} query Two($t: String!) {{ a: must(title: $t) }}"),
            format!("{one} query Two($t: [String!]! ) {{ a: must(title: \"\", of: $t) }}"),
            format!("{first} query Two($f: Int) {{ ...F }}"),
            format!("{first} query Two($f: Int) {{ ...F b: rows(first: $f) }}"),
        ] {
            let variables = Variables::from_json(json!({}));
            let mut request = Request::new(&query).operation_name("One");
            request.set_parsed_query(
                prepare(&query, Some("One"), &variables, &Limits::default()).expect("a document").document,
            );
            let answer = Schema::new(Query, EmptyMutation, EmptySubscription).execute(request).await;
            assert_eq!(answer.errors, [], "{query}");
        }
    }
}
