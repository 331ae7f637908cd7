//! What is named in operations: what is there, of whomever it is, and what is not; and the cursors and ids that anybody
//! was answered.

use std::collections::BTreeMap;

use async_graphql::{ID, Value};
use entity::MembershipId;
use nominations::schema::GlobalId;
use serde_json::Value as Json;
use uuid::Uuid;

use super::dice::Dice;
use crate::service::isolation::rows::Row;
use crate::service::isolation::{unknown_nzbn, unknown_reference};
use crate::service::support::cast::{EVERYBODY, KAURI, RATA};

/// Ids of a type that are kept, and cursors of a list.
const MOST_KEPT: usize = 200;

/// Words to look for, each of somebody, whole and begun.
const WORDS: [&str; 18] = [
    "canaryq",
    "keaq",
    "robinq",
    "pipitq",
    "wrenq",
    "moreporkq",
    "wekaq",
    "tuiq",
    "kakaq",
    "titiq",
    "can",
    "more",
    "pip",
    "kauri",
    "rata games",
    "nzt",
    "rao",
    "%",
];

/// Most often the one that there is.
const EXCEPTIONS: [&str; 10] = {
    let mut all = ["specialist-tech"; 10];
    all[0] = "no-such-exception";
    all
};

/// What fields that name something are given.
const NAMED: [(&str, &[&str]); 14] = [
    ("classException", &EXCEPTIONS),
    ("slug", &EXCEPTIONS),
    ("body", &["nztech", "itp", "no-such-body"]),
    ("role", &["2613", "2611", "1351", "9999"]),
    ("passportIssuingState", &["IND", "NZL"]),
    ("passportNumber", &["N0000000", "N0000001", "N0000002", "N0000004", "Z0000001"]),
    ("occupationCode", &["261313", "261112", "999999"]),
    ("met", &["domestic-skills", "industry-body", "worker-offshore"]),
    ("jobTitle", &["Canaryq Software Engineer", "Developer", "Moreporkq Developer"]),
    ("currency", &["NZD", "AUD"]),
    ("amount", &["130000.00", "95000"]),
    ("hoursPerWeek", &["40", "37.5"]),
    ("dateOfBirth", &["1990-06-01", "1980-01-01"]),
    ("from", &["2022-01-01", "2022-02-01", "2022-03-01"]),
];

const DAYS: [&str; 3] = ["2022-03-01", "2022-06-01", "2022-12-31"];
const INSTANTS: [&str; 4] =
    ["2022-01-01T00:00:00Z", "2022-03-01T00:03:00Z", "2022-03-10T11:00:00Z", "2023-01-01T00:00:00Z"];

/// What may be named.
pub struct Pool {
    ids: BTreeMap<String, Vec<String>>,
    references: Vec<String>,
    numbers: Vec<String>,
    cursors: BTreeMap<String, Vec<String>>,
}

impl Pool {
    pub fn new(rows: &[Row], nodes: &BTreeMap<&'static str, Vec<String>>) -> Self {
        let mut ids: BTreeMap<String, Vec<String>> =
            nodes.iter().map(|(kind, ids)| ((*kind).to_owned(), ids.clone())).collect();
        let members = EVERYBODY.map(|member| GlobalId::of(&member.membership()).to_string());
        ids.insert("Member".to_owned(), members.to_vec());
        ids.insert("Nothing".to_owned(), nothing());
        ids.retain(|_, ids| !ids.is_empty());
        let mut references: Vec<String> = rows.iter().map(|row| row.reference.clone()).collect();
        references.extend(rows.iter().map(|row| row.reference.to_lowercase().replace('-', "")));
        references.extend([unknown_reference(), "no reference".to_owned()]);
        let numbers = [KAURI.nzbn.to_owned(), RATA.nzbn.to_owned(), unknown_nzbn()];
        Self { ids, references, numbers: numbers.to_vec(), cursors: BTreeMap::new() }
    }

    /// The ids of a type that are known.
    pub fn ids(&self, kind: &str) -> &[String] {
        self.ids.get(kind).map_or(&[], Vec::as_slice)
    }

