//! Puts an answer's fields into the order in which they were asked for.
//!
//! The library lists them as they were found, so that the order would tell which was found first: by it, what is
//! hidden could be told from what does not exist, and two equal answers would differ. GraphQL promises the order of
//! the document, too.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Value};

use super::chosen;

/// The fields of an answer in order, each with those within it. Fragments on several types are taken as one list:
/// what an object has of it stands in this order.
#[derive(Debug, Default)]
pub struct Order(Vec<(Name, Order)>);

impl Order {
    /// The order that a document asks for. It was validated: no fragment spreads itself.
    #[must_use]
    pub fn of(document: &ExecutableDocument, operation: Option<&str>) -> Self {
        let mut order = Self::default();
        if let Some(operation) = chosen(&document.operations, operation) {
            order.extend(document, &operation.selection_set.node);
        }
        order
    }

    /// Puts an answer into this order.
    pub fn put(&self, answer: &mut Value) {
        match answer {
            Value::Object(fields) => {
                let mut found = std::mem::take(fields);
                for (name, within) in &self.0 {
                    if let Some((name, mut value)) = found.swap_remove_entry(name) {
                        within.put(&mut value);
                        fields.insert(name, value);
                    }
                }
                fields.extend(found);
            }
            Value::List(values) => values.iter_mut().for_each(|value| self.put(value)),
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => {}
        }
    }

    fn extend(&mut self, document: &ExecutableDocument, selection: &SelectionSet) {
        for item in &selection.items {
            match &item.node {
                Selection::Field(field) => {
                    let within = self.within(&field.node.response_key().node);
                    within.extend(document, &field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    self.extend(document, &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                        self.extend(document, &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    fn within(&mut self, name: &Name) -> &mut Self {
        let at = self.0.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.0.push((name.clone(), Self::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::value;

    use super::*;

    fn put(document: &str, operation: Option<&str>, mut answer: Value) -> String {
        let document = parse_query(document).expect("a document");
        Order::of(&document, operation).put(&mut answer);
        answer.to_string()
    }

    #[test]
    fn fields_stand_as_they_were_asked_for() {
        let answer =
            value!({ "c": 1, "b": [{ "y": 1, "x": 2 }, null, { "x": 3, "y": 4 }], "a": { "z": null } });
        let asked = "{ a { z } b { x y } c }";
        assert_eq!(put(asked, None, answer), "{a: {z: null}, b: [{x: 2, y: 1}, null, {x: 3, y: 4}], c: 1}");
    }

    #[test]
    fn aliases_fragments_and_repeated_fields_have_their_first_place() {
        let answer = value!({ "d": 4, "c": 3, "a": { "two": 2, "one": 1 }, "b": 2 });
        let asked = "query Q { ...F b: x a { two } d } fragment F on T { a { one } ... on U { c b: x } }";
        assert_eq!(put(asked, Some("Q"), answer), "{a: {one: 1, two: 2}, c: 3, b: 2, d: 4}");
    }

    #[test]
    fn what_was_not_asked_for_stays_at_the_end() {
        assert_eq!(put("{ b }", None, value!({ "a": 1, "b": 2 })), "{b: 2, a: 1}");
        assert_eq!(put("{ b }", Some("Other"), value!({ "a": 1, "b": 2 })), "{a: 1, b: 2}");
    }
}
