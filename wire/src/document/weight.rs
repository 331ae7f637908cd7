//! What a document asks for, fragments spread out, found by one walk: each fragment is walked once, and a spread adds
//! what is known of it. Walked again at every spread, some hundred bytes of fragments would cost a core for minutes.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};

/// What a selection weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Fields and spreads.
    pub fields: usize,
    /// Fields under another name.
    pub aliases: usize,
    /// Directives.
    pub directives: usize,
    /// Fields inside one another.
    pub depth: usize,
    /// Fields inside one another where the schema is asked for.
    pub introspection_depth: usize,
    /// Rows that it is likely to answer with where it is of the schema.
    pub rows: usize,
    /// Lists that lead from types to types, inside one another.
    pub lists: usize,
    /// The rows where the schema is asked for.
    pub introspection_rows: usize,
    /// Such lists inside one another where the schema is asked for.
    pub introspection_lists: usize,
    /// Fields of the selection itself, at its root.
    pub roots: usize,
}

impl Weight {
    /// Beside one another.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            depth: self.depth.max(other.depth),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            rows: self.rows.saturating_add(other.rows),
            lists: self.lists.max(other.lists),
            introspection_rows: self.introspection_rows.saturating_add(other.introspection_rows),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
            roots: self.roots.saturating_add(other.roots),
        }
    }

    fn directed(directives: usize) -> Self {
        Self { directives, ..Self::default() }
    }
}

/// A walk over one document.
pub struct Scales<'d> {
    document: &'d ExecutableDocument,
    known: HashMap<&'d Name, Weight>,
}

impl<'d> Scales<'d> {
    /// For `document`.
    pub fn new(document: &'d ExecutableDocument) -> Self {
        Self { document, known: HashMap::new() }
    }

    /// What a selection weighs.
    pub fn of(&mut self, selection: &'d SelectionSet) -> Weight {
        selection.items.iter().fold(Weight::default(), |sum, item| {
            let directives = Weight::directed(item.node.directives().len());
            sum.and(directives).and(match &item.node {
                Selection::Field(field) => self.of_field(&field.node),
                Selection::InlineFragment(fragment) => self.of(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    // The spread counts as well: fragments of nothing but spreads are walked all the same.
                    let spread = self.of_fragment(&spread.node.fragment_name.node);
                    Weight { fields: spread.fields.saturating_add(1), ..spread }
                }
            })
        })
    }

    fn of_field(&mut self, field: &'d Field) -> Weight {
        let mut weight = self.of(&field.selection_set.node);
        weight.roots = 1;
        weight.fields = weight.fields.saturating_add(1);
        weight.aliases = weight.aliases.saturating_add(usize::from(field.alias.is_some()));
        let (rows, leads_on) = list_of_the_schema(&field.name.node);
        weight.rows = weight.rows.saturating_add(1).saturating_mul(rows);
        weight.lists += usize::from(leads_on);
        if is_of_the_schema(field) {
            weight.introspection_depth = weight.introspection_depth.max(weight.depth) + 1;
            weight.introspection_rows = weight.introspection_rows.saturating_add(weight.rows);
            weight.introspection_lists = weight.introspection_lists.max(weight.lists);
            weight.depth = 1;
        } else {
            weight.depth += 1;
        }
        weight
    }

    fn of_fragment(&mut self, name: &Name) -> Weight {
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Weight::default();
        };
        if let Some(weight) = self.known.get(name) {
            return *weight;
        }
        // One that spreads itself ends here; validation refuses it with a better sentence.
        self.known.insert(name, Weight::default());
        let directives = Weight::directed(fragment.node.directives.len());
        let weight = self.of(&fragment.node.selection_set.node).and(directives);
        self.known.insert(name, weight);
        weight
    }
}

/// How many rows a field has where it is of the schema, and whether these lead to other types: then lists of lists of them have
/// no end.
fn list_of_the_schema(name: &str) -> (usize, bool) {
    match name {
        "types" => (300, false),
        "fields" | "inputFields" | "interfaces" | "possibleTypes" => (10, true),
        "args" => (5, false),
        "enumValues" | "directives" => (10, false),
        _ => (1, false),
    }
}

/// Whether a field asks for the schema.
pub fn is_of_the_schema(field: &Field) -> bool {
    matches!(field.name.node.as_str(), "__schema" | "__type")
}
