//! The public schema as tests read it: which members it has, so that none is forgotten, and documents that ask for
//! all that hangs on a thing, so that a new field is asked for by itself.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};
use nominations::schema::print_sdl;

/// Public to everybody and large: it has nothing of a caseload in it.
const LEFT_OUT: [&str; 4] = ["jobTitles", "suggestions", "classException", "edges"];

/// A field of a type.
#[derive(Debug)]
pub struct Field {
    pub name: String,
    /// The type without lists and exclamation marks.
    pub of: String,
    pub is_list: bool,
    pub arguments: Vec<Argument>,
}

/// An argument of a field, or a field of an input.
#[derive(Debug)]
pub struct Argument {
    pub name: String,
    /// The type without lists and exclamation marks.
    pub of: String,
    /// The type as it is written.
    pub kind: Type,
    pub is_needed: bool,
}

/// The public schema.
pub struct Api {
    objects: BTreeMap<String, Vec<Field>>,
    inputs: BTreeMap<String, Vec<Argument>>,
    enums: BTreeMap<String, Vec<String>>,
    nodes: BTreeSet<String>,
}

impl Api {
    /// As it is printed.
    pub fn read() -> Self {
        let mut api = Self {
            objects: BTreeMap::new(),
            inputs: BTreeMap::new(),
            enums: BTreeMap::new(),
            nodes: BTreeSet::new(),
        };
        for definition in parse_schema(print_sdl()).expect("a schema").definitions {
            let TypeSystemDefinition::Type(defined) = definition else { continue };
            let name = defined.node.name.node.to_string();
            match defined.node.kind {
                TypeKind::Object(object) => {
                    if object.implements.iter().any(|interface| interface.node == "Node") {
                        api.nodes.insert(name.clone());
                    }
                    let fields = object.fields.into_iter().map(|field| Field {
                        name: field.node.name.node.to_string(),
                        of: base(&field.node.ty.node),
                        is_list: matches!(field.node.ty.node.base, BaseType::List(_)),
                        arguments: field.node.arguments.iter().map(|one| argument(&one.node)).collect(),
                    });
                    api.objects.insert(name, fields.collect());
                }
                TypeKind::InputObject(input) => {
                    api.inputs.insert(name, input.fields.iter().map(|one| argument(&one.node)).collect());
                }
                TypeKind::Enum(of) => {
                    let values = of.values.iter().map(|value| value.node.value.node.to_string());
                    api.enums.insert(name, values.collect());
                }
                TypeKind::Scalar | TypeKind::Interface(_) | TypeKind::Union(_) => {}
            }
        }
        api
    }

    /// The names of the types that have fields.
    pub fn objects(&self) -> impl Iterator<Item = &str> {
        self.objects.keys().map(String::as_str)
    }

    /// The fields of a type.
    pub fn fields(&self, of: &str) -> &[Field] {
        self.objects.get(of).expect("a type of the schema")
    }

    /// The names of a type's fields.
    pub fn names(&self, of: &str) -> BTreeSet<&str> {
        self.fields(of).iter().map(|field| field.name.as_str()).collect()
    }

    /// The fields of an input; none of what is no input.
    pub fn input(&self, name: &str) -> Option<&[Argument]> {
        self.inputs.get(name).map(Vec::as_slice)
    }

    /// The values of an enum; none of what is no enum.
    pub fn values(&self, name: &str) -> Option<&[String]> {
        self.enums.get(name).map(Vec::as_slice)
    }

    /// Whether this is a type with fields of its own.
    pub fn is_object(&self, name: &str) -> bool {
        self.objects.contains_key(name)
    }

    /// Every field of every type that has fields, each with its type.
    pub fn members(&self) -> BTreeSet<(&str, &str)> {
        self.objects.iter().flat_map(|(of, fields)| names_of(of, fields)).collect()
    }

    /// The types that `node` can answer.
    pub fn nodes(&self) -> BTreeSet<&str> {
        self.nodes.iter().map(String::as_str).collect()
    }

    /// Everything that can be asked of a type without naming anything, `depth` things deep.
    pub fn selection(&self, of: &str, depth: usize) -> String {
        let mut words = vec!["__typename".to_owned()];
        for field in self.fields(of) {
            if LEFT_OUT.contains(&field.name.as_str()) || field.arguments.iter().any(|one| one.is_needed) {
                continue;
            }
            let pages = field.arguments.iter().any(|argument| argument.name == "first");
            let arguments = if pages { "(first: 20)" } else { "" };
            // A connection and its rows are one thing.
            let below = if of.ends_with("Connection") { depth } else { depth.saturating_sub(1) };
            match self.objects.get(&field.of) {
                None => words.push(field.name.clone()),
                Some(_) if depth == 0 => {}
                Some(_) => {
                    let inner = self.selection(&field.of, below);
                    words.push(format!("{}{arguments} {{ {inner} }}", field.name));
                }
            }
        }
        words.join(" ")
    }
}

fn names_of<'a>(of: &'a str, fields: &'a [Field]) -> impl Iterator<Item = (&'a str, &'a str)> {
    fields.iter().map(move |field| (of, field.name.as_str()))
}

fn argument(value: &async_graphql::parser::types::InputValueDefinition) -> Argument {
    Argument {
        name: value.name.node.to_string(),
        of: base(&value.ty.node),
        kind: value.ty.node.clone(),
        is_needed: !value.ty.node.nullable && value.default_value.is_none(),
    }
}

fn base(of: &Type) -> String {
    match &of.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => base(inner),
    }
}
