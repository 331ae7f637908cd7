//! One text for one input, however the caller wrote it down: keys sorted, no spaces.
//!
//! What is hashed to tell two inputs apart goes through here, so that a literal and a variable, or two orders of
//! the same fields, are the same input.

use async_graphql::{Name, Value};

/// Arguments of a field as canonical JSON, without those that are named in `leave_out`.
pub fn arguments(arguments: &[(Name, Value)], leave_out: &[&str]) -> String {
    let kept = arguments.iter().filter(|(name, _)| !leave_out.contains(&name.as_str()));
    let object = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
    value(&Value::Object(object))
}

/// One value as canonical JSON.
pub fn value(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
            text.push('{');
            for (position, (name, value)) in fields.into_iter().enumerate() {
                text.push_str(if position == 0 { "\"" } else { ",\"" });
                // Names of GraphQL have nothing in them that JSON escapes.
                text.push_str(name.as_str());
                text.push_str("\":");
                write(value, text);
            }
            text.push('}');
        }
        Value::List(values) => {
            text.push('[');
            for (position, value) in values.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write(value, text);
            }
            text.push(']');
        }
        // A word of an enum is a name in a document and a string among the variables.
        Value::Enum(name) => text.push_str(&serde_json::Value::from(name.as_str()).to_string()),
        Value::String(string) => text.push_str(&serde_json::Value::from(string.as_str()).to_string()),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::Boolean(claim) => text.push_str(if *claim { "true" } else { "false" }),
        Value::Null | Value::Binary(_) => text.push_str("null"),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::value as literal;

    use super::*;

    #[test]
    fn the_order_of_fields_and_the_spelling_of_enums_do_not_matter() {
        let one = literal!({"b": [1, true, null], "a": {"d": "x\"y", "c": "ENDORSE"}});
        let word = Value::Enum(Name::new("ENDORSE"));
        let other = literal!({"a": {"c": word, "d": "x\"y"}, "b": [1, true, null]});
        assert_eq!(value(&one), r#"{"a":{"c":"ENDORSE","d":"x\"y"},"b":[1,true,null]}"#);
        assert_eq!(value(&one), value(&other));
        assert_ne!(value(&literal!({"a": null})), value(&literal!({})));
    }
}
