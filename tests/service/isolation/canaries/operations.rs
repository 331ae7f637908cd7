//! Operations that are made at random and valid: whatever the schema allows, within the service's limits of depth and
//! cost.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::types::{BaseType, Type};
use async_graphql::{ID, Name, Value};
use nominations::schema::GlobalId;
use serde_json::{Map, Value as Json};

use super::dice::Dice;
use super::pool::Pool;
use crate::service::support::api::{Api, Argument, Field};

/// Fields inside one another: what the service takes.
const DEPTH_MAX: usize = 16;
/// What a request may cost; what it does cost is reckoned too high here.
const COST_MAX: usize = 950;
/// The one interface.
const NODE: &str = "Node";

/// How often each member of the schema was asked for, by type and field.
pub type Asked = BTreeMap<(String, String), usize>;

/// A document with its variables.
#[derive(Debug)]
pub struct Operation {
    pub document: String,
    pub variables: Json,
}

/// Makes one operation.
pub struct Maker<'a> {
    pub api: &'a Api,
    pub dice: &'a Dice,
    pub pool: &'a Pool,
    pub asked: &'a mut Asked,
    made: Made,
}

/// What goes around the selections.
#[derive(Default)]
struct Made {
    parameters: Vec<String>,
    variables: Map<String, Json>,
    fragments: Vec<Fragment>,
    /// The last number that an alias, a variable or a fragment was given.
    number: usize,
    /// The types of the ids that the field at hand names.
    kinds: Vec<String>,
}

/// A fragment that is defined, and may be spread again.
struct Fragment {
    name: String,
    on: String,
    body: Part,
}

/// What is left to a selection.
#[derive(Clone, Copy)]
struct Room {
    depth: usize,
    cost: usize,
}

/// A piece of a document, with what it takes.
#[derive(Clone)]
struct Part {
    text: String,
    depth: usize,
    cost: usize,
}

/// The names that an answer has already beside those that are made.
struct Names {
    taken: BTreeSet<String>,
    /// Whether all are to be new, since nobody knows what stands beside them.
    all_new: bool,
}

impl<'a> Maker<'a> {
    pub fn new(api: &'a Api, dice: &'a Dice, pool: &'a Pool, asked: &'a mut Asked) -> Self {
        Self { api, dice, pool, asked, made: Made::default() }
    }

    /// Asks the root for anything.
    pub fn query(mut self) -> Operation {
        let room = self.room();
        let body = self.selection("Query", room);
        self.finish("query", &body.text)
    }

    /// Sends a mutation, and asks its payload for anything.
    pub fn mutation(mut self, mutation: &str, input: &Json) -> Operation {
        let fields = self.api.fields("Mutation");
        let field = fields.iter().find(|field| field.name == mutation).expect("a mutation");
        self.count("Mutation", mutation);
        self.made.parameters.push(format!("$input: {}", field.arguments[0].kind));
        self.made.variables.insert("input".to_owned(), input.clone());
        let Room { depth, cost } = self.room();
        let body = self.selection(&field.of, Room { depth: depth - 1, cost: cost - 40 });
        let text =
            format!("{mutation}(input: $input) {{ {} userErrors {{ code field message }} }}", body.text);
        self.finish("mutation", &text)
    }

    /// Most are small, so that there are many.
    fn room(&self) -> Room {
        let cost = if self.dice.one_in(4) { COST_MAX } else { 60 + self.dice.below(240) };
        Room { depth: 3 + self.dice.below(DEPTH_MAX - 2), cost }
    }

    fn finish(self, kind: &str, body: &str) -> Operation {
        let Made { parameters, variables, fragments, .. } = self.made;
        let parameters =
            if parameters.is_empty() { String::new() } else { format!("({})", parameters.join(", ")) };
        let mut document = format!("{kind} It{parameters} {{ {body} }}");
        for Fragment { name, on, body } in fragments {
            document = format!("{document} fragment {name} on {on} {{ {} }}", body.text);
        }
        Operation { document, variables: Json::Object(variables) }
    }

    /// Some of what a type has, in new names.
    fn selection(&mut self, of: &str, room: Room) -> Part {
        // A payload's errors are asked for beside.
        let mut names = Names { taken: BTreeSet::new(), all_new: of.ends_with("Payload") };
        self.chosen(of, room, &mut names)
    }

    fn chosen(&mut self, of: &str, mut room: Room, names: &mut Names) -> Part {
        if of == NODE {
            return self.of_node(room, names);
        }
        let mut parts = Vec::new();
        for _ in 0..=self.dice.below(9) {
            let part = self.member(of, room, names);
            room.cost = room.cost.saturating_sub(part.cost);
            parts.push(part);
            if room.cost < 2 {
                break;
            }
        }
        joined(&parts)
    }

