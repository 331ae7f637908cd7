//! What a document may ask for at most: first its text, before it is parsed, then what it asks for, before it is validated.

use async_graphql::ServerError;
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection};

use super::weight::{Scales, Weight};
use super::{Unfit, text};
use crate::limits::Limits;

/// Brackets inside one another. The deepest of the standard introspection query are 16.
const NESTING_MAX: usize = 40;
/// Letters of a name: what is not known is compared with all that is, letter by letter.
const NAME_MAX: usize = 100;
/// Lists that lead from types to types, inside one another, as graphql-js has it: each multiplies the answer.
const LISTS_MAX: usize = 2;
/// Rows of the schema. The standard introspection query weighs some 900,000.
const ROWS_MAX: usize = 1_200_000;
/// Of so many rows of the schema a point is paid.
const ROWS_OF_A_POINT: usize = 1_000;

/// Holds the text of a document against the limits.
///
/// # Errors
/// Which limit is exceeded.
pub fn check_text(text: &str, limits: &Limits) -> Result<(), Unfit> {
    let seen = text::look(text, limits.tokens);
    within(seen.tokens, limits.tokens, "names, signs and values")?;
    within(seen.nesting, NESTING_MAX, "brackets inside one another")?;
    within(seen.longest, NAME_MAX, "letters in a name")
}

/// Holds what a document asks for against the limits, and tells what it weighs.
///
/// # Errors
/// Which limit is exceeded.
pub fn check_document(document: &ExecutableDocument, limits: &Limits) -> Result<Weight, Unfit> {
    let mut scales = Scales::new(document);
    let mut all = Weight::default();
    for (_, operation) in document.operations.iter() {
        let weight = scales.of(&operation.node.selection_set.node);
        if operation.node.ty == OperationType::Mutation {
            within(
                weight.roots,
                limits.mutations,
                "acts, one by one: send the others as requests of their own",
            )?;
        }
        let roots = &operation.node.selection_set.node.items;
        let is_plain = matches!(roots.as_slice(), [one] if matches!(one.node, Selection::Field(_)));
        if operation.node.ty == OperationType::Subscription && !is_plain {
            let message = "A subscription has one field at its root, written out.";
            return Err(Unfit::Refused(ServerError::new(message, Some(operation.pos))));
        }
        let directives = operation.node.directives.len();
        all = all.and(weight).and(Weight { directives, ..Weight::default() });
    }
    if all.introspection_depth > 0 && !limits.introspection {
        return Err(Unfit::Introspection);
    }
    within(all.fields, limits.fields, "fields, fragments spread out")?;
    within(all.depth, limits.depth, "fields inside one another")?;
    within(all.introspection_depth, limits.introspection_depth, "fields of the schema inside one another")?;
    within(all.introspection_lists, LISTS_MAX, "lists of fields or types inside one another")?;
    within(all.introspection_rows, ROWS_MAX, "rows of the schema, counted by ten for each list")?;
    within(all.aliases, limits.aliases, "aliases")?;
    within(all.directives, limits.directives, "directives")?;
    Ok(all)
}

/// Points that it costs to look at so much, and to tell the schema where that is asked for.
pub fn cost(weight: Weight) -> usize {
    weight.fields.saturating_add(weight.introspection_rows / ROWS_OF_A_POINT)
}

fn within(found: usize, limit: usize, what: &str) -> Result<(), Unfit> {
    if found <= limit {
        return Ok(());
    }
    let message = format!("A document may have up to {limit} {what}.");
    Err(Unfit::Refused(ServerError::new(message, None)))
}
