//! Directives on `__typename`, which the library's validation passes by.

use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Positioned, ServerError};
use async_graphql_value::Value;

use super::Names;

/// The first directive on a `__typename` that is not as it should be.
///
/// # Errors
/// What is wrong with it, and where.
pub fn check_typenames(document: &ExecutableDocument) -> Result<(), ServerError> {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node);
    let declared: Names = operations
        .clone()
        .flat_map(|operation| &operation.variable_definitions)
        .map(|definition| definition.node.name.node.clone())
        .collect();
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    let mut sets: Vec<_> =
        operations.map(|operation| &operation.selection_set.node).chain(fragments).collect();
    while let Some(set) = sets.pop() {
        for item in &set.items {
            if let Selection::Field(field) = &item.node {
                check_field(&field.node, &declared)?;
            }
            sets.extend(below(&item.node));
        }
    }
    Ok(())
}

fn below(item: &Selection) -> Option<&SelectionSet> {
    match item {
        Selection::Field(field) => Some(&field.node.selection_set.node),
        Selection::InlineFragment(fragment) => Some(&fragment.node.selection_set.node),
        Selection::FragmentSpread(_) => None,
    }
}

fn check_field(field: &Field, declared: &Names) -> Result<(), ServerError> {
    if field.name.node != "__typename" {
        return Ok(());
    }
    for (position, directive) in field.directives.iter().enumerate() {
        let name = &directive.node.name.node;
        if field.directives[..position].iter().any(|before| before.node.name.node == *name) {
            return Err(wrong(directive, format!("Duplicate directive \"@{name}\"")));
        }
        check(directive, declared)?;
    }
    Ok(())
}

fn check(directive: &Positioned<Directive>, declared: &Names) -> Result<(), ServerError> {
    let name = &directive.node.name.node;
    if !matches!(name.as_str(), "skip" | "include") {
        return Err(wrong(directive, format!("Unknown directive \"{name}\"")));
    }
    let is_fit = match directive.node.arguments.as_slice() {
        [(argument, value)] if argument.node == "if" => match &value.node {
            Value::Boolean(_) => true,
            Value::Variable(variable) => declared.contains(variable),
            _ => false,
        },
        _ => false,
    };
    if is_fit {
        Ok(())
    } else {
        Err(wrong(directive, format!("\"@{name}\" takes `if`, a Boolean or a variable")))
    }
}

fn wrong(directive: &Positioned<Directive>, message: String) -> ServerError {
    ServerError::new(message, Some(directive.pos))
}