    fn of_node(&mut self, mut room: Room, names: &mut Names) -> Part {
        let mut parts = vec![self.leaf_of_node()];
        for kind in self.kinds_of() {
            let share = Room { cost: room.cost / 3, ..room };
            let part = self.inline(&kind, share, names);
            room.cost -= part.cost;
            parts.push(part);
        }
        joined(&parts)
    }

    /// The types to ask a node for: that of the id most often, and another one at times.
    fn kinds_of(&mut self) -> Vec<String> {
        let mut kinds = std::mem::take(&mut self.made.kinds);
        kinds.retain(|kind| self.api.nodes().contains(kind.as_str()));
        kinds.dedup();
        kinds.truncate(2);
        if kinds.is_empty() || self.dice.one_in(5) {
            let all: Vec<&str> = self.api.nodes().into_iter().collect();
            kinds.push((*self.dice.pick(&all)).to_owned());
        }
        kinds
    }

    fn leaf_of_node(&mut self) -> Part {
        let alias = self.numbered("id");
        Part { text: format!("{alias}: id __typename"), depth: 1, cost: 2 }
    }

    fn member(&mut self, of: &str, room: Room, names: &mut Names) -> Part {
        match self.dice.below(24) {
            0 => self.inline(of, room, names),
            1 if room.cost > 2 && self.api.nodes().contains(of) => self.as_node(),
            2 | 3 if room.cost > 2 => self.spread(of, room),
            4 => typename(),
            _ => self.field(of, room, names),
        }
    }

    fn inline(&mut self, of: &str, room: Room, names: &mut Names) -> Part {
        let part = self.few(of, room, names);
        Part { text: format!("... on {of} {{ {} }}", part.text), ..part }
    }

    fn as_node(&mut self) -> Part {
        let part = self.leaf_of_node();
        Part { text: format!("... on {NODE} {{ {} }}", part.text), ..part }
    }

    /// A fragment that is there already, or a new one.
    fn spread(&mut self, of: &str, room: Room) -> Part {
        let fits =
            |one: &&Fragment| one.on == of && one.body.cost < room.cost && one.body.depth <= room.depth;
        let again = self.made.fragments.iter().find(fits).map(|one| (one.name.clone(), one.body.clone()));
        let (name, body) = match again {
            Some(known) if !self.dice.one_in(3) => known,
            _ => {
                let mut names = Names { taken: BTreeSet::new(), all_new: true };
                let body = self.few(of, Room { cost: room.cost - 1, ..room }, &mut names);
                let name = self.numbered("F");
                self.made.fragments.push(Fragment {
                    name: name.clone(),
                    on: of.to_owned(),
                    body: body.clone(),
                });
                (name, body)
            }
        };
        Part { text: format!("...{name}"), depth: body.depth, cost: body.cost + 1 }
    }

    /// Some fields, and nothing but fields.
    fn few(&mut self, of: &str, mut room: Room, names: &mut Names) -> Part {
        let mut parts = Vec::new();
        for _ in 0..=self.dice.below(6) {
            let part = self.field(of, room, names);
            room.cost = room.cost.saturating_sub(part.cost);
            parts.push(part);
            if room.cost < 2 {
                break;
            }
        }
        joined(&parts)
    }

    /// A field that there is room for: of some, the one that was asked for the least.
    fn field(&mut self, of: &str, room: Room, names: &mut Names) -> Part {
        let api = self.api;
        let fitting: Vec<&Field> =
            api.fields(of).iter().filter(|field| self.is_leaf(field) || fits(field, room)).collect();
        if fitting.is_empty() {
            return typename();
        }
        let some: Vec<&Field> = (0..4).map(|_| *self.dice.pick(&fitting)).collect();
        let asked = |field: &&&Field| {
            self.asked.get(&(of.to_owned(), field.name.clone())).copied().unwrap_or_default()
        };
        let field = *some.iter().min_by_key(asked).expect("one of them");
        self.count(of, &field.name);
        self.written(field, room, names)
    }

    fn is_leaf(&self, field: &Field) -> bool {
        field.of != NODE && !self.api.is_object(&field.of)
    }

    fn written(&mut self, field: &Field, room: Room, names: &mut Names) -> Part {
        self.made.kinds.clear();
        let arguments = self.arguments(field);
        let name = self.name(field, names);
        let directive = match self.dice.below(40) {
            0 => " @include(if: true)",
            1 => " @skip(if: false)",
            _ => "",
        };
        if self.is_leaf(field) {
            return Part { text: format!("{name}{arguments}{directive}"), depth: 1, cost: 1 };
        }
        let (fixed, factor) = price(field);
        let cost = (room.cost - fixed) / factor;
        let is_whole = field.of == NODE || self.dice.one_in(2);
        let cost = if is_whole { cost } else { 1 + self.dice.below(cost) };
        let below = self.selection(&field.of, Room { depth: room.depth - 1, cost });
        Part {
            text: format!("{name}{arguments}{directive} {{ {} }}", below.text),
            depth: below.depth + 1,
            cost: fixed + factor * below.cost,
        }
    }

