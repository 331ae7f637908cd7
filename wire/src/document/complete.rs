//! An answer with errors in it, made whole.
//!
//! The specification has a field that failed answered as null, and where its type promises that it is not, whatever holds it is
//! null in its stead, up to what may be null (6.4.4). The library leaves the field out, makes null of an object that has lost
//! all of its fields, and passes nothing up. Each error says where it happened, so that is put right along its way.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationType, Selection, SelectionSet, Type, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Name, PathSegment, Response, Value};

use super::chosen;

/// Of what type each field of a schema is, by the type that has it.
#[derive(Clone, Debug, Default)]
pub struct Shapes(HashMap<Name, HashMap<Name, Type>>);

/// The fields of an answer at one place, as they were asked for: one response key may be asked for several times.
struct Place<'d> {
    shapes: &'d Shapes,
    document: &'d ExecutableDocument,
    /// With the type that has its fields.
    sets: Vec<(&'d SelectionSet, &'d Name)>,
}

impl Shapes {
    /// Of a schema, from its text; of none where that cannot be read.
    #[must_use]
    pub fn of(sdl: &str) -> Self {
        let definitions = parse_schema(sdl).map(|schema| schema.definitions).unwrap_or_default();
        let mut shapes = HashMap::new();
        for definition in definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let fields = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => {
                    continue;
                }
            };
            let fields = fields.into_iter().map(|field| (field.node.name.node, field.node.ty.node));
            shapes.insert(definition.node.name.node, fields.collect());
        }
        Self(shapes)
    }

    /// Puts an answer right in which something failed.
    pub fn complete(&self, response: &mut Response, document: &ExecutableDocument, operation: Option<&str>) {
        let Some((_, asked)) = chosen(&document.operations, operation) else { return };
        let root = match asked.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let Some((root, _)) = self.0.get_key_value(root) else { return };
        let paths: Vec<&[PathSegment]> =
            response.errors.iter().map(|error| &*error.path).filter(|path| !path.is_empty()).collect();
        // First all that failed is null, then it is passed up: what is passed up is not to be filled again.
        for path in &paths {
            fill(&mut response.data, path);
        }
        for path in &paths {
            let place = Place { shapes: self, document, sets: vec![(&asked.selection_set.node, root)] };
            place.pass_up(&mut response.data, path);
        }
    }
}

/// Answers null where something failed, on the way to it.
fn fill(value: &mut Value, path: &[PathSegment]) {
    let Some((next, rest)) = path.split_first() else { return };
    match (next, &mut *value) {
        (PathSegment::Field(name), Value::Object(fields)) => {
            fill(fields.entry(Name::new(name)).or_insert(Value::Null), rest);
        }
        // It has lost all of its fields, of which this is one.
        (PathSegment::Field(_), Value::Null) => {
            *value = Value::Object(async_graphql::indexmap::IndexMap::default());
            fill(value, path);
        }
        (PathSegment::Index(at), Value::List(items)) => {
            if let Some(item) = items.get_mut(*at) {
                fill(item, rest);
            }
        }
        _ => {}
    }
}

impl<'d> Place<'d> {
    /// Makes null of what may not hold the null that is further down this way; says whether `value` itself may not.
    fn pass_up(&self, value: &mut Value, path: &[PathSegment]) {
        if self.fails(value, path) {
            *value = Value::Null;
        }
    }

    /// Whether an object at this place cannot be, since a field of it is null on this way that may not be.
    fn fails(&self, value: &mut Value, path: &[PathSegment]) -> bool {
        let (Value::Object(fields), Some((PathSegment::Field(name), rest))) = (value, path.split_first())
        else {
            return false;
        };
        let Some(value) = fields.get_mut(&**name) else { return false };
        let (Some(of), inner) = self.field(name) else { return false };
        inner.is_null_in(of, value, rest)
    }

    /// Whether a value of this type is null though it may not be, once what is inside has been put right.
    fn is_null_in(&self, of: &Type, value: &mut Value, path: &[PathSegment]) -> bool {
        let is_broken = match (&of.base, &mut *value, path.split_first()) {
            (BaseType::List(inner), Value::List(items), Some((PathSegment::Index(at), rest))) => {
                items.get_mut(*at).is_some_and(|item| self.is_null_in(inner, item, rest))
            }
            (BaseType::Named(_), Value::Object(_), _) => self.fails(value, path),
            _ => false,
        };
        if is_broken {
            *value = Value::Null;
        }
        *value == Value::Null && !of.nullable
    }

    /// Of what type a field of this place is, and what was asked for of it.
    fn field(&self, key: &str) -> (Option<&'d Type>, Self) {
        let mut found = (None, Self { sets: Vec::new(), ..*self });
        for (set, of) in &self.sets {
            self.collect(set, of, key, &mut found);
        }
        found
    }

