//! What holds for the whole schema, whatever slices add to it.

mod house;
mod reading;

use async_graphql::Value;
use wire::Asked;

use super::*;

/// Types, fields, arguments and values that the schema has, with their descriptions.
const MEMBERS: &str = "{ __schema { types {
    name description kind
    fields(includeDeprecated: true) { name description args { name description } }
    inputFields { name description }
    enumValues(includeDeprecated: true) { name description }
} } }";

/// What GraphQL itself brings along.
const NOT_OURS: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

#[tokio::test]
async fn everything_has_a_description() {
    let schema = Schema::build(Query::default(), Mutation::default(), LiveSubscription).finish();
    let answer = schema.execute(MEMBERS).await;
    assert_eq!(answer.errors, []);
    let answer = answer.data.into_json().expect("JSON");
    let mut bare = Vec::new();
    for kind in answer["__schema"]["types"].as_array().expect("types") {
        let name = kind["name"].as_str().expect("a name");
        if name.starts_with("__") || NOT_OURS.contains(&name) {
            continue;
        }
        collect_bare(name, kind, &mut bare);
    }
    assert_eq!(bare, Vec::<String>::new());
}

fn collect_bare(path: &str, member: &serde_json::Value, bare: &mut Vec<String>) {
    if member["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
        bare.push(path.to_owned());
    }
    for inner in ["fields", "args", "inputFields", "enumValues"] {
        for member in member[inner].as_array().into_iter().flatten() {
            let name = member["name"].as_str().expect("a name");
            collect_bare(&format!("{path}.{name}"), member, bare);
        }
    }
}

#[tokio::test]
async fn the_standard_introspection_query_is_within_the_limits() {
    let of_type = "ofType { kind name ".repeat(9);
    let type_ref = format!("kind name {of_type}{}", "}".repeat(9));
    let query = format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }} types {{
            kind name description specifiedByURL
            fields(includeDeprecated: true) {{ name description
                args(includeDeprecated: true) {{ name description type {{ {type_ref} }} defaultValue }}
                type {{ {type_ref} }} isDeprecated deprecationReason }}
            inputFields(includeDeprecated: true) {{ name description type {{ {type_ref} }} defaultValue }}
            interfaces {{ {type_ref} }}
            enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }}
            possibleTypes {{ {type_ref} }}
        }} directives {{ name description isRepeatable locations
            args(includeDeprecated: true) {{ name description type {{ {type_ref} }} defaultValue }} }} }} }}"
    );
    let asked = Asked { query, ..Asked::default() };
    let ready = asked.fit(&Limits::default()).expect("fit");
    let answer = build(&Limits::default()).execute(ready.request).await;
    assert_eq!(answer.errors, []);
    assert_ne!(answer.data, Value::Null);
}

#[test]
fn the_text_is_the_same_every_time_and_names_the_scalars() {
    let text = print_sdl();
    assert_eq!(text, print_sdl());
    for line in [
        "scalar NZBN @specifiedBy(url: \"https://www.nzbn.govt.nz\")",
        "interface Node {",
        "type Body implements Node {",
        "\tnodes(",
    ] {
        assert!(text.contains(line) || text.contains(&line.replace('\t', "  ")), "{line} is not in\n{text}");
    }
}