    fn name(&mut self, field: &Field, names: &mut Names) -> String {
        let is_free = !names.all_new && !names.taken.contains(&field.name);
        if is_free && self.dice.one_in(2) {
            names.taken.insert(field.name.clone());
            return field.name.clone();
        }
        format!("{}: {}", self.numbered(&field.name), field.name)
    }

    /// A page goes one way, but for one in many, which is refused.
    fn arguments(&mut self, field: &Field) -> String {
        let (backwards, both) = (self.dice.one_in(4), self.dice.one_in(60));
        let mut given = Vec::new();
        for argument in &field.arguments {
            let is_this_way = match argument.name.as_str() {
                "first" | "after" => both || !backwards,
                "last" | "before" => both || backwards,
                _ => true,
            };
            let odds = if matches!(argument.name.as_str(), "after" | "before") { 6 } else { 2 };
            if argument.is_needed || is_this_way && self.dice.one_in(odds) {
                let value = self.value((field.name.as_str(), argument.name.as_str()), &argument.kind);
                given.push(format!("{}: {}", argument.name, self.sent(argument, value)));
            }
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    /// As a variable, or where it stands.
    fn sent(&mut self, argument: &Argument, value: Value) -> String {
        if self.dice.one_in(2) {
            return value.to_string();
        }
        let name = self.numbered("v");
        self.made.parameters.push(format!("${name}: {}", argument.kind));
        self.made.variables.insert(name.clone(), value.into_json().expect("JSON"));
        format!("${name}")
    }

    fn value(&mut self, named: (&str, &str), kind: &Type) -> Value {
        if kind.nullable && self.dice.one_in(20) {
            return Value::Null;
        }
        match &kind.base {
            BaseType::List(each) => {
                let count = 1 + self.dice.below(3);
                Value::List((0..count).map(|_| self.value(named, each)).collect())
            }
            BaseType::Named(of) => self.named_value(named, of),
        }
    }

    fn named_value(&mut self, (list, name): (&str, &str), of: &str) -> Value {
        if let Some(values) = self.api.values(of) {
            return Value::Enum(Name::new(self.dice.pick(values)));
        }
        if let Some(fields) = self.api.input(of) {
            let mut given = Vec::new();
            for field in fields {
                if field.is_needed || self.dice.one_in(4) {
                    given
                        .push((Name::new(&field.name), self.value((list, field.name.as_str()), &field.kind)));
                }
            }
            return Value::Object(given.into_iter().collect());
        }
        if of != "ID" {
            return self.pool.scalar(self.dice, (list, name), of);
        }
        let id = self.pool.id(self.dice, name);
        self.made.kinds.extend(GlobalId::type_of(&ID(id.clone())));
        Value::from(id)
    }

    fn numbered(&mut self, name: &str) -> String {
        self.made.number += 1;
        format!("{name}{}", self.made.number)
    }

    fn count(&mut self, of: &str, field: &str) {
        *self.asked.entry((of.to_owned(), field.to_owned())).or_default() += 1;
    }
}

fn typename() -> Part {
    Part { text: "__typename".to_owned(), depth: 1, cost: 1 }
}

fn fits(field: &Field, room: Room) -> bool {
    let (fixed, factor) = price(field);
    // A node is asked for its id, and for what it is of up to three types.
    let least = if field.of == NODE { 9 } else { 3 };
    room.depth > 1 && room.cost >= fixed + least * factor
}

/// What a field with fields below it costs by itself, and by how much it counts those: no less than the service says.
fn price(field: &Field) -> (usize, usize) {
    let has = |name: &str| field.arguments.iter().any(|argument| argument.name == name);
    match field.name.as_str() {
        "history" => (1, 40),
        "jobTitles" => (1, 5),
        "nodes" if has("ids") => (3, 3),
        "edges" | "nodes" => (1, 1),
        _ if has("first") => (12, 3),
        _ if field.is_list => (1, 3),
        _ => (1, 1),
    }
}

fn joined(parts: &[Part]) -> Part {
    let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    Part {
        text: texts.join(" "),
        depth: parts.iter().map(|part| part.depth).max().unwrap_or_default(),
        cost: parts.iter().map(|part| part.cost).sum(),
    }
}
