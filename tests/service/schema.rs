//! schema.graphql as those see it who build on it: its conventions are kept, and nothing that a release had is taken away.

use std::path::Path;

use serde_json::{Value, json};

use super::frontends::told_by;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
/// The schema of the last release: docs/operations.md says how it is renewed.
const RELEASED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/released.graphql");

/// A schema that keeps none of the conventions, or nearly.
const CARELESS: &str = r#"
scalar Money
"Who."
enum Role { "The one." lead }
"Things, in pages."
type ThingConnection { "All." nodes: [Thing] }
"One of many."
type Thing { "The thing's." thing: String "Former." old: Int @deprecated(reason: "Do not.") }
"How it is read."
type Query { "All of it." things("How many." first: Int): ThingConnection }
"How it is changed."
type Mutation { "Changes it." thingChange(id: ID!): Thing }
"What is looked for."
input ThingFilter { "Any of these." of: [String] }
"#;

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file");
    path.to_str().expect("a path of letters").to_owned()
}

/// The kinds of change in a list of changes.
fn kinds(changes: &Value) -> Vec<&str> {
    changes.as_array().into_iter().flatten().filter_map(|change| change["type"].as_str()).collect()
}

#[test]
fn the_conventions_are_kept() {
    assert_eq!(told_by("conventions.mjs", &[SCHEMA]), json!([]));
}

#[test]
fn each_convention_that_is_not_kept_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let careless = written(folder.path(), "careless.graphql", CARELESS);
    let mut faults: Vec<String> =
        serde_json::from_value(told_by("conventions.mjs", &[&careless])).expect("faults");
    faults.sort();
    insta::assert_snapshot!(faults.join("\n"), @r"
    Money: a scalar names its specification
    Money: its description says no more than its name
    Mutation.thingChange.id: its description says no more than its name
    Mutation.thingChange: an act begins with a verb
    Mutation.thingChange: answers ThingChangePayload!
    Mutation.thingChange: answers userErrors: [UserError!]!
    Mutation.thingChange: takes an idempotencyKey
    Mutation.thingChange: takes input: ThingChangeInput! alone
    Query.things: a list in pages takes after
    Query.things: a list in pages takes before
    Query.things: a list in pages takes last
    Role.lead: a value is in capitals
    Thing.old: a deprecation names its date and what to use instead
    Thing.thing: its description says no more than its name
    ThingConnection.nodes: a list has no nulls in it
    ThingConnection: a connection has edges
    ThingConnection: a connection has pageInfo
    ThingConnection: a connection has totalCount
    ThingConnection: its edges have cursor
    ThingConnection: its edges have node
    ThingFilter.of: a list has no nulls in it
    ");
}

#[test]
fn nothing_that_was_released_is_broken() {
    let changes = told_by("changes.mjs", &[RELEASED, SCHEMA]);
    assert_eq!(changes["breaking"], json!([]), "see docs/operations.md: Cutting a release");
    // What may surprise a client is no fault, but whoever changes the schema reads it.
    println!("dangerous: {:#}", changes["dangerous"]);
}

#[test]
fn a_change_that_breaks_clients_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    // The description of what is removed would stand alone.
    let schema = without_descriptions(&std::fs::read_to_string(SCHEMA).expect("the schema"));
    for (was, is, kind) in [
        ("\tavailableActions: [ApplicationAction!]!\n", "\n", "FIELD_REMOVED"),
        (
            "\tavailableActions: [ApplicationAction!]!\n",
            "\tavailableActions: [ApplicationAction!]\n",
            "FIELD_CHANGED_KIND",
        ),
        (
            "\t\tslug: String!\n\t): ClassException\n",
            "\t\tslug: String!, year: Int!\n\t): ClassException\n",
            "REQUIRED_ARG_ADDED",
        ),
        ("\tunassigned: Boolean\n", "\tunassigned: Boolean!\n", "FIELD_CHANGED_KIND"),
        ("\tSUPERSEDED\n}", "}", "VALUE_REMOVED_FROM_ENUM"),
    ] {
        let after = schema.replacen(was, is, 1);
        assert_ne!(schema, after, "{was} is not in the schema");
        let before = written(folder.path(), "before.graphql", &schema);
        let after = written(folder.path(), "after.graphql", &after);
        let told = told_by("changes.mjs", &[&before, &after]);
        assert_eq!(kinds(&told["breaking"]), [kind], "{told}");
    }
}

fn without_descriptions(text: &str) -> String {
    let outside = text.split("\"\"\"").step_by(2);
    outside
        .flat_map(str::lines)
        .filter(|line| !line.trim().is_empty())
        .flat_map(|line| [line, "\n"])
        .collect()
}