    /// An id for an argument of this name.
    pub fn id(&self, dice: &Dice, argument: &str) -> String {
        let kinds: Vec<&String> = self.ids.keys().collect();
        let kind = match argument {
            "assessor" => "Person",
            // All else hangs on them.
            _ if dice.one_in(4) => "Application",
            _ => dice.pick(&kinds).as_str(),
        };
        dice.pick(self.ids(kind)).clone()
    }

    /// A value for an argument or field of this name, where `list` is asked for.
    pub fn scalar(&self, dice: &Dice, (list, name): (&str, &str), of: &str) -> Value {
        if let Some((_, values)) = NAMED.iter().find(|(known, _)| *known == name) {
            return Value::from(*dice.pick(values));
        }
        match (of, name) {
            ("Int", "first" | "last") => Value::from(1 + dice.below(20)),
            ("Int", _) => Value::from(dice.below(4)),
            ("Boolean", _) => Value::from(dice.one_in(2)),
            ("NZBN", _) => Value::from(dice.pick(&self.numbers).as_str()),
            ("DateTime", _) => Value::from(*dice.pick(&INSTANTS)),
            ("String", "after" | "before") => Value::from(self.cursor(dice, list)),
            ("String", "reference") => Value::from(dice.pick(&self.references).as_str()),
            ("Date", _) => Value::from(*dice.pick(&DAYS)),
            ("String", _) => Value::from(*dice.pick(&WORDS)),
            _ => panic!("{name}: {of} is new: say here what it is given"),
        }
    }

    /// One that somebody was answered, most often of the same list.
    fn cursor(&self, dice: &Dice, list: &str) -> String {
        let lists: Vec<&String> = self.cursors.keys().collect();
        let list = if lists.is_empty() || self.cursors.contains_key(list) && !dice.one_in(6) {
            list
        } else {
            dice.pick(&lists).as_str()
        };
        self.cursors.get(list).map_or_else(|| "no cursor".to_owned(), |known| dice.pick(known).clone())
    }

    /// Keeps the ids and cursors of an answer, whoever was given it.
    pub fn keep(&mut self, dice: &Dice, answer: &Json) {
        self.keep_within(dice, "", answer);
    }

    fn keep_within(&mut self, dice: &Dice, list: &str, answer: &Json) {
        match answer {
            Json::Object(fields) => {
                for (key, value) in fields {
                    self.keep_field(dice, list, without_number(key), value);
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.keep_within(dice, list, item)),
            _ => {}
        }
    }

    fn keep_field(&mut self, dice: &Dice, list: &str, name: &str, value: &Json) {
        match (name, value) {
            ("id", Json::String(id)) => {
                let kind = GlobalId::type_of(&ID(id.clone())).expect("an id");
                keep(dice, self.ids.entry(kind).or_default(), id);
            }
            ("cursor" | "startCursor" | "endCursor", Json::String(cursor)) => {
                keep(dice, self.cursors.entry(list.to_owned()).or_default(), cursor);
            }
            ("edges" | "nodes" | "node" | "pageInfo", _) => self.keep_within(dice, list, value),
            _ => self.keep_within(dice, name, value),
        }
    }
}

/// A field's name without the number that makes its alias.
fn without_number(key: &str) -> &str {
    key.trim_end_matches(|end: char| end.is_ascii_digit())
}

/// Keeps one more, in the place of another where there are many.
fn keep(dice: &Dice, known: &mut Vec<String>, new: &str) {
    if known.iter().any(|one| one == new) {
        return;
    }
    if known.len() == MOST_KEPT {
        known.swap_remove(dice.below(MOST_KEPT));
    }
    known.push(new.to_owned());
}

/// Ids of nothing, of each type that has any, and what is no id.
fn nothing() -> Vec<String> {
    let nobody = Uuid::from_u128(0x017f_0000_0000_7000_8000_0000_0000_0009);
    let kinds = ["Application", "Evidence", "Employer", "Person", "Release", "Discrepancy"];
    let mut all: Vec<String> = kinds.map(crate::service::isolation::unknown_id).to_vec();
    all.push(GlobalId::of(&MembershipId(nobody)).to_string());
    all.push("garbage".to_owned());
    all
}
