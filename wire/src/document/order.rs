//! The order of an answer's fields.
//!
//! The specification has an answer tell its fields in the order in which they were asked for; the library tells them
//! in the order in which they were resolved. They are put right after the execution.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Value};

use super::chosen;
use super::kept::KEPT;

/// The fields of one selection set, fragments spread out, in the order in which they were asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AnswerOrder(IndexMap<Name, AnswerOrder>);

impl AnswerOrder {
    /// The order of the answer to one operation of a document, which was found valid: its fragments do not spread
    /// without end.
    #[must_use]
    pub fn of(document: &ExecutableDocument, operation: Option<&str>) -> Self {
        let mut order = Self::default();
        if let Some((_, asked)) = chosen(&document.operations, operation) {
            order.collect(document, &asked.selection_set.node);
        }
        order
    }

    fn collect(&mut self, document: &ExecutableDocument, set: &SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) if field.node.response_key().node == KEPT => {}
                Selection::Field(field) => {
                    let key = field.node.response_key().node.clone();
                    self.0.entry(key).or_default().collect(document, &field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    self.collect(document, &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                        self.collect(document, &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    /// Puts an answer into this order.
    pub fn arrange(&self, answer: &mut Value) {
        match answer {
            Value::List(items) => items.iter_mut().for_each(|item| self.arrange(item)),
            Value::Object(fields) => {
                let mut told = std::mem::take(fields);
                told.swap_remove(KEPT);
                for (key, order) in &self.0 {
                    if let Some(mut value) = told.swap_remove(key) {
                        order.arrange(&mut value);
                        fields.insert(key.clone(), value);
                    }
                }
                fields.extend(told);
            }
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::value;

    use super::*;

    #[test]
    fn an_answer_is_told_in_the_order_in_which_it_was_asked_for() {
        let text =
            "query A { b { d ...F c } a } query B { a } fragment F on X { e: f c ... on Y { g { i h } } }";
        let document = parse_query(text).expect("a document");
        let mut answer = value!({"a": 1, "b": [{"c": 1, "g": {"h": 1, "i": 2}, "d": 2, "e": 3}, null]});
        AnswerOrder::of(&document, Some("A")).arrange(&mut answer);
        let told = serde_json::to_string(&answer).expect("JSON");
        assert_eq!(told, r#"{"b":[{"d":2,"e":3,"c":1,"g":{"i":2,"h":1}},null],"a":1}"#);
    }
}