    fn collect(&self, set: &'d SelectionSet, of: &'d Name, key: &str, found: &mut (Option<&'d Type>, Self)) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) if field.node.response_key().node == key => {
                    let fields = self.shapes.0.get(of);
                    let Some(of) = fields.and_then(|fields| fields.get(&field.node.name.node)) else {
                        continue;
                    };
                    // Fragments on several types may ask for fields of one key, of which the answer has one. Where they are not
                    // alike, no more is thrown away than has to be.
                    if found.0.is_none_or(|known| of.nullable || !known.nullable) {
                        found.0 = Some(of);
                    }
                    found.1.sets.push((&field.node.selection_set.node, named(of)));
                }
                Selection::Field(_) => {}
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map_or(of, |on| &on.node.on.node);
                    self.collect(&fragment.node.selection_set.node, on, key, found);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let on = &fragment.node.type_condition.node.on.node;
                        self.collect(&fragment.node.selection_set.node, on, key, found);
                    }
                }
            }
        }
    }
}

/// The type that is inside of all lists.
fn named(of: &Type) -> &Name {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::{ServerError, value};

    use super::*;

    const SDL: &str = "type Query { all: [Thing!]! some: [Thing] one: Thing node: Node }
        interface Node { id: ID! }
        type Other implements Node { id: ID! must: Int }
        type Thing implements Node { id: ID! word: String must: Int! inner: Thing! maybe: Thing }";

    /// What becomes of an answer with errors on these ways: a name or a number for each step.
    fn completed(query: &str, data: Value, ways: &[&str]) -> Value {
        let mut response = Response::new(data);
        for way in ways {
            let mut error = ServerError::new("failed", None);
            error.path = way
                .split('.')
                .map(|step| match step.parse() {
                    Ok(at) => PathSegment::Index(at),
                    Err(_) => PathSegment::Field(step.to_owned()),
                })
                .collect();
            response.errors.push(error);
        }
        let document = parse_query(query).expect("a document");
        Shapes::of(SDL).complete(&mut response, &document, None);
        response.data
    }

    #[test]
    fn what_may_be_null_is_null_where_it_failed() {
        let query = "{ one { word maybe { id } } some { word } }";
        let data = value!({ "one": { "maybe": null }, "some": [{ "word": "a" }, null] });
        let whole = completed(query, data, &["one.word", "some.1.word"]);
        let expected = value!({
            "one": { "maybe": null, "word": null }, "some": [{ "word": "a" }, { "word": null }],
        });
        assert_eq!(whole, expected, "an object that lost all of its fields has them back");
        assert_eq!(completed("{ one { id } }", Value::Null, &["one"]), value!({ "one": null }));
    }

    #[test]
    fn what_may_not_be_null_is_passed_up_to_what_may() {
        for (query, data, ways, expected) in [
            (
                "{ one { word must } }",
                value!({ "one": { "word": "a" } }),
                &["one.must"][..],
                value!({ "one": null }),
            ),
            (
                "{ some { id must } }",
                value!({ "some": [{ "id": "1" }, { "id": "2", "must": 2 }] }),
                &["some.0.must"],
                value!({ "some": [null, { "id": "2", "must": 2 }] }),
            ),
            (
                "{ all { id must } one { id } }",
                value!({ "all": [null, { "id": "2", "must": 2 }], "one": { "id": "1" } }),
                &["all.0.id", "all.0.must"],
                value!(null),
            ),
            (
                "{ one { id maybe { inner { must } } } }",
                value!({ "one": { "id": "1", "maybe": { "inner": null } } }),
                &["one.maybe.inner.must"],
                value!({ "one": { "id": "1", "maybe": null } }),
            ),
            // By other names, in fragments, and where only the fragment tells the type.
            (
                "{ x: one { ...F } } fragment F on Thing { y: must }",
                value!({ "x": null }),
                &["x.y"],
                value!({ "x": null }),
            ),
            (
                "{ node { id ... on Thing { must } } }",
                value!({ "node": { "id": "1" } }),
                &["node.must"],
                value!({ "node": null }),
            ),
            (
                "{ node { id ... on Other { must } ... on Thing { must } } }",
                value!({ "node": { "id": "1" } }),
                &["node.must"],
                value!({ "node": { "id": "1", "must": null } }),
            ),
            (
                "{ node { id ... on Thing { word } } }",
                value!({ "node": { "id": "1" } }),
                &["node.word"],
                value!({ "node": { "id": "1", "word": null } }),
            ),
        ] {
            assert_eq!(completed(query, data, ways), expected, "{query}");
        }
    }

    #[test]
    fn a_list_of_which_an_item_failed_is_null_as_far_as_it_may_be() {
        assert_eq!(completed("{ some { id } }", value!({}), &["some.3"]), value!({ "some": null }));
        assert_eq!(completed("{ all { id } }", Value::Null, &["all.3"]), Value::Null);
        let fine = value!({ "some": [{ "id": "1" }] });
        assert_eq!(completed("{ some { id } }", fine.clone(), &[]), fine);
    }
}
