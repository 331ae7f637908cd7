//! Keeps objects that are there and of which nothing is told.
//!
//! The library makes null of an object without fields, as where all of them are skipped, or stand in fragments on other types:
//! whoever asked would take it for one that does not exist. So each selection that may come to nothing asks for one field more,
//! which is taken out of the answer again.

use async_graphql::parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet};
use async_graphql::{Name, Positioned, ServerError};

use super::for_each_operation;

/// The name of that field in the answer, which is not for callers.
pub const KEPT: &str = "__kept";

/// Has every selection of the document ask for one field at least, but for the root of a subscription, which has one by rule.
///
/// # Errors
/// Where the document gives a field the name that is kept for this.
pub fn keep_objects(document: &mut ExecutableDocument) -> Result<(), ServerError> {
    for fragment in document.fragments.values_mut() {
        inside(&mut fragment.node.selection_set.node)?;
    }
    let mut all = Ok(());
    for_each_operation(&mut document.operations, |_, operation| {
        let set = &mut operation.selection_set.node;
        let one = if operation.ty == OperationType::Subscription { inside(set) } else { whole(set) };
        if all.is_ok() {
            all = one;
        }
    });
    all
}

fn whole(set: &mut SelectionSet) -> Result<(), ServerError> {
    inside(set)?;
    let is_sure = |selection: &Selection| matches!(selection, Selection::Field(field) if field.node.directives.is_empty());
    if set.items.iter().any(|item| is_sure(&item.node)) {
        return Ok(());
    }
    if let Some(first) = set.items.first() {
        let pos = first.pos;
        let kept = Field {
            alias: Some(Positioned::new(Name::new(KEPT), pos)),
            name: Positioned::new(Name::new("__typename"), pos),
            arguments: Vec::new(),
            directives: Vec::new(),
            selection_set: Positioned::new(SelectionSet::default(), pos),
        };
        set.items.push(Positioned::new(Selection::Field(Positioned::new(kept, pos)), pos));
    }
    Ok(())
}

/// What is below; a fragment is part of the selection that it stands in.
fn inside(set: &mut SelectionSet) -> Result<(), ServerError> {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) if field.node.response_key().node == KEPT => {
                let message = format!("No field of an answer may be called {KEPT}: call it something else.");
                return Err(ServerError::new(message, Some(item.pos)));
            }
            Selection::Field(field) => whole(&mut field.node.selection_set.node)?,
            Selection::InlineFragment(fragment) => inside(&mut fragment.node.selection_set.node)?,
            Selection::FragmentSpread(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use async_graphql::{
        EmptyMutation, EmptySubscription, Interface, Object, Request, Schema, SimpleObject, Value, Variables,
    };

    use crate::Limits;
    use crate::document::{AnswerOrder, prepare};

    #[derive(SimpleObject)]
    struct One {
        id: i32,
    }

    #[derive(SimpleObject)]
    struct Other {
        id: i32,
        size: i32,
    }

    #[derive(Interface)]
    #[graphql(field(name = "id", ty = "&i32"))]
    enum Either {
        One(One),
        Other(Other),
    }

    struct Query;

    #[Object]
    impl Query {
        async fn one(&self) -> Option<Either> {
            Some(One { id: 1 }.into())
        }

        async fn all(&self) -> Vec<Either> {
            vec![One { id: 1 }.into(), Other { id: 2, size: 3 }.into()]
        }

        async fn none(&self) -> Option<One> {
            None
        }
    }

    async fn told(query: &str) -> String {
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let fit = prepare(query, None, &Variables::default(), &Limits::default()).expect("a document");
        let mut request = Request::new(query);
        request.set_parsed_query(fit.document.clone());
        let mut answer = schema.execute(request).await;
        assert_eq!(answer.errors, [], "{query}");
        AnswerOrder::of(&fit.document, None).arrange(&mut answer.data);
        match answer.data {
            data @ Value::Object(_) => data.to_string(),
            other => panic!("{query}: {other}"),
        }
    }

    #[tokio::test]
    async fn what_is_there_is_no_null() {
        for (query, expected) in [
            ("{ one { id @skip(if: true) } }", "{one: {}}"),
            ("{ one { ... on Other { size } } }", "{one: {}}"),
            ("{ one { ...F @include(if: false) } } fragment F on Either { id }", "{one: {}}"),
            ("{ one { ...F } } fragment F on Either { ... on Other { size } }", "{one: {}}"),
            ("{ all { ... on Other { size } } }", "{all: [{}, {size: 3}]}"),
            ("{ one @skip(if: true) { id } }", "{}"),
            ("{ none { id @skip(if: true) } }", "{none: null}"),
            ("{ one { ... on One { id } __typename } }", "{one: {id: 1, __typename: \"One\"}}"),
        ] {
            assert_eq!(told(query).await, expected, "{query}");
        }
    }
}
